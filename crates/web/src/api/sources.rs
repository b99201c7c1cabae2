//! Data sources: integrations, connections, and the links of goals.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use northing_app::Error;
use northing_app::sources::{
    AZURE_DEVOPS, Config, Connection, ConnectionChange, LinkInput, LinkMode, LinkOptions, NewConnection,
    PreviewInput, Secret, Selector, SyncRun, TestResult,
};
use northing_core::errors::FieldError;
use northing_core::values::{Day, Id};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::source_schema::{
    ChoiceBody, ConfigBody, ConnectionBody, FieldBody, GoalLinkBody, IntegrationBody, IntegrationStateBody,
    ItemBody, LinkPreviewBody, SecretFields, SelectorBody, SyncResultBody, SyncRunBody, TestBody,
};
use super::{Listed, created, gone, list, resource};
use crate::extract::{
    Admin, Body, CheckIn, Ids, IfMatch, ListParams, Part, Read, Token, Unversioned, Write, given, set,
};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(integrations))
        .routes(routes!(set_integration))
        .routes(routes!(all, create))
        .routes(routes!(one, edit, remove))
        .routes(routes!(test))
        .routes(routes!(browse))
        .routes(routes!(measures))
        .routes(routes!(preview))
        .routes(routes!(link, put_link, remove_link))
        .routes(routes!(sync))
        .routes(routes!(backfill))
        .routes(routes!(items))
        .routes(routes!(syncs_of_integration))
        .routes(routes!(syncs_of_connection))
        .routes(routes!(syncs_of_goal))
}

fn run(it: &SyncRun) -> Value {
    json!({ "id": it.id, "connection_id": it.connection.0, "connection_name": it.connection.1,
        "asked_by": it.asked_by.as_ref().map(|(id, _)| id), "asked_by_name": it.asked_by.as_ref().map(|(_, name)| name),
        "started_at": it.started_at, "milliseconds": it.millis, "requests": it.requests, "goals": it.goals,
        "changed": it.changed, "failed": it.failed, "error": it.error })
}

/// What the last syncs of all connections of an integration did, the newest first, at most 100.
#[utoipa::path(get, path = "/orgs/{org}/integrations/{kind}/syncs", params(("org" = String, Path, description = "Id or slug"), ("kind" = String, Path), ListParams), responses((status = 200, body = Listed<SyncRunBody>)))]
async fn syncs_of_integration(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
) -> Result<Response, Failure> {
    let runs = state.app.syncs_of_integration(&actor, ids.text("kind")).await?;
    Ok(list(part.of(runs, |it| it.id)?.map(|it| run(&it))))
}

/// What the last syncs of a connection did, the newest first, at most 100: for its owner and admins.
#[utoipa::path(get, path = "/orgs/{org}/connections/{connection}/syncs", params(("org" = String, Path, description = "Id or slug"), ("connection" = String, Path), ListParams), responses((status = 200, body = Listed<SyncRunBody>)))]
async fn syncs_of_connection(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
) -> Result<Response, Failure> {
    let (_, runs) = state.app.syncs_of_connection(&actor, ids.get("connection")?).await?;
    Ok(list(part.of(runs, |it| it.id)?.map(|it| run(&it))))
}

/// What the goal's data source said lately, the newest first, at most 24; equal results in a row are one.
#[utoipa::path(get, path = "/goals/{goal}/link/syncs", params(("goal" = String, Path), ListParams), responses((status = 200, body = Listed<SyncResultBody>)))]
async fn syncs_of_goal(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
) -> Result<Response, Failure> {
    let found = state.app.syncs_of_goal(&actor, ids.get("goal")?).await?;
    Ok(list(part.by(found.results, |it| it.first_at.to_string())?.map(|it| {
            json!({ "first_at": it.first_at, "last_at": it.last_at, "times": it.times, "value": it.value,
                "matching": it.matching, "completed": it.completed, "removed": it.removed, "warnings": it.warnings,
                "error": it.error })
    })))
}

/// The integrations with whether this server allows them and whether they are on: `kind, allowed, enabled, connections, links`.
#[utoipa::path(get, path = "/orgs/{org}/integrations", params(("org" = String, Path, description = "Id or slug"), ListParams), responses((status = 200, body = Listed<IntegrationBody>)))]
async fn integrations(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Part(part): Part,
) -> Result<Response, Failure> {
    let all = state.app.integrations(&actor).await?;
    Ok(list(part.by(all, |it| it.kind.to_owned())?.map(|it| {
            json!({ "kind": it.kind, "allowed": it.allowed, "enabled": it.enabled, "connections": it.connections, "troubled": it.troubled,
                "links": it.links, "write_back": it.write_back, "has_hook": it.has_hook })
    })))
}

/// What changes in an integration.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IntegrationPatch {
    /// Off suspends every link and keeps its last value; on resumes them.
    #[serde(default, deserialize_with = "set")]
    enabled: Option<bool>,
    /// Whether a link to the goal is written on each linked item.
    #[serde(default, deserialize_with = "set")]
    write_back: Option<bool>,
}

/// Switches an integration on or off.
#[utoipa::path(patch, path = "/orgs/{org}/integrations/{kind}", params(("org" = String, Path, description = "Id or slug"), ("kind" = String, Path)), request_body = IntegrationPatch, responses((status = 200, body = IntegrationStateBody)))]
async fn set_integration(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
    _: Unversioned,
    Body(input): Body<IntegrationPatch>,
) -> Result<Response, Failure> {
    let kind = ids.text("kind");
    if let Some(enabled) = input.enabled {
        state.app.set_integration(&actor, kind, enabled).await?;
    }
    if let Some(on) = input.write_back {
        state.app.set_write_back(&actor, kind, on).await?;
    }
    let all = state.app.integrations(&actor).await?;
    let it = all.iter().find(|it| it.kind == kind).ok_or(Error::NotFound("integration"))?;
    Ok(Json(json!({ "kind": it.kind, "enabled": it.enabled, "write_back": it.write_back })).into_response())
}

fn body(it: &Connection) -> Value {
    let state = match (&it.error, it.last_ok_at) {
        (Some(_), _) => "error",
        (None, Some(_)) => "ok",
        (None, None) => "untested",
    };
    json!({
        "id": it.id, "org_id": it.org_id, "kind": it.kind, "name": it.name, "shared": it.shared,
        "owner_id": it.owner.as_ref().map(|(id, _)| id), "owner_name": it.owner.as_ref().map(|(_, name)| name),
        "config": it.config, "identity": it.identity, "expires_on": it.expires_on, "state": state,
        "last_error": it.error, "write_back_error": it.write_error, "last_ok_at": it.last_ok_at, "links": it.links, "version": it.version,
        "created_at": it.created_at, "updated_at": it.updated_at,
    })
}

/// A new connection.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectionInput {
    /// `azure_devops`.
    kind: String,
    name: String,
    #[serde(default)]
    shared: bool,
    /// `account`, `project`; for an application also `tenant_id`, `client_id`.
    #[schema(value_type = ConfigBody)]
    config: Config,
    /// `pat` or `client_secret`; never comes back.
    #[schema(value_type = SecretFields, write_only)]
    #[serde(default)]
    secret: Secret,
    #[schema(value_type = Option<String>)]
    expires_on: Option<Day>,
}

/// What changes in a connection.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectionPatch {
    #[serde(default, deserialize_with = "set")]
    name: Option<String>,
    #[serde(default, deserialize_with = "set")]
    shared: Option<bool>,
    #[schema(value_type = Option<ConfigBody>)]
    #[serde(default, deserialize_with = "set")]
    config: Option<Config>,
    #[schema(value_type = Option<SecretFields>, write_only)]
    #[serde(default, deserialize_with = "set")]
    secret: Option<Secret>,
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "given")]
    expires_on: Option<Option<Day>>,
}

/// The connections that the caller may use; admins see all. Secrets never come back.
#[utoipa::path(get, path = "/orgs/{org}/connections", params(("org" = String, Path, description = "Id or slug"), ListParams), responses((status = 200, body = Listed<ConnectionBody>)))]
async fn all(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Part(part): Part,
) -> Result<Response, Failure> {
    Ok(list(part.of(state.app.connections(&actor).await?, |it| it.id)?.map(|it| body(&it))))
}

/// Makes a connection; the other system is not asked: see `test`.
#[utoipa::path(post, path = "/orgs/{org}/connections", params(("org" = String, Path, description = "Id or slug")), request_body = ConnectionInput, responses((status = 201, body = ConnectionBody)))]
async fn create(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    Body(input): Body<ConnectionInput>,
) -> Result<Response, Failure> {
    let ConnectionInput { kind, name, shared, config, secret, expires_on } = input;
    let new = NewConnection { kind, name, shared, config, secret, expires_on };
    let made = state.app.create_connection(&actor, new).await?;
    Ok(created(made.version, &body(&made)))
}

/// One connection.
#[utoipa::path(get, path = "/orgs/{org}/connections/{connection}", params(("org" = String, Path, description = "Id or slug"), ("connection" = String, Path)), responses((status = 200, body = ConnectionBody)))]
async fn one(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
) -> Result<Response, Failure> {
    let it = state.app.connection(&actor, ids.get("connection")?).await?;
    Ok(resource(it.version, &body(&it)))
}

/// Changes a connection or renews its credentials.
#[utoipa::path(patch, path = "/orgs/{org}/connections/{connection}", params(("org" = String, Path, description = "Id or slug"), ("connection" = String, Path)), request_body = ConnectionPatch, responses((status = 200, body = ConnectionBody)))]
async fn edit(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
    IfMatch(version): IfMatch,
    Body(input): Body<ConnectionPatch>,
) -> Result<Response, Failure> {
    let ConnectionPatch { name, shared, config, secret, expires_on } = input;
    let change = ConnectionChange { name, shared, config, secret, expires_on };
    let it = state.app.change_connection(&actor, ids.get("connection")?, version, change).await?;
    Ok(resource(it.version, &body(&it)))
}

/// Removes a connection; goals that follow it keep their last value.
#[utoipa::path(delete, path = "/orgs/{org}/connections/{connection}", params(("org" = String, Path, description = "Id or slug"), ("connection" = String, Path)), responses((status = 204)))]
async fn remove(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    state.app.delete_connection(&actor, ids.get("connection")?, version).await?;
    Ok(gone())
}

/// Asks the other system: `ok`, and what was found or exactly what is wrong.
#[utoipa::path(post, path = "/orgs/{org}/connections/{connection}/test", params(("org" = String, Path, description = "Id or slug"), ("connection" = String, Path)), responses((status = 200, body = TestBody)))]
async fn test(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
) -> Result<Response, Failure> {
    let answer = match state.app.test_connection(&actor, ids.get("connection")?).await? {
        TestResult::Good(found) => json!({ "ok": true, "identity": found.identity, "server": found.server,
            "project": { "id": found.container_id, "name": found.container_name }, "queries": found.choices, "error": null }),
        TestResult::Bad(error) => json!({ "ok": false, "error": error }),
    };
    Ok(Json(answer).into_response())
}

/// What can be picked: the queries in the folder `path` (id or path), or those that `q` finds.
#[utoipa::path(get, path = "/connections/{connection}/browse", params(("connection" = String, Path), ("path" = Option<String>, Query), ("q" = Option<String>, Query), ListParams), responses((status = 200, body = Listed<ChoiceBody>)))]
async fn browse(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let query = query.unwrap_or_default();
    let asked = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.into_owned())
    };
    let items =
        state.app.browse_connection(&actor, ids.get("connection")?, asked("path"), asked("q")).await?;
    Ok(list(part.by(items, |it| it.id.clone())?))
}

/// The numeric fields that can be measured.
#[utoipa::path(get, path = "/connections/{connection}/measures", params(("connection" = String, Path), ListParams), responses((status = 200, body = Listed<FieldBody>)))]
async fn measures(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
) -> Result<Response, Failure> {
    let all = state.app.connection_measures(&actor, ids.get("connection")?).await?;
    Ok(list(part.by(all, |it| it.reference.clone())?))
}

/// What to measure.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewBody {
    /// `{query_id}` or `{work_item_ids, include_children, work_item_type}`.
    #[schema(value_type = SelectorBody)]
    selector: Selector,
    #[schema(value_type = Option<String>)]
    mode: Option<LinkMode>,
    /// `count`, or a field's reference name.
    measure: Option<String>,
    count_only_completed: Option<bool>,
    resolved_counts: Option<bool>,
    leave_out_removed: Option<bool>,
}

fn options(
    mode: LinkMode,
    measure: Option<String>,
    flags: (Option<bool>, Option<bool>, Option<bool>),
) -> Result<LinkOptions, Failure> {
    let field = measure.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty() && it != "count");
    if field.as_deref().is_some_and(|field| field.len() > 256) {
        return Err(
            FieldError::new("measure", "too_long", "must be count or a field's reference name").into()
        );
    }
    Ok(LinkOptions {
        field,
        count_only_completed: flags.0.unwrap_or(true),
        resolved_counts: flags.1.unwrap_or(false),
        leave_out_removed: flags.2.unwrap_or(false),
        ..LinkOptions::of(mode)
    })
}

/// How many work items match and what value results; nothing is written.
#[utoipa::path(post, path = "/connections/{connection}/preview", params(("connection" = String, Path)), request_body = PreviewBody, responses((status = 200, body = LinkPreviewBody)))]
async fn preview(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Body(input): Body<PreviewBody>,
) -> Result<Response, Failure> {
    let flags = (input.count_only_completed, input.resolved_counts, input.leave_out_removed);
    let options = options(input.mode.unwrap_or(LinkMode::Percent), input.measure, flags)?;
    let asked = PreviewInput { selector: input.selector, options };
    let found = state.app.preview_link(&actor, ids.get("connection")?, &asked).await?;
    let it = found.measurement;
    let answer = json!({ "matching": it.matching, "completed": it.completed, "removed": it.removed, "value": it.value,
        "unit": found.unit, "warnings": it.warnings });
    Ok(Json(answer).into_response())
}

/// The link to be.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = LinkInput)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkBody {
    #[schema(value_type = String)]
    connection_id: Id,
    /// `percent` or `metric`.
    #[schema(value_type = String)]
    mode: LinkMode,
    /// `{query_id}` or `{work_item_ids, include_children, work_item_type}`.
    #[schema(value_type = SelectorBody)]
    selector: Selector,
    /// `count`, or a field's reference name.
    measure: Option<String>,
    count_only_completed: Option<bool>,
    resolved_counts: Option<bool>,
    leave_out_removed: Option<bool>,
    /// List the work items as tasks; initiatives only.
    #[serde(default)]
    with_tasks: bool,
}

/// The goal's data source; null where it has none.
#[utoipa::path(get, path = "/goals/{goal}/link", params(("goal" = String, Path)), responses((status = 200, body = GoalLinkBody)))]
async fn link(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
) -> Result<Response, Failure> {
    let link = state.app.goal_link(&actor, ids.get("goal")?).await?.ok_or(Error::NotFound("link"))?;
    Ok(resource(link.version, &link.json()))
}

/// Lets a goal follow a data source; the first value is there at once.
#[utoipa::path(put, path = "/goals/{goal}/link", params(("goal" = String, Path)), request_body = LinkBody, responses((status = 200, body = GoalLinkBody)))]
async fn put_link(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
    IfMatch(version): IfMatch,
    Body(input): Body<LinkBody>,
) -> Result<Response, Failure> {
    let flags = (input.count_only_completed, input.resolved_counts, input.leave_out_removed);
    let options = options(input.mode, input.measure, flags)?;
    let LinkBody { connection_id, selector, with_tasks, .. } = LinkBody { measure: None, ..input };
    let new = LinkInput { connection_id, selector, options, with_tasks, metric: None };
    let link =
        state.app.put_link(&actor, ids.get("goal")?, version, new).await.map_err(|error| match error {
            Error::NotFound("connection") => {
                FieldError::new("connection_id", "unknown", "there is no such connection that you may use")
                    .into()
            }
            other => other,
        })?;
    Ok(resource(link.version, &link.json()))
}

/// Ends the link; the goal keeps its value.
#[utoipa::path(delete, path = "/goals/{goal}/link", params(("goal" = String, Path)), responses((status = 204)))]
async fn remove_link(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    state.app.delete_link(&actor, ids.get("goal")?, version).await?;
    Ok(gone())
}

/// Syncs the goal now; trouble with the other system stands in the answer.
#[utoipa::path(post, path = "/goals/{goal}/link/sync", params(("goal" = String, Path)), responses((status = 200, body = GoalLinkBody)))]
async fn sync(
    State(state): State<AppState>,
    Token(actor, ..): Token<CheckIn>,
    ids: Ids,
) -> Result<Response, Failure> {
    let link = state.app.sync_goal(&actor, ids.get("goal")?).await?;
    Ok(resource(link.version, &link.json()))
}

/// Fills the goal's graph from its first day on, one point a week, in the background.
#[utoipa::path(post, path = "/goals/{goal}/link/backfill", params(("goal" = String, Path)), responses((status = 202)))]
async fn backfill(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
) -> Result<Response, Failure> {
    state.app.request_backfill(&actor, ids.get("goal")?).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// The work items that an initiative lists, at most 200.
#[utoipa::path(get, path = "/goals/{goal}/link/items", params(("goal" = String, Path), ListParams), responses((status = 200, body = Listed<ItemBody>)))]
async fn items(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
) -> Result<Response, Failure> {
    let all = state.app.link_items(&actor, ids.get("goal")?).await?;
    Ok(list(part.by(all, |it| it.item_id.to_string())?.map(|it| {
            json!({ "id": it.item_id, "kind": it.kind, "title": it.title, "state": it.state, "category": it.category,
                "assignee": it.assignee, "url": it.url })
    })))
}

/// `POST /hooks/azure-devops`: a service hook. Its secret comes as the password of Basic authentication or in `X-Northing-Hook`.
pub(crate) async fn hook(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let basic = || {
        let encoded = text(header::AUTHORIZATION.as_str())?.strip_prefix("Basic ")?;
        let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        decoded.split_once(':').map(|(_, password)| password.to_owned())
    };
    let secret = text("x-northing-hook").map(ToOwned::to_owned).or_else(basic).ok_or(Error::SignedOut)?;
    let soon = state.app.receive_hook(&secret, &body).await?;
    tracing::debug!(kind = AZURE_DEVOPS, soon, "a hint that work items changed");
    Ok(StatusCode::NO_CONTENT.into_response())
}
