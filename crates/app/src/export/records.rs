//! Stored rows as the records of an export.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use northing_connectors::import_model::{
    Amount, Audience, CheckIn, Comment, Goal, Measure, OwnAccess, OwnCheckIn, OwnComment, OwnGoal,
    OwnOrganization, OwnParent, OwnTask, ParentRef, PersonRef, Place, Point as OutPoint, Record, Reference,
    SCHEMA_VERSION,
};
use northing_core::goal::{GoalKind, Visibility};
use northing_core::metric::MetricKind;
use northing_core::values::Id;
use northing_store::check_ins::CheckInRow;
use northing_store::comments::CommentRow;
use northing_store::export::{Named, WithOrigin};
use northing_store::goals::{Access, GoalRow};
use northing_store::history::Point;
use northing_store::organizations::Organization;
use northing_store::tasks::TaskRow;

use super::directory::Directory;

/// A record with the identifier it has here, and what its own source said beyond what Northing knows.
pub(super) fn record<T>(id: Id, origin: Option<&str>, value: T) -> Record<T> {
    let origin = origin.and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let extra = origin.and_then(|mut it| it.get_mut("extra").map(serde_json::Value::take));
    let extra = match extra {
        Some(serde_json::Value::Object(extra)) => extra,
        _ => serde_json::Map::new(),
    };
    Record {
        place: Place { file: 0, row: 0 },
        source_id: Some(id.to_string()),
        value,
        extra,
        notes: Vec::new(),
    }
}

pub(super) fn organization(it: &Organization) -> OwnOrganization {
    OwnOrganization {
        schema_version: SCHEMA_VERSION,
        id: it.id.to_string(),
        name: it.name.clone(),
        slug: it.slug.clone(),
        mission: it.mission.clone(),
        vision: it.vision.clone(),
        values: it.values.clone(),
        north_star: it.north_star.clone(),
        join: it.join,
        settings: it.settings.clone(),
    }
}

/// Everybody whom a goal names.
pub(super) fn people_of(it: &GoalRow) -> impl Iterator<Item = Id> {
    let one = [it.check_in_owner_id, it.delegate_id, it.closed_by, it.created_by];
    let access = it.access.iter().map(|access| access.user_id);
    it.owner_ids.iter().copied().chain(one.into_iter().flatten()).chain(access)
}

const fn word(kind: GoalKind) -> &'static str {
    match kind {
        GoalKind::Objective => "Objective",
        GoalKind::KeyResult => "Key result",
        GoalKind::Initiative => "Initiative",
    }
}

pub(super) fn goal(
    it: &GoalRow,
    directory: &Directory,
    parents: &HashMap<Id, Named>,
    tasks: &[TaskRow],
    zone: &TimeZone,
) -> Record<Goal> {
    let seen: Vec<_> = it.parents.iter().filter_map(|link| Some((link, parents.get(&link.id)?))).collect();
    let granted = |what: fn(&Access) -> bool| {
        let ids: Vec<Id> =
            it.access.iter().filter(|access| what(access)).map(|access| access.user_id).collect();
        directory.people(&ids)
    };
    let audience = |restricted: bool, what| {
        if restricted { Audience::People(granted(what)) } else { Audience::Everyone }
    };
    let value = Goal {
        title: it.title.clone(),
        type_name: Some(word(it.kind).to_owned()),
        kind: Some(it.kind),
        level: None,
        creator: it.created_by.map(|id| directory.person(id)),
        owners: directory.people(&it.owner_ids),
        check_in_owners: it.check_in_owner_id.map(|id| directory.person(id)).into_iter().collect(),
        delegate: it.delegate_id.map(|id| directory.person(id)),
        teams: it.team_ids.iter().map(|id| directory.team(*id)).collect(),
        period: Some(directory.period(it.period_id)),
        start: Some(it.start_date),
        end: Some(it.due_date),
        parents: seen
            .iter()
            .map(|(link, parent)| ParentRef {
                id: Some(link.id.to_string()),
                title: Some(parent.title.clone()),
                weight: Some(link.share),
            })
            .collect(),
        view: audience(it.visibility == Visibility::Restricted, |access| access.may_view),
        align: audience(it.align_restricted, |access| access.may_align),
        description: it.description.clone(),
        tags: it.tags.iter().map(|name| directory.tag(name)).collect(),
        progress_mode: Some(it.progress_mode),
        linked_to: None,
        measure: Measure {
            kind: it.metric.kind,
            name: it.metric.name.clone(),
            unit: it.metric.unit.clone(),
            start: starts(it).then_some(it.metric.start),
            target: it.metric.target,
        },
        current: it.metric.current.map(Amount::exact),
        progress: it.progress_unclamped.map(Amount::exact),
        status: Some(it.status),
        phases: it.phases.clone(),
        score: it.score,
        committed: Some(it.committed),
        created_at: Some(it.created_at),
        last_check_in: it.last_check_in_at.map(|at| at.day_in(zone)),
        own: Some(Box::new(own(it, &seen, tasks))),
    };
    record(it.id, it.source_extra.as_deref(), value)
}

/// A threshold has no start.
const fn starts(it: &GoalRow) -> bool {
    !it.metric.kind.is_control() && !matches!(it.metric.kind, MetricKind::Baseline)
}

fn own(it: &GoalRow, parents: &[(&northing_store::goals::ParentLink, &Named)], tasks: &[TaskRow]) -> OwnGoal {
    let text = |id: Id| id.to_string();
    OwnGoal {
        kind: it.kind,
        level: it.level,
        metric: it.metric.clone(),
        phases: it.phases.clone(),
        progress_mode: it.progress_mode,
        automatic_stopped: it.automatic_stopped,
        new_children_contribute: it.new_children_contribute,
        progress_unclamped: it.progress_unclamped,
        status: it.status,
        automatic_status: it.automatic_status,
        status_is_manual: it.status_is_manual,
        closing_note: it.closing_note.clone(),
        closed_at: it.closed_at,
        closed_by: it.closed_by.map(text),
        committed: it.committed,
        scoring_guidance: it.scoring_guidance.clone(),
        visibility: it.visibility,
        align_restricted: it.align_restricted,
        access: it
            .access
            .iter()
            .map(|access| OwnAccess {
                person: text(access.user_id),
                may_view: access.may_view,
                may_edit: access.may_edit,
                may_align: access.may_align,
            })
            .collect(),
        position: it.position,
        parents: parents
            .iter()
            .map(|(link, _)| OwnParent { id: text(link.id), fixed: link.fixed, position: link.position })
            .collect(),
        tasks: tasks
            .iter()
            .map(|task| OwnTask {
                kind: task.kind.name().to_owned(),
                name: task.name.clone(),
                owner: task.owner_id.map(text),
                due_date: task.due_date,
                weight: task.weight,
                done: task.done,
                position: task.position,
            })
            .collect(),
        last_source: it.last_source.clone(),
        created_at: it.created_at,
        last_check_in_at: it.last_check_in_at,
    }
}

fn of_goal(id: Id) -> Reference {
    Reference { id: Some(id.to_string()), name: None }
}

fn author(id: Option<Id>, directory: &Directory) -> Option<PersonRef> {
    id.map(|id| directory.person(id))
}

pub(super) fn check_in(
    it: WithOrigin<CheckInRow>,
    directory: &Directory,
    zone: &TimeZone,
) -> Record<CheckIn> {
    let WithOrigin { row, origin } = it;
    let value = CheckIn {
        goal: of_goal(row.goal_id),
        effective: Some(row.at.day_in(zone)),
        recorded_at: Some(row.recorded_at),
        author: author(row.author_id, directory),
        note: row.note,
        note_html: None,
        metric_name: None,
        status: Some(row.status),
        value: row.value.map(|value| Amount { value, approximate: row.approximate }),
        own: Some(Box::new(OwnCheckIn {
            at: row.at,
            recorded_at: row.recorded_at,
            source: row.source,
            progress: row.progress,
            status_is_manual: row.status_is_manual,
            progress_mode: row.progress_mode,
            automatic_stopped: row.automatic_stopped,
            approximate: row.approximate,
            edited_at: row.edited_at,
        })),
    };
    record(row.id, origin.as_deref(), value)
}

pub(super) fn comment(it: WithOrigin<CommentRow>, directory: &Directory) -> Record<Comment> {
    let WithOrigin { row, origin } = it;
    let value = Comment {
        goal: of_goal(row.goal_id),
        text: row.body,
        author: author(row.author_id, directory),
        created_at: Some(row.created_at),
        own: Some(OwnComment {
            check_in: row.check_in_id.map(|id| id.to_string()),
            created_at: row.created_at,
            edited_at: row.edited_at,
        }),
    };
    record(row.id, origin.as_deref(), value)
}

pub(super) fn point(it: &Point) -> OutPoint {
    OutPoint {
        goal: it.goal_id.to_string(),
        at: it.at,
        value: it.value,
        progress_unclamped: it.progress_unclamped,
        status: it.status,
        source: it.source.name().to_owned(),
        check_in: it.check_in_id.map(|id| id.to_string()),
    }
}
