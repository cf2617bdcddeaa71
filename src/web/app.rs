//! The document, and which page answers which address.

use std::time::Duration;

use chrono::SecondsFormat;
use leptos::prelude::*;
use leptos_meta::{Link, MetaTags, Stylesheet, Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{MatchNestedRoutes, SsrMode, path};

use crate::model::Theme;
use crate::web::components::Now;
use crate::web::frame::Frame;
use crate::web::pages::deliveries::DeliveriesPage;
use crate::web::pages::destinations::{DestinationPage, DestinationsPage, NewDestinationPage};
use crate::web::pages::keys::KeysPage;
use crate::web::pages::requests::{RequestMirrorsPage, RequestsPage};
use crate::web::pages::rules::{EditRulePage, NewRulePage, RulePage, RulesPage};
use crate::web::pages::runs::{RunPage, RunsPage};
use crate::web::pages::selections::{EditSelectionPage, NewSelectionPage, SelectionsPage};
use crate::web::pages::{
    AuditPage, CatalogPage, CatalogTagPage, ConnectionPage, HomePage, MirrorPage, MirrorsPage, NewMirrorsPage,
    NotFoundPage, OverviewPage, RepositoryPage, SignInPage, StopMirrorsPage, TagPage, ToOverview, WherePage,
};
use crate::web::platform;

pub use crate::web::frame::{CurrentViewer, use_organization, use_role};

/// The HTML document around the app. Reads the contexts `Theme` and `Now`, and leaves both in `<html>` for the browser.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = Some(platform::theme()).filter(|theme| *theme != Theme::System).map(Theme::as_str);
    let now = platform::page_time().map(|now| now.0.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-now=now>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The app inside the document, the same on both sides.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    keep_time();
    view! {
        <Stylesheet id="leptos" href="/pkg/ferry.css" />
        <Link rel="icon" type_="image/svg+xml" href="/favicon.svg" />
        <Title formatter=|title: String| if title.is_empty() { "Ferry".to_owned() } else { format!("{title} · Ferry") } />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <OrganizationRoutes />
            </Routes>
        </Router>
    }
}

/// Everything inside an organization; the frame decides who gets there.
#[component(transparent)]
fn OrganizationRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/orgs/:org") view=Frame ssr=SsrMode::Async>
            <Route path=path!("") view=ToOverview ssr=SsrMode::Async />
            <Route path=path!("overview") view=OverviewPage ssr=SsrMode::Async />
            <Route path=path!("catalog") view=CatalogPage ssr=SsrMode::Async />
            <Route path=path!("catalog/:name") view=RepositoryPage ssr=SsrMode::Async />
            <Route path=path!("catalog/:name/tags/:tag") view=CatalogTagPage ssr=SsrMode::Async />
            <Route path=path!("mirrors") view=MirrorsPage ssr=SsrMode::Async />
            <Route path=path!("mirrors/new") view=NewMirrorsPage ssr=SsrMode::Async />
            <Route path=path!("mirrors/stop") view=StopMirrorsPage ssr=SsrMode::Async />
            <Route path=path!("mirrors/:name") view=MirrorPage ssr=SsrMode::Async />
            <Route path=path!("mirrors/:name/tags/:tag") view=TagPage ssr=SsrMode::Async />
            <Route path=path!("requests") view=RequestsPage ssr=SsrMode::Async />
            <Route path=path!("requests/new") view=RequestMirrorsPage ssr=SsrMode::Async />
            <Route path=path!("requests/selections") view=SelectionsPage ssr=SsrMode::Async />
            <Route path=path!("requests/selections/new") view=NewSelectionPage ssr=SsrMode::Async />
            <Route path=path!("requests/selections/:id") view=EditSelectionPage ssr=SsrMode::Async />
            <Route path=path!("destinations") view=DestinationsPage ssr=SsrMode::Async />
            <Route path=path!("destinations/new") view=NewDestinationPage ssr=SsrMode::Async />
            <Route path=path!("destinations/:id") view=DestinationPage ssr=SsrMode::Async />
            <Route path=path!("rules") view=RulesPage ssr=SsrMode::Async />
            <Route path=path!("rules/new") view=NewRulePage ssr=SsrMode::Async />
            <Route path=path!("rules/:id") view=RulePage ssr=SsrMode::Async />
            <Route path=path!("rules/:id/edit") view=EditRulePage ssr=SsrMode::Async />
            <Route path=path!("runs") view=RunsPage ssr=SsrMode::Async />
            <Route path=path!("runs/:id") view=RunPage ssr=SsrMode::Async />
            <Route path=path!("where") view=WherePage ssr=SsrMode::Async />
            <Route path=path!("deliveries") view=DeliveriesPage ssr=SsrMode::Async />
            <Route path=path!("keys") view=KeysPage ssr=SsrMode::Async />
            <Route path=path!("connection") view=ConnectionPage ssr=SsrMode::Async />
            <Route path=path!("audit") view=AuditPage ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Counts "5 min ago" from the server's time on, however long the page stays open.
fn keep_time() {
    let Some(Now(start)) = platform::page_time() else { return };
    let now = RwSignal::new(Now(start));
    provide_context(now);
    Effect::new(move |_| {
        let opened = platform::local_time();
        let tick = move || now.set(Now(start + (platform::local_time() - opened)));
        // Where no timer is to be had, moments stay as the server said them.
        if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(15)) {
            on_cleanup(move || handle.clear());
        }
    });
}
