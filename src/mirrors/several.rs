//! Several mirrors at once: proposed with free names, read from a form, started one by one, each with its own outcome.

use std::collections::{HashMap, HashSet};

use futures::stream::{self, StreamExt as _};

use super::MirrorError;
use super::begin::begin;
use super::known::{self, Found};
use crate::app::Visitor;
use crate::hub::CatalogRepository;
use crate::model::{
    ApiError, CatalogName, MirrorName, MirrorOutcome, MirrorProposal, MirrorProposals, MirrorWish, Refused,
    RepositoryKind,
};
use crate::store::requests::{self, Asked};

/// Most repositories that are mirrored, or asked for, at once.
const MOST: usize = 100;
/// Starts that Docker is asked for at the same time.
const AT_ONCE: usize = 4;

/// What was chosen in the catalog, each with a free name for its mirror, and with what is asked for already.
pub async fn propose(visitor: &Visitor, sources: &[String]) -> Result<MirrorProposals, MirrorError> {
    let (catalog, (mirrors, _)) = read(visitor).await?;
    let asked = Asked { decided: Some(false), ..Asked::default() };
    let open = requests::page(&visitor.app.db, &visitor.organization, asked, i64::MAX).await?;
    let mut proposals = MirrorProposals::default();
    let mut taken: HashSet<String> = HashSet::new();
    taken.extend(mirrors.iter().filter(|one| one.stopped.is_none()).map(|one| one.listed.repository.name().to_owned()));
    let mut seen = HashSet::new();
    for text in sources.iter().filter(|text| seen.insert(text.as_str())).take(MOST) {
        let found = text.parse::<CatalogName>().ok().and_then(|source| Some((catalog.get(text)?, source)));
        let Some((found, source)) = found else {
            proposals.unknown.push(text.clone());
            continue;
        };
        let name = free_name(text, &taken);
        taken.insert(name.clone());
        let of_it = mirrors.iter().filter(|one| one.stopped.is_none() && one.listed.source == *text);
        proposals.proposals.push(MirrorProposal {
            display_name: if found.display_name.is_empty() { text.clone() } else { found.display_name.clone() },
            kind: if text.ends_with("-chart") { RepositoryKind::HelmChart } else { RepositoryKind::Image },
            mirrors: of_it.map(|one| one.listed.repository.clone()).collect(),
            requests: open.iter().filter(|request| request.source == source).cloned().collect(),
            source,
            name,
        });
    }
    Ok(proposals)
}

/// Asks Docker for each that is wanted, and says of each what came of it. One that is there already is not asked for
/// again, so that the whole form can be sent a second time.
pub async fn start_several(visitor: &Visitor, wishes: Vec<MirrorWish>) -> Result<Vec<MirrorOutcome>, MirrorError> {
    let (catalog, (mirrors, _)) = read(visitor).await?;
    let (catalog, mirrors) = (&catalog, mirrors.as_slice());
    let outcomes = stream::iter(wanted(wishes))
        .map(|(wish, name)| async move {
            let done = match name {
                Ok(name) => one(visitor, &wish.source, &name, catalog, mirrors).await,
                Err(sentence) => Err(sentence),
            };
            wish.outcome(done)
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    Ok(outcomes)
}

/// The lines that are ticked, each with its name or with why it cannot be called so.
pub fn wanted(wishes: Vec<MirrorWish>) -> Vec<(MirrorWish, Result<MirrorName, String>)> {
    let mut names = HashSet::new();
    wishes
        .into_iter()
        .filter(|wish| !wish.wanted.is_empty())
        .take(MOST)
        .map(|wish| {
            let name = if names.insert(wish.name.trim().to_owned()) {
                wish.name.trim().parse().map_err(|Refused(sentence)| sentence)
            } else {
                Err(CHOSEN_TWICE.to_owned())
            };
            (wish, name)
        })
        .collect()
}

const CHOSEN_TWICE: &str = "Another line has this name: choose another for one of them.";

async fn one(
    visitor: &Visitor,
    source: &str,
    name: &MirrorName,
    catalog: &HashMap<String, CatalogRepository>,
    mirrors: &[Found],
) -> Result<(), String> {
    let source = catalog.get(source).ok_or_else(|| "The catalog has it no more.".to_owned())?;
    begin(visitor, source, name, mirrors).await.map_err(|error| ApiError::from(error).sentence())
}

type Read = (HashMap<String, CatalogRepository>, (Vec<Found>, bool));

async fn read(visitor: &Visitor) -> Result<Read, MirrorError> {
    let catalog = async { Ok(visitor.hub.catalog(visitor.organization.as_str()).await?) };
    let (catalog, mirrors) = tokio::try_join!(catalog, known::all(visitor))?;
    Ok((catalog.repositories.into_iter().map(|one| (one.name.clone(), one)).collect(), mirrors))
}

/// `dhi-node`, or `dhi-node-2` where that is a mirror already.
fn free_name(source: &str, taken: &HashSet<String>) -> String {
    let name = format!("dhi-{source}");
    if !taken.contains(&name) {
        return name;
    }
    let mut numbered = (2..).map(|number| format!("{name}-{number}"));
    numbered.find(|name| !taken.contains(name)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let taken: HashSet<String> = ["dhi-node", "dhi-node-2"].map(str::to_owned).into();
        assert_eq!(free_name("redis", &taken), "dhi-redis");
        assert_eq!(free_name("node", &taken), "dhi-node-3");
    }

    #[test]
    fn what_is_ticked_has_a_good_name_of_its_own_or_a_sentence() {
        let wish =
            |name: &str, wanted: &str| MirrorWish { source: "node".into(), name: name.into(), wanted: wanted.into() };
        let wishes = vec![wish("dhi-a", "true"), wish("dhi-b", ""), wish(" dhi-a ", "true"), wish("a", "true")];
        let read: Vec<_> = wanted(wishes).into_iter().map(|(_, name)| name.map(|name| name.to_string())).collect();
        let [Ok(first), Err(twice), Err(bad)] = read.as_slice() else { panic!("{read:?}") };
        assert_eq!((first.as_str(), twice.as_str()), ("dhi-a", CHOSEN_TWICE));
        assert!(bad.contains("put dhi- in front"), "{bad}");
        let many = (0..150).map(|number| wish(&format!("dhi-{number}"), "true")).collect();
        assert_eq!(wanted(many).len(), MOST);
    }
}
