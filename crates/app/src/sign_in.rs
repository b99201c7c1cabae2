//! Signing in and out by mail and password; a person's own sessions.

use northing_core::errors::FieldError;
use northing_core::text;
use northing_core::values::Id;
use northing_store::{sessions, users};

pub use northing_store::sessions::Listed as ListedSession;
pub use northing_store::users::User;

use crate::caller::SESSION_MILLIS;
use crate::error::{Error, Result};
use crate::{Northing, passwords, secret};

/// The longest mail address.
const LONGEST_EMAIL: usize = 254;

/// The form in which mail addresses are compared.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Checks a mail address: something, an @, something with neither spaces nor further @.
pub(crate) fn check_email<'a>(field: &'static str, email: &'a str) -> Result<&'a str, FieldError> {
    let email = text::line(field, email, LONGEST_EMAIL)?;
    if email.is_empty() {
        return Err(FieldError::new(field, "required", "must not be empty"));
    }
    let well_formed = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !email.contains(char::is_whitespace)
    });
    if well_formed { Ok(email) } else { Err(FieldError::new(field, "invalid", "must be a mail address")) }
}

/// What a browser sends to sign in.
#[derive(Clone)]
pub struct Credentials {
    /// The mail address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The address that the request comes from.
    pub address: String,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
}

impl Northing {
    /// Signs in: the secret of a new session.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `password` where mail and password do not belong together (it does not say which is wrong);
    /// [`Error::TooMany`] after too many attempts.
    pub async fn sign_in(&self, given: Credentials) -> Result<String> {
        let key = email_key(&given.email);
        self.attempts.begin(&key, &given.address, self.now())?;
        let user = if key.is_empty() || key.len() > LONGEST_EMAIL || key.chars().any(char::is_control) {
            None
        } else {
            users::by_email_key(&mut self.store.read_once().await?, &key).await?
        };
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        let right = passwords::verify(given.password, hash).await?;
        let Some(user) = user.filter(|_| right) else {
            return Err(FieldError::new(
                "password",
                "wrong",
                "Mail address and password do not belong together",
            )
            .into());
        };
        self.attempts.succeeded(&key, &given.address);
        self.begin_session(user.id, given.user_agent).await
    }

    /// Begins a session for a person who has shown who they are; its secret.
    pub(crate) async fn begin_session(&self, user: Id, user_agent: Option<String>) -> Result<String> {
        let secret = secret::new(&*self.rng);
        let (id, now) = (self.new_id(), self.now());
        let user_agent =
            user_agent.map(|name| name.chars().filter(|c| !c.is_control()).take(300).collect::<String>());
        self.store
            .write((secret::hash(&secret), user_agent), move |tx, (hash, user_agent)| {
                Box::pin(async move {
                    let until = now.plus_millis(SESSION_MILLIS);
                    sessions::insert(tx, hash, id, user, user_agent.as_deref(), now, until).await?;
                    Ok::<_, Error>(())
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

    /// A person's sessions that are still good, newest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_sessions(&self, user: Id) -> Result<Vec<ListedSession>> {
        Ok(sessions::list(&mut self.store.read_once().await?, user, self.now()).await?)
    }

    /// A person of the installation: for themselves.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none.
    pub async fn user(&self, user: Id) -> Result<User> {
        users::by_id(&mut self.store.read_once().await?, user).await?.ok_or(Error::NotFound("person"))
    }

    /// Whether anybody has set up this installation.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn is_set_up(&self) -> Result<bool> {
        Ok(northing_store::organizations::any(&mut self.store.read_once().await?).await?)
    }
}

impl Northing {
    /// Stores a person's theme.
    ///
    /// # Errors
    /// [`Error::Invalid`] where it is neither `light`, `dark` nor `system`.
    pub async fn choose_theme(&self, user: Id, theme: String) -> Result<()> {
        if !matches!(theme.as_str(), "light" | "dark" | "system") {
            return Err(FieldError::new("theme", "invalid", "must be light, dark or system").into());
        }
        let now = self.now();
        self.store
            .write(theme, move |tx, theme| {
                Box::pin(async move {
                    let mut user = users::by_id(tx, user).await?.ok_or(Error::NotFound("person"))?;
                    let mut chosen: serde_json::Map<String, serde_json::Value> =
                        serde_json::from_str(&user.preferences).unwrap_or_default();
                    chosen.insert(String::from("theme"), serde_json::Value::from(theme.as_str()));
                    user.preferences = serde_json::Value::Object(chosen).to_string();
                    let key = email_key(&user.email);
                    Ok(users::update(tx, &user, &key, now).await?)
                })
            })
            .await
    }
}
