//! What an entry of the log says, in words: who did what to what, and field by field what it was before.

use std::collections::BTreeMap;

use northing_app::audit::{AuditNames, Entry};
use northing_core::event::EventKind;
use northing_core::values::{Id, Moment};
use northing_ui::components::activity::Part;
use northing_ui::components::person::Person;
use northing_ui::pages::admin::audit::Line;
use northing_ui::pages::admin::{organisation, words};
use northing_ui::sentence::{Book, Happening, sentence};
use northing_ui::{Ctx, format, paths};
use serde_json::Value;

/// An entry as a line of the page.
pub(super) fn line(ctx: &Ctx, entry: &Entry, names: &AuditNames) -> Line {
    Line {
        id: entry.id,
        at: entry.at,
        via: via(&entry.via),
        what: what(ctx, entry, names),
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

/// What one can filter by: every kind of change in words.
pub(super) fn kinds() -> Vec<(String, String)> {
    let everything = (String::new(), String::from("Everything"));
    let kinds = EventKind::ALL.iter().map(|kind| (kind.name().to_owned(), capitalised(kind.name())));
    std::iter::once(everything).chain(kinds).collect()
}

/// A fixed name as words: `check_in.created` becomes "Check in created".
fn capitalised(name: &str) -> String {
    let words = name.replace(['_', '.'], " ").replace("organization", "organisation");
    let mut letters = words.chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    first + letters.as_str()
}

/// The sentence; of a goal, which sentences call "it", its title goes before.
pub(super) fn what(ctx: &Ctx, entry: &Entry, names: &AuditNames) -> Vec<Part> {
    let Ok(kind) = entry.action.parse::<EventKind>() else {
        return vec![Part::Text(format!("{}: {}", who(entry), capitalised(&entry.action)))];
    };
    let happening = Happening {
        actor: entry.actor_id.map(|id| Person { id, name: who(entry) }),
        kind,
        goal: entry.goal_id,
        subject: entry.subject_id,
        detail: &entry.detail,
    };
    let book = Book { names: Some(&names.names), goals: Some(&names.goals), metric: None };
    let mut parts = Vec::new();
    if let Some(goal) = entry.goal_id {
        let title = entry.goal_title.clone().unwrap_or_else(|| String::from("A goal that is gone"));
        parts.push(Part::Link(title, paths::goal(goal)));
        parts.push(Part::Text(String::from(": ")));
    }
    parts.extend(sentence(ctx, &book, &happening));
    parts
}

/// Every field that changed, with its label.
fn changes(ctx: &Ctx, entry: &Entry, names: &AuditNames) -> Vec<(String, String, String)> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    flatten(entry.detail.get("before"), &mut before);
    flatten(entry.detail.get("after"), &mut after);
    if let Some(Value::Object(changes)) = entry.detail.get("changes") {
        for (field, change) in changes {
            before.extend(change.get("before").map(|it| (field.clone(), it.clone())));
            after.extend(change.get("after").map(|it| (field.clone(), it.clone())));
        }
    }
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
    known.map_or_else(|| capitalised(field), |(_, label)| (*label).to_owned())
}

fn name(names: &AuditNames, id: Id) -> String {
    let known = names.names.get(&id).or_else(|| names.goals.get(&id)).cloned();
    known.unwrap_or_else(|| String::from("Something that is gone"))
}

/// A value in words.
fn text(ctx: &Ctx, field: &str, value: &Value, names: &AuditNames) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(on) => String::from(if *on { "On" } else { "Off" }),
        Value::String(text) => {
            if let Ok(id) = text.parse::<Id>() {
                return name(names, id);
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
pub(super) fn summary(ctx: &Ctx, entry: &Entry, names: &AuditNames) -> String {
    let changes = changes(ctx, entry, names);
    let shown = changes.into_iter().map(|(label, before, after)| format!("{label}: {before} → {after}"));
    shown.collect::<Vec<_>>().join("; ")
}
