//! Check-ins of a goal.

use std::borrow::Cow;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use northing_app::check_in::{AsOf, Changed, CheckInRow, CheckedIn, EditCheckIn, NewCheckIn};
use northing_core::check_in::CheckInInput;
use northing_core::errors::FieldError;
use northing_core::goal::ProgressMode;
use northing_core::metric::clamp_progress;
use northing_core::status::Status;
use northing_core::values::{Id, Moment};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Listed, created, gone, list, resource};
use crate::extract::{Body, CheckIn, Ids, IfMatch, ListParams, Part, Read, Token, given};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(all, create))
        .routes(routes!(preview))
        .routes(routes!(one, edit, remove))
        .routes(routes!(preview_edit))
        .routes(routes!(preview_removal))
}

/// A check-in.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = CheckIn)]
pub(crate) struct CheckInBody {
    #[schema(value_type = String)]
    id: Id,
    #[schema(value_type = String)]
    goal_id: Id,
    /// Who made it; null for a source, or where the person is gone.
    #[schema(value_type = Option<String>)]
    author_id: Option<Id>,
    author_name: Option<String>,
    /// `person`, `import` or a data source.
    source: String,
    /// The moment its value holds for.
    #[schema(value_type = String)]
    at: Moment,
    /// The moment it was written down.
    #[schema(value_type = String)]
    recorded_at: Moment,
    /// The metric's value.
    value: Option<f64>,
    /// Progress 0–100; null for a baseline.
    progress: Option<f64>,
    /// The same, not held to 0–100.
    progress_unclamped: Option<f64>,
    #[schema(value_type = String)]
    status: Status,
    /// The status was chosen and is not the one that the rules suggest.
    status_is_manual: bool,
    #[schema(value_type = String)]
    progress_mode: ProgressMode,
    /// Automatic updates are stopped after it.
    automatic_stopped: bool,
    /// Moment or value are only roughly known.
    approximate: bool,
    /// Markdown.
    note: Option<String>,
    comment_count: i64,
    version: i64,
    #[schema(value_type = Option<String>)]
    edited_at: Option<Moment>,
}

impl From<CheckInRow> for CheckInBody {
    fn from(row: CheckInRow) -> Self {
        Self {
            id: row.id,
            goal_id: row.goal_id,
            author_id: row.author_id,
            author_name: row.author_name,
            source: row.source,
            at: row.at,
            recorded_at: row.recorded_at,
            value: row.value,
            progress: row.progress.map(clamp_progress),
            progress_unclamped: row.progress,
            status: row.status,
            status_is_manual: row.status_is_manual,
            progress_mode: row.progress_mode,
            automatic_stopped: row.automatic_stopped,
            approximate: row.approximate,
            note: row.note,
            comment_count: row.comment_count,
            version: row.version,
            edited_at: row.edited_at,
        }
    }
}

/// A goal before and after.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Changed)]
pub(crate) struct ChangedBody {
    #[schema(value_type = String)]
    goal_id: Id,
    /// In a preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    progress_before: Option<f64>,
    progress_after: Option<f64>,
    #[schema(value_type = String)]
    status_before: Status,
    #[schema(value_type = String)]
    status_after: Status,
    value_before: Option<f64>,
    value_after: Option<f64>,
}

impl From<Changed> for ChangedBody {
    fn from(changed: Changed) -> Self {
        Self {
            goal_id: changed.goal_id,
            title: changed.title,
            progress_before: changed.progress_before,
            progress_after: changed.progress_after,
            status_before: changed.status_before,
            status_after: changed.status_after,
            value_before: changed.value_before,
            value_after: changed.value_after,
        }
    }
}

/// What a check-in moved, or would move.
#[derive(Serialize, utoipa::ToSchema)]
struct Effect {
    /// The goal itself, moved or not.
    goal: ChangedBody,
    /// The status that the rules suggest.
    #[schema(value_type = String)]
    suggested_status: Status,
    /// Every goal above that moved, children before parents.
    changed: Vec<ChangedBody>,
}

/// A check-in with what it moved.
#[derive(Serialize, utoipa::ToSchema)]
struct Made {
    #[serde(flatten)]
    check_in: CheckInBody,
    #[serde(flatten)]
    effect: Effect,
}

fn effect(done: CheckedIn) -> (Option<CheckInRow>, Effect) {
    let changed = done.changed.into_iter().map(ChangedBody::from).collect();
    (done.check_in, Effect { goal: done.goal.into(), suggested_status: done.suggested, changed })
}

fn made(done: CheckedIn) -> Result<Made, Failure> {
    let (check_in, effect) = effect(done);
    let check_in = check_in.ok_or(northing_app::Error::NotFound("check-in"))?;
    Ok(Made { check_in: check_in.into(), effect })
}

/// A check-in to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewBody {
    /// The latest total in the metric's unit; for percent the percentage.
    value: Option<f64>,
    /// Or the progress, 0–100; not for control and baseline metrics.
    progress: Option<f64>,
    /// Taken from the rules if absent.
    #[schema(value_type = Option<String>)]
    status: Option<Status>,
    /// Markdown.
    note: Option<String>,
    /// Stop automatic updates until resumed.
    #[serde(default)]
    stop_automatic: bool,
    /// Take the automatic values again; alone.
    #[serde(default)]
    resume_automatic: bool,
    /// A day (its end) or a moment in the past that it holds for.
    as_of: Option<String>,
}

impl NewBody {
    fn read(self) -> Result<NewCheckIn, Failure> {
        let as_of = self.as_of.as_deref().map(as_of).transpose()?;
        let input = CheckInInput {
            value: self.value,
            progress: self.progress,
            status: self.status,
            stop_automatic: self.stop_automatic,
            resume_automatic: self.resume_automatic,
        };
        Ok(NewCheckIn { input, note: self.note, as_of })
    }
}

fn as_of(text: &str) -> Result<AsOf, Failure> {
    let day = text.parse().map(AsOf::Day);
    let read = day.or_else(|_| text.parse().map(AsOf::Moment));
    let message = Cow::Borrowed("must be a day like 2026-01-31 or a moment like 2026-01-31T09:00:00Z");
    read.map_err(|_| FieldError::new("as_of", "invalid", message).into())
}

/// What is to be changed of a check-in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct EditBody {
    value: Option<f64>,
    progress: Option<f64>,
    #[schema(value_type = Option<String>)]
    status: Option<Status>,
    /// Markdown; null removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    note: Option<Option<String>>,
}

impl EditBody {
    fn read(self, version: Option<i64>) -> EditCheckIn {
        let note = self.note.map(Option::unwrap_or_default);
        let Self { value, progress, status, .. } = self;
        EditCheckIn { value, progress, status, note, version }
    }
}

/// A goal's check-ins, the newest first.
#[utoipa::path(get, path = "/goals/{goal}/check-ins", params(("goal" = String, Path), ListParams),
    responses((status = 200, body = Listed<CheckInBody>)))]
async fn all(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
) -> Result<Response, Failure> {
    let page = state.app.list_check_ins(&actor, ids.get("goal")?, &part).await?;
    Ok(list(page.map(CheckInBody::from)))
}

/// Checks in: the goal and everything above it move at once.
#[utoipa::path(post, path = "/goals/{goal}/check-ins", params(("goal" = String, Path)), request_body = NewBody,
    responses((status = 201, body = Made)))]
async fn create(
    State(state): State<AppState>,
    Token(actor, ..): Token<CheckIn>,
    ids: Ids,
    Body(body): Body<NewBody>,
) -> Result<Response, Failure> {
    let done = state.app.create_check_in(&actor, ids.get("goal")?, body.read()?).await?;
    Ok(created(1, &made(done)?))
}

/// What a check-in would move; nothing is written.
#[utoipa::path(post, path = "/goals/{goal}/check-ins/preview", params(("goal" = String, Path)), request_body = NewBody,
    responses((status = 200, body = Effect)))]
async fn preview(
    State(state): State<AppState>,
    Token(actor, ..): Token<CheckIn>,
    ids: Ids,
    Body(body): Body<NewBody>,
) -> Result<Response, Failure> {
    let done = state.app.preview_check_in(&actor, ids.get("goal")?, &body.read()?).await?;
    Ok(Json(effect(done).1).into_response())
}

/// One check-in.
#[utoipa::path(get, path = "/goals/{goal}/check-ins/{check_in}", params(("goal" = String, Path), ("check_in" = String, Path)),
    responses((status = 200, body = CheckInBody)))]
async fn one(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
) -> Result<Response, Failure> {
    let row = state.app.check_in(&actor, ids.get("goal")?, ids.get("check_in")?).await?;
    Ok(resource(row.version, &CheckInBody::from(row)))
}

/// Changes a check-in; of the latest one the goal and everything above follow.
#[utoipa::path(patch, path = "/goals/{goal}/check-ins/{check_in}",
    params(("goal" = String, Path), ("check_in" = String, Path)), request_body = EditBody, responses((status = 200, body = Made)))]
async fn edit(
    State(state): State<AppState>,
    Token(actor, ..): Token<CheckIn>,
    ids: Ids,
    IfMatch(version): IfMatch,
    Body(body): Body<EditBody>,
) -> Result<Response, Failure> {
    let edit = body.read(version);
    let done = state.app.edit_check_in(&actor, ids.get("goal")?, ids.get("check_in")?, edit).await?;
    let made = made(done)?;
    Ok(resource(made.check_in.version, &made))
}

/// Removes a check-in; of the latest one the goal falls back to the one before.
#[utoipa::path(delete, path = "/goals/{goal}/check-ins/{check_in}",
    params(("goal" = String, Path), ("check_in" = String, Path)), responses((status = 204)))]
async fn remove(
    State(state): State<AppState>,
    Token(actor, ..): Token<CheckIn>,
    ids: Ids,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    state.app.delete_check_in(&actor, ids.get("goal")?, ids.get("check_in")?, version).await?;
    Ok(gone())
}

/// What a change of a check-in would move; nothing is written.
#[utoipa::path(post, path = "/goals/{goal}/check-ins/{check_in}/preview",
    params(("goal" = String, Path), ("check_in" = String, Path)), request_body = EditBody, responses((status = 200, body = Effect)))]
async fn preview_edit(
    State(state): State<AppState>,
    Token(actor, ..): Token<CheckIn>,
    ids: Ids,
    Body(body): Body<EditBody>,
) -> Result<Response, Failure> {
    let (goal, check_in) = (ids.get("goal")?, ids.get("check_in")?);
    let done = state.app.preview_check_in_edit(&actor, goal, check_in, &body.read(None)).await?;
    Ok(Json(effect(done).1).into_response())
}

/// What removing a check-in would move; nothing is written.
#[utoipa::path(get, path = "/goals/{goal}/check-ins/{check_in}/deletion",
    params(("goal" = String, Path), ("check_in" = String, Path)), responses((status = 200, body = Effect)))]
async fn preview_removal(
    State(state): State<AppState>,
    Token(actor, ..): Token<CheckIn>,
    ids: Ids,
) -> Result<Response, Failure> {
    let done = state.app.preview_check_in_deletion(&actor, ids.get("goal")?, ids.get("check_in")?).await?;
    Ok(Json(effect(done).1).into_response())
}
