//! Deliveries as rows of a table.

use leptos::prelude::*;

use crate::model::{Delivery, DeliveryOutcome, DeliveryRun, LedTo, OrgName, RepoName};
use crate::web::components::{Cell, Column, DataTable, HeadCell, Section, StatusBadge, TimeAgo};

/// One row a delivery.
#[component]
pub fn DeliveryTable(
    organization: OrgName,
    deliveries: Vec<Delivery>,
    /// All are of one mirror, whose page this is.
    #[prop(optional)]
    of_mirror: bool,
) -> impl IntoView {
    let mut columns = vec![
        Column::text("Received"),
        Column::text("Tag"),
        Column::text("Outcome"),
        Column::text("What it says changed"),
        Column::text("Led to"),
    ];
    if !of_mirror {
        columns.insert(1, Column::text("Mirror"));
    }
    let row = move |delivery: Delivery| {
        let Delivery { mirror, tag, received_at, outcome, refusal, changes, led_to, .. } = delivery;
        let (runs, mirrors) = (Section::Runs.href(organization.as_str()), Section::Mirrors.href(organization.as_str()));
        let mirror = (!of_mirror).then(|| view! { <Cell label="Mirror">{of(mirror.as_ref(), &mirrors)}</Cell> });
        view! {
            <tr>
                <HeadCell label="Received"><TimeAgo at=received_at /></HeadCell>
                {mirror}
                <Cell label="Tag">
                    {match tag {
                        Some(tag) => view! { <span class="mono">{tag.to_string()}</span> }.into_any(),
                        None => view! { <span class="muted">"None"</span> }.into_any(),
                    }}
                </Cell>
                <Cell label="Outcome"><Outcome outcome refusal /></Cell>
                <Cell label="What it says changed">
                    {match changes {
                        Some(changes) => changes.words().into_any(),
                        None => view! { <span class="muted">"Not said"</span> }.into_any(),
                    }}
                </Cell>
                <Cell label="Led to">{led(led_to, outcome, &runs)}</Cell>
            </tr>
        }
    };
    view! { <DataTable caption="Deliveries" columns>{deliveries.into_iter().map(row).collect_view()}</DataTable> }
}

#[component]
fn Outcome(outcome: DeliveryOutcome, refusal: Option<String>) -> impl IntoView {
    view! {
        <div class="stack" data-gap="xs">
            <StatusBadge status=outcome.as_str() label=outcome.label() />
            {refusal.map(|reason| view! { <span class="small muted">{reason}</span> })}
        </div>
    }
}

fn of(mirror: Option<&RepoName>, mirrors: &str) -> AnyView {
    match mirror {
        Some(mirror) => {
            let href = format!("{mirrors}/{}", mirror.name());
            view! { <a class="mono" href=href>{mirror.name().to_owned()}</a> }.into_any()
        }
        None => view! { <span class="muted">"Unknown"</span> }.into_any(),
    }
}

fn led(led_to: LedTo, outcome: DeliveryOutcome, runs: &str) -> AnyView {
    match led_to {
        LedTo::Nothing if outcome == DeliveryOutcome::Repeated => {
            view! { <span class="muted">"Nothing new"</span> }.into_any()
        }
        LedTo::Nothing => view! { <span class="muted">"Nothing"</span> }.into_any(),
        LedTo::Settling => view! { <StatusBadge status="queued" label="Settling" /> }.into_any(),
        LedTo::Runs(found) if found.is_empty() => {
            view! { <span class="muted">"No rule takes this tag"</span> }.into_any()
        }
        LedTo::Runs(found) => {
            let one = |run: DeliveryRun| {
                let href = format!("{runs}/{}", run.id);
                view! { <a href=href>{run.rule_name}</a> }
            };
            view! { <span class="cluster" data-gap="xs">{found.into_iter().map(one).collect_view()}</span> }.into_any()
        }
    }
}
