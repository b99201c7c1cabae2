//! The goals above a change: locked, loaded and saved in few statements, however wide and deep the tree.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::str::FromStr;

use futures_util::StreamExt;
use northing_core::cone::{Cone, ConeError, Edge, Node, Seed, State};
use northing_core::goal::Visibility;
use northing_core::metric::Metric;
use northing_core::rollup::Tasks;
use northing_core::status::Status;
use northing_core::values::{Id, Moment};

use crate::bind::{Bind, list};
use crate::bulk::Bulk;
use crate::dialect::Engine;
use crate::failure::Failure;
use crate::history::Source;
use crate::query::sql;
use crate::row::Row;
use crate::transaction::{Rx, Tx};
use crate::visible_goal;

// What a task weighs, in millionths: whole numbers have one sum on every engine and in every order.
macro_rules! weight {
    () => {
        "CASE WHEN t.kind = 'milestone' AND t.weight IS NOT NULL THEN \
         CAST(ROUND(CASE WHEN t.weight > 1000000 THEN 1000000 ELSE t.weight END * 1000000) AS BIGINT) ELSE 1000000 END"
    };
}

// Every column costs a conversion for every row, and an organisation has many rows: what is text or small stands in one
// column, joined by `|`; real numbers stay as they are, because not every engine writes them out in full.
macro_rules! node_columns {
    () => { concat!(
        "g.id || '|' || g.kind || '|' || g.metric_kind || '|' || g.progress_mode || '|' || g.automatic_stopped || '|' || \
         g.start_date || '|' || g.due_date || '|' || g.status || '|' || g.automatic_status || '|' || g.status_is_manual || '|' || \
         CASE WHEN g.last_check_in_at IS NULL AND g.last_source IS NULL THEN 0 ELSE 1 END || '|' || \
         CASE WHEN g.kind = 'initiative' THEN (SELECT COALESCE(sum(",
        weight!(),
        "), 0) FROM tasks t WHERE t.goal_id = g.id) ELSE 0 END || '|' || \
         CASE WHEN g.kind = 'initiative' THEN (SELECT COALESCE(sum(",
        weight!(),
        "), 0) FROM tasks t WHERE t.goal_id = g.id AND t.done = 1) ELSE 0 END || \
         '|' || COALESCE(g.metric_unit, '') AS node, g.metric_start, g.metric_target, g.risk_threshold, g.metric_current, \
         g.progress_unclamped, g.score, CASE WHEN g.phases = '[]' THEN NULL ELSE g.phases END AS phases"
    ) };
}

macro_rules! above {
    () => {
        "WITH RECURSIVE above (id) AS (SELECT value FROM json_each($2) UNION \
         SELECT a.parent_id FROM above JOIN alignments a ON a.child_id = above.id JOIN goals p ON p.id = a.parent_id \
         WHERE p.deleted_at IS NULL)"
    };
}

/// A cone with what the rules do not need but its users do.
#[derive(Debug, Clone)]
pub struct Above {
    /// The goals.
    pub cone: Cone,
    about: HashMap<Id, About>,
    shares: HashMap<(Id, Id), f64>,
}

/// What else is known of a goal.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// How it was stored.
    pub stored: State,
    /// Whether its automatic updates were stored as stopped.
    pub stopped: bool,
    /// Only named people may see it.
    pub restricted: bool,
    /// The moment of its latest check-in.
    pub last_check_in_at: Option<Moment>,
    /// When it last changed; no two changes of a goal have the same moment.
    pub updated_at: Moment,
}

impl Above {
    /// What else is known of a goal.
    #[must_use]
    pub fn about(&self, goal: Id) -> Option<&About> {
        self.about.get(&goal)
    }

    /// Shares of the seeds' children that are not as stored: parent, child, share.
    #[must_use]
    pub fn moved_shares(&self, seeds: &[Seed]) -> Vec<(Id, Id, f64)> {
        let parents = seeds.iter().filter_map(|seed| match seed {
            Seed::Children(id) | Seed::Lost(id) => Some(*id),
            Seed::Own(_) | Seed::Anew(_) => None,
        });
        let all = parents.flat_map(|parent| {
            self.cone.shares(parent).into_iter().map(move |(child, share)| (parent, child, share))
        });
        all.filter(|&(parent, child, share)| self.shares.get(&(parent, child)) != Some(&share)).collect()
    }
}

/// Locks these goals and all above them, in the order of their ids. On SQLite the writer is alone: nothing to do.
///
/// # Errors
/// What the database says.
pub async fn lock(tx: &mut Tx, org: Id, goals: &[Id]) -> Result<(), Failure> {
    if tx.engine() == Engine::Postgres {
        sql(concat!(
            above!(),
            " SELECT g.id FROM goals g WHERE g.org_id = $1 AND g.id IN (SELECT id FROM above) ORDER BY g.id"
        ))
        .bind(org)
        .bind(list(goals))
        .for_update()
        .fetch_all(tx)
        .await?;
    }
    Ok(())
}

/// Loads these goals, all above them, and all children of those, in one statement. Deleted goals are left out.
///
/// # Errors
/// [`Failure::Corrupt`] where the alignment runs in a circle; what the database says.
pub async fn load(rx: &mut Rx, org: Id, goals: &[Id]) -> Result<Above, Failure> {
    let rows = sql(concat!(
        above!(),
        ", seen (id, parent_id, fixed, share, position) AS (SELECT id, CAST(NULL AS TEXT), CAST(NULL AS DOUBLE PRECISION), \
         CAST(NULL AS DOUBLE PRECISION), CAST(NULL AS DOUBLE PRECISION) FROM above UNION ALL \
         SELECT a.child_id, a.parent_id, a.fixed, a.share, a.position FROM above JOIN alignments a ON a.parent_id = above.id) \
         SELECT seen.fixed, seen.share, seen.position, COALESCE(seen.parent_id, '') || '|' || g.visibility || '|' || \
         COALESCE(CAST(g.last_check_in_at AS TEXT), '') || '|' || g.updated_at || '|' || ",
        node_columns!(),
        " FROM seen JOIN goals g ON g.id = seen.id WHERE g.org_id = $1 AND g.deleted_at IS NULL"
    ))
    .bind(org)
    .bind(list(goals))
    .fetch_all(rx)
    .await?;
    let (mut nodes, mut about, mut links) = (Vec::new(), HashMap::new(), Vec::new());
    let mut shares = HashMap::new();
    for row in &rows {
        let text = row.text("node")?;
        let parts = &mut text.splitn(18, '|');
        let parent = opt_part("parent_id", parts)?;
        let visibility: Visibility = part("visibility", parts)?;
        let last: Option<i64> = opt_part("last_check_in_at", parts)?;
        let updated_at = Moment::from_millis(part("updated_at", parts)?);
        let node = read_node(row, parts)?;
        let id = node.id;
        if let Some(parent) = parent {
            links.push(Link {
                parent,
                child: id,
                fixed: row.opt_real("fixed")?,
                position: row.real("position")?,
            });
            shares.insert((parent, id), row.real("share")?);
        }
        if let Entry::Vacant(place) = about.entry(id) {
            let known = About {
                stored: node.state,
                stopped: node.automatic_stopped,
                restricted: visibility == Visibility::Restricted,
                last_check_in_at: last.map(Moment::from_millis),
                updated_at,
            };
            place.insert(known);
            nodes.push(node);
        }
    }
    links.retain(|link| about.contains_key(&link.parent));
    Ok(Above { cone: Cone::new(nodes, &edges(links)).map_err(circle)?, about, shares })
}

/// Loads a whole organisation in one pass: 200,000 goals in a few hundred bytes each.
///
/// # Errors
/// As [`load`].
pub async fn load_organization(rx: &mut Rx, org: Id) -> Result<Cone, Failure> {
    let mut nodes = Vec::new();
    {
        let mut rows = sql(concat!(
            "SELECT ",
            node_columns!(),
            " FROM goals g WHERE g.org_id = $1 AND g.deleted_at IS NULL"
        ))
        .bind(org)
        .stream(rx)
        .await?;
        while let Some(row) = rows.next().await {
            let row = row?;
            let text = row.text("node")?;
            nodes.push(read_node(&row, &mut text.splitn(14, '|'))?);
        }
    }
    let there: HashSet<Id> = nodes.iter().map(|node| node.id).collect();
    let mut links = Vec::with_capacity(nodes.len());
    {
        let mut rows =
            sql("SELECT a.parent_id || '|' || a.child_id AS ends, a.fixed, a.position FROM goals c \
             JOIN alignments a ON a.child_id = c.id WHERE c.org_id = $1")
            .bind(org)
            .stream(rx)
            .await?;
        while let Some(row) = rows.next().await {
            let row = row?;
            let ends = row.text("ends")?;
            let mut ends = ends.split('|');
            let link = Link {
                parent: part("ends", &mut ends)?,
                child: part("ends", &mut ends)?,
                fixed: row.opt_real("fixed")?,
                position: row.real("position")?,
            };
            if there.contains(&link.parent) && there.contains(&link.child) {
                links.push(link);
            }
        }
    }
    Cone::new(nodes, &edges(links)).map_err(circle)
}

/// How a goal is to stand from now on.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// The goal.
    pub id: Id,
    /// Its state.
    pub state: State,
    /// Whether its automatic updates are stopped.
    pub stopped: bool,
    /// The moment of its latest check-in.
    pub check_in: LastCheckIn,
    /// What moved it.
    pub source: Source,
    /// When.
    pub at: Moment,
}

/// What becomes of the moment of a goal's latest check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastCheckIn {
    /// It stays.
    Keep,
    /// It is now this; none: there is no check-in any more.
    Set(Option<Moment>),
}

/// Saves how goals stand, in one statement for up to 256 of them. Versions stay: they guard what people edit.
///
/// # Errors
/// What the database says.
pub async fn save(tx: &mut Tx, goals: &[Standing]) -> Result<(), Failure> {
    let mut rows = Bulk::new(13);
    for goal in goals {
        let state = &goal.state;
        let (set, at) = match goal.check_in {
            LastCheckIn::Keep => (false, None),
            LastCheckIn::Set(at) => (true, at),
        };
        rows.push([
            goal.id.value(),
            state.value.value(),
            state.progress().value(),
            state.progress_unclamped.value(),
            state.status.name().value(),
            state.automatic_status.name().value(),
            state.manual_status.value(),
            state.score.value(),
            goal.stopped.value(),
            state.started.then_some(goal.source.name()).value(),
            set.value(),
            at.value(),
            goal.at.value(),
        ]);
    }
    if !rows.is_empty() {
        rows.update_later(
            tx,
            "UPDATE goals SET metric_current = v.column2, progress = v.column3, progress_unclamped = v.column4, \
             status = v.column5, automatic_status = v.column6, status_is_manual = v.column7, score = v.column8, \
             automatic_stopped = v.column9, last_source = v.column10, \
             last_check_in_at = CASE WHEN v.column11 = 1 THEN v.column12 ELSE goals.last_check_in_at END, \
             closed_at = CASE WHEN v.column5 = 'closed' AND goals.closed_at IS NULL THEN v.column13 ELSE goals.closed_at END, \
             updated_at = v.column13 FROM ({rows}) v WHERE goals.id = v.column1",
        )
        .await?;
    }
    Ok(())
}

/// As [`save`], for the goals of a whole organisation: no moment of a check-in changes, and what the indexes know of a
/// goal is written only where its status moved.
///
/// # Errors
/// What the database says.
pub async fn save_many(tx: &mut Tx, goals: &[(Standing, Status)]) -> Result<(), Failure> {
    let (mut numbers, mut statuses) = (Bulk::new(8), Bulk::new(10));
    for (goal, before) in goals {
        let state = &goal.state;
        let all = [
            goal.id.value(),
            state.value.value(),
            state.progress().value(),
            state.progress_unclamped.value(),
            state.automatic_status.name().value(),
            state.manual_status.value(),
            state.started.then_some(goal.source.name()).value(),
            goal.at.value(),
        ];
        if state.status == *before {
            numbers.push(all);
        } else {
            statuses.push(all.into_iter().chain([state.status.name().value(), state.score.value()]));
        }
    }
    numbers
        .update(
            tx,
            "UPDATE goals SET metric_current = v.column2, progress = v.column3, progress_unclamped = v.column4, \
             automatic_status = v.column5, status_is_manual = v.column6, last_source = v.column7, updated_at = v.column8 \
             FROM ({rows}) v WHERE goals.id = v.column1",
        )
        .await?;
    statuses
        .update(
            tx,
            "UPDATE goals SET metric_current = v.column2, progress = v.column3, progress_unclamped = v.column4, \
             automatic_status = v.column5, status_is_manual = v.column6, last_source = v.column7, updated_at = v.column8, \
             status = v.column9, score = v.column10, \
             closed_at = CASE WHEN v.column9 = 'closed' AND goals.closed_at IS NULL THEN v.column8 ELSE goals.closed_at END \
             FROM ({rows}) v WHERE goals.id = v.column1",
        )
        .await?;
    Ok(())
}

/// Saves effective shares: parent, child, share in percent.
///
/// # Errors
/// What the database says.
pub async fn save_shares(tx: &mut Tx, shares: &[(Id, Id, f64)]) -> Result<(), Failure> {
    let mut rows = Bulk::new(3);
    for (parent, child, share) in shares {
        rows.push([parent.value(), child.value(), share.value()]);
    }
    if !rows.is_empty() {
        rows.update_later(
            tx,
            "UPDATE alignments SET share = v.column3 FROM ({rows}) v \
             WHERE alignments.parent_id = v.column1 AND alignments.child_id = v.column2",
        )
        .await?;
    }
    Ok(())
}

/// Those of these goals that somebody may see, with their titles.
///
/// # Errors
/// What the database says.
pub async fn visible(rx: &mut Rx, org: Id, person: Id, goals: &[Id]) -> Result<HashMap<Id, String>, Failure> {
    let rows = sql(concat!(
        "SELECT g.id, g.title FROM goals g WHERE g.org_id = $1 AND g.id IN (SELECT value FROM json_each($3)) \
         AND g.deleted_at IS NULL AND ",
        visible_goal!("g", "$2")
    ))
    .bind(org)
    .bind(person)
    .bind(list(goals))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.text("title")?))).collect()
}

/// As [`visible`], without titles and with deleted goals.
///
/// # Errors
/// What the database says.
pub async fn visible_or_deleted(rx: &mut Rx, org: Id, person: Id, goals: &[Id]) -> Result<Vec<Id>, Failure> {
    let rows = sql(concat!(
        "SELECT g.id FROM goals g WHERE g.org_id = $1 AND g.id IN (SELECT value FROM json_each($3)) AND ",
        visible_goal!("g", "$2")
    ))
    .bind(org)
    .bind(person)
    .bind(list(goals))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Those of these goals that exist in the organisation and are not deleted.
///
/// # Errors
/// What the database says.
pub async fn existing(rx: &mut Rx, org: Id, goals: &[Id]) -> Result<Vec<Id>, Failure> {
    let rows = sql("SELECT g.id FROM goals g WHERE g.org_id = $1 AND g.deleted_at IS NULL \
         AND g.id IN (SELECT value FROM json_each($2)) ORDER BY g.id")
    .bind(org)
    .bind(list(goals))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

struct Link {
    parent: Id,
    child: Id,
    fixed: Option<f64>,
    position: f64,
}

/// Positions as ranks: the same children in the same order add up to the same sum.
fn edges(mut links: Vec<Link>) -> Vec<Edge> {
    links.sort_unstable_by(|a, b| a.position.total_cmp(&b.position).then_with(|| a.child.cmp(&b.child)));
    (0..)
        .zip(links)
        .map(|(position, link)| Edge { parent: link.parent, child: link.child, fixed: link.fixed, position })
        .collect()
}

fn read_node<'a>(row: &Row, parts: &mut impl Iterator<Item = &'a str>) -> Result<Node, Failure> {
    let id = part("id", parts)?;
    let kind = part("kind", parts)?;
    let metric_kind = part("metric_kind", parts)?;
    let mode = part("progress_mode", parts)?;
    let automatic_stopped = part::<u32>("automatic_stopped", parts)? != 0;
    let (start, due) = (part("start_date", parts)?, part("due_date", parts)?);
    let (status, automatic_status) = (part("status", parts)?, part("automatic_status", parts)?);
    let manual_status = part::<u32>("status_is_manual", parts)? != 0;
    let touched = part::<u32>("last_source", parts)? != 0;
    let tasks = Tasks { all: part("tasks", parts)?, done: part("tasks", parts)? };
    let unit = parts.next().filter(|unit| !unit.is_empty()).map(str::to_owned);
    Ok(Node {
        id,
        kind,
        metric: Metric {
            kind: metric_kind,
            name: None,
            unit,
            start: row.real("metric_start")?,
            target: row.opt_real("metric_target")?,
            risk_threshold: row.opt_real("risk_threshold")?,
            current: None,
        },
        mode,
        automatic_stopped,
        start,
        due,
        phases: row.opt_json("phases")?.unwrap_or_default(),
        tasks,
        state: State {
            value: row.opt_real("metric_current")?,
            progress_unclamped: row.opt_real("progress_unclamped")?,
            status,
            automatic_status,
            manual_status,
            started: touched || status != Status::NotStarted,
            score: row.opt_real("score")?,
        },
    })
}

/// The next part of a joined column.
fn part<'a, T: FromStr<Err: Display>>(
    column: &str,
    parts: &mut impl Iterator<Item = &'a str>,
) -> Result<T, Failure> {
    let text = parts.next().ok_or_else(|| corrupt(column, "absent"))?;
    text.parse().map_err(|error: T::Err| corrupt(column, &error.to_string()))
}

/// The same where there may be nothing.
fn opt_part<'a, T: FromStr<Err: Display>>(
    column: &str,
    parts: &mut impl Iterator<Item = &'a str>,
) -> Result<Option<T>, Failure> {
    let text = parts.next().ok_or_else(|| corrupt(column, "absent"))?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error: T::Err| corrupt(column, &error.to_string()))
}

fn circle(error: ConeError) -> Failure {
    corrupt("alignments", &error.to_string())
}

fn corrupt(column: &str, reason: &str) -> Failure {
    Failure::Corrupt { column: column.to_owned(), reason: reason.to_owned() }
}
