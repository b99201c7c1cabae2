//! What people choose on the way to a link, in the browser: a first connection, an objective where the model allows it, fields, types,
//! options, a query of one's own; an application of Entra ID, and tokens that end.

use northing_core::people::Role;
use northing_store::Engine;
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::App;
use serde_json::json;

use crate::azure_devops_link::{linked, prepared};
use crate::azure_devops_stage::Stage;
use crate::support::looks_good;

#[test]
fn whoever_sees_no_connection_makes_one_on_the_way_to_a_new_linked_goal() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let stage = Stage::set(&app).await?;
        stage.enable().await?;
        let period = app.period("Q1 2026").await?;
        let member = app.person(Role::Member).await?;
        let browser = stage.browser(&member).await?;
        browser
            .client
            .goto(&stage.at(&format!("/goals/new?kind=initiative&level=individual&period={period}")))
            .await?;
        browser.fill("#title", "Roll out the updater").await?;
        browser.press_on("button[name=then][value=connect]").await?;
        browser.says("First a connection.").await?;
        looks_good(&browser, "link-first-connection").await?;
        browser.fill("#name", "Mine").await?;
        browser.fill("#account", &stage.double.account()).await?;
        browser.fill("#pat", "good-token").await?;
        browser.press("button[formaction='/connections/projects']").await?;
        browser.says("2 projects found").await?;
        browser.choose("#project", "Controls").await?;
        browser.press_on(".dlg-f .btn-p").await?;
        browser.says("Nothing is saved yet.").await?;
        browser.says("Roll out the updater").await?;
        // A query of one's own, of one type, with what else counts.
        browser.press("label:has(input[name=by][value=words])").await?;
        browser.fill("#wiql", "SELECT [System.Id] FROM WorkItems WHERE [System.Tags] CONTAINS '4.2'").await?;
        // Leaving the field counts.
        browser.type_keys("\u{e004}").await?;
        browser.says("match: 12 completed, 2 removed").await?;
        browser.press("input[name=resolved_counts]").await?;
        browser.says("match: 16 completed, 2 removed").await?;
        browser.press("input[name=leave_out_removed]").await?;
        browser.says("57.1%").await?;
        browser.choose("#work_item_type", "Bug").await?;
        browser.says("6").await?;
        browser.choose("#track_by", "Microsoft.VSTS.Scheduling.StoryPoints").await?;
        browser.choose("#work_item_type", "").await?;
        browser.press("input[name=with_tasks]").await?;
        browser.says("Preview, not saved yet").await?;
        looks_good(&browser, "link-source-draft").await?;
        browser.press_on(".dlg-f .btn-p").await?;
        browser.says("Roll out the updater").await?;
        browser.shown("button[popovertarget=source]").await?;
        let list =
            app.api_ok(&app.owner, "GET", &format!("/orgs/{}/goals?kind=initiative", app.slug), None).await?;
        let link = &list["items"][0]["link"];
        anyhow::ensure!(
            (
                &link["connection_name"],
                &link["measure"],
                &link["resolved_counts"],
                &link["leave_out_removed"],
                &link["with_tasks"]
            ) == (
                &json!("Mine"),
                &json!("Microsoft.VSTS.Scheduling.StoryPoints"),
                &json!(true),
                &json!(true),
                &json!(true)
            ),
            "{list}"
        );
        Ok(())
    });
}

#[test]
fn an_objective_follows_a_source_where_the_model_lets_it_and_keeps_it_labelled() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (stage, top) = prepared(&app).await?;
        let browser = stage.owner().await?;
        let link = stage.at(&format!("/goals/{top}/link"));
        browser.client.goto(&link).await?;
        browser.says("objectives follow their key results").await?;
        let model = |name: &'static str| json!({ "settings": { "okr_model": name } });
        let org = format!("/orgs/{}", app.slug);
        app.api_ok(&app.owner, "PATCH", &org, Some(model("interchangeable"))).await?;
        browser.client.goto(&link).await?;
        browser.press("#link-tree details[hx-get*='f-42'] summary").await?;
        browser.press("#link-tree input[value='q-scope']").await?;
        browser.says("match: 12 completed, 2 removed").await?;
        browser.press_on(".dlg-f .btn-p").await?;
        browser.shown("button[aria-label='Azure DevOps: Synced']").await?;
        browser.says("40%").await?;
        app.api_ok(&app.owner, "PATCH", &org, Some(model("classic"))).await?;
        browser.client.refresh().await?;
        browser.says("Linked under the earlier OKR model.").await?;
        looks_good(&browser, "goal-linked-earlier-model").await
    });
}

#[test]
fn an_application_signs_in_and_a_token_that_ends_is_warned_of() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (stage, top) = prepared(&app).await?;
        let goal = linked(&stage, &top, "key_result", false).await?;
        stage.double.world().applications.insert(String::from("app-1"), String::from("right"));
        let browser = stage.owner().await?;
        browser.client.goto(&stage.at("/connections/new")).await?;
        browser.fill("#name", "By application").await?;
        browser.fill("#account", &stage.double.account()).await?;
        browser.fill("#project", "Controls").await?;
        browser.press("label:has(input[name=auth][value=app])").await?;
        browser.fill("#tenant_id", "t-1").await?;
        browser.fill("#client_id", "app-1").await?;
        browser.fill("#client_secret", "wrong").await?;
        browser.fill("#authority", stage.double.authority()).await?;
        browser.press("button[formaction='/connections/test']").await?;
        browser.shown("#connection-result .note[data-st=risk]").await?;
        browser.fill("#client_secret", "right").await?;
        browser.press("button[formaction='/connections/test']").await?;
        browser.says("Connection works.").await?;
        looks_good(&browser, "connection-application").await?;
        browser.press_on(".dlg-f .btn-p").await?;
        browser.says("By application").await?;
        // The token of the other ends in a week: its owner hears of it, and the goal says so.
        let list = app.api_ok(&app.owner, "GET", &format!("/orgs/{}/connections", app.slug), None).await?;
        let of_token = list["items"].as_array().into_iter().flatten().find(|it| it["name"] == "Firmware");
        let id = of_token.and_then(|it| it["id"].as_str()).unwrap_or_default().to_owned();
        let ends = app.clock.now().day_in(&jiff::tz::TimeZone::UTC).plus_days(7);
        let path = format!("/orgs/{}/connections/{id}", app.slug);
        app.api_ok(&app.owner, "PATCH", &path, Some(json!({ "expires_on": ends }))).await?;
        anyhow::ensure!(app.northing.warn_of_ending_tokens().await? == 1, "one token ends");
        browser.client.goto(&stage.at("/")).await?;
        browser.says("Firmware").await?;
        looks_good(&browser, "home-token-ends").await?;
        browser.client.goto(&stage.at(&format!("/goals/{goal}"))).await?;
        browser.press("button[popovertarget=source]").await?;
        browser.says("Token expires in 7 days").await?;
        browser.press("#source dd a[href*='/connections/']").await?;
        browser.shown("#expires_on").await.map(drop)
    });
}
