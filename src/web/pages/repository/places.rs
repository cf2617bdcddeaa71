//! Where a tag is: Docker's catalog, each mirror on Docker Hub, and each destination that rules bring it to.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::asked::Chosen;
use super::pull::Places;
use crate::model::{AtDestination, AtHub, Digest, MirrorPlaces};
use crate::web::components::{Badge, CoverageChip, ErrorState, Loading, Panel, Section, ShortDigest, TimeAgo, Tone};
use crate::web::frame::use_organization;

/// One row a mirror.
#[component]
pub fn WhereItIs(is_mirrored: bool, chosen: Memo<Option<Chosen>>, places: Places) -> impl IntoView {
    let lead = Signal::derive(move || chosen.get().map(|chosen| format!("The tag {}, mirror by mirror.", chosen.tag)));
    let found = move || {
        let chosen = chosen.get();
        Suspend::new(async move {
            match (places.await, chosen) {
                (Ok(Some(found)), Some(chosen)) => {
                    let row = |places| view! { <Row places chosen=chosen.clone() /> };
                    found.into_iter().map(row).collect_view().into_any()
                }
                (Ok(_), _) => view! { <Loading rows=2 label="Looking where it is" /> }.into_any(),
                (Err(error), _) => view! { <ErrorState message=error.to_string() /> }.into_any(),
            }
        })
    };
    let body = if is_mirrored {
        view! {
            <div class="stack">
                <Transition fallback=|| view! { <Loading rows=2 label="Looking where it is" /> }>{found}</Transition>
            </div>
        }
        .into_any()
    } else {
        view! { <p class="muted small">"Only at Docker: nobody in this organization mirrors the repository."</p> }
            .into_any()
    };
    view! { <Panel title="Where it is" lead>{body}</Panel> }
}

/// How what a place holds stands to what the catalog has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Same,
    /// It came there before the catalog's digest was pushed.
    Older,
    Other,
    Absent,
    Unknown,
}

impl Stand {
    fn of(digest: Option<&Digest>, at: Option<DateTime<Utc>>, chosen: &Chosen) -> Self {
        match digest {
            None => Self::Unknown,
            Some(digest) if *digest == chosen.digest => Self::Same,
            Some(_) if at.zip(chosen.pushed_at).is_some_and(|(at, pushed)| at < pushed) => Self::Older,
            Some(_) => Self::Other,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Older => "older",
            Self::Other => "other",
            Self::Absent => "absent",
            Self::Unknown => "unknown",
        }
    }

    fn badge(self) -> (Tone, &'static str) {
        match self {
            Self::Same => (Tone::Success, "Same digest"),
            Self::Older => (Tone::Warning, "Older digest"),
            Self::Other => (Tone::Warning, "Another digest"),
            Self::Absent => (Tone::Neutral, "Not there"),
            Self::Unknown => (Tone::Neutral, "Not known"),
        }
    }
}

#[component]
fn Row(places: MirrorPlaces, chosen: Chosen) -> impl IntoView {
    let MirrorPlaces { mirror, at_hub, destinations } = places;
    let organization = use_organization();
    let page = format!("{}/{}", Section::Mirrors.href(organization.as_str()), mirror.name());
    let label = format!("{mirror}:{}", chosen.tag);
    let (digest, pushed_at, trouble, is_absent) = match at_hub {
        AtHub::Held { digest, pushed_at } => (digest, pushed_at, None, false),
        AtHub::Absent => (None, None, None, true),
        AtHub::Unknown(sentence) => (None, None, Some(sentence), false),
    };
    let stand = if is_absent { Stand::Absent } else { Stand::of(digest.as_ref(), pushed_at, &chosen) };
    let from = chosen.clone();
    let no_rule = destinations.is_empty().then(|| {
        view! { <li class="places__place"><span class="muted small">"No rule brings it further."</span></li> }
    });
    view! {
        <ol class="places" aria-label=label>
            <li class="places__place">
                <strong>"Docker's catalog"</strong>
                <ShortDigest digest=from.digest />
                {from.pushed_at.map(|at| view! { <span class="muted small">"Pushed " <TimeAgo at /></span> })}
            </li>
            <li class="places__place" data-stand=stand.as_str()>
                <strong>"Docker Hub"</strong>
                <a class="mono small" href=page>{mirror.to_string()}</a>
                <Held stand digest />
                {pushed_at.map(|at| view! { <span class="muted small">"Pushed " <TimeAgo at /></span> })}
                {trouble.map(|sentence| view! { <span class="muted small">{sentence}</span> })}
            </li>
            {destinations
                .into_iter()
                .map(|place| view! { <Destination place chosen=chosen.clone() /> })
                .collect_view()}
            {no_rule}
        </ol>
    }
}

/// The digest a place holds, and how it stands to the catalog's.
#[component]
fn Held(stand: Stand, digest: Option<Digest>) -> impl IntoView {
    let (tone, words) = stand.badge();
    view! {
        <span class="cluster" data-gap="xs">
            {digest.map(|digest| view! { <ShortDigest digest /> })}
            <Badge tone>{words}</Badge>
        </span>
    }
}

#[component]
fn Destination(place: AtDestination, chosen: Chosen) -> impl IntoView {
    let runs = Section::Runs.href(use_organization().as_str());
    let AtDestination { name, address, seen, rules } = place;
    let stand = match &seen {
        Some(seen) => Stand::of(Some(&seen.digest), Some(seen.since), &chosen),
        None => Stand::Absent,
    };
    let rules = seen.is_none().then(|| format!("{} will bring it.", rules.join(", ")));
    let digest = seen.as_ref().map(|seen| seen.digest.clone());
    let facts = seen.map(|seen| {
        let run = format!("{runs}/{}", seen.run);
        let chips = seen.coverage.into_iter().map(|held| {
            view! { <CoverageChip platform=held.platform held=held.held expected=held.expected /> }
        });
        view! {
            <span class="cluster" data-gap="xs">{chips.collect_view()}</span>
            {seen
                .target_digest
                .map(|digest| view! { <span class="muted small">"Called there " <ShortDigest digest /></span> })}
            <span class="muted small">"There since " <TimeAgo at=seen.since /></span>
            <a class="small" href=run>"Seen " <TimeAgo at=seen.seen_at /></a>
        }
    });
    view! {
        <li class="places__place" data-stand=stand.as_str()>
            <strong>{name.unwrap_or_else(|| "Deleted destination".to_owned())}</strong>
            <span class="mono small muted">{address}</span>
            <Held stand digest />
            {facts}
            {rules.map(|words| view! { <span class="muted small">{words}</span> })}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_older_where_it_came_before_the_catalogs() {
        let digest = |of: &str| format!("sha256:{}", of.repeat(64)).parse::<Digest>().expect("a digest");
        let at = |seconds| DateTime::from_timestamp(seconds, 0);
        let chosen =
            Chosen { tag: "1".parse().expect("a tag"), digest: digest("a"), pushed_at: at(100), is_compliant: false };
        assert_eq!(Stand::of(Some(&digest("a")), at(50), &chosen), Stand::Same);
        assert_eq!(Stand::of(Some(&digest("b")), at(50), &chosen), Stand::Older);
        assert_eq!(Stand::of(Some(&digest("b")), at(150), &chosen), Stand::Other);
        assert_eq!(Stand::of(Some(&digest("b")), None, &chosen), Stand::Other);
        assert_eq!(Stand::of(None, at(50), &chosen), Stand::Unknown);
    }
}
