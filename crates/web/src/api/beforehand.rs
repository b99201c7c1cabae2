//! What is known of a goal before something is done to it: what a change would move, what closing begins with, who has rights;
//! and what happened to it so far.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use northing_app::choices::GoalChoice;
use northing_app::explorer::PeriodLine;
use northing_app::goal::{Capacity, ContributionsInput, OrderedPage, PlacingAsk};
use northing_core::goal::GoalKind;
use northing_core::status::Status;
use northing_core::values::{Day, Id, Moment};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::check_ins::ChangedBody;
use super::goal_input_schema::ContributionFields;
use super::goals::ParentRef;
use super::search::HitBody;
use crate::extract::{Body, Ids, ListParams, Part, Query, Read, Token};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(activity))
        .routes(routes!(closing))
        .routes(routes!(access))
        .routes(routes!(contributions))
        .routes(routes!(parents))
        .routes(routes!(placement))
        .routes(routes!(deletion))
}

/// What happened to a goal.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ActivityEntry)]
struct EntryBody {
    #[schema(value_type = String)]
    id: Id,
    #[schema(value_type = String)]
    at: Moment,
    /// Who did it; null for Northing itself, or where the person is gone.
    #[schema(value_type = Option<String>)]
    actor_id: Option<Id>,
    actor_name: Option<String>,
    /// `web`, `api`, `command_line` and so on.
    via: String,
    /// For example `goal.edited`.
    action: &'static str,
    /// What else it was done to.
    #[schema(value_type = Option<String>)]
    subject_id: Option<Id>,
    /// What changed; what stands in it depends on `action`.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    detail: serde_json::Value,
}

/// A part of what happened to a goal.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Activity)]
struct ActivityBody {
    /// The newest first.
    items: Vec<EntryBody>,
    /// The cursor of the next part; null where this is the last.
    next: Option<String>,
    /// What the people, teams, periods and goals in these entries are called, by id; goals as far as the caller may see them.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    names: BTreeMap<String, String>,
}

/// What happened to a goal, the newest first.
#[utoipa::path(get, path = "/goals/{goal}/activity", params(("goal" = String, Path), ListParams), responses((status = 200, body = ActivityBody)))]
async fn activity(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
) -> Result<Response, Failure> {
    let (_, found) = state.app.goal_activity(&actor, ids.get("goal")?, &part).await?;
    let names = found.names.into_iter().chain(found.goals);
    let items = found.lines.into_iter().map(|line| {
        let (actor_id, actor_name) = line.actor.unzip();
        EntryBody {
            id: line.id,
            at: line.at,
            actor_id,
            actor_name,
            via: line.via,
            action: line.kind.name(),
            subject_id: line.subject_id,
            detail: if line.detail.is_object() { line.detail } else { serde_json::json!({}) },
        }
    });
    let items = items.collect();
    let names = names.map(|(id, name)| (id.to_string(), name)).collect();
    Ok(Json(ActivityBody { items, next: found.next, names }).into_response())
}

/// The value that it is to be closed with.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct Final {
    /// The final value in the metric's unit; as it stands if absent.
    value: Option<f64>,
}

/// A period.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PeriodChoice)]
struct PeriodBody {
    #[schema(value_type = String)]
    id: Id,
    name: String,
    #[schema(value_type = String, format = Date)]
    start_date: Day,
    #[schema(value_type = String, format = Date)]
    end_date: Day,
}

impl From<PeriodLine> for PeriodBody {
    fn from(it: PeriodLine) -> Self {
        Self { id: it.id, name: it.name, start_date: it.start, end_date: it.end }
    }
}

/// What closing a goal begins with.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Closing)]
struct ClosingBody {
    /// `closed`; or `postponed` where nothing was reached.
    #[schema(value_type = String)]
    ending: Status,
    /// The score that is suggested, 0–1; null for a baseline without scored key results.
    score: Option<f64>,
    /// The number of key results whose scores were averaged; 0 where it follows from progress.
    scored_key_results: usize,
    open_key_results: usize,
    /// Where it may go on, the latest first.
    periods: Vec<PeriodBody>,
    /// The next of the same kind.
    #[schema(value_type = Option<String>)]
    next_period_id: Option<Id>,
}

/// What closing a goal begins with: how it ends by default, and the score that is suggested.
#[utoipa::path(get, path = "/goals/{goal}/closing", params(("goal" = String, Path), Final), responses((status = 200, body = ClosingBody)))]
async fn closing(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Query(wanted): Query<Final>,
) -> Result<Response, Failure> {
    let goal = ids.get("goal")?;
    let found = state.app.closing(&actor, goal).await?;
    let suggested = match wanted.value {
        Some(value) => state.app.suggested_goal_score(&actor, goal, Some(value)).await?,
        None => found.suggested,
    };
    let body = ClosingBody {
        ending: found.first,
        score: suggested.score,
        scored_key_results: suggested.key_results,
        open_key_results: suggested.open,
        periods: found.periods.into_iter().map(PeriodBody::from).collect(),
        next_period_id: found.next,
    };
    Ok(Json(body).into_response())
}

/// Somebody with rights by what they are to a goal.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = CapableUser)]
struct CapableBody {
    #[schema(value_type = String)]
    user_id: Id,
    name: String,
    /// `owner`, `delegate`, `check_in_owner`, `creator`, `team_owner`, `manager` or `parent_owner`; one of several stands once with each.
    #[schema(value_type = String)]
    capacity: Capacity,
}

/// Who has rights on a goal.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = GoalRights)]
struct AccessBody {
    /// By what they are to it: this cannot be taken from them here.
    by_capacity: Vec<CapableBody>,
    /// Named as editors.
    editors: Vec<HitBody>,
    /// Named as allowed to align to it; counts with `align_restricted`.
    aligners: Vec<HitBody>,
    align_restricted: bool,
}

/// Who has rights on a goal, by capacity and by name; for those who may grant them.
#[utoipa::path(get, path = "/goals/{goal}/access", params(("goal" = String, Path)), responses((status = 200, body = AccessBody)))]
async fn access(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
) -> Result<Response, Failure> {
    let found = state.app.goal_access(&actor, ids.get("goal")?).await?;
    let capable = |(it, capacity): (northing_app::choices::Named, _)| CapableBody {
        user_id: it.id,
        name: it.name,
        capacity,
    };
    let body = AccessBody {
        by_capacity: found.by_capacity.into_iter().map(capable).collect(),
        editors: found.editors.into_iter().map(HitBody::from).collect(),
        aligners: found.aligners.into_iter().map(HitBody::from).collect(),
        align_restricted: found.goal.align_restricted,
    };
    Ok(Json(body).into_response())
}

/// What a change of shares would move.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ContributionsEffect)]
struct SharesEffect {
    /// The goal itself, moved or not.
    goal: ChangedBody,
    /// Every goal above that would move, children before parents.
    changed: Vec<ChangedBody>,
}

/// What a change of shares would move; nothing is written.
#[utoipa::path(post, path = "/goals/{goal}/contributions/preview", params(("goal" = String, Path)), request_body = ContributionFields, responses((status = 200, body = SharesEffect)))]
async fn contributions(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Body(input): Body<ContributionsInput>,
) -> Result<Response, Failure> {
    let found = state.app.preview_contributions(&actor, ids.get("goal")?, &input).await?;
    let changed = found.changed.into_iter().map(ChangedBody::from).collect();
    Ok(Json(SharesEffect { goal: found.goal.into(), changed }).into_response())
}

/// What another alignment would move.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = AlignmentEffect)]
struct AlignmentEffect {
    /// Every goal that would move and that the caller may see, children before parents.
    changed: Vec<ChangedBody>,
}

/// What another alignment would move; nothing is written.
#[utoipa::path(post, path = "/goals/{goal}/parents/preview", params(("goal" = String, Path)), request_body = Vec<ParentRef>, responses((status = 200, body = AlignmentEffect)))]
async fn parents(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Body(parents): Body<Vec<ParentRef>>,
) -> Result<Response, Failure> {
    let wanted: Vec<Id> = parents.into_iter().map(|parent| parent.id).collect();
    let changed = state.app.preview_parents(&actor, ids.get("goal")?, &wanted).await?;
    Ok(Json(AlignmentEffect { changed: changed.into_iter().map(ChangedBody::from).collect() })
        .into_response())
}

/// Where a goal is to go.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct Where {
    /// The parent that it stands under now; its first one if absent.
    #[param(value_type = Option<String>)]
    from: Option<Id>,
    /// The goal that it is to stand under, or `none` for the top; where it stands if absent.
    to: Option<String>,
    /// Whose top is meant: `all` (default), `organization`, `team`, `person`.
    #[param(value_type = Option<String>)]
    page: Option<OrderedPage>,
    /// The page's team or person.
    #[param(value_type = Option<String>)]
    entity_id: Option<Id>,
}

/// A goal in a few words.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = GoalChoice)]
struct ChoiceBody {
    #[schema(value_type = String)]
    id: Id,
    #[schema(value_type = String)]
    kind: GoalKind,
    title: String,
    #[schema(value_type = String)]
    status: Status,
    /// The name of its period.
    period: String,
}

impl From<GoalChoice> for ChoiceBody {
    fn from(it: GoalChoice) -> Self {
        Self { id: it.id, kind: it.kind, title: it.title, status: it.status, period: it.period }
    }
}

/// A goal beside which another can go.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Beside)]
struct BesideBody {
    #[schema(value_type = String)]
    id: Id,
    title: String,
}

/// Where a goal stands, and what stands where it is to go.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Placement)]
struct PlacementBody {
    /// The parent that it stands under; null at the top.
    #[schema(value_type = Option<String>)]
    from_id: Option<Id>,
    /// The goal that it is to stand under; null for the top.
    to: Option<ChoiceBody>,
    /// Its other parents, which stay.
    #[schema(value_type = Vec<String>)]
    other_parent_ids: Vec<Id>,
    /// What stands there already, in order, at most 200.
    beside: Vec<BesideBody>,
    /// It stands there already, directly behind this one; null where it is the first or does not stand there.
    #[schema(value_type = Option<String>)]
    behind_id: Option<Id>,
    /// Whether it stands there already.
    here: bool,
    /// What would move if it went there, children before parents.
    changed: Vec<ChangedBody>,
}

/// Where a goal stands, what stands where it is to go, and what would move if it went there; nothing is written.
#[utoipa::path(get, path = "/goals/{goal}/placement", params(("goal" = String, Path), Where), responses((status = 200, body = PlacementBody)))]
async fn placement(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Query(wanted): Query<Where>,
) -> Result<Response, Failure> {
    let goal = ids.get("goal")?;
    let to =
        match wanted.to.as_deref() {
            None => None,
            Some("none") => Some(None),
            Some(id) => Some(Some(id.parse::<Id>().map_err(|error| {
                northing_core::errors::FieldError::new("to", "invalid", error.to_string())
            })?)),
        };
    let ask = PlacingAsk { listed: wanted.from.is_some(), from: wanted.from, to };
    let page = wanted.page.unwrap_or(OrderedPage::All);
    let found = state.app.placing(&actor, goal, ask, page, wanted.entity_id).await?;
    let to = found.to.as_ref().map(|to| to.id);
    let changed = if to == found.from {
        Vec::new()
    } else {
        let parents: Vec<Id> = to.into_iter().chain(found.others.iter().copied()).collect();
        state.app.preview_parents(&actor, goal, &parents).await?
    };
    let body = PlacementBody {
        from_id: found.from,
        to: found.to.map(ChoiceBody::from),
        other_parent_ids: found.others,
        beside: found.beside.into_iter().map(|(id, title)| BesideBody { id, title }).collect(),
        behind_id: found.behind,
        here: found.here,
        changed: changed.into_iter().map(ChangedBody::from).collect(),
    };
    Ok(Json(body).into_response())
}

/// What deleting a goal would take along.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Deletion)]
struct DeletionBody {
    /// Goals aligned to it, which lose this parent.
    children: i64,
    /// How many below it are aligned to nothing that stays: they go with `children=true`.
    with_children: usize,
    /// Why those below cannot be deleted with it; null where they can.
    refusal: Option<String>,
}

/// What deleting a goal would take along; nothing is written.
#[utoipa::path(get, path = "/goals/{goal}/deletion", params(("goal" = String, Path)), responses((status = 200, body = DeletionBody)))]
async fn deletion(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
) -> Result<Response, Failure> {
    let found = state.app.deletion(&actor, ids.get("goal")?).await?;
    let children = found.goal.child_count;
    Ok(Json(DeletionBody { children, with_children: found.below, refusal: found.refusal }).into_response())
}
