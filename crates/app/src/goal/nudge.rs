//! Asking whoever is to check in for a check-in (goals §5.3): a notice, once a day for each goal and person.

use northing_core::errors::Refusal;
use northing_core::event::EventKind;
use northing_core::goal::check_in_owner;
use northing_core::people::MemberStatus;
use northing_core::permission::Action;
use northing_core::text;
use northing_core::values::Id;
use northing_store::activity::{self, Entry};
use northing_store::notices::{self, Notice};
use northing_store::{Change, Event, goals, members};
use serde_json::json;

use crate::actor::{Actor, Scope};
use crate::check_in::{allow, hold_structure};
use crate::error::{Error, Result};
use crate::joining::MAX_WORDS;
use crate::{Northing, cone};

/// Who was nudged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nudged {
    /// The person.
    pub user_id: Id,
    /// Their name.
    pub name: String,
}

impl Northing {
    /// Tells whoever is to check in on a goal that the actor would like them to, with a comment if there is one.
    ///
    /// # Errors
    /// [`Error::NotFound`] and [`Error::Forbidden`] by the rights on the goal; [`Error::Invalid`] at `comment`; [`Error::Refused`] where
    /// the goal takes no check-in, nobody is there to be told, it is the actor, or the actor did so today.
    pub async fn nudge(&self, actor: &Actor, goal: Id, comment: Option<&str>) -> Result<Nudged> {
        actor.need(Scope::CheckIn)?;
        let comment = comment.map(|it| text::line("comment", it, MAX_WORDS)).transpose()?;
        let comment = comment.filter(|it| !it.is_empty()).map(str::to_owned);
        self.store
            .write((self.clone(), actor.clone(), comment), move |tx, (app, actor, comment)| {
                Box::pin(async move {
                    let settings = hold_structure(tx, actor.org_id).await?;
                    allow(tx, actor, goal, Action::GoalComment, false, &settings).await?;
                    // Two at once wait for each other here, so that the second sees the first.
                    members::hold(tx, actor.org_id, actor.user_id).await?;
                    let row = goals::find(tx, actor.org_id, goal).await?.ok_or(Error::NotFound("goal"))?;
                    if row.status.is_locked() {
                        let message = "This goal takes no check-in while it is closed or postponed.";
                        return Err(Refusal::new("closed", message).into());
                    }
                    let whom = check_in_owner(row.check_in_owner_id, &row.owner_ids);
                    if whom == Some(actor.user_id) {
                        let message = "You are the one who checks in on this goal.";
                        return Err(Refusal::new("own_check_in", message).into());
                    }
                    let member = match whom {
                        Some(whom) => members::by_id(tx, actor.org_id, whom).await?,
                        None => None,
                    };
                    let Some(member) = member.filter(|it| it.status != MemberStatus::Deactivated) else {
                        let message = "Nobody checks in on this goal. Give it an owner first.";
                        return Err(Refusal::new("no_check_in_owner", message).into());
                    };
                    let (today, _) = app.today(&settings)?;
                    let zone = cone::zone(&settings).map_err(|error| Error::Internal(error.to_string()))?;
                    let kind = EventKind::GoalNudged;
                    if activity::did(tx, goal, actor.user_id, kind, today.start_in(&zone)).await? {
                        let message = "You did so today already. Once a day is enough.";
                        return Err(Refusal::new("nudged_today", message).into());
                    }
                    let entry = Entry {
                        id: app.new_id(),
                        org_id: actor.org_id,
                        actor_id: Some(actor.user_id),
                        via: actor.via.name(),
                        kind,
                        goal_id: Some(goal),
                        subject_id: Some(member.user_id),
                        detail: json!({ "comment": comment }),
                        at: app.now(),
                    };
                    activity::record(tx, &entry).await?;
                    let notice = Notice {
                        id: app.new_id(),
                        org_id: actor.org_id,
                        user_id: member.user_id,
                        topic: format!("nudge:{goal}:{}", actor.user_id),
                        kind: String::from("nudge"),
                        goal_id: Some(goal),
                        goal_title: None,
                        connection_id: None,
                        connection_name: None,
                        detail: json!({ "name": actor.name, "message": comment }).to_string(),
                        at: app.now(),
                    };
                    notices::put(tx, &[notice]).await?;
                    tx.announce(Event::goals(actor.org_id, vec![goal], Change::Activity));
                    Ok(Nudged { user_id: member.user_id, name: member.name })
                })
            })
            .await
    }
}
