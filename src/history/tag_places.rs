//! Where one tag of the catalog is by way of its mirrors: what Docker Hub lists now, and what Ferry last saw at each
//! destination.

use futures::stream::{self, StreamExt as _};

use super::HistoryError;
use crate::app::Visitor;
use crate::hub::HubError;
use crate::model::{AtDestination, AtHub, Holding, MirrorName, MirrorPlaces, Place, RepoName, Rule, Tag};
use crate::rules::matching::Matcher;
use crate::store::{rules, whereabouts};

/// Mirrors of one repository that are ever looked at.
const MOST_MIRRORS: usize = 20;
/// Repositories asked for at once.
const AT_ONCE: usize = 8;

/// The tag at Docker Hub and at the destinations, for each of these mirrors.
pub async fn tag_places(
    visitor: &Visitor,
    mirrors: &[MirrorName],
    tag: &Tag,
) -> Result<Vec<MirrorPlaces>, HistoryError> {
    let (db, organization) = (&visitor.app.db, &visitor.organization);
    let names = mirrors.iter().take(MOST_MIRRORS);
    let names: Vec<RepoName> = names.filter_map(|name| format!("{organization}/{name}").parse().ok()).collect();
    let mut seen = whereabouts::of_tag(db, organization, &names, tag).await?;
    let rules = rules::list(db, organization).await?;
    let places = stream::iter(names)
        .map(|mirror| {
            let destinations = destinations(&mirror, tag, seen.remove(&mirror).unwrap_or_default(), &rules);
            async move { MirrorPlaces { at_hub: at_hub(visitor, &mirror, tag).await, mirror, destinations } }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    Ok(places)
}

/// What Hub lists; what it cannot say at the moment hides nothing else.
async fn at_hub(visitor: &Visitor, mirror: &RepoName, tag: &Tag) -> AtHub {
    match visitor.hub.tag(mirror, tag).await {
        Ok(found) => AtHub::Held { digest: found.digest, pushed_at: found.tag_last_pushed.or(found.last_updated) },
        Err(HubError::NotFound) => AtHub::Absent,
        Err(error) => AtHub::Unknown(error.sentence()),
    }
}

/// Where it was seen, and where a rule that is on would bring it.
fn destinations(mirror: &RepoName, tag: &Tag, seen: Vec<Holding>, rules: &[Rule]) -> Vec<AtDestination> {
    let place = |holding: Holding| AtDestination {
        name: match &holding.place {
            Place::Destination(name) => name.clone(),
            Place::Mirror(_) => None,
        },
        address: holding.address.clone(),
        seen: Some(holding),
        rules: Vec::new(),
    };
    let mut places: Vec<AtDestination> = seen.into_iter().map(place).collect();
    for rule in rules.iter().filter(|rule| rule.enabled && rule.mirrors.contains(mirror)) {
        // A rule that was saved has patterns that compile and names that are valid.
        let takes = Matcher::new(&rule.filter).is_ok_and(|matcher| matcher.verdict(tag).matches());
        let Some(name) = rule.template.render(mirror, None).ok().filter(|_| takes) else { continue };
        let address = format!("{}/{name}", rule.destination_address);
        let known = places.iter().position(|place| place.address == address);
        let at = known.unwrap_or_else(|| {
            let name = Some(rule.destination_name.to_string());
            places.push(AtDestination { name, address, seen: None, rules: Vec::new() });
            places.len() - 1
        });
        places[at].rules.push(rule.name.to_string());
    }
    places.sort_by(|a, b| a.address.cmp(&b.address));
    places
}
