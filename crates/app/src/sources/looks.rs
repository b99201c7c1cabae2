//! What a person just looked at while they make a link: kept for seconds, so that changing how it counts asks the other system nothing anew.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use northing_connectors::azure_devops::AzureDevOps;
use northing_connectors::source::{Fetch, Harvest, Selector, Source};
use northing_connectors::trouble::Trouble;
use northing_core::values::Id;
use northing_store::connections::ConnectionRow;

/// How long a look answers for the next one.
const FRESH: Duration = Duration::from_secs(20);
/// Work items that are kept, of all people together.
const ITEMS: u64 = 60_000;

/// Who looked at what, and by which state of the connection: nobody gets what somebody else was shown, and whoever may no longer use the
/// connection is refused before this is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    org: Id,
    person: Id,
    connection: Id,
    version: i64,
    selector: Selector,
}

/// What was fetched, with these fields.
#[derive(Debug)]
struct Seen {
    fields: BTreeSet<String>,
    harvest: Arc<Harvest>,
}

/// The looks of the last seconds.
#[derive(Debug)]
pub(super) struct Looks(Cache<Key, Arc<Seen>>);

impl Default for Looks {
    fn default() -> Self {
        let weight =
            |_: &Key, seen: &Arc<Seen>| u32::try_from(seen.harvest.items.len() + 1).unwrap_or(u32::MAX);
        Self(Cache::builder().weigher(weight).max_capacity(ITEMS).time_to_live(FRESH).build())
    }
}

impl Looks {
    /// What a selector covers, whichever type of it counts, with this field: from the last look of this person, else fetched now with every
    /// field that they looked at. Trouble is not kept.
    pub(super) async fn at(
        &self,
        (org, person): (Id, Id),
        connection: &ConnectionRow,
        source: &AzureDevOps,
        selector: &Selector,
        field: Option<&String>,
    ) -> Result<Arc<Harvest>, Trouble> {
        let selector = selector.clone().of_every_type();
        let key = Key {
            org,
            person,
            connection: connection.id,
            version: connection.version,
            selector: selector.clone(),
        };
        let before = self.0.get(&key);
        if let Some(seen) = &before
            && field.is_none_or(|field| seen.fields.contains(field))
        {
            return Ok(seen.harvest.clone());
        }
        let mut fields = before.map(|seen| seen.fields.clone()).unwrap_or_default();
        fields.extend(field.cloned());
        let mut harvest =
            source.fetch(&Fetch { selector: selector.clone(), fields: fields.clone(), as_of: None }).await?;
        harvest.warnings.extend(source.reservations(&selector).await?);
        let harvest = Arc::new(harvest);
        self.0.insert(key, Arc::new(Seen { fields, harvest: harvest.clone() }));
        Ok(harvest)
    }
}
