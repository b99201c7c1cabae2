//! The time periods: by planning year, made, changed, made current, removed with a place for their goals.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use northing_app::Error;
use northing_app::periods::{ManagedPeriods, NewPeriod, Period, PeriodChange};
use northing_core::errors::FieldError;
use northing_core::period::{PeriodKind, planning_year_of};
use northing_core::values::{Day, Id};
use northing_ui::pages::admin::Form;
use northing_ui::pages::admin::periods::{self, Line, Year};
use northing_ui::pages::entry::Typed;
use northing_ui::paths;

use super::{dialog, differences, refuse, renew, typed, version};
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::pages::shell;
use crate::router::Pages;
use crate::state::AppState;

pub(super) fn routes() -> Pages {
    Pages::default()
        .get(paths::PERIODS, list)
        .post(paths::PERIODS, create)
        .get("/admin/periods/new", new)
        .post("/admin/periods/years", make_year)
        .get("/admin/periods/{period}", show)
        .post("/admin/periods/{period}", save)
        .post("/admin/periods/{period}/current", make_current)
        .get("/admin/periods/{period}/deletion", ask)
        .post("/admin/periods/{period}/deletion", delete)
}

fn line(it: &Period, goals: i64, deleted: i64, all: &[(Period, i64, i64)]) -> Line {
    let others = all.iter().map(|(other, ..)| other).filter(|other| other.id != it.id);
    let overlapping = others.filter(|other| other.start <= it.end && it.start <= other.end);
    let count = |number: i64| usize::try_from(number).unwrap_or(0);
    Line {
        id: it.id,
        name: it.name.clone(),
        kind: it.kind,
        start: it.start,
        end: it.end,
        goals: count(goals),
        deleted: count(deleted),
        current: it.is_current,
        overlaps: if it.kind == PeriodKind::Custom {
            overlapping.map(|other| other.name.clone()).collect()
        } else {
            Vec::new()
        },
        version: it.version,
    }
}

/// Whether the current period follows the calendar: as long as there is no custom one (goals §3.4).
fn automatic(found: &ManagedPeriods) -> bool {
    !found.periods.iter().any(|(it, ..)| it.kind == PeriodKind::Custom)
}

/// The periods by planning year, the newest year first.
fn years(found: &ManagedPeriods) -> Vec<Year> {
    let mut years: Vec<(i16, Year)> = Vec::new();
    for (it, goals, deleted) in &found.periods {
        let year = planning_year_of(it.start, found.start_month);
        let line = line(it, *goals, *deleted, &found.periods);
        match years.iter_mut().find(|(number, _)| *number == year) {
            Some((_, year)) => year.periods.push(line),
            None => years.push((year, Year { name: year.to_string(), periods: vec![line] })),
        }
    }
    years.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    years.into_iter().map(|(_, year)| year).collect()
}

async fn list(State(state): State<AppState>, signed: Signed) -> Result<Response, Failure> {
    let found = state.app.manage_periods(&signed.actor).await?;
    let page = periods::page(&signed.ctx(&state), &years(&found), automatic(&found), found.missing_year);
    shell::document(&state, &signed, &page).await
}

async fn shown(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    form: &Form,
    period: Option<Id>,
) -> Result<Response, Failure> {
    let found = state.app.manage_periods(&signed.actor).await?;
    let shown = periods::edit(&signed.ctx(state), form, period, automatic(&found));
    dialog(state, signed, status, "Period", &shown).await
}

async fn new(State(state): State<AppState>, signed: Signed) -> Result<Response, Failure> {
    let values = vec![(String::from("kind"), PeriodKind::Custom.name().to_owned())];
    let form = Form { typed: Typed { values, ..Typed::default() }, ..Form::default() };
    shown(&state, &signed, StatusCode::OK, &form, None).await
}

/// Name, kind and days as they were typed.
fn read(fields: &Fields) -> Result<(String, PeriodKind, Day, Day), Error> {
    let day = |name: &'static str| {
        let day: Result<Day, _> = fields.get(name).trim().parse();
        day.map_err(|_| FieldError::new(name, "invalid", "must be a day such as 2027-01-31"))
    };
    let kind = fields.get("kind").parse().map_err(|_| FieldError::new("kind", "invalid", "choose a kind"));
    match (kind, day("start"), day("end")) {
        (Ok(kind), Ok(start), Ok(end)) => Ok((fields.get("name").to_owned(), kind, start, end)),
        (kind, start, end) => {
            Err(Error::Invalid([kind.err(), start.err(), end.err()].into_iter().flatten().collect()))
        }
    }
}

/// The API calls the days otherwise than the form.
fn refuse_days(typed: &mut Typed, error: Error) -> Result<(), Failure> {
    refuse(typed, error)?;
    for (field, _) in &mut typed.errors {
        if let Some(day) = field.strip_suffix("_date") {
            *field = day.to_owned();
        }
    }
    Ok(())
}

async fn create(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let done = match read(&fields) {
        Ok((name, kind, start, end)) => {
            let new = NewPeriod { name, kind, start, end, is_current: fields.ticked("is_current") };
            state.app.create_period(&signed.actor, new).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(go(paths::PERIODS, signed.htmx)),
        Err(error) => {
            let mut typed = typed(&fields);
            refuse_days(&mut typed, error)?;
            let form = Form { typed, ..Form::default() };
            shown(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, &form, None).await
        }
    }
}

async fn make_year(
    State(state): State<AppState>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Failure> {
    // What is no year is one that cannot be made, for those who may make one.
    let year = fields.get("year").parse().unwrap_or_default();
    state.app.create_planning_year(&signed.actor, year).await?;
    Ok(go(paths::PERIODS, signed.htmx))
}

fn stands(it: &Period) -> Typed {
    let values = [
        ("name", it.name.clone()),
        ("kind", it.kind.name().to_owned()),
        ("start", it.start.to_string()),
        ("end", it.end.to_string()),
        ("version", it.version.to_string()),
    ];
    Typed { values: values.map(|(name, value)| (name.to_owned(), value)).to_vec(), ..Typed::default() }
}

async fn show(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let it = state.app.period(&signed.actor, id).await?;
    let form = Form { typed: stands(&it), ..Form::default() };
    shown(&state, &signed, StatusCode::OK, &form, Some(id)).await
}

async fn save(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let done = match read(&fields) {
        Ok((name, kind, start, end)) => {
            let change = PeriodChange {
                name: Some(name),
                kind: Some(kind),
                start: Some(start),
                end: Some(end),
                is_current: None,
            };
            state.app.edit_period(&signed.actor, id, change, version(&fields)?).await
        }
        Err(error) => Err(error),
    };
    let Err(error) = done else { return Ok(go(paths::PERIODS, signed.htmx)) };
    let mut typed = typed(&fields);
    let (status, conflict) = if matches!(error, Error::Conflict) {
        let now = state.app.period(&signed.actor, id).await?;
        let differing = differences(&state, &signed, periods::LABELS, &stands(&now), &typed).await?;
        renew(&mut typed, now.version);
        (StatusCode::CONFLICT, Some(differing))
    } else {
        refuse_days(&mut typed, error)?;
        (StatusCode::UNPROCESSABLE_ENTITY, None)
    };
    shown(&state, &signed, status, &Form { typed, conflict, ..Form::default() }, Some(id)).await
}

async fn make_current(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let change = PeriodChange { is_current: Some(true), ..PeriodChange::default() };
    state.app.edit_period(&signed.actor, id, change, version(&fields)?).await?;
    Ok(go(paths::PERIODS, signed.htmx))
}

async fn question(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    id: Id,
    form: &Form,
) -> Result<Response, Failure> {
    let found = state.app.manage_periods(&signed.actor).await?;
    let (it, goals, deleted) =
        found.periods.iter().find(|(it, ..)| it.id == id).ok_or(Error::NotFound("period"))?;
    let mut others = vec![(String::new(), String::from("Choose a period"))];
    let rest = found.periods.iter().rev().filter(|(other, ..)| other.id != id);
    others.extend(rest.map(|(other, ..)| (other.id.to_string(), other.name.clone())));
    let shown =
        periods::deletion(&signed.ctx(state), &line(it, *goals, *deleted, &found.periods), &others, form);
    dialog(state, signed, status, "Delete period", &shown).await
}

async fn ask(State(state): State<AppState>, signed: Signed, Path(id): Path<Id>) -> Result<Response, Failure> {
    question(&state, &signed, StatusCode::OK, id, &Form::default()).await
}

async fn delete(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let to = fields.filled("move_to").map(str::parse::<Id>).transpose();
    let done = match to {
        Ok(to) => state.app.delete_period(&signed.actor, id, to, version(&fields)?).await,
        Err(_) => Err(FieldError::new("move_to", "invalid", "choose a period").into()),
    };
    match done {
        Ok(()) => Ok(go(paths::PERIODS, signed.htmx)),
        Err(error) => {
            let mut typed = typed(&fields);
            refuse(&mut typed, error)?;
            let form = Form { typed, ..Form::default() };
            question(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, id, &form).await
        }
    }
}
