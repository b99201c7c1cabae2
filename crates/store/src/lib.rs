//! Everything that Northing keeps: one store, two engines (embedded SQLite, PostgreSQL), SQL written once.
//!
//! ```ignore
//! let store = Store::open(&"/var/lib/northing".parse()?).await?;       // or postgres://…
//!
//! let mut rx = store.read().await?;                                    // one consistent snapshot, ended by drop
//! let rows = sql("SELECT id, title FROM goals WHERE org_id = $1").bind(org).fetch_all(&mut rx).await?;
//! let title = rows[0].text("title")?;
//!
//! let goal = store.write(new_goal, |tx, new_goal| Box::pin(async move {  // atomic; may run more than once
//!     sql("INSERT INTO goals (id, title) VALUES ($1, $2)").bind(new_goal.id).bind(&new_goal.title).execute(tx).await?;
//!     tx.announce(Event::goals(new_goal.org_id, vec![new_goal.id], Change::Created));
//!     Ok::<_, app::Error>(new_goal.id)                                 // any E: From<Failure>
//! })).await?;
//! ```
//!
//! * A query function takes `&mut Rx`; a [`Tx`] derefs to [`Rx`], so every reading function also works inside a write.
//! * [`Store::write`] hands its input to the closure by reference and may call the closure again (PostgreSQL: serialization
//!   failures and deadlocks; SQLite: a group commit that failed), so the closure only touches the transaction.
//! * On SQLite all writes go through one connection, first come first served; those that wait at once share one disk flush,
//!   each behind its own savepoint. A write is acknowledged after its commit and not before.
//! * An update guarded by `version` ends with [`Sql::execute_one`]: no matching row is [`Failure::Conflict`].
//! * Rows are locked by [`Sql::for_update`] and its kin: a suffix on PostgreSQL, nothing on SQLite, whose writer is alone.
//! * A list of ids is bound as one JSON text: `… IN (SELECT value FROM json_each($1))` with [`list`]; many rows go by [`Bulk`].
//! * Background work: [`jobs`]. Search as you type: [`search`]. Copies: [`Store::backup`], [`Store::restore`].
//! * [`Store::statements`] counts statements, so that tests can show that a page takes the same number at any size.

pub mod activity;
pub mod alignments;
pub mod audit;
mod bind;
mod bulk;
pub mod check_ins;
pub mod choices;
pub mod comments;
pub mod cone;
mod connect;
pub mod connections;
mod copy;
pub mod days;
mod dialect;
pub mod directory;
pub mod embeddings;
mod event;
pub mod explorer;
pub mod export;
mod failure;
pub mod goal_facts;
pub mod goal_links;
pub mod goal_people;
pub mod goal_tags;
pub mod goals;
pub mod history;
pub mod jobs;
pub mod join_requests;
pub mod link_seen;
mod listen;
mod migrate;
pub mod notices;
pub mod parts;
pub mod periods;
pub mod placements;
mod query;
mod row;
mod schema;
pub mod search;
mod statistics;
mod store;
pub mod sync_log;
pub mod tags;
pub mod tasks;
pub mod team_tree;
pub mod teams;
mod transaction;
pub mod trash;
mod trial;
mod url;
mod visible;
mod writer;
pub mod written_links;

pub mod idempotency;
pub mod imports;
pub mod link_fills;
pub mod link_troubles;
pub mod links;
pub mod members;
pub mod organizations;
pub mod sessions;
pub mod tokens;
pub mod users;

pub use bind::{Bind, Value, like, list};
pub use bulk::Bulk;
pub use connect::Options;
pub use copy::row_counts;
pub use dialect::Engine;
pub use event::{Change, Event};
pub use failure::Failure;
pub use query::{Sql, sql};
pub use row::Row;
pub use store::{Store, WriteFuture, Writing};
pub use transaction::{Rx, Tx};
pub use trial::Trial;
pub use url::StoreUrl;
