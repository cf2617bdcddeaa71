//! The vulnerabilities of an image: those that count, the worst first, and apart from them those that are suppressed.

use leptos::prelude::*;

use super::asked::{Asked, Part};
use super::not_analysed;
use super::packages::Pages;
use crate::model::{Affected, Finding, Likelihood, Severity, VexNote, VulnerabilityList};
use crate::web::components::{
    Badge, ButtonLink, Cell, Column, Counter, CounterBar, DataTable, EmptyState, HeadCell, Panel, Tone,
};
use crate::web::format;

/// Packages of one vulnerability that stand in the row; the others are one click away.
const SHOWN: usize = 3;

/// Both lists; the counts are of those that count.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns what it shows")]
pub fn Vulnerabilities(list: VulnerabilityList, asked: Asked, catalog: String) -> impl IntoView {
    let VulnerabilityList { analysis, counts, found, rows, page, pages, suppressed, suppressed_found } = list;
    if !analysis.is_known() {
        return not_analysed(analysis);
    }
    let total: u32 = counts.iter().map(|(_, number)| number).sum();
    let of = |severity: &str| Asked { severity: severity.to_owned(), page: 0, ..asked.clone() }.href(&catalog);
    let all = (String::new(), "All", "all", total);
    let counters: Vec<_> = std::iter::once(all)
        .chain(
            counts
                .iter()
                .map(|(severity, number)| (severity.as_str().to_owned(), severity.label(), status(*severity), *number)),
        )
        .map(|(severity, label, status, number)| {
            let current = asked.severity == severity;
            view! { <Counter href=of(&severity) label count=u64::from(number) status current=current /> }
        })
        .collect();
    let everything = asked.on(Part::Vulnerabilities).href(&catalog);
    let live = if rows.is_empty() {
        nothing(total, everything)
    } else {
        view! {
            <p class="muted small tabular-nums" role="status">{words(found, total)}</p>
            <Findings findings=rows caption="Vulnerabilities" last="What is said of it" />
            <Pages asked=asked.clone() catalog page pages found />
        }
        .into_any()
    };
    view! {
        <div class="stack">
            <CounterBar label="By severity">{counters}</CounterBar>
            {live}
            {(suppressed_found > 0).then(|| view! { <Suppressed findings=suppressed found=suppressed_found /> })}
        </div>
    }
    .into_any()
}

/// What does not count, with its reason.
#[component]
fn Suppressed(findings: Vec<Finding>, found: u32) -> impl IntoView {
    let more = u64::from(found).saturating_sub(u64::try_from(findings.len()).unwrap_or(u64::MAX));
    view! {
        <Panel
            title="Suppressed"
            lead="These do not count: the publisher states that they do no harm in this image, or accepted them."
        >
            <Findings findings caption="Suppressed vulnerabilities" last="Reason" />
            {(more > 0)
                .then(|| {
                    view! { <p class="muted small">{format!("{} more: search to find them.", format::count(more))}</p> }
                })}
        </Panel>
    }
}

#[component]
fn Findings(findings: Vec<Finding>, caption: &'static str, last: &'static str) -> impl IntoView {
    let columns = vec![
        Column::text("Vulnerability"),
        Column::text("Severity"),
        Column::number("CVSS"),
        Column::number("EPSS"),
        Column::text("Packages"),
        Column::text("Fixed by"),
        Column::text(last),
    ];
    view! {
        <DataTable caption columns>
            {findings.into_iter().map(|finding| view! { <Row finding last /> }).collect_view()}
        </DataTable>
    }
}

#[component]
fn Row(finding: Finding, last: &'static str) -> impl IntoView {
    let Finding { id, url, severity, score, epss, fixed_by, is_exploited, packages, notes } = finding;
    let id = match url {
        Some(url) => view! { <a href=url rel="external noopener noreferrer">{id}</a> }.into_any(),
        None => id.into_any(),
    };
    let fixed_by = if fixed_by.is_empty() { "Not yet".to_owned() } else { fixed_by.join(", ") };
    view! {
        <tr>
            <HeadCell label="Vulnerability">
                <span class="cluster" data-gap="xs">
                    {id}
                    {is_exploited.then(|| view! { <Badge tone=Tone::Danger>"Used in attacks"</Badge> })}
                </span>
            </HeadCell>
            <Cell label="Severity"><Badge tone=tone(severity)>{severity.label()}</Badge></Cell>
            <Cell label="CVSS" number=true>{cvss(score)}</Cell>
            <Cell label="EPSS" number=true>{likelihood(epss)}</Cell>
            <Cell label="Packages">{affected(packages)}</Cell>
            <Cell label="Fixed by">{fixed_by}</Cell>
            <Cell label=last>{said(notes)}</Cell>
        </tr>
    }
}

fn affected(mut packages: Vec<Affected>) -> impl IntoView {
    let others = packages.split_off(packages.len().min(SHOWN));
    let one = |package: Affected| {
        let words = format!("{} {}", package.name, package.version);
        view! { <li><span class="mono" title=package.purl>{words}</span></li> }
    };
    let more = (!others.is_empty()).then(|| {
        let words = format!("{} more", others.len());
        view! {
            <details>
                <summary class="small muted">{words}</summary>
                <ul>{others.into_iter().map(one).collect_view()}</ul>
            </details>
        }
    });
    view! {
        <ul>{packages.into_iter().map(one).collect_view()}</ul>
        {more}
    }
}

fn said(notes: Vec<VexNote>) -> AnyView {
    if notes.is_empty() {
        return view! { <span class="muted">"Nothing"</span> }.into_any();
    }
    let one = |note: VexNote| {
        let VexNote { status, reason, details, author } = note;
        let author = author.map(|author| format!("Says {author}"));
        view! {
            <li title=author>
                <strong>{status}</strong>
                {reason.map(|reason| format!(": {reason}"))}
                {details.map(|details| view! { <span class="small muted">{format!(" {details}")}</span> })}
            </li>
        }
    };
    view! { <ul>{notes.into_iter().map(one).collect_view()}</ul> }.into_any()
}

fn nothing(total: u32, everything: String) -> AnyView {
    if total == 0 {
        return view! {
            <EmptyState title="No known vulnerability counts">
                "Docker has looked into this image, and nothing it found counts."
            </EmptyState>
        }
        .into_any();
    }
    let clear = move || view! { <ButtonLink href=everything>"Show all vulnerabilities"</ButtonLink> };
    view! {
        <EmptyState title="No vulnerability matches" actions=clear>
            "Search for fewer words, or choose another severity."
        </EmptyState>
    }
    .into_any()
}

fn words(found: u32, total: u32) -> String {
    format!("{} of {} vulnerabilities that count", format::count(found.into()), format::count(total.into()))
}

/// What nobody has scored has no score, which is not zero.
fn cvss(score: Option<f64>) -> String {
    score.map_or_else(|| "No score".to_owned(), |score| format!("{score:.1}"))
}

fn likelihood(epss: Option<Likelihood>) -> String {
    epss.map_or_else(
        || "Not known".to_owned(),
        |epss| format!("{:.2} % (above {:.0} % of all)", epss.probability * 100.0, (epss.percentile * 100.0).floor()),
    )
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Critical | Severity::High => Tone::Danger,
        Severity::Medium => Tone::Warning,
        Severity::Low | Severity::Unspecified => Tone::Neutral,
    }
}

fn status(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "failed",
        Severity::Medium => "waiting",
        Severity::Low | Severity::Unspecified => "all",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_zero() {
        assert_eq!((cvss(None), cvss(Some(0.0)), cvss(Some(7.4))), ("No score".into(), "0.0".into(), "7.4".into()));
        assert_eq!(likelihood(None), "Not known");
        let epss = Likelihood { probability: 0.000_43, percentile: 0.129 };
        assert_eq!(likelihood(Some(epss)), "0.04 % (above 12 % of all)");
    }
}
