//! What the organization's Docker plan allows of mirrors.

use crate::app::Visitor;
use crate::hub::{DhiEntitlement, Entitlements};
use crate::model::{Allowance, Entitlement, Trial};

/// No plan has as many: a limit of more is a way to write that there is none.
const LARGEST: u32 = 100_000;

/// What Docker says of the plan; nothing where it cannot be asked, since that must not hide a page.
pub async fn get(visitor: &Visitor) -> Entitlement {
    match visitor.hub.entitlements(visitor.organization.as_str()).await {
        Ok(Entitlements { plan, dhi, .. }) => {
            Entitlement { plan: plan.display_name, mirrors: dhi.map_or(Allowance::Unknown, |dhi| allowance(&dhi)) }
        }
        Err(error) => {
            tracing::warn!(%error, "what the plan of {} allows could not be read", visitor.organization);
            Entitlement::default()
        }
    }
}

/// How an unlimited number of mirrors is written is unconfirmed: a limit counts only where it agrees with whether Docker
/// allows one more.
fn allowance(dhi: &DhiEntitlement) -> Allowance {
    if !dhi.dhi_enabled {
        return Allowance::NotIncluded;
    }
    let used = u32::try_from(dhi.mirrored_repositories_count).unwrap_or(u32::MAX);
    let can_mirror_more = dhi.can_mirror_more_repositories;
    let limit = dhi.repositories_limit.and_then(|limit| u32::try_from(limit).ok());
    Allowance::Included {
        used,
        limit: limit.filter(|limit| (used.max(1)..LARGEST).contains(limit) && can_mirror_more == (used < *limit)),
        can_mirror_more,
        trial: dhi.free_trial.then_some(Trial { ends_at: dhi.free_trial_end_date }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_counts_only_where_it_agrees_with_whether_one_more_is_allowed() {
        let limit = |repositories_limit, can_mirror_more_repositories| {
            let said = allowance(&DhiEntitlement {
                dhi_enabled: true,
                mirrored_repositories_count: 12,
                repositories_limit,
                can_mirror_more_repositories,
                ..DhiEntitlement::default()
            });
            let Allowance::Included { limit, .. } = said else { panic!("{said:?}") };
            limit
        };
        assert_eq!(limit(Some(20), true), Some(20));
        assert_eq!(limit(Some(12), false), Some(12));
        assert_eq!(limit(Some(12), true), None);
        assert_eq!(limit(Some(20), false), None);
        for unlimited in [None, Some(0), Some(-1), Some(i64::from(i32::MAX))] {
            assert_eq!(limit(unlimited, true), None, "{unlimited:?}");
        }
        assert_eq!(allowance(&DhiEntitlement::default()), Allowance::NotIncluded);
    }
}
