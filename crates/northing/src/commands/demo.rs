//! `northing serve --demo`: an empty store filled with the demonstration.

use anyhow::{Context, Result, bail};
use northing_app::import::Outcome;
use northing_app::setup::{NewOrganization, SetUp};
use northing_app::{Northing, Via, demo};
use northing_core::settings::Settings;

/// The password of the visitor: the demonstration holds no secrets, and says so where it starts.
const PASSWORD: &str = "heat pumps for the north";

/// Fills an empty store and returns how to sign in; leaves a store alone that somebody uses.
pub(crate) async fn fill(app: &Northing) -> Result<String> {
    let email = demo::address(demo::VISITOR);
    let how = format!("Sign in as {email} with the password: {PASSWORD}");
    if app.is_set_up().await? {
        if app.operator(&email, None).await.is_ok() {
            return Ok(how);
        }
        bail!("the store is in use: --demo needs an empty one (see --data-dir)");
    }
    let organization = NewOrganization {
        name: demo::NAME.to_owned(),
        mission: Some(demo::MISSION.to_owned()),
        vision: Some(demo::VISION.to_owned()),
        values: demo::VALUES.map(str::to_owned).to_vec(),
        north_star: Some(demo::NORTH_STAR.to_owned()),
        settings: Settings { shared_goals: true, ..Settings::default() },
        ..NewOrganization::default()
    };
    let zone =
        jiff::tz::TimeZone::get(&organization.settings.time_zone).context("the time zone is unknown")?;
    let done = app
        .set_up(SetUp {
            email: email.clone(),
            name: demo::VISITOR.to_owned(),
            password: PASSWORD.to_owned(),
            organization,
            via: Via::CommandLine,
        })
        .await?;
    let actor = app.operator_of(&done.slug).await?;
    let set = demo::calderfield(app.now().day_in(&zone));
    let report = app.import_set(&actor, "demo", set, false).await?;
    if let Some(line) = report.lines.iter().find(|line| line.outcome == Outcome::Failed) {
        bail!("the demonstration is incomplete: {} “{}” was not taken over", line.entity, line.title);
    }
    Ok(how)
}
