//! The binary: serve, set-up, tokens, import, export, backup and restore.

mod commands;
mod config;
mod keys;
mod system;
mod telemetry;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Northing: self-hosted OKRs that keep everyone's work pointed at the same goals.
#[derive(Debug, Parser)]
#[command(name = "northing", version, about, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    store: config::StoreArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Migrate the store, then serve pages and the API
    Serve(commands::serve::Args),
    /// Make the first organisation and its owner without a browser
    Setup(commands::setup::Args),
    /// Make API tokens
    #[command(subcommand)]
    Token(commands::token::Token),
    /// Bring in what another system exported: Viva Goals' JSON files, CSV or XLSX, or Northing's own export
    Import(commands::import::Args),
    /// Write a whole organisation as JSON files in a ZIP, CSV or XLSX, while serving
    Export(commands::export::Args),
    /// Fill an organisation with invented goals, to try and measure Northing at size
    Generate(commands::generate::Args),
    /// The key that seals the secrets of connections
    #[command(subcommand)]
    Secrets(commands::secrets::Secrets),
    /// Write a consistent copy of everything to a file, while serving
    Backup(commands::copy::BackupArgs),
    /// Fill an empty store from a file that `backup` wrote
    Restore(commands::copy::RestoreArgs),
}

fn main() -> ExitCode {
    let (cli, file) = match read() {
        Ok(read) => read,
        Err(error) => return failed(&error),
    };
    telemetry::start(matches!(cli.command, Command::Serve(_)));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&anyhow::Error::new(error).context("the runtime cannot be started")),
    };
    match runtime.block_on(run(cli, file)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// The command line over the environment over the file. Wrong usage ends here, with status 2.
fn read() -> anyhow::Result<(Cli, config::File)> {
    let named = config::File::named(std::env::args_os());
    let file = config::File::read(named.as_deref())?;
    let matches = file.defaults(Cli::command())?.get_matches();
    let mut cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    cli.store.weigh(&matches);
    Ok((cli, file))
}

async fn run(cli: Cli, file: config::File) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(args) => commands::serve::run(args, &cli.store, &file).await,
        Command::Setup(args) => commands::setup::run(args, &cli.store, &file).await,
        Command::Token(command) => commands::token::run(command, &cli.store, &file).await,
        Command::Import(args) => commands::import::run(args, &cli.store, &file).await,
        Command::Export(args) => commands::export::run(args, &cli.store, &file).await,
        Command::Generate(args) => commands::generate::run(args, &cli.store, &file).await,
        Command::Secrets(command) => commands::secrets::run(command, &cli.store, &file).await,
        Command::Backup(args) => commands::copy::backup(args, &cli.store, &file).await,
        Command::Restore(args) => commands::copy::restore(args, &cli.store, &file).await,
    }
}

/// One line that says what went wrong and what to do about it.
#[expect(clippy::print_stderr, reason = "the one line that a failing command leaves")]
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::from(1)
}
