//! A table: hairlines, a head that stays in sight, rows that stack where there is little width.

use leptos::prelude::*;

/// A column's heading and how its cells stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    label: &'static str,
    end: bool,
    hidden: bool,
}

impl Column {
    /// Words.
    pub const fn text(label: &'static str) -> Self {
        Self { label, end: false, hidden: false }
    }

    /// Numbers, sizes and durations, aligned at their end.
    pub const fn number(label: &'static str) -> Self {
        Self { label, end: true, hidden: false }
    }

    /// A column whose heading only a screen reader needs, such as that of a row's buttons.
    pub const fn unseen(label: &'static str) -> Self {
        Self { label, end: true, hidden: true }
    }
}

/// The children are `<tr>` elements of `Cell`s (or `HeadCell` for what names the row), in the order of `columns`.
#[component]
pub fn DataTable(
    /// What the table lists, for screen readers.
    #[prop(into)]
    caption: String,
    #[prop(into)] columns: Vec<Column>,
    children: Children,
) -> impl IntoView {
    let label = caption.clone();
    let head = |column: Column| {
        view! {
            <th scope="col" data-align=column.end.then_some("end")>
                <span class:visually-hidden=column.hidden>{column.label}</span>
            </th>
        }
    };
    view! {
        <div class="data-table">
            <div class="data-table__scroll" role="region" aria-label=label tabindex="0">
                <table class="data-table__table">
                    <caption class="visually-hidden">{caption}</caption>
                    <thead>
                        <tr>{columns.into_iter().map(head).collect_view()}</tr>
                    </thead>
                    <tbody>{children()}</tbody>
                </table>
            </div>
        </div>
    }
}

/// A value; `label` repeats the column's heading and is shown where rows are stacked.
#[component]
pub fn Cell(
    #[prop(optional)] label: &'static str,
    /// Aligned at the end, with tabular figures.
    #[prop(optional)]
    number: bool,
    /// As narrow as its content.
    #[prop(optional)]
    fit: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <td class="data-table__cell" data-label=label data-align=number.then_some("end") data-fit=fit>
            {children()}
        </td>
    }
}

/// The value that names the row.
#[component]
pub fn HeadCell(#[prop(optional)] label: &'static str, children: Children) -> impl IntoView {
    view! {
        <th class="data-table__cell" scope="row" data-label=label>
            {children()}
        </th>
    }
}
