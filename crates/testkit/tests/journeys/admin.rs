//! Running an organisation: invite somebody and see them come in, build a tree of teams, switch the OKR model and meet what it
//! allows elsewhere, make a custom period.

use anyhow::{Context, Result};
use fantoccini::Locator;
use northing_app::links::{LinkKind, LinkUse};
use northing_store::Engine;
use northing_testkit::browser::{Browser, settled};
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::App;
use northing_testkit::wait;
use serde_json::json;

use crate::support::{looks_good, served, sign_in};

/// A browser in which the owner is signed in, and the address of the site.
async fn owner(app: &App) -> Result<(Browser, String)> {
    let address = served(app).await?;
    let browser = Browser::open().await?;
    sign_in(&browser, &address, &app.owner.email).await?;
    Ok((browser, address))
}

/// Types into a picker and takes the first that it finds.
async fn pick(browser: &Browser, name: &str, text: &str) -> Result<()> {
    browser.fill(&format!("#{name}-find"), text).await?;
    browser.press(&format!("#{name}-options [role=option]")).await
}

#[test]
fn somebody_is_invited_and_comes_in() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (browser, address) = owner(&app).await?;
        browser.client.goto(&format!("{address}/admin/members")).await?;
        looks_good(&browser, "admin-members").await?;
        browser.press(".head-a a.btn-p").await?;
        browser.fill("#dialog #people", "Ada Byron <ada@calder.test>\nnobody").await?;
        browser.is_accessible().await?;
        browser.press("#dialog button.btn-p").await?;
        browser.says("1 of 2 done").await?;
        browser.is_accessible().await?;
        let link = browser.shown("#link-0").await?.prop("value").await?.context("a link")?;
        assert!(link.starts_with(&address), "{link}");
        // The link is good: who has it chooses a password and is in.
        let secret = link.rsplit('/').next().context("a secret")?;
        let chosen = String::from("a sentence of her own");
        let given = LinkUse {
            kind: LinkKind::Invitation,
            secret: secret.to_owned(),
            name: None,
            password: chosen,
            address: String::from("192.0.2.9"),
            user_agent: None,
        };
        app.northing.use_link(given).await?;
        browser.client.goto(&format!("{address}/admin/members?q=ada")).await?;
        browser.says("Active").await?;
        browser.click(Locator::LinkText("Edit")).await?;
        browser.says("How they come in").await?;
        looks_good(&browser, "admin-member").await
    });
}

#[test]
fn a_tree_of_teams_is_built() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (browser, address) = owner(&app).await?;
        let tree = format!("{address}/admin/teams");
        browser.client.goto(&tree).await?;
        browser.press(".head-a a.btn-p").await?;
        browser.fill("#dialog #name", "Ships").await?;
        browser.press("#dialog button.btn-p").await?;
        browser.says("No goals here yet").await?;
        // A sub-team from the team's own menu, with the team above chosen already.
        browser.press("[popovertarget=team-menu]").await?;
        browser.click(Locator::LinkText("New sub-team")).await?;
        browser.shown("#dialog [data-chosen] input[name=parent_id]").await?;
        browser.fill("#dialog #name", "Sails").await?;
        pick(&browser, "owners", "Ruth").await?;
        browser.is_accessible().await?;
        browser.press("#dialog button.btn-p").await?;
        browser.says("Sails").await?;
        browser.client.goto(&tree).await?;
        browser.press("a[aria-label='Expand Ships']").await?;
        browser.shown("a[aria-label='Collapse Ships']").await?;
        browser.says("Sails").await?;
        looks_good(&browser, "admin-teams").await?;
        browser.click(Locator::Css("a[aria-label='Settings of Sails']")).await?;
        browser.fill("#note_template", "What moved?").await?;
        browser.press("main form.adm-f .btn-p").await?;
        browser.says("Saved.").await?;
        looks_good(&browser, "team-settings").await
    });
}

#[test]
fn the_model_is_switched_and_holds_elsewhere() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (browser, address) = owner(&app).await?;
        let goal = json!({"kind": "objective", "title": "Sail", "level": "organization", "metric": {"kind": "reach", "target": 5}});
        let make = async || app.api(&app.owner, "POST", "/orgs/calder/goals", Some(goal.clone())).await;
        assert_eq!(make().await?.status, 422);
        browser.client.goto(&format!("{address}/admin/model")).await?;
        looks_good(&browser, "admin-model").await?;
        browser.press("input[name=okr_model][value=interchangeable]").await?;
        // What it would allow is shown at once, and the options of the other model go away.
        wait::until("the table follows the choice", || async {
            let cells = browser.client.find_all(Locator::Css("#model-rules td .st[data-st=track]")).await?;
            Ok((cells.len() == 9).then_some(()))
        })
        .await?;
        browser.press("main form .btn-p").await?;
        browser.says("Goals that exist are left exactly as they are").await?;
        browser.is_accessible().await?;
        browser.press("main form .btn-p").await?;
        browser.says("Saved.").await?;
        assert_eq!(make().await?.status, 201);
        browser.client.goto(&format!("{address}/admin/goals")).await?;
        browser.fill("#behind_gap", "40").await?;
        browser.says("from 10% to below 50%").await?;
        looks_good(&browser, "admin-goals").await?;
        browser.client.goto(&format!("{address}/admin")).await?;
        looks_good(&browser, "admin-organisation").await?;
        browser.client.goto(&format!("{address}/admin/audit")).await?;
        browser.press("details.adm-d summary").await?;
        browser.says("changed the organisation").await?;
        looks_good(&browser, "admin-audit").await
    });
}

#[test]
fn a_custom_period_is_made_and_made_current() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (browser, address) = owner(&app).await?;
        browser.client.goto(&format!("{address}/admin/periods")).await?;
        browser.says("The current period follows the calendar").await?;
        browser.press(".head-a a.btn-p").await?;
        browser.fill("#dialog #name", "Launch").await?;
        let script = "for (const [id, day] of [['start', '2026-05-01'], ['end', '2026-06-15']]) document.getElementById(id).value = day";
        browser.client.execute(script, Vec::new()).await?;
        browser.says("no longer switches by itself").await?;
        browser.is_accessible().await?;
        browser.press("#dialog button.btn-p").await?;
        browser.says("no longer follows the calendar").await?;
        browser.says("Overlaps Annual 2026, Q2 2026").await?;
        browser.press("button[aria-label='Make current: Launch']").await?;
        wait::until("Launch to be current", || async {
            let current = settled(browser.client.find(Locator::Css("tr:has(.tag) th")).await?.text().await)?;
            Ok(current.filter(|current| current.contains("Launch")).map(drop))
        })
        .await?;
        looks_good(&browser, "admin-periods").await?;
        // A period that is left is deleted after asking.
        browser.press("a[aria-label='Delete Q3 2026']").await?;
        browser.says("No goal belongs to it").await?;
        browser.is_accessible().await?;
        browser.press("#dialog .btn-d").await?;
        wait::until("Q3 to be gone", || async {
            Ok(browser
                .client
                .find_all(Locator::Css("a[aria-label='Delete Q3 2026']"))
                .await?
                .is_empty()
                .then_some(()))
        })
        .await
    });
}
