//! What was typed into the form of a connection.

use northing_app::sources::{Config, Secret};
use northing_core::errors::FieldError;
use northing_core::values::Day;

use crate::extract::Fields;

/// A form that could be read.
pub(super) struct Entered {
    pub(super) name: String,
    pub(super) shared: bool,
    pub(super) config: Config,
    pub(super) secret: Secret,
    pub(super) expires_on: Option<Day>,
}

impl Entered {
    /// The secret, where one was typed: an empty field keeps the one that is stored.
    pub(super) fn new_secret(&self) -> Option<Secret> {
        let typed = self.secret.pat.is_some() || self.secret.client_secret.is_some();
        typed.then(|| self.secret.clone())
    }
}

/// Reads the form: of the two ways to sign in only the chosen one counts.
pub(super) fn read(fields: &Fields) -> Result<Entered, FieldError> {
    let app = fields.get("auth") == "app";
    let text = |name: &str, counts: bool| fields.filled(name).filter(|_| counts).map(ToOwned::to_owned);
    let day = fields.filled("expires_on").filter(|_| !app).map(str::parse::<Day>).transpose();
    Ok(Entered {
        name: fields.get("name").to_owned(),
        shared: fields.ticked("shared"),
        config: Config {
            account: fields.get("account").trim().to_owned(),
            project: fields.get("project").trim().to_owned(),
            tenant_id: text("tenant_id", app),
            client_id: text("client_id", app),
            authority: text("authority", app),
        },
        secret: Secret { pat: text("pat", !app), client_secret: text("client_secret", app) },
        expires_on: day
            .map_err(|_| FieldError::new("expires_on", "invalid", "must be a day such as 2027-01-31"))?,
    })
}
