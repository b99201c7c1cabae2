//! Linking a goal by page, against the double: the form with and without scripts, what it counts, saves, refuses and removes;
//! the goal's page beside it.

use anyhow::{Context, Result};
use northing_core::people::Role;
use northing_store::Store;
use northing_testkit::azure_devops::{Double, FaultKind, Options, sample};
use northing_testkit::both_engines;
use northing_testkit::forms::fields;
use northing_testkit::front_door::{Answer, App, Person};
use serde_json::{Value, json};

use super::sources::connect;

pub(crate) struct Scene {
    pub(crate) app: App,
    pub(crate) double: Double,
    pub(crate) connection: String,
    pub(crate) top: String,
}

pub(crate) async fn scene(db: &Store) -> Result<Scene> {
    let app = App::new(db).await?;
    let double = Double::start(sample(app.clock.now()), Options::default()).await?;
    let path = format!("/orgs/{}/integrations/azure_devops", app.slug);
    app.api_ok(&app.owner, "PATCH", &path, Some(json!({ "enabled": true }))).await?;
    let connection = connect(&app, &app.owner, &double, "Firmware", true).await?;
    let period = app.period("Q1 2026").await?;
    let top =
        json!({ "kind": "objective", "title": "Ship 4.2", "level": "organization", "period_id": period });
    let top = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/goals", app.slug), Some(top)).await?;
    let top = top["id"].as_str().context("an id")?.to_owned();
    Ok(Scene { app, double, connection, top })
}

impl Scene {
    pub(crate) async fn goal(&self, kind: &str, metric: Value) -> Result<String> {
        let body = json!({ "kind": kind, "title": format!("Close the scope as {kind}"), "parents": [{ "id": self.top }], "metric": metric });
        let made = self
            .app
            .api_ok(&self.app.owner, "POST", &format!("/orgs/{}/goals", self.app.slug), Some(body))
            .await?;
        Ok(made["id"].as_str().context("an id")?.to_owned())
    }

    pub(crate) async fn read(&self, goal: &str) -> Result<Value> {
        self.app.api_ok(&self.app.owner, "GET", &format!("/goals/{goal}"), None).await
    }

    /// The form as it is served, with changes; a value of none takes a field away.
    async fn form(&self, goal: &str, changes: &[(&str, Option<&str>)]) -> Result<Vec<(String, String)>> {
        let path = format!("/goals/{goal}/link");
        let page = self.app.page(&self.app.owner, &path).await?;
        assert_eq!(page.status, 200, "{}", page.text);
        let mut all = fields(&page.text, &path);
        for (name, value) in changes {
            all.retain(|(key, _)| key != name);
            all.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
        }
        all.retain(|(name, _)| name != "csrf");
        Ok(all)
    }

    async fn post(&self, goal: &str, part: &str, form: &[(String, String)], htmx: bool) -> Result<Answer> {
        let borrowed: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let path = format!("/goals/{goal}/{part}");
        if htmx {
            self.app.post_htmx(&self.app.owner, &path, &borrowed).await
        } else {
            self.app.post(&self.app.owner, &path, &borrowed).await
        }
    }
}

pub(crate) fn says(answer: &Answer, texts: &[&str]) {
    for text in texts {
        assert!(answer.text.contains(text), "{text} in {}", answer.text);
    }
}

pub(crate) fn hides(answer: &Answer, text: &str) {
    assert!(!answer.text.contains(text), "{text} in {}", answer.text);
}

both_engines! {
    async fn a_key_result_is_linked_step_by_step_without_scripts(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("key_result", Value::Null).await?;
        let page = scene.app.page(&scene.app.owner, &format!("/goals/{goal}/link")).await?;
        says(&page, &["Firmware, 127.0.0.1/contoso / Controls", "Shared Queries", "Release 4.2", "Nothing yet", "Pick a query"]);
        hides(&page, "My Queries");
        hides(&page, "4.2 scope, all items");
        // A folder is opened by its button, a query picked and counted by another.
        let opened = scene.form(&goal, &[("act", Some("open:f-42"))]).await?;
        let page = scene.post(&goal, "link", &opened, false).await?;
        says(&page, &["4.2 scope, all items", "Escaped defects", "name=\"open\" value=\"f-42\"", ">Tree<"]);
        let mut counted = scene.form(&goal, &[("query_id", Some("q-scope")), ("act", Some("look"))]).await?;
        counted.push((String::from("open"), String::from("f-42")));
        let page = scene.post(&goal, "link", &counted, false).await?;
        says(&page, &[">30<", "12 completed, 2 removed", "40%", "Release item 1", "value=\"q-scope\" checked", "Behind"]);
        assert_eq!(scene.read(&goal).await?["link"], Value::Null, "nothing is saved by looking");
        let saved = scene.post(&goal, "link", &scene.form(&goal, &[("query_id", Some("q-scope")), ("history", None)]).await?, false).await?;
        assert_eq!((saved.status, saved.header("location")), (303, format!("/goals/{goal}").as_str()), "{}", saved.text);
        let read = scene.read(&goal).await?;
        assert_eq!((read["progress"].as_f64(), read["link"]["value"].as_f64()), (Some(40.0), Some(40.0)));
        Ok(())
    }

    async fn what_is_picked_is_counted_at_once_with_reservations_and_errors(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("key_result", Value::Null).await?;
        let look = |changes: Vec<(&'static str, Option<&'static str>)>| {
            let (scene, goal) = (&scene, &goal);
            async move { scene.post(goal, "link/preview", &scene.form(goal, &changes).await?, true).await }
        };
        says(&look(vec![("query_id", Some("q-scope"))]).await?, &["30", "12 completed, 2 removed", "40%", "hx-swap-oob=\"innerHTML:#link-types\"", "User Story"]);
        says(&look(vec![("query_id", Some("q-scope")), ("resolved_counts", Some("true"))]).await?, &["16 completed", "53.3%"]);
        says(&look(vec![("query_id", Some("q-scope")), ("leave_out_removed", Some("true"))]).await?, &["12 completed, 2 removed", "42.9%"]);
        says(&look(vec![("query_id", Some("q-scope")), ("work_item_type", Some("Bug"))]).await?, &[">6<", "2 completed"]);
        says(&look(vec![("query_id", Some("q-scope")), ("mode", Some("metric"))]).await?, &[">12<", "Give start and target"]);
        says(&look(vec![("query_id", Some("q-scope")), ("mode", Some("metric")), ("metric_target", Some("24")), ("metric_unit", Some("items"))]).await?, &["12 items", "50%"]);
        says(&look(vec![("query_id", Some("q-scope")), ("mode", Some("metric")), ("count_only_completed", None)]).await?, &[">30<"]);
        says(&look(vec![("query_id", Some("q-mine"))]).await?, &["@Me"]);
        says(&look(vec![("query_id", Some("q-none"))]).await?, &["Nothing matches"]);
        says(&look(vec![("query_id", Some("f-42"))]).await?, &["Not counted.", "folder"]);
        says(&look(vec![("query_id", Some("q-gone"))]).await?, &["Not counted.", "no longer exists"]);
        says(&look(vec![("query_id", Some("q-scope")), ("measure", Some("Custom.Gone"))]).await?, &["Not counted.", "no numeric field"]);
        says(&look(vec![("by", Some("words")), ("wiql", Some("SELECT [System.Id] FROM WorkItems WHERE [System.WorkItemType] = 'Bug'"))]).await?, &[">6<"]);
        says(&look(vec![("by", Some("items")), ("item", Some("2")), ("children", Some("true"))]).await?, &["completed", "Feature"]);
        scene.double.fault("wit/wiql", None, FaultKind::Overload);
        says(&look(vec![("query_id", Some("q-tree"))]).await?, &["Not counted."]);
        scene.double.fault("", None, FaultKind::Error(401, String::from("TF400813: not authorized")));
        let page = scene.app.page(&scene.app.owner, &format!("/goals/{goal}/link")).await?;
        says(&page, &["token", "Edit connection", &format!("/connections/{}?goal={goal}", scene.connection)]);
        Ok(())
    }

    async fn queries_are_searched_folders_open_by_themselves_and_items_are_found(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("key_result", Value::Null).await?;
        let search = scene.form(&goal, &[("q", Some("defects"))]).await?;
        let found = scene.post(&goal, "link/queries", &search, true).await?;
        says(&found, &["Escaped defects", "Shared Queries/Release 4.2"]);
        hides(&found, "4.2 scope, all items");
        let nothing = scene.post(&goal, "link/queries", &scene.form(&goal, &[("q", Some("zzz"))]).await?, true).await?;
        says(&nothing, &["No query of this name"]);
        let folder = format!("/goals/{goal}/link/folder?connection_id={}&place=f-odd&name=B%C3%BCro", scene.connection);
        let folder = scene.app.fragment(&scene.app.owner, &folder).await?;
        says(&folder, &["Assigned to me", "@Me", "Old iteration", "disabled", "<details class=\"qf\" open"]);
        let items = scene.form(&goal, &[("item_q", Some("release item 7"))]).await?;
        says(&scene.post(&goal, "link/items", &items, true).await?, &["Release item 7", "value=\"106\"", "User Story 106"]);
        let number = scene.form(&goal, &[("item_q", Some("#104")), ("item_kind", Some("Bug"))]).await?;
        says(&scene.post(&goal, "link/items", &number, true).await?, &["Release item 5"]);
        let more = scene.form(&goal, &[("item", Some("106")), ("item_q", Some("release item 8"))]).await?;
        says(&scene.post(&goal, "link/items", &more, true).await?, &["value=\"106\" checked", "Release item 8"]);
        let quoted = scene.form(&goal, &[("item_q", Some("it's"))]).await?;
        says(&scene.post(&goal, "link/items", &quoted, true).await?, &["No work item found"]);
        Ok(())
    }

    async fn the_metric_is_set_with_the_link_and_wrong_entries_are_told_at_their_fields(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("key_result", Value::Null).await?;
        let wrong = scene.form(&goal, &[("query_id", None), ("mode", Some("metric")), ("metric_target", Some("many"))]).await?;
        let refused = scene.post(&goal, "link", &wrong, true).await?;
        assert_eq!(refused.status, 422);
        says(&refused, &["id=\"selector-error\"", "id=\"metric_target-error\"", "value=\"many\"", "Pick a query"]);
        let number = scene.form(&goal, &[("query_id", Some("q-scope")), ("mode", Some("metric")), ("metric_name", Some("Closed items")), ("metric_target", Some("24")), ("history", None)]).await?;
        let saved = scene.post(&goal, "link", &number, true).await?;
        assert_eq!(saved.status, 200, "{}", saved.text);
        says(&saved, &["Linked to Azure DevOps", "30 match, 12 completed."]);
        assert!(saved.header("hx-trigger").contains("dialog:close"));
        let read = scene.read(&goal).await?;
        assert_eq!((read["metric"]["kind"].as_str(), read["metric"]["target"].as_f64(), read["metric"]["current"].as_f64()), (Some("reach"), Some(24.0), Some(12.0)));
        assert_eq!(read["progress"].as_f64(), Some(50.0));
        // Back to per cent: the link is edited, and says so to whoever was slower.
        let late = scene.form(&goal, &[("mode", Some("percent")), ("version", Some("7")), ("history", None)]).await?;
        let conflict = scene.post(&goal, "link", &late, true).await?;
        assert_eq!(conflict.status, 409);
        says(&conflict, &["Somebody else changed this link", "name=\"version\" value=\"1\""]);
        let percent = scene.form(&goal, &[("mode", Some("percent")), ("history", None)]).await?;
        assert!(percent.contains(&(String::from("query_id"), String::from("q-scope"))), "the linked query stays picked: {percent:?}");
        assert_eq!(scene.post(&goal, "link", &percent, false).await?.status, 303);
        let read = scene.read(&goal).await?;
        assert_eq!((read["metric"]["kind"].as_str(), read["progress"].as_f64()), (Some("percent"), Some(40.0)));
        // Remaining work has no completed share.
        let remaining = scene.form(&goal, &[("measure", Some("Microsoft.VSTS.Scheduling.RemainingWork")), ("history", None)]).await?;
        let refused = scene.post(&goal, "link", &remaining, false).await?;
        assert_eq!(refused.status, 422);
        says(&refused, &["id=\"track_by-error\""]);
        Ok(())
    }

    async fn who_may_and_what_may_be_linked(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("key_result", Value::Null).await?;
        says(&scene.app.page(&scene.app.owner, &format!("/goals/{}/link", scene.top)).await?, &["objectives follow their key results", "Back to the goal"]);
        let stranger = scene.app.person(Role::Member).await?;
        for part in ["link", "link/removal", "link/folder?connection_id=x"] {
            let answer = scene.app.page(&stranger, &format!("/goals/{goal}/{part}")).await?;
            assert!([403, 404, 422].contains(&answer.status), "{part}: {}", answer.status);
        }
        assert_eq!(scene.app.post(&stranger, &format!("/goals/{goal}/link/sync"), &[]).await?.status, 403);
        assert_eq!(scene.app.post(&stranger, &format!("/goals/{goal}/link"), &[]).await?.status, 403);
        // With no connection to be seen, one is asked for first.
        let path = format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection);
        scene.app.api_ok(&scene.app.owner, "PATCH", &path, Some(json!({ "shared": false }))).await?;
        let own = json!({ "kind": "key_result", "title": "Mine", "level": "individual", "parents": [{ "id": scene.top }] });
        let own = scene.app.api_ok(&stranger, "POST", &format!("/orgs/{}/goals", scene.app.slug), Some(own)).await?;
        let own = own["id"].as_str().context("an id")?;
        let first = scene.app.fragment(&stranger, &format!("/goals/{own}/link")).await?;
        says(&first, &["First a connection.", &format!("name=\"goal\" value=\"{own}\"")]);
        let account = scene.double.account();
        let made = [("goal", own), ("name", "Mine"), ("account", account.as_str()), ("project", "Controls"), ("auth", "pat"), ("pat", "good-token")];
        let then = scene.app.post_htmx(&stranger, "/connections", &made).await?;
        says(&then, &["Link to Azure DevOps", "Mine, 127.0.0.1/contoso / Controls (only you)"]);
        // Switched off, the form says so.
        let path = format!("/orgs/{}/integrations/azure_devops", scene.app.slug);
        scene.app.api_ok(&scene.app.owner, "PATCH", &path, Some(json!({ "enabled": false }))).await?;
        says(&scene.app.page(&scene.app.owner, &format!("/goals/{goal}/link")).await?, &["switched off"]);
        Ok(())
    }

    async fn the_goals_page_tells_its_source_syncs_it_and_lets_it_go(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("initiative", Value::Null).await?;
        let form = scene.form(&goal, &[("query_id", Some("q-scope")), ("with_tasks", Some("true")), ("history", Some("true"))]).await?;
        assert_eq!(scene.post(&goal, "link", &form, false).await?.status, 303);
        let path = format!("/goals/{goal}");
        let page = scene.app.page(&scene.app.owner, &path).await?;
        says(&page, &[
            "Azure DevOps: Synced", "Firmware", "Shared Queries/Release 4.2/4.2 scope, all items", "30 match: 12 completed, 2 removed",
            "Sync now", "Open in Azure DevOps", "Edit link", "Remove link", "Work items", "Release item 1", "Jun Takeda",
            "The graph will be filled", "Per cent completed of work items",
        ]);
        scene.app.northing.sync_due("worker").await?;
        says(&scene.app.fragment(&scene.app.owner, &format!("{path}/link/history")).await?, &["filled with 7 weeks"]);
        // In trouble: told at the place, with the remedy; the value stays.
        scene.double.fault("wit/wiql", None, FaultKind::Error(404, String::from("TF401243: The query does not exist.")));
        scene.app.clock.advance_millis(60_000);
        let synced = scene.app.post_htmx(&scene.app.owner, &format!("{path}/link/sync"), &[]).await?;
        says(&synced, &["role=\"alert\"", "no longer exists"]);
        let page = scene.app.page(&scene.app.owner, &path).await?;
        says(&page, &["Azure DevOps: Sync failed", "no longer exists", "The value stays as it was", "Next sync", "40%"]);
        says(&scene.app.page(&scene.app.owner, "/").await?, &["Not synced", "no longer exists", "Edit link of"]);
        says(&scene.app.page(&scene.app.owner, "/admin/integrations/azure_devops").await?, &["Goals that cannot be synced", "no longer exists"]);
        scene.double.heal();
        scene.app.clock.advance_millis(60_000);
        says(&scene.app.post_htmx(&scene.app.owner, &format!("{path}/link/sync"), &[]).await?, &["Synced: Azure DevOps says 40%."]);
        hides(&scene.app.page(&scene.app.owner, "/").await?, "Not synced");
        let question = scene.app.fragment(&scene.app.owner, &format!("{path}/link/removal")).await?;
        says(&question, &["keeps its value, 40%,", "name=\"version\" value=\"1\""]);
        assert_eq!(scene.app.post(&scene.app.owner, &format!("{path}/link/removal"), &[("version", "1")]).await?.status, 303);
        let read = scene.read(&goal).await?;
        assert_eq!((read["progress_mode"].as_str(), read["progress"].as_f64(), &read["link"]), (Some("manual"), Some(40.0), &Value::Null));
        hides(&scene.app.page(&scene.app.owner, &path).await?, "Sync now");
        Ok(())
    }

    async fn an_objective_is_linked_where_the_model_lets_it(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let settings = json!({ "settings": { "okr_model": "interchangeable" } });
        scene.app.api_ok(&scene.app.owner, "PATCH", &format!("/orgs/{}", scene.app.slug), Some(settings)).await?;
        let top = scene.top.clone();
        let form = scene.form(&top, &[("query_id", Some("q-scope")), ("history", None)]).await?;
        assert_eq!(scene.post(&top, "link", &form, false).await?.status, 303);
        assert_eq!(scene.read(&top).await?["progress"].as_f64(), Some(40.0));
        hides(&scene.app.page(&scene.app.owner, "/goals/new").await?, "Azure DevOps is not offered");
        Ok(())
    }

    async fn long_lists_are_cut_and_say_so_in_the_same_statements(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("initiative", Value::Null).await?;
        let form = scene.form(&goal, &[("query_id", Some("q-scope")), ("with_tasks", Some("true")), ("history", None)]).await?;
        assert_eq!(scene.post(&goal, "link", &form, false).await?.status, 303);
        let count = || async {
            let before = db.statements();
            let page = scene.app.page(&scene.app.owner, &format!("/goals/{goal}")).await?;
            anyhow::Ok((page, db.statements() - before))
        };
        let (page, few) = count().await?;
        hides(&page, "These are the first");
        {
            let now = scene.app.clock.now();
            let mut world = scene.double.world();
            let project = world.projects[0].id.clone();
            for id in 1_000..1_200 {
                world.item(id, &project, "Task", "New", now, json!({ "System.Tags": "4.2" }));
            }
        }
        scene.app.clock.advance_millis(60_000);
        assert_eq!(scene.app.post(&scene.app.owner, &format!("/goals/{goal}/link/sync"), &[]).await?.status, 303);
        let (page, many) = count().await?;
        says(&page, &["These are the first 200 of 230", "See all in Azure DevOps", "12 of 200 done"]);
        assert_eq!(few, many);
        assert!(many <= 35, "{many} statements");
        Ok(())
    }

    async fn a_check_in_by_hand_offers_both_ways_and_stopping_is_shown_and_ended(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("key_result", Value::Null).await?;
        scene.post(&goal, "link", &scene.form(&goal, &[("query_id", Some("q-scope")), ("history", None)]).await?, false).await?;
        let path = format!("/goals/{goal}");
        let dialog = scene.app.fragment(&scene.app.owner, &format!("{path}/check-ins/new")).await?;
        says(&dialog, &["Azure DevOps says 40% now.", "This value stands", "Until Azure DevOps has another value", "Until somebody resumes"]);
        scene.app.post(&scene.app.owner, &format!("{path}/check-ins"), &[("value", "80"), ("stop_automatic", "false")]).await?;
        let once = scene.read(&goal).await?;
        assert_eq!((once["progress"].as_f64(), once["automatic_stopped"].as_bool()), (Some(80.0), Some(false)));
        says(&scene.app.fragment(&scene.app.owner, &format!("{path}/check-ins/new")).await?, &["Azure DevOps says 40% now."]);
        scene.app.post(&scene.app.owner, &format!("{path}/check-ins"), &[("value", "90"), ("stop_automatic", "true")]).await?;
        says(&scene.app.page(&scene.app.owner, &path).await?, &["Azure DevOps: Stopped by a check-in", "Resume from Azure DevOps"]);
        scene.app.post(&scene.app.owner, &format!("{path}/resume"), &[]).await?;
        assert_eq!(scene.read(&goal).await?["progress"].as_f64(), Some(40.0));
        Ok(())
    }

    async fn the_form_of_a_goal_leads_to_its_source(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("key_result", Value::Null).await?;
        // What is saved on the way is said, and stays said while the link is refused.
        let path = format!("/goals/{goal}/edit");
        let page = scene.app.page(&scene.app.owner, &path).await?;
        says(&page, &["Connect data source to auto-update progress", "name=\"then\" value=\"connect\"", "Azure DevOps is not offered"]);
        let mut form = fields(&page.text, &path);
        form.retain(|(name, _)| name != "csrf");
        form.push((String::from("then"), String::from("connect")));
        let borrowed: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let saved = scene.app.post(&scene.app.owner, &path, &borrowed).await?;
        let to = saved.header("location").to_owned();
        assert!(saved.status == 303 && to.ends_with("/link?saved=changed"), "{} {to}", saved.status);
        says(&scene.app.page(&scene.app.owner, &to).await?, &["The goal is saved.", "It is not linked yet.", "Leave it unlinked"]);
        let mut again = scene.form(&goal, &[("query_id", None)]).await?;
        again.push((String::from("saved"), String::from("changed")));
        let refused = scene.post(&goal, "link", &again, false).await?;
        assert_eq!(refused.status, 422);
        says(&refused, &["The goal is saved.", "Pick a query"]);
        hides(&scene.app.page(&scene.app.owner, &format!("/goals/{goal}/link")).await?, "The goal is saved.");
        scene.post(&goal, "link", &scene.form(&goal, &[("query_id", Some("q-scope")), ("history", None)]).await?, false).await?;
        says(&scene.app.page(&scene.app.owner, &format!("/goals/{goal}/edit")).await?, &["Follows Shared Queries/Release 4.2/4.2 scope, all items by Firmware", "Save and edit link"]);
        let path = format!("/orgs/{}/integrations/azure_devops", scene.app.slug);
        scene.app.api_ok(&scene.app.owner, "PATCH", &path, Some(json!({ "enabled": false }))).await?;
        says(&scene.app.page(&scene.app.owner, "/goals/new").await?, &["Switch on Azure DevOps"]);
        let member = scene.app.person(Role::Member).await?;
        says(&scene.app.page(&member, "/goals/new").await?, &["An admin can switch on Azure DevOps"]);
        Ok(())
    }
}

both_engines! {
    async fn changing_how_it_counts_asks_azure_devops_nothing_anew(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("key_result", Value::Null).await?;
        let points = "Microsoft.VSTS.Scheduling.StoryPoints";
        let looks = async |who: &Person, changes: &[(&str, Option<&str>)]| -> Result<(Answer, usize)> {
            let form = scene.form(&goal, changes).await?;
            let borrowed: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            scene.double.clear_log();
            let answer = scene.app.post_htmx(who, &format!("/goals/{goal}/link/preview"), &borrowed).await?;
            Ok((answer, scene.double.log().len()))
        };
        let owner = &scene.app.owner;
        let (first, asked) = looks(owner, &[("query_id", Some("q-scope"))]).await?;
        says(&first, &["12 completed, 2 removed", "40%"]);
        assert!(asked >= 2, "the query and its items: {asked}");
        for (changed, value, expected) in [
            ("resolved_counts", "true", "53.3%"),
            ("leave_out_removed", "true", "42.9%"),
            ("work_item_type", "Bug", "2 completed"),
            ("mode", "metric", ">12<"),
            ("mode", "percent", "40%"),
        ] {
            let (answer, asked) = looks(owner, &[("query_id", Some("q-scope")), (changed, Some(value))]).await?;
            says(&answer, &[expected]);
            assert_eq!(asked, 0, "{changed} {value}");
        }
        // A field has to be fetched, once; what does not need it goes on without asking.
        let (_, asked) = looks(owner, &[("query_id", Some("q-scope")), ("measure", Some(points))]).await?;
        assert!(asked >= 2, "{asked}");
        for form in [vec![("measure", Some(points)), ("resolved_counts", Some("true"))], vec![]] {
            let form: Vec<_> = form.into_iter().chain([("query_id", Some("q-scope"))]).collect();
            assert_eq!(looks(owner, &form).await?.1, 0, "{form:?}");
        }
        // Nobody is shown what somebody else looked at.
        let admin = scene.app.person(Role::Admin).await?;
        let (answer, asked) = looks(&admin, &[("query_id", Some("q-scope"))]).await?;
        says(&answer, &["12 completed"]);
        assert!(asked >= 2, "{asked}");
        // Another state of the connection is another connection.
        let path = format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection);
        scene.app.api_ok(owner, "PATCH", &path, Some(json!({ "secret": { "pat": "bad-token" } }))).await?;
        let (answer, asked) = looks(owner, &[("query_id", Some("q-scope"))]).await?;
        says(&answer, &["Not counted."]);
        assert!(asked >= 1, "{asked}");
        Ok(())
    }

    async fn remaining_work_is_offered_for_numbers_only_and_counts_everything(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("key_result", Value::Null).await?;
        let remaining = "Microsoft.VSTS.Scheduling.RemainingWork";
        let field = format!("<option value=\"{remaining}\"");
        let page = scene.app.page(&scene.app.owner, &format!("/goals/{goal}/link")).await?;
        says(&page, &[&format!("{field} data-when=\"metric\" hidden disabled>")]);
        let number = scene.form(&goal, &[("query_id", Some("q-scope")), ("mode", Some("metric")), ("metric_target", Some("0")), ("metric_start", Some("100")), ("act", Some("look"))]).await?;
        let page = scene.post(&goal, "link", &number, false).await?;
        says(&page, &[&format!("{field} data-when=\"metric\">"), &format!("<n-reveal for=\"measure\" unless=\"{remaining}\"><")]);
        let chosen = scene.form(&goal, &[("query_id", Some("q-scope")), ("mode", Some("metric")), ("measure", Some(remaining)), ("metric_target", Some("0")), ("metric_start", Some("100"))]).await?;
        let look: Vec<_> = chosen.iter().cloned().chain([(String::from("act"), String::from("look"))]).collect();
        says(&scene.post(&goal, "link", &look, false).await?, &[&format!("unless=\"{remaining}\" hidden>")]);
        let percent: Vec<_> = chosen.iter().filter(|(name, _)| name != "mode").cloned().chain([(String::from("mode"), String::from("percent"))]).collect();
        says(&scene.post(&goal, "link/preview", &percent, true).await?, &["Not counted.", "no completed share"]);
        // Whatever the box says, all of it counts, and the link says so.
        assert_eq!(scene.post(&goal, "link", &chosen, false).await?.status, 303);
        assert_eq!(scene.read(&goal).await?["link"]["count_only_completed"], false);
        let preview = json!({ "selector": { "query_id": "q-scope" }, "mode": "percent", "measure": remaining });
        let path = format!("/connections/{}/preview", scene.connection);
        let refused = scene.app.api(&scene.app.owner, "POST", &path, Some(preview)).await?;
        assert_eq!((refused.status, refused.fields()), (422, vec![String::from("measure")]), "{}", refused.text);
        let put = json!({ "connection_id": scene.connection, "selector": { "query_id": "q-scope" }, "mode": "percent", "measure": remaining });
        let refused = scene.app.api(&scene.app.owner, "PUT", &format!("/goals/{goal}/link"), Some(put)).await?;
        assert_eq!((refused.status, refused.fields()), (422, vec![String::from("measure")]), "{}", refused.text);
        Ok(())
    }

    async fn a_linked_objective_is_labelled_where_the_model_turns_strict(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let org = format!("/orgs/{}", scene.app.slug);
        let model = |name: &'static str| json!({ "settings": { "okr_model": name } });
        scene.app.api_ok(&scene.app.owner, "PATCH", &org, Some(model("interchangeable"))).await?;
        let top = scene.top.clone();
        let link = json!({ "connection_id": scene.connection, "mode": "percent", "selector": { "query_id": "q-scope" } });
        scene.app.api_ok(&scene.app.owner, "PUT", &format!("/goals/{top}/link"), Some(link.clone())).await?;
        let page = format!("/goals/{top}");
        hides(&scene.app.page(&scene.app.owner, &page).await?, "Linked under the earlier OKR model");
        scene.app.api_ok(&scene.app.owner, "PATCH", &org, Some(model("classic"))).await?;
        says(&scene.app.page(&scene.app.owner, &page).await?, &["Linked under the earlier OKR model.", "once it is removed, no new one can be made", "Sync now"]);
        // It goes on being synced.
        let before = scene.read(&top).await?["link"]["last_synced_at"].clone();
        scene.app.clock.advance_millis(2 * 3_600_000);
        scene.app.northing.sync_due("worker").await?;
        let after = scene.read(&top).await?["link"].clone();
        assert!(after["last_synced_at"].as_str() > before.as_str() && after["state"] == "ok", "{before} {after}");
        // A key result needs no label, and a new link of an objective is refused.
        let other = scene.goal("key_result", Value::Null).await?;
        scene.app.api_ok(&scene.app.owner, "PUT", &format!("/goals/{other}/link"), Some(link.clone())).await?;
        hides(&scene.app.page(&scene.app.owner, &format!("/goals/{other}")).await?, "Linked under the earlier OKR model");
        assert_eq!(scene.app.api(&scene.app.owner, "DELETE", &format!("/goals/{top}/link"), None).await?.status, 204);
        let refused = scene.app.api(&scene.app.owner, "PUT", &format!("/goals/{top}/link"), Some(link)).await?;
        assert_eq!(refused.status, 422, "{}", refused.text);
        says(&refused, &["objective_link"]);
        Ok(())
    }

    async fn what_to_do_about_a_refused_token_depends_on_who_looks(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("key_result", Value::Null).await?;
        let member = scene.app.person(Role::Member).await?;
        let mine = json!({ "kind": "key_result", "title": "Mine", "level": "individual", "parents": [{ "id": scene.top }] });
        let mine = scene.app.api_ok(&member, "POST", &format!("/orgs/{}/goals", scene.app.slug), Some(mine)).await?;
        let mine = mine["id"].as_str().context("an id")?.to_owned();
        let link = json!({ "connection_id": scene.connection, "mode": "percent", "selector": { "query_id": "q-scope" } });
        for (by, goal) in [(&scene.app.owner, &goal), (&member, &mine)] {
            scene.app.api_ok(by, "PUT", &format!("/goals/{goal}/link"), Some(link.clone())).await?;
        }
        scene.double.fault("", None, FaultKind::Error(401, String::from("TF400813: not authorized")));
        scene.app.clock.advance_millis(60_000);
        scene.app.post(&scene.app.owner, &format!("/goals/{goal}/link/sync"), &[]).await?;
        scene.app.clock.advance_millis(60_000);
        scene.app.post(&member, &format!("/goals/{mine}/link/sync"), &[]).await?;
        let owner = scene.app.page(&scene.app.owner, &format!("/goals/{mine}")).await?;
        says(&owner, &["no longer accepts", "enters a new token", "Edit connection"]);
        let own = scene.app.page(&member, &format!("/goals/{mine}")).await?;
        says(&own, &["no longer accepts", "or an admin to renew its credentials, or make a connection of your own and choose it under Edit link."]);
        hides(&own, "Edit connection");
        // Whoever may not link the goal is sent to people only.
        let other = scene.app.page(&member, &format!("/goals/{goal}")).await?;
        says(&other, &["or an admin to renew its credentials."]);
        hides(&other, "a connection of your own and");
        Ok(())
    }

    async fn the_mark_says_when_the_token_ends_and_who_renews_it(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("key_result", Value::Null).await?;
        let link = json!({ "connection_id": scene.connection, "mode": "percent", "selector": { "query_id": "q-scope" } });
        scene.app.api_ok(&scene.app.owner, "PUT", &format!("/goals/{goal}/link"), Some(link)).await?;
        let member = scene.app.person(Role::Member).await?;
        let path = format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection);
        let page = format!("/goals/{goal}");
        hides(&scene.app.page(&member, &page).await?, "<dt>Token</dt>");
        let today = scene.app.clock.now().day_in(&jiff::tz::TimeZone::UTC);
        for (days, text, soon) in [(40, "Good until", false), (5, "Token expires in 5 days", true), (-2, "Token expired", true)] {
            scene.app.api_ok(&scene.app.owner, "PATCH", &path, Some(json!({ "expires_on": today.plus_days(days) }))).await?;
            let shown = scene.app.page(&scene.app.owner, &page).await?;
            says(&shown, &[text]);
            assert_eq!(shown.text.contains(">Renew</a>"), soon, "{days}");
            let shown = scene.app.page(&member, &page).await?;
            says(&shown, &[text]);
            hides(&shown, ">Renew</a>");
            assert_eq!(shown.text.contains("Its owner and admins can renew it."), soon, "{days}");
        }
        Ok(())
    }
}
