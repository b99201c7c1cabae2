//! The binary as a process: how large it is, how soon it serves, how much memory it takes.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use northing_store::{Engine, StoreUrl, sql};
use northing_testkit::front_door::SECRETS_KEY;
use reqwest::Client;

use crate::options::Options;
use crate::site::{ENCODINGS, Site};
use crate::table::{Table, median, time};

/// Readers at once under load.
const READERS: usize = 16;
/// Pages of each of them.
const PAGES: usize = 60;

pub(crate) async fn run(options: &Options) -> Result<()> {
    let binary = binary()?;
    let table = Table::new("The process", &["what", "value", "target"]);
    let size = std::fs::metadata(&binary)?.len();
    table.row(["binary with all assets".into(), mib(size), "≤ 40 MiB".into()]);
    let site = Site::new(Engine::Sqlite, options.goals).await?;
    let StoreUrl::Sqlite(path) = site.db.url().clone() else { bail!("not SQLite") };
    let (team, goal) = (site.team(20).await?, site.goal(4).await?);
    let session = site.app.owner.session.clone();
    let folder = path.parent().context("a store without a folder")?.to_owned();
    keep_signed_in(&site).await?;
    site.db.close().await;
    let client = Client::new();
    // The first start finds a new day and follows the calendar: that is not what is measured.
    let (server, _) = Server::start(&binary, &folder, &client, &[]).await?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    drop(server);
    let mut starts = Vec::new();
    for _ in 0..11 {
        let (server, took) = Server::start(&binary, &folder, &client, &[]).await?;
        starts.push(took);
        drop(server);
    }
    table.row(["cold start on a migrated store".into(), time(median(&mut starts)), "≤ 150 ms".into()]);
    let (server, _) = Server::start(&binary, &folder, &client, &[]).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    table.row(["resident memory at rest".into(), mib(server.memory("VmRSS:")?), "≤ 60 MiB".into()]);
    let mut readers = Vec::new();
    for reader in 0..READERS {
        let (client, session, base) = (client.clone(), session.clone(), server.base.clone());
        let pages = [
            String::from("/explorer"),
            team.clone(),
            goal.clone(),
            String::from("/search?q=fin"),
            String::from("/explorer?flat=true"),
        ];
        readers.push(tokio::spawn(async move {
            for n in 0..PAGES {
                let page = pages.get((n + reader) % pages.len()).map_or("/", String::as_str);
                let request =
                    client.get(format!("{base}{page}")).header("cookie", format!("session={session}"));
                request.header("accept-encoding", ENCODINGS).send().await?.bytes().await?;
            }
            anyhow::Ok(())
        }));
    }
    for reader in readers {
        reader.await??;
    }
    let under_load = format!("at most under load, {READERS} readers, {} goals", options.goals);
    table.row([under_load, mib(server.memory("VmHWM:")?), "≤ 150 MiB".into()]);
    Ok(())
}

/// The site was made on a day of its own; the binary lives today.
pub(crate) async fn keep_signed_in(site: &Site) -> Result<()> {
    let statement = "UPDATE sessions SET expires_at = 4000000000000, seen_at = 4000000000000";
    site.db.write((), move |tx, ()| Box::pin(async move { sql(statement).execute(tx).await })).await?;
    Ok(())
}

/// The binary that stands beside this program; `make bench` builds it first.
pub(crate) fn binary() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let beside = here.ancestors().nth(2).map(|folder| folder.join("northing"));
    beside.filter(|path| path.is_file()).context("the binary is not built: cargo build --release -p northing")
}

pub(crate) fn mib(bytes: u64) -> String {
    let tenths = bytes * 10 / 1_048_576;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// A running server; ends when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) base: String,
}

impl Server {
    /// Starts it and waits until it answers; how long that took.
    pub(crate) async fn start(
        binary: &Path,
        folder: &Path,
        client: &Client,
        more: &[&str],
    ) -> Result<(Self, Duration)> {
        let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let base = format!("http://{free}");
        let start = Instant::now();
        let child = Command::new(binary)
            .args(["serve", "--listen", &free.to_string(), "--data-dir"])
            .arg(folder)
            .args(more)
            .env("NORTHING_SECRETS_KEY", SECRETS_KEY)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self { child, base };
        loop {
            if client
                .get(format!("{}/readyz", server.base))
                .send()
                .await
                .is_ok_and(|it| it.status().is_success())
            {
                return Ok((server, start.elapsed()));
            }
            if start.elapsed() > Duration::from_secs(20) {
                bail!("the server does not answer");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub(crate) fn memory(&self, name: &str) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no such line")?;
        let kib: u64 = line.split_whitespace().next().context("no number")?.parse()?;
        Ok(kib * 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
