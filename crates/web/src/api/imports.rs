//! `/orgs/{org}/imports`: files of another system, brought in in the background.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use northing_app::Error;
use northing_app::import::{Count, ImportView, LineFilter, LineView, Mapping, State as Phase};
use northing_core::errors::FieldError;
use northing_core::values::{Id, Moment};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::import_schema::{
    CountFields, DraftFields, FileFields, MappingFields, NoteFields, ProgressFields, UploadFields,
    WarningFields,
};
use super::{Listed, gone, list, resource};
use crate::extract::{Admin, Body, Ids, IfMatch, ListParams, Part, Query, Token};
use crate::failure::Failure;
use crate::state::AppState;
use crate::uploads;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(all, create))
        .routes(routes!(one, remove))
        .routes(routes!(run))
        .routes(routes!(lines))
}

/// An import and its report. `state`: `uploaded` (waits for `run`), `checking`, `checked` (tried, nothing kept), `running`,
/// `finished`, `failed`, `cancelled`, `undone`.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Import)]
pub(crate) struct ImportBody {
    #[schema(value_type = String)]
    id: Id,
    #[schema(value_type = String)]
    org_id: Id,
    version: i64,
    #[schema(value_type = String)]
    state: Phase,
    dry_run: bool,
    /// What begins the external identifiers: `vivagoals:70731`.
    source: Option<String>,
    /// The files, with how many records of each entity stand in them.
    #[schema(value_type = Vec<FileFields>)]
    files: Value,
    /// While it runs: what it is busy with, and records done of how many.
    #[schema(value_type = Option<ProgressFields>)]
    progress: Option<Value>,
    /// By entity: created, updated, skipped (of these unchanged), failed. Null until it was tried or done.
    #[schema(value_type = Option<std::collections::HashMap<String, CountFields>>)]
    counts: Option<BTreeMap<String, Count>>,
    /// Remarks on fields, those of the most records first: `entity`, `field`, `effect`, `count`, `example`, `title`.
    #[schema(value_type = Vec<WarningFields>)]
    warnings: Value,
    /// Names that match nothing here: `people`, `types`, `periods`, `statuses`, each with what is done unless the mapping
    /// says otherwise.
    #[schema(value_type = DraftFields)]
    draft: Value,
    /// What was decided.
    #[schema(value_type = MappingFields)]
    mapping: Value,
    /// Why it failed.
    error: Option<String>,
    /// It can be undone by `DELETE`.
    undoable: bool,
    #[schema(value_type = Option<String>)]
    created_by: Option<Id>,
    #[schema(value_type = String)]
    created_at: Moment,
    #[schema(value_type = Option<String>)]
    finished_at: Option<Moment>,
}

fn body(it: ImportView) -> ImportBody {
    let (counts, warnings) = match it.summary {
        Some(summary) => (Some(summary.counts), json!(summary.warnings)),
        None => (None, json!([])),
    };
    let draft = json!({
        "people": it.draft.people, "types": it.draft.types, "periods": it.draft.periods, "statuses": it.draft.statuses,
    });
    let progress =
        it.progress.map(|(phase, done, total)| json!({ "phase": phase, "done": done, "total": total }));
    ImportBody {
        id: it.import.id,
        org_id: it.import.org_id,
        version: it.import.version,
        state: it.import.state,
        dry_run: it.import.dry_run,
        source: it.import.source,
        files: json!(it.files),
        progress,
        counts,
        warnings,
        draft,
        mapping: json!(it.mapping),
        error: it.import.error,
        undoable: it.undoable,
        created_by: it.import.created_by,
        created_at: it.import.created_at,
        finished_at: it.import.finished_at,
    }
}

/// What became of one record.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ImportLine)]
struct LineBody {
    number: i64,
    /// `person`, `team`, `period`, `tag`, `goal`, `check_in` or `comment`.
    entity: String,
    file: String,
    row: u64,
    title: String,
    /// `created`, `updated`, `unchanged`, `skipped` or `failed`.
    outcome: String,
    /// The record here.
    #[schema(value_type = Option<String>)]
    id: Option<Id>,
    /// Fields that were not simply kept: `field`, `effect` (`kept`, `changed`, `dropped`), `reason`.
    #[schema(value_type = Vec<NoteFields>)]
    notes: Value,
}

impl From<LineView> for LineBody {
    fn from(it: LineView) -> Self {
        Self {
            number: it.number,
            entity: it.entity,
            file: it.file,
            row: it.row,
            title: it.title,
            outcome: it.outcome,
            id: it.subject,
            notes: json!(it.notes),
        }
    }
}

/// The imports of the organisation, the newest first.
#[utoipa::path(get, path = "/orgs/{org}/imports", params(("org" = String, Path), ListParams),
    responses((status = 200, body = Listed<ImportBody>)))]
async fn all(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    Part(part): Part,
) -> Result<Response, Failure> {
    Ok(list(state.app.imports(&actor, &part).await?.map(body)))
}

/// Brings files in, or with `dry_run` only tries it: in the background. `Location` tells how far it is.
///
/// A form (`multipart/form-data`) with the fields `files` (one or several), `dry_run` (`true` or `false`) and `mapping`
/// (JSON: `new_people`, `people`, `types`, `periods`, `statuses`). Files that cannot be read are refused at once, and nothing is kept.
#[utoipa::path(post, path = "/orgs/{org}/imports", params(("org" = String, Path)),
    request_body(content = UploadFields, content_type = "multipart/form-data"), responses((status = 202, body = ImportBody)))]
async fn create(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    request: Request,
) -> Result<Response, Failure> {
    let received = uploads::receive(&state, &actor, request, &["dry_run", "mapping"]).await?;
    let asked = asked(&received);
    let (dry_run, mapping) = match asked {
        Ok(asked) => asked,
        Err(failure) => {
            received.upload.discard().await?;
            return Err(failure);
        }
    };
    let import = received.upload.finish(Some(mapping)).await?;
    if let Err(error) = state.app.start_import(&actor, import.id, None, dry_run).await {
        state.app.cancel_import(&actor, import.id).await?;
        return Err(error.into());
    }
    accepted(&state, &actor, import.id).await
}

fn asked(received: &uploads::Received) -> Result<(bool, Mapping), Failure> {
    let dry_run = match received.field("dry_run") {
        None => false,
        Some(text) => {
            text.parse().map_err(|_| FieldError::new("dry_run", "wrong_type", "must be true or false"))?
        }
    };
    Ok((dry_run, received.field("mapping").map(Mapping::read).transpose()?.unwrap_or_default()))
}

async fn accepted(state: &AppState, actor: &northing_app::Actor, id: Id) -> Result<Response, Failure> {
    let view = state.app.import(actor, id).await?;
    let place = format!("/api/v1/orgs/{}/imports/{id}", actor.org_id);
    let mut answer = (StatusCode::ACCEPTED, Json(body(view))).into_response();
    if let Ok(place) = HeaderValue::from_str(&place) {
        answer.headers_mut().insert(header::LOCATION, place);
    }
    Ok(answer)
}

/// An import: how far it is, its counts and remarks.
#[utoipa::path(get, path = "/orgs/{org}/imports/{import}", params(("org" = String, Path), ("import" = String, Path)),
    responses((status = 200, body = ImportBody)))]
async fn one(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
) -> Result<Response, Failure> {
    let view = state.app.import(&actor, ids.get("import")?).await?;
    Ok(resource(view.import.version, &body(view)))
}

/// What to do with files that wait.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RunBody {
    /// Only try it.
    #[serde(default)]
    dry_run: bool,
    /// Replaces the mapping.
    #[schema(value_type = Option<MappingFields>)]
    mapping: Option<Mapping>,
}

/// Does an import that was uploaded or tried before, with the same files.
#[utoipa::path(post, path = "/orgs/{org}/imports/{import}/run", params(("org" = String, Path), ("import" = String, Path)),
    request_body = RunBody, responses((status = 202, body = ImportBody)))]
async fn run(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
    Body(asked): Body<RunBody>,
) -> Result<Response, Failure> {
    let id = ids.get("import")?;
    state.app.start_import(&actor, id, asked.mapping, asked.dry_run).await?;
    accepted(&state, &actor, id).await
}

/// What became of an import that was undone.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = UndoneImport)]
struct UndoneBody {
    /// How many records of each entity went.
    removed: BTreeMap<String, u64>,
    /// How many of each became what they were.
    restored: BTreeMap<String, u64>,
    /// What stays because somebody did something with it since, or because something that stays needs it.
    stays: Vec<StaysBody>,
}

/// A record that stays.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = StaysImported)]
struct StaysBody {
    entity: String,
    title: String,
}

/// Takes an import back: one that is done is undone (200, with what went and what stays), any other is cancelled (204).
#[utoipa::path(delete, path = "/orgs/{org}/imports/{import}", params(("org" = String, Path), ("import" = String, Path)),
    responses((status = 200, body = UndoneBody), (status = 204)))]
async fn remove(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    let id = ids.get("import")?;
    let import = state.app.import(&actor, id).await?.import;
    if version.is_some_and(|version| version != import.version) {
        return Err(Error::Conflict.into());
    }
    if import.state == Phase::Finished {
        let plan = state.app.undo_import(&actor, id).await?;
        let stays = plan.stays.into_iter().map(|(entity, title)| StaysBody { entity, title }).collect();
        let body = UndoneBody { removed: plan.removed, restored: plan.restored, stays };
        return Ok(Json(body).into_response());
    }
    state.app.cancel_import(&actor, id).await?;
    Ok(gone())
}

/// Which lines are listed.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "limit and cursor are read by `Part`")]
struct LineParams {
    /// Only of this entity.
    entity: Option<String>,
    /// Only of this outcome.
    outcome: Option<String>,
    /// Only those with remarks.
    noted: Option<bool>,
    /// At most so many entries, 1–200; 50 if absent.
    limit: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// What became of every record, in the order of the files.
#[utoipa::path(get, path = "/orgs/{org}/imports/{import}/lines", params(("org" = String, Path), ("import" = String, Path), LineParams),
    responses((status = 200, body = Listed<LineBody>)))]
async fn lines(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
    Query(params): Query<LineParams>,
    Part(part): Part,
) -> Result<Response, Failure> {
    let filter =
        LineFilter { entity: params.entity, outcome: params.outcome, noted: params.noted.unwrap_or(false) };
    let page = state.app.import_lines(&actor, ids.get("import")?, &filter, &part).await?;
    Ok(list(page.map(LineBody::from)))
}
