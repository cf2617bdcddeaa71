//! While a digest is copied: the history learns how many bytes crossed and what is waited for, and a person who cancels is
//! heard.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::ForwardError;
use super::perform::Place;
use crate::app::App;
use crate::model::{Failure, FailureClass, Mend};
use crate::oci::{CopyContext, Repository};
use crate::store::items::{self, Unit};
use crate::store::{StoreError, changes, control};

/// How often the history is told and asked.
const PULSE: Duration = Duration::from_millis(500);
/// A shorter pause is not worth a word.
const SHORTEST_PAUSE: TimeDelta = TimeDelta::seconds(2);

/// Runs the work until it is done or nobody wants it any more.
pub(super) async fn watched<T>(
    app: &App,
    unit: Unit<'_>,
    place: &Place,
    context: &CopyContext,
    work: impl Future<Output = Result<T, ForwardError>>,
) -> Result<T, ForwardError> {
    let mut watch = Watch { app, unit, place, context, told: 0, paused: None };
    let mut work = std::pin::pin!(work);
    let mut pulse = tokio::time::interval(PULSE);
    let answer = loop {
        tokio::select! {
            answer = &mut work => break answer,
            // The copy does not depend on it: a database that is away for a moment costs only news.
            _ = pulse.tick() => if let Err(error) = watch.look().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "the history could not be told");
            },
        }
    };
    watch.tell_bytes().await?;
    answer
}

struct Watch<'a> {
    app: &'a App,
    unit: Unit<'a>,
    place: &'a Place,
    context: &'a CopyContext,
    /// Bytes the history knows of.
    told: u64,
    /// The end of the pause the history knows of.
    paused: Option<DateTime<Utc>>,
}

impl Watch<'_> {
    async fn look(&mut self) -> Result<(), StoreError> {
        self.tell_bytes().await?;
        self.tell_pause().await?;
        if !control::is_wanted(&self.app.db, self.unit).await? {
            self.context.cancel.cancel();
        }
        Ok(())
    }

    async fn tell_bytes(&mut self) -> Result<(), StoreError> {
        let moved = self.context.progress.snapshot().bytes_moved;
        if moved > self.told {
            items::add_bytes(&self.app.db, self.unit, moved - self.told, self.app.clock.now()).await?;
            self.told = moved;
            changes::announce(&self.app.db, self.unit.run).await?;
        }
        Ok(())
    }

    /// A registry asked to be left alone, or may be asked again.
    async fn tell_pause(&mut self) -> Result<(), StoreError> {
        let now = self.app.clock.now();
        let place = self.place;
        let sides =
            [("source", &place.images), ("attestation source", &place.attestations), ("destination", &place.target)];
        let until = |side: &Repository| side.registry().paused_until().filter(|until| *until > now);
        let pause = sides.iter().filter_map(|(name, side)| Some((until(side)?, *name))).max();
        // Its end is worked out anew each time, so it moves by a little.
        let moved = |until: DateTime<Utc>| self.paused.is_none_or(|told| (until - told).abs() > TimeDelta::seconds(1));
        match pause {
            Some((until, side)) if until - now > SHORTEST_PAUSE && moved(until) => {
                let failure = Failure {
                    sentence: format!("The {side} asked for a pause. The copy goes on by itself when it is over."),
                    detail: format!(
                        "{} answered 429",
                        sides
                            .iter()
                            .find(|(name, _)| *name == side)
                            .map_or_else(String::new, |(_, side)| side.to_string())
                    ),
                    class: FailureClass::RateLimit,
                    mend: Mend::Nothing,
                };
                control::pause(&self.app.db, self.unit, Some((until, &failure)), now).await?;
                self.paused = Some(until);
            }
            None if self.paused.is_some() => {
                control::pause(&self.app.db, self.unit, None, now).await?;
                self.paused = None;
            }
            _ => return Ok(()),
        }
        changes::announce(&self.app.db, self.unit.run).await
    }
}
