//! What processes cost: CPU of one with all it started, and memory at its peak.

use crate::process;

/// Seconds of CPU of a process and of its children, those that have ended included.
pub fn of_family(id: u32) -> f64 {
    let (own, ended) = process::cpu(id);
    own + ended + children(id).into_iter().map(|child| process::cpu(child).0).sum::<f64>()
}

/// MiB that it had in memory at its peak. Nothing where it is gone.
pub fn peak_memory(id: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|text| text.trim().trim_end_matches("kB").trim().parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

/// Those that live.
fn children(id: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten();
    let ids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|child| parent(*child) == Some(id)).collect()
}

fn parent(id: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
