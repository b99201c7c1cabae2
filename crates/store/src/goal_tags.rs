//! Tags made where they are used (goals §1.3).

use std::collections::HashMap;

use northing_core::text::fold;
use northing_core::values::{Id, Moment};

use crate::{Bind, Bulk, Failure, Rx, Tx, list, sql};

/// The tags of an organisation with these names, by their folded name.
///
/// # Errors
/// What the database says.
pub async fn find(rx: &mut Rx, org_id: Id, names: &[String]) -> Result<HashMap<String, Id>, Failure> {
    let rows = sql("SELECT t.id, t.name_key FROM tags t WHERE t.org_id = $1 AND t.name_key IN (SELECT value FROM json_each($2))")
        .bind(org_id)
        .bind(list(names.iter().map(|name| fold(name))))
        .fetch_all(rx)
        .await?;
    rows.iter().map(|row| Ok((row.text("name_key")?, row.id("id")?))).collect()
}

/// Makes tags; one that exists already stays as it is.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &mut Tx, org_id: Id, tags: &[(Id, String)], at: Moment) -> Result<(), Failure> {
    let mut rows = Bulk::new(5);
    for (id, name) in tags {
        rows.push([id.value(), org_id.value(), name.value(), fold(name).value(), at.value()]);
    }
    rows.insert(
        tx,
        "INSERT INTO tags (id, org_id, name, name_key, created_at) {rows} ON CONFLICT (org_id, name_key) DO NOTHING",
    )
    .await?;
    Ok(())
}
