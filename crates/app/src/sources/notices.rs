//! What people are told of data sources, once each: a link or a connection in trouble, that it works again, a token that ends soon.

use std::collections::BTreeSet;

use northing_core::values::Id;
use northing_store::connections::{self, ConnectionRow};
use northing_store::notices::{self, Notice};
use northing_store::{Rx, Tx};
use serde_json::{Value, json};

use super::connections::text;
use crate::Northing;
use crate::actor::{Actor, Scope};
use crate::check_in::settings;
use crate::error::{Error, Result};

/// Days before a token's end on which people are warned (integrations §2.2).
const STAGES: [i64; 3] = [1, 7, 14];
/// Notices that a person is shown at most.
const SHOWN: u32 = 20;

/// What happened to a link or a connection, for those who look after it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct News {
    /// `link_failed`, `link_recovered`, `connection_failed`, `connection_recovered`, `token_ending`.
    pub(super) kind: &'static str,
    /// The goal, where it is about a link.
    pub(super) goal: Option<Id>,
    /// Who made the link: told where the goal has no owner.
    pub(super) maker: Option<Id>,
    /// What else there is to say.
    pub(super) detail: Value,
}

impl Northing {
    /// Tells what happened at a connection: links to the goals' owners, the connection itself to its owner; both to those who look after
    /// the organisation.
    pub(super) async fn tell(&self, tx: &mut Tx, connection: &ConnectionRow, news: &[News]) -> Result<()> {
        if news.is_empty() {
            return Ok(());
        }
        let org = connection.org_id;
        let goals: Vec<Id> = news.iter().filter_map(|it| it.goal).collect();
        let owners = notices::owners(tx, org, &goals).await?;
        let keepers = notices::keepers(tx, org).await?;
        let mut all = Vec::new();
        for it in news {
            let mut people: BTreeSet<Id> = match it.goal {
                Some(goal) => owners.iter().filter(|(of, _)| *of == goal).map(|(_, user)| *user).collect(),
                None => connection.owner_id.into_iter().collect(),
            };
            if people.is_empty() {
                people.extend(it.maker);
            }
            people.extend(keepers.iter().copied());
            let topic = match (it.kind, it.goal) {
                ("token_ending", _) => format!("token:{}", connection.id),
                (_, Some(goal)) => format!("link:{goal}"),
                (_, None) => format!("connection:{}", connection.id),
            };
            let detail = text(&it.detail)?;
            all.extend(people.into_iter().map(|user_id| Notice {
                id: self.new_id(),
                org_id: org,
                user_id,
                topic: topic.clone(),
                kind: it.kind.to_owned(),
                goal_id: it.goal,
                goal_title: None,
                connection_id: Some(connection.id),
                connection_name: None,
                detail: detail.clone(),
                at: self.now(),
            }));
        }
        Ok(notices::put(tx, &all).await?)
    }

    /// Warns of tokens that end within 14, 7 and 1 days, once for each, whatever number of nodes looks. Returns how many were warned of.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn warn_of_ending_tokens(&self) -> Result<usize> {
        let due = {
            let mut rx = self.store.read().await?;
            // Zones ahead of UTC have tomorrow already.
            let by = self.now().day_in(&jiff::tz::TimeZone::UTC).plus_days(15);
            let mut due = Vec::new();
            for row in connections::ending(&mut rx, by).await? {
                let Some(stage) = self.stage(&mut rx, &row).await? else { continue };
                due.push((row, stage));
            }
            due
        };
        let mut warned = 0;
        for (row, (stage, days)) in due {
            let work = (self.clone(), row);
            warned += self
                .store
                .write(work, move |tx, (app, row)| {
                    Box::pin(async move {
                        if !notices::claim_warning(tx, row.id, stage).await? {
                            return Ok::<_, Error>(0);
                        }
                        let detail = json!({ "expires_on": row.expires_on, "days": days });
                        let news = News { kind: "token_ending", goal: None, maker: None, detail };
                        app.tell(tx, row, &[news]).await?;
                        Ok(1)
                    })
                })
                .await?;
        }
        Ok(warned)
    }

    /// The stage that a connection's token has reached and was not warned of yet, with the days that are left.
    async fn stage(&self, rx: &mut Rx, row: &ConnectionRow) -> Result<Option<(i64, i64)>> {
        let Some(end) = row.expires_on else { return Ok(None) };
        let settings = settings(rx, row.org_id).await?;
        let (today, _) = self.today(&settings)?;
        let days = i64::from(end.days_since(today));
        let stage = STAGES.into_iter().find(|stage| days <= *stage);
        Ok(stage
            .filter(|stage| days >= 0 && row.warned_days.is_none_or(|warned| warned > *stage))
            .map(|it| (it, days)))
    }

    /// What the actor was told and has not put away, the newest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn notices(&self, actor: &Actor) -> Result<Vec<Notice>> {
        actor.need(Scope::Read)?;
        let mut rx = self.store.read_once().await?;
        Ok(notices::of_person(&mut rx, actor.org_id, actor.user_id, SHOWN).await?)
    }

    /// Puts a notice of the actor away.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn dismiss_notice(&self, actor: &Actor, id: Id) -> Result<()> {
        actor.need(Scope::CheckIn)?;
        let gone = self
            .store
            .write((actor.org_id, actor.user_id), move |tx, (org, user)| {
                Box::pin(async move { Ok::<_, Error>(notices::remove(tx, *org, *user, id).await?) })
            })
            .await?;
        if gone { Ok(()) } else { Err(Error::NotFound("notice")) }
    }
}
