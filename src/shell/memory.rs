//! What a destination is known to hold, kept in a file between two calls of `ferry copy`. A hint: a sample is looked at each
//! time, and when one of it is not as remembered, all is forgotten.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::ShellError;
use crate::model::{Digest, Tag};
use crate::oci::{CopyContext, Known, Repository};

/// The file, read.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// By what was copied where, and how much of it.
    repositories: BTreeMap<String, Held>,
}

/// One destination repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    /// How often it was looked at; chooses the sample.
    rounds: usize,
    /// Where its tags point.
    tags: BTreeMap<Tag, Digest>,
    /// By the source's digest.
    images: BTreeMap<Digest, Known>,
}

/// The memory of one repository; without a file it remembers nothing.
pub(super) struct Memory {
    file: Option<PathBuf>,
    key: String,
    others: Kept,
    held: Mutex<Held>,
}

impl Memory {
    pub(super) fn open(file: Option<&Path>, target: &Repository, context: &CopyContext) -> Result<Self, ShellError> {
        let platforms = context.selection.0.iter().map(ToString::to_string);
        let extent: Vec<_> = platforms.chain(context.kinds.0.iter().map(ToString::to_string)).collect();
        let key = format!("{target} {}", extent.join(","));
        let mut others = Kept::default();
        if let Some(path) = file {
            match std::fs::read(path) {
                Ok(bytes) => {
                    others = serde_json::from_slice(&bytes).map_err(|why| ShellError::Memory(path.to_owned(), why))?;
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(ShellError::File(path.to_owned(), error)),
            }
        }
        let mut held = others.repositories.remove(key.trim()).unwrap_or_default();
        held.rounds += 1;
        Ok(Self { file: file.map(Path::to_owned), key: key.trim().to_owned(), others, held: Mutex::new(held) })
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of this digest, if all these tags point at it there.
    pub(super) fn known(&self, digest: &Digest, tags: &[Tag]) -> Option<Known> {
        let held = self.held();
        let known = held.images.get(digest)?;
        tags.iter().all(|tag| held.tags.get(tag) == Some(&known.digest)).then(|| known.clone())
    }

    /// The one of these tags that is looked at this time.
    pub(super) fn sample<'t>(&self, tags: &'t [Tag]) -> Option<&'t Tag> {
        tags.get(self.held().rounds % tags.len().max(1))
    }

    pub(super) fn remember(&self, source: &Digest, known: Known, tags: &[Tag]) {
        if self.file.is_some() {
            let mut held = self.held();
            held.tags.extend(tags.iter().map(|tag| (tag.clone(), known.digest.clone())));
            held.images.insert(source.clone(), known);
        }
    }

    /// Somebody else has changed the destination: nothing is believed any more.
    pub(super) fn forget(&self) {
        let mut held = self.held();
        held.tags.clear();
        held.images.clear();
    }

    /// Writes the file, whole or not at all. What no tag points at any more is left out.
    pub(super) fn close(mut self) -> Result<(), ShellError> {
        let Some(path) = self.file.take() else { return Ok(()) };
        let mut held = self.held.into_inner().unwrap_or_else(PoisonError::into_inner);
        let used: std::collections::BTreeSet<_> = held.tags.values().cloned().collect();
        held.images.retain(|_, known| used.contains(&known.digest));
        self.others.repositories.insert(self.key, held);
        let failed = |error| ShellError::File(path.clone(), error);
        let bytes = serde_json::to_vec(&self.others).map_err(|why| ShellError::Memory(path.clone(), why))?;
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, bytes).map_err(failed)?;
        std::fs::rename(&fresh, &path).map_err(failed)
    }
}
