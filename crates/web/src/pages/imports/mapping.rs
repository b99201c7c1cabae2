//! The form that matches names: shown from what was found, and read back as a mapping.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::Response;
use northing_app::PageRequest;
use northing_app::import::{FileSummary, ImportView, Mapping, NewPeople, PeriodChoice, PersonChoice, Word};
use northing_core::status::Status;
use northing_core::values::Day;
use northing_ui::pages::import as ui;

use super::super::shell;
use crate::extract::{Fields, Signed};
use crate::failure::Failure;
use crate::state::AppState;

/// People whom the form asks about; the others become what the mapping says of all.
const PEOPLE: usize = 200;

/// The form, as the mapping stands.
pub(super) async fn form(
    state: &AppState,
    signed: &Signed,
    view: &ImportView,
    error: Option<String>,
) -> Result<Response, Failure> {
    let whole = PageRequest { limit: 200, cursor: None };
    let here = state.app.list_periods(&signed.actor, &whole).await?.items;
    let refused = error.is_some();
    let here = here.into_iter().map(|period| period.name).collect();
    let page = ui::mapping(&signed.ctx(state), &shown(view, here, error));
    let mut answer = shell::document(state, signed, &page).await?;
    if refused {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

fn shown(view: &ImportView, here: Vec<String>, error: Option<String>) -> ui::Mapping {
    let (draft, mapping) = (&view.draft, &view.mapping);
    let people = draft.people.iter().take(PEOPLE).map(|it| {
        let (choice, member) = match mapping.people.get(&it.key).unwrap_or(&it.choice) {
            PersonChoice::Word(Word::Skip) => ("skip", it.alike.clone()),
            PersonChoice::Word(Word::Create) => ("create", it.alike.clone()),
            PersonChoice::Match { email } => ("match", Some(email.clone())),
        };
        ui::Person {
            name: it.name.clone(),
            email: it.email.clone(),
            active: it.active,
            choice,
            member: member.unwrap_or_default(),
        }
    });
    let more = draft.people.len().saturating_sub(PEOPLE);
    let types = draft.types.iter().map(|it| ui::Type {
        word: it.word.clone(),
        goals: it.goals,
        kind: mapping.types.get(&it.word).copied().unwrap_or(it.kind),
        certain: it.certain,
    });
    let periods = draft.periods.iter().map(|it| {
        let text = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        let (chosen, days) = match mapping.periods.get(&it.name) {
            Some(PeriodChoice::Match { name }) => (name.clone(), it.days),
            Some(PeriodChoice::Create { start, end }) => (String::new(), Some((*start, *end))),
            None => (it.alike.clone().unwrap_or_default(), it.days),
        };
        let days = (text(days.map(|days| days.0)), text(days.map(|days| days.1)));
        ui::Period { name: it.name.clone(), goals: it.goals, chosen, days }
    });
    let statuses = draft.statuses.iter().map(|it| ui::Status {
        word: it.word.clone(),
        count: it.count,
        chosen: mapping.statuses.get(&it.word).unwrap_or(&it.status).name().to_owned(),
    });
    let words = |status: &Status| {
        let words = status.name().replace('_', " ");
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    ui::Mapping {
        id: view.import.id,
        files: view.files.iter().map(|file| (file.name.clone(), recognised(file))).collect(),
        people: ui::People {
            shown: people.collect(),
            more: u64::try_from(more).unwrap_or(0),
            become_: mapping.new_people.name().to_owned(),
        },
        types: types.collect(),
        periods: periods.collect(),
        here,
        statuses: statuses.collect(),
        all_statuses: Status::ALL.iter().map(|it| (it.name().to_owned(), words(it))).collect(),
        error,
    }
}

/// "64 goals and 355 check-ins".
fn recognised(file: &FileSummary) -> String {
    let parts: Vec<String> = file
        .records
        .iter()
        .map(|(name, count)| {
            let (one, many) = ui::entity(name);
            format!("{count} {}", if *count == 1 { one } else { many })
        })
        .collect();
    if parts.is_empty() { String::from("nothing in it") } else { parts.join(", ") }
}

/// What was chosen in the form, beside what a mapping says of others.
pub(super) fn read(view: &ImportView, fields: &Fields) -> Result<Mapping, String> {
    let draft = &view.draft;
    let mut mapping = Mapping { organisation: view.mapping.organisation.clone(), ..Mapping::default() };
    mapping.new_people =
        fields.filled("new_people").and_then(|word| word.parse().ok()).unwrap_or(NewPeople::AsInFile);
    let people: &mut BTreeMap<String, PersonChoice> = &mut mapping.people;
    people.extend(view.mapping.people.clone());
    for (at, it) in draft.people.iter().enumerate().take(PEOPLE) {
        let choice = match fields.get(&format!("person.{at}")) {
            "skip" => PersonChoice::Word(Word::Skip),
            "match" => match fields.filled(&format!("person.{at}.email")) {
                Some(email) => PersonChoice::Match { email: email.to_owned() },
                None => return Err(format!("Say who {} is: enter the mail address of a member.", it.name)),
            },
            "create" => PersonChoice::Word(Word::Create),
            _ => continue,
        };
        people.insert(it.key.clone(), choice);
    }
    for (at, it) in draft.types.iter().enumerate() {
        if let Ok(kind) = fields.get(&format!("type.{at}")).parse() {
            mapping.types.insert(it.word.clone(), kind);
        }
    }
    for (at, it) in draft.periods.iter().enumerate() {
        let day =
            |part: &str| fields.filled(&format!("period.{at}.{part}")).and_then(|it| it.parse::<Day>().ok());
        let choice = match (fields.filled(&format!("period.{at}")), day("start"), day("end")) {
            (Some(name), ..) => PeriodChoice::Match { name: name.to_owned() },
            (None, Some(start), Some(end)) if start <= end => PeriodChoice::Create { start, end },
            (None, None, None) => continue,
            _ => return Err(format!("{} needs a first day and a last day, in this order.", it.name)),
        };
        mapping.periods.insert(it.name.clone(), choice);
    }
    for (at, it) in draft.statuses.iter().enumerate() {
        if let Ok(status) = fields.get(&format!("status.{at}")).parse() {
            mapping.statuses.insert(it.word.clone(), status);
        }
    }
    Ok(mapping)
}
