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
    let bars = every_day(moved).into_iter().map(bar).collect();
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

/// From the first to the last day without a gap.
fn every_day(moved: Vec<MovedDay>) -> Vec<MovedDay> {
    let (Some(first), Some(last)) = (moved.first().map(|day| day.day), moved.last().map(|day| day.day)) else {
        return moved;
    };
    let bytes = |day| moved.iter().find(|moved| moved.day == day).map_or(0, |moved| moved.bytes);
    first.iter_days().take_while(|day| *day <= last).map(|day| MovedDay { day, bytes: bytes(day) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn days_without_bytes_are_shown_too() {
        let day = |day, bytes| MovedDay { day: NaiveDate::from_ymd_opt(2026, 11, day).expect("a day"), bytes };
        assert_eq!(every_day(vec![day(1, 5), day(3, 7)]), [day(1, 5), day(2, 0), day(3, 7)]);
        assert!(every_day(Vec::new()).is_empty());
    }
}
