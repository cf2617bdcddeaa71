//! Tags that wait for a person: why, and the two answers.

use leptos::prelude::*;

use super::actions::RunAbout;
use super::live::LiveRun;
use crate::model::{ItemId, ItemState};
use crate::web::components::{Button, Confirm, Notice, Section, Size, Tone, Variant};
use crate::web::format::counted;
use crate::web::frame::use_role;

/// Above the tags of a run: how many are held, and both answers for all of them at once.
#[component]
pub fn HeldTags(live: LiveRun) -> impl IntoView {
    let held = Memo::new(move |_| live.run.read().counts.of(ItemState::Held));
    let RunAbout { organization, exposed, .. } = expect_context();
    let page = exposed.map(|id| format!("{}/{id}", Section::Destinations.href(organization.as_str())));
    move || {
        let number = held.get();
        (number > 0).then(|| {
            let tags = counted(number, "tag");
            let title = format!("{tags} {} for a decision", if number == 1 { "waits" } else { "wait" });
            let actions = move || view! { <Decide item=None what=tags /> };
            let first = page.clone().map(|href| {
                view! {
                    <p>
                        "Nothing is released while everybody can pull from the destination. "
                        <a href=href>"Decide about that first"</a>
                    </p>
                }
            });
            view! {
                <Notice tone=Tone::Warning title actions>
                    <div class="stack" data-gap="s">
                        <p>
                            "Everything is copied, and nobody gets it by tag yet: below each tag stands what was found."
                        </p>
                        {first}
                    </div>
                </Notice>
            }
        })
    }
}

/// *Release* and *Discard* for one held tag, or for all of the run; only the latter where nothing may be released.
#[component]
pub fn Decide(
    item: Option<ItemId>,
    /// What the question is about: `22`, `3 tags`.
    what: String,
) -> impl IntoView {
    if !use_role().may_configure() {
        return view! { <p class="small muted">"Admins and owners of the organization release or discard."</p> }
            .into_any();
    }
    let about = expect_context::<RunAbout>();
    let (release, discard) = (about.actions.release, about.actions.discard);
    let (for_release, for_discard) = (about.fields(item), about.fields(item));
    let all = if item.is_none() { " all" } else { "" };
    let size = if item.is_none() { Size::Medium } else { Size::Small };
    let release = about.exposed.is_none().then(|| {
        view! {
            <Confirm label=format!("Release{all}") title=format!("Move {what} all the same?") size inline=true>
                <p>
                    "Whoever pulls by tag gets this image from then on, although its proof is not in order. Your name goes \
                     into the history."
                </p>
                <ActionForm action=release>
                    {for_release}
                    <Button variant=Variant::Danger busy=release.pending()>{format!("Release {what}")}</Button>
                </ActionForm>
            </Confirm>
        }
    });
    view! {
        <div class="cluster">
            {release}
            <ActionForm action=discard>
                {for_discard}
                <Button size busy=discard.pending()>{format!("Discard{all}")}</Button>
            </ActionForm>
        </div>
    }
    .into_any()
}
