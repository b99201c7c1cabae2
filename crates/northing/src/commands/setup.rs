//! `northing setup`: the first organisation and its owner without a browser.

use anyhow::{Context, Result, bail};
use northing_app::Via;
use northing_app::setup::{NewOrganization, SetUp};
use northing_core::settings::Settings;
use tokio::io::AsyncReadExt;

use crate::config::{File, StoreArgs};

/// A password longer than this is none.
const MOST_PASSWORD: u64 = 4096;

/// Options of `setup`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Name of the organisation
    #[arg(long)]
    org: String,
    /// Mail address of the first owner
    #[arg(long)]
    email: String,
    /// Name of the first owner
    #[arg(long)]
    name: String,
    /// Read the password from standard input
    #[arg(long, required = true)]
    password_stdin: bool,
    /// Month in which the planning year starts, 1–12
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(i8).range(1..=12))]
    planning_year_start_month: i8,
    /// Time zone of the organisation, for example Europe/Berlin
    #[arg(long, default_value = "UTC")]
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
        planning_year_start_month: args.planning_year_start_month,
        time_zone: args.time_zone,
        ..Settings::default()
    };
    let given = SetUp {
        email: args.email,
        name: args.name,
        password,
        organization: NewOrganization { name: args.org, settings, ..NewOrganization::default() },
        via: Via::CommandLine,
    };
    let done = app.set_up(given).await?;
    println!("Organisation {} is set up", done.slug);
    store.close().await;
    Ok(())
}
