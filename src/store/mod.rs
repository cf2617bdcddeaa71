//! All SQL, one file a table. Functions take an executor, so that they join any transaction; the service opens it.

pub mod arrived;
pub mod audit;
pub mod blobs;
pub mod changes;
pub mod connections;
pub mod control;
pub mod deliveries;
pub mod destinations;
pub mod exposures;
pub mod held;
pub mod hints;
pub mod history;
pub mod hooks;
pub mod items;
pub mod known_mirrors;
pub mod listings;
pub mod locks;
pub mod overview;
pub mod pauses;
pub mod previews;
pub mod requests;
pub mod rules;
pub mod runs;
pub mod selections;
pub mod sessions;
pub mod sweep;
pub mod timeline;
pub mod triggers;
pub mod trusted_keys;
pub mod visibility;
pub mod whereabouts;
pub mod workers;

use std::fmt::Display;
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
pub use sqlx::{PgPool, Postgres, Transaction};

/// An open transaction.
pub type Tx = Transaction<'static, Postgres>;

/// What goes wrong between Ferry and its database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The driver or the server failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The schema cannot be brought up to date.
    #[error("a migration failed")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row holds what no version of Ferry writes.
    #[error("column {column} holds {value:?}: {reason}")]
    Inconsistent { column: &'static str, value: String, reason: String },
    /// A name that must be the only one of its kind is taken.
    #[error("the name is taken")]
    NameTaken,
    /// Something still refers to the row.
    #[error("the row is in use")]
    InUse,
}

/// Connects; `connections` is the most this process opens at once.
pub async fn connect(url: &str, connections: u32) -> Result<PgPool, StoreError> {
    let options: PgConnectOptions = url.parse()?;
    let options = options.application_name("ferry");
    let pool = PgPoolOptions::new().max_connections(connections).after_connect(|connection, _| {
        Box::pin(async move {
            // A filter that is not set must cost nothing: a plan made once for all values cannot know that. And to compile
            // a query takes longer than any of ours does.
            sqlx::query!(
                "select set_config('plan_cache_mode', 'force_custom_plan', false) as plans, set_config('jit', 'off', false) as jit"
            )
            .fetch_one(connection)
            .await?;
            Ok(())
        })
    });
    Ok(pool.connect_with(options).await?)
}

/// Makes a database of the server at `url` anew, empty; answers its address. For the demo and for tests.
#[cfg(feature = "sandbox")]
pub async fn recreate(url: &str, name: &str) -> Result<String, StoreError> {
    let options: PgConnectOptions = url.parse()?;
    remove(url, name).await?;
    command(&options, format!("create database {}", quoted(name))).await?;
    Ok(sqlx::ConnectOptions::to_url_lossy(&options.database(name)).to_string())
}

/// Drops a database of the server at `url`, whoever uses it.
#[cfg(feature = "sandbox")]
pub async fn remove(url: &str, name: &str) -> Result<(), StoreError> {
    command(&url.parse()?, format!("drop database if exists {} with (force)", quoted(name))).await
}

#[cfg(feature = "sandbox")]
async fn command(server: &PgConnectOptions, statement: String) -> Result<(), StoreError> {
    let mut connection = sqlx::ConnectOptions::connect(server).await?;
    // A name cannot be bound; it was quoted.
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await?;
    Ok(sqlx::Connection::close(connection).await?)
}

#[cfg(feature = "sandbox")]
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Brings the schema up to date; safe beside a running release.
pub async fn migrate(db: &PgPool) -> Result<(), StoreError> {
    // The job queue keeps its tables in a schema of its own, with migrations of its own.
    sqlx::migrate!().run(db).await?;
    Ok(())
}

/// Opens a transaction.
pub async fn begin(db: &PgPool) -> Result<Tx, StoreError> {
    Ok(db.begin().await?)
}

/// Makes true what was done in the transaction.
pub async fn commit(tx: Tx) -> Result<(), StoreError> {
    Ok(tx.commit().await?)
}

/// True while the database answers.
pub async fn is_alive(db: &PgPool) -> bool {
    sqlx::query_scalar!("select 1").fetch_one(db).await.is_ok()
}

/// Reads a text column through the type's own parser: a bad row is an error, not a surprise.
fn parsed<T>(column: &'static str, value: &str) -> Result<T, StoreError>
where
    T: FromStr<Err: Display>,
{
    value.parse().map_err(|reason: T::Err| StoreError::Inconsistent {
        column,
        value: value.to_owned(),
        reason: reason.to_string(),
    })
}

/// Reads a policy's spelling.
fn proof_policy(column: &'static str, value: &str) -> Result<crate::model::ProofPolicy, StoreError> {
    crate::model::ProofPolicy::parse(value).ok_or_else(|| StoreError::Inconsistent {
        column,
        value: value.to_owned(),
        reason: "no policy has this name".to_owned(),
    })
}

/// Reads a JSON column.
fn from_json<T: serde::de::DeserializeOwned>(column: &'static str, value: serde_json::Value) -> Result<T, StoreError> {
    let shown = value.to_string();
    serde_json::from_value(value).map_err(|reason| StoreError::Inconsistent {
        column,
        value: shown,
        reason: reason.to_string(),
    })
}

/// Writes a JSON column.
fn to_json<T: serde::Serialize>(column: &'static str, value: &T) -> Result<serde_json::Value, StoreError> {
    serde_json::to_value(value).map_err(|reason| StoreError::Inconsistent {
        column,
        value: String::new(),
        reason: reason.to_string(),
    })
}

/// Turns a named constraint into the error a service answers with.
fn on_constraint(error: sqlx::Error, constraint: &str, meaning: StoreError) -> StoreError {
    match error.as_database_error().and_then(sqlx::error::DatabaseError::constraint) {
        Some(name) if name == constraint => meaning,
        _ => error.into(),
    }
}

/// A count or size as PostgreSQL keeps it.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A count or size as the model has it.
fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

/// A small count as the model has it.
fn small(value: i64) -> u32 {
    u32::try_from(value).unwrap_or_default()
}

impl From<StoreError> for crate::model::ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the store failed");
        Self::Internal
    }
}
