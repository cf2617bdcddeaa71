//! Ferry under load and in trouble, whole: its own processes, a PostgreSQL of our own, the pretend Docker Hub in a process
//! beside them. Loopback only. Unlike the other benchmark it fails where something is lost or wrong; it asserts nothing
//! about time.
//!
//! `.tools/bench load` runs all of it, `.tools/bench load chaos` one part (`deliveries chaos pace pages`). `SEED=2` chooses other
//! moments for the trouble of `chaos`. `FERRY=…` measures another program.

mod arrivals;
mod chaos;
mod compare;
mod cost;
mod deliveries;
mod pace;
mod pages;
#[expect(dead_code, reason = "the stories ask more of it")]
#[path = "../../src/tests/person.rs"]
mod person;
mod postgres;
#[path = "../common/process.rs"]
mod process;
mod processes;
#[path = "../common/program.rs"]
mod program;
mod registry;
mod run;
mod sandbox;
mod scene;
mod storm;
#[path = "../common/table.rs"]
mod table;

use std::pin::Pin;
use std::time::Duration;

use anyhow::{bail, ensure};
use table::Table;

/// No part takes longer, whatever happens.
const LONGEST: Duration = Duration::from_mins(75);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(("sandbox", shape)) = arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return sandbox::serve(shape).await;
    }
    let only = std::env::var("ONLY").unwrap_or_default();
    ensure!(
        ["", "deliveries", "chaos", "pace", "pages"].contains(&only.as_str()),
        "{only} is no part of the load tests"
    );
    let wanted = |part: &str| only.is_empty() || only == part;
    let mut wrong = Vec::new();
    if wanted("deliveries") {
        wrong.extend(part("deliveries", &deliveries::COLUMNS, |table| Box::pin(deliveries::measure(table))).await?);
    }
    if wanted("chaos") {
        wrong.extend(part("chaos", &chaos::COLUMNS, |table| Box::pin(chaos::measure(table))).await?);
    }
    if wanted("pace") {
        wrong.extend(part("pace", &pace::COLUMNS, |table| Box::pin(pace::measure(table))).await?);
    }
    if wanted("pages") {
        wrong.extend(part("pages", &pages::COLUMNS, |table| Box::pin(pages::measure(table))).await?);
    }
    ensure!(wrong.is_empty(), "what was wrong:\n{}", wrong.join("\n"));
    Ok(())
}

type Measured<'a> = Pin<Box<dyn Future<Output = anyhow::Result<Vec<String>>> + 'a>>;

/// Measures a part and prints its table, also where something was wrong or it could not be measured to its end.
async fn part(
    name: &str,
    columns: &[&str],
    measure: impl FnOnce(&mut Table) -> Measured<'_>,
) -> anyhow::Result<Vec<String>> {
    let mut table = Table::new(columns);
    let measured = tokio::select! {
        measured = tokio::time::timeout(LONGEST, measure(&mut table)) => measured,
        // What was started ends with what is dropped here.
        _ = tokio::signal::ctrl_c() => bail!("stopped"),
    };
    println!("\n{name}\n");
    table.print();
    let Ok(measured) = measured else { bail!("{name} takes longer than {} minutes", LONGEST.as_secs() / 60) };
    Ok(measured?.into_iter().map(|one| format!("{name}: {one}")).collect())
}
