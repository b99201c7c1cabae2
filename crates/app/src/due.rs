//! Check-ins that are owed: one's own (goals §5.4), and those of a list that one may make in others' stead (goals §7.1).

use northing_core::goal::GoalKind;
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::values::{Day, Id, Moment};
use northing_store::explorer::{self, Line, List, ListPage, OpenGoal};
use northing_store::{Rx, goal_facts};

use crate::goal::context::Context;
use crate::{Actor, Error, Northing, Result};

/// Check-ins that My OKRs lists at once.
const ROWS: u16 = 30;

/// What a person owes.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// The first of them, the longest without a check-in first.
    pub lines: Vec<Line>,
    /// How many there are.
    pub all: usize,
}

/// Goals of one page in a period; the current one where none is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageGoals {
    /// The page.
    pub page: ListPage,
    /// Whose page; none for the organisation's.
    pub entity: Option<Id>,
    /// The period.
    pub period: Option<Id>,
}

impl Northing {
    /// The check-ins that the person owes now: the first of them to be shown, and how many there are.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn due_check_ins(&self, actor: &Actor) -> Result<Due> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let since = this_week(context.today, context.now, &context.settings)?;
        let (lines, all) =
            explorer::due(&mut rx, actor.org_id, actor.user_id, context.today, since, ROWS).await?;
        Ok(Due { lines, all: usize::try_from(all).unwrap_or(0) })
    }

    /// Every goal to check in on, one after the other, the longest without a check-in first: those that the person owes, or
    /// those due in a list on which the person may check in.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn check_in_queue(&self, actor: &Actor, of: Option<PageGoals>) -> Result<Vec<Id>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let since = this_week(context.today, context.now, &context.settings)?;
        let Some(of) = of else {
            let (org, user) = (actor.org_id, actor.user_id);
            return Ok(explorer::due_ids(&mut rx, org, user, context.today, since).await?);
        };
        let mut due = context.open(&mut rx, of).await?;
        due.retain(|goal| goal.is_due(context.today, since));
        due.sort_by_key(|goal| goal.last_check_in_at);
        context.those(&mut rx, due, Action::GoalCheckIn).await
    }

    /// The open goals of a page that the actor may close, key results before objectives, so that an objective closes with
    /// the average of its key results.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn to_close(&self, actor: &Actor, of: PageGoals) -> Result<Vec<Id>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let mut open = context.open(&mut rx, of).await?;
        open.sort_by_key(|goal| goal.kind == GoalKind::Objective);
        context.those(&mut rx, open, Action::GoalClose).await
    }
}

impl Context<'_> {
    async fn open(&self, rx: &mut Rx, of: PageGoals) -> Result<Vec<OpenGoal>> {
        let periods = explorer::periods(rx, self.actor.org_id).await?;
        let shown = crate::explorer::chosen(&periods, of.period.as_slice())?;
        let list = List {
            page: of.page,
            entity: of.entity.unwrap_or(self.actor.org_id),
            periods: shown.iter().map(|it| it.id).collect(),
        };
        Ok(explorer::open(rx, &list, self.actor.user_id).await?)
    }

    /// Those of these goals that the actor may do this to, in their order: one statement.
    async fn those(&self, rx: &mut Rx, goals: Vec<OpenGoal>, action: Action) -> Result<Vec<Id>> {
        let ids: Vec<Id> = goals.into_iter().map(|goal| goal.id).collect();
        let facts = goal_facts::goals(rx, self.actor.org_id, self.actor.user_id, &ids).await?;
        let may = |id: &Id| facts.get(id).is_some_and(|facts| self.may(action, Thing::Goal(facts)));
        Ok(ids.into_iter().filter(may).collect())
    }
}

/// Monday 09:00 of this week in the organisation's zone (goals §5.4), or of last week before that hour: a goal without a
/// check-in since then is owed one.
pub(crate) fn this_week(today: Day, now: Moment, settings: &Settings) -> Result<Moment> {
    let zone = crate::cone::zone(settings).map_err(|error| Error::Internal(error.to_string()))?;
    let since_monday = i32::from(today.date().weekday().to_monday_zero_offset());
    let nine = 9 * 3_600_000;
    let monday = today.plus_days(-since_monday).start_in(&zone).plus_millis(nine);
    Ok(if monday <= now {
        monday
    } else {
        today.plus_days(-since_monday - 7).start_in(&zone).plus_millis(nine)
    })
}
