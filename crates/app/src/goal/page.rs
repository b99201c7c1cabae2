//! Everything that a goal's page and panel show, in one snapshot.

use std::collections::HashMap;

use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::permission::{Action, Thing};
use northing_core::score::{ScoreBand, score_band};
use northing_core::settings::OkrModel;
use northing_core::values::{Day, Id};
use northing_store::check_ins::CheckInRow;
use northing_store::explorer::{self, ChildLine, Line, PeriodLine};
use northing_store::history::Point;
use northing_store::{Rx, check_ins, comments, connections, goal_links, goals, history, link_fills, tasks};

use super::activity::GoalActivity;
use super::arithmetic::Arithmetic;
use super::context::Context;
use super::tasks::{TaskView, view};
use super::view::GoalView;
use crate::check_in::Talk;
use crate::page::PageRequest;
use crate::sources::{AZURE_DEVOPS, Fill, Link, LinkItem};
use crate::{Actor, Error, Northing, Result};

/// Children that a page lists.
const CHILDREN: u16 = 60;
/// Check-ins that a page shows at once.
const CHECK_INS: i64 = 10;
/// Points of the graph.
const POINTS: u16 = 400;
/// Comments on the goal, and on its check-ins, that a page shows at once.
const COMMENTS: i64 = 200;
/// Entries of the activity that a page shows at once.
const ACTIVITY: u16 = 20;
/// Goals above that the ladder shows.
const ABOVE: usize = 60;

/// A goal above another, with the way that leads there.
#[derive(Debug, Clone, PartialEq)]
pub struct Above {
    /// The goal.
    pub line: Line,
    /// Whether the way here is an additional alignment of the goal below it.
    pub additional: bool,
}

/// What a goal's page shows.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "rights, each by itself")]
pub struct GoalPage {
    /// The goal as the API shows it.
    pub goal: GoalView,
    /// The goal as lists show it, with the names of owners and teams.
    pub line: Line,
    /// Who is to check in.
    pub check_in_owner: Option<(Id, String)>,
    /// The period.
    pub period: Option<PeriodLine>,
    /// Every goal above, the highest first.
    pub above: Vec<Above>,
    /// The goals directly below, in priority order.
    pub children: Vec<ChildLine>,
    /// What its progress is made of, where it comes from below.
    pub arithmetic: Arithmetic,
    /// The points of the graph, the oldest first, one for each day.
    pub points: Vec<Point>,
    /// The latest check-ins, the newest first.
    pub check_ins: Vec<CheckInRow>,
    /// The one behind the last of them.
    pub older: Option<CheckInRow>,
    /// How many there are.
    pub check_in_count: i64,
    /// What was said about these check-ins and about the goal.
    pub talk: Talk,
    /// The latest of what happened.
    pub activity: GoalActivity,
    /// The tasks of an initiative.
    pub tasks: Vec<TaskView>,
    /// The band of the score of a closed goal.
    pub band: Option<ScoreBand>,
    /// The organisation's North Star.
    pub north_star: Option<String>,
    /// Today, in the organisation's zone.
    pub today: Day,
    /// Whether the actor may check in.
    pub may_check_in: bool,
    /// Whether the actor may edit it.
    pub may_edit: bool,
    /// Whether the actor may give it another place in lists.
    pub may_move: bool,
    /// Whether the actor may copy it.
    pub may_clone: bool,
    /// Whether the actor may delete it.
    pub may_delete: bool,
    /// Whether the actor may close, postpone or reopen it.
    pub may_close: bool,
    /// Whether the actor may change the shares of its children.
    pub may_contribute: bool,
    /// Whether the actor may ask for a check-in: who sees it and is not the one who checks in.
    pub may_nudge: bool,
    /// Whether the actor may align other goals to it.
    pub may_align_to: bool,
    /// Where its progress comes from outside.
    pub source: PageSource,
}

/// What a goal's page shows of its data source.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageSource {
    /// Its link; none where it has none.
    pub link: Option<Link>,
    /// The work items that it lists, at most 200.
    pub items: Vec<LinkItem>,
    /// How far the filling of its graph is.
    pub fill: Option<Fill>,
    /// Whether goals may follow Azure DevOps here.
    pub on: bool,
    /// Whether the actor may link it, change or remove its link.
    pub may_connect: bool,
    /// Whether the actor may mend the connection.
    pub mendable: bool,
    /// Who owns the connection.
    pub keeper: Option<String>,
    /// Whether the actor may make a connection of their own.
    pub may_make: bool,
    /// Whether the link was made under another OKR model: today's lets no objective be linked (integrations §2.3).
    pub outdated: bool,
    /// When the connection's token ends, where somebody said so.
    pub token_ends: Option<Day>,
}

impl Northing {
    /// A goal with everything around it.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a goal that the actor may not see.
    pub async fn goal_page(&self, actor: &Actor, id: Id) -> Result<GoalPage> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let facts = context.facts(&mut rx, id).await?;
        let row = goals::find(&mut rx, actor.org_id, id).await?.ok_or(Error::NotFound("goal"))?;
        let locked = row.status.is_locked();
        let goal = context.view(&mut rx, row).await?;
        let ancestors = northing_store::alignments::ancestry(&mut rx, &[id]).await?;
        let mut wanted: Vec<Id> = ancestors.values().flatten().copied().collect();
        wanted.push(id);
        let mut lines: HashMap<Id, Line> = explorer::lines(&mut rx, actor.org_id, &wanted, actor.user_id)
            .await?
            .into_iter()
            .map(|line| (line.id, line))
            .collect();
        let line = lines.remove(&id).ok_or(Error::NotFound("goal"))?;
        let children = explorer::children(&mut rx, &[id], actor.user_id, CHILDREN).await?;
        let arithmetic = Arithmetic::of(&mut rx, actor, &goal, &children).await?;
        let points = history::by_day(&mut rx, id, POINTS).await?;
        let mut check_ins = check_ins::page(&mut rx, id, None, CHECK_INS + 1).await?;
        let older = check_ins.get(usize::try_from(CHECK_INS).unwrap_or(usize::MAX)).cloned();
        check_ins.truncate(usize::try_from(CHECK_INS).unwrap_or(usize::MAX));
        let check_in_count = check_ins::count(&mut rx, id).await?;
        let ids: Vec<Id> = check_ins.iter().map(|check_in| check_in.id).collect();
        let mut said = comments::of_check_ins(&mut rx, &ids, COMMENTS).await?;
        said.extend(comments::on_goal(&mut rx, id, COMMENTS).await?);
        let talk = context.talk(&mut rx, &facts, said, &check_ins).await?;
        let tasks =
            if goal.kind == GoalKind::Initiative { tasks::of_goal(&mut rx, id).await? } else { Vec::new() };
        let tasks = tasks.into_iter().map(|task| view(task, goal.due_date)).collect();
        let period =
            explorer::periods(&mut rx, actor.org_id).await?.into_iter().find(|p| p.id == goal.period_id);
        let check_in_owner = match goal.check_in_owner_id {
            Some(user) => northing_store::users::by_id(&mut rx, user).await?.map(|found| (user, found.name)),
            // The first owner, where nobody is named (goals §5.3).
            None => line.owners.first().cloned(),
        };
        let activity = context.activity(&mut rx, id, &PageRequest { limit: ACTIVITY, cursor: None }).await?;
        let org = northing_store::organizations::by_id(&mut rx, actor.org_id).await?;
        let may = |action| context.may(action, Thing::Goal(&facts));
        let source = self.page_source(&mut rx, &context, &goal, !locked && may(Action::GoalConnect)).await?;
        Ok(GoalPage {
            source,
            band: goal.score.map(|score| score_band(score, goal.committed, context.settings.score_bands)),
            above: ladder(id, &ancestors, &mut lines),
            north_star: org.and_then(|org| org.north_star).filter(|star| !star.trim().is_empty()),
            today: context.today,
            may_check_in: !locked && may(Action::GoalCheckIn),
            may_edit: !locked && may(Action::GoalEdit),
            may_move: may(Action::GoalEdit),
            may_clone: may(Action::GoalClone),
            may_delete: !locked && may(Action::GoalDelete),
            may_close: may(Action::GoalClose),
            may_contribute: may(Action::GoalContributions) && !children.is_empty(),
            may_nudge: !locked
                && may(Action::GoalComment)
                && check_in_owner.as_ref().is_some_and(|(id, _)| *id != actor.user_id),
            may_align_to: may(Action::GoalAlignTo),
            goal,
            line,
            check_in_owner,
            period,
            children,
            arithmetic,
            points,
            check_ins,
            older,
            check_in_count,
            talk,
            activity,
            tasks,
        })
    }
}

impl Northing {
    async fn page_source(
        &self,
        rx: &mut Rx,
        context: &Context<'_>,
        goal: &GoalView,
        may_connect: bool,
    ) -> Result<PageSource> {
        let actor = context.actor;
        let on = connections::is_enabled(rx, actor.org_id, AZURE_DEVOPS).await?;
        if goal.progress_mode != ProgressMode::DataSource {
            return Ok(PageSource { on, may_connect, ..PageSource::default() });
        }
        let link = goal_links::find(rx, goal.id).await?.as_ref().map(Link::of).transpose()?;
        let items = if link.as_ref().is_some_and(|link| link.with_tasks) {
            goal_links::items(rx, &[goal.id]).await?
        } else {
            Vec::new()
        };
        let fill = link_fills::find(rx, goal.id).await?;
        let connection = match link.as_ref().and_then(|link| link.connection.as_ref()) {
            Some((id, _)) => connections::find(rx, actor.org_id, *id).await?,
            None => None,
        };
        let token_ends = connection.as_ref().and_then(|it| it.expires_on);
        let keeper = connection.as_ref().and_then(|it| it.owner_name.clone());
        let may_make = may_connect && context.may(Action::ConnectionCreate, Thing::Organization);
        let outdated = goal.kind == GoalKind::Objective && context.settings.okr_model == OkrModel::Classic;
        let mendable = connection.is_some_and(|it| {
            it.owner_id == Some(actor.user_id) || context.may(Action::IntegrationManage, Thing::Organization)
        });
        Ok(PageSource {
            link,
            items,
            fill,
            on,
            may_connect,
            mendable,
            keeper,
            may_make,
            outdated,
            token_ends,
        })
    }
}

/// The goals above from the highest to the nearest: each once, the way of first alignments before additional ones.
fn ladder(goal: Id, parents: &HashMap<Id, Vec<Id>>, lines: &mut HashMap<Id, Line>) -> Vec<Above> {
    let mut order: Vec<(Id, bool)> = Vec::new();
    let mut waiting: Vec<(Id, bool)> = vec![(goal, false)];
    while let Some((id, _)) = waiting.pop() {
        for (at, parent) in parents.get(&id).into_iter().flatten().enumerate() {
            if order.len() < ABOVE && !order.iter().any(|(known, _)| known == parent) {
                order.push((*parent, at > 0));
                waiting.insert(0, (*parent, at > 0));
            }
        }
    }
    order.reverse();
    order
        .into_iter()
        .filter_map(|(id, additional)| Some(Above { line: lines.remove(&id)?, additional }))
        .collect()
}
