//! What syncs did, by page: of an integration, of a connection, of a goal.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use northing_app::sources::{LinkMode, SyncResult, SyncRun};
use northing_core::values::Id;
use northing_ui::pages::sync_log::{self, Run, Said};
use northing_ui::paths;

use super::{admin, connections, goal_link, shell};
use crate::extract::Signed;
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get("/admin/integrations/{kind}/log", of_integration)
        .get("/connections/{connection}/log", of_connection)
        .get("/goals/{goal}/link/log", of_goal)
}

fn run(it: &SyncRun) -> Run {
    let count = |number: i64| usize::try_from(number).unwrap_or(0);
    let (id, name) = &it.connection;
    Run {
        at: it.started_at,
        connection: (name.clone(), paths::connection(*id, "log")),
        asked_by: it.asked_by.as_ref().map(|(_, name)| name.clone()),
        millis: it.millis,
        requests: count(it.requests),
        goals: count(it.goals),
        changed: count(it.changed),
        failed: count(it.failed),
        error: it.error.as_ref().map(connections::words),
    }
}

async fn of_integration(
    State(state): State<AppState>,
    signed: Signed,
    Path(kind): Path<String>,
) -> Result<Response, Failure> {
    let runs: Vec<Run> =
        state.app.syncs_of_integration(&signed.actor, &kind).await?.iter().map(run).collect();
    shell::document(&state, &signed, &sync_log::of_integration(&signed.ctx(&state), &kind, &runs)).await
}

async fn of_connection(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let (name, runs) = state.app.syncs_of_connection(&signed.actor, id).await?;
    let runs: Vec<Run> = runs.iter().map(run).collect();
    shell::document(&state, &signed, &sync_log::of_connection(&signed.ctx(&state), id, &name, &runs)).await
}

fn said(mode: LinkMode, it: &SyncResult) -> Said {
    let counts = it.matching.zip(it.completed).zip(it.removed);
    Said {
        first_at: it.first_at,
        last_at: it.last_at,
        times: it.times,
        value: it.value.map(|value| goal_link::value(mode, value)).unwrap_or_default(),
        split: counts.map_or_else(String::new, |((matching, completed), removed)| {
            goal_link::split(matching, completed, removed)
        }),
        warnings: it.warnings.clone(),
        error: it.error.as_ref().map(connections::words),
    }
}

async fn of_goal(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
) -> Result<Response, Failure> {
    let found = state.app.syncs_of_goal(&signed.actor, goal).await?;
    let all: Vec<Said> = found.results.iter().map(|it| said(found.mode, it)).collect();
    let dialog = sync_log::of_goal(&signed.ctx(&state), goal, &found.title, &all);
    admin::dialog(&state, &signed, StatusCode::OK, "Sync log", &dialog).await
}
