//! Secrets of connections: sealed, opened, sealed anew with a newer key.

use std::collections::BTreeSet;

use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_store::connections::{self, ConnectionRow};
use northing_store::embeddings;
use secrecy::ExposeSecret;

use super::connections::text;
use super::outside::{Config, Secret, about};
use super::vault::key_of;
use crate::Northing;
use crate::error::{Error, Result};

/// How often all secrets are looked at where others change some meanwhile.
const PASSES: usize = 10;

impl Northing {
    pub(super) fn seal(&self, org: Id, id: Id, secret: &Secret) -> Result<String> {
        self.outside()?.vault.seal(&*self.rng, &about(org, id), &text(secret)?)
    }

    pub(super) fn unseal(&self, row: &ConnectionRow) -> Result<Secret> {
        let plain = self.outside()?.vault.unseal(&about(row.org_id, row.id), &row.secret)?;
        serde_json::from_str(plain.expose_secret())
            .map_err(|_| Error::Internal(String::from("a connection's secret is not in our form")))
    }

    /// The secret that is kept for a connection, for settings that are just being entered. It goes to where it was entered for, and to
    /// nowhere else.
    ///
    /// # Errors
    /// [`Error::Invalid`] at the secret, where it would go somewhere else.
    pub(super) fn kept_secret(&self, row: &ConnectionRow, config: &Config) -> Result<Secret> {
        let old: Config = serde_json::from_str(&row.config)
            .map_err(|_| Error::Internal(String::from("a connection's settings are not in our form")))?;
        if config.leads_elsewhere(&old) {
            let message =
                "enter the token or secret again: it was given for another account, tenant or authority";
            return Err(FieldError::new("secret", "required", message).into());
        }
        self.unseal(row)
    }

    /// Seals every secret with the newest key that is not yet. Returns how many were sealed anew. Servers may go on and change
    /// connections meanwhile: what they change is theirs to seal, and is looked at again. On the machine itself only.
    ///
    /// # Errors
    /// Those of the store and of secrets that cannot be opened.
    pub async fn reseal_secrets(&self) -> Result<usize> {
        let mut done = 0;
        for _ in 0..PASSES {
            let (sealed, missed) = self.reseal_once().await?;
            done += sealed;
            if missed == 0 {
                return Ok(done);
            }
        }
        Err(Error::Internal(String::from("secrets are being changed all the time; try again")))
    }

    /// One look at every secret: how many were sealed anew, and how many others changed under it.
    async fn reseal_once(&self) -> Result<(usize, usize)> {
        let (mut after, mut done, mut missed) = (None, 0, 0);
        let vault = &self.outside()?.vault;
        loop {
            let page = connections::secrets(&mut self.store.read().await?, after).await?;
            let Some((last, _, _)) = page.last() else { break };
            after = Some(*last);
            for (id, org, sealed) in page {
                if vault.is_newest(&sealed) {
                    continue;
                }
                let plain = vault.unseal(&about(org, id), &sealed)?;
                let fresh = vault.seal(&*self.rng, &about(org, id), plain.expose_secret())?;
                let work = (id, sealed, fresh);
                let kept = self
                    .store
                    .write(work, |tx, (id, before, after)| {
                        Box::pin(async move {
                            Ok::<_, Error>(connections::replace_secret(tx, *id, before, after).await?)
                        })
                    })
                    .await;
                match kept {
                    Ok(()) => done += 1,
                    Err(Error::Conflict) => missed += 1,
                    Err(error) => return Err(error),
                }
            }
        }
        let (sealed, changed) = self.reseal_embeddings().await?;
        Ok((done + sealed, missed + changed))
    }

    /// The names of the keys by which anything in the store is sealed. On the machine itself only.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn keys_in_use(&self) -> Result<BTreeSet<String>> {
        let mut rx = self.store.read().await?;
        let mut used = BTreeSet::new();
        let mut after = None;
        loop {
            let page = connections::secrets(&mut rx, after).await?;
            let Some((last, _, _)) = page.last() else { break };
            after = Some(*last);
            used.extend(page.iter().filter_map(|(_, _, sealed)| key_of(sealed)).map(str::to_owned));
        }
        let embedded = embeddings::sealed(&mut rx).await?;
        used.extend(embedded.iter().filter_map(|it| key_of(it.secret.as_deref()?)).map(str::to_owned));
        Ok(used)
    }
}
