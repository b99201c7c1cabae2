//! Signing in by mail and password, and what the sign-in page knows beforehand.

use northing_core::errors::FieldError;
use northing_core::text;
use northing_store::{members, organizations, users};

use crate::error::Result;
use crate::{Northing, passwords};

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

/// What the sign-in page may say to anybody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reception {
    /// The organisation's name, where there is only one.
    pub organization: Option<String>,
    /// Whom to ask about a forgotten password: names of its owners and admins, at most three.
    pub ask: Vec<String>,
}

impl Northing {
    /// What the sign-in page may say to anybody: of several organisations nothing.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn reception(&self) -> Result<Reception> {
        let mut rx = self.store.read_once().await?;
        let Some((org, name)) = organizations::only(&mut rx).await? else { return Ok(Reception::default()) };
        let ask = members::admins(&mut rx, &[org]).await?.into_iter().map(|(_, name)| name).collect();
        Ok(Reception { organization: Some(name), ask })
    }

    /// Signs in: the secret of a new session.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `password` where mail and password do not belong together (it does not say which is wrong);
    /// [`Error::TooMany`] after too many attempts.
    pub async fn sign_in(&self, given: Credentials) -> Result<String> {
        let key = email_key(&given.email);
        let left = self.attempts.begin(&key, &given.address, self.now())?;
        let user = if key.is_empty() || key.len() > LONGEST_EMAIL || key.chars().any(char::is_control) {
            None
        } else {
            users::by_email_key(&mut self.store.read_once().await?, &key).await?
        };
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        let right = passwords::verify(given.password, hash).await?;
        let Some(user) = user.filter(|_| right) else {
            let left = match left {
                0 => String::from("That was the last attempt for some minutes"),
                1 => String::from("1 attempt left"),
                many => format!("{many} attempts left"),
            };
            let message = format!("Mail address and password do not belong together. {left}");
            return Err(FieldError::new("password", "wrong", message).into());
        };
        self.attempts.succeeded(&key, &given.address);
        self.begin_session(user.id, &given.address, given.user_agent).await
    }
}
