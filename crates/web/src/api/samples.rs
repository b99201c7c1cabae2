//! Sample OKRs: `/orgs/{org}/samples`, and what was made of them, `/orgs/{org}/sample-batches`.

use std::borrow::Cow;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use northing_app::Error;
use northing_app::samples::{Batch, FUNCTIONS, KeyResult, Measure, SampleOrder, Whose};
use northing_core::errors::FieldError;
use northing_core::goal::{GoalKind, Level};
use northing_core::values::{Id, Moment};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Listed, list};
use crate::extract::{Body, Ids, ListParams, Part, Read, Token, Unversioned, Write};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(library)).routes(routes!(batches, add)).routes(routes!(take_back))
}

/// A sample key result.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SampleKeyResult)]
struct KeyResultBody {
    title: &'static str,
    metric: &'static str,
    /// Null for money or plain numbers.
    unit: Option<&'static str>,
    /// `reach`, `increase`, `decrease`, `stay_above` or `stay_below`.
    kind: &'static str,
    start: Option<f64>,
    target: f64,
}

impl From<&KeyResult> for KeyResultBody {
    fn from(it: &KeyResult) -> Self {
        let (kind, start, target) = match it.measure {
            Measure::Reach(target) => ("reach", None, target),
            Measure::Increase(start, target) => ("increase", Some(start), target),
            Measure::Decrease(start, target) => ("decrease", Some(start), target),
            Measure::StayAbove(target) => ("stay_above", None, target),
            Measure::StayBelow(target) => ("stay_below", None, target),
        };
        let unit = Some(it.unit).filter(|unit| !unit.is_empty());
        Self { title: it.title, metric: it.metric, unit, kind, start, target }
    }
}

/// A sample: an objective with its key results.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Sample)]
struct SampleBody {
    /// Its stable name.
    key: &'static str,
    /// The business function that it belongs to.
    function: &'static str,
    title: &'static str,
    /// Why it is a good one.
    why: &'static str,
    key_results: Vec<KeyResultBody>,
}

/// The library of sample OKRs.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SampleLibrary)]
struct LibraryBody {
    samples: Vec<SampleBody>,
}

/// The library of sample OKRs, by business function.
#[utoipa::path(get, path = "/orgs/{org}/samples", params(("org" = String, Path)), responses((status = 200, body = LibraryBody)))]
async fn library(_: Token<Read>) -> Result<Response, Failure> {
    let of = |function: &'static northing_app::samples::Function| {
        function.samples.iter().map(|it| SampleBody {
            key: it.key,
            function: function.name,
            title: it.title,
            why: it.why,
            key_results: it.key_results.iter().map(KeyResultBody::from).collect(),
        })
    };
    Ok(Json(LibraryBody { samples: FUNCTIONS.iter().flat_map(of).collect() }).into_response())
}

/// Samples to be made goals.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SampleOrder)]
struct OrderBody {
    /// The keys of at most 24 samples.
    samples: Vec<String>,
    /// The current period if absent.
    #[schema(value_type = Option<String>)]
    period_id: Option<Id>,
    /// Whose goals they become: `organization` (default), `team`, `individual`.
    #[schema(value_type = Option<String>)]
    level: Option<Level>,
    /// The team, with `level` `team`.
    #[schema(value_type = Option<String>)]
    team_id: Option<Id>,
    /// The caller if absent.
    #[schema(value_type = Option<String>)]
    owner_id: Option<Id>,
}

impl OrderBody {
    fn read(self) -> Result<SampleOrder, Failure> {
        let level = self.level.unwrap_or(Level::Organization);
        let whose = match (level, self.team_id) {
            (Level::Team, Some(team)) => Whose::Team(team),
            (Level::Team, None) => {
                return Err(FieldError::new("team_id", "required", "must name the team").into());
            }
            (_, Some(_)) => {
                return Err(FieldError::new("team_id", "not_allowed", "is for the level of a team").into());
            }
            (Level::Organization, None) => Whose::Organization,
            (Level::Individual, None) => Whose::Person,
        };
        Ok(SampleOrder { picks: self.samples, period_id: self.period_id, whose, owner_id: self.owner_id })
    }
}

/// Names the fields as this API does.
fn named(error: Error) -> Failure {
    let Error::Invalid(mut errors) = error else { return error.into() };
    for error in &mut errors {
        if error.field == "pick" {
            error.field = Cow::Borrowed("samples");
        } else if error.field.starts_with("team_ids") {
            error.field = Cow::Borrowed("team_id");
        } else if error.field.starts_with("owner_ids") {
            error.field = Cow::Borrowed("owner_id");
        }
    }
    Error::Invalid(errors).into()
}

/// A goal that was made of a sample.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SampleGoal)]
struct MadeBody {
    #[schema(value_type = String)]
    id: Id,
    #[schema(value_type = String)]
    kind: GoalKind,
    title: String,
}

/// Goals that were made of samples together.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SampleBatch)]
struct BatchBody {
    #[schema(value_type = String)]
    id: Id,
    #[schema(value_type = String)]
    created_at: Moment,
    #[schema(value_type = Option<String>)]
    period_id: Option<Id>,
    /// Whether the caller made it.
    mine: bool,
    /// Those that still exist and that the caller sees, each objective before its key results.
    goals: Vec<MadeBody>,
}

impl From<Batch> for BatchBody {
    fn from(it: Batch) -> Self {
        let goals = it.goals.into_iter().map(|(id, kind, title)| MadeBody { id, kind, title });
        Self { id: it.id, created_at: it.at, period_id: it.period_id, mine: it.mine, goals: goals.collect() }
    }
}

/// What was made of samples in the last 30 days and still exists, the newest first.
#[utoipa::path(get, path = "/orgs/{org}/sample-batches", params(("org" = String, Path), ListParams), responses((status = 200, body = Listed<BatchBody>)))]
async fn batches(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Part(part): Part,
) -> Result<Response, Failure> {
    let found = state.app.sample_batches(&actor).await?;
    Ok(list(part.of(found, |it| it.id)?.map(BatchBody::from)))
}

/// Makes goals of samples: all of them or none.
#[utoipa::path(post, path = "/orgs/{org}/sample-batches", params(("org" = String, Path)), request_body = OrderBody, responses((status = 201, body = BatchBody)))]
async fn add(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    Body(order): Body<OrderBody>,
) -> Result<Response, Failure> {
    let batch = state.app.add_samples(&actor, order.read()?).await.map_err(named)?;
    let found = state.app.sample_batches(&actor).await?.into_iter().find(|it| it.id == batch);
    let made = BatchBody::from(found.ok_or(Error::NotFound("sample OKRs"))?);
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// How many goals were deleted.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = TakenBack)]
struct TakenBack {
    deleted: usize,
}

/// Deletes the goals of a batch that still exist, as one.
#[utoipa::path(delete, path = "/orgs/{org}/sample-batches/{batch}", params(("org" = String, Path), ("batch" = String, Path)), responses((status = 200, body = TakenBack)))]
async fn take_back(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
    _: Unversioned,
) -> Result<Response, Failure> {
    let deleted = state.app.remove_samples(&actor, ids.get("batch")?).await?;
    Ok(Json(TakenBack { deleted }).into_response())
}
