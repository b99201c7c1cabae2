//! The life of goals: three check-ins by the keyboard alone, one of them mended and taken back, the last key result closed,
//! and an initiative broken down into tasks and talked about.

use anyhow::{Context, Result};
use fantoccini::Locator;
use fantoccini::key::Key;
use northing_store::Engine;
use northing_testkit::browser::{Browser, settled};
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::App;
use northing_testkit::wait;
use serde_json::{Value, json};

use crate::support::{looks_good, served, sign_in};

/// An organisation with an objective over three key results of the owner, and what they are called.
struct World {
    app: App,
    address: String,
    top: String,
    parts: Vec<String>,
}

impl World {
    async fn new(db: &Database) -> Result<Self> {
        let app = App::new(db).await?;
        let mut world = Self { app, address: String::new(), top: String::new(), parts: Vec::new() };
        world.top = world.make("objective", "Clear the backlog", json!([]), "rollup").await?;
        for title in ["Cut waiting jobs", "Close old tickets", "Answer every call"] {
            let part = world.make("key_result", title, json!([{ "id": world.top }]), "manual").await?;
            world.parts.push(part);
        }
        world.address = served(&world.app).await?;
        Ok(world)
    }

    async fn make(&self, kind: &str, title: &str, parents: Value, mode: &str) -> Result<String> {
        let owners = if kind == "objective" { json!([]) } else { json!([self.app.owner.id]) };
        let body = json!({
            "kind": kind, "title": title, "level": "organization", "period_id": self.app.period("Q1 2026").await?,
            "parents": parents, "owner_ids": owners, "progress_mode": mode,
        });
        let path = format!("/orgs/{}/goals", self.app.slug);
        let made = self.app.api_ok(&self.app.owner, "POST", &path, Some(body)).await?;
        Ok(made["id"].as_str().context("an id")?.to_owned())
    }

    async fn read(&self, id: &str) -> Result<Value> {
        self.app.api_ok(&self.app.owner, "GET", &format!("/goals/{id}"), None).await
    }

    async fn browser(&self) -> Result<Browser> {
        let browser = Browser::open().await?;
        sign_in(&browser, &self.address, &self.app.owner.email).await?;
        Ok(browser)
    }

    async fn goto(&self, browser: &Browser, path: &str) -> Result<()> {
        Ok(browser.client.goto(&format!("{}{path}", self.address)).await?)
    }
}

/// Types into whatever has the focus.
async fn type_(browser: &Browser, keys: &str) -> Result<()> {
    browser.type_keys(keys).await
}

/// Waits until the field with this id has the focus.
async fn focused(browser: &Browser, id: &str) -> Result<()> {
    wait::until(&format!("#{id} has the focus"), || async {
        let script = "return document.activeElement && document.activeElement.id";
        let at = browser.client.execute(script, Vec::new()).await?;
        Ok((at == json!(id)).then_some(()))
    })
    .await
}

fn control_enter() -> String {
    format!("{}{}", char::from(Key::Control), char::from(Key::Enter))
}

#[test]
fn three_check_ins_are_made_by_the_keyboard_alone() {
    run(Engine::Sqlite, by_keyboard);
}

async fn by_keyboard(db: Database) -> Result<()> {
    let world = World::new(&db).await?;
    let browser = world.browser().await?;
    world.goto(&browser, "/").await?;
    looks_good(&browser, "my-okrs").await?;
    // From the link on, no pointer: the dialog takes the focus, Ctrl+Enter saves and brings the next.
    browser
        .client
        .find(Locator::Css("#due a[href='/check-ins']"))
        .await?
        .send_keys(&char::from(Key::Enter).to_string())
        .await?;
    for (at, value) in [(1, "30"), (2, "60"), (3, "90")] {
        browser.says(&format!("Check in, {at} of 3")).await?;
        focused(&browser, "value").await?;
        type_(&browser, value).await?;
        browser.says(&format!("{value}.0%")).await?;
        if at == 1 {
            looks_good(&browser, "check-in-queue").await?;
            focused(&browser, "value").await?;
        }
        type_(&browser, &control_enter()).await?;
    }
    browser.says("You made 3 check-ins").await?;
    browser.is_accessible().await?;
    assert_eq!(world.read(&world.top).await?["progress"], json!(60.0));
    type_(&browser, &char::from(Key::Enter).to_string()).await?;
    browser.says("Nothing needs you").await
}

#[test]
fn a_check_in_is_mended_and_taken_back_and_the_parents_fall_back() {
    run(Engine::Sqlite, taken_back);
}

async fn taken_back(db: Database) -> Result<()> {
    let world = World::new(&db).await?;
    let id = &world.parts[0];
    let path = format!("/goals/{id}/check-ins");
    world.app.post(&world.app.owner, &path, &[("value", "30")]).await?;
    world.app.clock.advance_millis(60_000);
    world.app.post(&world.app.owner, &path, &[("value", "90"), ("note", "Typed wrong")]).await?;
    let browser = world.browser().await?;
    let watcher = world.browser().await?;
    world.goto(&watcher, &format!("/goals/{}", world.top)).await?;
    watcher.says("30%").await?;
    world.goto(&browser, &format!("/goals/{id}")).await?;
    looks_good(&browser, "goal-page").await?;
    let open_menu = async |label: &str| {
        // Clear of the toast, which stands at the foot of the page.
        let script =
            "document.querySelector('#checkins .le .le-h button').scrollIntoView({ block: 'center' })";
        browser.client.execute(script, Vec::new()).await?;
        browser.press("#checkins .le:first-child .le-h button").await?;
        browser.click(Locator::LinkText(label)).await?;
        anyhow::Ok(())
    };
    open_menu("Edit check-in").await?;
    focused(&browser, "value").await?;
    type_(&browser, "60").await?;
    browser.says("60.0%").await?;
    browser.is_accessible().await?;
    type_(&browser, &control_enter()).await?;
    browser.says("Changed a check-in").await?;
    browser.says("edited").await?;
    watcher.says("20%").await?;
    open_menu("Delete check-in").await?;
    browser.says("falls back").await?;
    looks_good(&browser, "check-in-deletion").await?;
    browser.press("#dialog button.btn-d").await?;
    browser.says("Deleted a check-in").await?;
    // Whoever watches the objective sees it fall back without loading it again.
    watcher.says("10%").await?;
    let progress = world.read(&world.top).await?["progress"].as_f64().context("progress")?;
    assert!((progress - 10.0).abs() < 1e-9, "{progress}");
    Ok(())
}

#[test]
fn the_last_key_result_takes_its_objective_along() {
    run(Engine::Sqlite, closing);
}

async fn closing(db: Database) -> Result<()> {
    let world = World::new(&db).await?;
    for (id, value) in world.parts.iter().zip(["100", "50", "30"]) {
        let path = format!("/goals/{id}/check-ins");
        world.app.post(&world.app.owner, &path, &[("value", value)]).await?;
    }
    let browser = world.browser().await?;
    let close = async |id: &str| {
        world.goto(&browser, &format!("/goals/{id}")).await?;
        browser.press("button[popovertarget='goal-menu']").await?;
        browser.click(Locator::LinkText("Close")).await?;
        browser.says("Progress makes").await
    };
    for id in &world.parts[..2] {
        close(id).await?;
        type_(&browser, &control_enter()).await?;
        browser.says("Closed with").await?;
    }
    close(&world.parts[2]).await?;
    looks_good(&browser, "closing").await?;
    browser.press("#score input[name=score]").await?;
    type_(&browser, &control_enter()).await?;
    browser.says("“Clear the backlog” closed with 0.6, since all below it is closed.").await?;
    world.goto(&browser, &format!("/goals/{}", world.top)).await?;
    browser.says("It takes no check-in").await?;
    browser.says("since all its key results are closed").await?;
    looks_good(&browser, "closed-goal").await
}

#[test]
fn an_initiative_is_broken_down_and_talked_about() {
    run(Engine::Sqlite, tasks);
}

async fn tasks(db: Database) -> Result<()> {
    let world = World::new(&db).await?;
    let id = world.make("initiative", "Open a bay", json!([{ "id": world.top }]), "rollup").await?;
    let browser = world.browser().await?;
    world.goto(&browser, &format!("/goals/{id}")).await?;
    browser.press("#task-name").await?;
    for name in ["Rent", "Paint", "Open"] {
        type_(&browser, &format!("{name}{}", char::from(Key::Enter))).await?;
        browser.shown(&format!("button[aria-label='{name}']")).await?;
        focused(&browser, "task-name").await?;
    }
    looks_good(&browser, "tasks").await?;
    browser.press("button[aria-label='Rent']").await?;
    browser.says("1 of 3 done").await?;
    browser.says("33%").await?;
    // Alt and an arrow move a task; its menu does the same.
    let down = format!("{}{}", char::from(Key::Alt), char::from(Key::Down));
    browser.keys("button[aria-label='Rent']", &down).await?;
    wait::until("the order changed", || async {
        let script =
            "return [...document.querySelectorAll('.tk-b')].map(it => it.getAttribute('aria-label'))";
        let order = browser.client.execute(script, Vec::new()).await?;
        Ok((order == json!(["Paint", "Rent", "Open"])).then_some(()))
    })
    .await?;
    // A change that comes in meanwhile closes the menu: then it is opened once more.
    let delete = "//button[normalize-space()='Delete task' and ancestor::*[@aria-label='Actions for Open']]";
    wait::until("the task to be deleted", || async {
        let button = browser.client.find(Locator::XPath(delete)).await?;
        if button.is_displayed().await.unwrap_or(false) {
            return settled(button.click().await);
        }
        browser.press("button[aria-label='Actions for Open']").await?;
        Ok(None)
    })
    .await?;
    browser.says("1 of 2 done").await?;
    browser.press("#toasts .toast form button").await?;
    browser.says("1 of 3 done").await?;
    // A comment that names somebody: offered as one types, a link once it stands there.
    // A change that comes in meanwhile may fold it again: then it is unfolded once more.
    wait::until("the field for a comment", || async {
        let field = browser.client.find(Locator::Css("#comments textarea")).await?;
        if field.is_displayed().await.unwrap_or(false) {
            return Ok(Some(()));
        }
        browser.press("#comments .cm-new summary").await?;
        Ok(None)
    })
    .await?;
    browser.keys("#comments textarea", "Well done @Ruth").await?;
    browser.press(".mentions [role=option]").await?;
    browser.is_accessible().await?;
    browser.press("#comments .cm-new button[type=submit]").await?;
    browser.shown(&format!("#comments .cm-b a[href='/people/{}']", world.app.owner.id)).await?;
    looks_good(&browser, "comments").await
}
