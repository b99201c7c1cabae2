//! `/orgs/{org}/periods`.

use axum::extract::State;
use axum::response::Response;
use northing_app::Page;
use northing_app::periods::{NewPeriod, Period, PeriodChange};
use northing_core::period::PeriodKind;
use northing_core::values::{Day, Id, Moment};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Listed, created, gone, list, resource};
use crate::extract::{Admin, Body, Ids, IfMatch, ListParams, Part, Query, Read, Token, set};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(all, create))
        .routes(routes!(one, edit, remove))
        .routes(routes!(create_year))
}

/// A period.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PeriodBody {
    #[schema(value_type = String)]
    id: Id,
    version: i64,
    name: String,
    #[schema(value_type = String)]
    kind: PeriodKind,
    #[schema(value_type = String)]
    start_date: Day,
    #[schema(value_type = String)]
    end_date: Day,
    is_current: bool,
    #[schema(value_type = String)]
    created_at: Moment,
    #[schema(value_type = String)]
    updated_at: Moment,
}

fn body(it: Period) -> PeriodBody {
    PeriodBody {
        id: it.id,
        version: it.version,
        name: it.name,
        kind: it.kind,
        start_date: it.start,
        end_date: it.end,
        is_current: it.is_current,
        created_at: it.created_at,
        updated_at: it.updated_at,
    }
}

/// A new period; `custom` and not current unless it says otherwise.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeriodInput {
    name: String,
    #[schema(value_type = Option<String>)]
    kind: Option<PeriodKind>,
    #[schema(value_type = String)]
    start_date: Day,
    #[schema(value_type = String)]
    end_date: Day,
    #[serde(default)]
    is_current: bool,
}

/// What changes in a period.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeriodPatch {
    #[serde(default, deserialize_with = "set")]
    name: Option<String>,
    #[serde(default, deserialize_with = "set")]
    #[schema(value_type = Option<String>)]
    kind: Option<PeriodKind>,
    #[serde(default, deserialize_with = "set")]
    #[schema(value_type = Option<String>)]
    start_date: Option<Day>,
    #[serde(default, deserialize_with = "set")]
    #[schema(value_type = Option<String>)]
    end_date: Option<Day>,
    #[serde(default, deserialize_with = "set")]
    is_current: Option<bool>,
}

/// The periods by their first day.
#[utoipa::path(get, path = "/orgs/{org}/periods", params(("org" = String, Path, description = "Id or slug"), ListParams), responses((status = 200, body = Listed<PeriodBody>)))]
async fn all(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Part(page): Part,
) -> Result<Response, Failure> {
    Ok(list(state.app.list_periods(&actor, &page).await?.map(body)))
}

/// Adds a period; it may overlap others.
#[utoipa::path(post, path = "/orgs/{org}/periods", params(("org" = String, Path, description = "Id or slug")), request_body = PeriodInput, responses((status = 201, body = PeriodBody)))]
async fn create(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    Body(input): Body<PeriodInput>,
) -> Result<Response, Failure> {
    let new = NewPeriod {
        name: input.name,
        kind: input.kind.unwrap_or(PeriodKind::Custom),
        start: input.start_date,
        end: input.end_date,
        is_current: input.is_current,
    };
    let it = body(state.app.create_period(&actor, new).await?);
    Ok(created(it.version, &it))
}

/// One period.
#[utoipa::path(get, path = "/orgs/{org}/periods/{period}", params(("org" = String, Path, description = "Id or slug"), ("period" = String, Path, description = "Id")), responses((status = 200, body = PeriodBody)))]
async fn one(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
) -> Result<Response, Failure> {
    let it = body(state.app.period(&actor, ids.get("period")?).await?);
    Ok(resource(it.version, &it))
}

/// Changes a period; `is_current: true` makes it the current one.
#[utoipa::path(patch, path = "/orgs/{org}/periods/{period}", params(("org" = String, Path, description = "Id or slug"), ("period" = String, Path, description = "Id")), request_body = PeriodPatch, responses((status = 200, body = PeriodBody)))]
async fn edit(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
    IfMatch(version): IfMatch,
    Body(input): Body<PeriodPatch>,
) -> Result<Response, Failure> {
    let change = PeriodChange {
        name: input.name,
        kind: input.kind,
        start: input.start_date,
        end: input.end_date,
        is_current: input.is_current,
    };
    let it = body(state.app.edit_period(&actor, ids.get("period")?, change, version).await?);
    Ok(resource(it.version, &it))
}

/// Where the goals of a period go.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct RemoveQuery {
    /// The period (id) that the goals move to; without it a period with goals is not removed.
    #[param(value_type = Option<String>)]
    move_to: Option<Id>,
}

/// A planning year.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanningYear {
    /// The year in which it begins: this one or one of the next three.
    year: i16,
}

/// Makes what is missing of a planning year's periods, ahead of the calendar; answers what was made.
#[utoipa::path(post, path = "/orgs/{org}/planning-years", params(("org" = String, Path, description = "Id or slug")), request_body = PlanningYear, responses((status = 200, body = Listed<PeriodBody>)))]
async fn create_year(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    Body(input): Body<PlanningYear>,
) -> Result<Response, Failure> {
    let items = state.app.create_planning_year(&actor, input.year).await?.into_iter().map(body).collect();
    Ok(list(Page { items, next: None }))
}

/// Removes a period, one with goals only where it is said where they go.
#[utoipa::path(delete, path = "/orgs/{org}/periods/{period}", params(("org" = String, Path, description = "Id or slug"), ("period" = String, Path, description = "Id"), RemoveQuery), responses((status = 204)))]
async fn remove(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
    IfMatch(version): IfMatch,
    Query(query): Query<RemoveQuery>,
) -> Result<Response, Failure> {
    state.app.delete_period(&actor, ids.get("period")?, query.move_to, version).await?;
    Ok(gone())
}
