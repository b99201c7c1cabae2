//! Coming into an organisation as somebody who has an account through another one (goals §1.1): a public one is joined at once, a
//! restricted one that takes requests is asked. One request for each person and organisation; those who look after members decide.

use northing_core::errors::{FieldError, Refusal};
use northing_core::event::EventKind;
use northing_core::people::{JoinPolicy, MemberStatus, RequestState, Role};
use northing_core::permission::{Action, Thing};
use northing_core::settings::{AccountType, Settings};
use northing_core::text;
use northing_core::values::{Id, Moment};
use northing_store::activity::{Entry, record};
use northing_store::members::{self, In, Member};
use northing_store::notices::{self, Notice};
use northing_store::{Failure, Tx, join_requests, organizations, users};
use serde_json::{Value, json};

pub use northing_store::join_requests::{Asking, JoinRequest, Opening};

use crate::Northing;
use crate::actor::{Actor, Via};
use crate::caller::{Caller, SignedIn};
use crate::error::{Error, Result};
use crate::organization::{hold, key, part};
use crate::page::{Page, PageRequest};

/// The longest sentence of somebody who asks, and of a reason, in characters.
pub const MAX_WORDS: usize = 500;
/// Who was declined may ask again after this many days.
pub const DAYS_UNTIL_AGAIN: i64 = 7;
const DAY_MILLIS: i64 = 86_400_000;

/// Somebody with an account, outside of any organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newcomer {
    user: Id,
    via: Via,
    bound: bool,
}

impl From<&SignedIn> for Newcomer {
    fn from(it: &SignedIn) -> Self {
        Self { user: it.user_id, via: Via::Browser, bound: false }
    }
}

impl From<&Caller> for Newcomer {
    fn from(it: &Caller) -> Self {
        Self { user: it.user_id, via: Via::Api, bound: it.org_id.is_some() }
    }
}

impl Newcomer {
    /// A token that works in one organisation alone knows nothing of others.
    fn free(self) -> Result<()> {
        if !self.bound {
            return Ok(());
        }
        let message =
            "This token works in one organisation alone. Use one that works in all of yours to join another.";
        Err(Error::Forbidden(Refusal::new("bound_token", message)))
    }
}

/// What became of asking to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The organisation is public: the person is a member now.
    Joined(Id),
    /// It is restricted: the request waits.
    Waits(JoinRequest),
}

/// When somebody who was declined may ask again.
#[must_use]
pub fn again_at(request: &JoinRequest) -> Option<Moment> {
    request.decided_at.map(|at| at.plus_millis(DAYS_UNTIL_AGAIN * DAY_MILLIS))
}

fn topic(user: Id) -> String {
    format!("join:{user}")
}

fn words(field: &'static str, given: Option<&str>) -> Result<Option<String>, FieldError> {
    let given = given.map(|it| text::line(field, it, MAX_WORDS)).transpose()?;
    Ok(given.filter(|it| !it.is_empty()).map(str::to_owned))
}

const fn asked_already() -> &'static str {
    "You have asked already. Somebody there will decide."
}

impl Northing {
    /// The organisations that a person may join or ask to join, by name, with what became of earlier requests. Restricted ones are
    /// among them only where they take requests, and only for people who work in another organisation here.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a token of one organisation; those of the store.
    pub async fn openings(&self, by: Newcomer) -> Result<Vec<Opening>> {
        by.free()?;
        let mut rx = self.store.read().await?;
        let inside = !members::memberships(&mut rx, by.user, In::Any).await?.is_empty();
        Ok(join_requests::openings(&mut rx, by.user, inside).await?)
    }

    /// Joins a public organisation, as what its settings say new people are, or asks a restricted one.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none, it takes no requests from this person, or they are or were a member;
    /// [`Error::Refused`] while an earlier request waits, and for seven days after it was declined; [`Error::Invalid`] at `message`;
    /// [`Error::Forbidden`] for a token of one organisation.
    pub async fn ask_to_join(&self, by: Newcomer, org: Id, message: Option<&str>) -> Result<Asked> {
        by.free()?;
        let message = words("message", message)?;
        let asked = self
            .store
            .write((self.clone(), message), move |tx, (app, message)| {
                Box::pin(async move {
                    let absent = || Error::NotFound("organisation to join");
                    let found = organizations::share(tx, org).await?.ok_or_else(absent)?;
                    if members::by_id(tx, org, by.user).await?.is_some() {
                        return Err(absent());
                    }
                    if found.join == JoinPolicy::Public {
                        app.admit(tx, org, by.user, &found.settings).await?;
                        let member = members::by_id(tx, org, by.user).await?.ok_or_else(absent)?;
                        let detail = json!({"after": {"name": member.name, "role": member.role}});
                        app.note_of(tx, org, by, EventKind::MemberJoined, detail).await?;
                        return Ok(Asked::Joined(org));
                    }
                    let inside = !members::memberships(tx, by.user, In::Any).await?.is_empty();
                    if !inside || !found.settings.join_requests {
                        return Err(absent());
                    }
                    app.ask(tx, org, by, message.clone()).await.map(Asked::Waits)
                })
            })
            .await;
        match asked {
            Err(Error::Store(Failure::Unique { .. })) => {
                Err(Refusal::new("asked_already", asked_already()).into())
            }
            other => other,
        }
    }

    async fn ask(&self, tx: &mut Tx, org: Id, by: Newcomer, message: Option<String>) -> Result<JoinRequest> {
        let now = self.now();
        if let Some(earlier) = join_requests::of_person(tx, org, by.user).await? {
            match again_at(&earlier) {
                None => return Err(Refusal::new("asked_already", asked_already()).into()),
                Some(again) if again > now => {
                    let message = "They declined within the last seven days. Ask again later, or talk to somebody there.";
                    return Err(Refusal::new("declined_lately", message).into());
                }
                Some(_) => {}
            }
        }
        let request = JoinRequest {
            id: self.new_id(),
            org_id: org,
            user_id: by.user,
            state: RequestState::Open,
            message,
            reason: None,
            created_at: now,
            decided_at: None,
        };
        join_requests::put(tx, &request).await?;
        let person = users::by_id(tx, by.user).await?.ok_or(Error::NotFound("person"))?;
        let detail = json!({"after": {"name": person.name, "message": request.message}});
        self.note_of(tx, org, by, EventKind::MemberRequested, detail).await?;
        let people = notices::keepers(tx, org).await?;
        let detail = json!({"name": person.name, "message": request.message});
        self.tell_of_joining(tx, org, &people, &topic(by.user), "join_requested", &detail).await?;
        Ok(request)
    }

    /// Takes one's own request back, or forgets one that was declined seven days ago or longer.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Refused`] for one that was declined lately; [`Error::Forbidden`] for a token of one organisation.
    pub async fn withdraw_request(&self, by: Newcomer, request: Id) -> Result<()> {
        by.free()?;
        self.store
            .write(self.clone(), move |tx, app| {
                Box::pin(async move {
                    let found = join_requests::by_id(tx, request).await?;
                    let found =
                        found.filter(|it| it.user_id == by.user).ok_or(Error::NotFound("request to join"))?;
                    if again_at(&found).is_some_and(|again| again > app.now()) {
                        let message = "It was declined already. There is nothing left to take back.";
                        return Err(Refusal::new("declined_lately", message).into());
                    }
                    app.request_is_over(tx, found.org_id, by.user).await?;
                    if found.state == RequestState::Open {
                        app.note_of(tx, found.org_id, by, EventKind::MemberRequestWithdrawn, json!({}))
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// The open requests of the actor's organisation, the oldest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; a cursor that is none of ours.
    pub async fn join_requests(&self, actor: &Actor, page: &PageRequest) -> Result<Page<Asking>> {
        actor.require(Action::OrganizationMembers, Thing::Organization, &Settings::default())?;
        let after: Option<Id> = key(page)?;
        let mut rx = self.store.read_once().await?;
        let found = join_requests::open(&mut rx, actor.org_id, after, i64::from(page.limit) + 1).await?;
        Ok(part(found, page, |it| it.request.id))
    }

    /// Lets somebody in who asked. The person is told.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::NotFound`] where there is no open request, such as when somebody else decided first.
    pub async fn accept_request(&self, actor: &Actor, request: Id) -> Result<Member> {
        self.store
            .write((self.clone(), actor.clone()), move |tx, (app, actor)| {
                Box::pin(async move {
                    let found = hold(tx, actor).await?;
                    let request = open_request(tx, actor, request, &found.settings).await?;
                    let member = app.admit(tx, actor.org_id, request.user_id, &found.settings).await?;
                    let detail =
                        json!({"after": {"name": member.name, "email": member.email, "role": member.role}});
                    app.note(tx, actor, EventKind::MemberAdded, Some(member.user_id), detail).await?;
                    let detail = json!({"organization_id": actor.org_id, "organization": found.name});
                    let topic = format!("joining:{}", actor.org_id);
                    app.tell_of_joining(
                        tx,
                        actor.org_id,
                        &[member.user_id],
                        &topic,
                        "join_accepted",
                        &detail,
                    )
                    .await?;
                    Ok(member)
                })
            })
            .await
    }

    /// Declines a request, with a reason if there is one to give. The person is told.
    ///
    /// # Errors
    /// As for [`Self::accept_request`]; [`Error::Invalid`] at `reason`.
    pub async fn decline_request(&self, actor: &Actor, request: Id, reason: Option<&str>) -> Result<()> {
        let reason = words("reason", reason);
        self.store
            .write((self.clone(), actor.clone(), reason), move |tx, (app, actor, reason)| {
                Box::pin(async move {
                    let found = hold(tx, actor).await?;
                    let mut request = open_request(tx, actor, request, &found.settings).await?;
                    request.reason = reason.clone()?;
                    request.state = RequestState::Declined;
                    request.decided_at = Some(app.now());
                    app.request_is_over(tx, actor.org_id, request.user_id).await?;
                    join_requests::put(tx, &request).await?;
                    let person = users::by_id(tx, request.user_id).await?.ok_or(Error::NotFound("person"))?;
                    let detail = json!({"after": {"name": person.name, "reason": request.reason}});
                    app.note(tx, actor, EventKind::MemberRequestDeclined, Some(person.id), detail).await?;
                    let detail = json!({"organization_id": actor.org_id, "organization": found.name, "reason": request.reason});
                    let topic = format!("joining:{}", actor.org_id);
                    app.tell_of_joining(tx, actor.org_id, &[person.id], &topic, "join_declined", &detail).await
                })
            })
            .await
    }

    /// Makes somebody a member who has an account, as what the settings say new people are; a request of theirs is over.
    async fn admit(&self, tx: &mut Tx, org: Id, user: Id, settings: &Settings) -> Result<Member> {
        let person = users::by_id(tx, user).await?.ok_or(Error::NotFound("person"))?;
        let now = self.now();
        let member = Member {
            org_id: org,
            user_id: user,
            email: person.email,
            name: person.name,
            role: match settings.default_account {
                AccountType::Regular => Role::Member,
                AccountType::Observer => Role::Observer,
            },
            status: MemberStatus::Active,
            manager_id: None,
            time_zone: person.time_zone,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        members::insert(tx, &member).await?;
        self.request_is_over(tx, org, user).await?;
        Ok(member)
    }

    /// A request needs nobody's attention any more: it goes, and what was told of it.
    pub(crate) async fn request_is_over(&self, tx: &mut Tx, org: Id, user: Id) -> Result<()> {
        join_requests::remove(tx, org, user).await?;
        notices::close(tx, org, &topic(user)).await?;
        Ok(())
    }

    /// So it is with all requests of somebody who is gone.
    pub(crate) async fn requests_are_over(&self, tx: &mut Tx, user: Id) -> Result<()> {
        for org in join_requests::remove_all(tx, user).await? {
            notices::close(tx, org, &topic(user)).await?;
        }
        Ok(())
    }

    async fn note_of(
        &self,
        tx: &mut Tx,
        org: Id,
        by: Newcomer,
        kind: EventKind,
        detail: Value,
    ) -> Result<(), Failure> {
        let entry = Entry {
            id: self.new_id(),
            org_id: org,
            actor_id: Some(by.user),
            via: by.via.name(),
            kind,
            goal_id: None,
            subject_id: Some(by.user),
            detail,
            at: self.now(),
        };
        record(tx, &entry).await
    }

    async fn tell_of_joining(
        &self,
        tx: &mut Tx,
        org: Id,
        people: &[Id],
        topic: &str,
        kind: &str,
        detail: &Value,
    ) -> Result<()> {
        let notice = |user_id: &Id| Notice {
            id: self.new_id(),
            org_id: org,
            user_id: *user_id,
            topic: topic.to_owned(),
            kind: kind.to_owned(),
            goal_id: None,
            goal_title: None,
            connection_id: None,
            connection_name: None,
            detail: detail.to_string(),
            at: self.now(),
        };
        let all: Vec<Notice> = people.iter().map(notice).collect();
        Ok(notices::put(tx, &all).await?)
    }
}

/// An open request to the actor's organisation, for those who may decide it.
async fn open_request(tx: &mut Tx, actor: &Actor, id: Id, settings: &Settings) -> Result<JoinRequest> {
    actor.require(Action::OrganizationMembers, Thing::Organization, settings)?;
    let absent = || Error::NotFound("open request to join");
    let found = join_requests::by_id(tx, id).await?;
    let found = found.filter(|it| it.org_id == actor.org_id && it.state == RequestState::Open);
    let found = found.ok_or_else(absent)?;
    if members::by_id(tx, actor.org_id, found.user_id).await?.is_some() {
        return Err(absent());
    }
    Ok(found)
}
