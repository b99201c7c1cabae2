//! A goal that is created together with its link, by page: both at once with the first value, or nothing at all.

use anyhow::{Context, Result};
use northing_core::people::Role;
use northing_testkit::azure_devops::FaultKind;
use northing_testkit::both_engines;
use northing_testkit::forms::fields;
use northing_testkit::front_door::{Answer, Person};
use serde_json::{Value, json};

use crate::link_pages::{Scene, hides, says, scene};

type Form = Vec<(String, String)>;

/// A form of a page as a browser without scripts would send it, with changes; a value of none takes a field away.
fn form(page: &Answer, action: &str, changes: &[(&str, Option<&str>)]) -> Form {
    let mut all = fields(&page.text, action);
    assert!(!all.is_empty(), "no form of {action} in {}", page.text);
    for (name, value) in changes {
        all.retain(|(key, _)| key != name);
        all.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
    }
    all.retain(|(name, _)| name != "csrf");
    all
}

impl Scene {
    async fn posted(&self, by: &Person, path: &str, form: &Form, htmx: bool) -> Result<Answer> {
        let borrowed: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if htmx {
            self.app.post_htmx(by, path, &borrowed).await
        } else {
            self.app.post(by, path, &borrowed).await
        }
    }

    /// The form of a new key result, as it is sent on to its link.
    async fn drafted(&self, by: &Person, changes: &[(&str, Option<&str>)]) -> Result<Form> {
        let path = format!("/goals/new?kind=key_result&parent={}", self.top);
        let page = self.app.page(by, &path).await?;
        let mut all =
            form(&page, "/goals", &[("title", Some("Close the scope of 4.2")), ("then", Some("connect"))]);
        for (name, value) in changes {
            all.retain(|(key, _)| key != name);
            all.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
        }
        Ok(all)
    }

    /// The goals below the one on top.
    async fn below(&self) -> Result<Vec<Value>> {
        let path = format!("/goals/{}/children", self.top);
        let all = self.app.api_ok(&self.app.owner, "GET", &path, None).await?;
        Ok(all["items"].as_array().cloned().unwrap_or_default())
    }
}

both_engines! {
    async fn without_scripts_goal_and_link_are_one_act(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let owner = &scene.app.owner;
        let drafted = scene.drafted(owner, &[("description", Some("Everything that 4.2 & later needs"))]).await?;
        let link = scene.posted(owner, "/goals", &drafted, false).await?;
        assert_eq!(link.status, 200, "{}", link.text);
        says(&link, &["Nothing is saved yet.", "Close the scope of 4.2", "Firmware, 127.0.0.1/contoso / Controls", "Create linked goal", "Back to the goal"]);
        // A folder is opened, a query picked and counted.
        let open = form(&link, "/goals/link", &[("act", Some("open:f-42"))]);
        let page = scene.posted(owner, "/goals/link", &open, false).await?;
        says(&page, &["4.2 scope, all items"]);
        let look = form(&page, "/goals/link", &[("query_id", Some("q-scope")), ("act", Some("look"))]);
        let page = scene.posted(owner, "/goals/link", &look, false).await?;
        says(&page, &[">30<", "12 completed, 2 removed", "40%", "value=\"q-scope\" checked"]);
        // Back at the goal with everything entered; the query stays chosen.
        let picked = form(&page, "/goals/link", &[("history", None)]);
        let goal = scene.posted(owner, "/goals/link/back", &picked, false).await?;
        says(&goal, &["value=\"Close the scope of 4.2\"", "what it follows is chosen", "Everything that 4.2 &amp; later needs"]);
        let edit = form(&goal, "/goals", &[("title", Some("Close all of 4.2")), ("then", Some("connect"))]);
        says(&scene.posted(owner, "/goals", &edit, false).await?, &["Close all of 4.2", "value=\"q-scope\" checked"]);
        // It can be left out, and nothing was saved so far.
        let without = form(&goal, "/goals", &[("then", Some("unlink"))]);
        hides(&scene.posted(owner, "/goals", &without, false).await?, "what it follows is chosen");
        assert!(scene.below().await?.is_empty());
        // One submit of the goal's form creates both.
        let submit = form(&goal, "/goals", &[("title", Some("Close all of 4.2"))]);
        let made = scene.posted(owner, "/goals", &submit, false).await?;
        assert_eq!(made.status, 303, "{}", made.text);
        let below = scene.below().await?;
        assert_eq!(below.len(), 1);
        assert_eq!((below[0]["title"].as_str(), below[0]["progress"].as_f64(), below[0]["progress_mode"].as_str()), (Some("Close all of 4.2"), Some(40.0), Some("data_source")));
        assert_eq!((below[0]["link"]["value"].as_f64(), below[0]["description"].as_str()), (Some(40.0), Some("Everything that 4.2 & later needs")));
        let id = below[0]["id"].as_str().context("an id")?;
        let check_ins = scene.app.api_ok(owner, "GET", &format!("/goals/{id}/check-ins"), None).await?;
        assert_eq!(check_ins["items"].as_array().map(Vec::len), Some(1), "its first value: {check_ins}");
        assert_eq!(scene.read(&scene.top).await?["progress"].as_f64(), Some(40.0), "what is above moved with it");
        Ok(())
    }

    async fn the_dialog_counts_and_creates_with_a_metric_of_its_own(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let owner = &scene.app.owner;
        let dialog = scene.posted(owner, "/goals", &scene.drafted(owner, &[]).await?, true).await?;
        says(&dialog, &["<dialog", "Link to Azure DevOps", "hx-post=\"/goals/link/preview\"", "hx-post=\"/goals/link/back\""]);
        hides(&dialog, "hx-get=\"/goals/link\"");
        let pick = form(&dialog, "/goals/link", &[("query_id", Some("q-scope")), ("history", None)]);
        let seen = scene.posted(owner, "/goals/link/preview", &pick, true).await?;
        says(&seen, &["30", "12 completed, 2 removed", "40%", "hx-swap-oob=\"innerHTML:#link-types\""]);
        let search = form(&dialog, "/goals/link", &[("q", Some("defects"))]);
        says(&scene.posted(owner, "/goals/link/queries", &search, true).await?, &["Escaped defects"]);
        let folder = format!("/goals/link/folder?connection_id={}&place=f-odd&name=Odd", scene.connection);
        says(&scene.app.fragment(owner, &folder).await?, &["Assigned to me"]);
        let items = form(&dialog, "/goals/link", &[("item_q", Some("release item 7"))]);
        says(&scene.posted(owner, "/goals/link/items", &items, true).await?, &["Release item 7"]);
        // A number: start and target come with the link.
        let number = form(&dialog, "/goals/link", &[("query_id", Some("q-scope")), ("history", None), ("mode", Some("metric")), ("metric_name", Some("Closed items")), ("metric_target", Some("24"))]);
        says(&scene.posted(owner, "/goals/link/preview", &number, true).await?, &[">12<", "50%"]);
        let made = scene.posted(owner, "/goals/link", &number, true).await?;
        assert_eq!(made.status, 200, "{}", made.text);
        says(&made, &["Created and linked: ", "Close the scope of 4.2"]);
        assert!(made.header("hx-trigger").contains("dialog:close") && made.header("hx-trigger").contains("tree:changed"));
        let below = scene.below().await?;
        assert_eq!((below[0]["metric"]["kind"].as_str(), below[0]["metric"]["target"].as_f64(), below[0]["progress"].as_f64()), (Some("reach"), Some(24.0), Some(50.0)));
        Ok(())
    }

    async fn a_source_that_fails_creates_nothing_and_keeps_what_was_entered(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let owner = &scene.app.owner;
        let link = scene.posted(owner, "/goals", &scene.drafted(owner, &[]).await?, false).await?;
        let wrong = form(&link, "/goals/link", &[("query_id", None)]);
        let refused = scene.posted(owner, "/goals/link", &wrong, false).await?;
        assert_eq!(refused.status, 422);
        says(&refused, &["id=\"selector-error\"", "Pick a query"]);
        let gone = form(&link, "/goals/link", &[("query_id", Some("q-gone"))]);
        let refused = scene.posted(owner, "/goals/link", &gone, false).await?;
        assert_eq!(refused.status, 422);
        says(&refused, &["no longer exists", "Close the scope of 4.2", "name=\"draft\""]);
        // Whatever fails on the way, between the count and the end: nothing is there, and everything still stands in the form.
        let picked = form(&link, "/goals/link", &[("query_id", Some("q-scope")), ("mode", Some("metric")), ("metric_target", Some("24"))]);
        scene.double.fault("wit/wiql", None, FaultKind::Error(404, String::from("TF401243: The query does not exist.")));
        let refused = scene.posted(owner, "/goals/link", &picked, false).await?;
        assert_eq!(refused.status, 422);
        says(&refused, &["value=\"q-scope\" checked", "value=\"24\"", "Close the scope of 4.2"]);
        assert!(scene.below().await?.is_empty());
        scene.double.heal();
        // So does the goal: its own errors bring its own form back, with the link kept.
        let mut untitled = picked.clone();
        for (name, value) in &mut untitled {
            if name == "draft" {
                *value = value.replace("title=Close+the+scope+of+4.2", "title=");
            }
        }
        let refused = scene.posted(owner, "/goals/link", &untitled, false).await?;
        assert_eq!(refused.status, 422, "{}", refused.text);
        says(&refused, &["id=\"title-error\"", "what it follows is chosen"]);
        assert!(scene.below().await?.is_empty());
        let made = scene.posted(owner, "/goals/link", &picked, false).await?;
        assert_eq!((made.status, scene.below().await?.len()), (303, 1), "{}", made.text);
        Ok(())
    }

    async fn a_connection_is_made_on_the_way(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let path = format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection);
        scene.app.api_ok(&scene.app.owner, "PATCH", &path, Some(json!({ "shared": false }))).await?;
        let member = scene.app.person(Role::Member).await?;
        let drafted = scene.drafted(&member, &[("level", Some("individual")), ("team_ids", None)]).await?;
        let first = scene.posted(&member, "/goals", &drafted, false).await?;
        assert_eq!(first.status, 200, "{}", first.text);
        says(&first, &["First a connection.", "created with its link", "name=\"draft\""]);
        let account = scene.double.account();
        let entered = form(&first, "/connections", &[("name", Some("Mine")), ("account", Some(&account)), ("project", Some("Controls")), ("pat", Some("good-token"))]);
        // A test and an error keep the goal.
        let test = scene.posted(&member, "/connections/test", &entered, false).await?;
        says(&test, &["Connection works.", "name=\"draft\" value=\"kind=key_result"]);
        let link = scene.posted(&member, "/connections", &entered, false).await?;
        says(&link, &["Link to Azure DevOps", "Close the scope of 4.2", "Mine, 127.0.0.1/contoso / Controls (only you)"]);
        let back = scene.posted(&member, "/goals/link/back", &entered, false).await?;
        says(&back, &["value=\"Close the scope of 4.2\""]);
        hides(&back, "good-token");
        let made = scene.posted(&member, "/goals/link", &form(&link, "/goals/link", &[("query_id", Some("q-scope")), ("history", None)]), false).await?;
        assert_eq!(made.status, 303, "{}", made.text);
        assert_eq!(scene.below().await?[0]["link"]["connection_name"], "Mine");
        // Another connection, and mending the one there is.
        let link = scene.posted(&member, "/goals", &drafted, true).await?;
        let form_of = |act: &'static str| form(&link, "/goals/link", &[("act", Some(act))]);
        says(&scene.posted(&member, "/goals/link", &form_of("new"), true).await?, &["First a connection.", "name=\"draft\""]);
        let other = scene.posted(&member, "/goals/link", &form_of("connection"), true).await?;
        says(&other, &["Link to Azure DevOps", "Mine, 127.0.0.1"]);
        scene.double.fault("", None, FaultKind::Error(401, String::from("TF400813: not authorized")));
        let trouble = scene.posted(&member, "/goals", &drafted, true).await?;
        says(&trouble, &["no longer accepts", "name=\"act\" value=\"mend:"]);
        let mend = trouble.text.split("value=\"mend:").nth(1).and_then(|rest| rest.split('"').next()).context("a connection")?;
        let act = format!("mend:{mend}");
        let edit = scene.posted(&member, "/goals/link", &form(&trouble, "/goals/link", &[("act", Some(&act))]), true).await?;
        says(&edit, &["Edit connection", "name=\"draft\""]);
        Ok(())
    }

    async fn what_may_not_be_linked_is_told_at_the_goal(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let owner = &scene.app.owner;
        let objective = scene.drafted(owner, &[("kind", Some("objective")), ("parents", None)]).await?;
        let refused = scene.posted(owner, "/goals", &objective, false).await?;
        assert_eq!(refused.status, 422, "{}", refused.text);
        says(&refused, &["objectives follow their key results", "value=\"Close the scope of 4.2\""]);
        let path = format!("/orgs/{}/integrations/azure_devops", scene.app.slug);
        scene.app.api_ok(owner, "PATCH", &path, Some(json!({ "enabled": false }))).await?;
        let refused = scene.posted(owner, "/goals", &scene.drafted(owner, &[]).await?, false).await?;
        assert_eq!(refused.status, 422);
        says(&refused, &["switched off in this organisation"]);
        assert!(scene.below().await?.is_empty());
        Ok(())
    }
}
