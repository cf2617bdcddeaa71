//! An in-toto statement, read as it streams by: bills of materials run to megabytes and only their first lines matter here.

use std::io::{self, BufReader, Read};

use bytes::{Buf, Bytes};
use futures::StreamExt;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::digests::Hasher;
use super::error::RegistryError;
use super::registry::Repository;
use crate::model::Digest;

/// As much as cosign takes.
const LARGEST_STATEMENT: u64 = 128 * 1024 * 1024;

/// What a statement says it is about; the predicate is passed over.
#[derive(Debug, Deserialize)]
pub(super) struct Statement {
    #[serde(default)]
    subject: Vec<Subject>,
    #[serde(rename = "predicateType", default)]
    pub(super) predicate_type: String,
}

#[derive(Debug, Deserialize)]
struct Subject {
    #[serde(default)]
    digest: std::collections::BTreeMap<String, String>,
}

impl Statement {
    /// One of its subjects is this digest.
    pub(super) fn is_about(&self, digest: &Digest) -> bool {
        let named = |subject: &Subject| subject.digest.get(digest.algorithm()).is_some_and(|hex| hex == digest.hex());
        self.subject.iter().any(named)
    }
}

impl Repository {
    /// Reads the whole blob, checks its digest, and gives the statement in it; `None` where it is no statement.
    pub(super) async fn read_statement(&self, digest: &Digest) -> Result<Option<Statement>, RegistryError> {
        let mut stream = self.open_blob(digest).await?.stream;
        let (to, from) = mpsc::channel(4);
        let reader = BufReader::new(Pieces { from, now: Bytes::new() });
        let parsing = tokio::task::spawn_blocking(move || serde_json::from_reader::<_, Statement>(reader));
        let (mut hasher, mut seen) = (Hasher::like(digest), 0_u64);
        while let Some(piece) = stream.next().await {
            let piece = piece?;
            seen += piece.len() as u64;
            if seen > LARGEST_STATEMENT {
                return Err(RegistryError::Size { expected: LARGEST_STATEMENT, found: seen });
            }
            hasher.update(&piece);
            // The parser may have given up; the hash still needs the rest.
            drop(to.send(piece).await);
        }
        drop(to);
        let found = hasher.finish();
        if &found != digest {
            return Err(RegistryError::Digest { expected: digest.clone(), found });
        }
        Ok(parsing.await.ok().and_then(Result::ok))
    }
}

/// The pieces of a stream as a reader on another thread.
struct Pieces {
    from: mpsc::Receiver<Bytes>,
    now: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.now.is_empty() {
            match self.from.blocking_recv() {
                Some(piece) => self.now = piece,
                None => return Ok(0),
            }
        }
        let length = self.now.len().min(into.len());
        self.now.copy_to_slice(&mut into[..length]);
        Ok(length)
    }
}
