//! Imports by page: files, matching, a dry run, the import itself, its report, and taking it back.

mod mapping;
mod report;
mod shown;

use axum::extract::{Path, RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_app::export::ExportFormat;
use northing_app::import::{ImportView, State as At};
use northing_app::{Error, PageRequest};
use northing_core::values::Id;
use northing_ui::components::confirm::{self, Confirm};
use northing_ui::layout::Section;
use northing_ui::pages::import as ui;
use northing_ui::paths;

use super::shell;
use crate::downloads::named;
use crate::extract::{Fields, Part, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;
use crate::uploads;

/// Earlier imports on one page.
const EARLIER: u32 = 20;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get("/import", start)
        .post("/import", upload)
        .get(paths::TEMPLATE, template)
        .get("/import/{import}", show)
        .get("/import/{import}/mapping", match_names)
        .post("/import/{import}/check", check)
        .post("/import/{import}/run", run)
        .get("/import/{import}/progress", progress)
        .post("/import/{import}/discard", discard)
        .get("/import/{import}/undo", ask)
        .post("/import/{import}/undo", undo)
        .get("/import/{import}/report.csv", report::csv)
        .get("/import/{import}/report.json", report::json)
}

async fn start(State(state): State<AppState>, signed: Signed, Part(part): Part) -> Result<Response, Failure> {
    begin(&state, &signed, part, None).await
}

/// The workbook to fill in.
async fn template(State(state): State<AppState>, signed: Signed) -> Result<Response, Failure> {
    let book = state.app.import_template(&signed.actor).await?;
    Ok(named(book, ExportFormat::Xlsx.media_type(), "northing-goals.xlsx"))
}

async fn begin(
    state: &AppState,
    signed: &Signed,
    part: PageRequest,
    error: Option<String>,
) -> Result<Response, Failure> {
    let part = PageRequest { limit: u16::try_from(EARLIER).unwrap_or(20), ..part };
    let page = state.app.imports(&signed.actor, &part).await?;
    let refused = error.is_some();
    let start = ui::Start {
        error,
        limit: format!("{} MiB", state.site.options.upload_limit.0),
        more: page.next.as_ref().map(|next| format!("{}?cursor={next}", paths::IMPORT)),
        earlier: page.items.iter().map(shown::earlier).collect(),
    };
    let ctx = signed.ctx(state);
    let mut answer = shell::document(state, signed, &ui::start(&ctx, &start)).await?;
    if refused {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

async fn upload(
    State(state): State<AppState>,
    signed: Signed,
    request: Request,
) -> Result<Response, Failure> {
    let done = match uploads::receive(&state, &signed.actor, request, &["csrf"]).await {
        Ok(received) => received.upload.finish(None).await.map_err(Failure::App),
        Err(failure) => Err(failure),
    };
    match done {
        Ok(import) => Ok(go(&paths::import(import.id, "mapping"), signed.htmx)),
        Err(Failure::App(Error::Invalid(errors))) => {
            let words: Vec<String> = errors.iter().map(|error| sentence(&error.message)).collect();
            begin(&state, &signed, PageRequest::first(), Some(words.join(" "))).await
        }
        Err(failure) => Err(failure),
    }
}

/// What was wrong, as a sentence about the files.
fn sentence(message: &str) -> String {
    let about = ["are ", "must "].iter().any(|start| message.starts_with(start));
    let text = if about { format!("The files {message}") } else { message.to_owned() };
    if text.ends_with('.') { text } else { format!("{text}.") }
}

async fn show(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let view = state.app.import(&signed.actor, id).await?;
    let ctx = signed.ctx(&state);
    let page = match view.import.state {
        At::Uploading | At::Uploaded => return Ok(go(&paths::import(id, "mapping"), signed.htmx)),
        At::Checking | At::Running => ui::running(&ctx, &shown::running(&view)),
        At::Checked => {
            let outcome = report::outcome(&state, &signed, &view, query.as_deref()).await?;
            ui::dry_run(&ctx, &outcome)
        }
        At::Finished | At::Failed | At::Cancelled | At::Undone => {
            let outcome = report::outcome(&state, &signed, &view, query.as_deref()).await?;
            ui::report(&ctx, &outcome)
        }
    };
    shell::document(&state, &signed, &page).await
}

async fn match_names(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let view = state.app.import(&signed.actor, id).await?;
    if !waits(&view) {
        return Ok(go(&paths::import(id, ""), signed.htmx));
    }
    mapping::form(&state, &signed, &view, None).await
}

/// Whether its files wait for somebody.
const fn waits(view: &ImportView) -> bool {
    matches!(view.import.state, At::Uploaded | At::Checked | At::Failed)
}

async fn check(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let view = state.app.import(&signed.actor, id).await?;
    let chosen = match mapping::read(&view, &fields) {
        Ok(chosen) => chosen,
        Err(error) => return mapping::form(&state, &signed, &view, Some(error)).await,
    };
    begin_work(&state, &signed, id, Some(chosen), true).await
}

async fn run(State(state): State<AppState>, signed: Signed, Path(id): Path<Id>) -> Result<Response, Failure> {
    begin_work(&state, &signed, id, None, false).await
}

async fn begin_work(
    state: &AppState,
    signed: &Signed,
    id: Id,
    mapping: Option<northing_app::import::Mapping>,
    dry_run: bool,
) -> Result<Response, Failure> {
    match state.app.start_import(&signed.actor, id, mapping, dry_run).await {
        Ok(_) => Ok(go(&paths::import(id, ""), signed.htmx)),
        Err(Error::Refused(refusal)) => {
            let view = state.app.import(&signed.actor, id).await?;
            if waits(&view) {
                return mapping::form(state, signed, &view, Some(refusal.message.to_string())).await;
            }
            Err(Error::Refused(refusal).into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn progress(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let view = state.app.import(&signed.actor, id).await?;
    if view.progress.is_none() {
        return Ok(go(&paths::import(id, ""), signed.htmx));
    }
    Ok(Html(ui::progress(&shown::running(&view)).into_string()).into_response())
}

async fn discard(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    state.app.cancel_import(&signed.actor, id).await?;
    Ok(go(paths::IMPORT, signed.htmx))
}

async fn ask(State(state): State<AppState>, signed: Signed, Path(id): Path<Id>) -> Result<Response, Failure> {
    let plan = state.app.undo_plan(&signed.actor, id).await?;
    let ctx = signed.ctx(&state);
    let question = Confirm {
        title: String::from("Undo this import?"),
        text: shown::undoing(&plan),
        verb: String::from("Undo import"),
        href: paths::import(id, "undo"),
        back: paths::import(id, ""),
        extra: shown::staying(&plan),
    };
    let dialog = confirm::dialog(&ctx, &question);
    shell::framed(&state, &signed, StatusCode::OK, Section::Admin, "Undo this import?", &dialog).await
}

async fn undo(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    state.app.undo_import(&signed.actor, id).await?;
    Ok(go(&paths::import(id, ""), signed.htmx))
}
