//! Several mirrors at once: proposed with free names, started one by one, each with its own outcome.

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

/// Most repositories that are mirrored at once.
const MOST: usize = 100;
/// Starts that Docker is asked for at the same time.
const AT_ONCE: usize = 4;

/// What was chosen in the catalog, each with a free name for its mirror.
pub async fn propose(visitor: &Visitor, sources: &[String]) -> Result<MirrorProposals, MirrorError> {
    let (catalog, (mirrors, _)) = read(visitor).await?;
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
    let mut names = HashSet::new();
    let wanted: Vec<_> = wishes
        .into_iter()
        .filter(|wish| !wish.wanted.is_empty())
        .take(MOST)
        .map(|wish| {
            let is_first = names.insert(wish.name.trim().to_owned());
            (wish, is_first)
        })
        .collect();
    let (catalog, mirrors) = (&catalog, mirrors.as_slice());
    let outcomes = stream::iter(wanted)
        .map(|(wish, is_first)| async move {
            let done =
                if is_first { one(visitor, &wish, catalog, mirrors).await } else { Err(CHOSEN_TWICE.to_owned()) };
            MirrorOutcome { source: wish.source, name: wish.name.trim().to_owned(), refused: done.err() }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    Ok(outcomes)
}

const CHOSEN_TWICE: &str = "Another line has this name: choose another for one of them.";

async fn one(
    visitor: &Visitor,
    wish: &MirrorWish,
    catalog: &HashMap<String, CatalogRepository>,
    mirrors: &[Found],
) -> Result<(), String> {
    let name: MirrorName = wish.name.trim().parse().map_err(|Refused(sentence)| sentence)?;
    let source = catalog.get(&wish.source).ok_or_else(|| "The catalog has it no more.".to_owned())?;
    begin(visitor, source, &name, mirrors).await.map_err(|error| {
        let error = ApiError::from(error);
        error.fields().get("name").unwrap_or_else(|| error.to_string())
    })
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
}
