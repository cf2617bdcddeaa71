//! What a copy says while it goes on: bars and lines for people on a terminal, lines alone elsewhere, JSON for programs.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use crate::model::{Digest, Tag};
use crate::oci::Progress;

/// Where it is said.
pub(super) struct Report {
    json: bool,
    bar: ProgressBar,
    began: Instant,
}

/// What became of the tags of one digest.
pub(super) struct Outcome<'a> {
    pub(super) tags: &'a [Tag],
    pub(super) digest: &'a Digest,
    /// `succeeded`, `unchanged` or `failed`.
    pub(super) state: &'static str,
    pub(super) bytes: u64,
    /// `16/16`, where it was checked.
    pub(super) coverage: Option<String>,
    /// What of the proof is missing or does not hold, where it was checked.
    pub(super) trouble: Option<String>,
    /// Why it failed: the sentence, and everything technical.
    pub(super) failure: Option<(String, String)>,
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        let shown = !json && std::io::stderr().is_terminal();
        let bar =
            if shown { ProgressBar::new(0) } else { ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()) };
        let style = "{elapsed_precise} {wide_bar} {pos}/{len} tags · {msg}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        Self { json, bar, began: Instant::now() }
    }

    /// The tags are counted: from now on there is something to show.
    pub(super) fn begin(&self, tags: usize) {
        self.bar.set_length(tags as u64);
        if self.json {
            line(&json!({"event": "begin", "tags": tags}).to_string());
        }
    }

    /// Shows the bytes of all copies under way, for as long as it is polled.
    pub(super) async fn watch(&self, progress: &Progress) {
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            self.bar.set_message(format!("{} sent", HumanBytes(progress.snapshot().bytes_moved)));
        }
    }

    pub(super) fn planned(&self, tag: &Tag, digest: &Digest, what: &str) {
        if self.json {
            line(&json!({"event": "plan", "tag": tag, "digest": digest, "action": what}).to_string());
        } else {
            line(&format!("{tag:<40} {}  {what}", digest.short()));
        }
    }

    pub(super) fn note(&self, text: &str) {
        if self.json {
            line(&json!({"event": "note", "text": text}).to_string());
        } else {
            self.bar.suspend(|| line(text));
        }
    }

    pub(super) fn done(&self, outcome: &Outcome<'_>) {
        self.bar.inc(outcome.tags.len() as u64);
        let Outcome { digest, state, bytes, coverage, trouble, failure, .. } = outcome;
        for tag in outcome.tags {
            if self.json {
                let (sentence, detail) = failure.clone().unzip();
                line(
                    &json!({"event": "tag", "tag": tag, "digest": digest, "state": state, "bytes": bytes,
                            "attestations": coverage, "proof": trouble, "failure": sentence, "detail": detail})
                    .to_string(),
                );
            } else {
                let proofs = coverage.as_ref().map(|c| format!("  attestations {c}")).unwrap_or_default();
                let odd = trouble.as_ref().map(|words| format!("  not proven: {words}")).unwrap_or_default();
                let why = failure.as_ref().map(|(sentence, _)| format!("  {sentence}")).unwrap_or_default();
                self.bar.suspend(|| line(&format!("{tag:<40} {}  {state}{proofs}{odd}{why}", digest.short())));
            }
        }
    }

    pub(super) fn end(&self, progress: &Arc<Progress>, tags: usize, failed: usize) {
        let (all, seconds) = (progress.snapshot(), self.began.elapsed().as_secs_f64());
        self.bar.finish_and_clear();
        if self.json {
            line(
                &json!({"event": "end", "tags": tags, "failed": failed, "bytes": all.bytes_moved, "seconds": seconds,
                        "blobs_copied": all.blobs_copied, "blobs_mounted": all.blobs_mounted,
                        "manifests_written": all.manifests_written, "referrers": all.referrers})
                .to_string(),
            );
        } else {
            line(&format!(
                "{} tags, {} sent, {} blobs, {} manifests, {} attestations and signatures, {seconds:.1} s",
                tags - failed,
                HumanBytes(all.bytes_moved),
                all.blobs_copied,
                all.manifests_written,
                all.referrers
            ));
        }
    }
}

/// A reader who went away, as `head` does, is no error of the copy.
fn line(text: &str) {
    drop(writeln!(std::io::stdout().lock(), "{text}"));
}
