//! What a process has used so far, as the kernel counts it.

/// The kernel counts in hundredths of a second wherever this runs.
const TICKS: f64 = 100.0;

/// Seconds of CPU, user and system: its own, and those of its children that have ended. Nothing where it is gone.
pub fn cpu(id: u32) -> (f64, f64) {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: Vec<f64> =
        after_name.split_whitespace().skip(11).take(4).filter_map(|ticks| ticks.parse().ok()).collect();
    match ticks[..] {
        [user, system, children_user, children_system] => {
            ((user + system) / TICKS, (children_user + children_system) / TICKS)
        }
        _ => (0.0, 0.0),
    }
}
