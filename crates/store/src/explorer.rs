//! Goals as lists show them: the rows of Explorer and of every page with a tree, read a page at a time by key, with a
//! constant number of statements whatever the number of goals.

use std::collections::HashMap;

use northing_core::goal::{GoalKind, Level, ProgressMode, Visibility};
use northing_core::metric::Metric;
use northing_core::named_values;
use northing_core::phases::Phase;
use northing_core::status::Status;
use northing_core::values::{Day, Id, Moment};

use crate::bind::{Value, list};
use crate::{Failure, Row, Rx, sql};

named_values! {
    /// A page that lists goals; the second half of a placement's address is the entity.
    ListPage {
        /// Explorer: every goal of the organisation.
        All = "all",
        /// The organisation's own goals.
        Organization = "organization",
        /// A team's goals.
        Team = "team",
        /// The goals that a person owns.
        Person = "person",
    }
}

named_values! {
    /// What a flat list is sorted by.
    SortKey {
        /// The order that people gave.
        Priority = "priority",
        /// The title, folded.
        Title = "title",
        /// Progress.
        Progress = "progress",
        /// Status, what needs help first.
        Status = "status",
        /// The moment of the last check-in.
        CheckIn = "check_in",
    }
}

named_values! {
    /// What a list in one level is grouped by (goals §7.1).
    GroupKey {
        /// The period, the earliest first.
        Period = "period",
        /// The first team, by name; goals without one last.
        Team = "team",
        /// The first owner, by name; goals without one last.
        Owner = "owner",
        /// The status, what needs help first.
        Status = "status",
    }
}

/// A goal as a row of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The goal.
    pub id: Id,
    /// Objective, key result or initiative.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Whose it is.
    pub level: Level,
    /// Its period.
    pub period_id: Id,
    /// First day.
    pub start: Day,
    /// Last day.
    pub due: Day,
    /// What it measures, with the latest value.
    pub metric: Metric,
    /// Phased targets.
    pub phases: Vec<Phase>,
    /// Where its progress comes from.
    pub mode: ProgressMode,
    /// Automatic updates are stopped.
    pub automatic_stopped: bool,
    /// Progress 0–100.
    pub progress: Option<f64>,
    /// Progress, not held to 0–100.
    pub progress_unclamped: Option<f64>,
    /// Its status.
    pub status: Status,
    /// Score of a closed goal.
    pub score: Option<f64>,
    /// Committed rather than aspirational.
    pub committed: bool,
    /// Who may see it.
    pub visibility: Visibility,
    /// How many goals are aligned to it.
    pub child_count: i64,
    /// How many goals it is aligned to.
    pub parent_count: i64,
    /// When the last check-in was.
    pub last_check_in_at: Option<Moment>,
    /// Who is to check in.
    pub check_in_owner_id: Option<Id>,
    /// Its owners, first first.
    pub owners: Vec<(Id, String)>,
    /// Its teams, first first.
    pub teams: Vec<(Id, String)>,
}

/// A goal below another.
#[derive(Debug, Clone, PartialEq)]
pub struct ChildLine {
    /// The goal above.
    pub parent_id: Id,
    /// Its share in the parent's progress in per cent.
    pub share: f64,
    /// The goal.
    pub line: Line,
}

/// The SQL condition under which a person sees a goal `g`; the parameter is the person. Says the same as
/// `northing_core::permission::may_see`.
macro_rules! visible {
    ($user:literal) => {
        concat!(
            "(g.visibility = 'everyone' OR g.check_in_owner_id = ",
            $user,
            " OR g.delegate_id = ",
            $user,
            " OR EXISTS (SELECT 1 FROM goal_owners vo WHERE vo.goal_id = g.id AND vo.user_id = ",
            $user,
            ") OR EXISTS (SELECT 1 FROM goal_access va WHERE va.goal_id = g.id AND va.user_id = ",
            $user,
            " AND (va.may_view = 1 OR va.may_edit = 1)))"
        )
    };
}

macro_rules! columns {
    () => {
        "g.id, g.kind, g.title, g.level, g.period_id, g.start_date, g.due_date, g.metric_kind, g.metric_name, g.metric_unit, \
         g.metric_start, g.metric_target, g.risk_threshold, g.metric_current, g.phases, g.progress_mode, g.automatic_stopped, \
         g.progress, g.progress_unclamped, g.status, g.score, g.committed, g.visibility, g.child_count, g.parent_count, \
         g.last_check_in_at, g.check_in_owner_id"
    };
}

pub use below::{Below, two_below};
pub use list::{After, Counts, List, Narrowing, Order, counts, flat, tally, top};
pub use of_teams::{MyTeam, of_teams};
pub use open::{OpenGoal, open};

mod below;
mod list;
mod of_teams;
mod open;

/// The goals directly below each of these, at most `each` of every parent, in priority order, initiatives last.
///
/// # Errors
/// When the store fails.
pub async fn children(rx: &mut Rx, parents: &[Id], viewer: Id, each: u16) -> Result<Vec<ChildLine>, Failure> {
    let mut found = children_unnamed(rx, parents, viewer, each).await?;
    name_people(rx, found.iter_mut().map(|child| &mut child.line)).await?;
    Ok(found)
}

/// The goals directly below one, in the same order, behind the first `skip` of them: at most `most`.
///
/// # Errors
/// When the store fails.
pub async fn children_behind(
    rx: &mut Rx,
    parent: Id,
    viewer: Id,
    skip: u32,
    most: u16,
) -> Result<Vec<ChildLine>, Failure> {
    let (from, to) = (i64::from(skip), i64::from(skip) + i64::from(most));
    let mut found = placed(rx, &[parent], viewer, from, to).await?;
    name_people(rx, found.iter_mut().map(|child| &mut child.line)).await?;
    Ok(found)
}

/// As [`children`], but without owners and teams: [`name_people`] adds them to all rows of a list at once.
///
/// # Errors
/// When the store fails.
pub async fn children_unnamed(
    rx: &mut Rx,
    parents: &[Id],
    viewer: Id,
    each: u16,
) -> Result<Vec<ChildLine>, Failure> {
    placed(rx, parents, viewer, 0, i64::from(each)).await
}

/// The goals below each of these whose place among them is behind `from` and not behind `to`.
async fn placed(
    rx: &mut Rx,
    parents: &[Id],
    viewer: Id,
    from: i64,
    to: i64,
) -> Result<Vec<ChildLine>, Failure> {
    const STATEMENT: &str = concat!(
        "SELECT * FROM (SELECT ",
        columns!(),
        ", a.parent_id, a.share, a.position AS child_position, ",
        "ROW_NUMBER() OVER (PARTITION BY a.parent_id ORDER BY CASE g.kind WHEN 'initiative' THEN 1 ELSE 0 END, a.position, g.id) AS place ",
        "FROM alignments a JOIN goals g ON g.id = a.child_id ",
        "WHERE a.parent_id IN (SELECT value FROM json_each($1)) AND g.deleted_at IS NULL AND ",
        visible!("$2"),
        ") numbered WHERE place <= $3 AND place > $4 ORDER BY parent_id, place"
    );
    if parents.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sql(STATEMENT)
        .bind(list(parents.iter().map(ToString::to_string)))
        .bind(viewer)
        .bind(to)
        .bind(from)
        .fetch_all(rx)
        .await?;
    let read = |row: &Row| {
        Ok(ChildLine { parent_id: row.id("parent_id")?, share: row.real("share")?, line: line(row)? })
    };
    rows.iter().map(read).collect()
}

/// These goals as rows, those of them that the viewer sees, in no order.
///
/// # Errors
/// When the store fails.
pub async fn lines(rx: &mut Rx, org: Id, ids: &[Id], viewer: Id) -> Result<Vec<Line>, Failure> {
    const STATEMENT: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM goals g WHERE g.id IN (SELECT value FROM json_each($1)) AND g.org_id = $2 ",
        "AND g.deleted_at IS NULL AND ",
        visible!("$3")
    );
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sql(STATEMENT)
        .bind(list(ids.iter().map(ToString::to_string)))
        .bind(org)
        .bind(viewer)
        .fetch_all(rx)
        .await?;
    let mut lines = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    name_people(rx, &mut lines).await?;
    Ok(lines)
}

/// The ids and titles of the goals directly above each of these, in the order of alignment: `(child, parent, title, share)`.
///
/// # Errors
/// When the store fails.
pub async fn parents(
    rx: &mut Rx,
    children: &[Id],
    viewer: Id,
) -> Result<Vec<(Id, Id, String, f64)>, Failure> {
    const STATEMENT: &str = concat!(
        "SELECT a.child_id, g.id, g.title, a.share FROM alignments a JOIN goals g ON g.id = a.parent_id ",
        "WHERE a.child_id IN (SELECT value FROM json_each($1)) AND g.deleted_at IS NULL AND ",
        visible!("$2"),
        " ORDER BY a.child_id, a.parent_position, g.id"
    );
    if children.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sql(STATEMENT)
        .bind(list(children.iter().map(ToString::to_string)))
        .bind(viewer)
        .fetch_all(rx)
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("child_id")?, row.id("id")?, row.text("title")?, row.real("share")?)))
        .collect()
}

/// What a person is to check in on: open, in progress by the calendar, manual or stopped, without a check-in since `$4`. Who
/// checks in is named by the goal, or else its first owner (goals §5.3).
macro_rules! owed {
    () => {
        "g.id IN (SELECT c.id FROM goals c WHERE c.check_in_owner_id = $1 UNION ALL SELECT o.goal_id FROM goal_owners o \
         JOIN goals c ON c.id = o.goal_id WHERE o.user_id = $1 AND c.check_in_owner_id IS NULL AND NOT EXISTS \
         (SELECT 1 FROM goal_owners e WHERE e.goal_id = o.goal_id AND e.position < o.position)) \
         AND g.org_id = $2 AND g.deleted_at IS NULL AND g.status NOT IN ('closed', 'postponed') \
         AND (g.progress_mode = 'manual' OR g.automatic_stopped = 1) AND g.start_date <= $3 \
         AND (g.last_check_in_at IS NULL OR g.last_check_in_at < $4)"
    };
}

/// The first goals that a person is to check in on, the longest without a check-in first, and how many there are.
///
/// # Errors
/// When the store fails.
pub async fn due(
    rx: &mut Rx,
    org: Id,
    user: Id,
    today: Day,
    before: Moment,
    limit: u16,
) -> Result<(Vec<Line>, i64), Failure> {
    const STATEMENT: &str = concat!(
        "SELECT ",
        columns!(),
        ", COUNT(*) OVER () AS everything FROM goals g WHERE ",
        owed!(),
        " ORDER BY COALESCE(g.last_check_in_at, 0), g.id LIMIT $5"
    );
    let rows = sql(STATEMENT)
        .bind(user)
        .bind(org)
        .bind(today)
        .bind(before)
        .bind(i64::from(limit))
        .fetch_all(rx)
        .await?;
    let all = rows.first().map(|row| row.int("everything")).transpose()?.unwrap_or(0);
    let mut lines = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    name_people(rx, &mut lines).await?;
    Ok((lines, all))
}

/// Every goal that a person is to check in on, in the order of [`due`].
///
/// # Errors
/// When the store fails.
pub async fn due_ids(rx: &mut Rx, org: Id, user: Id, today: Day, before: Moment) -> Result<Vec<Id>, Failure> {
    const STATEMENT: &str = concat!(
        "SELECT g.id FROM goals g WHERE ",
        owed!(),
        " ORDER BY COALESCE(g.last_check_in_at, 0), g.id"
    );
    let rows = sql(STATEMENT).bind(user).bind(org).bind(today).bind(before).fetch_all(rx).await?;
    rows.iter().map(|row| row.id("id")).collect()
}

fn keyed_line(row: &Row) -> Result<(Line, After), Failure> {
    let line = line(row)?;
    let after = After { number: row.real("sort_number")?, text: row.text("sort_text")?, id: line.id };
    Ok((line, after))
}

/// Adds their owners and teams to rows: two statements for any number of them.
///
/// # Errors
/// When the store fails.
pub async fn name_people<'a>(
    rx: &mut Rx,
    lines: impl IntoIterator<Item = &'a mut Line>,
) -> Result<(), Failure> {
    let lines: Vec<&mut Line> = lines.into_iter().collect();
    if lines.is_empty() {
        return Ok(());
    }
    let ids: Value = list(lines.iter().map(|line| line.id.to_string()));
    let owners =
        sql("SELECT o.goal_id, o.user_id AS id, u.name FROM goal_owners o JOIN users u ON u.id = o.user_id \
         WHERE o.goal_id IN (SELECT value FROM json_each($1)) ORDER BY o.goal_id, o.position, o.user_id")
        .bind(ids.clone())
        .fetch_all(rx)
        .await?;
    let teams = sql(
        "SELECT gt.goal_id, gt.team_id AS id, t.name FROM goal_teams gt JOIN teams t ON t.id = gt.team_id \
         WHERE gt.goal_id IN (SELECT value FROM json_each($1)) ORDER BY gt.goal_id, gt.position, gt.team_id",
    )
    .bind(ids)
    .fetch_all(rx)
    .await?;
    let owners = grouped(&owners)?;
    let teams = grouped(&teams)?;
    for line in lines {
        line.owners = owners.get(&line.id).cloned().unwrap_or_default();
        line.teams = teams.get(&line.id).cloned().unwrap_or_default();
    }
    Ok(())
}

fn grouped(rows: &[Row]) -> Result<HashMap<Id, Vec<(Id, String)>>, Failure> {
    let mut groups: HashMap<Id, Vec<(Id, String)>> = HashMap::new();
    for row in rows {
        groups.entry(row.id("goal_id")?).or_default().push((row.id("id")?, row.text("name")?));
    }
    Ok(groups)
}

fn line(row: &Row) -> Result<Line, Failure> {
    Ok(Line {
        id: row.id("id")?,
        kind: row.parsed("kind")?,
        title: row.text("title")?,
        level: row.parsed("level")?,
        period_id: row.id("period_id")?,
        start: row.day("start_date")?,
        due: row.day("due_date")?,
        metric: Metric {
            kind: row.parsed("metric_kind")?,
            name: row.opt_text("metric_name")?,
            unit: row.opt_text("metric_unit")?,
            start: row.real("metric_start")?,
            target: row.opt_real("metric_target")?,
            risk_threshold: row.opt_real("risk_threshold")?,
            current: row.opt_real("metric_current")?,
        },
        phases: row.json("phases")?,
        mode: row.parsed("progress_mode")?,
        automatic_stopped: row.flag("automatic_stopped")?,
        progress: row.opt_real("progress")?,
        progress_unclamped: row.opt_real("progress_unclamped")?,
        status: row.parsed("status")?,
        score: row.opt_real("score")?,
        committed: row.flag("committed")?,
        visibility: row.parsed("visibility")?,
        child_count: row.int("child_count")?,
        parent_count: row.int("parent_count")?,
        last_check_in_at: row.opt_moment("last_check_in_at")?,
        check_in_owner_id: row.opt_id("check_in_owner_id")?,
        owners: Vec::new(),
        teams: Vec::new(),
    })
}

/// The text as it stands inside a LIKE pattern with `!` as escape.
fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// A period as the selector shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodLine {
    /// The period.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// First day.
    pub start: Day,
    /// Last day.
    pub end: Day,
    /// Whether it is the current one.
    pub is_current: bool,
}

/// The newest 60 periods of an organisation, the latest first; where several start together the longest first.
///
/// # Errors
/// When the store fails.
pub async fn periods(rx: &mut Rx, org: Id) -> Result<Vec<PeriodLine>, Failure> {
    let rows = sql("SELECT id, name, start_date, end_date, is_current FROM periods WHERE org_id = $1 \
         ORDER BY start_date DESC, end_date DESC, id LIMIT 60")
    .bind(org)
    .fetch_all(rx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(PeriodLine {
                id: row.id("id")?,
                name: row.text("name")?,
                start: row.day("start_date")?,
                end: row.day("end_date")?,
                is_current: row.flag("is_current")?,
            })
        })
        .collect()
}

/// A team in the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamLine {
    /// The team.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The team above it.
    pub parent_id: Option<Id>,
    /// Whether there are teams below it.
    pub has_children: bool,
}

/// Teams in use directly below `parent` (or below none), by name; at most `limit`.
///
/// # Errors
/// When the store fails.
pub async fn teams(rx: &mut Rx, org: Id, parent: Option<Id>, limit: u16) -> Result<Vec<TeamLine>, Failure> {
    macro_rules! teams {
        ($parent:literal) => {
            concat!(
                "SELECT t.id, t.name, t.parent_id, ",
                "CASE WHEN EXISTS (SELECT 1 FROM teams c WHERE c.parent_id = t.id AND c.status = 'active') THEN 1 ELSE 0 END AS has_children ",
                "FROM teams t WHERE t.org_id = $1 AND ", $parent, " AND t.status = 'active' ORDER BY t.name_key, t.id LIMIT $2"
            )
        };
    }
    let found = match parent {
        None => sql(teams!("t.parent_id IS NULL")).bind(org).bind(i64::from(limit)),
        Some(parent) => sql(teams!("t.parent_id = $3")).bind(org).bind(i64::from(limit)).bind(parent),
    };
    let rows = found.fetch_all(rx).await?;
    rows.iter().map(team_line).collect()
}

/// The teams in use directly below a team and below all that stand above it, by name: its branch of the tree, opened.
///
/// # Errors
/// When the store fails.
pub async fn branch(rx: &mut Rx, org: Id, team: Option<Id>, limit: u16) -> Result<Vec<TeamLine>, Failure> {
    let Some(team) = team else { return Ok(Vec::new()) };
    // Teams nest without cycles; the bound keeps a broken tree from running on.
    let rows = sql("WITH RECURSIVE up (id, parent_id, height) AS ( \
         SELECT t.id, t.parent_id, 0 FROM teams t WHERE t.id = $3 AND t.org_id = $1 \
         UNION ALL SELECT t.id, t.parent_id, up.height + 1 FROM teams t JOIN up ON t.id = up.parent_id WHERE up.height < 50) \
         SELECT t.id, t.name, t.parent_id, \
         CASE WHEN EXISTS (SELECT 1 FROM teams c WHERE c.parent_id = t.id AND c.status = 'active') THEN 1 ELSE 0 END AS has_children \
         FROM teams t WHERE t.org_id = $1 AND t.parent_id IN (SELECT up.id FROM up) AND t.status = 'active' \
         ORDER BY t.name_key, t.id LIMIT $2")
    .bind(org)
    .bind(i64::from(limit))
    .bind(team)
    .fetch_all(rx)
    .await?;
    rows.iter().map(team_line).collect()
}

fn team_line(row: &Row) -> Result<TeamLine, Failure> {
    Ok(TeamLine {
        id: row.id("id")?,
        name: row.text("name")?,
        parent_id: row.opt_id("parent_id")?,
        has_children: row.flag("has_children")?,
    })
}

/// How many goals a person is to check in on, counted as [`due`] lists them.
///
/// # Errors
/// When the store fails.
pub async fn due_count(rx: &mut Rx, org: Id, user: Id, today: Day, before: Moment) -> Result<i64, Failure> {
    const STATEMENT: &str = concat!("SELECT COUNT(*) AS goals FROM goals g WHERE ", owed!());
    sql(STATEMENT).bind(user).bind(org).bind(today).bind(before).fetch_one(rx).await?.int("goals")
}
