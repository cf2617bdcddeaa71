//! `ferry copy` beside Debian's `skopeo`, in one run, between two of Debian's `docker-registry` on this machine: wall time,
//! CPU, peak memory and requests, as medians. Not a test: it asserts nothing about time.
//!
//! `make bench` runs all of it; `make bench ONLY=big` one part (`big small latency noop memory`). `RUNS=5` is how often each is
//! run; what takes minutes (latency, and a no-op by skopeo) is run less often. `FERRY=…` measures another program.

mod content;
mod measure;
#[path = "../common/process.rs"]
mod process;
#[path = "../common/program.rs"]
mod program;
mod proxy;
mod registry;
#[path = "../common/table.rs"]
mod table;

use std::path::Path;

use content::{Seed, Shape};
use measure::{COLUMNS, cells, median_of};
use registry::Registry;
use table::Table;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let only = std::env::var("ONLY").unwrap_or_default();
    let runs: usize = std::env::var("RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let wanted = |part: &str| only.is_empty() || only == part;
    let mut table = Table::new(&COLUMNS);
    if wanted("big") {
        cold(&mut table, "big", Shape::BIG, runs, false).await?;
    }
    if wanted("small") {
        cold(&mut table, "small", Shape::SMALL, runs, false).await?;
    }
    if wanted("latency") {
        cold(&mut table, "latency", Shape::SMALL, runs.min(3), true).await?;
    }
    if wanted("noop") {
        noop(&mut table, runs).await?;
    }
    if wanted("memory") {
        memory(&mut table).await?;
    }
    table.print();
    Ok(())
}

/// A whole repository into an empty registry, by turns.
async fn cold(table: &mut Table, name: &str, shape: Shape, runs: usize, slow: bool) -> anyhow::Result<()> {
    let source = Registry::start().await?;
    let seed = Seed { images: "acme/app", proofs: "proofs/app", shape };
    seed.push(&source).await?;
    let delay = slow.then_some(std::time::Duration::from_millis(20));
    let from = proxy::before(&source.host(), delay).await?;
    let (mut ours, mut theirs, mut images) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        for (rows, which) in [(&mut theirs, "skopeo"), (&mut ours, "ferry"), (&mut images, "ferry, no attestations")] {
            if which.contains(',') && shape.attestations == 0 {
                continue;
            }
            let target = Registry::start().await?;
            let to = proxy::before(&target.host(), delay).await?;
            let command = match which {
                "skopeo" if shape.images == 1 => skopeo_copy(&from, &to),
                "skopeo" => skopeo_sync(&from, &to),
                "ferry" => ferry(&from, &to, &["--no-check", "--referrers-from", &format!("{from}/proofs/app")]),
                _ => ferry(&from, &to, &["--no-attestations"]),
            };
            rows.push(measure::run(&command, &source, &target)?);
        }
    }
    table.add(&cells(&format!("{name}: skopeo"), None, &median_of(&theirs)));
    let base = median_of(&theirs);
    table.add(&cells(&format!("{name}: ferry"), Some(&base), &median_of(&ours)));
    if !images.is_empty() {
        table.add(&cells(&format!("{name}: ferry, no attestations"), Some(&base), &median_of(&images)));
    }
    Ok(())
}

/// 1,000 tags on 50 digests, copied before: nothing has changed, then one attestation is new.
async fn noop(table: &mut Table, runs: usize) -> anyhow::Result<()> {
    let (source, ours, theirs) = (Registry::start().await?, Registry::start().await?, Registry::start().await?);
    let seed = Seed { images: "acme/app", proofs: "proofs/app", shape: Shape::MANY_TAGS };
    seed.push(&source).await?;
    let file = tempfile::NamedTempFile::new()?;
    std::fs::remove_file(file.path())?;
    let remember = file.path().display().to_string();
    let proofs = format!("{}/proofs/app", source.host());
    let again =
        ferry(&source.host(), &ours.host(), &["--no-check", "--referrers-from", &proofs, "--remember", &remember]);
    let sync = skopeo_sync(&source.host(), &theirs.host());
    measure::run(&again, &source, &ours)?;
    measure::run(&sync, &source, &theirs)?;
    let base = measure::run(&sync, &source, &theirs)?;
    let mut rows = Vec::new();
    for _ in 0..runs {
        rows.push(measure::run(&again, &source, &ours)?);
    }
    table.add(&cells("no-op: skopeo", None, &base));
    table.add(&cells("no-op: ferry", Some(&base), &median_of(&rows)));
    seed.attest_late(&source).await?;
    let late = measure::run(&again, &source, &ours)?;
    anyhow::ensure!(late.written > 0, "the late attestation was not noticed");
    table.add(&cells("no-op, one late attestation: ferry", Some(&base), &late));
    Ok(())
}

/// The same peak for one and for many blobs, and for few and for many tags.
async fn memory(table: &mut Table) -> anyhow::Result<()> {
    for (name, shape) in [
        ("1 blob of 256 MiB", Shape { layers: 1, layer: 256 * 1024 * 1024, ..Shape::BIG }),
        ("16 blobs of 256 MiB", Shape { layers: 16, layer: 256 * 1024 * 1024, ..Shape::BIG }),
        ("10 tags", Shape { tags_per_image: 1, images: 10, ..Shape::MANY_TAGS }),
        ("10,000 tags", Shape { tags_per_image: 200, ..Shape::MANY_TAGS }),
    ] {
        let (source, target) = (Registry::start().await?, Registry::start().await?);
        Seed { images: "acme/app", proofs: "proofs/app", shape }.push(&source).await?;
        let row = measure::run(&ferry(&source.host(), &target.host(), &["--no-attestations"]), &source, &target)?;
        table.add(&cells(&format!("memory, {name}: ferry"), None, &row));
    }
    Ok(())
}

fn ferry(from: &str, to: &str, more: &[&str]) -> Vec<String> {
    let (from, to) = (format!("{from}/acme/app"), format!("{to}/acme/app"));
    let program = program::ferry();
    let words = [&program, "copy", "--json", &from, &to].into_iter().chain(more.iter().copied());
    words.map(str::to_owned).collect()
}

fn skopeo_copy(from: &str, to: &str) -> Vec<String> {
    let (from, to) = (format!("docker://{from}/acme/app:v0.0"), format!("docker://{to}/acme/app:v0.0"));
    let words = ["skopeo", "copy", "--all", "--src-tls-verify=false", "--dest-tls-verify=false", &from, &to];
    words.map(str::to_owned).to_vec()
}

fn skopeo_sync(from: &str, to: &str) -> Vec<String> {
    let (from, to) = (format!("{from}/acme/app"), format!("{to}/acme"));
    let words = ["skopeo", "sync", "--all", "--src", "docker", "--dest", "docker", "--src-tls-verify=false"];
    let words = words.into_iter().chain(["--dest-tls-verify=false", &from, &to]);
    words.map(str::to_owned).collect()
}

/// Whether a program is there at all.
fn installed(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|at| Path::new(&at).join(program).exists()))
}
