//! The web server: routes, layers, and a graceful stop.

mod events;
mod export;
mod health;
mod security;
mod statement;
mod status;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware;
use axum::routing::get;
use leptos::config::LeptosOptions;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes as _, ResponseOptions, generate_route_list};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::trace::TraceLayer;

use crate::app::App;
use crate::model::Theme;
use crate::store::{changes, sessions};
use crate::{web, webhook};

/// No form of ours is larger.
const MOST_BODY: usize = 1024 * 1024;

/// The pages there are, looked up once for all routers of a process: while they are, no page anywhere in the process may be
/// made, since a resource that is first asked for meanwhile never answers (leptos-rs/leptos, issue 4773).
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(web::app::App));

/// Everything `ferry serve` answers.
pub fn router(app: &App) -> Router {
    let options = options(app);
    let routes = PAGES.clone();
    let context = {
        let app = app.clone();
        move || provide(&app)
    };
    let shell = {
        let options = options.clone();
        move || web::app::shell(options.clone())
    };
    let pages: Router<LeptosOptions> = Router::new()
        .leptos_routes_with_context(&options, routes, context.clone(), shell)
        .fallback(leptos_axum::file_and_error_handler_with_context::<LeptosOptions, _>(context, web::app::shell));
    Router::new()
        .route("/orgs/{organization}/runs/{run}/events", get(events::run))
        .route("/orgs/{organization}/runs.csv", get(export::runs_csv))
        .route("/orgs/{organization}/runs.json", get(export::runs_json))
        .route("/orgs/{organization}/audit.csv", get(export::audit_csv))
        .route("/orgs/{organization}/audit.json", get(export::audit_json))
        .route("/orgs/{organization}/catalog/{name}/statements/{digest}", get(statement::file))
        .with_state(app.clone())
        .merge(pages.with_state(options))
        .layer(middleware::from_fn(status::of_api_errors))
        .layer(crate::access::layer(app))
        .layer(middleware::from_fn_with_state(app.clone(), security::same_origin))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready).with_state(app.clone()))
        .layer(middleware::from_fn_with_state(app.clone(), security::headers))
        .layer(RequestBodyLimitLayer::new(MOST_BODY))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(TraceLayer::new_for_http())
        // After the layer that logs addresses: that of a webhook is a secret. Its bodies have a limit of their own,
        // since one that is too large is kept as refused.
        .merge(webhook::router(app))
}

/// Serves until `stop`, then finishes the requests under way.
pub async fn serve(app: App, listener: TcpListener, stop: CancellationToken) -> std::io::Result<()> {
    let router = router(&app);
    let follower = tokio::spawn(follow_changes(app.clone(), stop.clone()));
    let sweeper = tokio::spawn(sweep_sessions(app, stop.clone()));
    let served = axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await }).await;
    follower.abort();
    sweeper.abort();
    served
}

/// What Leptos wants to know; nothing is read from its own environment variables.
fn options(app: &App) -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("ferry")
        .site_root(app.config.site_root.display().to_string())
        .site_pkg_dir("pkg")
        .site_addr(app.config.address)
        .build()
}

/// What pages and server functions find in their context.
fn provide(app: &App) {
    provide_context(app.clone());
    provide_context(web::components::Now(app.clock.now()));
    let parts = use_context::<axum::http::request::Parts>();
    provide_context(parts.as_ref().map_or_else(Theme::default, theme));
    if let Some(response) = use_context::<ResponseOptions>() {
        security::content_policy(&response);
        provide_context(web::platform::Responder(Arc::new(move |code| {
            if let Ok(status) = StatusCode::from_u16(code) {
                response.set_status(status);
            }
        })));
    }
}

/// The colours in the cookie.
fn theme(parts: &axum::http::request::Parts) -> Theme {
    parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value: &HeaderValue| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == crate::access::THEME_COOKIE)
        .map_or_else(Theme::default, |(_, value)| Theme::parse(value))
}

/// Passes on what other processes say about runs; connects again when the database went away.
async fn follow_changes(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match changes::Listener::open(&app.db).await {
            Ok(mut listener) => {
                // Whatever happened while nobody listened may have been missed.
                let _ = app.changes.send(None);
                while let Ok(change) = listener.next().await {
                    // Nobody may be looking at a run; that is no error.
                    let _ = app.changes.send(change);
                }
            }
            Err(error) => tracing::warn!(%error, "changes of runs cannot be followed; trying again"),
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}

/// Removes ended sessions, and with them their sealed tokens, every quarter of an hour.
async fn sweep_sessions(app: App, stop: CancellationToken) {
    let mut often = tokio::time::interval(std::time::Duration::from_mins(15));
    while !stop.is_cancelled() {
        often.tick().await;
        if let Err(error) = sessions::sweep(&app.db, app.clock.now()).await {
            tracing::warn!(%error, "ended sessions could not be removed; trying again later");
        }
    }
}
