//! A person's own sessions: begun, listed, ended.

use northing_core::values::Id;
use northing_store::sessions;

pub use northing_store::sessions::Listed as ListedSession;

use crate::caller::SESSION_MILLIS;
use crate::error::{Error, Result};
use crate::{Northing, secret};

/// The most characters of what a browser calls itself, or of an address, that are kept.
const LONGEST: usize = 300;

fn kept(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    (!kept.is_empty()).then_some(kept)
}

impl Northing {
    /// Begins a session for a person who has shown who they are, in a browser at an address; its secret.
    pub(crate) async fn begin_session(
        &self,
        user: Id,
        address: &str,
        user_agent: Option<String>,
    ) -> Result<String> {
        let secret = secret::new(&*self.rng);
        let now = self.now();
        let session = ListedSession {
            id: self.new_id(),
            user_agent: user_agent.as_deref().and_then(kept),
            address: kept(address),
            created_at: now,
            seen_at: now,
        };
        self.store
            .write((secret::hash(&secret), session), move |tx, (hash, session)| {
                Box::pin(async move {
                    let until = now.plus_millis(SESSION_MILLIS);
                    Ok::<_, Error>(sessions::insert(tx, hash, user, session, until).await?)
                })
            })
            .await?;
        Ok(secret)
    }

    /// Ends one of a person's sessions: this one by signing out, or another from the list.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is none of theirs.
    pub async fn end_session(&self, user: Id, session: Id) -> Result<()> {
        let ended = self
            .store
            .write((), move |tx, ()| {
                Box::pin(async move { Ok::<_, Error>(sessions::end(tx, user, session).await?) })
            })
            .await?;
        if ended { Ok(()) } else { Err(Error::NotFound("session")) }
    }

    /// Ends a person's sessions everywhere, but for one that may stay; how many ended.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end_sessions(&self, user: Id, but: Option<Id>) -> Result<u64> {
        self.store
            .write((), move |tx, ()| {
                Box::pin(async move { Ok::<_, Error>(sessions::end_all(tx, user, but).await?) })
            })
            .await
    }

    /// A person's sessions that are still good, newest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_sessions(&self, user: Id) -> Result<Vec<ListedSession>> {
        Ok(sessions::list(&mut self.store.read_once().await?, user, self.now()).await?)
    }
}
