//! An hourly round of the sync engine: many goals that follow few queries on several connections, against a double in a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use northing_app::sources::{AZURE_DEVOPS, Config, NewConnection, Secret};
use northing_core::values::{Id, Moment};
use northing_store::goal_links::{self, GoalLink, LastSync};
use northing_store::{Failure, StoreUrl, sql};
use northing_testkit::azure_devops::{Double, Node, Options as DoubleOptions, Process, SAMPLE_TOKEN, World};
use serde_json::{Value, json};

use crate::options::Options;
use crate::process::{self, Server};
use crate::site::{ENCODINGS, Site};
use crate::table::{Table, median, ratio, time};

const CONNECTIONS: usize = 10;
/// Links that follow the same query.
const SHARING: usize = 20;
/// Work items that a query finds.
const FOUND: usize = 400;
/// The other system reads so many items at once.
const BATCH: usize = 200;
/// The second process is told by this how many queries there are.
pub(crate) const DOUBLE: &str = "NORTHING_BENCH_DOUBLE";
/// A page is asked for so often before a round, and on and on during it.
const PAGES: usize = 60;

pub(crate) async fn run(options: &Options) -> Result<()> {
    for &engine in &options.engines {
        let queries = (options.links / SHARING).max(CONNECTIONS);
        let double = Neighbour::start(queries)?;
        let site = Site::new(engine, options.links * 2).await?;
        let linked = link(&site, &double, options.links, queries).await?;
        let explorer = "/explorer?show=all";
        let mut before = Vec::new();
        for _ in 0..PAGES {
            before.push(site.get(explorer, false).await?.time);
        }
        let statements = site.statements(explorer).await?;
        let table = Table::new(
            &format!(
                "Sync, {engine:?}: {linked} links, {queries} queries, {CONNECTIONS} connections, {} work items",
                queries * FOUND
            ),
            &["what", "measured", "target"],
        );
        for (name, changed) in [
            ("first round: every value is new", 0),
            ("an hour later: nothing moved", 0),
            ("an hour later: every query moved", 1),
        ] {
            if changed > 0 {
                double.close_one_of_each().await?;
            }
            site.app.clock.advance_millis(66 * 60_000);
            double.clear().await?;
            let watch = Watch::start();
            let before_round = processor();
            let start = Instant::now();
            let ended = AtomicBool::new(false);
            let round = async {
                let round = site.app.northing.sync_due("bench").await;
                ended.store(true, Ordering::Relaxed);
                (round, start.elapsed())
            };
            let ((round, took), during) = tokio::join!(round, pages(&site, explorer, &ended));
            let round = round?;
            let memory = watch.most();
            let spent = processor().saturating_sub(before_round);
            ensure!(round.links == linked && round.failed == 0, "{round:?}");
            let asked = double.asked().await?;
            table.row([name.into(), time(took), "< 10 min".into()]);
            table.row([
                format!("  goals that moved, roll-ups: {}", round.moved),
                String::new(),
                String::new(),
            ]);
            let needed = queries + queries * FOUND.div_ceil(BATCH);
            table.row([
                format!(
                    "  requests: {} queries, {} batches, {} others",
                    asked.queries, asked.batches, asked.others
                ),
                (asked.queries + asked.batches).to_string(),
                format!("≤ {needed}"),
            ]);
            table.row([
                "  processor time of this process, with the pages of below".into(),
                time(spent),
                String::new(),
            ]);
            table.row([
                "  memory of this process at most, with what made the goals".into(),
                format!("{memory} MiB"),
                String::new(),
            ]);
            let (mut during, mut calm) = (during?, before.clone());
            table.row([
                format!("  Explorer meanwhile, against {}", time(median(&mut calm))),
                format!(
                    "{} ({:.2}×)",
                    time(median(&mut during)),
                    ratio(median(&mut during), median(&mut calm))
                ),
                "≤ 1.5×".into(),
            ]);
        }
        ensure!(site.statements(explorer).await? == statements, "a page with links takes other statements");
        match site.db.url().clone() {
            StoreUrl::Sqlite(path) => {
                let folder = path.parent().context("a store without a folder")?;
                served(&site, folder, &double, &table, queries + queries * FOUND.div_ceil(BATCH)).await?;
            }
            _ => site.db.finish().await?,
        }
    }
    Ok(())
}

/// A round of the server itself, in a process of its own: what it takes in memory, and pages by HTTP meanwhile.
async fn served(site: &Site, folder: &Path, double: &Neighbour, table: &Table, needed: usize) -> Result<()> {
    process::keep_signed_in(site).await?;
    let session = site.app.owner.session.clone();
    site.db.close().await;
    double.clear().await?;
    let client = reqwest::Client::builder().no_proxy().build()?;
    let page = async |base: &str| -> Result<Duration> {
        let start = Instant::now();
        let request =
            client.get(format!("{base}/explorer?show=all")).header("cookie", format!("session={session}"));
        request.header("accept-encoding", ENCODINGS).send().await?.error_for_status()?.bytes().await?;
        Ok(start.elapsed())
    };
    // The server lives today: every link is long due, and is synced as soon as it has started.
    let more = ["--allow-address", "127.0.0.1/32"];
    let (server, _) = Server::start(&process::binary()?, folder, &client, &more).await?;
    let (started, mut begun, mut last) = (Instant::now(), None, (0, Instant::now()));
    let (mut memory, mut during) = (0, Vec::new());
    loop {
        ensure!(
            started.elapsed() < Duration::from_secs(15 * 60),
            "the round does not end: {} of {needed} requests",
            last.0
        );
        let asked = double.asked().await?;
        let count = asked.queries + asked.batches;
        if count > 0 {
            begun.get_or_insert_with(Instant::now);
            during.push(page(&server.base).await?);
            memory = memory.max(server.memory("VmRSS:")?);
        }
        if count != last.0 {
            last = (count, Instant::now());
        }
        // What was fetched last has been saved by then.
        if count >= needed && last.1.elapsed() > Duration::from_secs(5) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = begun.map(|begun| last.1.saturating_duration_since(begun)).unwrap_or_default();
    let mut calm = Vec::new();
    for _ in 0..PAGES {
        calm.push(page(&server.base).await?);
    }
    table.row([
        "the server itself, from its first request to its last".into(),
        time(took),
        "< 10 min".into(),
    ]);
    table.row(["  requests".into(), last.0.to_string(), format!("≤ {needed}")]);
    table.row(["  its memory at most".into(), process::mib(memory), "≤ 150 MiB".into()]);
    table.row([
        format!("  Explorer by HTTP meanwhile, against {} afterwards", time(median(&mut calm))),
        format!("{} ({:.2}×)", time(median(&mut during)), ratio(median(&mut during), median(&mut calm))),
        "≤ 1.5×".into(),
    ]);
    Ok(())
}

/// The processor time that this process has taken, in ticks of a hundredth of a second.
fn processor() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

/// Asks for a page again and again until something has ended.
async fn pages(site: &Site, path: &str, ended: &AtomicBool) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    while !ended.load(Ordering::Relaxed) {
        times.push(site.get(path, false).await?.time);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(times)
}

/// Lets goals follow the queries, as if people had linked them a while ago.
async fn link(site: &Site, double: &Neighbour, links: usize, queries: usize) -> Result<usize> {
    let owner = &site.app.owner.actor;
    site.app.northing.set_integration(owner, AZURE_DEVOPS, true).await?;
    let mut connections = Vec::new();
    for number in 0..CONNECTIONS {
        let config = Config {
            account: double.account.clone(),
            project: format!("Project {number}"),
            ..Config::default()
        };
        let new = NewConnection {
            kind: AZURE_DEVOPS.to_owned(),
            name: format!("Project {number}"),
            shared: true,
            config,
            secret: Secret { pat: Some(SAMPLE_TOKEN.to_owned()), ..Secret::default() },
            expires_on: None,
        };
        connections.push(site.app.northing.create_connection(owner, new).await?.id);
    }
    let rows = sql("SELECT id FROM goals WHERE org_id = $1 AND kind <> 'objective' AND child_count = 0 AND status <> 'closed' \
         AND status <> 'postponed' ORDER BY id LIMIT $2")
    .bind(site.app.org)
    .bind(i64::try_from(links)?)
    .fetch_all(&mut site.db.read_once().await?)
    .await?;
    let goals: Vec<Id> = rows.iter().map(|row| row.id("id")).collect::<Result<_, _>>()?;
    let now = site.app.clock.now();
    let org = site.app.org;
    let links: Vec<GoalLink> = goals
        .iter()
        .enumerate()
        .map(|(at, goal)| of(*goal, org, &connections, at % queries, now))
        .collect::<Option<_>>()
        .context("a connection is missing")?;
    for some in links.chunks(1_000) {
        site.db
            .write(some.to_vec(), |tx, links| {
                Box::pin(async move {
                    for link in links {
                        goal_links::put(tx, link).await?;
                    }
                    let goals: Vec<Id> = links.iter().map(|link| link.goal_id).collect();
                    sql("UPDATE goals SET progress_mode = 'data_source', automatic_stopped = 0 WHERE id IN \
                         (SELECT value FROM json_each($1))")
                    .bind(northing_store::list(goals))
                    .execute(tx)
                    .await?;
                    Ok::<_, Failure>(())
                })
            })
            .await?;
    }
    Ok(links.len())
}

fn of(goal: Id, org: Id, connections: &[Id], query: usize, now: Moment) -> Option<GoalLink> {
    let measure = json!({ "mode": "percent", "field": null, "count_only_completed": true, "resolved_counts": false,
        "leave_out_removed": false });
    Some(GoalLink {
        goal_id: goal,
        org_id: org,
        connection_id: connections.get(query % CONNECTIONS).copied(),
        connection_name: None,
        kind: AZURE_DEVOPS.to_owned(),
        mode: String::from("percent"),
        selector: json!({ "query_id": format!("q-{query}") }).to_string(),
        selector_key: format!("q-{query}"),
        label: format!("Query {query}"),
        measure: measure.to_string(),
        with_tasks: false,
        url: None,
        last: LastSync {
            value: None,
            counts: None,
            state: String::from("pending"),
            error: None,
            warnings: String::from("[]"),
            told: None,
            failures: 0,
            synced_at: None,
            next_at: Some(now),
        },
        created_by: None,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

/// The double, in a process of its own: what it takes is not ours.
struct Neighbour {
    child: Child,
    account: String,
    /// On a port of their own, so that they are not counted.
    controls: String,
    client: reqwest::Client,
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// What the double was asked.
struct Asked {
    queries: usize,
    batches: usize,
    others: usize,
}

impl Neighbour {
    fn start(queries: usize) -> Result<Self> {
        // Another machine's work in truth: it may have of this one's processors only what is left.
        let mut child = Command::new("nice")
            .args(["-n", "19"])
            .arg(std::env::current_exe()?)
            .env(DOUBLE, queries.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the double cannot be started")?;
        let mut lines = BufReader::new(child.stdout.take().context("the double says nothing")?).lines();
        let said = lines.next().context("the double did not start")??;
        let (account, controls) = said.split_once('|').context("the double says where it is")?;
        let (account, controls) = (account.to_owned(), controls.to_owned());
        // No proxy and no provider of its own: plain loopback.
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { child, account, controls, client })
    }

    async fn clear(&self) -> Result<()> {
        self.client.post(format!("{}/_bench/clear", self.controls)).send().await?.error_for_status()?;
        Ok(())
    }

    async fn close_one_of_each(&self) -> Result<()> {
        self.client.post(format!("{}/_bench/close", self.controls)).send().await?.error_for_status()?;
        Ok(())
    }

    async fn asked(&self) -> Result<Asked> {
        let found: Value =
            self.client.get(format!("{}/_bench/asked", self.controls)).send().await?.json().await?;
        let count =
            |name: &str| found.get(name).and_then(Value::as_u64).and_then(|it| usize::try_from(it).ok());
        Ok(Asked {
            queries: count("queries").context("queries")?,
            batches: count("batches").context("batches")?,
            others: count("others").context("others")?,
        })
    }
}

/// The second process: the double and its controls, until nobody holds its input any more.
pub(crate) async fn double() -> Result<()> {
    let now: Moment = "2026-02-15T09:00:00Z".parse()?;
    let queries: usize = std::env::var(DOUBLE)?.parse()?;
    let double = Arc::new(Double::start(world(now, queries), DoubleOptions::default()).await?);
    let (clear, close, asked) = (double.clone(), double.clone(), double.clone());
    let router = axum::Router::new()
        .route("/_bench/clear", axum::routing::post(async move || clear.clear_log()))
        .route(
            "/_bench/close",
            axum::routing::post(async move || {
                let mut world = close.world();
                for query in 0..queries {
                    let id = first_of(query) + 300;
                    world.change(id, now, json!({ "System.State": "Closed" }));
                }
            }),
        )
        .route(
            "/_bench/asked",
            axum::routing::get(async move || {
                let log = asked.log();
                let of = |part: &str| log.iter().filter(|it| it.path.contains(part)).count();
                let (queries, batches) = (of("wit/wiql"), of("workitemsbatch"));
                let others = log.len() - queries - batches;
                axum::Json(json!({ "queries": queries, "batches": batches, "others": others }))
            }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}|http://{}", double.account(), listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}

/// The number of a query's first item.
fn first_of(query: usize) -> u64 {
    u64::try_from(query * FOUND + 1).unwrap_or(0)
}

fn world(now: Moment, queries: usize) -> World {
    let mut world = World::new(now);
    for number in 0..CONNECTIONS {
        let id = format!("11111111-aaaa-4aaa-8aaa-{number:012}");
        world.project(&id, &format!("Project {number}"), Process::agile());
        let shared = (0..queries).filter(|query| query % CONNECTIONS == number).map(|query| {
            let text = format!(
                "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND [System.AreaPath] = 'Area {query}'"
            );
            Node::query(&format!("q-{query}"), &format!("Query {query}"), &text)
        });
        world.share(&id, shared.collect());
    }
    for query in 0..queries {
        let project = format!("11111111-aaaa-4aaa-8aaa-{:012}", query % CONNECTIONS);
        let first = first_of(query);
        for number in 0..u64::try_from(FOUND).unwrap_or(0) {
            let state =
                if number < 100 + u64::try_from(query).unwrap_or(0) % 150 { "Closed" } else { "Active" };
            let area = json!({ "System.AreaPath": format!("Area {query}") });
            world.item(first + number, &project, "User Story", state, now, area);
        }
    }
    world
}

/// Looks at the memory of this process until it is asked.
struct Watch {
    most: Arc<AtomicU64>,
    ended: Arc<AtomicBool>,
}

impl Watch {
    fn start() -> Self {
        let watch = Self { most: Arc::default(), ended: Arc::default() };
        let (most, ended) = (watch.most.clone(), watch.ended.clone());
        std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                most.fetch_max(resident(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        watch
    }

    /// The most that was seen, in MiB.
    fn most(self) -> u64 {
        self.ended.store(true, Ordering::Relaxed);
        self.most.load(Ordering::Relaxed) / 1024
    }
}

/// Resident memory in KiB; 0 where the system does not say.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
