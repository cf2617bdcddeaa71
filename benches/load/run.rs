//! A run, looked at from outside while it goes on: how far it is, and that what has ended stays as it ended.

use std::collections::HashMap;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use ferry::model::ItemState;
use sqlx::PgPool;
use uuid::Uuid;

/// How an item ended: state, end and how often it was begun.
type End = (String, Option<DateTime<Utc>>, i32);

/// The run.
pub struct Run {
    pub id: Uuid,
    ended: HashMap<Uuid, End>,
    /// Items that were seen to end twice.
    pub changed: Vec<String>,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    pub total: u32,
    pub over: u32,
}

impl Progress {
    /// Nothing more happens.
    pub fn is_over(self) -> bool {
        self.total > 0 && self.over == self.total
    }

    /// The part that is over.
    pub fn share(self) -> f64 {
        f64::from(self.over) / f64::from(self.total.max(1))
    }
}

impl Run {
    /// Of this id.
    pub fn new(id: Uuid) -> Self {
        Self { id, ended: HashMap::new(), changed: Vec::new() }
    }

    /// Looks at every item.
    pub async fn look(&mut self, database: &PgPool) -> Result<Progress, sqlx::Error> {
        let rows: Vec<(Uuid, String, Option<DateTime<Utc>>, i32)> =
            sqlx::query_as("select id, state, finished_at, attempts from items where run_id = $1")
                .bind(self.id)
                .fetch_all(database)
                .await?;
        let total = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        for (id, state, finished_at, attempts) in rows {
            let is_final = ItemState::parse(&state).is_some_and(ItemState::is_final);
            let now: End = (state, finished_at, attempts);
            if let Some(before) = self.ended.get(&id) {
                if *before != now {
                    self.changed.push(format!("{id}: {before:?} became {now:?}"));
                }
            } else if is_final {
                self.ended.insert(id, now);
            }
        }
        let over = u32::try_from(self.ended.len()).unwrap_or(u32::MAX);
        Ok(Progress { total, over })
    }

    /// Why its tags could not be listed, where that is so.
    pub async fn plan_failure(&self, database: &PgPool) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar("select plan_failure::text from runs where id = $1").bind(self.id).fetch_one(database).await
    }

    /// Tags that did not arrive, and why; some of them where there are many.
    pub async fn not_arrived(&self, database: &PgPool) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar(
            "select mirror || ':' || tag || ' is ' || state || coalesce(': ' || (failure ->> 'sentence'), '') from items
             where run_id = $1 and state not in ('succeeded', 'unchanged') order by mirror, tag limit 10",
        )
        .bind(self.id)
        .fetch_all(database)
        .await
    }

    /// Seconds from its begin to the end of its last item.
    pub async fn wall(&self, database: &PgPool) -> anyhow::Result<f64> {
        let wall: Option<f64> = sqlx::query_scalar(
            "select extract(epoch from (select max(finished_at) from items where run_id = r.id) - r.created_at)::float8
             from runs r where r.id = $1",
        )
        .bind(self.id)
        .fetch_one(database)
        .await?;
        wall.context("it has no end")
    }
}
