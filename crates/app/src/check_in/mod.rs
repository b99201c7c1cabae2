//! Check-ins (goals §5.1, §5.2): making, previewing, listing, editing and removing them.

mod create;
mod delete;
mod edit;
mod list;
mod opened;
mod panel;

use northing_core::check_in::CheckInError;
use northing_core::cone::State;
use northing_core::errors::FieldError;
use northing_core::permission::{Action, GoalFacts, Thing};
use northing_core::settings::Settings;
use northing_core::status::Status;
use northing_core::values::{Day, Id, Moment};
use northing_core::{check_in::CheckInInput, text};
use northing_store::{Rx, Tx, check_ins, cone, goal_facts};

pub use edit::EditCheckIn;
pub use list::{CheckInList, Rights, Talk};
pub use northing_store::check_ins::CheckInRow;
pub use panel::CheckInPanel;

use crate::cone::Moved;
use crate::error::{Error, Result};
use crate::page::{Page, PageRequest};
use crate::{Actor, Northing};

/// The moment that a check-in holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// This moment.
    Moment(Moment),
    /// The end of this day in the organisation's time zone; today means now.
    Day(Day),
}

/// A check-in to be made.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewCheckIn {
    /// Value or progress, status, stopping and resuming.
    pub input: CheckInInput,
    /// A note in Markdown.
    pub note: Option<String>,
    /// A moment in the past that it holds for; none: now.
    pub as_of: Option<AsOf>,
}

/// A goal that a check-in moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The goal.
    pub goal_id: Id,
    /// Its title, where it was asked for: by a preview.
    pub title: Option<String>,
    /// Progress 0–100 before; none for a baseline.
    pub progress_before: Option<f64>,
    /// And after.
    pub progress_after: Option<f64>,
    /// The status before.
    pub status_before: Status,
    /// And after.
    pub status_after: Status,
    /// The metric's value before.
    pub value_before: Option<f64>,
    /// And after.
    pub value_after: Option<f64>,
}

impl Changed {
    pub(crate) fn of(goal_id: Id, before: &State, after: &State) -> Self {
        Self {
            goal_id,
            title: None,
            progress_before: before.progress(),
            progress_after: after.progress(),
            status_before: before.status,
            status_after: after.status,
            value_before: before.value,
            value_after: after.value,
        }
    }
}

/// What a check-in did, or would do.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedIn {
    /// The check-in; none in a preview and where one was removed.
    pub check_in: Option<CheckInRow>,
    /// Its goal, moved or not.
    pub goal: Changed,
    /// The status that the rules suggest for the value.
    pub suggested: Status,
    /// Every goal above that moved and that the actor may see, children before parents.
    pub changed: Vec<Changed>,
}

impl Northing {
    /// A goal's check-ins, the newest first: two statements and the rights.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a goal that the actor may not see.
    pub async fn list_check_ins(
        &self,
        actor: &Actor,
        goal: Id,
        request: &PageRequest,
    ) -> Result<Page<CheckInRow>> {
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        allow(&mut rx, actor, goal, Action::GoalView, false, &settings).await?;
        let before = request.cursor.as_deref().map(crate::history::read_cursor).transpose()?;
        let limit = i64::from(request.limit) + 1;
        let items = check_ins::page(&mut rx, goal, before, limit).await?;
        Ok(crate::history::paged(items, request.limit, |row| (row.at, row.id)))
    }

    /// The cursor of the list that begins with this check-in: for links that lead to it.
    ///
    /// # Errors
    /// As [`Northing::check_in`].
    pub async fn check_ins_from(&self, actor: &Actor, goal: Id, check_in: Id) -> Result<String> {
        let row = self.check_in(actor, goal, check_in).await?;
        Ok(crate::history::write_cursor(row.at.plus_millis(1), row.id))
    }

    /// One check-in of a goal.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn check_in(&self, actor: &Actor, goal: Id, check_in: Id) -> Result<CheckInRow> {
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        allow(&mut rx, actor, goal, Action::GoalView, false, &settings).await?;
        check_ins::find(&mut rx, goal, check_in).await?.ok_or(Error::NotFound("check-in"))
    }
}

/// The organisation's settings.
pub(crate) async fn settings(rx: &mut Rx, org: Id) -> Result<Settings> {
    goal_facts::settings(rx, org).await?.ok_or(Error::NotFound("organisation"))
}

/// The organisation's settings, while its structure stands still.
pub(crate) async fn hold_structure(tx: &mut Tx, org: Id) -> Result<Settings> {
    goal_facts::lock_progress(tx, org).await?.ok_or(Error::NotFound("organisation"))
}

/// Lets only those pass who may do this to a goal, or to a check-in or comment on it that is theirs or not.
pub(crate) async fn allow(
    rx: &mut Rx,
    actor: &Actor,
    goal: Id,
    action: Action,
    is_author: bool,
    settings: &Settings,
) -> Result<GoalFacts> {
    let facts = goal_facts::goals(rx, actor.org_id, actor.user_id, &[goal]).await?.remove(&goal);
    let facts = GoalFacts { is_author, ..facts.ok_or(Error::NotFound("goal"))? };
    actor.require(action, Thing::Goal(&facts), settings)?;
    Ok(facts)
}

/// A note as it is kept: none if there is nothing in it.
fn note(note: Option<&str>) -> Result<Option<String>> {
    let Some(note) = note else { return Ok(None) };
    let note = text::prose("note", note)?;
    Ok(if note.trim().is_empty() { None } else { Some(note.to_owned()) })
}

impl From<CheckInError> for Error {
    fn from(error: CheckInError) -> Self {
        match error {
            CheckInError::Refused(refusal) => Self::Refused(refusal),
            CheckInError::Invalid(errors) => Self::Invalid(errors),
        }
    }
}

/// The goals above that moved, as far as the actor may know of them; with their titles where asked for.
pub(crate) async fn changed(
    rx: &mut Rx,
    actor: &Actor,
    goal: Id,
    moved: &[Moved],
    titles: bool,
) -> Result<Vec<Changed>> {
    let above = moved.iter().filter(|moved| moved.goal_id != goal);
    let mut all: Vec<Changed> =
        above.clone().map(|moved| Changed::of(moved.goal_id, &moved.before, &moved.after)).collect();
    if !all.is_empty() && (titles || above.clone().any(|moved| moved.restricted)) {
        let ids: Vec<Id> = all.iter().map(|changed| changed.goal_id).collect();
        let mut visible = cone::visible(rx, actor.org_id, actor.user_id, &ids).await?;
        all.retain_mut(|changed| {
            changed.title = visible.remove(&changed.goal_id);
            changed.title.is_some()
        });
    }
    Ok(all)
}

fn wrong(field: &'static str, code: &'static str, message: &'static str) -> Error {
    Error::from(FieldError::new(field, code, message))
}
