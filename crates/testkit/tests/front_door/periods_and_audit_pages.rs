//! Periods by page, and the log of changes.

use anyhow::Result;
use northing_app::sign_in::Credentials;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{Answer, App, PASSWORD, Person};
use serde_json::json;

/// The owner with a new session: sessions end after two weeks unseen.
async fn signed_in(app: &App) -> Result<Person> {
    let email = app.owner.email.clone();
    let credentials =
        Credentials { email, password: String::from(PASSWORD), address: String::new(), user_agent: None };
    Ok(Person { session: app.northing.sign_in(credentials).await?, ..app.owner.clone() })
}

fn says(answer: &Answer, text: &str) {
    assert!(answer.text.contains(text), "{text} in {}", answer.text);
}

both_engines! {
    /// N61–N63 by page: the calendar makes and switches periods until there is a custom one.
    async fn a_custom_period_stops_the_calendar(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let page = app.page(&app.owner, "/admin/periods").await?;
        for text in ["The current period follows the calendar", "Make the periods of 2027", "Q1 2026", "Current"] {
            says(&page, text);
        }
        assert_eq!(app.post(&app.owner, "/admin/periods/years", &[("year", "2027")]).await?.status, 303);
        says(&app.page(&app.owner, "/admin/periods").await?, "Annual 2027");
        app.clock.advance_days(60);
        app.northing.periods_tick().await?;
        let current = async || {
            let all = app.api_ok(&app.owner, "GET", "/orgs/calder/periods?limit=200", None).await?;
            let current = all["items"].as_array().into_iter().flatten().find(|it| it["is_current"] == true).cloned();
            Ok::<_, anyhow::Error>(current.map(|it| it["name"].clone()).unwrap_or_default())
        };
        assert_eq!(current().await?, "Q2 2026");
        let owner = signed_in(&app).await?;
        says(&app.page(&owner, "/admin/periods/new").await?, "no longer switches by itself");
        let launch = [("name", "Launch"), ("kind", "custom"), ("start", "2026-05-01"), ("end", "2026-08-31")];
        assert_eq!(app.post(&owner, "/admin/periods", &launch).await?.status, 303);
        let page = app.page(&owner, "/admin/periods").await?;
        for text in ["no longer follows the calendar", "Overlaps Annual 2026, Q2 2026, Q3 2026"] {
            says(&page, text);
        }
        app.clock.advance_days(90);
        app.northing.periods_tick().await?;
        assert_eq!(current().await?, "Q2 2026");
        let launch = app.period("Launch").await?;
        assert_eq!(app.post(&signed_in(&app).await?, &format!("/admin/periods/{launch}/current"), &[("version", "1")]).await?.status, 303);
        assert_eq!(current().await?, "Launch");
        Ok(())
    }

    async fn periods_are_refused_at_their_fields_and_conflicts_are_told(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        for (fields, field) in [
            ([("name", ""), ("kind", "custom"), ("start", "2026-05-01"), ("end", "2026-05-02")], "name"),
            ([("name", "q1 2026"), ("kind", "custom"), ("start", "2026-05-01"), ("end", "2026-05-02")], "name"),
            ([("name", "A"), ("kind", "custom"), ("start", "soon"), ("end", "2026-05-02")], "start"),
            ([("name", "A"), ("kind", "custom"), ("start", "2026-05-03"), ("end", "2026-05-02")], "end"),
        ] {
            let refused = app.post(&app.owner, "/admin/periods", &fields).await?;
            assert_eq!(refused.status, 422, "{fields:?}");
            says(&refused, &format!("id=\"{field}-error\""));
        }
        let id = app.period("Q3 2026").await?;
        let path = format!("/admin/periods/{id}");
        let fields = |name: &'static str| [("version", "1"), ("name", name), ("kind", "quarterly"), ("start", "2026-07-01"), ("end", "2026-09-30")];
        assert_eq!(app.post(&app.owner, &path, &fields("Summer")).await?.status, 303);
        let late = app.post(&app.owner, &path, &fields("Harvest")).await?;
        assert_eq!(late.status, 409);
        for text in ["Summer", "Harvest"] {
            says(&late, text);
        }
        Ok(())
    }

    async fn a_period_with_goals_asks_where_they_go(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (from, to) = (app.period("Q2 2026").await?, app.period("Q3 2026").await?);
        let goal = json!({"kind": "objective", "title": "Weave", "level": "organization", "period_id": from});
        app.api_ok(&app.owner, "POST", "/orgs/calder/goals", Some(goal)).await?;
        let path = format!("/admin/periods/{from}/deletion");
        says(&app.page(&app.owner, &path).await?, "1 goal belongs to it");
        let refused = app.post(&app.owner, &path, &[("version", "1"), ("move_to", "")]).await?;
        assert_eq!(refused.status, 422);
        says(&refused, "Choose the period that they move to");
        let fields = [("version", "1"), ("move_to", &to.to_string())];
        assert_eq!(app.post(&app.owner, &path, &fields).await?.status, 303);
        says(&app.page(&app.owner, &format!("/explorer?period={to}")).await?, "Weave");
        says(&app.page(&app.owner, "/admin/audit?action=period.deleted").await?, "and moved its goal to Q3 2026");
        let current = app.period("Q1 2026").await?;
        let refused = app.post(&app.owner, &format!("/admin/periods/{current}/deletion"), &[("version", "1")]).await?;
        assert_eq!(refused.status, 422);
        says(&refused, "This is the current period");
        Ok(())
    }

    async fn the_log_tells_who_did_what_and_what_it_was_before(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (admin, member) = (app.person(Role::Admin).await?, app.person(Role::Member).await?);
        let team = app.api_ok(&app.owner, "POST", "/orgs/calder/teams", Some(json!({"name": "Ships"}))).await?;
        let path = format!("/orgs/calder/members/{}", member.id);
        app.api_ok(&admin, "PATCH", &path, Some(json!({"role": "observer", "manager_id": admin.id}))).await?;
        app.api_ok(&app.owner, "PATCH", "/orgs/calder", Some(json!({"settings": {"create_teams": "named", "team_creators": [admin.id]}}))).await?;
        app.api_ok(&app.owner, "DELETE", &format!("/orgs/calder/teams/{}", team["id"].as_str().unwrap_or_default()), None).await?;
        let log = app.page(&app.owner, "/admin/audit").await?;
        for text in [
            "created the team", "deleted the team Ships", "changed the organisation", "Named for teams", "Only owners, admins and named people",
            &format!("/people/{}\">member", member.id), "by the API", "Reports to", "admin 0",
        ] {
            says(&log, text);
        }
        for raw in ["team_owners", "member.updated<", "manager_id"] {
            assert!(!log.text.contains(&format!(">{raw}")), "{raw}");
        }
        // Each filter narrows it.
        let by_admin = app.page(&app.owner, &format!("/admin/audit?actor={}", admin.id)).await?;
        assert!(by_admin.text.contains("Reports to") && !by_admin.text.contains("created the team"));
        let of_kind = app.page(&app.owner, "/admin/audit?action=team.deleted").await?;
        assert!(of_kind.text.contains("deleted the team Ships") && !of_kind.text.contains("created the team"));
        let goal = json!({"kind": "objective", "title": "Weave", "level": "organization"});
        let goal = app.api_ok(&app.owner, "POST", "/orgs/calder/goals", Some(goal)).await?;
        let of_goal = app.page(&app.owner, &format!("/admin/audit?goal={}", goal["id"].as_str().unwrap_or_default())).await?;
        assert!(of_goal.text.contains(">Weave</a>") && !of_goal.text.contains("Ships"));
        says(&app.page(&app.owner, "/admin/audit?since=2026-02-16").await?, "Nothing found");
        says(&app.page(&app.owner, "/admin/audit?until=2026-02-15").await?, "Ships");
        assert_eq!(app.page(&app.owner, "/admin/audit?since=soon").await?.status, 422);
        Ok(())
    }

    async fn the_log_is_taken_out_whole_and_harmless(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        for n in 0..130 {
            let team = json!({"name": format!("=SUM({n})")});
            app.api_ok(&app.owner, "POST", "/orgs/calder/teams", Some(team)).await?;
        }
        let page = app.page(&app.owner, "/admin/audit").await?;
        assert_eq!(page.text.matches("adm-w").count(), 60);
        says(&page, "/admin/audit/rows?cursor=");
        let file = app.page(&app.owner, "/admin/audit.csv").await?;
        assert_eq!((file.status, file.header("content-type")), (200, "text/csv; charset=utf-8"));
        assert_eq!(file.text.matches("created the team =SUM").count(), 130);
        assert!(file.text.lines().all(|line| line.starts_with('"') && !line.contains("\"=")), "{}", file.text);
        says(&app.page(&app.owner, "/admin/audit?action=export.finished").await?, "exported the audit log");
        Ok(())
    }
}
