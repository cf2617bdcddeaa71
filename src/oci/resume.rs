//! A blob's stream that heals itself: where its connection breaks, the rest is asked for and the reader sees no seam.

use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use reqwest::header::{CONTENT_RANGE, HeaderValue, RANGE};
use reqwest::{Method, StatusCode};

use super::error::RegistryError;
use super::registry::Repository;
use super::send::{Lane, Reply};
use crate::model::Digest;

type Pieces = BoxStream<'static, Result<Bytes, RegistryError>>;

/// Resumptions of one blob at most. Each must have brought something, or the source is only wearing us out.
const MOST: usize = 8;

/// What is known of a blob that is half read.
struct Resuming {
    repository: Repository,
    lane: Lane,
    digest: Digest,
    size: Option<u64>,
    /// `None` between two connections: the broken one must give its place in the budget back first.
    pieces: Option<Pieces>,
    seen: u64,
    /// Where the last connection began.
    began: u64,
    left: usize,
    pause: Duration,
}

/// Goes on with the blob where `pieces` breaks off.
pub(super) fn resuming(
    repository: Repository,
    lane: Lane,
    digest: Digest,
    size: Option<u64>,
    pieces: Pieces,
) -> Pieces {
    let pause = repository.registry.endpoint.patience.shortest_pause;
    let pieces = Some(pieces);
    let state = Resuming { repository, lane, digest, size, pieces, seen: 0, began: 0, left: MOST, pause };
    Box::pin(stream::unfold(Some(state), |state| async move {
        let mut state = state?;
        match state.next().await {
            Ok(Some(piece)) => Some((Ok(piece), Some(state))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    }))
}

impl Resuming {
    async fn next(&mut self) -> Result<Option<Bytes>, RegistryError> {
        loop {
            let Some(pieces) = &mut self.pieces else { return Ok(None) };
            let error = match pieces.next().await {
                None => return Ok(None),
                Some(Ok(piece)) => {
                    self.seen += piece.len() as u64;
                    return Ok(Some(piece));
                }
                Some(Err(error)) => error,
            };
            self.pieces = None;
            if self.left == 0 || self.seen == self.began || !error.retryable() {
                return Err(error);
            }
            tracing::debug!("{}@{} goes on at byte {}: {error}", self.repository, self.digest, self.seen);
            tokio::time::sleep(self.pause).await;
            let patience = self.repository.registry.endpoint.patience;
            (self.left, self.began) = (self.left - 1, self.seen);
            self.pause = (self.pause * 2).min(patience.longest_pause);
            // A source that cannot go on is named by what broke, not by its answer to a question it does not know.
            let Some(rest) = self.rest().await? else { return Err(error) };
            self.pieces = Some(rest);
        }
    }

    /// What is still to come. Asked of the registry, not of the storage it pointed to: that address may have run out.
    async fn rest(&mut self) -> Result<Option<Pieces>, RegistryError> {
        let mut call = self.repository.call(Method::GET, &format!("blobs/{}", self.digest))?.on(self.lane);
        if let Ok(range) = HeaderValue::from_str(&format!("bytes={}-", self.seen)) {
            call = call.header(RANGE, range);
        }
        let reply = match self.repository.registry.send(call).await {
            Err(error) if error.is_not_found() => {
                return Err(RegistryError::Missing { digest: self.digest.clone() });
            }
            Err(RegistryError::Refused(answer)) if answer.status == StatusCode::RANGE_NOT_SATISFIABLE => {
                return Ok(None);
            }
            other => other?,
        };
        Ok(match reply.status {
            StatusCode::PARTIAL_CONTENT if self.fits(&reply) => Some(reply.into_stream()),
            // The hash is already past these bytes.
            StatusCode::OK if self.size.is_none() || reply.content_length() == self.size => {
                Some(without_first(reply.into_stream(), self.seen))
            }
            _ => None,
        })
    }

    /// Whether it is the asked part of the same blob.
    fn fits(&self, reply: &Reply) -> bool {
        let range = reply.headers.get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
        let Some((part, whole)) = range.and_then(|text| text.trim().strip_prefix("bytes ")?.split_once('/')) else {
            return false;
        };
        let begins = part.split_once('-').and_then(|(first, _)| first.trim().parse().ok());
        let whole = whole.trim().parse().ok();
        begins == Some(self.seen) && (whole.is_none() || self.size.is_none() || whole == self.size)
    }
}

fn without_first(pieces: Pieces, bytes: u64) -> Pieces {
    let rest = pieces.scan(bytes, |left, piece| {
        let piece = piece.map(|mut piece| {
            let skipped = usize::try_from(*left).unwrap_or(usize::MAX).min(piece.len());
            *left -= skipped as u64;
            piece.split_off(skipped)
        });
        futures::future::ready(Some(piece))
    });
    // An empty piece would be progress that is none.
    rest.filter(|piece| futures::future::ready(!piece.as_ref().is_ok_and(Bytes::is_empty))).boxed()
}
