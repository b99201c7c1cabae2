//! The OKR model with its options; switching it asks first.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_core::settings::{OkrModel, Settings};
use northing_ui::pages::admin::{Form, model};
use northing_ui::{Ctx, paths};
use serde_json::{Map, Value};

use super::settings::Sheet;
use super::{answer, typed};
use crate::extract::{Fields, Signed};
use crate::failure::Failure;
use crate::pages::explorer::Asked;
use crate::router::Pages;
use crate::state::AppState;

pub(super) fn routes() -> Pages {
    Pages::default()
        .get(paths::ADMIN_MODEL, show)
        .post(paths::ADMIN_MODEL, save)
        .post(model::PREVIEW, preview)
}

const SHEET: Sheet = Sheet {
    path: paths::ADMIN_MODEL,
    settings: &[
        "okr_model",
        "objectives_under_key_results",
        "key_results_under_key_results",
        "block_objective_contribution",
        "initiatives",
        "initiative_creators",
        "initiatives_under_key_results",
        "initiative_contribution",
    ],
    labels: model::LABELS,
    people: model::PEOPLE,
    values: |_| Vec::new(),
    change: |_, _, _| {},
    page,
};

fn page(ctx: &Ctx, form: &Form) -> northing_ui::layout::Page {
    let fields = Fields::from(form.typed.values.clone());
    model::page(ctx, form, &settings(&fields))
}

/// The settings that a form would make; what cannot be read keeps its default.
fn settings(fields: &Fields) -> Settings {
    let read: Map<String, Value> = SHEET.read_settings(fields).unwrap_or_default();
    serde_json::from_value(Value::Object(read)).unwrap_or_default()
}

async fn show(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    SHEET.show(&state, &signed, Asked::read(raw).one("saved").is_some()).await
}

async fn save(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let now = state.app.organization_settings(&signed.actor).await?.organization.settings.okr_model;
    let asked: Option<OkrModel> = fields.get("okr_model").parse().ok();
    match asked
        .filter(|asked| *asked != now && !fields.ticked("confirmed") && fields.filled("search").is_none())
    {
        Some(to) => {
            let form = Form { typed: typed(&fields), ..Form::default() };
            answer(&state, &signed, StatusCode::OK, &model::switch(&signed.ctx(&state), &form, to)).await
        }
        None => SHEET.save(&state, &signed, &fields).await,
    }
}

async fn preview(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    state.app.organization_settings(&signed.actor).await?;
    Ok(Html(model::rules(&signed.ctx(&state), &settings(&fields)).into_string()).into_response())
}
