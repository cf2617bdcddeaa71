//! All selections, each with what the last look through the catalog found.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::selections::list_selections;
use crate::model::{Look, OrgName, Selection};
use crate::web::components::{
    ButtonLink, Cell, Column, Crumb, DataTable, EmptyState, HeadCell, Loading, PageHeader, Section, TimeAgo, Variant,
};
use crate::web::frame::{use_organization, use_role};
use crate::web::pages::ReadError;

/// The table, and for admins the way to a new one.
#[component]
pub fn SelectionsPage() -> impl IntoView {
    let organization = use_organization();
    let may_configure = use_role().may_configure();
    let requests = Section::Requests.href(organization.as_str());

    let asked = organization.clone();
    let selections = Resource::new_blocking(|| (), move |()| list_selections(asked.clone()));

    let href = format!("{requests}/selections/new");
    let new =
        move || may_configure.then(|| view! { <ButtonLink href variant=Variant::Primary>"New selection"</ButtonLink> });
    view! {
        <Title text="Selections" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Selections"
                lead="Parts of the catalog that you want mirrored, also what Docker adds later. A selection only asks: an owner approves each mirror."
                crumbs=vec![Crumb::new("Requests", requests)]
                actions=new
            />
            <Transition fallback=|| view! { <Loading label="Loading the selections" /> }>
                {move || {
                    let organization = organization.clone();
                    Suspend::new(async move {
                        match selections.await {
                            Ok(rows) if rows.is_empty() => view! { <NoSelection may_configure /> }.into_any(),
                            Ok(rows) => view! { <Table rows organization /> }.into_any(),
                            Err(error) => view! { <ReadError error /> }.into_any(),
                        }
                    })
                }}
            </Transition>
        </div>
    }
}

#[component]
fn NoSelection(may_configure: bool) -> impl IntoView {
    let words = if may_configure {
        "Write one, for example all databases on Debian 13: it asks for what is there, and for what comes."
    } else {
        "An admin of the organization can write one."
    };
    view! { <EmptyState title="No selection yet"><p>{words}</p></EmptyState> }
}

#[component]
fn Table(rows: Vec<Selection>, organization: OrgName) -> impl IntoView {
    let base = format!("{}/selections", Section::Requests.href(organization.as_str()));
    let columns = vec![
        Column::text("Selection"),
        Column::text("Takes"),
        Column::text("Mirrors and proposals"),
        Column::text("Last look"),
        Column::text("Saved by"),
    ];
    let row = move |selection: Selection| {
        let href = format!("{base}/{}", selection.id);
        let counted = counted(selection.look.as_ref(), selection.cap);
        let looked = match selection.looked_at {
            Some(at) => view! { <TimeAgo at /> }.into_any(),
            None => view! { <span class="muted">"Not yet"</span> }.into_any(),
        };
        view! {
            <tr>
                <HeadCell label="Selection"><a href=href>{selection.name.to_string()}</a></HeadCell>
                <Cell label="Takes">{selection.filter.sentence()}</Cell>
                <Cell label="Mirrors and proposals">{counted}</Cell>
                <Cell label="Last look">
                    <div class="stack" data-gap="xs">
                        <p>{looked}</p>
                        {selection.trouble.map(|words| view! { <p class="request__words small">{words}</p> })}
                    </div>
                </Cell>
                <Cell label="Saved by">{format!("{}, ", selection.saved_by)} <TimeAgo at=selection.saved_at /></Cell>
            </tr>
        }
    };
    view! { <DataTable caption="Selections" columns>{rows.into_iter().map(row).collect_view()}</DataTable> }
}

/// `12 of 20; 3 more match but the cap holds them back`.
fn counted(look: Option<&Look>, cap: u32) -> String {
    let Some(look) = look else { return format!("At most {cap}") };
    let held_back = match look.held_back {
        0 => String::new(),
        1 => "; 1 more matches but the cap holds it back".to_owned(),
        number => format!("; {number} more match but the cap holds them back"),
    };
    format!("{} of {cap}{held_back}", look.taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_cap_holds_back_is_said() {
        let look = |taken, held_back| Look { taken, held_back, ..Look::default() };
        assert_eq!(counted(None, 20), "At most 20");
        assert_eq!(counted(Some(&look(12, 0)), 20), "12 of 20");
        assert_eq!(counted(Some(&look(20, 1)), 20), "20 of 20; 1 more matches but the cap holds it back");
        assert_eq!(counted(Some(&look(20, 3)), 20), "20 of 20; 3 more match but the cap holds them back");
    }
}
