//! Requests as rows of a table.

use leptos::prelude::*;

use super::decide::{Choose, Deciding};
use super::words::{RequestStatus, asked_by};
use crate::api::requests::WithdrawRequest;
use crate::model::{Asker, MirrorRequest, OrgName, RequestState};
use crate::web::components::{Button, Cell, Column, DataTable, HeadCell, Section, Size, TimeAgo};
use crate::web::frame::CurrentViewer;

/// One row a request; with `deciding` each has its box.
#[component]
pub fn RequestTable(
    organization: OrgName,
    requests: Vec<MirrorRequest>,
    deciding: Option<Deciding>,
    withdraw: ServerAction<WithdrawRequest>,
) -> impl IntoView {
    let CurrentViewer(viewer) = expect_context();
    let mut columns = vec![
        Column::text("Repository"),
        Column::text("Mirror"),
        Column::text("Asked by"),
        Column::text("Note"),
        Column::text("State"),
    ];
    if deciding.is_some() {
        columns.push(Column::unseen("Choose"));
    }
    let is_only = requests.len() == 1;
    let row = move |request: MirrorRequest| {
        let is_own = request.asker == Asker::Person(viewer.username.clone());
        view! { <Row organization=organization.clone() request is_own is_only deciding withdraw /> }
    };
    view! { <DataTable caption="Requests" columns>{requests.into_iter().map(row).collect_view()}</DataTable> }
}

#[component]
fn Row(
    organization: OrgName,
    request: MirrorRequest,
    is_own: bool,
    is_only: bool,
    deciding: Option<Deciding>,
    withdraw: ServerAction<WithdrawRequest>,
) -> impl IntoView {
    let MirrorRequest { id, source, name, note, asker, requested_at, state, .. } = request.clone();
    let repository = format!("{}/{source}", Section::Catalog.href(organization.as_str()));
    let mirror = if state == RequestState::Approved {
        let href = format!("{}/{name}", Section::Mirrors.href(organization.as_str()));
        view! { <a class="mono" href=href>{name.to_string()}</a> }.into_any()
    } else {
        view! { <span class="mono">{name.to_string()}</span> }.into_any()
    };
    let note = if note.is_empty() {
        view! { <span class="muted">"None"</span> }.into_any()
    } else {
        view! { <p class="request__words">{note}</p> }.into_any()
    };
    let org = organization.to_string();
    let take_back = (is_own && state == RequestState::Open).then(move || {
        view! {
            <ActionForm action=withdraw>
                <input type="hidden" name="organization" value=org />
                <input type="hidden" name="id" value=id.to_string() />
                <Button size=Size::Small busy=withdraw.pending()>"Withdraw"</Button>
            </ActionForm>
        }
    });
    view! {
        <tr>
            <HeadCell label="Repository"><a href=repository>{source.to_string()}</a></HeadCell>
            <Cell label="Mirror">{mirror}</Cell>
            <Cell label="Asked by">
                {asked_by(asker, &organization)} ", " <TimeAgo at=requested_at />
            </Cell>
            <Cell label="Note">{note}</Cell>
            <Cell label="State">
                <div class="stack" data-gap="s">
                    <RequestStatus request />
                    {take_back}
                </div>
            </Cell>
            {deciding
                .map(|deciding| {
                    view! {
                        <Cell label="Choose" fit=true>
                            <Choose id label=format!("Choose {name}") is_only deciding />
                        </Cell>
                    }
                })}
        </tr>
    }
}
