//! What only Northing's own export says (integrations §4.3), put where format B has no word for it: into rows that are new
//! here. A record that was here already is merged like any other's.

use std::collections::HashSet;

use northing_connectors::import_model::{
    FieldNote, Goal, OwnCheckIn, OwnOrganization, OwnPerson, OwnTask, OwnTeam, PersonRef,
};
use northing_core::metric::clamp_progress;
use northing_core::people::MemberStatus;
use northing_core::settings::Settings;
use northing_core::text;
use northing_core::values::Id;
use northing_store::check_ins::CheckInRow;
use northing_store::goals::{Access, GoalRow};
use northing_store::history::{self, Point};
use northing_store::organizations::{self, Organization};
use northing_store::tasks::{self, TaskRow};
use northing_store::teams::Team;
use northing_store::{Tx, export};

use super::goals::Plan;
use super::mapping::NewPeople;
use super::pen::Pen;
use super::report::{Line, Outcome};
use super::run::Run;
use super::saying::{changed, dropped};
use crate::setup::{check_prose, check_settings, check_values};
use crate::{Error, Result};

impl Run<'_> {
    /// The settings of the file hold for an organisation without goals, and then for this import too.
    pub(super) async fn own_settings(&mut self, tx: &mut Tx) -> Result<bool> {
        let Some(own) = self.set.own_organization.clone() else { return Ok(false) };
        let used = !export::goal_ids(tx, self.actor.org_id, None, None, 1).await?.is_empty();
        if used || !check_settings(&own.settings).is_empty() {
            let why = if used { "the organisation has goals already" } else { "they are not valid here" };
            let notes = vec![dropped("Settings", format!("purpose and settings stay as they are: {why}"))];
            self.say_organization(&own, Outcome::Skipped, notes);
            return Ok(false);
        }
        self.settings = own.settings.clone();
        self.zone = crate::cone::zone(&self.settings)?;
        self.today = self.now.day_in(&self.zone);
        Ok(true)
    }

    /// Keeps purpose and settings, when the people are there whom they name.
    pub(super) async fn own_organization(&mut self, tx: &mut Tx) -> Result<()> {
        let Some(own) = self.set.own_organization.clone() else { return Ok(()) };
        let found = organizations::by_id(tx, self.actor.org_id).await?;
        let mut it = found.ok_or(Error::NotFound("organisation"))?;
        self.name_people(&own.settings);
        let mut notes = Vec::new();
        purpose(&mut it, &own, &mut notes);
        it.settings = self.settings.clone();
        it.updated_at = self.now;
        organizations::update(tx, &it).await?;
        self.say_organization(&own, Outcome::Updated, notes);
        Ok(())
    }

    fn say_organization(&mut self, own: &OwnOrganization, outcome: Outcome, notes: Vec<FieldNote>) {
        self.report.add(Line {
            entity: "organization",
            file: self.set.files.first().cloned().unwrap_or_default(),
            place: northing_connectors::import_model::Place { file: 0, row: 1 },
            title: own.name.clone(),
            outcome,
            subject: None,
            notes,
            undo: None,
        });
    }

    /// The lists of the settings hold the identifiers of the file; here they are those of the people they became.
    fn name_people(&mut self, theirs: &Settings) {
        let here = |ids: &[Id]| ids.iter().filter_map(|id| self.own_person(&id.to_string())).collect();
        let lists: [Vec<Id>; 6] = [
            here(&theirs.initiative_creators),
            here(&theirs.organization_goal_creators),
            here(&theirs.team_goal_creators),
            here(&theirs.team_creators),
            here(&theirs.tag_creators),
            here(&theirs.inviters),
        ];
        let it = &mut self.settings;
        [
            it.initiative_creators,
            it.organization_goal_creators,
            it.team_goal_creators,
            it.team_creators,
            it.tag_creators,
            it.inviters,
        ] = lists;
    }

    /// The person of an identifier of the file.
    fn own_person(&self, id: &str) -> Option<Id> {
        self.person(&PersonRef { id: Some(id.to_owned()), ..PersonRef::default() })
    }

    fn own_people(&self, ids: &[String]) -> Vec<Id> {
        let mut seen = HashSet::new();
        ids.iter().filter_map(|id| self.own_person(id)).filter(|id| seen.insert(*id)).collect()
    }

    /// The status of a new member.
    pub(super) fn own_status(&self, own: Option<&OwnPerson>, status: MemberStatus) -> MemberStatus {
        match own {
            Some(own) if self.order.mapping.new_people == NewPeople::AsInFile => own.status,
            _ => status,
        }
    }

    /// A new team's rules and the people they name.
    pub(super) fn own_team(&self, own: Option<&OwnTeam>, team: &mut Team) {
        let Some(own) = own else { return };
        let line = |text: &String| text::title("name", text).is_ok();
        team.team_type = own.team_type.clone().filter(line);
        team.goal_creation = own.goal_creation;
        team.note_template = own.note_template.clone().filter(|text| text::prose("note", text).is_ok());
        team.creators = self.own_people(&own.creators);
        team.creators.sort_unstable();
    }

    /// A team's people in the order of the file.
    pub(super) fn own_order(&self, own: Option<&OwnTeam>, team: &mut Team) {
        let Some(own) = own else { return };
        let order = self.own_people(&own.members);
        let place = |id: &Id| order.iter().position(|known| known == id).unwrap_or(usize::MAX);
        team.members.sort_by_key(place);
    }

    /// A new goal as the file has it, where it is such as a goal can be.
    pub(super) fn own_goal(&self, it: &Goal, row: &mut GoalRow, notes: &mut Vec<FieldNote>) {
        let Some(own) = it.own.as_deref() else { return };
        match own.metric.validate() {
            Ok(()) => row.metric = own.metric.clone(),
            Err(_) => notes.push(changed("Northing", "its metric is none that can be: taken from Outcome")),
        }
        let prose = |text: &Option<String>| text.clone().filter(|text| text::prose("text", text).is_ok());
        let locked = own.status.is_locked();
        row.description = prose(&it.description);
        row.level = own.level;
        row.automatic_stopped = own.automatic_stopped;
        row.new_children_contribute = own.new_children_contribute;
        row.progress_unclamped = own.progress_unclamped.filter(|value| value.is_finite());
        row.progress = row.progress_unclamped.map(clamp_progress);
        (row.status, row.automatic_status) = (own.status, own.automatic_status);
        row.status_is_manual = own.status_is_manual;
        row.score = it.score.filter(|score| locked && (0.0..=1.0).contains(score));
        row.closing_note = prose(&own.closing_note);
        row.closed_at = own.closed_at;
        row.closed_by = own.closed_by.as_deref().and_then(|id| self.own_person(id));
        row.scoring_guidance = prose(&own.scoring_guidance);
        row.position = own.position;
        row.last_source.clone_from(&own.last_source);
        row.created_at = own.created_at.min(self.now);
        let access = own.access.iter().filter_map(|one| {
            let user_id = self.own_person(&one.person)?;
            let (may_view, may_edit, may_align) = (one.may_view, one.may_edit, one.may_align);
            Some(Access { user_id, may_view, may_edit, may_align })
        });
        row.access = access.collect();
        row.access.sort_unstable_by_key(|one| one.user_id);
        row.access.dedup_by_key(|one| one.user_id);
    }

    /// Shares and places that are not rounded.
    pub(super) fn own_shares(&self, plan: &mut Plan) {
        let Some(own) = plan.record.value.own.as_deref() else { return };
        let [ids, _] = &self.goals;
        plan.places.resize(plan.parents.len(), 1.0);
        for (parent, place) in plan.parents.iter_mut().zip(&mut plan.places) {
            let exact = own.parents.iter().find(|exact| ids.get(&exact.id) == Some(&parent.goal));
            if let Some(exact) = exact {
                parent.share = exact.fixed.filter(|share| (0.0..=100.0).contains(share));
                *place = exact.position;
            }
        }
    }

    /// The tasks of a new initiative.
    pub(super) async fn own_tasks(&self, tx: &mut Tx, goal: Id, all: &[OwnTask]) -> Result<()> {
        for it in all {
            let (Ok(name), Ok(kind)) = (text::title("name", &it.name), it.kind.parse()) else { continue };
            let task = TaskRow {
                id: self.app.new_id(),
                goal_id: goal,
                kind,
                name: name.to_owned(),
                owner_id: it.owner.as_deref().and_then(|id| self.own_person(id)),
                owner_name: None,
                due_date: it.due_date,
                weight: it.weight.filter(|weight| weight.is_finite()),
                done: it.done,
                position: it.position,
                version: 1,
                created_at: self.now,
                updated_at: self.now,
            };
            tasks::insert(tx, &task).await?;
        }
        Ok(())
    }

    /// A check-in as it was made.
    pub(super) fn own_check_in(
        &self,
        own: &OwnCheckIn,
        note: Option<&str>,
        value: Option<f64>,
        row: &mut CheckInRow,
    ) {
        row.at = own.at.min(self.now);
        row.recorded_at = own.recorded_at.min(self.now);
        row.source.clone_from(&own.source);
        row.value = value.filter(|value| value.is_finite());
        row.progress = own.progress.filter(|progress| progress.is_finite());
        row.status_is_manual = own.status_is_manual;
        row.progress_mode = own.progress_mode;
        row.automatic_stopped = own.automatic_stopped;
        row.approximate = own.approximate;
        row.edited_at = own.edited_at;
        row.note = note.filter(|text| text::prose("note", text).is_ok()).map(str::to_owned);
    }

    /// The graphs of the goals that are new here.
    pub(super) async fn own_points(&mut self, pen: &mut Pen<'_>) -> Result<()> {
        let mut points: Vec<(Id, Point)> = Vec::new();
        for it in std::mem::take(&mut self.set.points) {
            let [ids, _] = &self.goals;
            let Some(goal_id) = ids.get(&it.goal).copied().filter(|id| self.new_goals.contains(id)) else {
                continue;
            };
            let Ok(source) = it.source.parse() else { continue };
            let check_in_id = it.check_in.as_ref().and_then(|id| self.check_ins.get(id)).copied();
            let point = Point {
                goal_id,
                at: it.at.min(self.now),
                value: it.value.filter(|value| value.is_finite()),
                progress_unclamped: it.progress_unclamped.filter(|value| value.is_finite()),
                status: it.status,
                source,
                check_in_id,
            };
            points.push((self.app.new_id(), point));
            if points.len() >= 512 {
                history::add_each(pen.tx()?, &points).await?;
                points.clear();
                pen.rest(&mut self.report).await?;
            }
        }
        Ok(history::add_each(pen.tx()?, &points).await?)
    }
}

fn purpose(it: &mut Organization, own: &OwnOrganization, notes: &mut Vec<FieldNote>) {
    let mut take = |field: &'static str, text: &Option<String>, place: &mut Option<String>| match check_prose(
        field,
        text.as_deref(),
    ) {
        Ok(text) => *place = text,
        Err(error) => notes.push(dropped(field, error.to_string())),
    };
    take("mission", &own.mission, &mut it.mission);
    take("vision", &own.vision, &mut it.vision);
    take("north_star", &own.north_star, &mut it.north_star);
    match check_values(&own.values) {
        Ok(values) => it.values = values,
        Err(error) => notes.push(dropped("values", error.to_string())),
    }
    it.join = own.join;
}
