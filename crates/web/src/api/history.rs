//! The points of a goal's graph.

use axum::extract::State;
use axum::response::Response;
use northing_app::history::{GraphPoint, Source};
use northing_core::status::Status;
use northing_core::values::{Id, Moment};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Listed, list};
use crate::extract::{Ids, ListParams, Part, Read, Token};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(history))
}

/// How a goal stood from a moment on.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = HistoryPoint)]
struct PointBody {
    #[schema(value_type = String)]
    at: Moment,
    value: Option<f64>,
    progress: Option<f64>,
    progress_unclamped: Option<f64>,
    expected_progress: Option<f64>,
    #[schema(value_type = String)]
    status: Status,
    /// `check_in`, `rollup`, `edit`, `import`, `close`, `reopen` or `daily`.
    #[schema(value_type = String)]
    source: Source,
    #[schema(value_type = Option<String>)]
    check_in_id: Option<Id>,
}

impl From<GraphPoint> for PointBody {
    fn from(it: GraphPoint) -> Self {
        let point = it.point;
        Self {
            at: point.at,
            value: point.value,
            progress: point.progress(),
            progress_unclamped: point.progress_unclamped,
            expected_progress: it.expected_progress,
            status: point.status,
            source: point.source,
            check_in_id: point.check_in_id,
        }
    }
}

/// A goal's points, the oldest first.
#[utoipa::path(get, path = "/goals/{goal}/history", params(("goal" = String, Path), ListParams),
    responses((status = 200, body = Listed<PointBody>)))]
async fn history(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
) -> Result<Response, Failure> {
    let page = state.app.goal_history(&actor, ids.get("goal")?, &part).await?;
    Ok(list(page.map(PointBody::from)))
}
