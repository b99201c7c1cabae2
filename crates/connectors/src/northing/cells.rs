//! The composed cells of format A as Northing writes them; the readers of `viva_goals::explorer` read them back.

use northing_core::metric::MetricKind;

use super::words;
use crate::import_model::{CheckIn, ParentRef, PersonRef};

/// What a spreadsheet would take for a formula is kept from being one.
pub(super) fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

pub(super) fn aligned_to(parents: &[ParentRef]) -> String {
    let cells: Vec<String> = parents
        .iter()
        .map(|parent| {
            let title = parent.title.as_deref().unwrap_or_default();
            let id = parent.id.as_deref().unwrap_or_default();
            format!("{title}(weight: {}, Id: {id})", parent.weight.map(words::weight).unwrap_or_default())
        })
        .collect();
    cells.join(", ")
}

pub(super) fn check_in(it: &CheckIn, kind: MetricKind) -> String {
    let mut cell = String::new();
    let mut part = |key: &str, value: &str| {
        if !cell.is_empty() {
            cell.push(' ');
        }
        cell.push_str(key);
        cell.push_str(": ");
        cell.push_str(value);
        cell.push(';');
    };
    let user = it.author.as_ref().and_then(|author| author.name.as_deref()).unwrap_or_default();
    part("Checkin Date", &it.effective.map(|day| day.to_string()).unwrap_or_default());
    part("User", user);
    part("Note", it.note.as_deref().unwrap_or_default());
    if let Some(name) = &it.metric_name {
        part("Metric Name", name);
    }
    part("Status", it.status.map(words::status).unwrap_or_default());
    if let Some(value) = it.value {
        let unit = if kind == MetricKind::Percent { "%" } else { "" };
        part("Current Value", &format!("{}{unit}", value.value));
    }
    part("Activity Date", &it.recorded_at.map(words::moment).unwrap_or_default());
    cell
}

pub(super) fn names(people: &[PersonRef]) -> String {
    let names: Vec<&str> = people.iter().filter_map(|person| person.name.as_deref()).collect();
    names.join(", ")
}

pub(super) fn emails(people: &[PersonRef]) -> String {
    let emails: Vec<&str> = people.iter().filter_map(|person| person.email.as_deref()).collect();
    emails.join("; ")
}
