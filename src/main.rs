//! The `ferry` command.

use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use ferry::app::App;
use ferry::clock::Clock;
use ferry::config::Config;
use ferry::{server, shell, telemetry, worker};
use tokio::net::TcpListener;
use tokio::runtime;
use tokio_util::sync::CancellationToken;

#[cfg(feature = "sandbox")]
mod demo;

/// Mirrors Docker Hardened Images, forwards them with every attestation, and shows what arrived.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the console, and work on jobs
    Serve {
        #[command(flatten)]
        config: Config,
        /// Leave the jobs to other processes
        #[arg(long, env = "FERRY_NO_WORK")]
        no_work: bool,
    },
    /// Work on jobs, without a console
    Work {
        #[command(flatten)]
        config: Config,
    },
    /// Copy tags with their attestations from one registry to another, without a database
    Copy(shell::Copy),
    /// Bring the database's schema up to date and end
    Migrate {
        #[command(flatten)]
        config: Config,
    },
    /// Serve the console with a pretend Docker Hub and registries, in a database that starts empty
    #[cfg(feature = "sandbox")]
    Demo(demo::Demo),
    /// Publish a new build of a tag in the demo's catalog
    #[cfg(feature = "sandbox")]
    Push(demo::Push),
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    telemetry::start();
    let mut threads = match cli.command {
        // Its work is waiting for two registries: one thread hashes faster than most lines bring, and needs a quarter less
        // memory than two.
        Command::Copy(_) => runtime::Builder::new_current_thread(),
        _ => runtime::Builder::new_multi_thread(),
    };
    threads.enable_all().build()?.block_on(run(cli.command))
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve { config, no_work } => {
            let app = App::assemble(config, Clock::System).await?;
            serve(app, !no_work, stop_on_signal()?).await
        }
        Command::Work { config } => {
            let app = App::assemble(config, Clock::System).await?;
            tracing::info!("working on jobs");
            Ok(worker::run(app, stop_on_signal()?).await?)
        }
        Command::Copy(copy) => Ok(shell::copy(copy, stop_on_signal()?).await?),
        Command::Migrate { config } => {
            App::assemble(config, Clock::System).await?;
            tracing::info!("the schema is up to date");
            Ok(())
        }
        #[cfg(feature = "sandbox")]
        Command::Demo(demo) => demo.run().await,
        #[cfg(feature = "sandbox")]
        Command::Push(push) => push.run().await,
    }
}

/// Serves, and works beside it where asked to; when one of the two ends, so does the other.
async fn serve(app: App, work: bool, stop: CancellationToken) -> anyhow::Result<()> {
    let address = app.config.address;
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} cannot be opened: is another program using the port?"))?;
    tracing::info!("serving the console at {}", app.config.public_url);
    let worker = work.then(|| tokio::spawn(worker::run(app.clone(), stop.clone())));
    let served = tokio::spawn(server::serve(app, listener, stop.clone()));
    let Some(worker) = worker else { return Ok(served.await??) };
    tokio::select! {
        served = served => {
            stop.cancel();
            served??;
        }
        ended = worker => {
            stop.cancel();
            ended??;
        }
    }
    Ok(())
}

/// Cancelled by the first SIGINT or SIGTERM; what then takes longer than 20 seconds is cut off.
fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = CancellationToken::new();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let token = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: work under way is finished or handed back");
        token.cancel();
        tokio::time::sleep(Duration::from_secs(20)).await;
        std::process::exit(1);
    });
    Ok(stop)
}
