//! What an entry of the log says, in words: who did what to what, and field by field what it was before.

use std::collections::BTreeMap;

use northing_app::audit::Entry;
use northing_app::names::Names;
use northing_core::event::EventKind;
use northing_core::values::{Id, Moment};
use northing_ui::components::activity::Part;
use northing_ui::pages::admin::audit::Line;
use northing_ui::pages::admin::{organisation, words};
use northing_ui::{Ctx, format, paths};
use serde_json::Value;

/// An entry as a line of the page.
pub(super) fn line(ctx: &Ctx, entry: &Entry, names: &Names) -> Line {
    Line {
        id: entry.id,
        at: entry.at,
        who: who(entry),
        via: via(&entry.via),
        what: what(entry, names),
        changes: changes(ctx, entry, names),
    }
}

/// Who did it.
pub(super) fn who(entry: &Entry) -> String {
    match (&entry.actor_name, entry.actor_id) {
        (Some(name), _) => name.clone(),
        (None, Some(_)) => String::from("Deleted user"),
        (None, None) => String::from("Northing"),
    }
}

/// The door, where it was not a page.
fn via(name: &str) -> Option<&'static str> {
    match name {
        "api" => Some("by the API"),
        "command_line" => Some("on the command line"),
        "import" => Some("by an import"),
        _ => None,
    }
}

/// The verb of a kind of change, behind the name of who did it; and the words for the thing where it has no name.
const fn verb(kind: EventKind) -> (&'static str, &'static str) {
    use EventKind as K;
    match kind {
        K::GoalCreated => ("created", "a goal"),
        K::GoalEdited => ("changed", "a goal"),
        K::GoalDeleted => ("deleted", "a goal"),
        K::GoalRestored => ("restored", "a goal"),
        K::GoalPurged => ("removed for good", "a deleted goal"),
        K::GoalAligned => ("changed the alignment of", "a goal"),
        K::GoalMoved => ("moved", "a goal"),
        K::GoalContributions => ("changed the contributions to", "a goal"),
        K::GoalClosed => ("closed", "a goal"),
        K::GoalReopened => ("reopened", "a goal"),
        K::GoalPostponed => ("postponed", "a goal"),
        K::GoalCloned => ("copied", "a goal"),
        K::GoalConverted => ("changed the kind of", "a goal"),
        K::GoalRolledUp => ("moved the progress of", "a goal"),
        K::GoalConnected => ("linked a data source to", "a goal"),
        K::GoalDisconnected => ("removed the data source of", "a goal"),
        K::GoalGranted => ("changed who may see or edit", "a goal"),
        K::CheckInAdded => ("checked in on", "a goal"),
        K::CheckInEdited => ("changed a check-in on", "a goal"),
        K::CheckInDeleted => ("removed a check-in from", "a goal"),
        K::CommentAdded => ("commented on", "a goal"),
        K::CommentEdited => ("changed a comment on", "a goal"),
        K::CommentDeleted => ("removed a comment from", "a goal"),
        K::TaskAdded => ("added a task to", "a goal"),
        K::TaskEdited => ("changed a task of", "a goal"),
        K::TaskDeleted => ("removed a task from", "a goal"),
        K::TeamCreated => ("made the team", "that is gone"),
        K::TeamEdited => ("changed the team", "that is gone"),
        K::TeamArchived => ("archived the team", "that is gone"),
        K::TeamRestored => ("restored the team", "that is gone"),
        K::TeamDeleted => ("deleted the team", "that is gone"),
        K::TeamMembersChanged => ("changed the people of the team", "that is gone"),
        K::MemberAdded => ("added", "somebody"),
        K::MemberEdited => ("changed", "somebody"),
        K::MemberDeactivated => ("deactivated", "somebody"),
        K::MemberReactivated => ("brought back", "somebody"),
        K::MemberRemoved => ("deleted", "somebody"),
        K::MemberJoined => ("joined as", "somebody"),
        K::ProfileEdited => ("changed the profile of", "somebody"),
        K::PasswordChanged => ("changed the password of", "somebody"),
        K::LinkCreated => ("made a sign-in link for", "somebody"),
        K::LinkEnded => ("cancelled the sign-in link of", "somebody"),
        K::LinkUsed => ("came in by a link as", "somebody"),
        K::OrganizationCreated => ("made the organisation", ""),
        K::OrganizationEdited => ("changed the organisation", ""),
        K::PeriodCreated => ("made the period", "that is gone"),
        K::PeriodEdited => ("changed the period", "that is gone"),
        K::PeriodCurrent => ("made current the period", "that is gone"),
        K::PeriodDeleted => ("deleted the period", "that is gone"),
        K::TagCreated => ("made the tag", "that is gone"),
        K::TagEdited => ("changed the tag", "that is gone"),
        K::TagDeleted => ("deleted the tag", "that is gone"),
        K::SamplesAdded => ("started from", "sample OKRs"),
        K::ImportFinished => ("imported", "files"),
        K::ImportUndone => ("took back", "an import"),
        K::ExportFinished => ("exported", "data"),
        K::IntegrationEnabled => ("switched on", "an integration"),
        K::IntegrationDisabled => ("switched off", "an integration"),
        K::ConnectionCreated => ("made the connection", "that is gone"),
        K::ConnectionEdited => ("changed the connection", "that is gone"),
        K::ConnectionDeleted => ("removed the connection", "that is gone"),
        K::GoalSyncFailed => ("could not sync", "a goal"),
        K::TokenCreated => ("made the API token", ""),
        K::TokenRevoked => ("revoked the API token", ""),
        K::SignedIn => ("signed in", ""),
        K::SignedOut => ("signed out", ""),
    }
}

/// What one can filter by: every kind of change in words.
pub(super) fn kinds() -> Vec<(String, String)> {
    let mut kinds: Vec<_> = EventKind::ALL
        .iter()
        .map(|kind| {
            let (verb, thing) = verb(*kind);
            let thing = if thing == "that is gone" { "" } else { thing };
            let text = format!("{verb} {thing}");
            let text = text.trim();
            let mut letters = text.chars();
            let first: String =
                letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
            (kind.name().to_owned(), first + letters.as_str())
        })
        .collect();
    kinds.insert(0, (String::new(), String::from("Everything")));
    kinds
}

/// The name of what it was done to, as it is now or as the entry remembers it.
fn thing(entry: &Entry, names: &Names) -> Option<String> {
    let now = entry.subject_id.and_then(|id| names.get(id)).map(str::to_owned);
    let remembered = || {
        let of = |when: &str, field: &str| entry.detail.get(when)?.get(field)?.as_str().map(str::to_owned);
        ["after", "before"].into_iter().find_map(|when| of(when, "name").or_else(|| of(when, "title")))
    };
    now.or_else(remembered)
}

/// Where what it was done to has its page.
fn place(entry: &Entry, names: &Names) -> Option<String> {
    let id = entry.subject_id.filter(|id| names.get(*id).is_some())?;
    match entry.action.split('.').next()? {
        "team" => Some(paths::team(id)),
        "member" | "link" => Some(paths::person(id)),
        _ => None,
    }
}

/// The sentence behind the name.
pub(super) fn what(entry: &Entry, names: &Names) -> Vec<Part> {
    let (verb, nameless) = match entry.action.parse::<EventKind>() {
        Ok(kind) => verb(kind),
        Err(_) => ("did something to", "something"),
    };
    let mut parts = vec![Part::Text(format!("{verb} "))];
    if let Some(goal) = entry.goal_id {
        let title = entry.goal_title.clone().unwrap_or_else(|| String::from(nameless));
        parts.push(Part::Link(title, paths::goal(goal)));
        return parts;
    }
    match (thing(entry, names), place(entry, names)) {
        (Some(name), Some(place)) => parts.push(Part::Link(name, place)),
        (Some(name), None) => parts.push(Part::Text(name)),
        (None, _) => parts.push(Part::Text(nameless.to_owned())),
    }
    if let Some(moved) = entry.detail.get("moved").and_then(Value::as_u64) {
        let to =
            entry.detail.get("moved_to").and_then(Value::as_str).and_then(|id| names.get(id.parse().ok()?));
        let goals = if moved == 1 { "its goal" } else { "its goals" };
        parts.push(Part::Text(format!(" and moved {goals} to {}", to.unwrap_or("another period"))));
    }
    parts
}

/// Every field that changed, with its label.
fn changes(ctx: &Ctx, entry: &Entry, names: &Names) -> Vec<(String, String, String)> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    flatten(entry.detail.get("before"), &mut before);
    flatten(entry.detail.get("after"), &mut after);
    let mut fields: Vec<&String> = before.keys().chain(after.keys()).collect();
    fields.sort();
    fields.dedup();
    let shown =
        |field: &str, value: Option<&Value>| value.map_or_else(String::new, |it| text(ctx, field, it, names));
    fields
        .into_iter()
        .map(|field| (field, shown(field, before.get(field)), shown(field, after.get(field))))
        .filter(|(_, before, after)| before != after)
        .map(|(field, before, after)| (label(field), before, after))
        .collect()
}

/// Fields of fields side by side: settings inside an organisation.
fn flatten(value: Option<&Value>, into: &mut BTreeMap<String, Value>) {
    let Some(Value::Object(fields)) = value else { return };
    for (name, value) in fields {
        if value.is_object() {
            flatten(Some(value), into);
        } else {
            into.insert(name.clone(), value.clone());
        }
    }
}

/// What a field is called.
fn label(field: &str) -> String {
    use northing_ui::pages::admin::{goals, member, model, periods};
    use northing_ui::pages::team_form;
    let lists = [
        organisation::LABELS,
        model::LABELS,
        goals::LABELS,
        member::LABELS,
        periods::LABELS,
        team_form::LABELS,
        team_form::PEOPLE_LABELS,
    ];
    let known = lists.into_iter().flatten().find(|(name, _)| *name == field);
    known.map_or_else(
        || {
            let words = field.replace('_', " ");
            let mut letters = words.chars();
            let first: String =
                letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
            first + letters.as_str()
        },
        |(_, label)| (*label).to_owned(),
    )
}

/// A value in words.
fn text(ctx: &Ctx, field: &str, value: &Value, names: &Names) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(on) => String::from(if *on { "On" } else { "Off" }),
        Value::String(text) => {
            if let Ok(id) = text.parse::<Id>() {
                return names.get(id).unwrap_or("Something that is gone").to_owned();
            }
            if let Ok(at) = text.parse::<Moment>() {
                return format!(
                    "{}, {}",
                    format::day_long(at.day_in(&ctx.zone)),
                    format::clock(at, &ctx.zone)
                );
            }
            words(field, text)
        }
        Value::Array(items) => {
            items.iter().map(|item| text(ctx, field, item, names)).collect::<Vec<_>>().join(", ")
        }
        other => words(field, &other.to_string()),
    }
}

/// The changes of an entry in one line, for a table.
pub(super) fn summary(ctx: &Ctx, entry: &Entry, names: &Names) -> String {
    let changes = changes(ctx, entry, names);
    let shown = changes.into_iter().map(|(label, before, after)| format!("{label}: {before} → {after}"));
    shown.collect::<Vec<_>>().join("; ")
}
