//! Goals of the use cases as rows of the tree-grid.

use northing_app::explorer::{Group, Line, TreeLine};
use northing_core::alert::AlertLevel;
use northing_core::goal::{GoalKind, Level, ProgressMode};
use northing_core::metric::MetricKind;
use northing_core::score::score_band;
use northing_core::settings::ScoreBands;
use northing_core::values::Id;
use northing_ui::Ctx;
use northing_ui::components::add_row::Add;
use northing_ui::components::alert::{Alert, Gravity};
use northing_ui::components::person::Person;
use northing_ui::components::progress::Progress;
use northing_ui::components::status::Shown;
use northing_ui::components::tree::{Branch, Heading, Mode, Row};

use super::explorer::Asked;
use super::goal::check_ins;

/// Days without a check-in after which an open goal counts as stale (design guide §10).
const STALE_DAYS: i32 = 14;
/// Alerts of goals below that a row's mark tells; the rest is counted.
const BELOW: usize = 5;

/// What rows need to know of their page.
pub(crate) struct Rows<'a> {
    /// The date and the zone.
    pub(crate) ctx: &'a Ctx,
    /// The organisation's name, for goals that are the whole organisation's.
    pub(crate) organisation: &'a str,
    /// The bands of scores.
    pub(crate) bands: ScoreBands,
    /// What stands in the page's address.
    pub(crate) asked: &'a Asked,
    /// The page's path.
    pub(crate) path: &'a str,
    /// The goal whose panel is open.
    pub(crate) selected: Option<Id>,
    /// Whether the rows stand in the order that people gave, so that they can be moved.
    pub(crate) ordered: bool,
    /// Whether rows say what the last check-in said.
    pub(crate) info: bool,
}

impl Rows<'_> {
    /// The rows; a goal that stands more than once names its parent from its second place on.
    pub(crate) fn all(&self, lines: Vec<TreeLine>) -> Vec<Row> {
        let mut seen = std::collections::HashSet::new();
        lines
            .into_iter()
            .map(|line| {
                let again = !seen.insert(line.line.id);
                self.one(line, again)
            })
            .collect()
    }

    /// One row; `again` where the goal stands on the page already.
    pub(crate) fn one(&self, it: TreeLine, again: bool) -> Row {
        let line = it.line;
        let children = usize::try_from(line.child_count).unwrap_or(0);
        let branch = match (children, it.open) {
            (0, _) => Branch::Leaf,
            (_, true) => Branch::Open { href: self.asked.branch(self.path, line.id, false) },
            (children, false) => {
                Branch::Closed { children, href: self.asked.branch(self.path, line.id, true) }
            }
        };
        let last_check_in = line.last_check_in_at.map(|at| at.day_in(&self.ctx.zone));
        let open = !line.status.is_locked();
        let add = Add { parent: Some(line.id), kinds: it.add, depth: it.depth + 1, about: Vec::new() };
        Row {
            add: Some(add).filter(|add| !add.kinds.is_empty()),
            goal: line.id,
            parent: it.under,
            again,
            kind: line.kind,
            level: it.depth,
            position: it.place,
            siblings: it.siblings,
            branch,
            owners: people(&line),
            team: team(&line, self.organisation),
            progress: progress(&line, it.expected),
            stale: open && last_check_in.is_some_and(|day| self.ctx.today.days_since(day) > STALE_DAYS),
            follows: line.mode == ProgressMode::Rollup && !line.automatic_stopped,
            last_check_in,
            weight: it.under.and(it.share),
            mode: mode(&line),
            other_parents: it.other_parents,
            alert: alert(&it.alerts, &it.alerts_below),
            restricted: line.visibility == northing_core::goal::Visibility::Restricted,
            committed: line.committed,
            score: line.score.map(|score| (score, score_band(score, line.committed, self.bands))),
            selected: self.selected == Some(line.id) && !again,
            may_check_in: it.may_check_in,
            may_move: self.ordered && it.may_edit,
            moved: false,
            heading: it.heading.map(heading),
            last: it.last.map(|last| Box::new(check_ins::plain(&line.metric, &last))),
            info: self.info,
            title: line.title,
            metric: Some(line.metric).filter(|metric| metric.kind != MetricKind::Percent),
        }
    }
}

/// What a group of rows is called.
fn heading(group: Group) -> Heading {
    let or = |name: Option<String>, none: &str| Heading::Text(name.unwrap_or_else(|| none.to_owned()));
    match group {
        Group::Status(status) => Heading::Status(Shown::from(status)),
        Group::Period(name) => Heading::Text(name),
        Group::Team(name) => or(name, "No team"),
        Group::Owner(name) => or(name, "No owner"),
    }
}

/// The alerts of a row as one mark: its own, or else those below it.
fn alert(
    own: &[northing_core::alert::Alert],
    below: &[(String, northing_core::alert::Alert)],
) -> Option<Alert> {
    let gravity = |level| match level {
        AlertLevel::NeedsAttention => Gravity::NeedsAttention,
        AlertLevel::AtRisk => Gravity::AtRisk,
    };
    if let Some(gravest) = own.iter().map(|it| it.level).max() {
        let texts = own.iter().map(|it| it.message.to_string()).collect();
        return Some(Alert { gravity: gravity(gravest), below: false, texts });
    }
    let gravest = below.iter().map(|(_, it)| it.level).max()?;
    let mut texts: Vec<String> =
        below.iter().take(BELOW).map(|(title, it)| format!("“{title}”: {}", it.message)).collect();
    if below.len() > BELOW {
        texts.push(format!("And {} more", below.len() - BELOW));
    }
    Some(Alert { gravity: gravity(gravest), below: true, texts })
}

/// Where progress comes from, where it is not what one expects: a percentage of an objective or an initiative follows what is
/// below it, all else is checked in (goals §3.1).
fn mode(line: &Line) -> Option<Mode> {
    if line.automatic_stopped {
        return Some(Mode::Stopped);
    }
    let follows = line.kind != GoalKind::KeyResult && line.metric.kind == MetricKind::Percent;
    match line.mode {
        ProgressMode::DataSource => Some(Mode::Source),
        ProgressMode::Manual => follows.then_some(Mode::ByHand),
        ProgressMode::Rollup => (!follows).then_some(Mode::FromBelow),
    }
}

/// Progress as bars show it.
pub(crate) fn progress(line: &Line, expected: Option<f64>) -> Progress {
    let status = Shown::new(line.status, line.score, line.progress);
    Progress {
        actual: line.progress_unclamped,
        expected: expected.filter(|_| !line.status.is_locked()),
        status,
    }
}

/// The owners.
pub(crate) fn people(line: &Line) -> Vec<Person> {
    line.owners.iter().map(|(id, name)| Person { id: *id, name: name.clone() }).collect()
}

/// Whose goal it is, in words.
pub(crate) fn team(line: &Line, organisation: &str) -> String {
    match line.level {
        Level::Organization => organisation.to_owned(),
        Level::Individual => String::new(),
        Level::Team => line.teams.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", "),
    }
}
