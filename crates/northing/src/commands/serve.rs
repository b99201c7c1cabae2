//! `northing serve`: migrate, listen, serve, and finish what runs when asked to stop.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use northing_app::Northing;
use northing_app::sources::{Guard, Http, HttpOptions, KINDS, Outside};
use northing_web::{AppState, SiteOptions, UploadLimit};
use tokio::net::TcpListener;

use crate::config::{File, StoreArgs};
use crate::keys::{self, Place};

/// How often to look whether a new day has begun somewhere.
const DAY_CHECK: Duration = Duration::from_secs(300);
/// How often to look for work that another process made.
const WORK_CHECK: Duration = Duration::from_secs(3);
/// How often to look whether a sync is due.
const SOURCE_CHECK: Duration = Duration::from_secs(5);
/// How long open connections may take to finish after a request to stop.
const FAREWELL: Duration = Duration::from_secs(20);

/// Options of `serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "NORTHING_LISTEN")]
    listen: Option<String>,
    /// The address people use, for links and secure cookies: <https://okr.example.org>
    #[arg(long, env = "NORTHING_PUBLIC_URL")]
    public_url: Option<String>,
    /// Serve the gallery of components at /styleguide
    #[arg(long, env = "NORTHING_STYLEGUIDE")]
    styleguide: bool,
    /// Fill an empty store with the demonstration organisation and say how to sign in
    #[arg(long, env = "NORTHING_DEMO")]
    demo: bool,
    /// Put a double of Azure DevOps beside the demonstration, on loopback, connected: goals can be linked without an account
    #[arg(long, env = "NORTHING_DEMO_AZURE_DEVOPS", requires = "demo")]
    demo_azure_devops: bool,
    /// Let requests to other systems reach this range too, which is private or this machine's own; may be repeated
    #[arg(long, env = "NORTHING_ALLOW_ADDRESS", value_delimiter = ',', value_name = "CIDR")]
    allow_address: Vec<ipnet::IpNet>,
    /// The integrations that may be used on this server: their kinds (azure_devops), all, or none
    #[arg(
        long,
        env = "NORTHING_INTEGRATIONS",
        value_delimiter = ',',
        value_name = "KIND",
        default_value = "all"
    )]
    integrations: Vec<String>,
    /// Trust the certificate authorities in this file (PEM) for requests to other systems, besides the public ones
    #[arg(long, env = "NORTHING_CA_FILE", value_name = "PEM")]
    ca_file: Option<PathBuf>,
    /// A proxy in front sets X-Forwarded-For; its last entry is the client's address
    #[arg(long, env = "NORTHING_BEHIND_PROXY")]
    behind_proxy: bool,
    /// How many MiB the files of one import may have together
    #[arg(long, env = "NORTHING_MAX_UPLOAD", default_value_t = 64, value_name = "MIB")]
    max_upload: u32,
}

/// Runs until SIGTERM or Ctrl+C.
#[expect(clippy::print_stdout, reason = "the line that says where to go")]
pub(crate) async fn run(args: Args, store: &StoreArgs, file: &File) -> Result<()> {
    let listen = args.listen.or_else(|| file.listen.clone()).unwrap_or_else(|| "127.0.0.1:8080".into());
    let mut allowed = args.allow_address;
    if args.demo_azure_devops {
        allowed.push(std::net::IpAddr::from([127, 0, 0, 1]).into());
    }
    let listener = TcpListener::bind(&listen)
        .await
        .with_context(|| format!("cannot listen on {listen}: choose another address with --listen"))?;
    let address = listener.local_addr().context("the address of the listener cannot be read")?;
    let public_url = args.public_url.or_else(|| file.public_url.clone());
    let url = public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let integrations = allowed_integrations(&args.integrations)?;
    let outside = outside(&allowed, args.ca_file.as_deref(), &keys::place(store, file))?;
    let (app, store) = super::open(store, file).await?;
    let app = app.with_outside(outside.with_address(url.clone()));
    app.allow_integrations(&integrations).await?;
    let sign_in = if args.demo { Some(super::demo::fill(&app).await?) } else { None };
    let double =
        if args.demo_azure_devops { Some(super::demo_azure_devops::start(&app).await?) } else { None };
    let options = SiteOptions {
        https: public_url.as_deref().is_some_and(|url| url.starts_with("https://")),
        behind_proxy: args.behind_proxy,
        development: args.styleguide,
        upload_limit: UploadLimit(args.max_upload),
    };
    let state = AppState::new(app.clone(), options);
    let site = northing_web::router(state.clone());
    println!("Northing is ready at {url}");
    if let Some(how) = sign_in {
        println!("{how}");
    }
    if let Some((_, how)) = &double {
        println!("{how}");
    }
    app.resume_work().await?;
    let days = tokio::spawn(follow_the_calendar(app.clone()));
    let syncs = tokio::spawn(follow_sources(app.clone()));
    let work = tokio::spawn(do_the_work(app));
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let serving = axum::serve(listener, site.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move {
            asked_to_stop().await;
            tracing::info!("stopping: finishing what runs");
            state.end_live();
            // Nobody listens any more if serving has already ended.
            let _ended = stop.send(true);
        });
    tokio::select! {
        ended = serving => ended.context("serving ended")?,
        () = farewell(stopped) => tracing::info!("some connections were still open and are closed now"),
    }
    days.abort();
    work.abort();
    syncs.abort();
    store.close().await;
    Ok(())
}

/// The kinds of integration that were named: all of them, none, or these.
fn allowed_integrations(named: &[String]) -> Result<Vec<String>> {
    let named: Vec<&str> = named.iter().map(|it| it.trim()).filter(|it| !it.is_empty()).collect();
    match named.as_slice() {
        ["all"] => Ok(KINDS.map(str::to_owned).to_vec()),
        [] | ["none"] => Ok(Vec::new()),
        kinds => {
            if let Some(unknown) = kinds.iter().find(|kind| !KINDS.contains(kind)) {
                anyhow::bail!("--integrations: {unknown} is none: name {}, all, or none", KINDS.join(", "));
            }
            Ok(kinds.iter().map(|kind| (*kind).to_owned()).collect())
        }
    }
}

/// The way to other systems.
fn outside(allowed: &[ipnet::IpNet], ca_file: Option<&Path>, keys: &Place) -> Result<Outside> {
    let authorities = match ca_file {
        Some(path) => {
            Some(std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?)
        }
        None => None,
    };
    let guard = Guard::allowing(allowed);
    let http = Http::new(&HttpOptions { guard, authorities, ..HttpOptions::default() })?;
    Ok(Outside::new(http, keys::open(keys)?))
}

/// Syncs the goals that follow other systems, as one worker among all nodes.
async fn follow_sources(app: Northing) {
    let worker = app.new_id().to_string();
    let mut turn = tokio::time::interval(SOURCE_CHECK);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        match app.sync_due(&worker).await {
            Ok(round) if round.links > 0 => {
                tracing::info!(links = round.links, moved = round.moved, failed = round.failed, "synced");
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "syncs could not be made; tried again in {SOURCE_CHECK:?}"),
        }
    }
}

/// Ends a while after a request to stop, for connections that never end by themselves.
async fn farewell(mut stopped: tokio::sync::watch::Receiver<bool>) {
    if stopped.wait_for(|asked| *asked).await.is_ok() {
        tokio::time::sleep(FAREWELL).await;
    }
}

/// Does what follows from the calendar, soon after midnight in each organisation's zone: periods that are due, the statuses
/// of the day, and the removal of what has expired.
async fn follow_the_calendar(app: Northing) {
    let mut turn = tokio::time::interval(DAY_CHECK);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        // Periods first: the day's statuses are those of the period that is current then.
        if let Err(error) = app.periods_tick().await {
            tracing::error!(%error, "the periods could not follow the calendar; tried again in {DAY_CHECK:?}");
        }
        if let Err(error) = app.begin_day().await {
            tracing::error!(%error, "the statuses of the day could not be refreshed; tried again in {DAY_CHECK:?}");
        }
        if let Err(error) = app.warn_of_ending_tokens().await {
            tracing::error!(%error, "nobody could be warned of tokens that end; tried again in {DAY_CHECK:?}");
        }
        if let Err(error) = app.sweep().await {
            tracing::error!(%error, "what has expired could not be removed; tried again in {DAY_CHECK:?}");
        }
    }
}

/// Does the jobs that are due, one after the other: at once where this process made them, else within a few seconds.
async fn do_the_work(app: Northing) {
    let worker = app.new_id().to_string();
    loop {
        match app.work_once(&worker).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "no work could be taken up; tried again in {WORK_CHECK:?}"),
        }
        tokio::select! {
            () = app.work_waits() => {}
            () = tokio::time::sleep(WORK_CHECK) => {}
        }
    }
}

/// SIGTERM, or Ctrl+C on a terminal.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt => {}
            }
        }
        Err(error) => {
            tracing::error!(%error, "SIGTERM cannot be heard; Ctrl+C can");
            let _pressed = interrupt.await;
        }
    }
}
