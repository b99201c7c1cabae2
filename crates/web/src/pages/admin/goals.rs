//! Rules for goals, their status and their scores.

use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use northing_app::organization::{Organization, OrganizationChange};
use northing_core::errors::FieldError;
use northing_core::settings::ScoreBands;
use northing_ui::pages::admin::goals::{self, Rules};
use northing_ui::paths;
use serde_json::{Map, json};

use super::settings::{Sheet, number};
use crate::extract::{Fields, Signed};
use crate::failure::Failure;
use crate::pages::explorer::Asked;
use crate::router::Pages;
use crate::state::AppState;

pub(super) fn routes() -> Pages {
    Pages::default()
        .get(paths::ADMIN_GOALS, show)
        .post(paths::ADMIN_GOALS, save)
        .post(goals::PREVIEW, preview)
}

const SHEET: Sheet = Sheet {
    path: paths::ADMIN_GOALS,
    settings: &[
        "shared_goals",
        "multiple_alignment",
        "private_goals",
        "mandatory_team",
        "on_track_gap",
        "behind_gap",
        "status_source",
        "health_indicators",
        "scoring_guidance",
    ],
    labels: goals::LABELS,
    people: &[],
    values,
    change,
    page: |ctx, form| goals::page(ctx, form, rules(&Fields::from(form.typed.values.clone())).ok()),
};

fn values(it: &Organization) -> Vec<(String, String)> {
    let bands = it.settings.score_bands;
    vec![
        (String::from("yellow_from"), bands.yellow_from.to_string()),
        (String::from("green_from"), bands.green_from.to_string()),
    ]
}

fn bands(fields: &Fields) -> Result<ScoreBands, FieldError> {
    let bands =
        ScoreBands { yellow_from: number("yellow_from", fields)?, green_from: number("green_from", fields)? };
    let between = |value: f64| (0.0..=1.0).contains(&value);
    if !between(bands.yellow_from) {
        return Err(FieldError::new("yellow_from", "out_of_range", "must be between 0 and 1"));
    }
    if !between(bands.green_from) || bands.green_from < bands.yellow_from {
        let message = "must be between where yellow begins and 1";
        return Err(FieldError::new("green_from", "out_of_range", message));
    }
    Ok(bands)
}

fn change(fields: &Fields, change: &mut OrganizationChange, errors: &mut Vec<FieldError>) {
    match bands(fields) {
        Ok(bands) => {
            let mut settings = Map::new();
            settings.insert(String::from("score_bands"), json!(bands));
            change.settings = Some(settings);
        }
        Err(error) => errors.push(error),
    }
}

/// What the examples show.
fn rules(fields: &Fields) -> Result<Rules, FieldError> {
    Ok(Rules {
        on_track_gap: number("on_track_gap", fields)?,
        behind_gap: number("behind_gap", fields)?,
        bands: bands(fields)?,
    })
}

async fn show(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    SHEET.show(&state, &signed, Asked::read(raw).one("saved").is_some()).await
}

async fn save(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    SHEET.save(&state, &signed, &fields).await
}

async fn preview(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    state.app.organization_settings(&signed.actor).await?;
    Ok(Html(goals::examples(rules(&fields).ok()).into_string()).into_response())
}
