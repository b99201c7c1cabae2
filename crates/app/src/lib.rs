//! Use cases: authorise, load, decide, save, emit.
//!
//! Every verb of the product is one function here, a method of [`Northing`]; pages, the API and the command line
//! call the same ones. A use case takes an [`Actor`], looks up only what that actor may see (what may not be seen is
//! [`Error::NotFound`]), decides by the pure rules of `northing_core`, saves in one transaction together with its entry
//! in the activity log, and announces what moved.

pub mod account;
mod actor;
mod attempts;
pub mod audit;
mod caller;
pub mod check_in;
pub mod choices;
mod clock;
pub mod comments;
pub mod cone;
mod daily;
pub mod demo;
pub mod due;
pub mod entity;
mod error;
pub mod explorer;
pub mod export;
pub mod generate;
pub mod goal;
pub mod history;
mod idempotency;
pub mod import;
pub mod invitations;
mod jobs;
pub mod joining;
pub mod links;
pub mod live;
mod log;
pub mod members;
pub mod my_teams;
pub mod names;
pub mod organization;
mod page;
mod passwords;
pub mod periods;
mod permit;
pub mod places;
pub mod samples;
mod scope;
pub mod search_all;
mod secret;
pub mod sessions;
pub mod setup;
pub mod shell;
pub mod sign_in;
pub mod sources;
pub mod tags;
pub mod teams;
pub mod tokens;

pub use actor::{Actor, Scope, Scopes, Via};
pub use caller::{Caller, Membership, OrgRef, SignedIn, actor_of};
pub use clock::{Clock, Rng};
pub use error::{Error, Result, Trouble};
pub use idempotency::{Answer, Claim};
pub use page::{Page, PageRequest};

use std::sync::Arc;

use northing_core::values::{Id, Moment};
use northing_store::Store;

/// The application: everything a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct Northing {
    /// Where everything is kept.
    pub(crate) store: Store,
    /// What time it is.
    pub(crate) clock: Arc<dyn Clock>,
    /// Where identifiers and secrets come from.
    pub(crate) rng: Arc<dyn Rng>,
    /// Who tries passwords and links how often.
    pub(crate) attempts: Arc<attempts::Attempts>,
    /// The imports that run in this process.
    pub(crate) imports: Arc<import::Running>,
    /// Rung when there is work for the runner of jobs.
    pub(crate) wake: Arc<tokio::sync::Notify>,
    /// Set-ups on their way.
    pub(crate) drafts: Arc<setup::Drafts>,
    /// The way to other systems, where there is one.
    pub(crate) outside: Option<Arc<sources::Outside>>,
}

impl std::fmt::Debug for Northing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Northing").finish_non_exhaustive()
    }
}

impl Northing {
    /// Puts the application together.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Self {
            store,
            clock,
            rng,
            attempts: Arc::default(),
            drafts: Arc::default(),
            imports: Arc::default(),
            wake: Arc::default(),
            outside: None,
        }
    }

    /// The current moment.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// A new identifier.
    #[must_use]
    pub fn new_id(&self) -> Id {
        let mut random = [0; 10];
        self.rng.fill(&mut random);
        Id::new(self.now(), random)
    }

    /// A new secret of 256 bits as text: for what binds a browser's forms to it.
    #[must_use]
    pub fn new_secret(&self) -> String {
        secret::new(&*self.rng)
    }

    /// What changes from now on: every commit of this and of other nodes.
    #[must_use]
    pub fn changes(&self) -> tokio::sync::broadcast::Receiver<northing_store::Event> {
        self.store.subscribe()
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// What keeps it from answering.
    pub async fn ready(&self) -> Result<()> {
        let mut rx = self.store.read_once().await?;
        northing_store::sql("SELECT 1 AS one").fetch_one(&mut rx).await?;
        Ok(())
    }
}
