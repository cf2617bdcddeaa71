//! Several mirrors asked for at once, for whoever may not start them: what was chosen in the catalog, each with a name,
//! and one note for the owners.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::mirrors::propose_mirrors;
use crate::api::requests::AskForMirrors;
use crate::model::{MirrorOutcome, MirrorProposals, RequestsForm};
use crate::web::components::{Button, ButtonLink, Crumb, Loading, PageHeader, Section, TextArea, Variant};
use crate::web::forms::{FormError, FormState, use_form};
use crate::web::frame::use_organization;
use crate::web::pages::ReadError;
use crate::web::pages::mirrors::{
    ChosenTable, EntitlementNote, LeftOut, NothingChosen, Purpose, Summary, refused, use_entitlement, use_sources,
};

/// The form `requests`.
#[derive(Clone, Copy)]
struct Asking {
    action: ServerAction<AskForMirrors>,
    form: FormState<RequestsForm, Vec<MirrorOutcome>>,
}

/// The page; `?source=` names each repository of the catalog.
#[component]
pub fn RequestMirrorsPage() -> impl IntoView {
    let organization = use_organization();
    let sources = use_sources();
    let crumbs = vec![Crumb::new("Requests", Section::Requests.href(organization.as_str()))];
    let lead =
        format!("Owners of {organization} decide. Once they approve, Docker copies each into a repository of its own.");

    let proposals =
        Resource::new_blocking(move || sources.get(), move |sources| propose_mirrors(organization.clone(), sources));
    let action = ServerAction::<AskForMirrors>::new();
    let asking = Asking { action, form: use_form("requests", action) };
    let entitled = use_entitlement(|| 0);

    view! {
        <Title text="Request mirrors" />
        <div class="stack" data-gap="xl">
            <PageHeader title="Request mirrors" lead crumbs />
            <div class="stack">
                <EntitlementNote entitled />
                <Transition fallback=|| view! { <Loading rows=6 label="Loading what was chosen" /> }>
                    {move || Suspend::new(async move {
                        asking.form.ready().await;
                        match proposals.await {
                            Ok(proposals) => view! { <Chosen proposals asking /> }.into_any(),
                            Err(error) => view! { <ReadError error /> }.into_any(),
                        }
                    })}
                </Transition>
            </div>
        </div>
    }
}

#[component]
fn Chosen(proposals: MirrorProposals, asking: Asking) -> impl IntoView {
    let organization = use_organization();
    let (catalog, requests) =
        (Section::Catalog.href(organization.as_str()), Section::Requests.href(organization.as_str()));
    let MirrorProposals { proposals, unknown } = proposals;
    if proposals.is_empty() {
        return view! {
            <LeftOut unknown />
            <NothingChosen purpose=Purpose::Request />
        }
        .into_any();
    }
    let Asking { action, form } = asking;
    let (wishes, note) = form.held.get_untracked().map(|held| (held.wishes, held.note)).unzip();
    let outcome = move || {
        let requests = requests.clone();
        form.outcome.get().map(|outcomes| {
            let (all, refused) = (outcomes.len(), refused(&outcomes));
            view! {
                <Summary all refused done="requested" advice="Each of the others says why not. Change its name if need be, and send again: what is open already is not asked for twice.">
                    <a href=requests>"Go to the requests"</a>
                </Summary>
            }
        })
    };
    view! {
        <LeftOut unknown />
        <ActionForm action>
            <div class="stack">
                <FormError error=form.error />
                {outcome}
                <input type="hidden" name="organization" value=organization.to_string() />
                <ChosenTable purpose=Purpose::Request proposals held=wishes outcomes=form.outcome />
                <TextArea
                    name="note"
                    label="Note"
                    value=note.unwrap_or_default()
                    rows=3
                    hint="What they are for; the owners read it."
                    error=form.field("note")
                    optional=true
                />
                <div class="cluster">
                    <Button variant=Variant::Primary busy=action.pending()>"Send requests"</Button>
                    <ButtonLink href=catalog>"Back to the catalog"</ButtonLink>
                </div>
            </div>
        </ActionForm>
    }
    .into_any()
}
