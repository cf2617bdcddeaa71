//! The few line drawings of the console, each one path on a 16 by 16 field.

use leptos::prelude::*;

/// A drawing; always beside a word or inside something that is named, so it is hidden from screen readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    Overview,
    Catalog,
    Mirror,
    Request,
    Destination,
    Rule,
    Run,
    Delivery,
    Search,
    Chevron,
    Check,
    Copy,
    Cross,
    Person,
    Sun,
    Moon,
    Screen,
    SignOut,
    Info,
    Warning,
    Key,
    Connection,
    Log,
    Shield,
    Open,
    Dashed,
    Arc,
    Clock,
    Again,
    Held,
    Done,
    Same,
    Failed,
    Struck,
}

impl Glyph {
    /// The path's `d`.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Overview => "M2.5 13.5h11M4 11V8.5M7 11V3M10 11V6M13 11V4.5",
            Self::Catalog => "M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5h-4.5zM9 9h4.5v4.5H9z",
            Self::Mirror => "M8 1.75v12.5M5.5 4.5 1.75 12H5.5zM10.5 4.5 14.25 12H10.5z",
            Self::Request => "M2.25 3h11.5v8H7.5l-3 2.75V11H2.25zM5 6h6M5 8.25h4",
            Self::Destination => "M2.5 5.25 8 2.25l5.5 3v5.5L8 13.75l-5.5-3zM2.5 5.25 8 8.25l5.5-3M8 8.25v5.5",
            Self::Rule => "M2 4h3.25c4 0 2.5 8 6.25 8H14M11.75 9.75 14 12l-2.25 2.25M8.75 4H14",
            Self::Run => "M1.75 8h2.5l2-5 3.5 10 2-5h2.5",
            Self::Delivery => "M8 1.75v6.75M5.25 5.75 8 8.5l2.75-2.75M2.25 9.5v4h11.5v-4",
            Self::Search => "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.5 10.5 13.5 13.5",
            Self::Chevron => "M4.75 6.25 8 3l3.25 3.25M4.75 9.75 8 13l3.25-3.25",
            Self::Check => "M3 8.5 6.5 12 13 4.5",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Person => {
                "M8 2.5a2.75 2.75 0 1 0 0 5.5a2.75 2.75 0 1 0 0-5.5M2.75 13.75c.5-3 2.5-4.25 5.25-4.25s4.75 1.25 5.25 4.25"
            }
            Self::Sun => {
                "M8 5.25a2.75 2.75 0 1 0 0 5.5a2.75 2.75 0 1 0 0-5.5M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1"
            }
            Self::Moon => "M13.5 9.75A6 6 0 0 1 6.25 2.5a5.75 5.75 0 1 0 7.25 7.25z",
            Self::Screen => "M2 3h12v8H2zM5.5 13.5h5M8 11v2.5",
            Self::SignOut => "M6.5 2.5h-4v11h4M6.5 8h7.5M11 5l3 3-3 3",
            Self::Info => "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M8 7.25v3.75M8 5v.1",
            Self::Warning => "M8 2.25 14.5 13.5h-13zM8 6.5v3.25M8 11.75v.1",
            Self::Key => "M5.25 6.5a3.25 3.25 0 1 0 0 6.5a3.25 3.25 0 1 0 0-6.5M7.75 7.5 13.5 2.25M11 4.5l2 2",
            Self::Log => "M3.5 2.25h9v11.5h-9zM6 5.25h4M6 8h4M6 10.75h2.25",
            Self::Connection => {
                "M6.5 9.5 9.5 6.5M7 4.5 9 2.5a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5 7 13.5A3.2 3.2 0 0 1 2.5 9L4.5 7"
            }
            Self::Shield => {
                "M8 1.75 13.25 3.5v4.25c0 3-2 5.25-5.25 6.5c-3.25-1.25-5.25-3.5-5.25-6.5V3.5zM5.5 7.75l1.75 1.75L10.5 6"
            }
            Self::Open => "M6.5 3h-4v10.5H13v-4M9.5 2.5h4v4M13.5 2.5 7.5 8.5",
            Self::Dashed => {
                "M6.4 1.95a6.25 6.25 0 0 1 3.2 0M12.4 3.55a6.25 6.25 0 0 1 1.65 2.8M14.05 9.65a6.25 6.25 0 0 1-1.65 2.8M9.6 14.05a6.25 6.25 0 0 1-3.2 0M3.6 12.45a6.25 6.25 0 0 1-1.65-2.8M1.95 6.35a6.25 6.25 0 0 1 1.65-2.8"
            }
            Self::Arc => "M8 1.75a6.25 6.25 0 1 1-6.25 6.25",
            Self::Clock => "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M8 4.5V8l2.25 1.75",
            Self::Again => "M13.5 8a5.5 5.5 0 1 1-1.75-4M13.5 1.75V4.5h-2.75",
            Self::Held => "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M6.25 5.75v4.5M9.75 5.75v4.5",
            Self::Done => "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M5.25 8.25 7.25 10.25 10.75 6",
            Self::Same => "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M5.5 6.75h5M5.5 9.25h5",
            Self::Failed => {
                "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M5.75 5.75l4.5 4.5M10.25 5.75l-4.5 4.5"
            }
            Self::Struck => "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M3.75 12.25l8.5-8.5",
        }
    }

    /// The drawing that stands for a state's word.
    pub fn of_status(status: &str) -> Self {
        match status {
            "queued" | "requested" => Self::Dashed,
            "running" | "started" | "mirroring" => Self::Arc,
            "waiting" => Self::Clock,
            "retrying" => Self::Again,
            "held" | "paused" => Self::Held,
            "succeeded" | "verified" | "active" | "healthy" | "mirrored" | "up-to-date" | "accepted" => Self::Done,
            "unchanged" | "repeated" => Self::Same,
            "failed" | "unreachable" | "refused" => Self::Failed,
            "cancelled" | "stopped" | "ignored" => Self::Struck,
            "warning" => Self::Warning,
            _ => Self::Info,
        }
    }
}

/// Draws one glyph in the colour of the text around it.
#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d=glyph.path()></path>
        </svg>
    }
}
