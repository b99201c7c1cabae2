//! What was typed, as the use cases take it.

use northing_app::goal::{GoalInput, GoalPatch, MetricInput, ParentInput};
use northing_core::errors::FieldError;
use northing_core::goal::{GoalKind, Level, ProgressMode};
use northing_core::metric::MetricKind;
use northing_core::phases::{Line, Phase};
use northing_core::values::{Day, Id};

use super::super::numbers;
use super::phases;
use super::units::{Pairs, UNITS, all, value};

/// The fields with pickers, of which a search text may be left over.
const PICKED: &[&str] = &["parents", "team_ids", "owner_ids", "check_in_owner_id", "delegate_id", "tags"];

/// A form that could be read.
#[derive(Debug, Default)]
pub(crate) struct Read {
    kind: Option<GoalKind>,
    title: String,
    description: Option<String>,
    parents: Vec<Id>,
    level: Option<Level>,
    team_ids: Vec<Id>,
    owner_ids: Vec<Id>,
    check_in_owner_id: Option<Id>,
    delegate_id: Option<Id>,
    period_id: Option<Id>,
    start_date: Option<Day>,
    due_date: Option<Day>,
    metric: Option<MetricInput>,
    phases: Vec<Phase>,
    progress_mode: Option<ProgressMode>,
    committed: bool,
    tags: Vec<String>,
    scoring_guidance: Option<String>,
    new_children_contribute: bool,
    /// What could not be read.
    pub(crate) errors: Vec<FieldError>,
}

struct Reader<'a> {
    pairs: &'a Pairs,
    errors: Vec<FieldError>,
}

impl Reader<'_> {
    fn keep<T>(&mut self, read: Result<T, FieldError>) -> Option<T> {
        read.map_err(|error| self.errors.push(error)).ok()
    }

    fn filled(&self, name: &str) -> Option<&str> {
        Some(value(self.pairs, name).trim()).filter(|text| !text.is_empty())
    }

    fn parsed<T: std::str::FromStr>(&mut self, name: &'static str, what: &'static str) -> Option<T> {
        let read = self.filled(name)?.parse().map_err(|_| FieldError::new(name, "invalid", what));
        self.keep(read)
    }

    fn ids(&mut self, name: &'static str) -> Vec<Id> {
        let mut ids = Vec::new();
        for text in all(self.pairs, name).filter(|text| !text.trim().is_empty()) {
            let read = text.trim().parse();
            let read =
                read.map_err(|_| FieldError::new(name, "invalid", "is nothing that can be chosen here"));
            match read {
                Ok(id) => ids.push(id),
                Err(error) => self.errors.push(error),
            }
        }
        ids
    }

    fn id(&mut self, name: &'static str) -> Option<Id> {
        let ids = self.ids(name);
        if ids.len() > 1 {
            self.errors.push(FieldError::new(name, "too_many", "is one person: untick the others"));
        }
        ids.first().copied()
    }

    fn number(&mut self, name: &'static str) -> Option<f64> {
        let read = numbers::number(name, value(self.pairs, name));
        self.keep(read).flatten()
    }

    fn day(&mut self, name: &'static str) -> Option<Day> {
        let read = numbers::day(name, value(self.pairs, name));
        self.keep(read).flatten()
    }

    fn metric(&mut self) -> Option<MetricInput> {
        let kind: MetricKind = self.parsed("metric_kind", "is no kind of measure")?;
        let text = |it: &Self, name: &str| it.filled(name).map(str::to_owned);
        Some(MetricInput {
            kind,
            name: text(self, "metric_name"),
            unit: text(self, "metric_unit"),
            start: self.number("metric_start"),
            target: self.number("metric_target"),
            risk_threshold: self.number("risk_threshold"),
            current: None,
        })
    }
}

/// Reads the form. `days` are those of the chosen period: dates that were left as they came follow it.
pub(crate) fn read(pairs: &Pairs, days: Option<(Day, Day)>) -> Read {
    let mut reader = Reader { pairs, errors: Vec::new() };
    let mut read = Read {
        kind: reader.parsed("kind", "is no kind of goal"),
        title: value(pairs, "title").to_owned(),
        description: reader.filled("description").map(|text| text.replace("\r\n", "\n")),
        parents: reader.ids("parents"),
        level: reader.parsed("level", "is no level"),
        team_ids: reader.ids("team_ids"),
        owner_ids: reader.ids("owner_ids"),
        check_in_owner_id: reader.id("check_in_owner_id"),
        delegate_id: reader.id("delegate_id"),
        period_id: reader.parsed("period_id", "is no period"),
        start_date: reader.day("start_date"),
        due_date: reader.day("due_date"),
        metric: reader.metric(),
        phases: Vec::new(),
        progress_mode: reader.parsed("progress_mode", "is no way to progress"),
        committed: value(pairs, "committed") == "true",
        tags: all(pairs, "tags").map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
        scoring_guidance: reader.filled("scoring_guidance").map(|text| text.replace("\r\n", "\n")),
        new_children_contribute: value(pairs, "new_children_contribute") == "true",
        errors: Vec::new(),
    };
    // Dates that still are those of the period the form came with become those of the period chosen now.
    if let Some((first, last)) = days
        && value(pairs, "dates_of") == dates_text(value(pairs, "start_date"), value(pairs, "due_date"))
    {
        (read.start_date, read.due_date) = (Some(first), Some(last));
    }
    for name in PICKED {
        let left = value(pairs, &format!("{name}_query")).trim();
        if !left.is_empty() {
            let message = format!("“{left}” is not chosen yet: pick it from the list, or clear the search");
            reader.errors.push(FieldError::new(*name, "not_chosen", message));
        }
    }
    match phases::read(pairs, read.line().as_ref()) {
        Ok(phases) => read.phases = phases,
        Err(errors) => reader.errors.extend(errors),
    }
    read.errors = reader.errors;
    read
}

/// The days with which the form came, as it carries them.
pub(crate) fn dates_text(start: &str, due: &str) -> String {
    format!("{} {}", start.trim(), due.trim())
}

impl Read {
    /// The line of expectation that the form describes; none without a metric that has one.
    pub(crate) fn line(&self) -> Option<Line> {
        let metric = self.metric.as_ref()?.metric();
        Line::of(&metric, self.start_date?, self.due_date?)
    }

    /// The phases.
    pub(crate) fn phases(&self) -> &[Phase] {
        &self.phases
    }

    /// The goals that it is to be aligned to.
    pub(crate) fn parents(&self) -> &[Id] {
        &self.parents
    }

    /// Teams and people whom the form names.
    pub(crate) fn named(&self) -> (Vec<Id>, Vec<Id>) {
        let people = self.owner_ids.iter().copied().chain(self.check_in_owner_id).chain(self.delegate_id);
        (self.team_ids.clone(), people.collect())
    }

    /// The chosen period.
    pub(crate) const fn period(&self) -> Option<Id> {
        self.period_id
    }

    /// The days.
    pub(crate) const fn days(&self) -> (Option<Day>, Option<Day>) {
        (self.start_date, self.due_date)
    }

    /// A new goal.
    pub(crate) fn input(self) -> Result<GoalInput, Vec<FieldError>> {
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let Some(kind) = self.kind else {
            return Err(vec![FieldError::new("kind", "required", "choose what it is")]);
        };
        let mut input = GoalInput::new(kind, self.title);
        input.description = self.description;
        input.parents = self.parents.into_iter().map(|id| ParentInput { id }).collect();
        input.team_ids = self.level.is_some().then_some(self.team_ids);
        input.level = self.level;
        input.owner_ids = Some(self.owner_ids);
        input.check_in_owner_id = self.check_in_owner_id;
        input.delegate_id = self.delegate_id;
        input.period_id = self.period_id;
        input.start_date = self.start_date;
        input.due_date = self.due_date;
        input.metric = self.metric;
        input.phases = self.phases;
        input.progress_mode = self.progress_mode;
        input.committed = self.committed;
        input.tags = self.tags;
        input.scoring_guidance = self.scoring_guidance;
        input.new_children_contribute = Some(self.new_children_contribute);
        Ok(input)
    }

    /// The changes to a goal: of the units that `touched` names nothing else.
    pub(crate) fn patch(self, touched: impl Fn(&str) -> bool) -> Result<GoalPatch, Vec<FieldError>> {
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let mut patch = GoalPatch::default();
        let mut errors = Vec::new();
        let mut needed = |name: &'static str, there: bool| {
            if touched(name) && !there {
                errors.push(FieldError::new(name, "required", "must not be empty"));
            }
        };
        needed("kind", self.kind.is_some());
        needed("period_id", self.period_id.is_some());
        needed("start_date", self.start_date.is_some());
        needed("due_date", self.due_date.is_some());
        if !errors.is_empty() {
            return Err(errors);
        }
        for unit in UNITS.iter().map(|unit| unit.name).filter(|name| touched(name)) {
            match unit {
                "kind" => patch.kind = self.kind,
                "title" => patch.title = Some(self.title.clone()),
                "description" => patch.description = Some(self.description.clone()),
                "parents" => patch.parents = Some(self.parents.clone()),
                "metric" => patch.metric.clone_from(&self.metric),
                "phases" => patch.phases = Some(self.phases.clone()),
                "place" => {
                    patch.level = self.level;
                    patch.team_ids = Some(self.team_ids.clone());
                }
                "owner_ids" => patch.owner_ids = Some(self.owner_ids.clone()),
                "check_in_owner_id" => patch.check_in_owner_id = Some(self.check_in_owner_id),
                "delegate_id" => patch.delegate_id = Some(self.delegate_id),
                "period_id" => patch.period_id = self.period_id,
                "start_date" => patch.start_date = self.start_date,
                "due_date" => patch.due_date = self.due_date,
                "progress_mode" => patch.progress_mode = self.progress_mode,
                "committed" => patch.committed = Some(self.committed),
                "tags" => patch.tags = Some(self.tags.clone()),
                "scoring_guidance" => patch.scoring_guidance = Some(self.scoring_guidance.clone()),
                "new_children_contribute" => {
                    patch.new_children_contribute = Some(self.new_children_contribute)
                }
                _ => {}
            }
        }
        // Phases that nobody touched lie on the line as before: the use case moves them with it.
        Ok(patch)
    }
}
