//! What Docker says of the images of a variant. Said once where all platforms agree, and else with the platforms' names.

use leptos::prelude::*;

use crate::model::{HealthScore, Shared, Variant, VariantImage, VulnerabilityCounts};
use crate::web::components::{Badge, HealthMark, Tone};
use crate::web::format;

/// A text that every platform has.
pub fn said(variant: &Variant, of: impl Fn(&VariantImage) -> String) -> AnyView {
    let shared = variant.shared(of);
    let several = shared.len() > 1;
    let texts = shared.into_iter().map(|(platforms, text)| {
        view! { <span>{text} {names(&platforms, several)}</span> }
    });
    texts.collect_view().into_any()
}

/// The names of platforms, where not all have the same.
fn names(platforms: &[String], several: bool) -> Option<AnyView> {
    let short = |platform: &String| platform.strip_prefix("linux/").unwrap_or(platform).to_owned();
    let names: Vec<String> = platforms.iter().map(short).collect();
    several.then(|| view! { <span class="muted">{format!(" ({})", names.join(", "))}</span> }.into_any())
}

/// User, shell, package manager and working directory.
pub fn inside(variant: &Variant) -> AnyView {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let user = said(variant, |image| if image.user.is_empty() { "root".to_owned() } else { image.user.clone() });
    let shell = said(variant, |image| or_none(&image.shell));
    let manager = said(variant, |image| or_none(&image.package_manager));
    let directory = said(variant, |image| {
        if image.working_directory.is_empty() { "/".to_owned() } else { image.working_directory.clone() }
    });
    let fact = |name: &'static str, value: AnyView| {
        view! { <li><span class="muted">{name}": "</span>{value}</li> }
    };
    view! {
        <ul>
            {fact("User", user)}
            {fact("Shell", shell)}
            {fact("Package manager", manager)}
            {fact("Directory", directory)}
        </ul>
    }
    .into_any()
}

/// Known vulnerabilities by severity; not analysed is said so, and never as none.
#[component]
pub fn Findings(findings: Vec<Shared<Option<VulnerabilityCounts>>>) -> impl IntoView {
    let several = findings.len() > 1;
    let rows = findings.into_iter().map(|(platforms, counts)| {
        let words = match counts {
            None => view! { <span class="muted">"Not analysed"</span> }.into_any(),
            Some(counts) if counts.finds_nothing() => {
                view! { <Badge tone=Tone::Success>"None found"</Badge> }.into_any()
            }
            Some(counts) => severities(counts).into_any(),
        };
        view! { <li class="cluster" data-gap="xs">{words} {names(&platforms, several)}</li> }
    });
    view! { <ul>{rows.collect_view()}</ul> }
}

fn severities(counts: VulnerabilityCounts) -> impl IntoView {
    let named: u64 = counts.by_severity().iter().map(|(count, _)| *count).sum();
    let rest = counts.total.saturating_sub(named);
    let badge = |(count, severity): (u64, &'static str)| {
        let tone = match severity {
            "critical" | "high" => Tone::Danger,
            "medium" => Tone::Warning,
            _ => Tone::Neutral,
        };
        (count > 0).then(|| view! { <Badge tone>{format!("{} {severity}", format::count(count))}</Badge> })
    };
    let all = counts.by_severity().into_iter().chain([(rest, "more")]);
    all.filter_map(badge).collect_view()
}

/// Docker Scout's letter.
#[component]
pub fn Health(scores: Vec<Shared<Option<HealthScore>>>) -> impl IntoView {
    let several = scores.len() > 1;
    let rows = scores.into_iter().map(|(platforms, score)| {
        let words = match score {
            None => view! { <span class="muted">"Not scored"</span> }.into_any(),
            Some(score) => view! { <HealthMark score /> }.into_any(),
        };
        view! { <li>{words} {names(&platforms, several)}</li> }
    });
    view! { <ul>{rows.collect_view()}</ul> }
}
