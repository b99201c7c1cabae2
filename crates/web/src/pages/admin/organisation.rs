//! The organisation's name, purpose, and who may do what.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use northing_app::organization::{Organization, OrganizationChange};
use northing_core::errors::FieldError;
use northing_ui::pages::admin::organisation;
use northing_ui::paths;

use super::settings::Sheet;
use super::zones;
use crate::extract::{Fields, Signed};
use crate::failure::Failure;
use crate::pages::explorer::Asked;
use crate::router::Pages;
use crate::state::AppState;

pub(super) fn routes() -> Pages {
    Pages::default().get(paths::ADMIN, show).post(paths::ADMIN, save)
}

const SHEET: Sheet = Sheet {
    path: paths::ADMIN,
    settings: &[
        "invite_people",
        "inviters",
        "default_account",
        "join_requests",
        "create_organization_goals",
        "organization_goal_creators",
        "create_team_goals",
        "team_goal_creators",
        "create_teams",
        "team_creators",
        "create_tags",
        "tag_creators",
        "time_zone",
        "planning_year_start_month",
    ],
    labels: organisation::LABELS,
    people: organisation::PEOPLE,
    values,
    change,
    page: |ctx, form| organisation::page(ctx, form, &zones()),
};

fn values(it: &Organization) -> Vec<(String, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        ("name", it.name.clone()),
        ("slug", it.slug.clone()),
        ("mission", text(&it.mission)),
        ("vision", text(&it.vision)),
        ("values", it.values.join("\n")),
        ("north_star", text(&it.north_star)),
        ("join", it.join.name().to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

fn change(fields: &Fields, change: &mut OrganizationChange, errors: &mut Vec<FieldError>) {
    let text = |name| Some(fields.filled(name).map(str::to_owned));
    change.name = Some(fields.get("name").to_owned());
    change.slug = Some(fields.get("slug").trim().to_owned());
    change.mission = text("mission");
    change.vision = text("vision");
    change.north_star = text("north_star");
    change.values = Some(fields.get("values").lines().map(str::to_owned).collect());
    match fields.get("join").parse() {
        Ok(join) => change.join = Some(join),
        Err(_) => errors.push(FieldError::new("join", "invalid", "choose one of them")),
    }
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
