//! Passwords: Argon2id with the parameters that OWASP names (19 MiB, two passes), away from the threads that serve requests.

use std::sync::OnceLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use northing_core::password::LONGEST;
use tokio::sync::Semaphore;

use crate::Northing;
use crate::error::{Error, Result};

/// Each hash takes 19 MiB: so many at once, the others wait.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

async fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let internal = |error: &dyn std::fmt::Display| Error::Internal(error.to_string());
    let _turn = AT_ONCE.acquire().await.map_err(|error| internal(&error))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| internal(&error))?
}

impl Northing {
    /// The PHC text of a password.
    pub(crate) async fn hash_password(&self, password: String) -> Result<String> {
        let mut salt = [0; 16];
        self.rng.fill(&mut salt);
        apart(move || {
            let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|error| Error::Internal(error.to_string()))
        })
        .await
    }
}

/// Whether a password is the one of this PHC text. Without a text it takes as long and is wrong, so that nobody can tell
/// from the time whether there is such a person.
pub(crate) async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    if password.len() > LONGEST {
        return Ok(false);
    }
    apart(move || {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => decoy()?.to_owned(),
        };
        let right = Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok();
        Ok(right && known)
    })
    .await
}

fn decoy() -> Result<&'static str> {
    static DECOY: OnceLock<String> = OnceLock::new();
    if let Some(decoy) = DECOY.get() {
        return Ok(decoy);
    }
    let hash = Argon2::default().hash_password_with_salt(b"nobody has this one", &[7; 16]);
    let hash = hash.map_err(|error| Error::Internal(error.to_string()))?.to_string();
    Ok(DECOY.get_or_init(|| hash))
}
