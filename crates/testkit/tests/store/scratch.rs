//! The least that the engine's own tests need in the store: an organisation with a person, a period and goals.

use northing_core::values::{Id, Moment};
use northing_store::{Failure, Store, Tx, search, sql};

/// The n-th identifier; sorts by n.
pub(crate) fn id(n: u32) -> Id {
    Id::new(Moment::from_millis(i64::from(n)), [9; 10])
}

/// An organisation whose identifiers start at `base`: `base` is the organisation's, `base + 1` its person's, `base + 2` its period's.
pub(crate) async fn organization(store: &Store, base: u32) -> Result<(), Failure> {
    store.write(base, |tx, base| Box::pin(async move { insert_organization(tx, *base).await })).await
}

async fn insert_organization(tx: &mut Tx, base: u32) -> Result<(), Failure> {
    let (org, user, period) = (id(base), id(base + 1), id(base + 2));
    sql("INSERT INTO organizations (id, slug, name, company_values, join_policy, status, settings, version, created_at, updated_at) \
         VALUES ($1, $2, 'Fjord & Söhne', '[]', 'restricted', 'active', '{}', 1, 1, 1)")
    .bind(org).bind(format!("org-{base}")).execute(tx).await?;
    sql("INSERT INTO users (id, email, email_key, name, preferences, version, created_at, updated_at) \
         VALUES ($1, $2, $2, 'Zoë', '{}', 1, 1, 1)")
    .bind(user)
    .bind(format!("zoe-{base}@example.org"))
    .execute(tx)
    .await?;
    sql("INSERT INTO members (org_id, user_id, name, name_key, role, status, version, created_at, updated_at) \
         VALUES ($1, $2, 'Zoë', 'zoe', 'owner', 'active', 1, 1, 1)")
    .bind(org).bind(user).execute(tx).await?;
    sql("INSERT INTO periods (id, org_id, name, name_key, kind, start_date, end_date, is_current, version, created_at, updated_at) \
         VALUES ($1, $2, 'Q1', 'q1', 'quarter', '2026-01-01', '2026-03-31', 1, 1, 1, 1)")
    .bind(period).bind(org).execute(tx).await?;
    Ok(())
}

/// A goal of that organisation.
pub(crate) async fn goal(store: &Store, base: u32, n: u32, title: &str) -> Result<Id, Failure> {
    let input = (base, n, title.to_owned());
    store
        .write(input, |tx, (base, n, title)| Box::pin(async move { insert_goal(tx, *base, *n, title).await }))
        .await
}

/// As [`goal`], within a change.
pub(crate) async fn insert_goal(tx: &mut Tx, base: u32, n: u32, title: &str) -> Result<Id, Failure> {
    sql("INSERT INTO goals (id, org_id, kind, title, search_text, level, period_id, start_date, due_date, metric_kind, metric_start, \
         phases, progress_mode, automatic_stopped, new_children_contribute, progress, status, automatic_status, status_is_manual, \
         committed, visibility, align_restricted, position, child_count, parent_count, version, created_at, updated_at) \
         VALUES ($1, $2, 'objective', $3, $4, 'organization', $5, '2026-01-01', '2026-03-31', 'percent', 0, \
         '[]', 'manual', 0, 1, 12.1, 'on_track', 'on_track', 0, 0, 'everyone', 0, 1.5, 0, 0, 1, 9007199254740993, 1)")
    .bind(id(n)).bind(id(base)).bind(title).bind(search::text([title])).bind(id(base + 2)).execute(tx).await?;
    Ok(id(n))
}
