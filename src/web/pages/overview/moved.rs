//! The bytes that crossed, by day and by destination.

use leptos::prelude::*;

use crate::model::{MovedDay, MovedTo};
use crate::web::components::{Bar, BarChart, Cell, Column, DataTable, HeadCell, Panel};
use crate::web::format;

/// Nothing is drawn where nothing moved.
#[component]
pub fn Moved(moved: Vec<MovedDay>, moved_to: Vec<MovedTo>) -> impl IntoView {
    if moved.is_empty() {
        return view! {
            <Panel title="Moved"><p class="muted">"Nothing had to be copied in the last 30 days."</p></Panel>
        }
        .into_any();
    }
    let whole: u64 = moved.iter().map(|day| day.bytes).sum();
    let bar = |day: MovedDay| Bar::new(day.day.format("%-d %b").to_string(), day.bytes, format::bytes(day.bytes));
    let bars = moved.into_iter().map(bar).collect();
    let row = |to: MovedTo| {
        let bytes = format::bytes(to.bytes);
        view! {
            <tr>
                <HeadCell label="Destination"><span class="mono">{to.destination}</span></HeadCell>
                <Cell label="Moved" number=true>{bytes}</Cell>
            </tr>
        }
    };
    view! {
        <Panel title="Moved" lead=format!("{} in the last 30 days. What a registry already held was not sent again.", format::bytes(whole))>
            <div class="stack">
                <BarChart title="Bytes moved by day" bars />
                <DataTable caption="Bytes moved by destination" columns=vec![Column::text("Destination"), Column::number("Moved")]>
                    {moved_to.into_iter().map(row).collect_view()}
                </DataTable>
            </div>
        </Panel>
    }
    .into_any()
}
