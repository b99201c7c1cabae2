//! `northing setup`: the first organisation and its owner without a browser.

use anyhow::{Context, Result, bail};
use northing_app::setup::{NewOrganization, SetUp};
use northing_app::{Error, Via};
use northing_core::settings::{OkrModel, Settings};
use tokio::io::AsyncReadExt;

use crate::config::{File, StoreArgs};

/// A password longer than this is none.
const MOST_PASSWORD: u64 = 4096;

/// Options of `setup`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Name of the organisation
    #[arg(long, env = "NORTHING_ORG")]
    org: String,
    /// Mail address of the first owner
    #[arg(long, env = "NORTHING_EMAIL")]
    email: String,
    /// Name of the first owner
    #[arg(long, env = "NORTHING_NAME")]
    name: String,
    /// Read the password from standard input
    #[arg(long, env = "NORTHING_PASSWORD_STDIN", required = true)]
    password_stdin: bool,
    /// Short name in addresses, the API and commands [default: made from the name]
    #[arg(long, env = "NORTHING_SLUG")]
    slug: Option<String>,
    /// What the organisation is for
    #[arg(long, env = "NORTHING_MISSION")]
    mission: Option<String>,
    /// Where it wants to be
    #[arg(long, env = "NORTHING_VISION")]
    vision: Option<String>,
    /// What it holds to; once for each value
    #[arg(long = "value", env = "NORTHING_VALUE", value_name = "VALUE")]
    values: Vec<String>,
    /// The one thing that tells whether it is on its way
    #[arg(long, env = "NORTHING_NORTH_STAR")]
    north_star: Option<String>,
    /// How goals are set: classic (objectives aspire, key results measure) or interchangeable (either can measure)
    #[arg(long, env = "NORTHING_OKR_MODEL", default_value = "classic")]
    okr_model: OkrModel,
    /// Month in which the planning year starts, 1–12
    #[arg(long, env = "NORTHING_PLANNING_YEAR_START_MONTH", default_value_t = 1, value_parser = clap::value_parser!(i8).range(1..=12))]
    planning_year_start_month: i8,
    /// Time zone of the organisation, for example Europe/Berlin
    #[arg(long, env = "NORTHING_TIME_ZONE", default_value = "UTC")]
    time_zone: String,
}

/// Makes the organisation; a second call is refused.
#[expect(clippy::print_stdout, reason = "says what was made")]
pub(crate) async fn run(args: Args, store: &StoreArgs, file: &File) -> Result<()> {
    let mut password = String::new();
    tokio::io::stdin()
        .take(MOST_PASSWORD)
        .read_to_string(&mut password)
        .await
        .context("the password cannot be read from standard input")?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() {
        bail!("there is no password on standard input: pipe it in");
    }
    let (app, store) = super::open(store, file).await?;
    let settings = Settings {
        okr_model: args.okr_model,
        planning_year_start_month: args.planning_year_start_month,
        time_zone: args.time_zone,
        ..Settings::default()
    };
    let given = SetUp {
        email: args.email,
        name: args.name,
        password,
        organization: NewOrganization {
            name: args.org,
            slug: args.slug,
            mission: args.mission,
            vision: args.vision,
            values: args.values,
            north_star: args.north_star,
            join: None,
            settings,
        },
        via: Via::CommandLine,
    };
    let done = app.set_up(given).await.map_err(named)?;
    println!("Organisation {} is set up", done.slug);
    store.close().await;
    Ok(())
}

/// Wrong fields by the names of their options.
fn named(error: Error) -> anyhow::Error {
    let Error::Invalid(errors) = error else { return error.into() };
    let option = |field: &str| match field {
        "password" => String::from("the password"),
        "organization.name" => String::from("--org"),
        "organization.values" => String::from("--value"),
        field => format!("--{}", field.rsplit('.').next().unwrap_or(field).replace('_', "-")),
    };
    let lines = errors.iter().map(|error| format!("{} {}", option(&error.field), error.message));
    anyhow::anyhow!("{}", lines.collect::<Vec<_>>().join("; "))
}
