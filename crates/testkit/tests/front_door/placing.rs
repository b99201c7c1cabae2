//! *Move to …* by its form, and how goals stand together on the pages of teams.

use anyhow::Result;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::json;

use crate::moving::Goals;

both_engines! {
    async fn a_goal_is_put_where_the_form_says(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let (a, b) = (goals.objective("A", &[]).await?, goals.objective("B", &[]).await?);
        let one = goals.key_result("one", &[&a]).await?;
        let two = goals.key_result("two", &[&a]).await?;
        let three = goals.key_result("three", &[&b]).await?;
        let page = goals.explorer(&[&a, &b]);
        let titles = || goals.titles(&app.owner, &page);
        let path = format!("/goals/{two}/placement");

        // Where it stands is chosen, and what is beside it is offered.
        let form = app.page(&app.owner, &path).await?.text;
        assert!(form.contains(&format!("name=\"from\" value=\"{a}\"")), "{form}");
        assert!(form.contains(&format!("<option value=\"after:{one}\" selected>Behind “one”</option>")), "{form}");
        assert!(!form.contains("Behind “two”"), "{form}");

        let put = async |fields: &[(&str, &str)]| app.post(&app.owner, &path, fields).await;
        assert_eq!(put(&[("from", &a), ("parent", &a), ("position", "first")]).await?.status, 303);
        assert_eq!(titles().await?, ["A", "two", "one", "B", "three"]);
        assert_eq!(put(&[("from", &a), ("parent", &b), ("position", &format!("after:{three}"))]).await?.status, 303);
        assert_eq!(titles().await?, ["A", "one", "B", "three", "two"]);
        assert_eq!(put(&[("from", &b), ("parent", &b), ("position", "first")]).await?.status, 303);
        assert_eq!(titles().await?, ["A", "one", "B", "two", "three"]);

        // An objective goes to the first place of the top, and under the other.
        let path_of_b = format!("/goals/{b}/placement");
        assert_eq!(app.post(&app.owner, &path_of_b, &[("position", "first")]).await?.status, 303);
        assert_eq!(titles().await?, ["B", "two", "three", "A", "one"]);
        assert_eq!(app.post(&app.owner, &path_of_b, &[("parent", &a), ("position", "last")]).await?.status, 303);
        assert_eq!(goals.parents(&b).await?, std::slice::from_ref(&a));
        assert_eq!(app.post(&app.owner, &path_of_b, &[("from", &a), ("position", "last")]).await?.status, 303);
        assert_eq!(titles().await?, ["A", "one", "B", "two", "three"]);

        // Where somebody else moved it meanwhile, the form comes back as it stands now and nothing moves.
        let late = put(&[("from", &a), ("parent", &a), ("position", "first")]).await?;
        assert_eq!(late.status, 409, "{}", late.text);
        assert!(late.text.contains("Somebody else moved goals here") && late.text.contains(&format!("name=\"from\" value=\"{b}\"")), "{}", late.text);
        // What the model does not allow is said at the field; two goals above are one too many.
        let refused = app.post(&app.owner, &path_of_b, &[("parent", &one), ("position", "last")]).await?;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("Objectives can’t sit under key results"), "{}", refused.text);
        let both = put(&[("from", &b), ("parent", &a), ("parent", &b), ("position", "last")]).await?;
        assert_eq!(both.status, 422);
        assert!(both.text.contains("untick the other"), "{}", both.text);
        assert_eq!(put(&[("from", &b), ("parent", &b), ("position", "sideways")]).await?.status, 422);
        assert_eq!(titles().await?, ["A", "one", "B", "two", "three"]);
        Ok(())
    }

    async fn only_those_who_may_edit_a_goal_move_it(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let a = goals.objective("A", &[]).await?;
        let one = goals.key_result("one", &[&a]).await?;
        let path = format!("/goals/{one}/placement");
        let (member, stranger) = (app.person(Role::Member).await?, app.stranger().await?);
        for (by, status) in [(&member, 403), (&stranger, 404)] {
            assert_eq!(app.page(by, &path).await?.status, status);
            let places = format!("{path}/places");
            assert_eq!(app.post(by, &places, &[("from", &a), ("parent", &a)]).await?.status, status);
            let fields = [("from", a.as_str()), ("position", "first")];
            assert_eq!(app.post(by, &path, &fields).await?.status, status);
        }
        assert_eq!(goals.parents(&one).await?, [a]);
        Ok(())
    }

    async fn a_team_stands_as_its_objectives_do_for_those_who_see_them(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let body = json!({ "name": "North" });
        let team = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/teams", app.slug), Some(body)).await?;
        let team = team["id"].as_str().unwrap_or_default().to_owned();
        let of_team = json!({ "level": "team", "team_ids": [team], "progress_mode": "manual" });
        let quick = goals.make("objective", "Quick", &[], of_team.clone()).await?;
        let slow = goals.make("objective", "Slow", &[], of_team.clone()).await?;
        goals.make("key_result", "Not counted by itself", &[&slow], of_team).await?;
        let check = async |id: &str, progress: f64| {
            let path = format!("/goals/{id}/check-ins");
            app.api_ok(&app.owner, "POST", &path, Some(json!({ "progress": progress }))).await
        };
        check(&quick, 90.0).await?;
        check(&slow, 20.0).await?;
        let member = app.person(Role::Member).await?;
        let says = async |wanted: &[&str]| {
            for path in ["/nav/teams", "/teams", &format!("/teams/{team}")] {
                let text = app.page(&member, path).await?.text;
                let found = wanted.iter().all(|wanted| text.contains(wanted) || path == "/nav/teams");
                assert!(found && text.contains("North"), "{path}: {wanted:?} in {text}");
            }
            Ok::<_, anyhow::Error>(app.page(&member, "/nav/teams").await?.text)
        };
        // The middle of February: half is expected.
        let nav = says(&["55%", "On track"]).await?;
        assert!(nav.contains("On track"), "{nav}");
        check(&quick, 40.0).await?;
        let nav = says(&["30%", "Behind"]).await?;
        assert!(nav.contains("Behind"), "{nav}");

        // A goal that only named people see does not count for the others.
        goals.settings(json!({ "private_goals": true })).await?;
        let hide = json!({ "visibility": "restricted" });
        app.api_ok(&app.owner, "PATCH", &format!("/goals/{slow}"), Some(hide)).await?;
        says(&["40%", "Behind"]).await?;
        let own = app.page(&app.owner, "/teams").await?.text;
        assert!(own.contains("30%"), "{own}");
        Ok(())
    }
}
