//! What was chosen in the catalog, as lines of a form whose names can be changed: the same for those who start mirrors
//! and for those who ask for them.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::model::{MirrorOutcome, MirrorProposal, MirrorRequest, MirrorWish, RepoName};
use crate::web::components::{
    Badge, ButtonLink, Cell, Column, DataTable, EmptyState, HeadCell, Notice, Section, StatusBadge, Tone, Variant,
};
use crate::web::frame::use_organization;

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Start,
    Request,
}

impl Purpose {
    fn verb(self) -> &'static str {
        match self {
            Self::Start => "Mirror",
            Self::Request => "Request",
        }
    }

    fn choice(self) -> &'static str {
        match self {
            Self::Start => "Mirror it",
            Self::Request => "Request it",
        }
    }

    fn caption(self) -> &'static str {
        match self {
            Self::Start => "What is mirrored",
            Self::Request => "What is requested",
        }
    }

    fn not_yet(self) -> &'static str {
        match self {
            Self::Start => "Not started",
            Self::Request => "Not requested",
        }
    }

    /// Status and label of a line that was not done. Nobody has refused what was not asked.
    fn refused(self) -> (&'static str, &'static str) {
        match self {
            Self::Start => ("refused", "Refused"),
            Self::Request => ("warning", "Not sent"),
        }
    }

    /// Ticked before anybody chose: what is neither there nor, where that is what the page does, asked for.
    fn ticks(self, proposal: &MirrorProposal) -> bool {
        proposal.mirrors.is_empty() && (self == Self::Start || proposal.requests.is_empty())
    }
}

/// The repositories of the catalog that `?source=` names.
pub fn use_sources() -> Memo<Vec<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.read().get_all("source").unwrap_or_default())
}

/// The page that asks for these instead of starting them.
pub fn request_page(requests: &str, proposals: &[MirrorProposal]) -> String {
    let sources: Vec<_> = proposals.iter().map(|proposal| format!("source={}", proposal.source)).collect();
    format!("{requests}/new?{}", sources.join("&"))
}

/// Says what was chosen and is not in the catalog; nothing where all of it is.
#[component]
pub fn LeftOut(unknown: Vec<String>) -> impl IntoView {
    unknown.into_iter().reduce(|names, name| format!("{names}, {name}")).map(|names| {
        let words = format!("The catalog has nothing of this name, so it was left out: {names}.");
        view! { <Notice tone=Tone::Warning>{words}</Notice> }
    })
}

/// Nothing was chosen, and where to choose.
#[component]
pub fn NothingChosen(purpose: Purpose) -> impl IntoView {
    let catalog = Section::Catalog.href(use_organization().as_str());
    let words =
        format!("Choose repositories in the catalog, and {} them together here.", purpose.verb().to_lowercase());
    let actions = move || view! { <ButtonLink href=catalog variant=Variant::Primary>"Browse the catalog"</ButtonLink> };
    view! { <EmptyState title="Nothing is chosen yet" actions>{words}</EmptyState> }
}

/// A line for each, the fields `wishes` of its form.
#[component]
pub fn ChosenTable(
    purpose: Purpose,
    proposals: Vec<MirrorProposal>,
    /// What was typed, where the form was posted without a script.
    held: Option<Vec<MirrorWish>>,
    outcomes: Signal<Option<Vec<MirrorOutcome>>>,
) -> impl IntoView {
    let columns = vec![
        Column::unseen(purpose.choice()),
        Column::text("Source"),
        Column::text("Name of the mirror"),
        Column::text("Outcome"),
    ];
    let held = held.unwrap_or_default();
    let line = |(number, proposal): (usize, MirrorProposal)| {
        let held = held.iter().find(|one| one.source == proposal.source.as_str()).cloned();
        view! { <Line purpose number proposal held outcomes /> }
    };
    let lines = proposals.into_iter().enumerate().map(line).collect_view();
    view! { <DataTable caption=purpose.caption() columns>{lines}</DataTable> }
}

#[component]
fn Line(
    purpose: Purpose,
    number: usize,
    proposal: MirrorProposal,
    held: Option<MirrorWish>,
    outcomes: Signal<Option<Vec<MirrorOutcome>>>,
) -> impl IntoView {
    let organization = use_organization();
    let wanted = held.as_ref().map_or_else(|| purpose.ticks(&proposal), |held| !held.wanted.is_empty());
    let MirrorProposal { source, display_name, kind, name, mirrors, requests } = proposal;
    let name = held.map_or(name, |held| held.name);
    let field = move |part: &str| format!("wishes[{number}][{part}]");
    let page = format!("{}/{source}", Section::Catalog.href(organization.as_str()));
    let named = source.to_string();
    let outcome = Signal::derive(move || outcomes.get()?.into_iter().find(|one| one.source == named));
    let refused = Signal::derive(move || outcome.get().and_then(|outcome| outcome.refused));
    let (wish, its_name) =
        (format!("{} {display_name}", purpose.verb()), format!("Name of the mirror of {display_name}"));
    let error_id = format!("mirror-{number}-error");
    let described = {
        let error_id = error_id.clone();
        move || refused.get().map(|_| error_id.clone())
    };
    view! {
        <tr>
            <Cell fit=true>
                <input type="hidden" name=field("source") value=source.to_string() />
                <input
                    type="checkbox"
                    name=field("wanted")
                    value="true"
                    checked=wanted
                    aria-label=wish
                />
            </Cell>
            <HeadCell label="Source">
                <span class="cluster" data-gap="xs">
                    <a href=page>{display_name}</a>
                    <Badge>{kind.label()}</Badge>
                </span>
                <Already mirrors requests />
            </HeadCell>
            <Cell label="Name">
                <div class="field mirrors__name" data-invalid=move || refused.get().is_some()>
                    <input
                        type="text"
                        name=field("name")
                        value=name
                        maxlength="255"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        data-mono=true
                        aria-label=its_name
                        aria-describedby=described
                        aria-invalid=move || refused.get().map(|_| "true")
                    />
                </div>
            </Cell>
            <Cell label="Outcome">
                <Outcome purpose outcome error_id />
            </Cell>
        </tr>
    }
}

/// What there is of it, and what somebody asked for.
#[component]
fn Already(mirrors: Vec<RepoName>, requests: Vec<MirrorRequest>) -> impl IntoView {
    let said = |what: &str, names: Vec<String>| {
        let words = format!("{what} already: {}", names.join(", "));
        (!names.is_empty()).then(|| view! { <div class="small muted">{words}</div> })
    };
    let mirrors = mirrors.iter().map(|mirror| mirror.name().to_owned()).collect();
    let requests = requests.iter().map(|request| format!("{} by {}", request.name, request.asker.words())).collect();
    view! {
        {said("Mirrored", mirrors)}
        {said("Requested", requests)}
    }
}

#[component]
fn Outcome(purpose: Purpose, outcome: Signal<Option<MirrorOutcome>>, error_id: String) -> impl IntoView {
    let base = StoredValue::new(Section::Mirrors.href(use_organization().as_str()));
    move || match outcome.get() {
        None => view! { <span class="muted">{purpose.not_yet()}</span> }.into_any(),
        Some(MirrorOutcome { refused: Some(sentence), .. }) => {
            let (status, label) = purpose.refused();
            view! {
                <StatusBadge status label />
                <p class="small measure" id=error_id.clone()>{sentence}</p>
            }
            .into_any()
        }
        Some(MirrorOutcome { name, .. }) if purpose == Purpose::Start => {
            let href = format!("{}/{name}", base.get_value());
            view! {
                <StatusBadge status="accepted" label="Started" />
                <div><a class="mono small" href=href>{name}</a></div>
            }
            .into_any()
        }
        Some(MirrorOutcome { name, .. }) => view! {
            <StatusBadge status="requested" label="Requested" />
            <div class="mono small">{name}</div>
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Asker, RepositoryKind, RequestId, RequestState};

    fn proposal(mirrored: bool, requested: bool) -> MirrorProposal {
        let request = || MirrorRequest {
            id: RequestId(uuid::Uuid::nil()),
            source: "node".parse().expect("a name"),
            name: "dhi-node".parse().expect("a name"),
            note: String::new(),
            asker: Asker::Person("mia".into()),
            requested_at: chrono::DateTime::UNIX_EPOCH,
            state: RequestState::Open,
            decision: None,
            trouble: None,
        };
        MirrorProposal {
            source: "node".parse().expect("a name"),
            display_name: "Node.js".into(),
            kind: RepositoryKind::Image,
            name: "dhi-node".into(),
            mirrors: mirrored.then(|| "acme/dhi-node".parse().expect("a name")).into_iter().collect(),
            requests: requested.then(request).into_iter().collect(),
        }
    }

    #[test]
    fn what_is_there_or_asked_for_is_not_ticked_by_itself() {
        let ticks = |purpose: Purpose| {
            [(false, false), (true, false), (false, true)].map(|(there, asked)| purpose.ticks(&proposal(there, asked)))
        };
        assert_eq!(ticks(Purpose::Request), [true, false, false]);
        assert_eq!(ticks(Purpose::Start), [true, false, true], "whoever may mirror need not wait for an answer");
    }

    #[test]
    fn the_way_to_requests_takes_along_what_was_chosen() {
        let proposals = [proposal(false, false), proposal(true, false)];
        assert_eq!(request_page("/r", &proposals), "/r/new?source=node&source=node");
    }
}
