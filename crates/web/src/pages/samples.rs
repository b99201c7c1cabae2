//! Sample OKRs: the library, the preview of a choice, making it, taking it back.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use northing_app::samples::{self, Batch, FUNCTIONS, SampleOrder, Whose};
use northing_app::{Error, PageRequest};
use northing_core::errors::FieldError;
use northing_core::goal::GoalKind;
use northing_core::permission::{Action, Thing};
use northing_core::values::Id;
use northing_ui::components::picker::{Choice, Of};
use northing_ui::layout::Page;
use northing_ui::pages::entry::Typed;
use northing_ui::pages::samples::{self as ui, Choices, Made, Preview};
use northing_ui::{Ctx, format, paths};

use super::pickers::{self, About};
use super::{shell, typed};
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get(paths::SAMPLES, library)
        .post(paths::SAMPLES, add)
        .get("/samples/preview", preview)
        .get("/samples/{batch}", made)
        .post("/samples/{batch}/removal", remove)
}

/// The fields of an address, as a form's.
fn asked(raw: Option<String>) -> Fields {
    Fields::of(form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).into_owned().collect())
}

async fn library(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let fields = asked(raw);
    shown(&state, &signed, &fields, StatusCode::OK, Vec::new()).await
}

/// The library with a choice, and what is wrong with it.
async fn shown(
    state: &AppState,
    signed: &Signed,
    fields: &Fields,
    status: StatusCode,
    errors: Vec<(String, String)>,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(state);
    let view =
        signed.actor.may(Action::GoalCreateOrganization, Thing::Organization, &signed.membership.settings);
    let mut values = typed::values(fields);
    let (periods, current) = periods(state, signed, &ctx).await?;
    if fields.filled("period").is_none() {
        values.push((String::from("period"), current));
    }
    if fields.filled("whose").is_none() {
        values.push((String::from("whose"), String::from(if view { "organization" } else { "person" })));
    }
    let found = match fields.filled("search") {
        Some(field @ ("team" | "owner")) => {
            let of = if field == "team" { Of::Teams } else { Of::People };
            let text = fields.get(&format!("{field}_query"));
            Some((field.to_owned(), pickers::found(state, signed, of, text, About::default()).await?))
        }
        _ => None,
    };
    let content = Choices {
        typed: Typed { values, errors, refusal: None },
        periods,
        may_organisation: view,
        organisation: &signed.membership.organization,
        team: chosen(state, signed, fields, "team").await?,
        owner: chosen(state, signed, fields, "owner").await?,
        found,
    };
    let batches = state.app.sample_batches(&signed.actor).await?;
    let batches: Vec<ui::Batch> =
        batches.iter().filter(|batch| batch.mine).map(|batch| line(&ctx, batch)).collect();
    let functions: Vec<ui::Function> = FUNCTIONS
        .iter()
        .map(|it| ui::Function {
            key: it.key,
            name: it.name,
            about: it.about,
            samples: it.samples.iter().map(sample).collect(),
        })
        .collect();
    answer(state, signed, status, &ui::library(&ctx, &functions, &content, &batches)).await
}

async fn answer(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    page: &Page,
) -> Result<Response, Failure> {
    let mut answer = shell::document(state, signed, page).await?;
    *answer.status_mut() = status;
    Ok(answer)
}

/// The periods that have not ended, and the current one.
async fn periods(
    state: &AppState,
    signed: &Signed,
    ctx: &Ctx,
) -> Result<(Vec<(String, String)>, String), Failure> {
    let all = state.app.list_periods(&signed.actor, &PageRequest::new(Some(200), None)?).await?.items;
    let current = all.iter().find(|it| it.is_current).map_or_else(String::new, |it| it.id.to_string());
    let open = all.into_iter().filter(|it| it.end >= ctx.today);
    Ok((open.map(|it| (it.id.to_string(), it.name)).collect(), current))
}

/// What a picker shows as chosen: the team or person of the field.
async fn chosen(
    state: &AppState,
    signed: &Signed,
    fields: &Fields,
    field: &str,
) -> Result<Vec<Choice>, Failure> {
    let Some(id) = fields.filled(field).and_then(|id| id.parse::<Id>().ok()) else { return Ok(Vec::new()) };
    let name = match field {
        "team" => state.app.team(&signed.actor, id).await.map(|it| it.name),
        _ => state.app.member(&signed.actor, id).await.map(|it| it.name),
    };
    match name {
        Ok(text) => Ok(vec![Choice { value: id.to_string(), text, ..Choice::default() }]),
        Err(Error::NotFound(_)) => Ok(Vec::new()),
        Err(other) => Err(other.into()),
    }
}

fn sample(it: &samples::Sample) -> ui::Sample {
    let key_results = it.key_results.iter().map(|one| (one.title, measure(one))).collect();
    ui::Sample { key: it.key, title: it.title, why: it.why, key_results }
}

/// How a metric moves, in a few signs.
fn measure(it: &samples::KeyResult) -> String {
    let unit = Some(it.unit).filter(|unit| !unit.is_empty());
    let (value, end) = (|it| format::value(it, unit), |it| format::value_with_unit(it, unit));
    match it.measure {
        samples::Measure::Reach(target) => format!("{} → {}", value(0.0), end(target)),
        samples::Measure::Increase(start, target) | samples::Measure::Decrease(start, target) => {
            format!("{} → {}", value(start), end(target))
        }
        samples::Measure::StayAbove(target) => format!("at least {}", end(target)),
        samples::Measure::StayBelow(target) => format!("at most {}", end(target)),
    }
}

fn line(ctx: &Ctx, batch: &Batch) -> ui::Batch {
    let objectives = batch.goals.iter().filter(|(_, kind, _)| *kind == GoalKind::Objective).count();
    let counts = ui::counts(ctx, objectives, batch.goals.len().saturating_sub(objectives));
    let day = format::day(batch.at.day_in(&ctx.zone), ctx.today);
    ui::Batch { id: batch.id, text: format!("{counts}, {day}") }
}

fn read(fields: &Fields) -> Result<SampleOrder, FieldError> {
    let id = |name: &'static str| -> Result<Option<Id>, FieldError> {
        let parsed = fields.filled(name).map(str::parse).transpose();
        parsed.map_err(|_| FieldError::new(name, "invalid", "is no identifier"))
    };
    let whose = match (fields.get("whose"), id("team")?) {
        ("organization", _) => Whose::Organization,
        ("team", Some(team)) => Whose::Team(team),
        ("team", None) => return Err(FieldError::new("team", "required", "choose a team")),
        ("person", _) => Whose::Person,
        _ => return Err(FieldError::new("whose", "required", "choose one")),
    };
    let picks = fields.pairs().iter().filter(|(name, _)| name == "pick").map(|(_, key)| key.clone());
    Ok(SampleOrder { picks: picks.collect(), period_id: id("period")?, whose, owner_id: id("owner")? })
}

async fn preview(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let fields = asked(raw);
    if fields.filled("search").is_some() {
        return shown(&state, &signed, &fields, StatusCode::OK, Vec::new()).await;
    }
    let order = read(&fields).map_err(Error::from);
    match order.and_then(|order| Ok((order.samples()?, order))) {
        Ok((samples, order)) => {
            pencil(&state, &signed, &fields, &samples, &order, StatusCode::OK, &Typed::default()).await
        }
        Err(error) => again(&state, &signed, &fields, error).await,
    }
}

/// The library again, with what is wrong at its fields.
async fn again(
    state: &AppState,
    signed: &Signed,
    fields: &Fields,
    error: Error,
) -> Result<Response, Failure> {
    let (status, typed) = typed::refused(error, fields)?;
    shown(state, signed, fields, status, typed.errors).await
}

async fn pencil(
    state: &AppState,
    signed: &Signed,
    fields: &Fields,
    samples: &[&'static samples::Sample],
    order: &SampleOrder,
    status: StatusCode,
    typed: &Typed,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(state);
    let kept = ["pick", "period", "whose", "team", "owner"];
    let kept: Vec<(String, String)> = fields
        .pairs()
        .iter()
        .filter(|(name, value)| kept.contains(&name.as_str()) && !value.is_empty())
        .cloned()
        .collect();
    let (periods, current) = periods(state, signed, &ctx).await?;
    let period = order.period_id.map_or(current, |id| id.to_string());
    let period = periods
        .into_iter()
        .find(|(id, _)| *id == period)
        .map_or_else(|| String::from("its period"), |it| it.1);
    let first = |of: Vec<Choice>| of.into_iter().next().map(|it| it.text);
    let whose = match order.whose {
        Whose::Organization => signed.membership.organization.clone(),
        Whose::Team(_) => first(chosen(state, signed, fields, "team").await?).unwrap_or_default(),
        Whose::Person => String::from("a person’s own"),
    };
    let owner =
        first(chosen(state, signed, fields, "owner").await?).unwrap_or_else(|| signed.actor.name.clone());
    let query = serde_urlencoded::to_string(&kept).unwrap_or_default();
    let content = Preview {
        samples: samples.iter().map(|it| sample(it)).collect(),
        place: format!("{period}, {whose}, owned by {owner}"),
        fields: &kept,
        back: format!("{}?{query}", paths::SAMPLES),
    };
    answer(state, signed, status, &ui::preview(&ctx, &content, typed)).await
}

async fn add(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let order = read(&fields).map_err(Error::from).and_then(|order| Ok((order.samples()?, order)));
    let (samples, order) = match order {
        Ok(read) => read,
        Err(error) => return again(&state, &signed, &fields, error).await,
    };
    match state.app.add_samples(&signed.actor, order.clone()).await {
        Ok(batch) => Ok(go(&format!("{}/{batch}", paths::SAMPLES), signed.htmx)),
        Err(error) => {
            let (status, typed) = typed::refused(error, &fields)?;
            pencil(&state, &signed, &fields, &samples, &order, status, &typed).await
        }
    }
}

async fn made(
    State(state): State<AppState>,
    signed: Signed,
    Path(batch): Path<Id>,
) -> Result<Response, Failure> {
    let batches = state.app.sample_batches(&signed.actor).await?;
    let found = batches.into_iter().find(|it| it.id == batch).ok_or(Error::NotFound("sample OKRs"))?;
    let explorer = found
        .period_id
        .map_or_else(|| paths::EXPLORER.to_owned(), |period| format!("{}?period={period}", paths::EXPLORER));
    let content = Made { id: found.id, goals: found.goals, explorer };
    answer(&state, &signed, StatusCode::OK, &ui::made(&signed.ctx(&state), &content)).await
}

async fn remove(
    State(state): State<AppState>,
    signed: Signed,
    Path(batch): Path<Id>,
) -> Result<Response, Failure> {
    state.app.remove_samples(&signed.actor, batch).await?;
    Ok(go(paths::SAMPLES, signed.htmx))
}
