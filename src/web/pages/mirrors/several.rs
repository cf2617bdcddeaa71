//! Several mirrors begun at once: what was chosen in the catalog, each with a name, and what came of each.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::entitlement::{Entitled, EntitlementNote, use_entitlement};
use super::outcomes::{self, Summary};
use crate::api::mirrors::{StartMirrors, propose_mirrors};
use crate::model::{Entitlement, MirrorOutcome, MirrorProposal, MirrorProposals, MirrorWish};
use crate::web::components::{
    Badge, Button, ButtonLink, Cell, Column, Crumb, DataTable, EmptyState, HeadCell, Loading, Notice, PageHeader,
    Section, StatusBadge, Tone, Variant,
};
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
    let query = use_query_map();
    let sources = Memo::new(move |_| query.read().get_all("source").unwrap_or_default());
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
    let MirrorProposals { proposals, unknown } = proposals;
    let unknown = (!unknown.is_empty()).then(|| {
        let words = format!("The catalog has nothing of this name, so it was left out: {}.", unknown.join(", "));
        view! { <Notice tone=Tone::Warning>{words}</Notice> }
    });
    if proposals.is_empty() {
        let actions =
            move || view! { <ButtonLink href=catalog variant=Variant::Primary>"Browse the catalog"</ButtonLink> };
        return view! {
            {unknown}
            <EmptyState title="Nothing is chosen yet" actions>
                "Choose repositories in the catalog, and mirror them together here."
            </EmptyState>
        }
        .into_any();
    }
    if !use_role().may_mirror() {
        let words = format!(
            "Owners and editors of {organization} may mirror these. Request each of them on its page in the catalog.",
        );
        return view! { <Notice tone=Tone::Neutral>{words}</Notice> }.into_any();
    }
    let new = proposals.iter().filter(|proposal| proposal.mirrors.is_empty()).count();
    let Starting { action, form } = starting;
    let columns = vec![
        Column::unseen("Mirror it"),
        Column::text("Source"),
        Column::text("Name of the mirror"),
        Column::text("Outcome"),
    ];
    let rows = proposals.into_iter().enumerate();
    let rows = rows.map(|(number, proposal)| view! { <Line number proposal form /> }).collect_view();
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
        {unknown}
        <ActionForm action>
            <div class="stack">
                <FormError error=form.error />
                {outcome}
                <TooMany entitled new />
                <input type="hidden" name="organization" value=organization.to_string() />
                <DataTable caption="What is mirrored" columns>
                    {rows}
                </DataTable>
                <div class="cluster">
                    <Button variant=Variant::Primary busy=action.pending()>"Start mirroring"</Button>
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

#[component]
fn Line(
    number: usize,
    proposal: MirrorProposal,
    form: FormState<Vec<MirrorWish>, Vec<MirrorOutcome>>,
) -> impl IntoView {
    let organization = use_organization();
    let MirrorProposal { source, display_name, kind, name, mirrors } = proposal;
    let held = form.held.get_untracked().and_then(|held| held.into_iter().find(|one| one.source == source.as_str()));
    let (name, wanted) = match held {
        Some(held) => (held.name, !held.wanted.is_empty()),
        None => (name, mirrors.is_empty()),
    };
    let field = move |part: &str| format!("wishes[{number}][{part}]");
    let page = format!("{}/{source}", Section::Catalog.href(organization.as_str()));
    let base = StoredValue::new(Section::Mirrors.href(organization.as_str()));
    let named = source.to_string();
    let outcome = Signal::derive(move || form.outcome.get()?.into_iter().find(|one| one.source == named));
    let refused = Signal::derive(move || outcome.get().and_then(|outcome| outcome.refused));
    let (wish, its_name) = (format!("Mirror {display_name}"), format!("Name of the mirror of {display_name}"));
    let error_id = format!("mirror-{number}-error");
    let described = {
        let error_id = error_id.clone();
        move || refused.get().map(|_| error_id.clone())
    };
    let already = (!mirrors.is_empty()).then(|| {
        let names: Vec<_> = mirrors.iter().map(|mirror| mirror.name().to_owned()).collect();
        view! { <div class="small muted">{format!("Mirrored already: {}", names.join(", "))}</div> }
    });
    let shown = move || match (outcome.get(), refused.get()) {
        (None, _) => view! { <span class="muted">"Not started"</span> }.into_any(),
        (Some(_), Some(sentence)) => view! {
            <StatusBadge status="refused" label="Refused" />
            <p class="small measure" id=error_id.clone()>{sentence}</p>
        }
        .into_any(),
        (Some(started), None) => {
            let href = format!("{}/{}", base.get_value(), started.name);
            view! {
                <StatusBadge status="accepted" label="Started" />
                <div><a class="mono small" href=href>{started.name}</a></div>
            }
            .into_any()
        }
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
                {already}
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
            <Cell label="Outcome">{shown}</Cell>
        </tr>
    }
}
