//! Runs as rows of a table.

use std::collections::HashMap;

use leptos::prelude::*;

use super::words;
use crate::model::{FoundTag, RunId, RunSummary};
use crate::web::components::{Cell, Column, DataTable, HeadCell, StatusBadge, TimeAgo};
use crate::web::format;

/// One row a run; each leads to its page.
#[component]
pub fn RunTable(
    runs: Vec<RunSummary>,
    /// Address of the list of runs.
    base: String,
    /// Tags that were searched for, by run, and how many there are of those.
    #[prop(optional)]
    found: HashMap<RunId, (Vec<FoundTag>, u32)>,
) -> impl IntoView {
    let columns = [
        Column::text("Rule"),
        Column::text("State"),
        Column::text("Started"),
        Column::text("By"),
        Column::text("Tags"),
        Column::number("Transferred"),
        Column::number("Took"),
    ];
    let row = move |run: RunSummary| {
        let href = format!("{base}/{}", run.id);
        let took = words::took(&run).unwrap_or_else(|| "–".to_owned());
        let found = found.get(&run.id).map(|(tags, in_all)| words::found(tags, *in_all));
        let (started_by, counts, bytes) =
            (words::started_by(&run), words::counts(&run.counts), format::bytes(run.bytes));
        view! {
            <tr>
                <HeadCell label="Rule">
                    <a href=href title=run.destination>{run.rule_name}</a>
                    {found.map(|tags| view! { <div class="small muted mono">{tags}</div> })}
                </HeadCell>
                <Cell label="State"><StatusBadge status=run.state.as_str() label=run.state.label() /></Cell>
                <Cell label="Started"><TimeAgo at=run.created_at /></Cell>
                <Cell label="By">{started_by}</Cell>
                <Cell label="Tags">{counts}</Cell>
                <Cell label="Transferred" number=true>{bytes}</Cell>
                <Cell label="Took" number=true>{took}</Cell>
            </tr>
        }
    };
    view! { <DataTable caption="Runs" columns>{runs.into_iter().map(row).collect_view()}</DataTable> }
}
