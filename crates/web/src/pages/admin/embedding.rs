//! The tab on work items of Azure DevOps: its key, and which sites may frame it.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use northing_app::Error;
use northing_app::sources::{AZURE_DEVOPS, EmbedSettings};
use northing_ui::pages::admin::embedding::{self, EmbeddingForm};
use northing_ui::pages::entry::Typed;
use northing_ui::paths;

use super::{answer, dialog, refuse, renew, version};
use crate::extract::{Fields, Host, Signed};
use crate::failure::{Failure, go, sentence_case};
use crate::pages::explorer::Asked;
use crate::router::Pages;
use crate::state::AppState;

pub(super) fn routes() -> Pages {
    Pages::default()
        .get("/admin/integrations/{kind}/embedding", show)
        .post("/admin/integrations/{kind}/embedding", save)
        .get("/admin/integrations/{kind}/embedding/closing", ask)
        .post("/admin/integrations/{kind}/embedding/closing", close)
}

/// What a first set-up nearly always needs.
const USUAL: &str = "https://dev.azure.com";

fn known(kind: &str) -> Result<(), Failure> {
    if kind == AZURE_DEVOPS { Ok(()) } else { Err(Error::NotFound("integration").into()) }
}

fn stands(it: &EmbedSettings) -> Typed {
    let origins = if it.version == 0 { USUAL.to_owned() } else { it.origins.join("\n") };
    let values = [("origins", origins), ("version", it.version.to_string())];
    Typed { values: values.map(|(name, value)| (name.to_owned(), value)).to_vec(), ..Typed::default() }
}

fn form(
    state: &AppState,
    signed: &Signed,
    it: &EmbedSettings,
    typed: Typed,
    Host(host): Host,
) -> EmbeddingForm {
    let scheme = if state.site.options.https { "https" } else { "http" };
    EmbeddingForm {
        kind: AZURE_DEVOPS.to_owned(),
        typed,
        has_key: it.has_key,
        open: it.is_open(),
        address: format!("{scheme}://{host}"),
        organisation: signed.membership.slug.clone(),
        saved: false,
    }
}

async fn show(
    State(state): State<AppState>,
    signed: Signed,
    Path(kind): Path<String>,
    RawQuery(raw): RawQuery,
    host: Host,
) -> Result<Response, Failure> {
    known(&kind)?;
    let it = state.app.embedding(&signed.actor).await?;
    let saved = Asked::read(raw).one("saved").is_some();
    let form = EmbeddingForm { saved, ..form(&state, &signed, &it, stands(&it), host) };
    answer(&state, &signed, StatusCode::OK, &embedding::page(&signed.ctx(&state), &form)).await
}

async fn save(
    State(state): State<AppState>,
    signed: Signed,
    Path(kind): Path<String>,
    host: Host,
    fields: Fields,
) -> Result<Response, Failure> {
    known(&kind)?;
    let origins: Vec<String> = fields.get("origins").lines().map(str::to_owned).collect();
    let done =
        state.app.set_embedding(&signed.actor, version(&fields)?, &origins, fields.filled("key")).await;
    let error = match done {
        Ok(_) => {
            let saved = format!("{}?saved=true", paths::integration(AZURE_DEVOPS, "embedding"));
            return Ok(go(&saved, signed.htmx));
        }
        Err(error) => error,
    };
    let now = state.app.embedding(&signed.actor).await?;
    // What was typed, but for the key: a secret is never sent back.
    let mut typed = stands(&now);
    typed.values.retain(|(name, _)| name != "origins");
    typed.values.push((String::from("origins"), fields.get("origins").to_owned()));
    let status = match error {
        Error::Conflict => {
            renew(&mut typed, now.version);
            typed.refusal = Some(String::from(
                "Somebody else changed this meanwhile. Save again to put what you typed in its place.",
            ));
            StatusCode::CONFLICT
        }
        other => {
            refuse(&mut typed, other)?;
            StatusCode::UNPROCESSABLE_ENTITY
        }
    };
    for (_, message) in &mut typed.errors {
        *message = sentence_case(message);
    }
    let form = form(&state, &signed, &now, typed, host);
    answer(&state, &signed, status, &embedding::page(&signed.ctx(&state), &form)).await
}

async fn ask(
    State(state): State<AppState>,
    signed: Signed,
    Path(kind): Path<String>,
) -> Result<Response, Failure> {
    known(&kind)?;
    let it = state.app.embedding(&signed.actor).await?;
    let question = embedding::closing(&signed.ctx(&state), AZURE_DEVOPS, it.version);
    dialog(&state, &signed, StatusCode::OK, "Forget the key", &question).await
}

async fn close(
    State(state): State<AppState>,
    signed: Signed,
    Path(kind): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    known(&kind)?;
    let it = state.app.embedding(&signed.actor).await?;
    state.app.set_embedding(&signed.actor, version(&fields)?, &it.origins, Some("")).await?;
    Ok(go(&paths::integration(AZURE_DEVOPS, "embedding"), signed.htmx))
}
