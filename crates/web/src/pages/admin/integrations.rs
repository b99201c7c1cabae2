//! The sources that goals can follow: switched on, managed, switched off.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use northing_app::Error;
use northing_app::sources::{IntegrationView, Troubled};
use northing_core::values::Id;
use northing_ui::pages::admin::integrations::{self, Integration, Managed};
use northing_ui::paths;

use super::dialog;
use crate::extract::{Fields, Host, Signed};
use crate::failure::{Failure, go};
use crate::pages::explorer::Asked;
use crate::pages::{connections, shell};
use crate::router::Pages;
use crate::state::AppState;

pub(super) fn routes() -> Pages {
    Pages::default()
        .get(paths::INTEGRATIONS, list)
        .get("/admin/integrations/{kind}", manage)
        .post("/admin/integrations/{kind}/activation", enable)
        .get("/admin/integrations/{kind}/deactivation", ask)
        .post("/admin/integrations/{kind}/deactivation", disable)
        .post("/admin/integrations/{kind}/hook", hook)
        .post("/admin/integrations/{kind}/write-back", write_back)
}

fn told(it: &IntegrationView) -> Integration {
    Integration {
        kind: it.kind,
        enabled: it.enabled,
        forbidden: !it.allowed,
        known: it.known,
        connections: it.connections,
        troubled: it.troubled,
        links: usize::try_from(it.links).unwrap_or(0),
        has_hook: it.has_hook,
        write_back: it.write_back,
    }
}

/// A goal in trouble as lists show it.
pub(crate) fn troubled(it: &Troubled) -> integrations::Troubled {
    let unknown = || (String::from("It could not be read"), String::from("Sync it again to see why."));
    let (message, remedy) = it.error.as_ref().map_or_else(unknown, connections::words);
    let connection = it.connection.as_ref().map_or("a connection that was removed", |(_, name)| name);
    integrations::Troubled {
        goal: it.goal_id,
        kind: it.kind,
        title: it.title.clone(),
        source: format!("{} by {connection}", it.label),
        message,
        remedy,
        synced_at: it.synced_at,
    }
}

async fn list(State(state): State<AppState>, signed: Signed) -> Result<Response, Failure> {
    let all: Vec<Integration> = state.app.integrations(&signed.actor).await?.iter().map(told).collect();
    shell::document(&state, &signed, &integrations::page(&signed.ctx(&state), &all)).await
}

async fn shown(
    state: &AppState,
    signed: &Signed,
    kind: &str,
    (hook, after): (Option<String>, Option<Id>),
    Host(host): Host,
) -> Result<Response, Failure> {
    let found = state.app.managed_integration(&signed.actor, kind, after).await?;
    let scheme = if state.site.options.https { "https" } else { "http" };
    let off = !found.integration.enabled;
    let content = Managed {
        integration: told(&found.integration),
        connections: found.connections.iter().map(|it| connections::line(signed, it, off)).collect(),
        troubled: found.troubled.items.iter().map(troubled).collect(),
        troubled_count: usize::try_from(found.troubled_count).unwrap_or(0),
        troubled_part: (after, found.troubled.next),
        hook,
        hook_address: format!("{scheme}://{host}/hooks/azure-devops"),
        tab: (found.embedding.has_key, found.embedding.is_open()),
    };
    shell::document(state, signed, &integrations::manage(&signed.ctx(state), &content)).await
}

async fn manage(
    State(state): State<AppState>,
    signed: Signed,
    Path(kind): Path<String>,
    RawQuery(raw): RawQuery,
    host: Host,
) -> Result<Response, Failure> {
    let after = Asked::read(raw).id("after")?;
    shown(&state, &signed, &kind, (None, after), host).await
}

async fn enable(
    State(state): State<AppState>,
    signed: Signed,
    Path(kind): Path<String>,
) -> Result<Response, Failure> {
    state.app.set_integration(&signed.actor, &kind, true).await?;
    Ok(go(&paths::integration(&kind, ""), signed.htmx))
}

async fn ask(
    State(state): State<AppState>,
    signed: Signed,
    Path(kind): Path<String>,
) -> Result<Response, Failure> {
    let all = state.app.integrations(&signed.actor).await?;
    let it = all.iter().find(|it| it.kind == kind).ok_or(Error::NotFound("integration"))?;
    let question = integrations::deactivation(&signed.ctx(&state), &told(it));
    dialog(&state, &signed, StatusCode::OK, "Disable integration", &question).await
}

async fn disable(
    State(state): State<AppState>,
    signed: Signed,
    Path(kind): Path<String>,
) -> Result<Response, Failure> {
    state.app.set_integration(&signed.actor, &kind, false).await?;
    Ok(go(&paths::integration(&kind, ""), signed.htmx))
}

async fn hook(
    State(state): State<AppState>,
    signed: Signed,
    Path(kind): Path<String>,
    host: Host,
) -> Result<Response, Failure> {
    let secret = state.app.renew_hook(&signed.actor, &kind).await?;
    shown(&state, &signed, &kind, (Some(secret), None), host).await
}

async fn write_back(
    State(state): State<AppState>,
    signed: Signed,
    Path(kind): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    state.app.set_write_back(&signed.actor, &kind, fields.ticked("on")).await?;
    Ok(go(&paths::integration(&kind, ""), signed.htmx))
}
