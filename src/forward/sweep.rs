//! Retention: tags of old runs and old deliveries go, the runs and their numbers stay; repositories that nobody opens and jobs
//! that cannot begin go too.

use chrono::TimeDelta;

use super::ForwardError;
use crate::app::App;
use crate::store::{listings, sweep};

/// After so long a repository of the catalog that nobody opens is kept no more.
const FORGOTTEN: TimeDelta = TimeDelta::days(30);

/// Removes what is older than the configured days.
pub async fn sweep(app: &App) -> Result<(), ForwardError> {
    let before = app.clock.now() - TimeDelta::days(i64::from(app.config.history_days));
    let runs = sweep::items_before(&app.db, before).await?;
    sweep::deliveries_before(&app.db, before).await?;
    listings::remove_repositories_before(&app.db, app.clock.now() - FORGOTTEN).await?;
    app.queue.clean().await?;
    if runs > 0 {
        tracing::info!(
            runs,
            "the tags of {runs} runs are older than {} days and were removed",
            app.config.history_days
        );
    }
    Ok(())
}
