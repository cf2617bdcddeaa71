//! What the organization's Docker plan allows of mirrors, in one line beside what it limits.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::api::mirrors::get_entitlement;
use crate::model::{Allowance, ApiError, Entitlement, Trial};
use crate::web::components::{Notice, Tone};
use crate::web::frame::use_organization;

/// What Docker says of the plan; the page goes on without it.
pub type Entitled = Resource<Result<Entitlement, ApiError>>;

/// Asks once, and again whenever `after` changes. Called by the page, outside of any `Suspense`.
pub fn use_entitlement(after: impl Fn() -> usize + Send + Sync + 'static) -> Entitled {
    let organization = use_organization();
    Resource::new(after, move |_| get_entitlement(organization.clone()))
}

/// The line; nothing where it cannot be read.
#[component]
pub fn EntitlementNote(entitled: Entitled) -> impl IntoView {
    let organization = use_organization().to_string();
    view! {
        <Transition>
            {move || {
                let organization = organization.clone();
                Suspend::new(async move {
                    let said = entitled.await.ok();
                    said.map(|said| view! { <Said said organization /> })
                })
            }}
        </Transition>
    }
}

#[component]
fn Said(said: Entitlement, organization: String) -> impl IntoView {
    let Entitlement { plan, mirrors } = said;
    match mirrors {
        Allowance::Unknown => {
            let words = format!("Docker does not say how many mirrors {organization} may have.");
            view! { <p class="small muted">{words}</p> }.into_any()
        }
        Allowance::NotIncluded => {
            let plan = if plan.is_empty() { String::new() } else { format!(" ({plan})") };
            let title = format!("{organization}'s Docker plan{plan} does not include Docker Hardened Images");
            view! {
                <Notice tone=Tone::Neutral title>
                    "Mirrors come with DHI Select, DHI Enterprise or a trial. Ask whoever manages the subscription, or "
                    <a href="https://www.docker.com/products/hardened-images/" rel="external noopener">
                        "read about it at Docker"
                    </a> "."
                </Notice>
            }
            .into_any()
        }
        Allowance::Included { used, limit, can_mirror_more, trial } => view! {
            <p class="small muted tabular-nums">
                {used_words(used, limit, can_mirror_more)} {trial.map(|trial| format!(" {}", trial_words(trial)))}
            </p>
        }
        .into_any(),
    }
}

/// How many there are of how many; Docker's word on whether one more is allowed counts.
fn used_words(used: u32, limit: Option<u32>, can_mirror_more: bool) -> String {
    let mirrors = if used == 1 { "mirror" } else { "mirrors" };
    match limit {
        Some(limit) if can_mirror_more => format!("{used} of {limit} mirrors used."),
        Some(limit) => {
            format!("{used} of {limit} mirrors used. Stop one you no longer need, or ask Docker for more.")
        }
        None if can_mirror_more => format!("{used} {mirrors} used; Docker allows more."),
        None => {
            format!("{used} {mirrors} used, and Docker allows no more. Stop one you no longer need, or ask Docker.")
        }
    }
}

fn trial_words(trial: Trial) -> String {
    let day = |at: DateTime<Utc>| at.format("%-d %B %Y").to_string();
    match trial.ends_at {
        Some(at) => format!("Trial until {}: mirrors stop being updated when no plan follows.", day(at)),
        None => "A trial: mirrors stop being updated when no plan follows.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_is_said_with_what_to_do() {
        assert_eq!(used_words(12, Some(20), true), "12 of 20 mirrors used.");
        assert!(used_words(20, Some(20), false).ends_with("ask Docker for more."));
        assert_eq!(used_words(1, None, true), "1 mirror used; Docker allows more.");
        assert!(used_words(3, None, false).contains("no more"));
    }

    #[test]
    fn a_trial_says_until_when() {
        let at = "2026-12-03T00:00:00Z".parse().ok();
        assert!(trial_words(Trial { ends_at: at }).starts_with("Trial until 3 December 2026: mirrors stop"));
    }
}
