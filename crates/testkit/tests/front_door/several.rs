//! Several goals changed or copied at once: each by its own rights, what is left out told, nothing half-done.

use anyhow::Result;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::forms;
use northing_testkit::front_door::App;
use serde_json::json;

use crate::moving::Goals;

fn path(app: &App) -> String {
    format!("/orgs/{}/goals/edit", app.org)
}

both_engines! {
    /// Owners, tags and period change where they may; the closed goal and the unknown one are left out with the reason.
    async fn each_goal_by_its_own_rules(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        goals.settings(json!({ "shared_goals": true })).await?;
        let [a, b, closed] = [goals.objective("A", &[]).await?, goals.objective("B", &[]).await?, goals.objective("C", &[]).await?];
        app.api_ok(&app.owner, "POST", &format!("/goals/{closed}/close"), Some(json!({ "score": 0.5 }))).await?;
        let member = app.person(Role::Member).await?;
        let nobody = "01900000-0000-7000-8000-000000000000";
        let next = app.period("Q2 2026").await?.to_string();
        let mut body = json!({
            "goal_ids": [a, b, closed, nobody],
            "owners": { "how": "add", "values": [member.id] },
            "tags": { "how": "replace", "values": ["Growth"] },
            "period_id": next, "dry_run": true,
        });
        let planned = app.api_ok(&app.owner, "POST", &path(&app), Some(body.clone())).await?;
        let untouched = goals.get(&a).await?;
        anyhow::ensure!(untouched["tags"] == json!([]) && untouched["version"] == 1, "a plan changed something: {untouched}");
        body["dry_run"] = json!(false);
        let done = app.api_ok(&app.owner, "POST", &path(&app), Some(body.clone())).await?;
        anyhow::ensure!(planned == done, "planned {planned}, done {done}");
        let edited: Vec<&str> = done["edited"].as_array().into_iter().flatten().filter_map(|it| it["goal_id"].as_str()).collect();
        anyhow::ensure!(edited == [a.as_str(), b.as_str()], "{done}");
        anyhow::ensure!(done["edited"][0]["changed"] == json!(["due_date", "owner_ids", "period_id", "start_date", "tags"]), "{done}");
        let rejected: Vec<&str> = done["rejected"].as_array().into_iter().flatten().filter_map(|it| it["code"].as_str()).collect();
        anyhow::ensure!(rejected == ["closed", "not_found"], "{done}");
        for id in [&a, &b] {
            let goal = goals.get(id).await?;
            anyhow::ensure!(goal["tags"] == json!(["Growth"]) && goal["period_id"] == json!(next), "{goal}");
            anyhow::ensure!(goal["owner_ids"].as_array().is_some_and(|owners| owners.contains(&json!(member.id))), "{goal}");
            anyhow::ensure!(goal["start_date"] == "2026-04-01", "its days did not follow the period: {goal}");
        }
        let again = app.api_ok(&app.owner, "POST", &path(&app), Some(body)).await?;
        anyhow::ensure!(again["edited"] == json!([]) && again["unchanged"] == json!([a, b]), "{again}");
        Ok(())
    }

    /// Who may not edit one of them changes only the others; who is of another organisation finds none of them.
    async fn rights_are_asked_for_each(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let member = app.person(Role::Member).await?;
        let mine = goals.make("objective", "Mine", &[], json!({ "level": "individual", "owner_ids": [member.id] })).await?;
        let theirs = goals.objective("Theirs", &[]).await?;
        let body = json!({ "goal_ids": [mine, theirs], "tags": { "how": "add", "values": ["Mine"] } });
        let done = app.api_ok(&member, "POST", &path(&app), Some(body.clone())).await?;
        anyhow::ensure!(done["edited"][0]["goal_id"] == json!(mine) && done["rejected"][0]["code"] == "forbidden", "{done}");
        anyhow::ensure!(goals.get(&theirs).await?["tags"] == json!([]));
        let stranger = app.stranger().await?;
        anyhow::ensure!(app.api(&stranger, "POST", &path(&app), Some(body)).await?.status == 404);
        Ok(())
    }

    /// Nothing to change, no goals, too many, unknown fields: refused at the field.
    async fn what_makes_no_sense_is_refused(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let some = "01900000-0000-7000-8000-000000000000";
        let many: Vec<String> = (0..201).map(|n| format!("01900000-0000-7000-8000-{n:012x}")).collect();
        let tags = json!({ "how": "add", "values": ["x"] });
        for (body, field) in [
            (json!({ "goal_ids": [some] }), "change"),
            (json!({ "goal_ids": [], "tags": tags }), "goal_ids"),
            (json!({ "goal_ids": many, "tags": tags }), "goal_ids"),
            (json!({ "goal_ids": [some], "tags": { "how": "swap", "values": [] } }), "tags.how"),
            (json!({ "goal_ids": [some], "title": "All alike" }), "title"),
        ] {
            let answer = app.api(&app.owner, "POST", &path(&app), Some(body.clone())).await?;
            anyhow::ensure!(answer.status == 422 && answer.fields() == [field], "{body}: {} {}", answer.status, answer.text);
        }
        Ok(())
    }

    /// By plain forms: tick, say what, see what would happen, go back with what was said, do it.
    async fn by_page_without_scripts(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let (a, b) = (goals.objective("Grow", &[]).await?, goals.objective("Shrink", &[]).await?);
        let period = goals.get(&a).await?["period_id"].as_str().unwrap_or_default().to_owned();
        let address = format!("/goals/several?period={period}&q=grow");
        let explorer = app.page(&app.owner, &format!("/explorer?period={period}&q=grow")).await?.text;
        anyhow::ensure!(explorer.contains(&address.replace('&', "&amp;")), "Explorer does not lead there");
        let page = app.page(&app.owner, &address).await?.text;
        anyhow::ensure!(page.contains("Grow") && !page.contains("Shrink"), "the filter of the list is gone");
        let all = app.page(&app.owner, &format!("{address}&all=true")).await?.text;
        anyhow::ensure!(all.contains(&format!("value=\"{a}\" checked")), "all are not ticked");

        let mut form: Vec<(String, String)> = forms::fields(&page, "/goals/several");
        form.retain(|(name, _)| !matches!(name.as_str(), "csrf" | "act" | "tags_how"));
        let said = [("act", "edit"), ("goal", &a), ("goal", &b), ("tags_how", "add"), ("tags", "North"), ("step", "preview")];
        form.extend(said.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let preview = app.post(&app.owner, "/goals/several", &pairs).await?;
        anyhow::ensure!(preview.status == 200 && preview.text.contains("Change 2 goals"), "{}", preview.text);
        anyhow::ensure!(goals.get(&a).await?["tags"] == json!([]), "looking changed something");

        let mut carried: Vec<(String, String)> = forms::fields(&preview.text, "/goals/several");
        carried.retain(|(name, _)| !matches!(name.as_str(), "csrf" | "step"));
        let with = |step: &'static str| -> Vec<(String, String)> {
            carried.iter().cloned().chain([(String::from("step"), step.to_owned())]).collect()
        };
        let send = async |fields: Vec<(String, String)>| {
            let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            app.post(&app.owner, "/goals/several", &pairs).await
        };
        let back = send(with("back")).await?.text;
        anyhow::ensure!(back.contains(&format!("value=\"{a}\" checked")) && back.contains("value=\"North\" checked"), "{back}");
        let done = send(with("apply")).await?.text;
        anyhow::ensure!(done.contains("2 goals changed") && done.contains(&format!("/explorer?period={period}&amp;q=grow")), "{done}");
        anyhow::ensure!(goals.get(&b).await?["tags"] == json!(["North"]));

        let nothing = send(with("preview").into_iter().filter(|(name, _)| name != "goal").collect()).await?;
        anyhow::ensure!(nothing.status == 422 && nothing.text.contains("name the goals"), "{}", nothing.text);
        Ok(())
    }

    /// Copies: one request sent twice copies once, closed goals are left out.
    async fn copies_by_page(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let (open, closed) = (goals.objective("Open", &[]).await?, goals.objective("Closed", &[]).await?);
        app.api_ok(&app.owner, "POST", &format!("/goals/{closed}/close"), Some(json!({ "score": 1 }))).await?;
        let next = app.period("Q2 2026").await?.to_string();
        let count = async || -> Result<usize> {
            let listed = app.api_ok(&app.owner, "GET", &format!("/orgs/{}/goals?period={next}", app.org), None).await?;
            Ok(listed["items"].as_array().map_or(0, Vec::len))
        };
        let send = |step: &'static str| {
            vec![("act", "copy"), ("goal", open.as_str()), ("goal", closed.as_str()), ("into", next.as_str()), ("request", "once"), ("from", ""), ("step", step)]
        };
        let preview = app.post(&app.owner, "/goals/several", &send("preview")).await?.text;
        anyhow::ensure!(preview.contains("Copy 1 goal") && preview.contains("copied one by one") && count().await? == 0, "{preview}");
        for _ in 0..2 {
            let done = app.post(&app.owner, "/goals/several", &send("apply")).await?.text;
            anyhow::ensure!(done.contains("1 goal copied") && count().await? == 1, "{done}");
        }
        Ok(())
    }

    /// The pages of the organisation, of teams and of people lead to the goals of their own list.
    async fn every_list_leads_to_its_own_goals(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let crew = app.api_ok(&app.owner, "POST", "/orgs/calder/teams", Some(json!({ "name": "Crew" }))).await?;
        let crew = crew["id"].as_str().unwrap_or_default();
        goals.objective("Of all", &[]).await?;
        goals.make("objective", "Of the crew", &[], json!({ "level": "team", "team_ids": [crew], "owner_ids": [] })).await?;
        let me = app.owner.id;
        goals.make("objective", "Of one", &[], json!({ "level": "individual", "owner_ids": [me] })).await?;
        for (page, list, own, other) in [
            (String::from("/organisation"), String::from("organization"), "Of all", "Of the crew"),
            (format!("/teams/{crew}"), format!("team%3A{crew}"), "Of the crew", "Of one"),
            (format!("/people/{me}"), format!("person%3A{me}"), "Of one", "Of the crew"),
        ] {
            let way = format!("/goals/several?flat=true&amp;list={list}");
            let shown = app.page(&app.owner, &format!("{page}?flat=true&tab=")).await?.text;
            anyhow::ensure!(shown.contains(&way), "{page} leads not to {way}");
            let found = app.page(&app.owner, &way.replace("&amp;", "&")).await?.text;
            anyhow::ensure!(found.contains(own) && !found.contains(other), "{page}: {found}");
            anyhow::ensure!(found.contains(&page), "{page}: no way back");
        }
        let observer = app.observer().await?;
        anyhow::ensure!(!app.page(&observer, "/organisation").await?.text.contains("/goals/several"));
        Ok(())
    }
}
