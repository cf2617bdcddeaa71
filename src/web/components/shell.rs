//! The frame of every signed-in page: skip link, sections, organizations, who is signed in.

use super::{AccountMenu, Glyph, Icon, Logo, OrganizationMenu};
use crate::model::Theme;
use leptos::prelude::*;

/// A part of the console; each is a list under `/orgs/{org}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Overview,
    Catalog,
    Mirrors,
    Requests,
    Destinations,
    Rules,
    Runs,
    Where,
    Deliveries,
    Keys,
    Connection,
    Audit,
}

impl Section {
    /// In the order of the navigation.
    pub const ALL: [Self; 12] = [
        Self::Overview,
        Self::Catalog,
        Self::Mirrors,
        Self::Requests,
        Self::Destinations,
        Self::Rules,
        Self::Runs,
        Self::Where,
        Self::Deliveries,
        Self::Keys,
        Self::Connection,
        Self::Audit,
    ];

    /// The word on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Catalog => "Catalog",
            Self::Mirrors => "Mirrors",
            Self::Requests => "Requests",
            Self::Destinations => "Destinations",
            Self::Rules => "Rules",
            Self::Runs => "Runs",
            Self::Where => "Where is it?",
            Self::Deliveries => "Deliveries",
            Self::Keys => "Keys",
            Self::Connection => "Connection",
            Self::Audit => "Audit log",
        }
    }

    /// The word in the address.
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Catalog => "catalog",
            Self::Mirrors => "mirrors",
            Self::Requests => "requests",
            Self::Destinations => "destinations",
            Self::Rules => "rules",
            Self::Runs => "runs",
            Self::Where => "where",
            Self::Deliveries => "deliveries",
            Self::Keys => "keys",
            Self::Connection => "connection",
            Self::Audit => "audit",
        }
    }

    /// Address of this section in an organization.
    pub fn href(self, org: &str) -> String {
        format!("/orgs/{org}/{}", self.segment())
    }

    /// The section an address lies in, with or without its query, from its third segment.
    pub fn of_path(path: &str) -> Option<Self> {
        let path = path.split('?').next().unwrap_or(path);
        let segment = path.trim_start_matches('/').split('/').nth(2)?;
        Self::ALL.into_iter().find(|section| section.segment() == segment)
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::Overview => Glyph::Overview,
            Self::Catalog => Glyph::Catalog,
            Self::Mirrors => Glyph::Mirror,
            Self::Requests => Glyph::Request,
            Self::Destinations => Glyph::Destination,
            Self::Rules => Glyph::Rule,
            Self::Runs => Glyph::Run,
            Self::Where => Glyph::Search,
            Self::Deliveries => Glyph::Delivery,
            Self::Keys => Glyph::Key,
            Self::Connection => Glyph::Connection,
            Self::Audit => Glyph::Log,
        }
    }
}

/// The frame; `path` is the address now (with its query), from which the current section follows and to which the
/// theme form returns.
#[component]
pub fn Shell(
    /// The organization whose pages these are.
    #[prop(into)]
    org: Signal<String>,
    /// All organizations this person may choose from.
    #[prop(into)]
    organizations: Signal<Vec<String>>,
    /// The address now: path and query.
    #[prop(into)]
    path: Signal<String>,
    /// Name of the person signed in.
    #[prop(into)]
    user: String,
    /// The word for what this person may do, such as `operator`.
    #[prop(into)]
    role: String,
    /// The chosen theme.
    #[prop(into)]
    theme: Signal<Theme>,
    /// Where the theme form is posted.
    #[prop(into)]
    theme_action: String,
    /// Where the sign-out form is posted.
    #[prop(into)]
    sign_out_action: String,
    /// Stands behind the word *Requests*: how many wait for this person.
    #[prop(optional, into)]
    requests: ViewFn,
    children: Children,
) -> impl IntoView {
    let section = Memo::new(move |_| Section::of_path(&path.get()));
    let link = move |this: Section| {
        let mark = (this == Section::Requests).then(|| requests.run());
        view! { <li><SectionLink this org section mark /></li> }
    };
    view! {
        <div class="shell">
            // By the browser itself, which moves the focus too; the router would only scroll.
            <a class="shell__skip" href="#main" rel="external">"Skip to the page"</a>
            <header class="shell__bar">
                <div class="shell__brand">
                    <Logo href="/" />
                </div>
                <div class="shell__organization">
                    <OrganizationMenu org organizations section />
                </div>
                <nav class="shell__navigation" aria-label="Sections">
                    <ul class="shell__sections">
                        {Section::ALL.map(link)}
                    </ul>
                </nav>
                <div class="shell__account">
                    <AccountMenu user role theme theme_action sign_out_action path />
                </div>
            </header>
            <main class="shell__main" id="main" tabindex="-1">
                {children()}
            </main>
        </div>
    }
}

#[component]
fn SectionLink(
    this: Section,
    org: Signal<String>,
    section: Memo<Option<Section>>,
    mark: Option<AnyView>,
) -> impl IntoView {
    view! {
        <a
            class="shell__section"
            href=move || this.href(&org.get())
            aria-current=move || (section.get() == Some(this)).then_some("page")
        >
            <Icon glyph=this.glyph() />
            {this.label()}
            {mark}
        </a>
    }
}
