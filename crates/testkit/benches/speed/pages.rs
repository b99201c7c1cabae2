//! Pages of a signed-in person over HTTP, against a bare page that is served and asked for in the same way.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use northing_store::{Engine, StoreUrl, sql};
use reqwest::Client;

use crate::bare;
use crate::options::Options;
use crate::site::{ENCODINGS, Site};
use crate::table::{Table, median, ratio, time};

pub(crate) async fn run(options: &Options) -> Result<()> {
    let site = Site::new(Engine::Sqlite, options.goals).await?;
    let StoreUrl::Sqlite(path) = site.db.url() else { bail!("the bare page is made for SQLite") };
    let row =
        sql("SELECT id FROM periods WHERE is_current = 1").fetch_one(&mut site.db.read_once().await?).await?;
    let ours = serve(site.app.router.clone()).await?;
    let theirs = serve(bare::site(path, row.text("id")?).await?).await?;
    let team = site.team(20).await?;
    let goal = site.goal(4).await?;
    let cookie = format!("session={}", site.app.owner.session);
    let client = Client::builder().pool_max_idle_per_host(1).build()?;
    let pages = [
        ("bare page: axum, one query, maud", format!("http://{theirs}{team}"), None),
        ("the team's page, signed in", format!("http://{ours}{team}"), Some(15.0)),
        ("Explorer, first page of the tree", format!("http://{ours}/explorer"), Some(25.0)),
        ("Explorer, first page of a flat list", format!("http://{ours}/explorer?flat=true"), Some(25.0)),
        ("a goal's page", format!("http://{ours}{goal}"), None),
        ("My OKRs", format!("http://{ours}/"), None),
        ("search as you type", format!("http://{ours}/search?q=fin"), None),
    ];
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); pages.len()];
    let mut bytes = vec![0; pages.len()];
    for round in 0..options.rounds + 10 {
        for ((page, times), bytes) in pages.iter().zip(&mut times).zip(&mut bytes) {
            let request = client.get(&page.1).header("cookie", &cookie).header("accept-encoding", ENCODINGS);
            let start = Instant::now();
            let answer = request.send().await?;
            ensure!(answer.status().is_success(), "{}: {}", page.0, answer.status());
            *bytes = answer.bytes().await?.len();
            if round >= 10 {
                times.push(start.elapsed());
            }
        }
    }
    let title = format!("Pages at {} goals, SQLite, over HTTP, {} rounds", options.goals, options.rounds);
    let table = Table::new(&title, &["page", "p50", "p95", "× bare", "target", "bytes sent"]);
    let bare = median(times.first_mut().context("no bare page")?);
    for ((page, times), bytes) in pages.iter().zip(&mut times).zip(bytes) {
        let middle = median(times);
        let slow = times.get(times.len() * 95 / 100).copied().unwrap_or_default();
        let target = page.2.map_or_else(String::new, |target: f64| format!("≤ {target}×"));
        table.row([
            page.0.to_owned(),
            time(middle),
            time(slow),
            format!("{:.1}×", ratio(middle, bare)),
            target,
            bytes.to_string(),
        ]);
    }
    site.db.finish().await
}

async fn serve(site: axum::Router) -> Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        let site = site.into_make_service_with_connect_info::<SocketAddr>();
        if let Err(error) = axum::serve(listener, site).await {
            eprintln!("serving ended: {error}");
        }
    });
    Ok(address)
}
