//! Explorer: filters that stand in the address and come back with it, the whole list by keyboard, goals moved by *Move to …*,
//! and everything readable and a check-in made without scripts.

use anyhow::{Context, Result};
use fantoccini::Locator;
use northing_store::Engine;
use northing_testkit::browser::{Browser, DESK, PHONE, settled};
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::App;
use northing_testkit::wait;
use serde_json::{Value, json};

use crate::support::{looks_good, served, sign_in};

/// Two teams, one below the other, with goals of every kind.
pub(crate) struct Ground {
    pub(crate) app: App,
    pub(crate) period: String,
    north: String,
    leeds: String,
    /// The goals by title.
    goals: Vec<(&'static str, String)>,
}

impl Ground {
    pub(crate) async fn new(db: &Database) -> Result<Self> {
        let app = App::new(db).await?;
        let period = app.period("Q1 2026").await?.to_string();
        let teams = format!("/orgs/{}/teams", app.slug);
        let team = async |name: &str, above: Option<&str>| {
            let body = json!({ "name": name, "parent_id": above });
            let made = app.api_ok(&app.owner, "POST", &teams, Some(body)).await?;
            Ok::<_, anyhow::Error>(made["id"].as_str().context("an id")?.to_owned())
        };
        let north = team("North", None).await?;
        let leeds = team("Leeds", Some(&north)).await?;
        let mut ground = Self { app, period, north, leeds, goals: Vec::new() };
        let (north, leeds) = (ground.north.clone(), ground.leeds.clone());
        ground.make("objective", "Clear the backlog", None, json!({ "level": "organization" })).await?;
        let whose = json!({ "level": "team", "team_ids": [north] });
        ground.make("key_result", "Cut waiting jobs", Some("Clear the backlog"), whose).await?;
        let whose = json!({ "level": "team", "team_ids": [leeds] });
        ground.make("key_result", "Close old tickets", Some("Clear the backlog"), whose.clone()).await?;
        ground.make("objective", "Grow the crews", None, whose).await?;
        ground.make("objective", "Learn to weld", None, json!({ "level": "individual" })).await?;
        Ok(ground)
    }

    pub(crate) fn id(&self, title: &str) -> Result<&str> {
        let found = self.goals.iter().find(|(known, _)| *known == title);
        Ok(&found.with_context(|| format!("no goal {title}"))?.1)
    }

    async fn make(
        &mut self,
        kind: &str,
        title: &'static str,
        parent: Option<&str>,
        more: Value,
    ) -> Result<()> {
        let parents: Vec<Value> =
            parent.map(|title| self.id(title)).transpose()?.iter().map(|id| json!({ "id": id })).collect();
        let mut body = json!({ "kind": kind, "title": title, "period_id": self.period, "parents": parents });
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        let path = format!("/orgs/{}/goals", self.app.slug);
        let made = self.app.api_ok(&self.app.owner, "POST", &path, Some(body)).await?;
        self.goals.push((title, made["id"].as_str().context("an id")?.to_owned()));
        Ok(())
    }

    /// Explorer, as its owner sees it after a check-in; and its address.
    pub(crate) async fn explored(&self) -> Result<(Browser, String)> {
        self.check_in("Cut waiting jobs", 90.0).await?;
        let site = served(&self.app).await?;
        let browser = Browser::open().await?;
        sign_in(&browser, &site, &self.app.owner.email).await?;
        let explorer = format!("{site}/explorer?period={}", self.period);
        browser.client.goto(&explorer).await?;
        Ok((browser, explorer))
    }

    async fn check_in(&self, title: &str, progress: f64) -> Result<()> {
        let path = format!("/goals/{}/check-ins", self.id(title)?);
        self.app.api_ok(&self.app.owner, "POST", &path, Some(json!({ "progress": progress }))).await?;
        Ok(())
    }
}

/// The titles in the list, from above.
async fn titles(browser: &Browser) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('tbody .tt')].map(it => it.textContent)";
    Ok(serde_json::from_value(browser.client.execute(script, Vec::new()).await?)?)
}

pub(crate) async fn shows(browser: &Browser, wanted: &[&str]) -> Result<()> {
    wait::until(&format!("the rows {wanted:?}"), || async {
        Ok((titles(browser).await? == wanted).then_some(()))
    })
    .await
}

/// The query of the address, decoded, without what is not asked for.
async fn address(browser: &Browser) -> Result<Vec<(String, String)>> {
    let url = browser.client.current_url().await?;
    let pairs = url.query_pairs().filter(|(_, value)| !value.is_empty());
    Ok(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
}

pub(crate) async fn says(browser: &Browser, name: &str, value: &str) -> Result<()> {
    wait::until(&format!("{name}={value} in the address"), || async {
        let wanted = (name.to_owned(), value.to_owned());
        Ok(address(browser).await?.contains(&wanted).then_some(()))
    })
    .await
}

/// Waits until the row of a goal has the focus; the list may be read again meanwhile.
async fn focused(browser: &Browser, goal: &str) -> Result<()> {
    wait::until(&format!("the focus is on {goal}"), || async {
        let at =
            browser.client.execute("return document.activeElement?.dataset.goal ?? null", Vec::new()).await?;
        Ok((at == json!(goal)).then_some(()))
    })
    .await
}

#[test]
fn filters_stand_in_the_address_and_come_back_with_it() {
    run(Engine::Sqlite, filtering);
}

async fn filtering(db: Database) -> Result<()> {
    let ground = Ground::new(&db).await?;
    let (browser, explorer) = ground.explored().await?;
    shows(&browser, &["Clear the backlog", "Grow the crews", "Learn to weld"]).await?;
    looks_good(&browser, "explorer").await?;

    // By team: those below it belong to it, unless one says otherwise.
    let open = async || {
        browser.press(".desk [popovertarget=filter-menu]").await?;
        browser.shown("#filter-menu").await
    };
    let choose = async |field: &str, value: &str| {
        let css = format!("#filter-menu input[name='{field}'][value='{value}']");
        browser.press(&css).await
    };
    let submit =
        async || Ok::<_, anyhow::Error>(browser.press("#filter-menu button.btn-a[type=submit]").await?);
    open().await?;
    looks_good(&browser, "explorer-filters").await?;
    browser.client.goto(&explorer).await?;
    open().await?;
    browser.keys("#team-find", "North").await?;
    let option = format!("#team-options input[value='{}']", ground.north);
    browser.press(&format!("#team-options label:has(input[value='{}'])", ground.north)).await?;
    wait::until("the team is chosen", || async {
        let chosen =
            browser.client.find_all(Locator::Css(&option.replace("#team-options", "[data-chosen]"))).await?;
        Ok((!chosen.is_empty()).then_some(()))
    })
    .await?;
    submit().await?;
    shows(&browser, &["Cut waiting jobs", "Close old tickets", "Grow the crews"]).await?;
    says(&browser, "team", &ground.north).await?;
    open().await?;
    choose("exact", "true").await?;
    submit().await?;
    shows(&browser, &["Cut waiting jobs"]).await?;
    says(&browser, "exact", "true").await?;

    // Back and forward, and the address by itself in another visit.
    browser.client.back().await?;
    shows(&browser, &["Cut waiting jobs", "Close old tickets", "Grow the crews"]).await?;
    browser.client.forward().await?;
    shows(&browser, &["Cut waiting jobs"]).await?;
    let link = browser.client.current_url().await?.to_string();
    browser.client.goto("about:blank").await?;
    browser.client.goto(&link).await?;
    shows(&browser, &["Cut waiting jobs"]).await?;
    let chips = browser.client.find_all(Locator::Css(".filters .chip")).await?;
    assert!(!chips.is_empty(), "what narrows the list is shown");
    browser.press(".filters .chip a").await?;
    browser.says("Learn to weld").await?;

    // By what the others ask for, each alone.
    for (filter, wanted) in [
        ("kind=key_result", vec!["Cut waiting jobs", "Close old tickets"]),
        ("level=individual", vec!["Learn to weld"]),
        ("aligned=none", vec!["Clear the backlog", "Grow the crews", "Learn to weld"]),
        ("owner=none", vec![]),
        ("status=on_track", vec!["Cut waiting jobs"]),
        ("unchecked=7", vec!["Close old tickets"]),
        ("due=overdue", vec![]),
        ("closed=7", vec![]),
        ("q=weld", vec!["Learn to weld"]),
    ] {
        browser.client.goto(&format!("{explorer}&{filter}")).await?;
        shows(&browser, &wanted).await.with_context(|| filter.to_owned())?;
    }
    browser.says("Learn to weld").await?;

    // The presets say how many stand behind them.
    browser.client.goto(&explorer).await?;
    for (preset, count) in
        [("All goals", "5"), ("Company objectives", "1"), ("My goals", "5"), ("Unaligned", "2")]
    {
        wait::until(&format!("{preset}: {count}"), || async {
            let views = browser.client.find_all(Locator::Css("nav.views a.view")).await?;
            for view in views {
                let Some(text) = settled(view.text().await)? else { return Ok(None) };
                if text.starts_with(preset) {
                    return Ok((text.trim_start_matches(preset).trim() == count).then_some(()));
                }
            }
            Ok(None)
        })
        .await?;
    }

    // Several periods in one list.
    let annual = ground.app.period("Annual 2026").await?;
    browser.client.goto(&format!("{explorer}&period={annual}")).await?;
    shows(&browser, &["Clear the backlog", "Grow the crews", "Learn to weld"]).await?;
    browser.says("Annual 2026").await?;
    browser.says("Q1 2026").await?;
    browser.is_accessible().await
}

#[test]
fn the_list_is_worked_by_keys_alone() {
    run(Engine::Sqlite, by_keys);
}

async fn by_keys(db: Database) -> Result<()> {
    let ground = Ground::new(&db).await?;
    let site = served(&ground.app).await?;
    let browser = Browser::open().await?;
    sign_in(&browser, &site, &ground.app.owner.email).await?;
    browser.client.goto(&format!("{site}/explorer?period={}", ground.period)).await?;
    shows(&browser, &["Clear the backlog", "Grow the crews", "Learn to weld"]).await?;
    let press = async |keys: &str| browser.type_keys(keys).await;
    let at = async |title: &str| {
        let id = ground.id(title)?;
        focused(&browser, id).await
    };
    let (down, up, right, left, end, home, enter, escape) =
        ("\u{e015}", "\u{e013}", "\u{e014}", "\u{e012}", "\u{e010}", "\u{e011}", "\u{e007}", "\u{e00c}");
    press("j").await?;
    at("Clear the backlog").await?;
    press(down).await?;
    at("Grow the crews").await?;
    press("k").await?;
    at("Clear the backlog").await?;
    press(end).await?;
    at("Learn to weld").await?;
    press(home).await?;
    at("Clear the backlog").await?;

    // A branch opens, and rows know their place in it.
    press(right).await?;
    shows(
        &browser,
        &["Clear the backlog", "Cut waiting jobs", "Close old tickets", "Grow the crews", "Learn to weld"],
    )
    .await?;
    says(&browser, "open", ground.id("Clear the backlog")?).await?;
    press(down).await?;
    at("Cut waiting jobs").await?;
    press(down).await?;
    let row = browser.client.active_element().await?;
    assert_eq!(row.attr("aria-posinset").await?.as_deref(), Some("2"));
    assert_eq!(row.attr("aria-setsize").await?.as_deref(), Some("2"));
    press(left).await?;
    at("Clear the backlog").await?;

    // A new goal in its place, by keys: it stands third of three, and so do those beside it.
    let adding = format!("#add-{}", ground.id("Clear the backlog")?);
    browser.client.execute("document.querySelector(arguments[0]).focus()", vec![json!(adding)]).await?;
    press(enter).await?;
    browser.keys(&format!("{adding} input[name=title]"), "Answer within a day").await?;
    press(enter).await?;
    shows(
        &browser,
        &[
            "Clear the backlog",
            "Cut waiting jobs",
            "Close old tickets",
            "Answer within a day",
            "Grow the crews",
            "Learn to weld",
        ],
    )
    .await?;
    let places = "return [...document.querySelectorAll('tbody tr[data-goal][aria-level=\"2\"]')].map(it => it.ariaPosInSet + '/' + it.ariaSetSize)";
    wait::until("every row knows its place", || async {
        let seen = browser.client.execute(places, Vec::new()).await?;
        Ok((seen == json!(["1/3", "2/3", "3/3"])).then_some(()))
    })
    .await?;
    press(escape).await?;

    // The panel opens with Enter and takes the focus; Esc leads back to the row.
    // Where the list is just being read again, the row loses the focus before the key arrives: then both are done once more.
    let focus = json!(format!("row-{}", ground.id("Cut waiting jobs")?));
    wait::until("the heading of the panel has the focus", || async {
        let script = "document.getElementById(arguments[0]).focus()";
        browser.client.execute(script, vec![focus.clone()]).await?;
        press(enter).await?;
        for _ in 0..100 {
            let text = settled(browser.client.active_element().await?.text().await)?;
            if text.is_some_and(|text| text == "Cut waiting jobs") {
                return Ok(Some(()));
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        Ok(None)
    })
    .await?;
    says(&browser, "goal", ground.id("Cut waiting jobs")?).await?;
    browser.is_accessible().await?;
    press(escape).await?;
    at("Cut waiting jobs").await?;

    // Check in, edit and alignment open for the row, and the list of keys for everybody.
    for (key, dialog) in [("i", "Check in"), ("e", "Edit goal"), ("a", "Alignment"), ("?", "Alt ↑")] {
        press(key).await?;
        browser.says(dialog).await?;
        browser.shown("dialog:modal").await?;
        press(escape).await?;
        wait::until("the dialog is closed", || async {
            Ok(browser.client.find_all(Locator::Css("dialog:modal")).await?.is_empty().then_some(()))
        })
        .await?;
        at("Cut waiting jobs").await?;
    }
    press("/").await?;
    wait::until("the filter has the focus", || async {
        let name = settled(browser.client.active_element().await?.attr("name").await)?;
        Ok(name.flatten().filter(|name| name == "q").map(drop))
    })
    .await?;
    press(up).await
}

#[test]
fn a_goal_is_moved_by_the_dialog_on_desk_and_phone_and_without_scripts() {
    run(Engine::Sqlite, moving);
}

async fn moving(db: Database) -> Result<()> {
    let ground = Ground::new(&db).await?;
    let site = served(&ground.app).await?;
    let browser = Browser::open().await?;
    sign_in(&browser, &site, &ground.app.owner.email).await?;
    let (clear, crews) = (ground.id("Clear the backlog")?, ground.id("Grow the crews")?);
    let (jobs, tickets) = (ground.id("Cut waiting jobs")?, ground.id("Close old tickets")?);
    let list = format!("{site}/explorer?period={}&open={clear}", ground.period);
    let opened =
        ["Clear the backlog", "Cut waiting jobs", "Close old tickets", "Grow the crews", "Learn to weld"];
    browser.client.goto(&list).await?;
    shows(&browser, &opened).await?;

    // From the row's menu: behind its sibling.
    let open = async || {
        browser.press(&format!("#row-{jobs} .c-x button")).await?;
        browser.press(&format!("#menu-{jobs} a[href*=placement]")).await?;
        Ok::<_, anyhow::Error>(())
    };
    open().await?;
    browser.shown("#places select[name=position]").await?;
    looks_good(&browser, "moving-dialog").await?;
    browser.choose("#places select[name=position]", &format!("after:{tickets}")).await?;
    browser.press("dialog:modal button.btn-p[type=submit]").await?;
    browser.says("“Cut waiting jobs” moved").await?;
    shows(
        &browser,
        &["Clear the backlog", "Close old tickets", "Cut waiting jobs", "Grow the crews", "Learn to weld"],
    )
    .await?;

    // Under another goal, with what that moves; its branch opens and the row takes the focus.
    open().await?;
    browser.keys("#parent-find", "crews").await?;
    browser.press(&format!("#parent-options label:has(input[value='{crews}'])")).await?;
    browser.says("Preview, not saved yet").await?;
    browser.press("dialog:modal button.btn-p[type=submit]").await?;
    browser.says("“Cut waiting jobs” moved from “Clear the backlog” to “Grow the crews”").await?;
    shows(
        &browser,
        &["Clear the backlog", "Close old tickets", "Grow the crews", "Cut waiting jobs", "Learn to weld"],
    )
    .await?;
    focused(&browser, jobs).await?;

    // Where it may not go, the form comes back with the reason.
    browser.client.goto(&format!("{site}/goals/{crews}/placement")).await?;
    browser.keys("#parent-find", "tickets").await?;
    browser.press(&format!("#parent-options label:has(input[value='{tickets}'])")).await?;
    browser.press("button.btn-p[type=submit]").await?;
    browser.says("Objectives can’t sit under key results in this organisation: an admin can allow it in OKR model.").await?;

    // On a phone from the goal's page, back to the top.
    browser.size(PHONE).await?;
    browser.client.goto(&format!("{site}/goals/{jobs}")).await?;
    browser.press("#goal button[aria-label*='ctions']").await?;
    browser.press("a[href*=placement]").await?;
    browser.shown("#places select").await?;
    browser.is_accessible().await?;
    browser.shown("dialog:modal button[data-default]").await?;
    browser.size(DESK).await?;

    // Without scripts: the same as pages and forms.
    browser.scripts(false).await?;
    browser.client.goto(&format!("{site}/goals/{jobs}/placement")).await?;
    browser.keys("input[name=parent_query]", "backlog").await?;
    browser.press_on("button[name=search][value=parent]").await?;
    browser.press(&format!("#parent-options input[value='{clear}']")).await?;
    // The one that it leaves is still ticked: the form says so.
    browser.press_on("button.btn-p[type=submit]").await?;
    browser.says("Choose one goal: untick the other.").await?;
    browser.press(&format!("[data-chosen] input[value='{crews}']")).await?;
    browser.keys("input[name=parent_query]", "backlog").await?;
    browser.press_on("button[name=search][value=parent]").await?;
    browser.press(&format!("#parent-options input[value='{clear}']")).await?;
    browser.press_on("button[name=search][value=places]").await?;
    browser.choose("#places select[name=position]", "first").await?;
    browser.press_on("button.btn-p[type=submit]").await?;
    browser.client.goto(&list).await?;
    shows(&browser, &opened).await
}

#[test]
fn explorer_goal_and_team_are_read_and_checked_in_without_scripts() {
    run(Engine::Sqlite, without_scripts);
}

async fn without_scripts(db: Database) -> Result<()> {
    let ground = Ground::new(&db).await?;
    ground.check_in("Close old tickets", 40.0).await?;
    let site = served(&ground.app).await?;
    let browser = Browser::open().await?;
    browser.scripts(false).await?;
    sign_in(&browser, &site, &ground.app.owner.email).await?;
    let text = async || Ok::<_, anyhow::Error>(browser.shown("body").await?.text().await?);
    let has = async |wanted: &[&str]| {
        let shown = text().await?;
        for each in wanted {
            anyhow::ensure!(shown.contains(each), "{each:?} is not said in: {shown}");
        }
        Ok(())
    };

    // Explorer with its filters, and a branch by its link.
    browser.client.goto(&format!("{site}/explorer?period={}", ground.period)).await?;
    has(&["Explorer", "Q1 2026", "Clear the backlog", "Grow the crews", "Learn to weld", "5 goals"]).await?;
    browser.press(&format!("#row-{} a.tw", ground.id("Clear the backlog")?)).await?;
    has(&["Cut waiting jobs", "Close old tickets", "40%", "20%"]).await?;
    browser.keys("input[name=q]", "tickets\u{e007}").await?;
    browser.says("Close old tickets").await?;
    anyhow::ensure!(!text().await?.contains("Learn to weld"), "the text narrows the list");

    // A goal with all that its page says.
    browser.press(&format!("#row-{} a.tt", ground.id("Close old tickets")?)).await?;
    has(&[
        "Close old tickets",
        "40%",
        "Leeds",
        "Q1 2026",
        "Check-ins",
        "Clear the backlog",
        "Activity",
        "created",
    ])
    .await?;

    // A check-in by plain form, and what it moved.
    browser.press("a[href$='check-ins/new']").await?;
    let value = browser.shown("input[name=value]").await?;
    value.clear().await?;
    value.send_keys("60").await?;
    browser.keys("textarea[name=note]", "Two people came back.").await?;
    browser.press("form button.btn-p[type=submit]").await?;
    has(&["60%", "Two people came back."]).await?;
    browser.client.goto(&format!("{site}/goals/{}", ground.id("Clear the backlog")?)).await?;
    has(&["30%", "Cut waiting jobs", "Close old tickets"]).await?;

    // The team with its goals, people and the teams below it.
    browser.client.goto(&format!("{site}/teams/{}?period={}", ground.north, ground.period)).await?;
    has(&["North", "Cut waiting jobs", "Sub-teams", "Leeds", "1 goal"]).await?;
    browser.client.goto(&format!("{site}/teams/{}", ground.leeds)).await?;
    has(&["Leeds", "Close old tickets", "Grow the crews", "60%"]).await?;

    // The check of accessibility is a script itself.
    browser.scripts(true).await?;
    for path in [
        format!("/explorer?period={}", ground.period),
        format!("/goals/{}", ground.id("Close old tickets")?),
        format!("/goals/{}/check-ins/new", ground.id("Close old tickets")?),
        format!("/teams/{}", ground.north),
    ] {
        browser.client.goto(&format!("{site}{path}")).await?;
        looks_good(&browser, &format!("read{}", path.split('/').nth(1).unwrap_or_default())).await?;
    }
    Ok(())
}
