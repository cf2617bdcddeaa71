//! The in-toto statement of one attestation: its bytes as they are stored, or to be read on the screen.

use bytes::Bytes;

use super::{EvidenceError, holders, in_time, of_catalog, open};
use crate::app::Visitor;
use crate::catalog::tag;
use crate::model::{CatalogName, Digest, Reference, RepoName, StatementText};
use crate::oci::{CopyError, Parts, Side, Step};

const IN_TOTO: &str = "application/vnd.in-toto+json";
const PREDICATE_TYPE: &str = "in-toto.io/predicate-type";
/// Larger ones are not read; bills of materials are some megabytes at most.
const LARGEST: usize = 32 << 20;
/// Larger ones are shown as they are stored.
const LARGEST_INDENTED: usize = 4 << 20;
/// So much of one is shown; the file has the rest.
const MOST_SHOWN: usize = 100_000;

/// A statement as it is stored; the bytes are the ones its attestation names.
#[derive(Clone, Debug)]
pub struct Statement {
    pub predicate_type: String,
    pub bytes: Bytes,
}

/// The statement of an attestation: from the attestations of a mirror that holds it, or the catalog's own where there is
/// no mirror.
pub async fn statement(
    visitor: &Visitor,
    name: &CatalogName,
    attestation: &Digest,
) -> Result<Statement, EvidenceError> {
    let mirrors = tag::mirrors(visitor, name).await?;
    let holders = holders(visitor, &visitor.app.config.scout_registry, mirrors, attestation).await?;
    if let Some(repository) = holders.first() {
        return in_time(read(visitor, repository, attestation)).await;
    }
    match in_time(read(visitor, &of_catalog(name)?, attestation)).await {
        Err(error) if error.is_of_the_registry() => Err(EvidenceError::NoMirror(name.clone())),
        read => read,
    }
}

async fn read(visitor: &Visitor, repository: &RepoName, attestation: &Digest) -> Result<Statement, EvidenceError> {
    let place = open(visitor, &visitor.app.config.scout_registry, repository).await?;
    let failed = || CopyError::at(Side::AttestationSource, Step::ReadReferrer, format!("{place}@{attestation}"));
    let manifest = place.get_manifest(&Reference::Digest(attestation.clone())).await.map_err(failed())?;
    let parts = Parts::of(&manifest.ok_or(EvidenceError::NoStatement)?).map_err(failed())?;
    let layer = parts.layers.iter().find(|layer| layer.media_type == IN_TOTO).ok_or(EvidenceError::NoStatement)?;
    let bytes = place.read_blob(&layer.digest, LARGEST).await.map_err(failed())?;
    let predicate_type = parts.annotations.get(PREDICATE_TYPE).or_else(|| layer.annotations.get(PREDICATE_TYPE));
    Ok(Statement { predicate_type: predicate_type.cloned().unwrap_or_default(), bytes })
}

/// The same, to be read on the screen.
pub async fn statement_text(
    visitor: &Visitor,
    name: &CatalogName,
    attestation: &Digest,
) -> Result<StatementText, EvidenceError> {
    let Statement { predicate_type, bytes } = statement(visitor, name, attestation).await?;
    let (text, is_cut) = shown(&bytes);
    Ok(StatementText { digest: attestation.clone(), predicate_type, text, is_cut, size: bytes.len() as u64 })
}

/// Indented where it is JSON of a size that can be, and cut.
fn shown(bytes: &[u8]) -> (String, bool) {
    let document = || serde_json::from_slice::<serde_json::Value>(bytes).ok();
    let indented = (bytes.len() <= LARGEST_INDENTED).then(document).flatten();
    let indented = indented.and_then(|document| serde_json::to_string_pretty(&document).ok());
    let mut text = indented.unwrap_or_else(|| {
        let beginning = &bytes[..bytes.len().min(MOST_SHOWN + 1)];
        String::from_utf8_lossy(beginning).into_owned()
    });
    let is_cut = text.len() > MOST_SHOWN;
    text.truncate(text.floor_char_boundary(MOST_SHOWN));
    (text, is_cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_indented_and_cut_between_letters() {
        assert_eq!(shown(br#"{"b":1}"#), ("{\n  \"b\": 1\n}".to_owned(), false));
        assert_eq!(shown(b"no json"), ("no json".to_owned(), false));
        let long = format!("{{\"a\":\"{}\"}}", "\u{e4}".repeat(MOST_SHOWN));
        let (text, is_cut) = shown(long.as_bytes());
        assert!(is_cut && text.len() <= MOST_SHOWN && text.ends_with('\u{e4}'));
    }
}
