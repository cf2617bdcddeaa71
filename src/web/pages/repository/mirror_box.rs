//! The mirrors of a catalog repository, and the way to one more.

use leptos::prelude::*;

use super::mirror_form::{MirrorForm, StartMirrorForm};
use super::request_box::{Asked, RequestBox};
use crate::model::{Mirror, Role};
use crate::web::components::{ButtonLink, Confirm, Glyph, Icon, Menu, Panel, Section, StatusBadge, Variant};
use crate::web::frame::{use_organization, use_role};
use crate::web::pages::mirrors::{Entitled, EntitlementNote};

/// What there is and what this person may do about it.
#[component]
pub fn MirrorBox(mirrors: Vec<Mirror>, can_mirror_more: bool, form: MirrorForm, asked: Asked) -> impl IntoView {
    let role = use_role();
    let (source, display_name, refused) = (form.source.clone(), form.display_name.clone(), form.start.form.error);
    let organization = use_organization();
    let lead = match mirrors.len() {
        0 => format!("Docker copies it into {organization} and keeps the copy in step."),
        1 => format!("{organization} mirrors it. Docker keeps the copy in step."),
        count => format!("{organization} mirrors it to {count} repositories. Docker keeps them in step."),
    };
    let first = mirrors.is_empty();
    let start = if !role.may_mirror() {
        let another = if first { "" } else { " to another repository" };
        let words = format!(
            "Owners and editors of {organization} may mirror it{another}. You may request that, and an owner decides.",
        );
        view! { <p class="small muted">{words}</p> }.into_any()
    } else if !can_mirror_more {
        let words = format!("Docker allows {organization} no more mirrors at present.");
        view! { <p class="small muted">{words}</p> }.into_any()
    } else {
        let (label, variant) = match (role, first) {
            (Role::Custom, _) => ("Try to mirror", Variant::Secondary),
            (_, true) => ("Mirror to repository", Variant::Primary),
            (_, false) => ("Mirror to another repository", Variant::Secondary),
        };
        let try_it = (role == Role::Custom).then(|| {
            let words = "Docker decides whether your role may mirror. If it may not, request the mirror.";
            view! { <p class="small muted">{words}</p> }
        });
        let title = format!("Mirror {} to which repository?", form.display_name);
        // What was refused without a script must be in sight when the page is back.
        let open = form.start.form.error.get_untracked().is_some();
        view! {
            {try_it}
            <Confirm label title variant inline=true open>
                <StartMirrorForm form />
            </Confirm>
        }
        .into_any()
    };
    view! {
        <Panel title="Mirror" lead framed=true>
            <div class="stack" data-gap="m">
                <Existing mirrors base=Section::Mirrors.href(organization.as_str()) />
                {start}
                {use_context::<Entitled>().map(|entitled| view! { <EntitlementNote entitled /> })}
                <RequestBox asked source display_name refused />
            </div>
        </Panel>
    }
}

#[component]
fn Existing(mirrors: Vec<Mirror>, base: String) -> impl IntoView {
    let href = move |mirror: &Mirror| format!("{base}/{}", mirror.repository.name());
    let view = match mirrors.as_slice() {
        [] => return ().into_any(),
        [only] => {
            view! { <ButtonLink href=href(only) variant=Variant::Primary>"View in repository"</ButtonLink> }.into_any()
        }
        several => {
            let items: Vec<_> = several
                .iter()
                .map(|mirror| view! { <a class="menu__item" href=href(mirror)>{mirror.repository.to_string()}</a> })
                .collect();
            view! {
                <Menu
                    framed=true
                    summary=|| view! {
                        <Icon glyph=Glyph::Mirror />
                        <span class="menu__label">"View in repository"</span>
                    }
                >
                    {items}
                </Menu>
            }
            .into_any()
        }
    };
    let rows: Vec<_> = mirrors
        .iter()
        .map(|mirror| {
            view! {
                <li class="cluster" data-align="between">
                    <a class="mono" href=href(mirror)>{mirror.repository.to_string()}</a>
                    <StatusBadge status=mirror.state.as_str() label=mirror.state.label() />
                </li>
            }
        })
        .collect();
    view! {
        {view}
        <ul class="stack" data-gap="xs" aria-label="Mirrors of it">{rows}</ul>
    }
    .into_any()
}
