//! `northing token create`: an API token for a person, printed once.

use anyhow::Result;
use clap::Subcommand;
use northing_app::tokens::TokenInput;
use northing_app::{Error, Scope};

use crate::config::{File, StoreArgs};

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Print a new API token, alone, on standard output
    Create(CreateArgs),
}

/// Options of `token create`.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArgs {
    /// The person whose token it is
    #[arg(long, env = "NORTHING_EMAIL")]
    email: String,
    /// The one organisation (slug) in which it works; needed where the person has several
    #[arg(long, env = "NORTHING_ORG")]
    org: Option<String>,
    /// What it may be used for: read, write, checkin, admin
    #[arg(long, env = "NORTHING_SCOPES", value_delimiter = ',', required = true)]
    scopes: Vec<Scope>,
    /// Its life in days
    #[arg(long, env = "NORTHING_DAYS", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=365))]
    days: u32,
    /// Its name in lists
    #[arg(long, env = "NORTHING_NAME", default_value = "Command line")]
    name: String,
}

/// Makes the token.
#[expect(clippy::print_stdout, reason = "the token, alone")]
pub(crate) async fn run(command: Token, store: &StoreArgs, file: &File) -> Result<()> {
    let Token::Create(args) = command;
    let (app, store) = super::open_existing(store, file).await?;
    let actor = app.operator(&args.email, args.org.as_deref()).await.map_err(|error| match error {
        Error::NotFound(_) => anyhow::anyhow!(
            "there is nobody with the address {} who may act {}: give the address of an active member",
            args.email,
            args.org.as_deref().map_or_else(|| String::from("here"), |org| format!("in {org}"))
        ),
        other => other.into(),
    })?;
    let new = TokenInput {
        name: args.name,
        scopes: args.scopes,
        days: Some(args.days),
        only_here: args.org.is_some(),
    };
    println!("{}", app.create_token(&actor, new).await?.secret);
    store.close().await;
    Ok(())
}
