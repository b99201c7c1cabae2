//! A connection is tried: what the other system says to it, before it is saved and afterwards.

use northing_connectors::source::{Source, Tested};
use northing_connectors::trouble::Trouble;
use northing_core::permission::{Action, Thing};
use northing_core::values::Id;
use northing_store::connections::{self, ConnectionRow};
use serde::Serialize;

use super::connections::{manageable, require_enabled, text, usable};
use super::outside::{AZURE_DEVOPS, Config, Secret};
use super::{Failed, failed};
use crate::Northing;
use crate::actor::{Actor, Scope};
use crate::check_in::settings;
use crate::error::{Error, Result};

/// What a test of a connection said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum TestResult {
    /// It works.
    Good(Tested),
    /// It does not; exactly why.
    Bad(Failed),
}

impl Northing {
    /// Tries what was entered before it is saved. With `of` the secret of that connection is used where none was entered, for the account,
    /// tenant and authority that it was given for.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for observers, [`Error::Invalid`] also where the secret has to be entered again; what the other system says is no error of this.
    pub async fn test_draft(
        &self,
        actor: &Actor,
        config: &Config,
        secret: &Secret,
        of: Option<Id>,
    ) -> Result<TestResult> {
        actor.need(Scope::Write)?;
        let secret = {
            let mut rx = self.store.read().await?;
            let settings = settings(&mut rx, actor.org_id).await?;
            actor.require(Action::ConnectionCreate, Thing::Organization, &settings)?;
            require_enabled(&mut rx, actor.org_id, AZURE_DEVOPS).await?;
            match of {
                Some(id) if secret.is_empty() => {
                    let row = manageable(&mut rx, actor, id, &settings).await?;
                    self.kept_secret(&row, config)?
                }
                _ => secret.clone(),
            }
        };
        let source = self.outside()?.draft(config, &secret, None)?;
        Ok(self.tested(source.test().await))
    }

    /// Tests a connection as it is kept, and keeps what was found: the project's lasting identifier, the identity, the trouble.
    ///
    /// # Errors
    /// [`Error::NotFound`]; what the other system says is no error of this.
    pub async fn test_connection(&self, actor: &Actor, id: Id) -> Result<TestResult> {
        actor.need(Scope::Read)?;
        let row = {
            let mut rx = self.store.read().await?;
            let settings = settings(&mut rx, actor.org_id).await?;
            let row = usable(&mut rx, actor, id, &settings).await?;
            require_enabled(&mut rx, actor.org_id, &row.kind).await?;
            row
        };
        let found = self.outside()?.source(&row, self.now())?.test().await;
        let result = self.tested(found.clone());
        let error = match &result {
            TestResult::Good(_) => None,
            TestResult::Bad(failed) => Some(text(failed)?),
        };
        let learnt = found.ok().map(|tested| (tested.container_id, tested.identity));
        let work = (row, learnt, error, self.now());
        self.store
            .write(work, |tx, (row, learnt, error, now)| {
                Box::pin(async move {
                    match learnt {
                        Some((container, identity))
                            if row.container_id.as_ref() != Some(container)
                                || row.identity.as_ref() != Some(identity) =>
                        {
                            let after = ConnectionRow {
                                container_id: Some(container.clone()),
                                identity: Some(identity.clone()),
                                error: None,
                                last_ok_at: Some(*now),
                                ..row.clone()
                            };
                            connections::update(tx, &after, *now).await?;
                        }
                        _ => connections::note_result(tx, row.id, error.as_deref(), *now).await?,
                    }
                    Ok::<_, Error>(())
                })
            })
            .await?;
        Ok(result)
    }

    fn tested(&self, found: Result<Tested, Trouble>) -> TestResult {
        match found {
            Ok(tested) => TestResult::Good(tested),
            Err(trouble) => TestResult::Bad(failed(&trouble, self.now())),
        }
    }
}
