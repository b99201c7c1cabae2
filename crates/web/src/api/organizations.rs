//! `/orgs`: organisations, and the log of their changes.

use axum::extract::State;
use axum::response::Response;
use northing_app::audit::{AuditFilter, Entry};
use northing_app::organization::{Organization, OrganizationChange};
use northing_app::setup::NewOrganization;
use northing_app::{Actor, OrgRef, Page, PageRequest};
use northing_core::people::JoinPolicy;
use northing_core::settings::Settings;
use northing_core::values::{Id, Moment};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::settings_schema::SettingsFields;
use super::{Listed, created, list, resource};
use crate::extract::{Admin, Bearer, Body, IfMatch, ListParams, Part, Query, Read, Token, given, set};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(all, create)).routes(routes!(one, edit)).routes(routes!(audit))
}

/// An organisation.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct OrganizationBody {
    #[schema(value_type = String)]
    id: Id,
    version: i64,
    slug: String,
    name: String,
    mission: Option<String>,
    vision: Option<String>,
    values: Vec<String>,
    north_star: Option<String>,
    #[schema(value_type = String)]
    join: JoinPolicy,
    #[schema(value_type = SettingsFields)]
    settings: Settings,
    #[schema(value_type = String)]
    created_at: Moment,
    #[schema(value_type = String)]
    updated_at: Moment,
}

fn body(it: Organization) -> OrganizationBody {
    OrganizationBody {
        id: it.id,
        version: it.version,
        slug: it.slug,
        name: it.name,
        mission: it.mission,
        vision: it.vision,
        values: it.values,
        north_star: it.north_star,
        join: it.join,
        settings: it.settings,
        created_at: it.created_at,
        updated_at: it.updated_at,
    }
}

/// What changes in an organisation; absent is unchanged, null empties.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganizationPatch {
    #[serde(default, deserialize_with = "set")]
    name: Option<String>,
    #[serde(default, deserialize_with = "set")]
    slug: Option<String>,
    #[serde(default, deserialize_with = "given")]
    mission: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    vision: Option<Option<String>>,
    #[serde(default, deserialize_with = "set")]
    values: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    north_star: Option<Option<String>>,
    #[serde(default, deserialize_with = "set")]
    #[schema(value_type = Option<String>)]
    join: Option<JoinPolicy>,
    #[serde(default, deserialize_with = "set")]
    #[schema(value_type = Option<SettingsFields>)]
    settings: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A new organisation.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganizationInput {
    name: String,
    slug: Option<String>,
    mission: Option<String>,
    vision: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    north_star: Option<String>,
    #[schema(value_type = Option<String>)]
    join: Option<JoinPolicy>,
    #[serde(default)]
    #[schema(value_type = SettingsFields)]
    settings: Settings,
}

/// The caller's organisations.
#[utoipa::path(get, path = "/orgs", params(ListParams), responses((status = 200, body = Listed<OrganizationBody>)))]
async fn all(
    State(state): State<AppState>,
    Bearer(caller, ..): Bearer<Read>,
    Part(part): Part,
) -> Result<Response, Failure> {
    let memberships = part.of(state.app.memberships(&caller).await?, |it| it.org_id)?;
    let mut items = Vec::new();
    for it in &memberships.items {
        let actor = northing_app::actor_of(it, northing_app::Via::Api, caller.scopes);
        items.push(body(state.app.organization(&actor).await?));
    }
    Ok(list(Page { items, next: memberships.next }))
}

/// Makes an organisation, owned by the caller, who must own one already.
#[utoipa::path(post, path = "/orgs", request_body = OrganizationInput, responses((status = 201, body = OrganizationBody)))]
async fn create(
    State(state): State<AppState>,
    Bearer(caller, ..): Bearer<Admin>,
    Body(input): Body<OrganizationInput>,
) -> Result<Response, Failure> {
    let memberships = state.app.memberships(&caller).await?;
    let owned =
        memberships.iter().find(|it| it.role == northing_core::people::Role::Owner).or(memberships.first());
    let first = owned.ok_or(northing_app::Error::NotFound("organisation"))?;
    let actor: Actor = state.app.actor_in(&caller, OrgRef::Named(&first.org_id.to_string())).await?;
    let new = NewOrganization {
        name: input.name,
        slug: input.slug,
        mission: input.mission,
        vision: input.vision,
        values: input.values,
        north_star: input.north_star,
        join: input.join,
        settings: input.settings,
    };
    let it = body(state.app.create_organization(&actor, new).await?);
    Ok(created(it.version, &it))
}

/// One organisation.
#[utoipa::path(get, path = "/orgs/{org}", params(("org" = String, Path, description = "Id or slug")), responses((status = 200, body = OrganizationBody)))]
async fn one(State(state): State<AppState>, Token(actor, ..): Token<Read>) -> Result<Response, Failure> {
    let it = body(state.app.organization(&actor).await?);
    Ok(resource(it.version, &it))
}

/// Changes an organisation; settings by name, for what is created from now on.
#[utoipa::path(patch, path = "/orgs/{org}", params(("org" = String, Path, description = "Id or slug")), request_body = OrganizationPatch, responses((status = 200, body = OrganizationBody)))]
async fn edit(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    IfMatch(version): IfMatch,
    Body(input): Body<OrganizationPatch>,
) -> Result<Response, Failure> {
    let change = OrganizationChange {
        name: input.name,
        slug: input.slug,
        mission: input.mission,
        vision: input.vision,
        values: input.values,
        north_star: input.north_star,
        join: input.join,
        settings: input.settings,
    };
    let it = body(state.app.edit_organization(&actor, change, version).await?);
    Ok(resource(it.version, &it))
}

/// An entry of the log.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct AuditBody {
    #[schema(value_type = String)]
    id: Id,
    #[schema(value_type = String)]
    at: Moment,
    #[schema(value_type = Option<String>)]
    actor_id: Option<Id>,
    actor_name: Option<String>,
    via: String,
    action: String,
    #[schema(value_type = Option<String>)]
    goal_id: Option<Id>,
    #[schema(value_type = Option<String>)]
    subject_id: Option<Id>,
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    detail: serde_json::Value,
}

fn entry(it: Entry) -> AuditBody {
    AuditBody {
        id: it.id,
        at: it.at,
        actor_id: it.actor_id,
        actor_name: it.actor_name,
        via: it.via,
        action: it.action,
        goal_id: it.goal_id,
        subject_id: it.subject_id,
        detail: it.detail,
    }
}

/// Filters of the log.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Who did it (id).
    #[param(value_type = Option<String>)]
    actor: Option<Id>,
    /// What was done, for example `team.created`.
    action: Option<String>,
    /// The goal (id).
    #[param(value_type = Option<String>)]
    goal: Option<Id>,
    /// At this moment or later.
    #[param(value_type = Option<String>)]
    since: Option<Moment>,
    /// Before this moment.
    #[param(value_type = Option<String>)]
    until: Option<Moment>,
}

/// The log of changes, newest first.
#[utoipa::path(get, path = "/orgs/{org}/audit", params(("org" = String, Path, description = "Id or slug"), AuditQuery, ListParams), responses((status = 200, body = Listed<AuditBody>)))]
async fn audit(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    Query(query): Query<AuditQuery>,
    Part(page): Part,
) -> Result<Response, Failure> {
    let filter = AuditFilter {
        actor: query.actor,
        action: query.action,
        goal: query.goal,
        since: query.since,
        until: query.until,
    };
    let page: PageRequest = page;
    Ok(list(state.app.list_audit(&actor, &filter, &page).await?.map(entry)))
}
