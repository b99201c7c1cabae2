//! `/embed/azure-devops/…`: the page inside Azure DevOps. It stands beside the pages: no session, no cookie, no script; the frame's own secret
//! says who looks, and only the origins that an admin named may frame it.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;
use northing_app::Error;
use northing_app::check_in::NewCheckIn;
use northing_app::explorer::Line;
use northing_app::goal::page::GoalPage;
use northing_app::sources::Framed;
use northing_core::check_in::CheckInInput;
use northing_core::errors::FieldError;
use northing_core::metric::MetricKind;
use northing_core::values::Id;
use northing_ui::components::status::Shown;
use northing_ui::pages::embed::{self, Frame, Rung};
use northing_ui::{Ctx, Terms};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::extract::Fields;
use crate::failure::go;
use crate::pages::rows;
use crate::router::Pages;
use crate::state::AppState;

/// The frame may be shown where its policy says: the layer that forbids it everywhere leaves this answer alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Framable;

const CLOSED: &str = "This page belongs into a tab on a work item in Azure DevOps, and is open there for ten minutes at a time. Reload the work \
    item. If that does not help, the key of the extension may be missing or another one: see the admin guide.";

pub(crate) fn routes() -> Pages {
    Pages::default()
        .open_post("/embed/azure-devops/{org}/work-items/{project}/{item}", open)
        .open_get("/embed/azure-devops/{org}/work-items/{project}/{item}", show)
        .open_post("/embed/azure-devops/{org}/code", pair)
        .open_post("/embed/azure-devops/{org}/goals/{goal}", act)
}

fn base(org: &str) -> String {
    format!("/embed/azure-devops/{}", segment(org))
}

fn address(org: &str, project: &str, item: u64, secret: &str, done: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("frame", secret), ("done", done)])
        .finish();
    format!("{}/work-items/{}/{item}?{query}", base(org), segment(project))
}

/// A page for the frame: who may frame it stands in its policy.
async fn framed(state: &AppState, org: &str, status: StatusCode, page: Markup) -> Response {
    let origins = match state.app.embed_origins(org).await {
        Ok(origins) => origins,
        Err(error) => return crate::failure::Failure::from(error).into_response(),
    };
    let mut answer = (status, Html(page.into_string())).into_response();
    let within = if origins.is_empty() { String::from("'none'") } else { origins.join(" ") };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {within}"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        if !origins.is_empty() {
            answer.extensions_mut().insert(Framable);
        }
    }
    answer
}

async fn closed(state: &AppState, org: &str, status: StatusCode) -> Response {
    framed(state, org, status, embed::closed(state.assets(), CLOSED)).await
}

/// The extension opens the frame: with what the other system signed about who looks.
async fn open(
    State(state): State<AppState>,
    Path((org, project, item)): Path<(String, String, u64)>,
    fields: Fields,
) -> Response {
    match state.app.open_frame(&org, fields.get("token")).await {
        // From a form to an address, so that loading the frame again sends nothing twice.
        Ok(frame) => go(&address(&org, &project, item, &frame.secret, ""), false),
        Err(Error::SignedOut) => closed(&state, &org, StatusCode::FORBIDDEN).await,
        Err(error) => crate::failure::Failure::from(error).into_response(),
    }
}

async fn show(
    State(state): State<AppState>,
    Path((org, project, item)): Path<(String, String, u64)>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let text = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let done = match text("done").as_str() {
        "check-in" => Some("Checked in."),
        "comment" => Some("Your comment is there."),
        "code" => Some("This tab knows you from now on."),
        _ => None,
    };
    match state.app.frame(&org, &text("frame")).await {
        Ok(frame) => page(&state, &org, &project, item, &frame, (done, None)).await,
        Err(Error::SignedOut) => closed(&state, &org, StatusCode::GONE).await,
        Err(error) => crate::failure::Failure::from(error).into_response(),
    }
}

async fn page(
    state: &AppState,
    org: &str,
    project: &str,
    item: u64,
    frame: &Framed,
    (done, problem): (Option<&str>, Option<String>),
) -> Response {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut shown = Frame {
        organization: frame.organization.clone(),
        item,
        base: base(org),
        project: project.to_owned(),
        secret: frame.secret.clone(),
        ways: Vec::new(),
        done: done.map(ToOwned::to_owned),
        problem,
    };
    if frame.actor.is_none() {
        return framed(state, org, status, embed::who(state.assets(), &shown)).await;
    }
    let found = match state.app.framed_item(frame, project, item).await {
        Ok(found) => found,
        Err(error) => return crate::failure::Failure::from(error).into_response(),
    };
    let now = state.app.now();
    let zone = jiff::tz::TimeZone::UTC;
    let today = found.first().map_or_else(|| now.day_in(&zone), |page| page.today);
    let ctx = Ctx { today, now, zone, terms: Terms::default(), csrf: String::new() };
    shown.ways = found.iter().map(way).collect();
    framed(state, org, status, embed::serves(&ctx, state.assets(), &shown)).await
}

/// From a goal up to the top.
fn way(page: &GoalPage) -> Vec<Rung> {
    let above = page.above.iter().rev().map(|above| rung(&above.line));
    std::iter::once(rung(&page.line)).chain(above).collect()
}

fn rung(line: &Line) -> Rung {
    let percent = line.metric.kind == MetricKind::Percent;
    let value = if percent { line.progress_unclamped } else { line.metric.current };
    Rung {
        id: line.id,
        kind: line.kind,
        title: line.title.clone(),
        progress: rows::progress(line, None),
        status: Shown::new(line.status, line.score, line.progress),
        value: value.map(|value| ((value * 10_000.0).round() / 10_000.0).to_string()).unwrap_or_default(),
        unit: String::from(if percent { "%" } else { line.metric.unit.as_deref().unwrap_or_default() }),
    }
}

/// What every form of the frame carries.
struct Carried {
    frame: Framed,
    project: String,
    item: u64,
}

async fn carried(state: &AppState, org: &str, fields: &Fields) -> Result<Carried, Response> {
    let item = fields.get("item").parse().unwrap_or(0);
    match state.app.frame(org, fields.get("frame")).await {
        Ok(frame) => Ok(Carried { frame, project: fields.get("project").to_owned(), item }),
        Err(Error::SignedOut) => Err(closed(state, org, StatusCode::FORBIDDEN).await),
        Err(error) => Err(crate::failure::Failure::from(error).into_response()),
    }
}

/// What the outcome of a form leads to.
async fn answer(
    state: &AppState,
    org: &str,
    it: &Carried,
    outcome: Result<(), Error>,
    done: &str,
) -> Response {
    let problem = match outcome {
        Ok(()) => return go(&address(org, &it.project, it.item, &it.frame.secret, done), false),
        Err(Error::Store(failure)) => {
            return crate::failure::Failure::from(Error::Store(failure)).into_response();
        }
        Err(Error::Invalid(errors)) => {
            errors.iter().map(|error| capitalised(&error.message)).collect::<Vec<_>>().join(". ")
        }
        Err(error) => capitalised(&error.to_string()),
    };
    page(state, org, &it.project, it.item, &it.frame, (None, Some(problem))).await
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

async fn pair(State(state): State<AppState>, Path(org): Path<String>, fields: Fields) -> Response {
    let it = match carried(&state, &org, &fields).await {
        Ok(it) => it,
        Err(answer) => return answer,
    };
    let outcome = state.app.pair_frame(&it.frame, fields.get("code")).await;
    answer(&state, &org, &it, outcome, "code").await
}

async fn act(
    State(state): State<AppState>,
    Path((org, goal)): Path<(String, Id)>,
    fields: Fields,
) -> Response {
    let it = match carried(&state, &org, &fields).await {
        Ok(it) => it,
        Err(answer) => return answer,
    };
    let Some(actor) = it.frame.actor.clone() else {
        return page(&state, &org, &it.project, it.item, &it.frame, (None, None)).await;
    };
    let note = fields.get("note").trim();
    if fields.get("act") == "comment" {
        let outcome = state.app.create_comment(&actor, goal, None, note).await.map(|_| ());
        return answer(&state, &org, &it, outcome, "comment").await;
    }
    let outcome = match value(fields.get("value")) {
        Ok(value) => {
            let input = CheckInInput { value, ..CheckInInput::default() };
            let note = Some(note.to_owned()).filter(|note| !note.is_empty());
            let new = NewCheckIn { input, note, ..NewCheckIn::default() };
            state.app.create_check_in(&actor, goal, new).await.map(|_| ())
        }
        Err(error) => Err(error),
    };
    answer(&state, &org, &it, outcome, "check-in").await
}

/// A number as people write it; none for an empty field.
fn value(text: &str) -> Result<Option<f64>, Error> {
    let text = text.trim().trim_end_matches('%').trim_end().replace(',', ".");
    if text.is_empty() {
        return Ok(None);
    }
    let number: Option<f64> = text.parse().ok().filter(|number: &f64| number.is_finite());
    match number {
        Some(number) => Ok(Some(number)),
        None => Err(FieldError::new("value", "invalid", "enter a number, for example 40").into()),
    }
}

fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
