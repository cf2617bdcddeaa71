//! One program, run once: wall time, CPU, peak memory, and what it asked both registries.

use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::registry::Registry;

/// What one run cost.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Seconds.
    pub wall: f64,
    /// Seconds, user and system.
    pub cpu: f64,
    /// Seconds of CPU that both registries needed for it.
    pub registries: f64,
    /// MiB, the whole process at its peak.
    pub memory: f64,
    pub asked_source: usize,
    pub asked_target: usize,
    /// Manifests read from the source, of those.
    pub read: usize,
    /// Manifests given to the destination, of those.
    pub written: usize,
}

/// Runs it to its end, which must be a good one.
pub fn run(command: &[String], source: &Registry, target: &Registry) -> anyhow::Result<Row> {
    ensure!(crate::installed("time"), "GNU time is missing: .tools/setup bench installs it");
    let (source_before, target_before) = (source.requests(), target.requests());
    let registries_before = source.cpu() + target.cpu();
    let (read_before, written_before) = (source.manifests_read(), target.manifests_written());
    let output = Command::new("time")
        .args(["-f", "%e %U %S %M"])
        .args(command)
        .env("RUST_LOG", "error")
        .stdout(Stdio::null())
        .output()
        .context("GNU time does not start")?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{}: {said}", command.join(" "));
    let numbers: Vec<f64> =
        said.lines().last().unwrap_or_default().split(' ').filter_map(|text| text.parse().ok()).collect();
    let [wall, user, system, peak] = numbers[..] else { anyhow::bail!("GNU time says {said}") };
    Ok(Row {
        wall,
        cpu: user + system,
        registries: source.cpu() + target.cpu() - registries_before,
        memory: peak / 1024.0,
        asked_source: source.requests() - source_before,
        asked_target: target.requests() - target_before,
        read: source.manifests_read() - read_before,
        written: target.manifests_written() - written_before,
    })
}

/// Of each column by itself.
pub fn median_of(rows: &[Row]) -> Row {
    let of = |column: fn(&Row) -> f64| {
        let mut values: Vec<f64> = rows.iter().map(column).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "counts")]
    Row {
        wall: of(|row| row.wall),
        cpu: of(|row| row.cpu),
        registries: of(|row| row.registries),
        memory: of(|row| row.memory),
        asked_source: of(|row| row.asked_source as f64) as usize,
        asked_target: of(|row| row.asked_target as f64) as usize,
        read: of(|row| row.read as f64) as usize,
        written: of(|row| row.written as f64) as usize,
    }
}

/// What the table says of each run.
pub const COLUMNS: [&str; 9] = [
    "what",
    "wall (ratio)",
    "CPU (ratio)",
    "CPU of the registries",
    "peak memory",
    "requests to source",
    "manifests read",
    "to destination",
    "manifests written",
];

/// A run in the table, with ratios to what is compared.
pub fn cells(name: &str, base: Option<&Row>, row: &Row) -> [String; 9] {
    let ratio = |own: f64, other: fn(&Row) -> f64| {
        base.map(|base| format!(" ({:.2})", own / other(base).max(0.001))).unwrap_or_default()
    };
    [
        name.to_owned(),
        format!("{:.2} s{}", row.wall, ratio(row.wall, |base| base.wall)),
        format!("{:.2} s{}", row.cpu, ratio(row.cpu, |base| base.cpu)),
        format!("{:.2} s", row.registries),
        format!("{:.1} MiB", row.memory),
        row.asked_source.to_string(),
        row.read.to_string(),
        row.asked_target.to_string(),
        row.written.to_string(),
    ]
}
