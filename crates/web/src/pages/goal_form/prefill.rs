//! With what the form opens: what the page around it says about a new goal, or a goal as it is.

use northing_app::explorer::PeriodLine;
use northing_app::goal::form::FormView;
use northing_app::goal::view::GoalView;
use northing_core::errors::FieldError;
use northing_core::goal::{GoalKind, Level};
use northing_core::metric::MetricKind;
use northing_core::phases::Line;
use northing_core::values::Id;

use super::super::numbers::plain;
use super::phases;
use super::read::dates_text;
use crate::pages::explorer::Asked;

/// What the address says about a new goal.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) parents: Vec<Id>,
    pub(crate) teams: Vec<Id>,
    pub(crate) owners: Vec<Id>,
    period: Option<Id>,
    kind: Option<GoalKind>,
    level: Option<Level>,
    title: String,
    another: bool,
}

impl Wanted {
    /// Reads the address: `parent`, `team`, `owner`, `period`, `kind`, `level`, `title`.
    pub(crate) fn read(asked: &Asked) -> Result<Self, FieldError> {
        fn one<T: std::str::FromStr>(asked: &Asked, name: &'static str) -> Result<Option<T>, FieldError> {
            let wrong = |_| FieldError::new(name, "invalid", "is nothing that a goal can have");
            asked.one(name).map(str::parse).transpose().map_err(wrong)
        }
        Ok(Self {
            parents: one(asked, "parent")?.into_iter().collect(),
            teams: one(asked, "team")?.into_iter().collect(),
            owners: one(asked, "owner")?.into_iter().collect(),
            period: one(asked, "period")?,
            kind: one(asked, "kind")?,
            level: one(asked, "level")?,
            title: asked.one("title").unwrap_or_default().to_owned(),
            another: asked.one("another") == Some("true"),
        })
    }
}

struct Filled(Vec<(String, String)>);

impl Filled {
    fn put(&mut self, name: &str, value: impl ToString) {
        self.0.push((name.to_owned(), value.to_string()));
    }

    fn ids(&mut self, name: &str, ids: impl IntoIterator<Item = Id>) {
        for id in ids {
            self.put(name, id);
        }
        // The search field of the picker, which says that the picker was there.
        self.put(&format!("{name}_query"), "");
    }
}

/// A new goal with what the page around it says.
pub(crate) fn new(wanted: &Wanted, view: &FormView, me: Id) -> Vec<(String, String)> {
    let mut form = Filled(Vec::new());
    let open = |kind: GoalKind| view.kinds.iter().any(|it| it.kind == kind && it.open);
    let usual = match view.above.as_ref().map(|above| above.kind) {
        Some(GoalKind::Objective) => [GoalKind::KeyResult, GoalKind::Objective, GoalKind::Initiative],
        Some(_) => [GoalKind::Initiative, GoalKind::KeyResult, GoalKind::Objective],
        None => [GoalKind::Objective, GoalKind::KeyResult, GoalKind::Initiative],
    };
    let kind = wanted.kind.filter(|kind| open(*kind)).or_else(|| usual.into_iter().find(|kind| open(*kind)));
    form.put("kind", kind.unwrap_or(GoalKind::Objective));
    form.put("title", &wanted.title);
    form.put("description", "");
    form.ids("parents", wanted.parents.iter().copied().filter(|id| view.goals.contains_key(id)));
    let (level, teams) = place(wanted, view);
    form.put("level", level);
    form.ids("team_ids", teams);
    let owners = if wanted.owners.is_empty() { vec![me] } else { wanted.owners.clone() };
    form.ids("owner_ids", owners);
    form.ids("check_in_owner_id", None);
    form.ids("delegate_id", None);
    if let Some(period) = period(wanted, view) {
        form.put("period_id", period.id);
        form.put("start_date", period.start);
        form.put("due_date", period.end);
        form.put("dates_of", dates_text(&period.start.to_string(), &period.end.to_string()));
    }
    form.put("metric_kind", MetricKind::Percent);
    form.put("phase_interval", phases::NONE);
    form.put("progress_mode", "");
    form.put("committed", false);
    form.put("tags_query", "");
    form.put("scoring_guidance", "");
    form.put("new_children_contribute", true);
    if wanted.another {
        form.put("another", true);
    }
    form.0
}

/// Level and teams: those asked for, those of the goal above, else the person's own.
fn place(wanted: &Wanted, view: &FormView) -> (Level, Vec<Id>) {
    let open = |level: Level| view.levels.iter().any(|(it, reason)| *it == level && reason.is_none());
    if !wanted.teams.is_empty() {
        return (Level::Team, wanted.teams.clone());
    }
    if let Some(level) = wanted.level.filter(|level| open(*level)) {
        return (level, Vec::new());
    }
    match &view.above {
        Some(above) if wanted.owners.is_empty() && open(above.level) => (above.level, above.team_ids.clone()),
        _ if open(Level::Individual) => (Level::Individual, Vec::new()),
        _ => (Level::Team, Vec::new()),
    }
}

/// The period asked for, that of the goal above, the current one, or the newest.
fn period<'a>(wanted: &Wanted, view: &'a FormView) -> Option<&'a PeriodLine> {
    let of = |id: Option<Id>| id.and_then(|id| view.periods.iter().find(|period| period.id == id));
    of(wanted.period)
        .or_else(|| of(view.above.as_ref().map(|above| above.period_id)))
        .or_else(|| view.periods.iter().find(|period| period.is_current))
        .or_else(|| view.periods.first())
}

/// A goal as it is.
pub(crate) fn of(goal: &GoalView, periods: &[PeriodLine]) -> Vec<(String, String)> {
    let mut form = Filled(Vec::new());
    form.put("version", goal.version);
    form.put("kind", goal.kind);
    form.put("title", &goal.title);
    form.put("description", goal.description.as_deref().unwrap_or_default());
    form.ids("parents", goal.parents.iter().map(|parent| parent.id));
    form.put("level", goal.level);
    form.ids("team_ids", goal.team_ids.iter().copied());
    form.ids("owner_ids", goal.owner_ids.iter().copied());
    form.ids("check_in_owner_id", goal.check_in_owner_id);
    form.ids("delegate_id", goal.delegate_id);
    form.put("period_id", goal.period_id);
    form.put("start_date", goal.start_date);
    form.put("due_date", goal.due_date);
    // Days of its own stay where the period changes.
    let period = periods.iter().find(|period| period.id == goal.period_id);
    form.put(
        "dates_of",
        period.map(|it| dates_text(&it.start.to_string(), &it.end.to_string())).unwrap_or_default(),
    );
    metric(&mut form, goal);
    phased(&mut form, goal);
    form.put("progress_mode", goal.progress_mode);
    form.put("committed", goal.committed);
    for tag in &goal.tags {
        form.put("tags", tag);
    }
    form.put("tags_query", "");
    form.put("scoring_guidance", goal.scoring_guidance.as_deref().unwrap_or_default());
    form.put("children_shown", true);
    if goal.new_children_contribute {
        form.put("new_children_contribute", true);
    }
    form.0
}

fn metric(form: &mut Filled, goal: &GoalView) {
    let metric = &goal.metric;
    form.put("metric_kind", metric.kind);
    if metric.kind == MetricKind::Percent {
        return;
    }
    form.put("metric_name", metric.name.as_deref().unwrap_or_default());
    form.put("metric_unit", metric.unit.as_deref().unwrap_or_default());
    if matches!(metric.kind, MetricKind::Increase | MetricKind::Decrease) {
        form.put("metric_start", plain(metric.start));
    }
    if let Some(target) = metric.target {
        form.put("metric_target", plain(target));
    }
    if let Some(risk) = metric.risk_threshold {
        form.put("risk_threshold", plain(risk));
    }
}

fn phased(form: &mut Filled, goal: &GoalView) {
    let line = Line::of(&goal.metric, goal.start_date, goal.due_date);
    form.put("phase_interval", if goal.phases.is_empty() { phases::NONE } else { phases::CUSTOM });
    form.put("phase_spread", phases::CUSTOM);
    form.put("phase_line", line.as_ref().map(phases::line_text).unwrap_or_default());
    let Some(line) = line else { return };
    for phase in goal.phases.iter().filter(|phase| phase.date != line.due) {
        form.put("phase_date", phase.date);
        form.put("phase_target", phases::shown(&line, phase.target));
    }
}
