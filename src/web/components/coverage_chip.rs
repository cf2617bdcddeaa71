//! Coverage of one platform: `amd64 8/8`.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// `held` of `expected` attestations of this platform were seen at the destination.
#[component]
pub fn CoverageChip(
    /// Short name of the platform, such as `amd64`.
    #[prop(into)]
    platform: String,
    held: u32,
    expected: u32,
) -> impl IntoView {
    let (coverage, glyph) = match held {
        _ if expected == 0 => ("none", None),
        0 => ("missing", Some(Glyph::Cross)),
        _ if held < expected => ("partial", Some(Glyph::Warning)),
        _ => ("complete", Some(Glyph::Check)),
    };
    let sentence = format!("{platform}: {held} of {expected} attestations held");
    view! {
        <span class="coverage-chip" data-coverage=coverage title=sentence>
            <span class="coverage-chip__platform">{platform}</span>
            <span class="coverage-chip__count">
                {glyph.map(|glyph| view! { <Icon glyph /> })}
                {format!("{held}/{expected}")}
                <span class="visually-hidden">{format!(" {coverage}")}</span>
            </span>
        </span>
    }
}
