//! Inviting people, one or many, from a pasted list: what became of each line is told (goals §1.1, §10.5).

use std::collections::HashSet;

use northing_core::errors::{FieldError, Refusal};
use northing_core::event::EventKind;
use northing_core::invitee::{self, Invitee};
use northing_core::people::{MemberStatus, Role, TeamStatus};
use northing_core::permission::{Action, Thing};
use northing_core::settings::{AccountType, Settings};
use northing_core::text;
use northing_core::values::{Id, Moment};
use northing_store::members::{self, Member};
use northing_store::teams::{self, Team};
use northing_store::{Tx, users};
use serde_json::json;

use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::links::{LinkKind, elsewhere};
use crate::members::NewMember;
use crate::organization::hold;
use crate::sign_in::{check_email, email_key};
use crate::teams::{check_people, facts, shown};
use crate::{Northing, secret};

/// People who are invited together at most.
pub const MOST: usize = 200;

/// Whom somebody invites.
#[derive(Debug, Clone, Default)]
pub struct Invitation {
    /// A person in each line, in any of the forms of [`invitee::read`].
    pub people: String,
    /// What they become; the organisation's default where nobody says otherwise.
    pub role: Option<Role>,
    /// The team that they join as well; who is a member of the organisation already only joins the team.
    pub team: Option<Id>,
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The line as it was typed.
    pub line: String,
    /// The person, where there is one now.
    pub person: Option<(Id, String)>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Is invited: comes in by this link, which is told here once and never again.
    Invited {
        /// The last part of the link's address.
        secret: String,
        /// When it ends.
        expires_at: Moment,
    },
    /// Has an account in this installation and is a member from now on.
    Joined,
    /// Is a member of the organisation, and now of the team as well.
    JoinedTeam,
    /// Was a member of all of it already.
    Already,
    /// Nothing was done, for this reason.
    Not(String),
}

impl Northing {
    /// Invites everyone in a list. Each line is accounted for; one that cannot be done does not hold up the others.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where the actor may neither invite people nor change the team; [`Error::Invalid`] for an empty or
    /// too long list; [`Error::Refused`] for an archived team.
    pub async fn invite(&self, actor: &Actor, invitation: Invitation) -> Result<Vec<Invited>> {
        let lines = invitee::read(&invitation.people);
        if lines.is_empty() {
            return Err(
                FieldError::new("people", "required", "name somebody: a mail address in each line").into()
            );
        }
        if lines.len() > MOST {
            let message = format!("are more than {MOST}: invite them in several lists");
            return Err(FieldError::new("people", "too_many", message).into());
        }
        self.store
            .write((self.clone(), actor.clone(), lines, invitation), |tx, (app, actor, lines, invitation)| {
                Box::pin(async move {
                    let settings = hold(tx, actor).await?.settings;
                    let mut inviting = Inviting::begin(tx, app, actor, &settings, invitation).await?;
                    let mut done = Vec::new();
                    for line in lines {
                        done.push(inviting.one(tx, line).await?);
                    }
                    inviting.end(tx).await?;
                    Ok(done)
                })
            })
            .await
    }
}

/// The work on one list.
struct Inviting<'a> {
    app: &'a Northing,
    actor: &'a Actor,
    settings: &'a Settings,
    role: Role,
    may_invite: bool,
    team: Option<Team>,
    joining: Vec<Id>,
    seen: HashSet<String>,
}

impl<'a> Inviting<'a> {
    async fn begin(
        tx: &mut Tx,
        app: &'a Northing,
        actor: &'a Actor,
        settings: &'a Settings,
        invitation: &Invitation,
    ) -> Result<Self> {
        let team = match invitation.team {
            None => {
                actor.require(Action::MemberInvite, Thing::Organization, settings)?;
                None
            }
            Some(id) => {
                let team = teams::by_id(tx, actor.org_id, id).await?.ok_or(Error::NotFound("team"))?;
                actor.require(Action::TeamMembers, Thing::Team(&facts(&team, actor)), settings)?;
                if team.status == TeamStatus::Archived {
                    let message = "An archived team has no members. Restore it first.";
                    return Err(Refusal::new("team_archived", message).into());
                }
                Some(team)
            }
        };
        let by_default = match settings.default_account {
            AccountType::Regular => Role::Member,
            AccountType::Observer => Role::Observer,
        };
        let role = invitation.role.unwrap_or(by_default);
        match role {
            Role::Owner => actor.require(Action::OrganizationOwners, Thing::Organization, settings)?,
            Role::Admin => actor.require(Action::OrganizationMembers, Thing::Organization, settings)?,
            Role::Member | Role::Observer => {}
        }
        let may_invite = actor.may(Action::MemberInvite, Thing::Organization, settings);
        Ok(Self { app, actor, settings, role, may_invite, team, joining: Vec::new(), seen: HashSet::new() })
    }

    async fn one(&mut self, tx: &mut Tx, line: &Invitee) -> Result<Invited> {
        let told = |person, outcome| Invited { line: line.text.clone(), person, outcome };
        let not = |reason: &str| Ok(told(None, Outcome::Not(reason.to_owned())));
        let email = match check_email("people", &line.email) {
            Ok(email) => email.to_owned(),
            Err(_) => return not("There is no mail address that could be one."),
        };
        if let Err(error) = text::title("people", &line.name) {
            return not(&format!("The name {}.", error.message));
        }
        let key = email_key(&email);
        if !self.seen.insert(key.clone()) {
            return not("Stands in the list twice.");
        }
        let user = users::by_email_key(tx, &key).await?;
        let member = match &user {
            Some(user) => members::by_id(tx, self.actor.org_id, user.id).await?,
            None => None,
        };
        if let Some(member) = member {
            return Ok(self.known(&member, told));
        }
        if !self.may_invite {
            return not("Is not in the organisation, and you may not invite people. Ask an admin.");
        }
        let new = NewMember {
            email,
            name: line.name.clone(),
            role: self.role,
            manager_id: None,
            time_zone: None,
            deactivated: false,
        };
        let (member, has_password) = self.app.add_member(tx, self.actor, self.settings, &new).await?;
        self.joining.push(member.user_id);
        let person = Some((member.user_id, member.name.clone()));
        if has_password || elsewhere(tx, self.actor.org_id, member.user_id).await? {
            return Ok(told(person, Outcome::Joined));
        }
        let secret = secret::new(&*self.app.rng);
        let hash = secret::hash(&secret);
        let expires_at =
            self.app.make_link(tx, self.actor, member.user_id, LinkKind::Invitation, &hash).await?;
        Ok(told(person, Outcome::Invited { secret, expires_at }))
    }

    /// Somebody who is a member of the organisation already.
    fn known(&mut self, member: &Member, told: impl Fn(Option<(Id, String)>, Outcome) -> Invited) -> Invited {
        let person = Some((member.user_id, member.name.clone()));
        if member.status == MemberStatus::Deactivated {
            let reason = "Is deactivated: an admin can bring them back.";
            return told(person, Outcome::Not(reason.to_owned()));
        }
        let outcome = match &self.team {
            Some(team)
                if !team.owners.contains(&member.user_id) && !team.members.contains(&member.user_id) =>
            {
                self.joining.push(member.user_id);
                Outcome::JoinedTeam
            }
            _ => Outcome::Already,
        };
        told(person, outcome)
    }

    /// Puts everyone into the team.
    async fn end(self, tx: &mut Tx) -> Result<()> {
        let Some(mut team) = self.team.filter(|_| !self.joining.is_empty()) else { return Ok(()) };
        let before = shown(&team);
        team.members.extend(self.joining);
        check_people(tx, &mut team).await?;
        team.updated_at = self.app.now();
        teams::update(tx, &team).await?;
        let detail = json!({"before": before, "after": shown(&team)});
        Ok(self.app.note(tx, self.actor, EventKind::TeamEdited, Some(team.id), detail).await?)
    }
}
