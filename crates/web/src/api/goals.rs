//! Goals: lists, one goal, what is above and below, and everything that is done to them.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use northing_app::Error;
use northing_app::goal::{
    CloneInput, CloseInput, ContributionsInput, Edited, GoalInput, GoalPatch, GoalsQuery, ManyPatch,
    PostponeInput, ReorderInput,
};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::str::FromStr;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::goal_input_schema::{
    CloneFields, CloneManyFields, CloseFields, ContributionFields, EditManyFields, GoalChangeFields,
    NewGoalFields, PositionFields, PostponeFields, ReopenFields,
};
use super::goal_schema::{BulkBody, DeletedBody, EditedBody, GoalBody, PostponedBody, ShareBody, TreeBody};
use super::{Listed, created, list, resource};
use crate::extract::{Body, Ids, IfMatch, ListParams, MaybeBody, Part, Query, Read, Token, Write};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(all, create))
        .routes(routes!(deleted))
        .routes(routes!(clone_many))
        .routes(routes!(edit_many))
        .routes(routes!(one, edit, remove))
        .routes(routes!(restore))
        .routes(routes!(children))
        .routes(routes!(ancestors))
        .routes(routes!(tree))
        .routes(routes!(set_parents))
        .routes(routes!(shares, set_shares))
        .routes(routes!(reorder))
        .routes(routes!(close))
        .routes(routes!(reopen))
        .routes(routes!(postpone))
        .routes(routes!(clone))
}

/// The filters of a list of goals. Where several values are allowed they stand with commas between them.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct Filters {
    /// Ids of periods.
    period: Option<String>,
    /// `objective`, `key_result`, `initiative`.
    kind: Option<String>,
    /// `organization`, `team`, `individual`.
    level: Option<String>,
    /// Ids of teams.
    team: Option<String>,
    /// Ids of owners.
    owner: Option<String>,
    /// Statuses.
    status: Option<String>,
    /// The id of a goal, or `none`.
    parent: Option<String>,
    /// Names of tags.
    tag: Option<String>,
    /// A part of title or description.
    q: Option<String>,
    /// Due before this day.
    due_before: Option<String>,
    /// Due after this day.
    due_after: Option<String>,
    /// Without a check-in since this day.
    not_updated_since: Option<String>,
    /// `position` (default), `created_at`, `updated_at`, `due_date`, `progress`; with `-` in front the other way round.
    sort: Option<String>,
    /// A past day: progress and status as they stood at its end.
    as_of: Option<String>,
    /// At most so many entries, 1–200; 50 if absent.
    limit: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

pub(super) fn several<T: FromStr<Err: std::fmt::Display>>(
    field: &'static str,
    text: Option<&str>,
    errors: &mut Vec<FieldError>,
) -> Vec<T> {
    let parts = text.unwrap_or("").split(',').map(str::trim).filter(|part| !part.is_empty());
    let mut read = Vec::new();
    for part in parts {
        match part.parse::<T>() {
            Ok(value) => read.push(value),
            Err(error) => errors.push(FieldError::new(field, "unknown", error.to_string())),
        }
    }
    read
}

pub(super) fn single<T: FromStr<Err: std::fmt::Display>>(
    field: &'static str,
    text: Option<&str>,
    errors: &mut Vec<FieldError>,
) -> Option<T> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    text.parse()
        .map_err(|error: T::Err| errors.push(FieldError::new(field, "unknown", error.to_string())))
        .ok()
}

impl Filters {
    fn query(&self) -> Result<GoalsQuery, Failure> {
        let errors = &mut Vec::new();
        let mut query = GoalsQuery::default();
        query.filter.periods = several("period", self.period.as_deref(), errors);
        query.filter.kinds = several("kind", self.kind.as_deref(), errors);
        query.filter.levels = several("level", self.level.as_deref(), errors);
        query.filter.teams = several("team", self.team.as_deref(), errors);
        query.filter.owners = several("owner", self.owner.as_deref(), errors);
        query.filter.statuses = several("status", self.status.as_deref(), errors);
        query.filter.parent = match self.parent.as_deref() {
            Some("none") => Some(None),
            other => single("parent", other, errors).map(Some),
        };
        let tags = self.tag.as_deref().unwrap_or("").split(',').map(str::trim);
        query.filter.tags = tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        query.filter.q.clone_from(&self.q);
        query.filter.due_before = single("due_before", self.due_before.as_deref(), errors);
        query.filter.due_after = single("due_after", self.due_after.as_deref(), errors);
        query.not_updated_since = single("not_updated_since", self.not_updated_since.as_deref(), errors);
        query.as_of = single("as_of", self.as_of.as_deref(), errors);
        let sort = self.sort.as_deref().unwrap_or("");
        query.descending = sort.starts_with('-');
        query.sort = single("sort", Some(sort.trim_start_matches('-')), errors);
        if errors.is_empty() { Ok(query) } else { Err(Error::Invalid(std::mem::take(errors)).into()) }
    }
}

/// The goals of the organisation that the caller may see.
#[utoipa::path(get, path = "/orgs/{org}/goals", params(("org" = String, Path), Filters), responses((status = 200, body = Listed<GoalBody>)))]
async fn all(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Query(filters): Query<Filters>,
    Part(page): Part,
) -> Result<Response, Failure> {
    Ok(list(state.app.list_goals(&actor, &filters.query()?, &page).await?))
}

/// Creates a goal. Kind and title are required; the rest is taken from the first parent, or from the current period and
/// the caller.
#[utoipa::path(post, path = "/orgs/{org}/goals", params(("org" = String, Path)), request_body = NewGoalFields, responses((status = 201, body = GoalBody)))]
async fn create(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    Body(input): Body<GoalInput>,
) -> Result<Response, Failure> {
    let goal = state.app.create_goal(&actor, input).await?;
    Ok(created(goal.version, &goal))
}

/// The goals that were deleted in the last 30 days and can be restored.
#[utoipa::path(get, path = "/orgs/{org}/goals/deleted", params(("org" = String, Path), ListParams), responses((status = 200, body = Listed<DeletedBody>)))]
async fn deleted(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Part(page): Part,
) -> Result<Response, Failure> {
    Ok(list(state.app.deleted_goals(&actor, &page).await?))
}

/// Several goals to be copied.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CloneMany {
    goal_ids: Vec<Id>,
    #[serde(default)]
    period_id: Option<Id>,
    #[serde(default)]
    scope: Option<northing_app::goal::CloneScope>,
    #[serde(default)]
    owner_id: Option<Id>,
    #[serde(default)]
    request_id: Option<String>,
}

/// Copies several open goals; closed and postponed ones are rejected. Body: `goal_ids` and the fields of a single copy.
#[utoipa::path(post, path = "/orgs/{org}/goals/clone", params(("org" = String, Path)), request_body = CloneManyFields, responses((status = 200, body = BulkBody)))]
async fn clone_many(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    Body(input): Body<CloneMany>,
) -> Result<Response, Failure> {
    let CloneMany { goal_ids, period_id, scope, owner_id, request_id } = input;
    let how = CloneInput { period_id, scope, owner_id, parents: Vec::new(), request_id };
    Ok(Json(state.app.clone_goals(&actor, goal_ids, how).await?).into_response())
}

/// Changes owners, period, level, teams or tags of several goals. A goal that may not be changed so is rejected with its
/// reason; the others are changed.
#[utoipa::path(post, path = "/orgs/{org}/goals/edit", params(("org" = String, Path)), request_body = EditManyFields, responses((status = 200, body = EditedBody)))]
async fn edit_many(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    Body(input): Body<ManyPatch>,
) -> Result<Response, Failure> {
    Ok(Json(state.app.edit_goals(&actor, input).await?).into_response())
}

/// A goal.
#[utoipa::path(get, path = "/goals/{goal}", params(("goal" = String, Path)), responses((status = 200, body = GoalBody)))]
async fn one(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
) -> Result<Response, Failure> {
    let goal = state.app.goal(&actor, ids.get("goal")?).await?;
    Ok(resource(goal.version, &goal))
}

/// Changes fields of a goal. Under a stale `If-Match` the answer is 412 with the goal as it is now in `current`.
#[utoipa::path(patch, path = "/goals/{goal}", params(("goal" = String, Path)), request_body = GoalChangeFields, responses((status = 200, body = GoalBody)))]
async fn edit(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    IfMatch(version): IfMatch,
    ids: Ids,
    Body(patch): Body<GoalPatch>,
) -> Result<Response, Failure> {
    match state.app.edit_goal(&actor, ids.get("goal")?, version, patch).await? {
        Edited::Saved(goal) => Ok(resource(goal.version, &goal)),
        Edited::Stale(current) => {
            let problem = json!({
                "type": "about:blank",
                "title": "Precondition Failed",
                "status": 412,
                "detail": "somebody else changed this first: load it again and repeat your change",
                "current": current,
            });
            let mut answer = (StatusCode::PRECONDITION_FAILED, Json(problem)).into_response();
            let kind = header::HeaderValue::from_static("application/problem+json");
            answer.headers_mut().insert(header::CONTENT_TYPE, kind);
            Ok(answer)
        }
    }
}

/// Whether those below go too.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct Deletion {
    /// `true`: with everything below it that is aligned to nothing else that stays.
    children: Option<bool>,
}

/// What was deleted.
#[derive(Serialize, utoipa::ToSchema)]
struct DeletedIds {
    /// The goals.
    goal_ids: Vec<String>,
}

/// Deletes a goal; it can be restored for at least 30 days.
#[utoipa::path(delete, path = "/goals/{goal}", params(("goal" = String, Path), Deletion), responses((status = 200, body = DeletedIds)))]
async fn remove(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    IfMatch(version): IfMatch,
    ids: Ids,
    Query(how): Query<Deletion>,
) -> Result<Response, Failure> {
    let children = how.children.unwrap_or(false);
    let done = state.app.delete_goal(&actor, ids.get("goal")?, version, children).await?;
    Ok(Json(DeletedIds { goal_ids: done.goal_ids.iter().map(Id::to_string).collect() }).into_response())
}

/// Brings a deleted goal back, with its former alignment and all that was deleted together with it.
#[utoipa::path(post, path = "/goals/{goal}/restore", params(("goal" = String, Path)), responses((status = 200, body = GoalBody)))]
async fn restore(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
) -> Result<Response, Failure> {
    let goal = state.app.restore_goal(&actor, ids.get("goal")?).await?;
    Ok(resource(goal.version, &goal))
}

/// The goals aligned to a goal, in their order, initiatives last.
#[utoipa::path(get, path = "/goals/{goal}/children", params(("goal" = String, Path), ListParams), responses((status = 200, body = Listed<GoalBody>)))]
async fn children(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
) -> Result<Response, Failure> {
    Ok(list(state.app.goal_children(&actor, ids.get("goal")?, &part).await?))
}

/// Every goal above a goal, the nearest first.
#[utoipa::path(get, path = "/goals/{goal}/ancestors", params(("goal" = String, Path), ListParams), responses((status = 200, body = Listed<GoalBody>)))]
async fn ancestors(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
) -> Result<Response, Failure> {
    Ok(list(state.app.goal_ancestors(&actor, ids.get("goal")?, &part).await?))
}

/// How deep.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct Depth {
    /// Levels below the goal, 1–10; 3 if absent.
    depth: Option<u32>,
}

/// A goal with what is below it, at most 500 goals.
#[utoipa::path(get, path = "/goals/{goal}/tree", params(("goal" = String, Path), Depth), responses((status = 200, body = TreeBody)))]
async fn tree(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Query(depth): Query<Depth>,
) -> Result<Response, Failure> {
    let tree = state.app.goal_tree(&actor, ids.get("goal")?, depth.depth.unwrap_or(3)).await?;
    Ok(Json(tree).into_response())
}

/// A goal to align to.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ParentRef {
    #[schema(value_type = String)]
    pub(super) id: Id,
}

/// Replaces what a goal is aligned to.
#[utoipa::path(put, path = "/goals/{goal}/parents", params(("goal" = String, Path)), request_body = Vec<ParentRef>, responses((status = 200, body = GoalBody)))]
async fn set_parents(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    IfMatch(version): IfMatch,
    ids: Ids,
    Body(parents): Body<Vec<ParentRef>>,
) -> Result<Response, Failure> {
    let parents = parents.into_iter().map(|parent| parent.id).collect();
    let goal = state.app.set_parents(&actor, ids.get("goal")?, version, parents).await?.goal;
    Ok(resource(goal.version, &goal))
}

/// The shares of a goal's children.
#[utoipa::path(get, path = "/goals/{goal}/contributions", params(("goal" = String, Path), ListParams), responses((status = 200, body = Listed<ShareBody>)))]
async fn shares(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
) -> Result<Response, Failure> {
    let items = state.app.contributions(&actor, ids.get("goal")?).await?;
    Ok(list(part.of(items, |it| it.child_id)?))
}

/// Changes the shares of a goal's children: `shares: [{child_id, share}]` (null shares what is left), `reset`,
/// `new_children_contribute`.
#[utoipa::path(put, path = "/goals/{goal}/contributions", params(("goal" = String, Path)), request_body = ContributionFields, responses((status = 200, body = Listed<ShareBody>)))]
async fn set_shares(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    IfMatch(version): IfMatch,
    ids: Ids,
    Body(input): Body<ContributionsInput>,
) -> Result<Response, Failure> {
    let items = state.app.set_contributions(&actor, ids.get("goal")?, version, input).await?;
    Ok(Json(Listed { items, next: None }).into_response())
}

/// Moves a goal in an order: `parent_id` (among its children) or `page` and `entity_id`; `before_id` or `after_id`.
#[utoipa::path(put, path = "/goals/{goal}/position", params(("goal" = String, Path)), request_body = PositionFields, responses((status = 200, body = GoalBody)))]
async fn reorder(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    IfMatch(version): IfMatch,
    ids: Ids,
    Body(input): Body<ReorderInput>,
) -> Result<Response, Failure> {
    let id = ids.get("goal")?;
    state.app.reorder_goal(&actor, id, version, input).await?;
    let goal = state.app.goal(&actor, id).await?;
    Ok(resource(goal.version, &goal))
}

/// Closes a goal: `value`, `score` 0–1 (suggested if absent), `note`, `continue_in: {period_id, progress}`.
#[utoipa::path(post, path = "/goals/{goal}/close", params(("goal" = String, Path)), request_body = CloseFields, responses((status = 200, body = PostponedBody)))]
async fn close(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
    MaybeBody(input): MaybeBody<CloseInput>,
) -> Result<Response, Failure> {
    let done = state.app.close_goal(&actor, ids.get("goal")?, input).await?;
    Ok(Json(done).into_response())
}

/// Why a goal is opened again.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ReopenInput {
    note: Option<String>,
}

/// Opens a closed or postponed goal again, with the reason in `note` where there is one.
#[utoipa::path(post, path = "/goals/{goal}/reopen", params(("goal" = String, Path)), request_body = Option<ReopenFields>, responses((status = 200, body = GoalBody)))]
async fn reopen(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
    MaybeBody(input): MaybeBody<ReopenInput>,
) -> Result<Response, Failure> {
    let goal = state.app.reopen_goal(&actor, ids.get("goal")?, input.note).await?;
    Ok(resource(goal.version, &goal))
}

/// Postpones a goal into another period: `period_id` (the next of its kind if absent), `progress: reset|preserve`, `note`.
#[utoipa::path(post, path = "/goals/{goal}/postpone", params(("goal" = String, Path)), request_body = PostponeFields, responses((status = 200, body = PostponedBody)))]
async fn postpone(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
    MaybeBody(input): MaybeBody<PostponeInput>,
) -> Result<Response, Failure> {
    let done = state.app.postpone_goal(&actor, ids.get("goal")?, input).await?;
    Ok(Json(done).into_response())
}

/// Copies a goal: `period_id`, `scope: goal|children|all`, `owner_id`, `parents: [id]`, `request_id`.
#[utoipa::path(post, path = "/goals/{goal}/clone", params(("goal" = String, Path)), request_body = CloneFields, responses((status = 201, body = GoalBody)))]
async fn clone(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
    MaybeBody(input): MaybeBody<CloneInput>,
) -> Result<Response, Failure> {
    let goal = state.app.clone_goal(&actor, ids.get("goal")?, input).await?;
    Ok(created(goal.version, &goal))
}
