//! What people are told of data sources, once each: a link or a connection in trouble, that it works again, a token that ends soon.

use std::collections::{BTreeSet, HashMap, HashSet};

use northing_connectors::trouble::TroubleKind;
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
    /// The trouble of a link that failed.
    pub(super) trouble: Option<TroubleKind>,
    /// What else there is to say.
    pub(super) detail: Value,
}

fn link_topic(goal: Id) -> String {
    format!("link:{goal}")
}

impl Northing {
    /// Tells what happened at a connection: of links to the goals' owners, of the connection itself to its owner and to those who look after
    /// the organisation. While the connection as a whole is `down`, these are told of it and of none of its links. Of links that are in
    /// trouble by themselves those who look after the organisation are told one for each kind of trouble, and how many others there are.
    pub(super) async fn tell(
        &self,
        tx: &mut Tx,
        connection: &ConnectionRow,
        news: &[News],
        down: bool,
    ) -> Result<()> {
        if news.is_empty() {
            return Ok(());
        }
        let org = connection.org_id;
        let goals: Vec<Id> = news.iter().filter_map(|it| it.goal).collect();
        let mut owners: HashMap<Id, Vec<Id>> = HashMap::new();
        for (goal, user) in notices::owners(tx, org, &goals).await? {
            owners.entry(goal).or_default().push(user);
        }
        let keepers: BTreeSet<Id> = notices::keepers(tx, org).await?.into_iter().collect();
        let of_connection: BTreeSet<Id> = keepers.iter().copied().chain(connection.owner_id).collect();
        let over = news.iter().filter(|it| it.kind == "link_recovered");
        let over: Vec<String> = over.filter_map(|it| Some(link_topic(it.goal?))).collect();
        let holders: HashSet<(String, Id)> = notices::holders(tx, org, &over).await?.into_iter().collect();
        let mut of_kind: HashMap<TroubleKind, usize> = HashMap::new();
        for kind in news.iter().filter_map(|it| it.trouble) {
            *of_kind.entry(kind).or_default() += 1;
        }
        let mut all = Vec::new();
        for it in news {
            let mut tell = |topic: &str, people: BTreeSet<Id>, detail: &Value| -> Result<()> {
                let detail = text(detail)?;
                all.extend(people.into_iter().map(|user_id| Notice {
                    id: self.new_id(),
                    org_id: org,
                    user_id,
                    topic: topic.to_owned(),
                    kind: it.kind.to_owned(),
                    goal_id: it.goal,
                    goal_title: None,
                    connection_id: Some(connection.id),
                    connection_name: None,
                    detail: detail.clone(),
                    at: self.now(),
                }));
                Ok(())
            };
            let Some(goal) = it.goal else {
                let about = if it.kind == "token_ending" { "token" } else { "connection" };
                tell(&format!("{about}:{}", connection.id), of_connection.clone(), &it.detail)?;
                continue;
            };
            let topic = link_topic(goal);
            let mut people: BTreeSet<Id> = owners.remove(&goal).unwrap_or_default().into_iter().collect();
            if people.is_empty() {
                people.extend(it.maker);
            }
            match it.trouble {
                Some(kind) if down && kind.is_of_connection() => {
                    people.retain(|user| !of_connection.contains(user));
                }
                Some(kind) => {
                    // The first of its kind stands for the others.
                    if let Some(count) = of_kind.remove(&kind) {
                        let mut detail = it.detail.clone();
                        if let (Some(detail), true) = (detail.as_object_mut(), count > 1) {
                            detail.insert(String::from("others"), json!(count - 1));
                        }
                        tell(&topic, keepers.difference(&people).copied().collect(), &detail)?;
                    }
                }
                None => {
                    let told = |user: &Id| holders.contains(&(topic.clone(), *user));
                    people.retain(|user| !of_connection.contains(user) || told(user));
                    people.extend(of_connection.iter().filter(|user| told(user)));
                }
            }
            tell(&topic, people, &it.detail)?;
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
                        let news =
                            News { kind: "token_ending", goal: None, maker: None, trouble: None, detail };
                        app.tell(tx, row, &[news], false).await?;
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
