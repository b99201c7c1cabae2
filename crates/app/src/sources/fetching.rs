//! One fetch for all links that cover the same, measured for each.

use std::collections::BTreeSet;
use std::sync::Arc;

use northing_connectors::azure_devops::AzureDevOps;
use northing_connectors::measure::{Measurement, measure};
use northing_connectors::source::{Fetch, Harvest, Source};
use northing_connectors::trouble::{Trouble, TroubleKind};
use northing_store::goal_links::GoalLink;

use super::link::Link;
use crate::error::Result;

/// What became of a link in a round.
pub(super) enum Outcome {
    /// It was measured, from what was fetched for it and others.
    Measured(Measurement, Arc<Harvest>),
    /// It could not be.
    Failed(Trouble),
}

/// Fetches once for links that cover the same and measures for each. Returns how many items that brought, too.
pub(super) async fn fetch_group(
    source: Arc<AzureDevOps>,
    group: Vec<GoalLink>,
) -> (Vec<(GoalLink, Outcome)>, usize) {
    let read: Result<Vec<(GoalLink, Link)>> =
        group.iter().map(|row| Ok((row.clone(), Link::of(row)?))).collect();
    let read = match read {
        Ok(read) => read,
        Err(error) => {
            tracing::error!(%error, "a link cannot be read");
            let trouble =
                Trouble::new(TroubleKind::SelectorInvalid, "The link cannot be read", "Make it again.");
            let failed = group.into_iter().map(|link| (link, Outcome::Failed(trouble.clone())));
            return (failed.collect(), 0);
        }
    };
    let fields: BTreeSet<String> = read.iter().filter_map(|(_, link)| link.options.field.clone()).collect();
    let Some(selector) = read.first().map(|(_, link)| link.selector.clone().of_every_type()) else {
        return (Vec::new(), 0);
    };
    let fetch = async |fields: BTreeSet<String>| {
        source.fetch(&Fetch { selector: selector.clone(), fields, as_of: None }).await.map(Arc::new)
    };
    let whole = fetch(fields.clone()).await;
    let mut weight = whole.as_ref().map_or(0, |harvest| harvest.items.len());
    let mut outcomes = Vec::with_capacity(read.len());
    for (row, link) in read {
        let own = match (&whole, &link.options.field) {
            // A field that is gone spoils the links that sum it, not those beside them.
            (Err(trouble), field)
                if trouble.kind == TroubleKind::SelectorInvalid
                    && fields.len() > usize::from(field.is_some()) =>
            {
                let own = fetch(field.iter().cloned().collect()).await;
                weight += own.as_ref().map_or(0, |harvest| harvest.items.len());
                own
            }
            _ => whole.clone(),
        };
        let outcome = match own {
            Ok(harvest) => {
                Outcome::Measured(measure(&harvest, &link.options.measure(&link.selector)), harvest)
            }
            Err(trouble) => Outcome::Failed(trouble),
        };
        outcomes.push((row, outcome));
    }
    (outcomes, weight)
}
