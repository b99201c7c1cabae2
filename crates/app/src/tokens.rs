//! API tokens: made with scopes and an end, shown once, revoked at any time.

use northing_core::errors::FieldError;
use northing_core::event::EventKind;
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::text;
use northing_core::values::{Id, Moment};
use northing_store::members::{self, In};
use northing_store::{tokens, users};
use serde_json::json;

pub use northing_store::tokens::ApiToken;

use crate::actor::{Actor, Scope, Scopes, Via};
use crate::caller::{Caller, Membership, actor_of};
use crate::error::{Error, Result};
use crate::sign_in::email_key;
use crate::{Northing, secret};

/// The longest life of a token, in days; also what it gets where nothing is said.
pub const MOST_DAYS: u32 = 365;
const DAY_MILLIS: i64 = 86_400_000;

/// A token that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What may be shown of it later.
    pub token: ApiToken,
    /// The secret: shown now and never again.
    pub secret: String,
}

/// What a token is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenInput {
    /// What it is for.
    pub name: String,
    /// What it may be used for; at least one.
    pub scopes: Vec<Scope>,
    /// Its life in days, 1–365.
    pub days: Option<u32>,
    /// Whether it works in the actor's organisation alone.
    pub only_here: bool,
}

impl Northing {
    /// Makes a token for the actor.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming each wrong field; [`Error::Forbidden`] for observers.
    pub async fn create_token(&self, actor: &Actor, new: TokenInput) -> Result<NewToken> {
        actor.require(Action::Tokens, Thing::Organization, &Settings::default())?;
        let mut errors = Vec::new();
        let name = text::title("name", &new.name).map(str::to_owned);
        errors.extend(name.clone().err());
        if new.scopes.is_empty() {
            errors.push(FieldError::new("scopes", "required", "choose at least one"));
        }
        // A token makes no token that may do more than itself.
        if new.scopes.iter().any(|scope| !actor.scopes.has(*scope)) {
            errors.push(FieldError::new("scopes", "not_allowed", "must not exceed what you act with"));
        }
        let days = new.days.unwrap_or(MOST_DAYS);
        if !(1..=MOST_DAYS).contains(&days) {
            errors.push(FieldError::new("expires_in_days", "out_of_range", "must be between 1 and 365"));
        }
        let Ok(name) = name else { return Err(errors.into()) };
        if !errors.is_empty() {
            return Err(errors.into());
        }
        let now = self.now();
        let token = ApiToken {
            id: self.new_id(),
            user_id: actor.user_id,
            org_id: new.only_here.then_some(actor.org_id),
            name,
            scopes: Scopes::of(&new.scopes).names().join(","),
            created_at: now,
            expires_at: now.plus_millis(i64::from(days) * DAY_MILLIS),
            last_used_at: None,
            last_used_from: None,
            revoked_at: None,
        };
        let secret = format!("nth_{}", secret::new(&*self.rng));
        let input = (self.clone(), actor.clone(), token.clone(), secret::hash(&secret));
        self.store
            .write(input, |tx, (app, actor, token, hash)| {
                Box::pin(async move {
                    tokens::insert(tx, token, hash).await?;
                    let detail = json!({"after": {"name": token.name, "scopes": token.scopes, "expires_at": token.expires_at}});
                    Ok::<_, Error>(app.note(tx, actor, EventKind::TokenCreated, Some(token.id), detail).await?)
                })
            })
            .await?;
        Ok(NewToken { token, secret })
    }

    /// Makes a token for the person behind another one: in the organisation named by its identifier or slug, or in all that the
    /// other one works in.
    ///
    /// # Errors
    /// As for [`Self::create_token`].
    pub async fn create_token_by(
        &self,
        caller: &Caller,
        org: Option<&str>,
        new: TokenInput,
    ) -> Result<NewToken> {
        let actor = self.acting(caller, org).await?;
        let only_here = org.is_some() || caller.org_id.is_some();
        self.create_token(&actor, TokenInput { only_here, ..new }).await
    }

    /// Revokes a token of the person behind another one (or this one itself).
    ///
    /// # Errors
    /// As for [`Self::revoke_token`].
    pub async fn revoke_token_by(&self, caller: &Caller, token: Id) -> Result<()> {
        let actor = self.acting(caller, None).await?;
        self.revoke_token(&actor, token).await
    }

    /// The caller in one of their organisations: the named one, or their first.
    async fn acting(&self, caller: &Caller, org: Option<&str>) -> Result<Actor> {
        let all = self.memberships(caller).await?;
        let wanted = |it: &&Membership| org.is_none_or(|org| it.slug == org || it.org_id.to_string() == org);
        let unknown = || FieldError::new("organization", "unknown", "is none in which this token works");
        let found = all.iter().find(wanted).ok_or_else(unknown)?;
        Ok(actor_of(found, Via::Api, caller.scopes))
    }

    /// The actor's own tokens that are not revoked, newest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_tokens(&self, user: Id) -> Result<Vec<ApiToken>> {
        Ok(tokens::list(&mut self.store.read_once().await?, user).await?)
    }

    /// Revokes one of the actor's own tokens, at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is none of theirs or revoked already.
    pub async fn revoke_token(&self, actor: &Actor, token: Id) -> Result<()> {
        let now: Moment = self.now();
        self.store
            .write((self.clone(), actor.clone()), move |tx, (app, actor)| {
                Box::pin(async move {
                    if !tokens::revoke(tx, actor.user_id, token, now).await? {
                        return Err(Error::NotFound("token"));
                    }
                    Ok(app.note(tx, actor, EventKind::TokenRevoked, Some(token), json!({})).await?)
                })
            })
            .await
    }

    /// A person as an actor for the machine's operator, by mail address; in one organisation, or their first.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such person or they may not act there.
    pub async fn operator(&self, email: &str, org: Option<&str>) -> Result<Actor> {
        let mut rx = self.store.read_once().await?;
        let user = users::by_email_key(&mut rx, &email_key(email)).await?.ok_or(Error::NotFound("person"))?;
        let within = match org {
            Some(text) => text.parse().map_or(In::Slug(text), In::Org),
            None => In::Any,
        };
        let found = members::memberships(&mut rx, user.id, within).await?;
        let first = found.first().ok_or(Error::NotFound("member of the organisation"))?;
        Ok(actor_of(first, Via::CommandLine, Scopes::ALL))
    }

    /// The first owner of an organisation as an actor for the machine's operator.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such organisation.
    pub async fn operator_of(&self, org: &str) -> Result<Actor> {
        let mut rx = self.store.read_once().await?;
        let found = match org.parse() {
            Ok(id) => northing_store::organizations::by_id(&mut rx, id).await?,
            Err(_) => northing_store::organizations::by_slug(&mut rx, org).await?,
        };
        let org = found.ok_or(Error::NotFound("organisation"))?.id;
        let owner = members::first_owner(&mut rx, org).await?.ok_or(Error::NotFound("owner"))?;
        let found = members::memberships(&mut rx, owner, In::Org(org)).await?;
        let first = found.first().ok_or(Error::NotFound("organisation"))?;
        Ok(actor_of(first, Via::CommandLine, Scopes::ALL))
    }
}
