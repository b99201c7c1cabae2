//! The page inside Azure DevOps (integrations §2.7): where it may be framed, who looks, and what a work item serves.
//!
//! The frame has no cookies of ours. The other system signs who looks ([`super::signed`]); for that the frame gets a secret of its own that
//! lasts ten minutes. Who that identity is here a person says once, by a code that Northing shows them and that they type into the frame:
//! a link that somebody sends them can connect nobody.

use northing_core::errors::{FieldError, Refusal};
use northing_core::event::EventKind;
use northing_core::permission::{Action, Thing};
use northing_core::values::Id;
use northing_store::embeddings::{self, EmbedSecret, Embedding};
use northing_store::members::{self, In};
use northing_store::{Rx, connections, link_seen, organizations};
use secrecy::ExposeSecret;
use serde_json::json;

use super::connections::{require_enabled, text};
use super::outside::{AZURE_DEVOPS, Config};
use super::signed;
use crate::actor::{Actor, Scope, Scopes, Via};
use crate::caller::actor_of;
use crate::check_in::settings;
use crate::error::{Error, Result};
use crate::goal::page::GoalPage;
use crate::organization::hold;
use crate::{Northing, secret};

/// Milliseconds that a frame may go on before it is signed anew.
const FRAME: i64 = 10 * 60_000;
/// Milliseconds that a code lasts.
const CODE: i64 = 10 * 60_000;
/// Letters and digits that are not taken for one another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Origins that may frame the page at most.
const ORIGINS: usize = 10;
/// Goals that an item shows at most.
const GOALS: usize = 10;

/// How an organisation lets its page be framed, as admins see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbedSettings {
    /// The origins that may frame it.
    pub origins: Vec<String>,
    /// Whether there is a key; it never comes back.
    pub has_key: bool,
    /// The version; 0 before anything was kept.
    pub version: i64,
}

impl EmbedSettings {
    /// Whether the page can be seen at all: it has a key, and a site may frame it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.has_key && !self.origins.is_empty()
    }
}

/// A person and the page inside the other system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embedded {
    /// Whether their organisation has set it up.
    pub open: bool,
    /// How many identities of the other system are theirs.
    pub identities: i64,
}

/// A frame whose secret is good.
#[derive(Debug, Clone, PartialEq)]
pub struct Framed {
    /// Its secret, to be carried by its forms.
    pub secret: String,
    /// The organisation's name.
    pub organization: String,
    /// Who looks, where that was connected.
    pub actor: Option<Actor>,
    org: Id,
    identity: String,
}

impl Northing {
    /// How the organisation lets its page be framed.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but owners and admins.
    pub async fn embedding(&self, actor: &Actor) -> Result<EmbedSettings> {
        actor.need(Scope::Admin)?;
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        actor.require(Action::IntegrationManage, Thing::Organization, &settings)?;
        embed_settings(&mut rx, actor.org_id).await
    }

    /// Lets the page be framed by these origins; `key` is the extension's, kept where none is given, and forgotten where it is empty.
    ///
    /// # Errors
    /// As [`Northing::embedding`]; [`Error::Invalid`] for what is no origin, [`Error::Conflict`].
    pub async fn set_embedding(
        &self,
        actor: &Actor,
        version: Option<i64>,
        given: &[String],
        key: Option<&str>,
    ) -> Result<EmbedSettings> {
        actor.need(Scope::Admin)?;
        let origins = checked_origins(given)?;
        let key = key.map(|key| northing_core::text::line("key", key, 4_096)).transpose()?;
        let sealed = match key.filter(|key| !key.is_empty()) {
            Some(key) => Some(self.outside()?.vault.seal(&*self.rng, &about(actor.org_id), key)?),
            None => None,
        };
        let forget = key.is_some_and(str::is_empty);
        let work = (self.clone(), actor.clone(), text(&origins)?, sealed);
        self.store
            .write(work, move |tx, (app, actor, origins, sealed)| {
                Box::pin(async move {
                    let settings = hold(tx, actor).await?.settings;
                    actor.require(Action::IntegrationManage, Thing::Organization, &settings)?;
                    require_enabled(tx, actor.org_id, AZURE_DEVOPS).await?;
                    let before = embeddings::find(tx, actor.org_id, AZURE_DEVOPS).await?;
                    let was = before.as_ref().map_or(0, |it| it.version);
                    crate::organization::expect_version(version, was)?;
                    let kept = before.as_ref().and_then(|it| it.secret.clone()).filter(|_| !forget);
                    let after = Embedding {
                        org_id: actor.org_id,
                        kind: AZURE_DEVOPS.to_owned(),
                        origins: origins.clone(),
                        secret: sealed.clone().or(kept),
                        version: was,
                    };
                    embeddings::set(tx, &after, app.now()).await?;
                    let detail = json!({ "kind": AZURE_DEVOPS, "after": { "embed_origins": origins,
                        "embed_key": if sealed.is_some() { "renewed" } else if forget { "removed" } else { "kept" } } });
                    app.note(tx, actor, EventKind::IntegrationEnabled, None, detail).await?;
                    Ok::<_, Error>(())
                })
            })
            .await?;
        self.embedding(actor).await
    }

    /// The origins that may frame the page of an organisation: none where the integration is off.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn embed_origins(&self, slug: &str) -> Result<Vec<String>> {
        let mut rx = self.store.read_once().await?;
        let Some(org) = organizations::by_slug(&mut rx, slug).await? else { return Ok(Vec::new()) };
        if !connections::is_enabled(&mut rx, org.id, AZURE_DEVOPS).await? {
            return Ok(Vec::new());
        }
        Ok(embeddings::find(&mut rx, org.id, AZURE_DEVOPS).await?.as_ref().map(origins).unwrap_or_default())
    }

    /// Opens a frame for whoever the other system says looks.
    ///
    /// # Errors
    /// [`Error::SignedOut`] where that is not signed by the organisation's extension, or nothing may be framed.
    pub async fn open_frame(&self, slug: &str, signed_by_host: &str) -> Result<Framed> {
        let (org, sealed) = {
            let mut rx = self.store.read_once().await?;
            let org = organizations::by_slug(&mut rx, slug).await?.ok_or(Error::SignedOut)?;
            if !connections::is_enabled(&mut rx, org.id, AZURE_DEVOPS).await? {
                return Err(Error::SignedOut);
            }
            let found = embeddings::find(&mut rx, org.id, AZURE_DEVOPS).await?;
            (org.id, found.and_then(|it| it.secret).ok_or(Error::SignedOut)?)
        };
        let key = self.outside()?.vault.unseal(&about(org), &sealed)?;
        let identity =
            signed::identity(signed_by_host, key.expose_secret(), self.now()).ok_or(Error::SignedOut)?;
        let secret = secret::new(&*self.rng);
        let kept = EmbedSecret {
            purpose: String::from("frame"),
            org_id: org,
            user_id: None,
            identity: Some(identity),
            expires_at: self.now().plus_millis(FRAME),
        };
        self.store
            .write((secret::hash(&secret), kept), |tx, (hash, kept)| {
                Box::pin(async move { Ok::<_, Error>(embeddings::put_secret(tx, hash, kept).await?) })
            })
            .await?;
        self.frame(slug, &secret).await
    }

    /// A frame by its secret.
    ///
    /// # Errors
    /// [`Error::SignedOut`] where it has ended, or belongs to another organisation.
    pub async fn frame(&self, slug: &str, secret: &str) -> Result<Framed> {
        let mut rx = self.store.read().await?;
        let found = embeddings::secret(&mut rx, &secret::hash(secret), "frame", self.now()).await?;
        let found = found.ok_or(Error::SignedOut)?;
        let org = organizations::by_slug(&mut rx, slug).await?.filter(|org| org.id == found.org_id);
        let org = org.ok_or(Error::SignedOut)?;
        if !connections::is_enabled(&mut rx, org.id, AZURE_DEVOPS).await? {
            return Err(Error::SignedOut);
        }
        let identity = found.identity.ok_or(Error::SignedOut)?;
        let actor = match embeddings::person(&mut rx, org.id, AZURE_DEVOPS, &identity).await? {
            Some(user) => {
                let found = members::memberships(&mut rx, user, In::Org(org.id)).await?;
                // Reading, checking in, commenting; nothing else can be done from a frame.
                found.first().map(|it| actor_of(it, Via::Embedded, Scopes::of(&[Scope::CheckIn])))
            }
            None => None,
        };
        Ok(Framed { secret: secret.to_owned(), organization: org.name, actor, org: org.id, identity })
    }

    /// A code by which a frame learns that its identity is the actor; earlier ones of theirs end. It is shown here once.
    ///
    /// # Errors
    /// [`Error::Refused`] while the integration is off.
    pub async fn new_embed_code(&self, actor: &Actor) -> Result<String> {
        actor.need(Scope::Write)?;
        let mut bytes = [0; 8];
        self.rng.fill(&mut bytes);
        let code: String = bytes
            .iter()
            .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
            .copied()
            .map(char::from)
            .collect();
        let kept = EmbedSecret {
            purpose: String::from("code"),
            org_id: actor.org_id,
            user_id: Some(actor.user_id),
            identity: None,
            expires_at: self.now().plus_millis(CODE),
        };
        let work = (actor.clone(), hash_of_code(actor.org_id, &code), kept);
        self.store
            .write(work, |tx, (actor, hash, kept)| {
                Box::pin(async move {
                    require_enabled(tx, actor.org_id, AZURE_DEVOPS).await?;
                    embeddings::end_codes(tx, actor.org_id, actor.user_id).await?;
                    Ok::<_, Error>(embeddings::put_secret(tx, hash, kept).await?)
                })
            })
            .await?;
        Ok(code)
    }

    /// How the actor and the page inside Azure DevOps stand.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn embedded(&self, actor: &Actor) -> Result<Embedded> {
        let mut rx = self.store.read().await?;
        let on = connections::is_enabled(&mut rx, actor.org_id, AZURE_DEVOPS).await?;
        let found = embeddings::find(&mut rx, actor.org_id, AZURE_DEVOPS).await?;
        let open = on && found.is_some_and(|it| it.secret.is_some() && !origins(&it).is_empty());
        let identities = embeddings::paired(&mut rx, actor.org_id, AZURE_DEVOPS, actor.user_id).await?;
        Ok(Embedded { open, identities })
    }

    /// No identity of Azure DevOps is the actor any longer.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn part_embed_identities(&self, actor: &Actor) -> Result<()> {
        actor.need(Scope::Write)?;
        self.store
            .write(actor.clone(), |tx, actor| {
                Box::pin(async move {
                    embeddings::part(tx, actor.org_id, AZURE_DEVOPS, actor.user_id).await?;
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    /// From now on the frame's identity is whoever was shown this code.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a code that is wrong, used or over; [`Error::TooMany`] for too many of these.
    pub async fn pair_frame(&self, frame: &Framed, code: &str) -> Result<()> {
        self.attempts.begin(&format!("embed {}", frame.identity), &frame.identity, self.now())?;
        let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
        let hash = hash_of_code(frame.org, &code.to_ascii_uppercase());
        let work = (frame.clone(), hash, self.now());
        self.store
            .write(work, |tx, (frame, hash, now)| {
                Box::pin(async move {
                    let wrong = || {
                        let message =
                            "is not a code that Northing shows at this moment: have it show a new one";
                        Error::from(FieldError::new("code", "invalid", message))
                    };
                    let found = embeddings::secret(tx, hash, "code", *now).await?.ok_or_else(wrong)?;
                    let user = found.user_id.filter(|_| found.org_id == frame.org).ok_or_else(wrong)?;
                    embeddings::use_up(tx, hash).await?;
                    Ok::<_, Error>(
                        embeddings::pair(tx, frame.org, AZURE_DEVOPS, &frame.identity, user, *now).await?,
                    )
                })
            })
            .await
    }

    /// Seals every extension's key with the newest key that is not yet. Returns how many were sealed anew, and how many others changed
    /// meanwhile.
    pub(super) async fn reseal_embeddings(&self) -> Result<(usize, usize)> {
        let vault = &self.outside()?.vault;
        let (mut done, mut missed) = (0, 0);
        for it in embeddings::sealed(&mut self.store.read().await?).await? {
            let Some(sealed) = it.secret.as_deref().filter(|sealed| !vault.is_newest(sealed)) else {
                continue;
            };
            let plain = vault.unseal(&about(it.org_id), sealed)?;
            let fresh = vault.seal(&*self.rng, &about(it.org_id), plain.expose_secret())?;
            let work = (Embedding { secret: Some(fresh), ..it }, self.now());
            let kept = self
                .store
                .write(work, |tx, (it, now)| {
                    Box::pin(async move { Ok::<_, Error>(embeddings::set(tx, it, *now).await?) })
                })
                .await;
            match kept {
                Ok(()) => done += 1,
                Err(Error::Conflict) => missed += 1,
                Err(error) => return Err(error),
            }
        }
        Ok((done, missed))
    }

    /// The goals that a work item, or one above it, serves: each with everything above it. Those that the person may not see are left out.
    ///
    /// # Errors
    /// [`Error::Refused`] where nobody is connected to the frame yet.
    pub async fn framed_item(&self, frame: &Framed, project: &str, item: u64) -> Result<Vec<GoalPage>> {
        let actor = frame.actor.as_ref().ok_or_else(unknown)?;
        let (mut goals, sources) = {
            let mut rx = self.store.read().await?;
            let sources = leading_to(&mut rx, frame.org, project).await?;
            let ids: Vec<Id> = sources.iter().map(|row| row.id).collect();
            (link_seen::covering(&mut rx, frame.org, AZURE_DEVOPS, &ids, item).await?, sources)
        };
        if goals.is_empty()
            && let Some(first) = sources.first()
        {
            // Not counted itself: perhaps one above it is. Where that cannot be read nothing is claimed.
            let above = match self.outside()?.source(first, self.now())?.ancestors(item).await {
                Ok(above) => above,
                Err(trouble) => {
                    tracing::info!(%trouble, item, "the items above one could not be read");
                    Vec::new()
                }
            };
            let ids: Vec<Id> = sources.iter().map(|row| row.id).collect();
            let mut rx = self.store.read().await?;
            for parent in above {
                goals = link_seen::covering(&mut rx, frame.org, AZURE_DEVOPS, &ids, parent).await?;
                if !goals.is_empty() {
                    break;
                }
            }
        }
        let mut pages = Vec::new();
        for goal in goals {
            match self.goal_page(actor, goal).await {
                Ok(page) => pages.push(page),
                Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
            if pages.len() == GOALS {
                break;
            }
        }
        Ok(pages)
    }
}

/// How an organisation lets its page be framed.
pub(super) async fn embed_settings(rx: &mut Rx, org: Id) -> Result<EmbedSettings> {
    let found = embeddings::find(rx, org, AZURE_DEVOPS).await?;
    Ok(found.as_ref().map_or_else(
        || EmbedSettings { origins: Vec::new(), has_key: false, version: 0 },
        |it| EmbedSettings { origins: origins(it), has_key: it.secret.is_some(), version: it.version },
    ))
}

/// The connections that lead to a project, by its identifier or its name.
async fn leading_to(rx: &mut Rx, org: Id, project: &str) -> Result<Vec<connections::ConnectionRow>> {
    let all = connections::list(rx, org, org, true).await?;
    let leads = |row: &connections::ConnectionRow| {
        let config: Config = serde_json::from_str(&row.config).unwrap_or_default();
        row.kind == AZURE_DEVOPS
            && (row.container_id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(project))
                || config.project.trim().eq_ignore_ascii_case(project))
    };
    Ok(all.into_iter().filter(leads).collect())
}

fn unknown() -> Error {
    Error::Refused(Refusal::new(
        "not_connected",
        "Say who you are in Northing first: enter the code that it shows.",
    ))
}

fn hash_of_code(org: Id, code: &str) -> String {
    secret::hash(&format!("code {org} {code}"))
}

fn about(org: Id) -> String {
    format!("embedding {AZURE_DEVOPS} of {org}")
}

fn origins(it: &Embedding) -> Vec<String> {
    serde_json::from_str(&it.origins).unwrap_or_default()
}

/// Origins as browsers write them; no pattern, no path: each is one site.
fn checked_origins(given: &[String]) -> Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    for text in given.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        let wrong = || {
            let message = format!(
                "must be https:// and a host, nothing else, such as https://dev.azure.com; “{text}” is not"
            );
            Error::from(FieldError::new("origins", "invalid", message))
        };
        let lower = text.trim_end_matches('/').to_ascii_lowercase();
        let host =
            lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).ok_or_else(wrong)?;
        let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
        let good = !name.is_empty()
            && name.len() <= 253
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
            && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
        if !good {
            return Err(wrong());
        }
        if !found.contains(&lower) {
            found.push(lower);
        }
    }
    if found.len() > ORIGINS {
        return Err(FieldError::new("origins", "too_many", "ten origins at most").into());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_sites_and_nothing_else() {
        let read = |text: &str| checked_origins(&[text.to_owned()]).ok();
        assert_eq!(read("https://dev.azure.com/").unwrap(), ["https://dev.azure.com"]);
        assert_eq!(read("HTTP://Server:8080").unwrap(), ["http://server:8080"]);
        assert_eq!(read(" ").unwrap(), Vec::<String>::new());
        for bad in [
            "*",
            "https://*.azure.com",
            "dev.azure.com",
            "https://a/b",
            "https://a b",
            "https://a;script-src *",
            "https://a:0",
            "https://",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
