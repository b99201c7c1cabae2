//! A goal of a file as the row it will be.

use northing_connectors::import_model::{Audience, FieldNote, Goal};
use northing_core::goal::{GoalKind, Level, ProgressMode, Visibility};
use northing_core::metric::{Metric, MetricKind};
use northing_core::phases::{self, Line as PhaseLine};
use northing_core::status::Status;
use northing_core::text::{self, fold};
use northing_core::values::{Day, Id};
use northing_store::goals::{Access, GoalRow};

use super::run::Run;
use super::saying::{changed, dropped};
use super::who::find;

impl Run<'_> {
    /// Whether the goal can be stored; where not the notes say why.
    pub(super) fn can_be(&self, it: &Goal, notes: &mut Vec<FieldNote>) -> bool {
        if let Err(error) = text::title("title", &it.title) {
            notes.push(dropped("Title", error.to_string()));
            return false;
        }
        let mut why = Vec::new();
        let can = self.period(it, &mut why).is_some();
        if !can {
            notes.extend(why);
        }
        can
    }

    /// The goal as it will be stored; none where it cannot be.
    pub(super) fn row(
        &self,
        id: Id,
        it: &Goal,
        position: f64,
        notes: &mut Vec<FieldNote>,
    ) -> Option<GoalRow> {
        let title = match text::title("title", &it.title) {
            Ok(title) => title.to_owned(),
            Err(error) => {
                notes.push(dropped("Title", error.to_string()));
                return None;
            }
        };
        let (period_id, start_date, due_date) = self.period(it, notes)?;
        let kind = it.kind.unwrap_or(GoalKind::Objective);
        let owner_ids = self.persons("Owner", &it.owners, notes);
        let team_ids = self.team_ids(it, notes);
        let metric = metric(it, notes);
        let progress = it.progress.map(|amount| amount.value);
        let unclamped = match it.current {
            Some(_) => metric.progress_unclamped(metric.current),
            None => progress.or_else(|| metric.progress_unclamped(metric.current)),
        };
        let status = it.status.unwrap_or(Status::NotStarted);
        let progress_mode = match it.progress_mode {
            Some(ProgressMode::DataSource) => {
                notes.push(changed("Data Source", "links cannot be imported: people check in"));
                ProgressMode::Manual
            }
            mode => mode.unwrap_or(ProgressMode::Manual),
        };
        let line = PhaseLine {
            start: start_date,
            due: due_date,
            from: metric.start,
            to: metric.target.unwrap_or(0.0),
        };
        let phases = match phases::validate(&it.phases, metric.kind.is_journey().then_some(&line)) {
            Ok(()) => it.phases.clone(),
            Err(errors) => {
                let why: Vec<String> = errors.iter().take(3).map(ToString::to_string).collect();
                notes.push(dropped("Phased Targets", why.join("; ")));
                Vec::new()
            }
        };
        let checks = self.persons("Check-in Owners", &it.check_in_owners, notes);
        let access = self.access(it, &owner_ids, notes);
        let end_of = |day: Day| day.plus_days(1).start_in(&self.zone).plus_millis(-1).min(self.now);
        let closed = status == Status::Closed;
        let mut access = access;
        access.sort_unstable_by_key(|one| one.user_id);
        let mut tags: Vec<String> = Vec::new();
        for name in it.tags.iter().filter_map(|tag| tag.name.as_deref()).map(str::trim) {
            if text::title("tags", name).is_ok() && !tags.iter().any(|tag| fold(tag) == fold(name)) {
                tags.push(name.to_owned());
            }
        }
        tags.sort_unstable();
        let mut row = GoalRow {
            id,
            org_id: self.actor.org_id,
            version: 1,
            kind,
            title,
            description: self.prose("Description", it.description.as_deref(), notes),
            level: it.level.unwrap_or(if team_ids.is_empty() { Level::Organization } else { Level::Team }),
            check_in_owner_id: checks.first().copied(),
            delegate_id: self.person_or_note("Delegated To", it.delegate.as_ref(), notes),
            period_id,
            start_date,
            due_date,
            metric,
            phases,
            progress_mode,
            automatic_stopped: false,
            new_children_contribute: true,
            progress: unclamped.map(northing_core::metric::clamp_progress),
            progress_unclamped: unclamped,
            status,
            automatic_status: status,
            status_is_manual: false,
            score: it.score.filter(|score| closed && (0.0..=1.0).contains(score)),
            closing_note: None,
            closed_at: closed.then(|| end_of(it.last_check_in.unwrap_or(due_date))),
            closed_by: None,
            committed: it.committed.unwrap_or(false),
            scoring_guidance: None,
            visibility: if matches!(it.view, Audience::People(_)) {
                Visibility::Restricted
            } else {
                Visibility::Everyone
            },
            align_restricted: matches!(it.align, Audience::People(_)),
            position,
            child_count: 0,
            parent_count: 0,
            last_check_in_at: None,
            last_source: (status != Status::NotStarted).then(|| String::from("import")),
            external_id: None,
            source_extra: None,
            created_by: self.person_or_note("Created By", it.creator.as_ref(), notes),
            created_at: it.created_at.map_or(self.now, |at| at.min(self.now)),
            updated_at: self.now,
            deleted_at: None,
            deleted_by: None,
            owner_ids,
            team_ids,
            parents: Vec::new(),
            tags,
            access,
        };
        self.own_goal(it, &mut row, notes);
        Some(row)
    }

    /// The period by identifier, by name, or by the goal's days, and the goal's days.
    fn period(&self, it: &Goal, notes: &mut Vec<FieldNote>) -> Option<(Id, Day, Day)> {
        let named = it.period.as_ref().and_then(|wanted| {
            let by_id = wanted.id.as_ref().and_then(|id| self.period_ids.get(id)).copied();
            let by_name = || {
                let name = fold(wanted.name.as_ref()?);
                self.periods.iter().find(|period| fold(&period.name) == name).map(|period| period.id)
            };
            by_id.or_else(by_name)
        });
        let around = |day: Day| self.periods.iter().find(|period| period.start <= day && day <= period.end);
        let period = match named {
            Some(id) => self.periods.iter().find(|period| period.id == id),
            None => {
                let guess =
                    it.end.and_then(around).or_else(|| self.periods.iter().find(|period| period.is_current));
                if let Some(guess) = guess {
                    notes.push(changed(
                        "Time Period",
                        format!("{} instead: the goal named none that exists", guess.name),
                    ));
                }
                guess
            }
        };
        let Some(period) = period else {
            notes.push(dropped("Time Period", "there is no period for the goal"));
            return None;
        };
        let (start, due) = (it.start.unwrap_or(period.start), it.end.unwrap_or(period.end));
        if start <= due {
            return Some((period.id, start, due));
        }
        notes.push(changed("Start Date", "the goal ended before it began: its period's days instead"));
        Some((period.id, period.start, period.end))
    }

    fn team_ids(&self, it: &Goal, notes: &mut Vec<FieldNote>) -> Vec<Id> {
        let mut ids = Vec::new();
        for team in &it.teams {
            match find(&self.teams, team) {
                Some(id) if !ids.contains(&id) => ids.push(id),
                Some(_) => {}
                None => {
                    let name = team.name.as_ref().or(team.id.as_ref()).map_or("?", String::as_str);
                    notes.push(dropped("Teams", format!("there is no team {name}")));
                }
            }
        }
        ids
    }

    fn access(&self, it: &Goal, owners: &[Id], notes: &mut Vec<FieldNote>) -> Vec<Access> {
        let none = |user_id| Access { user_id, may_view: false, may_edit: false, may_align: false };
        let mut all: Vec<Access> = Vec::new();
        let mut give = |people: Vec<Id>, set: fn(&mut Access)| {
            for id in people {
                match all.iter_mut().find(|one| one.user_id == id) {
                    Some(one) => set(one),
                    None => {
                        let mut one = none(id);
                        set(&mut one);
                        all.push(one);
                    }
                }
            }
        };
        if let Audience::People(people) = &it.view {
            give(owners.to_vec(), |one| one.may_view = true);
            give(self.persons("Permissions", people, notes), |one| one.may_view = true);
        }
        if let Audience::People(people) = &it.align {
            give(self.persons("Permissions", people, notes), |one| one.may_align = true);
        }
        all
    }

    /// A text of several lines; one that cannot be kept is noted.
    pub(super) fn prose(
        &self,
        field: &'static str,
        given: Option<&str>,
        notes: &mut Vec<FieldNote>,
    ) -> Option<String> {
        let given = given.map(str::trim).filter(|text| !text.is_empty())?;
        match text::prose(field, given) {
            Ok(text) => Some(text.to_owned()),
            Err(error) => {
                notes.push(dropped(field, error.to_string()));
                None
            }
        }
    }
}

/// What the goal measures; what no metric can be becomes a percentage.
fn metric(it: &Goal, notes: &mut Vec<FieldNote>) -> Metric {
    let measure = &it.measure;
    let starts_at_zero = matches!(measure.kind, MetricKind::Percent | MetricKind::Reach);
    let mut metric = Metric {
        kind: measure.kind,
        name: measure.name.clone(),
        unit: if measure.kind == MetricKind::Percent { Metric::percent().unit } else { measure.unit.clone() },
        start: if starts_at_zero { 0.0 } else { measure.start.unwrap_or(0.0) },
        target: match measure.kind {
            MetricKind::Percent => Some(100.0),
            MetricKind::Baseline => None,
            _ => measure.target,
        },
        risk_threshold: None,
        current: None,
    };
    let from = it.progress.map(|amount| amount.value);
    let mut current = it.current.map(|amount| amount.value);
    if let Err(errors) = metric.validate() {
        let why: Vec<String> = errors.iter().take(3).map(ToString::to_string).collect();
        notes.push(changed("Outcome", format!("a percentage instead: {}", why.join("; "))));
        current = from.or_else(|| metric.progress_unclamped(current));
        metric = Metric { current: None, ..Metric::percent() };
    }
    metric.current = current
        .or_else(|| from.and_then(|progress| metric.value_at_progress(progress)))
        .or_else(|| metric.initial());
    metric.current = metric.current.filter(|value| value.is_finite());
    metric
}
