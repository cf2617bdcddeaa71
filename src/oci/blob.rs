//! Blobs: looked for, streamed, read whole where small.

use bytes::{Bytes, BytesMut};
use futures::stream::{BoxStream, StreamExt};
use reqwest::header::{HeaderValue, RANGE};
use reqwest::{Method, StatusCode};

use super::digests::digest_like;
use super::error::RegistryError;
use super::registry::Repository;
use super::resume::resuming;
use super::send::Lane;
use crate::model::Digest;

/// Content of a blob as it arrives, not checked yet.
pub struct BlobStream {
    /// As the registry announces it.
    pub size: Option<u64>,
    pub stream: BoxStream<'static, Result<Bytes, RegistryError>>,
}

impl Repository {
    /// Whether the blob is there. What cannot be told counts as absent: an upload too many harms nobody.
    pub async fn has_blob(&self, digest: &Digest) -> Result<bool, RegistryError> {
        let call = self.call(Method::HEAD, &format!("blobs/{digest}"))?;
        match self.registry.send(call).await {
            Ok(reply) if reply.content_type() == "text/html" => Err(reply.not_a_registry()),
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) if error.refuses_the_method() => self.has_blob_by_get(digest).await,
            // Storage behind the registry may allow GET alone by the address it was given.
            Err(RegistryError::Refused(answer))
                if answer.asked == super::answer::Asked::Elsewhere && answer.status.is_client_error() =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Where HEAD is not allowed: the first byte answers as well.
    async fn has_blob_by_get(&self, digest: &Digest) -> Result<bool, RegistryError> {
        let first = HeaderValue::from_static("bytes=0-0");
        let call = self.call(Method::GET, &format!("blobs/{digest}"))?.header(RANGE, first);
        match self.registry.send(call).await {
            Ok(reply) if reply.content_type() == "text/html" => Err(reply.not_a_registry()),
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            // The empty blob has no first byte.
            Err(error) if error.status() == Some(416) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Opens the blob. Redirects to storage are followed without the credential; a connection that breaks in the middle is
    /// replaced by another that brings the rest.
    pub async fn open_blob(&self, digest: &Digest) -> Result<BlobStream, RegistryError> {
        self.open_on(Lane::Download, digest).await
    }

    async fn open_on(&self, lane: Lane, digest: &Digest) -> Result<BlobStream, RegistryError> {
        let call = self.call(Method::GET, &format!("blobs/{digest}"))?.on(lane);
        let reply = match self.registry.send(call).await {
            Err(error) if error.is_not_found() => return Err(RegistryError::Missing { digest: digest.clone() }),
            other => other?,
        };
        if reply.status != StatusCode::OK {
            return Err(reply.not_a_registry());
        }
        let size = reply.content_length();
        Ok(BlobStream { size, stream: resuming(self.clone(), lane, digest.clone(), size, reply.into_stream()) })
    }

    /// Reads a small blob whole, digest-checked; more than `at_most` bytes are refused. It waits behind no large one.
    pub async fn read_blob(&self, digest: &Digest, at_most: usize) -> Result<Bytes, RegistryError> {
        let mut stream = self.open_on(Lane::Small, digest).await?.stream;
        let mut all = BytesMut::new();
        while let Some(piece) = stream.next().await {
            let piece = piece?;
            if all.len() + piece.len() > at_most {
                return Err(RegistryError::Size { expected: at_most as u64, found: (all.len() + piece.len()) as u64 });
            }
            all.extend_from_slice(&piece);
        }
        let found = digest_like(digest, &all);
        if &found == digest { Ok(all.freeze()) } else { Err(RegistryError::Digest { expected: digest.clone(), found }) }
    }
}
