//! Who may change a goal and who may align to it: named by page, kept through what else changes.

use anyhow::Result;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::forms;
use northing_testkit::front_door::App;
use serde_json::json;

use crate::moving::Goals;

both_engines! {
    /// Somebody named as an editor may edit; taken off the list they may not. Only the named may align once that is restricted.
    async fn people_are_named_and_unnamed(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let goal = goals.objective("Shared", &[]).await?;
        let (friend, other) = (app.person(Role::Member).await?, app.person(Role::Member).await?);
        let (friend_id, path) = (friend.id.to_string(), format!("/goals/{goal}/access"));
        anyhow::ensure!(app.page(&friend, &path).await?.status == 403, "who may not edit may not grant");
        let edit = async |by| -> Result<u16> {
            let body = json!({ "description": "Mine too" });
            Ok(app.api(by, "PATCH", &format!("/goals/{goal}"), Some(body)).await?.status)
        };
        anyhow::ensure!(edit(&friend).await? == 403);

        let page = app.page(&app.owner, &path).await?.text;
        anyhow::ensure!(page.contains("Owner · Created it"), "capacities are not shown: {page}");
        let version = forms::fields(&page, &path).into_iter().find(|(name, _)| name == "version");
        let version = version.map(|(_, value)| value).unwrap_or_default();
        let named = [("version", version.as_str()), ("editors", &friend_id), ("align", "named"), ("aligners", &friend_id)];
        anyhow::ensure!(app.post(&app.owner, &path, &named).await?.status == 303);
        let access = goals.get(&goal).await?["access"].clone();
        anyhow::ensure!(access == json!([{ "user_id": friend_id, "may_view": false, "may_edit": true, "may_align": true }]), "{access}");
        anyhow::ensure!(edit(&friend).await? == 200 && edit(&other).await? == 403);

        let below = async |by: &northing_testkit::front_door::Person| -> Result<u16> {
            let body = json!({ "kind": "objective", "title": "Mine", "level": "individual", "owner_ids": [by.id], "parents": [{ "id": goal }] });
            let answer = app.api(by, "POST", &format!("/orgs/{}/goals", app.org), Some(body)).await?;
            Ok(answer.status)
        };
        anyhow::ensure!(below(&other).await? >= 400, "somebody who is not named aligned to it");
        anyhow::ensure!(below(&friend).await? == 201, "somebody who is named could not align to it");

        // A stale form is told, and what was chosen stands in it.
        let stale = app.post(&app.owner, &path, &named).await?;
        anyhow::ensure!(stale.status == 409 && stale.text.contains(&format!("value=\"{friend_id}\" checked")), "{}", stale.text);
        let fresh = forms::fields(&stale.text, &path).into_iter().find(|(name, _)| name == "version");
        let fresh = fresh.map(|(_, value)| value).unwrap_or_default();
        let none = [("version", fresh.as_str()), ("align", "anyone")];
        anyhow::ensure!(app.post(&app.owner, &path, &none).await?.status == 303);
        anyhow::ensure!(goals.get(&goal).await?["access"] == json!([]) && edit(&friend).await? == 403);
        anyhow::ensure!(below(&other).await? == 201);
        Ok(())
    }

    /// Observers, people of elsewhere and nonsense are refused; a search works without scripts.
    async fn what_may_not_be_is_refused(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goal = Goals::new(&app).await?.objective("Shared", &[]).await?;
        let path = format!("/goals/{goal}/access");
        let observer = app.observer().await?.id.to_string();
        let stranger = app.stranger().await?.id.to_string();
        for who in [&observer, &stranger] {
            let answer = app.post(&app.owner, &path, &[("editors", who), ("align", "anyone")]).await?;
            anyhow::ensure!(answer.status == 422 && answer.text.contains("note"), "{who}: {}", answer.status);
        }
        anyhow::ensure!(app.post(&app.owner, &path, &[("editors", "x")]).await?.status == 422);
        let member = app.person(Role::Member).await?;
        let found = app.post(&app.owner, &path, &[("search", "editors"), ("editors_query", "")]).await?;
        anyhow::ensure!(found.status == 200 && found.text.contains(&member.id.to_string()), "{}", found.text);
        Ok(())
    }
}
