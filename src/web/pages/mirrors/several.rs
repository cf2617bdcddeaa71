//! Several mirrors begun at once: what was chosen in the catalog, each with a name, and what came of each.

use leptos::prelude::*;
use leptos_meta::Title;

use super::chosen::{ChosenTable, LeftOut, NothingChosen, Purpose, request_page, use_sources};
use super::entitlement::{Entitled, EntitlementNote, use_entitlement};
use super::outcomes::{self, Summary};
use crate::api::mirrors::{StartMirrors, propose_mirrors};
use crate::model::{Entitlement, MirrorOutcome, MirrorProposals, MirrorWish, Role};
use crate::web::components::{Button, ButtonLink, Crumb, Loading, Notice, PageHeader, Section, Tone, Variant};
use crate::web::forms::{FormError, FormState, use_form};
use crate::web::frame::{use_organization, use_role};
use crate::web::pages::ReadError;

/// The form `mirrors`.
#[derive(Clone, Copy)]
struct Starting {
    action: ServerAction<StartMirrors>,
    form: FormState<Vec<MirrorWish>, Vec<MirrorOutcome>>,
}

/// The page; `?source=` names each repository of the catalog.
#[component]
pub fn NewMirrorsPage() -> impl IntoView {
    let organization = use_organization();
    let sources = use_sources();
    let crumbs = vec![Crumb::new("Mirrors", Section::Mirrors.href(organization.as_str()))];

    let proposals =
        Resource::new_blocking(move || sources.get(), move |sources| propose_mirrors(organization.clone(), sources));
    let action = ServerAction::<StartMirrors>::new();
    let starting = Starting { action, form: use_form("mirrors", action) };
    let entitled = use_entitlement(move || action.version().get());

    view! {
        <Title text="New mirrors" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="New mirrors"
                lead="Docker copies each into a repository of its own and keeps the copy in step."
                crumbs
            />
            <div class="stack">
                <EntitlementNote entitled />
                <Transition fallback=|| view! { <Loading rows=6 label="Loading what was chosen" /> }>
                    {move || Suspend::new(async move {
                        starting.form.ready().await;
                        match proposals.await {
                            Ok(proposals) => view! { <Chosen proposals starting entitled /> }.into_any(),
                            Err(error) => view! { <ReadError error /> }.into_any(),
                        }
                    })}
                </Transition>
            </div>
        </div>
    }
}

#[component]
fn Chosen(proposals: MirrorProposals, starting: Starting, entitled: Entitled) -> impl IntoView {
    let organization = use_organization();
    let (catalog, mirrors) =
        (Section::Catalog.href(organization.as_str()), Section::Mirrors.href(organization.as_str()));
    let instead = request_page(&Section::Requests.href(organization.as_str()), &proposals.proposals);
    let MirrorProposals { proposals, unknown } = proposals;
    let role = use_role();
    if proposals.is_empty() {
        return view! {
            <LeftOut unknown />
            <NothingChosen purpose=Purpose::Start />
        }
        .into_any();
    }
    if !role.may_mirror() {
        let words = format!(
            "Owners and editors of {organization} may mirror these. You may request them, and an owner decides."
        );
        let actions = move || view! { <ButtonLink href=instead variant=Variant::Primary>"Request them"</ButtonLink> };
        return view! {
            <LeftOut unknown />
            <Notice tone=Tone::Neutral actions>{words}</Notice>
        }
        .into_any();
    }
    let (try_it, instead) = (role == Role::Custom)
        .then(|| {
            let words = "Docker decides whether your role may mirror. If it may not, request the mirrors.";
            (
                view! { <p class="small muted">{words}</p> },
                view! { <ButtonLink href=instead>"Request them instead"</ButtonLink> },
            )
        })
        .unzip();
    let new = proposals.iter().filter(|proposal| proposal.mirrors.is_empty()).count();
    let Starting { action, form } = starting;
    let outcome = move || {
        let mirrors = mirrors.clone();
        form.outcome.get().map(|outcomes| {
            let (all, refused) = (outcomes.len(), outcomes::refused(&outcomes));
            view! {
                <Summary all refused done="started" advice="Change the names of the others if need be, and start again: what is there is left as it is.">
                    <a href=mirrors>"Go to the mirrors"</a>
                </Summary>
            }
        })
    };
    view! {
        <LeftOut unknown />
        <ActionForm action>
            <div class="stack">
                <FormError error=form.error />
                {outcome}
                <TooMany entitled new />
                <input type="hidden" name="organization" value=organization.to_string() />
                <ChosenTable
                    purpose=Purpose::Start
                    proposals
                    held=form.held.get_untracked()
                    outcomes=form.outcome
                />
                {try_it}
                <div class="cluster">
                    <Button variant=Variant::Primary busy=action.pending()>"Start mirroring"</Button>
                    {instead}
                    <ButtonLink href=catalog>"Back to the catalog"</ButtonLink>
                </div>
            </div>
        </ActionForm>
    }
    .into_any()
}

/// Says when more is chosen than the plan allows.
#[component]
fn TooMany(entitled: Entitled, new: usize) -> impl IntoView {
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let Entitlement { mirrors, .. } = entitled.await.unwrap_or_default();
                let left = mirrors.left().filter(|left| usize::try_from(*left).is_ok_and(|left| left < new));
                left.map(|left| {
                    let words = format!(
                        "The plan allows {left} more, and {new} are new here. Docker refuses what is beyond: untick some, or try and see.",
                    );
                    view! { <Notice tone=Tone::Warning>{words}</Notice> }
                })
            })}
        </Transition>
    }
}
