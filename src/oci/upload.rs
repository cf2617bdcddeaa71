//! Writing blobs: mount, one PUT of known length, pieces where a registry refuses that (`contracts/registries.md` rules 9 to 14).

use bytes::{Bytes, BytesMut};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, StatusCode, Url};

use super::checked::Checked;
use super::error::RegistryError;
use super::registry::Repository;
use super::send::{Call, Lane, Payload, Reply};
use crate::model::{Digest, RepoName};

/// What may stand in a query's value as it is.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// An upload that was begun. Dropped before its end, it is given back to the registry (rule 14), also when a copy is
/// cancelled.
pub(super) struct Session {
    repository: Repository,
    url: Url,
    /// `OCI-Chunk-Min-Length`.
    least: usize,
    open: bool,
}

/// What came of a mount.
pub(super) enum Mount {
    Done,
    /// The registry cannot mount and has begun an upload instead: the normal "no" (rule 10).
    Upload(Session),
    No,
}

impl Repository {
    /// Takes a blob over from a repository of the same registry, without moving a byte; from this one, it only says whether
    /// the blob is here. Any refusal is a plain no.
    pub(super) async fn mount(&self, from: &RepoName, digest: &Digest) -> Result<Mount, RegistryError> {
        let query = format!(
            "blobs/uploads/?mount={}&from={}",
            utf8_percent_encode(digest.as_str(), VALUE),
            utf8_percent_encode(from.as_str(), VALUE)
        );
        let mut call = self.call(Method::POST, &query)?.once();
        if from != &self.name {
            // Harbor answers 401 unless the token may also pull from the other repository.
            call.scopes.push(format!("repository:{from}:pull"));
        }
        match self.registry.send(call).await {
            Ok(reply) if reply.status == StatusCode::CREATED => Ok(Mount::Done),
            Ok(reply) if reply.status == StatusCode::ACCEPTED => Ok(Mount::Upload(self.session(&reply)?)),
            Ok(_) | Err(_) => Ok(Mount::No),
        }
    }

    /// Begins an upload.
    pub(super) async fn begin_upload(&self) -> Result<Session, RegistryError> {
        let reply = self.registry.send(self.call(Method::POST, "blobs/uploads/")?).await?;
        if reply.status != StatusCode::ACCEPTED {
            return Err(reply.not_a_registry());
        }
        self.session(&reply)
    }

    fn session(&self, reply: &Reply) -> Result<Session, RegistryError> {
        let least = reply.header("oci-chunk-min-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(Session { repository: self.clone(), url: reply.location()?, least, open: true })
    }

    /// Writes a small blob that is in memory.
    pub async fn write_blob(&self, digest: &Digest, bytes: Bytes) -> Result<(), RegistryError> {
        self.begin_upload().await?.put(digest, Payload::Bytes(bytes)).await
    }
}

impl Session {
    /// Everything in one PUT of exact length.
    pub(super) async fn put(mut self, digest: &Digest, payload: Payload) -> Result<(), RegistryError> {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair("digest", digest.as_str());
        let call = self.call(Method::PUT, url, payload);
        let reply = self.repository.registry.send(call).await?;
        // Some answer 200 or 204 to a blob that was there already.
        if !reply.status.is_success() || reply.content_type() == "text/html" {
            return Err(reply.not_a_registry());
        }
        self.open = false;
        Ok(())
    }

    /// One PATCH with everything, then an empty PUT.
    pub(super) async fn put_in_one_patch(mut self, digest: &Digest, payload: Payload) -> Result<(), RegistryError> {
        let call = self.call(Method::PATCH, self.url.clone(), payload);
        let reply = self.repository.registry.send(call).await?;
        self.follow(&reply)?;
        drop(reply);
        self.put(digest, Payload::Empty).await
    }

    /// PATCH requests of at most `piece` bytes; only one piece is in memory.
    pub(super) async fn put_in_pieces(
        mut self,
        digest: &Digest,
        content: &mut Checked,
        piece: usize,
    ) -> Result<(), RegistryError> {
        let piece = piece.max(self.least).max(1);
        let (mut buffer, mut sent, mut ended) = (BytesMut::new(), 0_u64, false);
        while !ended {
            match content.next_or_verdict().await? {
                Some(bytes) => buffer.extend_from_slice(&bytes),
                None => ended = true,
            }
            while buffer.len() >= piece || (ended && !buffer.is_empty()) {
                let bytes = buffer.split_to(piece.min(buffer.len())).freeze();
                sent = self.patch(bytes, sent).await?;
            }
        }
        self.put(digest, Payload::Empty).await
    }

    async fn patch(&mut self, bytes: Bytes, sent: u64) -> Result<u64, RegistryError> {
        let end = sent + bytes.len() as u64;
        let mut call = self.call(Method::PATCH, self.url.clone(), Payload::Bytes(bytes));
        if let Ok(range) = HeaderValue::from_str(&format!("{sent}-{}", end.saturating_sub(1))) {
            call = call.header(CONTENT_RANGE, range);
        }
        let reply = self.repository.registry.send(call).await?;
        self.follow(&reply)?;
        Ok(end)
    }

    /// Every answer may move the session.
    fn follow(&mut self, reply: &Reply) -> Result<(), RegistryError> {
        if reply.header("location").is_some() {
            self.url = reply.location()?;
        }
        Ok(())
    }

    fn call(&self, method: Method, url: Url, payload: Payload) -> Call {
        let octets = HeaderValue::from_static("application/octet-stream");
        // What is in memory already is no burden: only streams wait for one of the few places of the large ones.
        let lane = if matches!(payload, Payload::Stream { .. }) { Lane::Upload } else { Lane::Small };
        let call = Call::new(method, url, self.repository.scopes()).carrying(payload).on(lane);
        call.header(CONTENT_TYPE, octets)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if self.open {
            let repository = self.repository.clone();
            let call = Call::new(Method::DELETE, self.url.clone(), repository.scopes()).once();
            runtime.spawn(async move {
                if let Err(error) = repository.registry.send(call).await {
                    tracing::debug!("an upload to {repository} was not taken back: {error}");
                }
            });
        }
    }
}
