//! Secrets of connections: sealed, opened, sealed anew with a newer key.

use northing_core::values::Id;
use northing_store::connections::{self, ConnectionRow};
use secrecy::ExposeSecret;

use super::connections::text;
use super::outside::{Secret, about};
use crate::Northing;
use crate::error::{Error, Result};

impl Northing {
    pub(super) fn seal(&self, org: Id, id: Id, secret: &Secret) -> Result<String> {
        self.outside()?.vault.seal(&*self.rng, &about(org, id), &text(secret)?)
    }

    pub(super) fn unseal(&self, row: &ConnectionRow) -> Result<Secret> {
        let plain = self.outside()?.vault.unseal(&about(row.org_id, row.id), &row.secret)?;
        serde_json::from_str(plain.expose_secret())
            .map_err(|_| Error::Internal(String::from("a connection's secret is not in our form")))
    }

    /// Seals every secret with the newest key that is not yet. Returns how many were sealed anew. On the machine itself only.
    ///
    /// # Errors
    /// Those of the store and of secrets that cannot be opened.
    pub async fn reseal_secrets(&self) -> Result<usize> {
        let (mut after, mut done) = (None, 0);
        loop {
            let page = connections::secrets(&mut self.store.read().await?, after).await?;
            let Some((last, _, _)) = page.last() else { return Ok(done + self.reseal_embeddings().await?) };
            after = Some(*last);
            for (id, org, sealed) in page {
                if self.outside()?.vault.is_newest(&sealed) {
                    continue;
                }
                let vault = &self.outside()?.vault;
                let plain = vault.unseal(&about(org, id), &sealed)?;
                let fresh = vault.seal(&*self.rng, &about(org, id), plain.expose_secret())?;
                let work = (id, sealed, fresh);
                self.store
                    .write(work, |tx, (id, before, after)| {
                        Box::pin(async move {
                            Ok::<_, Error>(connections::replace_secret(tx, *id, before, after).await?)
                        })
                    })
                    .await?;
                done += 1;
            }
        }
    }
}
