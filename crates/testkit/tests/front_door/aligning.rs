//! Alignment by page: several parents or one, un-aligned, refused in place, previewed, taken back; and copies of goals.

use anyhow::{Context, Result};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::{Value, json};

use super::moving::{Goals, post_from, undo_of};

both_engines! {
    async fn a_goal_is_aligned_to_several_to_one_and_to_none(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let (a, b) = (goals.objective("Serve <all>", &[]).await?, goals.objective("Grow", &[]).await?);
        let kr = goals.key_result("kr", &[&a]).await?;
        goals.key_result("other", &[&b]).await?;
        goals.check_in(&kr, 60.0).await?;
        let page = format!("/goals/{kr}/alignments");
        let dialog = app.fragment(&app.owner, &page).await?;
        assert!(dialog.status == 200 && dialog.text.contains("Serve &lt;all&gt;"), "{}", dialog.text);
        assert!(app.page(&app.owner, &page).await?.text.contains("<html"));

        // What would move is shown before it is saved.
        let preview = format!("{page}/preview");
        let both = [("parent", a.as_str()), ("parent", b.as_str())];
        let seen = app.post(&app.owner, &preview, &both).await?;
        assert!(seen.status == 200 && seen.text.contains("Grow") && seen.text.contains("30.0%"), "{}", seen.text);
        assert_eq!(goals.progress(&b).await?, Some(0.0));
        let same = app.post(&app.owner, &preview, &[("parent", &a)]).await?;
        assert!(same.text.contains("No progress moves by this."), "{}", same.text);

        let version = goals.get(&kr).await?["version"].to_string();
        let saved = post_from(&app, &app.owner, "/explorer", &page, &[both[0], both[1], ("version", &version)]).await?;
        assert_eq!((saved.status, saved.header("hx-trigger")), (200, "tree:changed"), "{}", saved.text);
        assert!(saved.text.contains("“kr” is aligned to “Serve &lt;all&gt;” and “Grow”"), "{}", saved.text);
        assert_eq!((goals.progress(&a).await?, goals.progress(&b).await?), (Some(60.0), Some(30.0)));
        // Stale: told what it is now; the choice is kept and nothing changed.
        let stale = post_from(&app, &app.owner, "/explorer", &page, &[both[1], ("version", &version)]).await?;
        assert_eq!(stale.status, 409);
        assert!(stale.text.contains("It is aligned to “Serve &lt;all&gt;” and “Grow” now."), "{}", stale.text);
        assert_eq!(goals.parents(&kr).await?, [a.clone(), b.clone()]);
        // Taken back, and un-aligned altogether.
        assert_eq!(post_from(&app, &app.owner, "/explorer", &undo_of(&saved)?, &[]).await?.status, 200);
        assert_eq!(goals.parents(&kr).await?, std::slice::from_ref(&a));
        let none = post_from(&app, &app.owner, "/explorer", &page, &[]).await?;
        assert!(none.text.contains("“kr” is aligned to nothing now"), "{}", none.text);
        assert_eq!((goals.parents(&kr).await?.len(), goals.progress(&a).await?), (0, Some(0.0)));

        // Where one is the most, the second is refused in place, and choosing another replaces.
        goals.settings(json!({ "multiple_alignment": false })).await?;
        let two = post_from(&app, &app.owner, "/explorer", &page, &both).await?;
        assert!(two.status == 422 && two.text.contains("one parent at most in this organisation"), "{}", two.text);
        assert_eq!(post_from(&app, &app.owner, "/explorer", &page, &both[..1]).await?.status, 200);
        assert!(app.fragment(&app.owner, &page).await?.text.contains("Choosing another goal replaces “Serve &lt;all&gt;”."));
        let plain = app.post(&app.owner, &page, &both[1..]).await?;
        assert_eq!((plain.status, plain.header("location")), (303, format!("/goals/{kr}").as_str()));
        assert_eq!(goals.parents(&kr).await?, [b]);
        // Without scripts a search brings the form again with what it found.
        let found = app.post(&app.owner, &page, &[("search", "parent"), ("parent_query", "serve")]).await?;
        assert!(found.status == 200 && found.text.contains(&a), "{}", found.text);
        Ok(())
    }

    async fn alignment_is_refused_with_the_reason_and_only_editors_change_it(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        goals.settings(json!({ "private_goals": true })).await?;
        let (lead, member) = (app.person(Role::Member).await?, app.person(Role::Member).await?);
        let top = goals.make("objective", "Top", &[], json!({ "owner_ids": [lead.id] })).await?;
        let below = goals.objective("Below", &[&top]).await?;
        let kr = goals.key_result("kr", &[&top]).await?;
        let page = format!("/goals/{top}/alignments");
        for (parent, says) in [(&below, "“Below”: A goal cannot be aligned to something that is below it."),
            (&kr, "“kr”: Objectives can’t sit under key results in this organisation")] {
            let refused = post_from(&app, &lead, "/explorer", &page, &[("parent", parent)]).await?;
            assert!(refused.status == 422 && refused.text.contains(says), "{says}: {}", refused.text);
            let told = app.post(&lead, &format!("{page}/preview"), &[("parent", parent)]).await?;
            assert!(told.status == 200 && told.text.contains(says), "{}", told.text);
        }
        assert_eq!(post_from(&app, &lead, "/explorer", &page, &[("parent", "x")]).await?.status, 422);
        let unknown = post_from(&app, &lead, "/explorer", &page, &[("parent", "019a0000-0000-7000-8000-000000000001")]).await?;
        assert_eq!(unknown.status, 422);
        // A goal whose owner names who may align to it.
        let guarded = goals.make("objective", "Guarded", &[], json!({ "align_restricted": true, "owner_ids": [app.owner.id] })).await?;
        assert_eq!(post_from(&app, &lead, "/explorer", &page, &[("parent", &guarded)]).await?.status, 403);
        assert!(app.fragment(&app.owner, &format!("/goals/{guarded}/alignments")).await?.text.contains("Only named people may align other goals to this one."));
        // A parent that the editor may not see stays, unnamed.
        let secret = goals.make("objective", "Secret merger", &[], json!({ "visibility": "restricted", "owner_ids": [app.owner.id] })).await?;
        let aligned = app.api_ok(&app.owner, "PUT", &format!("/goals/{top}/parents"), Some(json!([{ "id": secret }]))).await?;
        assert_eq!(aligned["parents"].as_array().map(Vec::len), Some(1));
        let dialog = app.fragment(&lead, &page).await?.text;
        assert!(dialog.contains("also aligned to a goal that only named people see") && !dialog.contains("merger"), "{dialog}");
        assert_eq!(post_from(&app, &lead, "/explorer", &page, &[]).await?.status, 200);
        assert_eq!(goals.parents(&top).await?, [secret]);

        let stranger = app.stranger().await?;
        assert_eq!(app.page(&member, &page).await?.status, 403);
        assert_eq!(app.page(&stranger, &page).await?.status, 404);
        for path in [page.clone(), format!("{page}/preview")] {
            assert_eq!(app.post(&member, &path, &[]).await?.status, 403, "{path}");
            assert_eq!(app.post(&stranger, &path, &[]).await?.status, 404, "{path}");
        }
        // Closed goals are locked.
        app.api_ok(&app.owner, "POST", &format!("/goals/{below}/close"), Some(json!({}))).await?;
        let locked = post_from(&app, &app.owner, "/explorer", &format!("/goals/{below}/alignments"), &[]).await?;
        assert_eq!(locked.status, 422, "{}", locked.text);
        Ok(())
    }

    async fn a_copy_starts_anew_once_for_each_request(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let member = app.person(Role::Member).await?;
        let a = goals.objective("Serve", &[]).await?;
        let kr = goals.key_result("kr", &[&a]).await?;
        goals.check_in(&kr, 60.0).await?;
        let next = app.period("Q2 2026").await?.to_string();
        let page = format!("/goals/{a}/clone");
        let dialog = app.fragment(&app.owner, &page).await?;
        assert!(dialog.status == 200 && dialog.text.contains("Q1 2026 (current)"), "{}", dialog.text);
        let request = dialog.text.split("name=\"request\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).context("a request")?.to_owned();
        let owner = member.id.to_string();
        let fields = [("period", next.as_str()), ("scope", "all"), ("owner", owner.as_str()), ("request", request.as_str())];
        let made = post_from(&app, &app.owner, "/explorer", &page, &fields).await?;
        assert!(made.status == 200 && made.text.contains("Copied to Q2 2026: <a"), "{}", made.text);
        let again = post_from(&app, &app.owner, "/explorer", &page, &fields).await?;
        assert_eq!(again.text, made.text, "the same copy");
        let found = app.api_ok(&app.owner, "GET", &format!("/orgs/{}/goals?period={next}", app.org), None).await?;
        let items = found["items"].as_array().context("items")?;
        assert_eq!(items.len(), 2);
        for goal in items {
            assert_eq!((&goal["owner_ids"], &goal["progress"], &goal["status"]), (&json!([member.id]), &json!(0.0), &Value::from("not_started")));
        }
        // Refused at the field; without scripts it leads to the copy.
        for (name, value) in [("period", "x"), ("owner", "x"), ("parent", "x"), ("scope", "some"), ("parent", kr.as_str())] {
            let wrong = post_from(&app, &app.owner, "/explorer", &page, &[(name, value)]).await?;
            assert!(wrong.status == 422 && wrong.text.contains("class=\"err\""), "{name}: {}", wrong.text);
        }
        let plain = app.post(&app.owner, &page, &[("scope", "goal")]).await?;
        assert!(plain.status == 303 && plain.header("location") != format!("/goals/{a}"), "{}", plain.header("location"));
        let search = app.post(&app.owner, &page, &[("search", "owner"), ("owner_query", "member")]).await?;
        assert!(search.status == 200 && search.text.contains(&owner), "{}", search.text);
        let (observer, stranger) = (app.person(Role::Member).await?, app.stranger().await?);
        let path = format!("/orgs/{}/members/{}", app.org, observer.id);
        app.api_ok(&app.owner, "PATCH", &path, Some(json!({ "role": "observer" }))).await?;
        assert_eq!((app.page(&observer, &page).await?.status, app.post(&observer, &page, &[]).await?.status), (403, 403));
        assert_eq!((app.page(&stranger, &page).await?.status, app.post(&stranger, &page, &[]).await?.status), (404, 404));
        Ok(())
    }
}
