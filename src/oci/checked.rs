//! A blob on its way from one registry to the other, hashed as it passes.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};

use super::digests::Hasher;
use super::error::RegistryError;
use super::heartbeat::Heartbeat;
use super::pace::Pace;
use super::progress::Progress;
use crate::model::Digest;

/// What went wrong at the reading end. The writing end sees only a broken upload, so whoever asks why looks here first.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdict(Arc<Mutex<Option<RegistryError>>>);

impl Verdict {
    pub(super) fn take(&self) -> Option<RegistryError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, error: RegistryError) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

/// A stream that ends only where every byte was right.
///
/// The last piece is held back until the hash is known: with wrong bytes the upload stays one piece short of its announced
/// length, so no registry can take it for complete, whether it checks digests or not.
pub(super) struct Checked {
    inner: BoxStream<'static, Result<Bytes, RegistryError>>,
    hasher: Option<Hasher>,
    expected: Digest,
    size: u64,
    seen: u64,
    held: Option<Bytes>,
    verdict: Verdict,
    progress: Arc<Progress>,
    heartbeat: Arc<Heartbeat>,
}

impl Checked {
    pub(super) fn new(
        inner: BoxStream<'static, Result<Bytes, RegistryError>>,
        expected: &Digest,
        size: u64,
        progress: Arc<Progress>,
    ) -> Self {
        Self {
            inner,
            hasher: Some(Hasher::like(expected)),
            expected: expected.clone(),
            size,
            seen: 0,
            held: None,
            verdict: Verdict::default(),
            progress,
            heartbeat: Arc::new(Heartbeat::new()),
        }
    }

    pub(super) fn verdict(&self) -> Verdict {
        self.verdict.clone()
    }

    pub(super) fn heartbeat(&self) -> Arc<Heartbeat> {
        Arc::clone(&self.heartbeat)
    }

    /// The next piece that may go on, `None` after the last.
    async fn next(&mut self) -> Result<Option<Bytes>, RegistryError> {
        // Without its hasher it has ended, and a stream must not be asked again after its end.
        while let Some(hasher) = &mut self.hasher {
            if let Some(piece) = self.inner.next().await {
                let piece = piece?;
                self.seen += piece.len() as u64;
                if self.seen > self.size {
                    return Err(RegistryError::Size { expected: self.size, found: self.seen });
                }
                hasher.update(&piece);
                if let Some(ready) = self.held.replace(piece).filter(|ready| !ready.is_empty()) {
                    return Ok(Some(self.hand_over(ready)));
                }
            } else {
                return self.end();
            }
        }
        Ok(None)
    }

    /// Everything came: the held piece may go on if all of it was right.
    fn end(&mut self) -> Result<Option<Bytes>, RegistryError> {
        let Some(hasher) = self.hasher.take() else { return Ok(None) };
        if self.seen < self.size {
            return Err(RegistryError::Size { expected: self.size, found: self.seen });
        }
        let found = hasher.finish();
        if found != self.expected {
            return Err(RegistryError::Digest { expected: self.expected.clone(), found });
        }
        self.heartbeat.last_beat();
        let last = self.held.take().filter(|last| !last.is_empty());
        Ok(last.map(|last| self.hand_over(last)))
    }

    fn hand_over(&self, piece: Bytes) -> Bytes {
        self.progress.moved(piece.len() as u64);
        self.heartbeat.beat();
        piece
    }

    /// The next piece, for a writer that reads by itself; what went wrong here is told by the verdict.
    pub(super) async fn next_or_verdict(&mut self) -> Result<Option<Bytes>, RegistryError> {
        match self.next().await {
            Err(error) => {
                self.verdict.set(error);
                Err(RegistryError::Cancelled)
            }
            piece => piece,
        }
    }

    /// As the body of one request to a registry of this pace.
    pub(super) fn into_body(self, pace: Arc<Pace>) -> reqwest::Body {
        reqwest::Body::wrap_stream(stream::unfold(Some((self, pace)), |state| async move {
            let (mut checked, pace) = state?;
            match checked.next().await {
                Ok(Some(piece)) => {
                    pace.bytes(piece.len()).await;
                    Some((Ok(piece), Some((checked, pace))))
                }
                Ok(None) => None,
                Err(error) => {
                    let broken = io::Error::other(error.to_string());
                    checked.verdict.set(error);
                    Some((Err(broken), None))
                }
            }
        }))
    }
}
