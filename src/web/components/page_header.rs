//! What a page is: where it lies, its title, a sentence, the facts and the actions.

use leptos::prelude::*;

/// One step of the way to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// The word on the screen.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl Crumb {
    /// A step with its word and its address.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// The page's only `<h1>`; the children are facts under the title, such as badges.
#[component]
pub fn PageHeader(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: MaybeProp<String>,
    /// The pages above this one, outermost first; without the page itself.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    #[prop(optional, into)] actions: ViewFnOnce,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let crumb = |crumb: Crumb| {
        view! {
            <li class="page-header__crumb">
                <a class="page-header__crumb-link" href=crumb.href>{crumb.label}</a>
            </li>
        }
    };
    let crumbs = (!crumbs.is_empty()).then(|| {
        view! {
            <nav aria-label="Breadcrumb">
                <ol class="page-header__crumbs">{crumbs.into_iter().map(crumb).collect_view()}</ol>
            </nav>
        }
    });
    view! {
        <header class="page-header">
            <div class="page-header__words">
                {crumbs}
                <h1 class="page-header__title">{title}</h1>
                {move || lead.get().map(|lead| view! { <p class="page-header__lead">{lead}</p> })}
                {children.map(|facts| view! { <div class="page-header__facts">{facts()}</div> })}
            </div>
            <div class="page-header__actions">{actions.run()}</div>
        </header>
    }
}
