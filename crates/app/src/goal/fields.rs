//! Checking a goal's fields before it is saved: everything wrong at once, each at its field.

use std::collections::{HashMap, HashSet};

use northing_core::errors::FieldError;
use northing_core::goal::{GoalKind, Level, ProgressMode, Visibility};
use northing_core::metric::MetricKind;
use northing_core::period::validate_days;
use northing_core::permission::{Action, Thing};
use northing_core::phases::{self, Line};
use northing_core::settings::OkrModel;
use northing_core::text;
use northing_core::values::Id;
use northing_store::goals::GoalRow;
use northing_store::{Rx, Tx, goal_facts, goal_tags};

use super::context::{Context, distinct};
use super::input::MetricInput;
use crate::{Error, Result};

/// The most people, teams or tags of one goal: a bound against abuse, far above use.
const MOST: usize = 200;

impl Context<'_> {
    /// Checks a goal as it is to be saved. Of a goal that exists (`before`) only what changes is checked, so that what was
    /// allowed once does not stand in the way of other changes. Trims texts and drops doubles in lists.
    pub(crate) async fn check(&self, rx: &mut Rx, before: Option<&GoalRow>, row: &mut GoalRow) -> Result<()> {
        let mut errors = Vec::new();
        self.check_texts(row, &mut errors);
        self.check_measure(before, row, &mut errors);
        self.check_place(rx, before, row, &mut errors).await?;
        self.check_people(rx, before, row, &mut errors).await?;
        if row.visibility == Visibility::Restricted
            && before.is_none_or(|before| before.visibility != row.visibility)
            && !self.settings.private_goals
        {
            let message = "restricted goals are switched off in this organisation";
            errors.push(FieldError::new("visibility", "not_allowed", message));
        }
        if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
    }

    fn check_texts(&self, row: &mut GoalRow, errors: &mut Vec<FieldError>) {
        match text::title("title", &row.title).map(str::to_owned) {
            Ok(title) => row.title = title,
            Err(error) => errors.push(error),
        }
        for (field, prose) in
            [("description", &mut row.description), ("scoring_guidance", &mut row.scoring_guidance)]
        {
            if let Some(given) = prose
                && let Err(error) = text::prose(field, given)
            {
                errors.push(error);
            }
            if prose.as_deref().is_some_and(|given| given.trim().is_empty()) {
                *prose = None;
            }
        }
        let mut seen = HashSet::new();
        let mut tags = Vec::new();
        for (i, tag) in row.tags.iter().enumerate().take(MOST + 1) {
            let field = format!("tags[{i}]");
            match text::title("tags", tag) {
                Ok(_) if i == MOST => errors.push(FieldError::new(field, "too_many", "are more than 200")),
                Ok(tag) if seen.insert(text::fold(tag)) => tags.push(tag.to_owned()),
                Ok(_) => {}
                Err(error) => errors.push(FieldError { field: field.into(), ..error }),
            }
        }
        row.tags = tags;
    }

    fn check_measure(&self, before: Option<&GoalRow>, row: &GoalRow, errors: &mut Vec<FieldError>) {
        let changed = before.is_none_or(|before| {
            before.metric != row.metric
                || before.kind != row.kind
                || before.progress_mode != row.progress_mode
        });
        if changed && let Err(wrong) = row.metric.validate() {
            errors.extend(wrong.into_iter().map(|error| error.within("metric")));
        }
        let plain = row.metric.kind == MetricKind::Percent && row.metric.name.is_none();
        if changed
            && self.settings.okr_model == OkrModel::Classic
            && row.kind == GoalKind::Objective
            && !plain
        {
            let message = "an objective has no metric of its own in this organisation: give it key results";
            errors.push(FieldError::new("metric", "objective_metric", message));
        }
        let mode_changed = before.is_none_or(|before| before.progress_mode != row.progress_mode);
        if mode_changed && row.progress_mode == ProgressMode::DataSource {
            let message = "is set by linking a data source";
            errors.push(FieldError::new("progress_mode", "not_allowed", message));
        }
        if mode_changed
            && row.progress_mode == ProgressMode::Rollup
            && row.kind == GoalKind::Initiative
            && row.metric.kind != MetricKind::Percent
        {
            let message = "tasks do not count for an initiative with a metric: check in on it";
            errors.push(FieldError::new("progress_mode", "not_allowed", message));
        }
        let in_order = validate_days(row.start_date, row.due_date, "due_date");
        match in_order {
            Err(error) => errors.push(error),
            Ok(()) => {
                let line = Line::of(&row.metric, row.start_date, row.due_date);
                if let Err(wrong) = phases::validate(&row.phases, line.as_ref()) {
                    errors.extend(wrong);
                }
            }
        }
        if row.kind == GoalKind::Initiative {
            not_of_initiatives(before, row, errors);
        }
        if row.phases.len() > 400 {
            errors.push(FieldError::new("phases", "too_many", "are more than 400"));
        }
    }

    /// Period, level and teams, and the right to create there what is moved there.
    async fn check_place(
        &self,
        rx: &mut Rx,
        before: Option<&GoalRow>,
        row: &mut GoalRow,
        errors: &mut Vec<FieldError>,
    ) -> Result<()> {
        if before.is_none_or(|before| before.period_id != row.period_id) {
            let found = goal_facts::periods(rx, self.actor.org_id, &[row.period_id]).await?;
            if found.is_empty() {
                errors.push(unknown("period_id", "period"));
            }
        }
        row.team_ids = distinct(&row.team_ids);
        if self.settings.mandatory_team && row.level == Level::Individual {
            let message = "every goal needs a team in this organisation: choose one";
            errors.push(FieldError::new("team_ids", "required", message));
        }
        let new_level = before.is_none_or(|before| before.level != row.level);
        let new_teams = before.is_none_or(|before| before.team_ids != row.team_ids);
        if !new_level && !new_teams {
            return Ok(());
        }
        let joins = |id: &Id| before.is_none_or(|before| !before.team_ids.contains(id));
        match (row.level, row.team_ids.len()) {
            (Level::Team, 0) => errors.push(FieldError::new("team_ids", "required", "name the team")),
            (Level::Team, count) if count > MOST => {
                errors.push(FieldError::new("team_ids", "too_many", "are more than 200"));
            }
            (Level::Team, count)
                if count > 1 && !self.settings.shared_goals && row.team_ids.iter().any(joins) =>
            {
                let message = "goals have one team only: sharing is off in this organisation";
                errors.push(FieldError::new("team_ids", "not_allowed", message));
            }
            (Level::Organization | Level::Individual, count) if count > 0 => {
                errors.push(FieldError::new("team_ids", "not_allowed", "only a team's goal has teams"));
            }
            _ => {}
        }
        let facts = goal_facts::teams(rx, self.actor.org_id, self.actor.user_id, &row.team_ids).await?;
        for (i, id) in row.team_ids.iter().enumerate() {
            if before.is_some_and(|before| before.team_ids.contains(id)) {
                continue;
            }
            match facts.get(id) {
                None => errors.push(unknown(&format!("team_ids[{i}]"), "team")),
                Some(team) if errors.is_empty() => {
                    self.require(Action::GoalCreateTeam, Thing::Team(team))?;
                }
                Some(_) => {}
            }
        }
        if new_level && errors.is_empty() {
            match row.level {
                Level::Organization => self.require(Action::GoalCreateOrganization, Thing::Organization)?,
                Level::Individual => self.require(Action::GoalCreateIndividual, Thing::Organization)?,
                Level::Team => {}
            }
        }
        Ok(())
    }

    async fn check_people(
        &self,
        rx: &mut Rx,
        before: Option<&GoalRow>,
        row: &mut GoalRow,
        errors: &mut Vec<FieldError>,
    ) -> Result<()> {
        row.owner_ids = distinct(&row.owner_ids);
        let mut seen = HashSet::new();
        row.access.retain(|one| seen.insert(one.user_id));
        if row.owner_ids.len() > MOST {
            errors.push(FieldError::new("owner_ids", "too_many", "are more than 200"));
            return Ok(());
        }
        if row.access.len() > MOST {
            errors.push(FieldError::new("access", "too_many", "are more than 200"));
            return Ok(());
        }
        // Those who share a goal from before sharing was switched off may stay, and go one by one.
        let joins = |id: &Id| before.is_none_or(|before| !before.owner_ids.contains(id));
        if row.owner_ids.iter().any(joins) && row.owner_ids.len() > 1 && !self.settings.shared_goals {
            let message = "goals have one owner only: sharing is off in this organisation";
            errors.push(FieldError::new("owner_ids", "not_allowed", message));
        }
        // Each person with the field where they are named and whether they must be able to change things.
        let mut people: Vec<(String, Id, bool)> = Vec::new();
        for (i, id) in row.owner_ids.iter().enumerate() {
            if !before.is_some_and(|before| before.owner_ids.contains(id)) {
                people.push((format!("owner_ids[{i}]"), *id, true));
            }
        }
        for (field, id, was) in [
            ("check_in_owner_id", row.check_in_owner_id, before.and_then(|before| before.check_in_owner_id)),
            ("delegate_id", row.delegate_id, before.and_then(|before| before.delegate_id)),
        ] {
            if let Some(id) = id.filter(|_| id != was) {
                people.push((field.to_owned(), id, true));
            }
        }
        for (i, one) in row.access.iter().enumerate() {
            if !before.is_some_and(|before| before.access.contains(one)) {
                people.push((format!("access[{i}].user_id"), one.user_id, one.may_edit || one.may_align));
            }
        }
        if people.is_empty() {
            return Ok(());
        }
        let ids: Vec<Id> = people.iter().map(|(_, id, _)| *id).collect();
        let members = goal_facts::members(rx, self.actor.org_id, &ids).await?;
        for (field, id, changes) in people {
            match members.get(&id) {
                None => errors.push(unknown(&field, "member")),
                Some(false) if changes => {
                    errors.push(FieldError::new(field, "observer", "is an observer, who changes nothing"));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// The ids of tags with these names; makes those that are missing.
    pub(crate) async fn tag_ids(&self, tx: &mut Tx, names: &[String]) -> Result<Vec<Id>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let (mut known, missing) = self.known_tags(tx, names).await?;
        if !missing.is_empty() {
            let new: Vec<(Id, String)> = missing.into_iter().map(|name| (self.app.new_id(), name)).collect();
            goal_tags::insert(tx, self.actor.org_id, &new, self.now).await?;
            known.extend(new.into_iter().map(|(id, name)| (text::fold(&name), id)));
        }
        Ok(names.iter().filter_map(|name| known.get(&text::fold(name)).copied()).collect())
    }

    /// Refuses names of tags that do not exist where the actor may not make them.
    pub(super) async fn may_tag(&self, rx: &mut Rx, names: &[String]) -> Result<()> {
        self.known_tags(rx, names).await.map(drop)
    }

    /// The tags with these names that exist, by their folded names, and the names of those that don't, which the actor may
    /// make.
    async fn known_tags(&self, rx: &mut Rx, names: &[String]) -> Result<(HashMap<String, Id>, Vec<String>)> {
        let known = goal_tags::find(rx, self.actor.org_id, names).await?;
        let missing: Vec<String> =
            names.iter().filter(|name| !known.contains_key(&text::fold(name))).cloned().collect();
        if !missing.is_empty() {
            self.require(Action::TagCreate, Thing::Organization)?;
        }
        Ok((known, missing))
    }
}

/// What only objectives and key results have (goals §1.2). What a former key result keeps of it stands until it is one again.
fn not_of_initiatives(before: Option<&GoalRow>, row: &GoalRow, errors: &mut Vec<FieldError>) {
    let guidance = |row: &GoalRow| row.scoring_guidance.clone();
    let given = [
        ("phases", !row.phases.is_empty() && before.is_none_or(|before| before.phases.is_empty())),
        ("committed", row.committed && before.is_none_or(|before| !before.committed)),
        (
            "scoring_guidance",
            guidance(row).is_some() && before.is_none_or(|before| guidance(before) != guidance(row)),
        ),
    ];
    for (field, _) in given.into_iter().filter(|(_, given)| *given) {
        errors.push(FieldError::new(field, "not_allowed", "is not for initiatives: leave it out"));
    }
}

/// A value may be repeated, not set: values come from check-ins.
pub(crate) fn check_current(input: &MetricInput, stored: Option<f64>) -> Result<()> {
    match input.current {
        Some(given) if stored != Some(given) => {
            let message = "is set by a check-in, not here";
            Err(FieldError::new("metric.current", "not_allowed", message).into())
        }
        _ => Ok(()),
    }
}

pub(crate) fn unknown(field: &str, what: &str) -> FieldError {
    FieldError::new(field.to_owned(), "unknown", format!("there is no such {what} in this organisation"))
}
