//! A run while it goes on, as server-sent events for its page.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::stream::{self, Stream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tower_sessions::Session;

use crate::access;
use crate::app::{App, Visitor};
use crate::forward::history;
use crate::model::{ApiError, OrgName, RunId};

/// At most so many readings a second go to one page, however fast the run is.
const PACE: Duration = Duration::from_millis(300);

/// Sends the run as it is, again each time it changed, and ends after its last reading.
pub(super) async fn run(
    State(app): State<App>,
    session: Session,
    Path((organization, run)): Path<(String, String)>,
) -> Response {
    match open(app, session, &organization, &run).await {
        Ok(events) => Sse::new(events).keep_alive(KeepAlive::default()).into_response(),
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, error.to_string()).into_response()
        }
    }
}

async fn open(
    app: App,
    session: Session,
    organization: &str,
    run: &str,
) -> Result<impl Stream<Item = Result<Event, Infallible>> + use<>, ApiError> {
    let nothing = |_| ApiError::NotFound("There is no such run.".to_owned());
    let organization: OrgName = organization.parse().map_err(nothing)?;
    let run: RunId = run.parse().map_err(nothing)?;
    // Heard before it is read, so that no change falls between.
    let changes = app.changes.subscribe();
    let visitor = access::visitor(app, &session, &organization).await?;
    history::get(&visitor, run).await?;
    let follower = Follower { visitor, run, changes, begun: false, over: false };
    Ok(stream::unfold(follower, |mut follower| async move { follower.next().await.map(|event| (Ok(event), follower)) }))
}

struct Follower {
    visitor: Visitor,
    run: RunId,
    changes: Receiver<Option<RunId>>,
    begun: bool,
    over: bool,
}

impl Follower {
    async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        if self.begun {
            self.changed().await?;
            tokio::time::sleep(PACE).await;
        }
        self.begun = true;
        // Several changes in one pause are one reading.
        while self.changes.try_recv().is_ok() {}
        let detail = history::get(&self.visitor, self.run)
            .await
            .inspect_err(|error| tracing::warn!(%error, run.id = %self.run, "a run cannot be followed"))
            .ok()?;
        self.over = !detail.is_open();
        Event::default().event("run").json_data(&detail).ok()
    }

    /// Waits until this run changed, or may have.
    async fn changed(&mut self) -> Option<()> {
        loop {
            match self.changes.recv().await {
                Ok(Some(run)) if run != self.run => {}
                Ok(_) | Err(RecvError::Lagged(_)) => return Some(()),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
