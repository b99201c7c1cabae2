//! What a door lets through.

use northing_core::errors::Refusal;

use crate::actor::{Actor, Scope};
use crate::error::{Error, Result};

impl Actor {
    /// Lets only those pass whose session or token has this scope.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn need(&self, scope: Scope) -> Result<()> {
        if self.scopes.has(scope) {
            return Ok(());
        }
        let message = format!("The token lacks the scope \"{scope}\".");
        Err(Error::Forbidden(Refusal::new("scope", message)))
    }
}
