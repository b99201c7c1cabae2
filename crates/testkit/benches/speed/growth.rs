//! The same pages at two hundred goals and at a hundred times as many.

use std::time::Duration;

use anyhow::Result;
use northing_store::{Bind, Bulk, sql};

use crate::options::Options;
use crate::site::Site;
use crate::table::{Table, median, ratio, time};

/// A page, and how it is asked for in each site.
struct Page {
    name: &'static str,
    htmx: bool,
    paths: Vec<String>,
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    for &engine in &options.engines {
        let sizes = [options.goals / 100, options.goals / 10, options.goals];
        let mut sites = Vec::new();
        for goals in sizes {
            let site = Site::new(engine, goals.max(1)).await?;
            own_words(&site).await?;
            sites.push(site);
        }
        let mut pages = Vec::new();
        let same = |name, path: &str, htmx| Page { name, htmx, paths: vec![path.to_owned(); sizes.len()] };
        pages.push(same("Explorer, first page of the tree", "/explorer", false));
        pages.push(same("Explorer, first page of a flat list", "/explorer?flat=true", false));
        pages.push(same(
            "Explorer, flat, by status, one kind",
            "/explorer?flat=true&sort=status&kind=key_result",
            false,
        ));
        pages.push(same("My OKRs", "/", false));
        pages.push(same("organisation", "/organisation", false));
        let (mut teams, mut goals) = (Vec::new(), Vec::new());
        for site in &sites {
            teams.push(site.team(20).await?);
            goals.push(site.goal(4).await?);
        }
        let panels = goals.iter().map(|goal| format!("{goal}/panel")).collect();
        pages.push(Page { name: "a team of twenty goals", htmx: false, paths: teams });
        pages.push(Page { name: "a goal with four children", htmx: false, paths: goals });
        pages.push(Page { name: "the same as a panel", htmx: true, paths: panels });
        pages.push(same("people, first page", "/people", false));
        for (name, query) in [
            ("search: r", "r"),
            ("search: fin", "fin"),
            ("search: customer sat", "customer+sat"),
            ("search: nothing found", "xylophone"),
            ("search: a word of one goal", "zz1x"),
            ("search: each goal its own word", "zz"),
        ] {
            pages.push(same(name, &format!("/search?q={query}"), true));
        }
        let columns = [
            &format!("{engine:?}, {} rounds", options.rounds),
            &format!("{} goals", sizes[0]),
            &format!("{} goals", sizes[1]),
            &format!("{} goals", sizes[2]),
            "100×/1×",
            "100×/10×",
            "statements",
            "rows",
        ];
        let table = Table::new("Growth (target: at most 1.5 times)", &columns);
        for page in &pages {
            let mut times: Vec<Vec<Duration>> = vec![Vec::new(); sizes.len()];
            // By turns, so that a busy moment of the machine hits all sizes alike.
            for round in 0..options.rounds + 5 {
                for ((site, path), times) in sites.iter().zip(&page.paths).zip(&mut times) {
                    let answer = site.get(path, page.htmx).await?;
                    if round >= 5 {
                        times.push(answer.time);
                    }
                }
            }
            let middle: Vec<Duration> = times.iter_mut().map(|times| median(times)).collect();
            let (mut statements, mut rows) = (Vec::new(), Vec::new());
            for (site, path) in sites.iter().zip(&page.paths) {
                statements.push(site.statements(path).await?.to_string());
                let text = site.text(path).await?.text;
                rows.push(
                    text.matches("role=\"row\"")
                        .count()
                        .max(text.matches("role=\"option\"").count())
                        .to_string(),
                );
            }
            statements.dedup();
            let grown = |from: usize| match (middle.last(), middle.get(from)) {
                (Some(last), Some(from)) => format!("{:.2}×", ratio(*last, *from)),
                _ => String::from("–"),
            };
            let cells = [String::from(page.name)]
                .into_iter()
                .chain(middle.iter().map(|it| time(*it)))
                .chain([grown(0), grown(1), statements.join(" / "), rows.join("/")]);
            table.row(cells);
        }
        for site in sites {
            site.db.finish().await?;
        }
    }
    Ok(())
}

/// Gives every goal a word that no other has: the hardest that search as you type can be asked.
async fn own_words(site: &Site) -> Result<()> {
    let mut rx = site.db.read().await?;
    let rows = sql("SELECT id, search_text, external_id FROM goals ORDER BY id").fetch_all(&mut rx).await?;
    drop(rx);
    let mut words = Vec::with_capacity(rows.len());
    for row in &rows {
        let number = row.text("external_id")?;
        let number = number.rsplit(':').next().unwrap_or("");
        words.push((row.id("id")?, format!("{} zz{number}x", row.text("search_text")?)));
    }
    site.db
        .write(words, |tx, words| {
            Box::pin(async move {
                let mut rows = Bulk::new(2);
                for (id, text) in words {
                    rows.push([id.value(), text.value()]);
                }
                rows.update(
                    tx,
                    "UPDATE goals SET search_text = v.column2 FROM ({rows}) v WHERE goals.id = v.column1",
                )
                .await
            })
        })
        .await?;
    Ok(())
}
