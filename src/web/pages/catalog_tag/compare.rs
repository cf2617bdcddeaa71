//! A tag beside another of its repository: packages and vulnerabilities added, gone and changed.

use leptos::prelude::*;

use super::asked::{Asked, Part};
use crate::model::{Compared, Comparison, Cut, Difference, PackageChange, Severity, Tag, VulnerabilityChange};
use crate::web::components::{
    Badge, Cell, Column, DataTable, EmptyState, FilterBar, FilterSelect, HeadCell, Notice, Panel, Tone,
};
use crate::web::format::{count, counted};
use crate::web::live_filter::use_live_filter;

/// The choice of the other tag, and what came of it.
#[component]
pub fn Compare(comparison: Comparison, asked: Asked, catalog: String) -> impl IntoView {
    let Comparison { others, outcome } = comparison;
    let compared = match outcome {
        None => view! {
            <EmptyState title="Choose another tag">"Ferry says what leads from this tag to that one."</EmptyState>
        }
        .into_any(),
        Some(outcome) => show(outcome, &asked),
    };
    view! {
        <div class="stack" data-gap="xl">
            <Choice others asked catalog />
            {compared}
        </div>
    }
}

#[component]
fn Choice(others: Vec<Tag>, asked: Asked, catalog: String) -> impl IntoView {
    let mut options = vec![(String::new(), "Choose a tag".to_owned())];
    options.extend(others.into_iter().map(|tag| (tag.to_string(), tag.to_string())));
    let chosen = asked.compare.clone();
    // One that is not of the repository stays to be seen.
    if !options.iter().any(|(tag, _)| *tag == chosen) {
        options.push((chosen.clone(), format!("Unknown: {chosen}")));
    }
    let platform = asked.platform.clone();
    let live = use_live_filter();
    view! {
        <FilterBar action=asked.base(&catalog) label="Compare" on:submit=move |event| live.submitted.run(event)>
            {(!platform.is_empty()).then(|| view! { <input type="hidden" name="platform" value=platform /> })}
            <input type="hidden" name="tab" value=Part::Compare.as_str() />
            <FilterSelect name="compare" label="Compare with" options selected=Signal::stored(chosen) />
        </FilterBar>
    }
}

fn show(outcome: Compared, asked: &Asked) -> AnyView {
    let other = asked.compare.clone();
    let (title, words) = match outcome {
        Compared::Differs(difference) => return view! { <Differs difference other /> }.into_any(),
        Compared::SameImage(digest) => (
            "The same image",
            format!(
                "{} and {other} point at the same digest, {}. There is nothing to compare.",
                asked.tag,
                digest.short()
            ),
        ),
        Compared::SamePlatform(digest) => (
            "The same image for this platform",
            format!("Only other platforms differ: both tags have {} for this one.", digest.short()),
        ),
        Compared::NoTag => ("There is no such tag", format!("The repository has no tag {other}. Choose another one.")),
        Compared::NoPlatform(has) => (
            "The other tag has no image for this platform",
            format!("{other} has {}. Choose one of those above, or another tag.", has.join(", ")),
        ),
        Compared::NotAnalysed { tag, analysis } => (
            "Not analysed",
            format!("What is in {tag} is not known, so the two cannot be compared. {}", analysis.sentence()),
        ),
    };
    view! { <Notice title>{words}</Notice> }.into_any()
}

#[component]
fn Differs(difference: Difference, other: String) -> impl IntoView {
    let Difference { added, gone, changed, same, new_vulnerabilities, gone_vulnerabilities, same_vulnerabilities } =
        difference;
    let packages = format!("{} in both as they are.", counted(same, "package"));
    let number = u64::from(same_vulnerabilities);
    let common = if number == 1 { "1 counts in both.".to_owned() } else { format!("{} count in both.", count(number)) };
    let (news, lost) = (format!("Only in {other}"), format!("Gone in {other}"));
    view! {
        <Panel title="Vulnerabilities" lead=common>
            <div class="grid" data-min="l">
                <Ids title=news changes=new_vulnerabilities suppressed="Suppressed in this one" />
                <Ids title=lost changes=gone_vulnerabilities suppressed="Suppressed there" />
            </div>
        </Panel>
        <Panel title="Packages" lead=packages>
            <div class="stack" data-gap="xl">
                <Packages title="Changed" changes=changed />
                <Packages title="Added" changes=added />
                <Packages title="Gone" changes=gone />
            </div>
        </Panel>
    }
}

#[component]
fn Ids(title: String, changes: Cut<VulnerabilityChange>, suppressed: &'static str) -> impl IntoView {
    let Cut { rows, total } = changes;
    let one = |change: VulnerabilityChange| {
        let tone = match change.severity {
            Severity::Critical | Severity::High => Tone::Danger,
            Severity::Medium => Tone::Warning,
            Severity::Low | Severity::Unspecified => Tone::Neutral,
        };
        view! {
            <li class="cluster" data-gap="s">
                <span class="mono">{change.id}</span>
                <Badge tone>{change.severity.label()}</Badge>
                {change.is_suppressed.then(|| view! { <Badge>{suppressed}</Badge> })}
            </li>
        }
    };
    let cut = left_out(rows.len(), total);
    let label = title.clone();
    view! {
        <div class="stack" data-gap="s">
            <h3>{format!("{title}: {}", count(total.into()))}</h3>
            {(total > 0)
                .then(|| {
                    view! {
                        <ul class="stack" data-gap="xs" aria-label=label>{rows.into_iter().map(one).collect_view()}</ul>
                    }
                })}
            {cut}
        </div>
    }
}

#[component]
fn Packages(title: &'static str, changes: Cut<PackageChange>) -> impl IntoView {
    let Cut { rows, total } = changes;
    let cut = left_out(rows.len(), total);
    let row = |change: PackageChange| {
        let PackageChange { name, kind, from, to } = change;
        view! {
            <tr>
                <HeadCell label="Package">{name}</HeadCell>
                <Cell label="Type">{kind}</Cell>
                <Cell label="This tag">{version(from)}</Cell>
                <Cell label="The other">{version(to)}</Cell>
            </tr>
        }
    };
    let columns =
        vec![Column::text("Package"), Column::text("Type"), Column::text("This tag"), Column::text("The other")];
    view! {
        <div class="stack" data-gap="s">
            <h3>{format!("{title}: {}", count(total.into()))}</h3>
            {(total > 0)
                .then(|| {
                    view! {
                        <DataTable caption=title columns>{rows.into_iter().map(row).collect_view()}</DataTable>
                    }
                })}
            {cut}
        </div>
    }
}

fn version(version: String) -> AnyView {
    if version.is_empty() {
        view! { <span class="muted">"Not there"</span> }.into_any()
    } else {
        view! { <span class="mono">{version}</span> }.into_any()
    }
}

fn left_out(shown: usize, total: u32) -> Option<impl IntoView> {
    let shown = u32::try_from(shown).unwrap_or(u32::MAX);
    let more = total.saturating_sub(shown);
    (more > 0).then(|| view! { <p class="muted small">{format!("{} more are not shown.", count(more.into()))}</p> })
}
