//! The pages of those who run an organisation: who may open them, what they save, refuse and tell.

use anyhow::Result;
use northing_app::PageRequest;
use northing_app::members::MemberFilter;
use northing_app::sign_in::Credentials;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{Answer, App, PASSWORD, Person};
use serde_json::json;

/// What a form of the organisation's page sends, with changes.
fn organisation<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("version", "1"),
        ("name", "Calder"),
        ("slug", "calder"),
        ("join", "restricted"),
        ("invite_people", "named"),
        ("default_account", "regular"),
        ("create_organization_goals", "team_owners"),
        ("create_team_goals", "team_owners"),
        ("create_teams", "team_owners"),
        ("create_tags", "anyone"),
        ("time_zone", "Europe/London"),
        ("planning_year_start_month", "1"),
    ];
    fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    fields.extend_from_slice(changes);
    fields
}

/// Walks every admin route with somebody's session: the statuses that they get.
async fn walk(app: &App, by: &Person, ids: &[(&str, String)]) -> Result<Vec<(String, u16)>> {
    let mut found = Vec::new();
    for route in
        northing_web::routes().into_iter().filter(|route| !route.api && route.path.starts_with("/admin"))
    {
        let mut path = route.path.clone();
        for (name, id) in ids {
            path = path.replace(name, id);
        }
        let answer = match route.method.as_str() {
            "GET" => app.page(by, &path).await?,
            _ => app.post(by, &path, &[("act", "activate"), ("member", &ids[0].1)]).await?,
        };
        found.push((format!("{} {path}", route.method), answer.status));
    }
    assert!(found.len() >= 15, "{found:?}");
    Ok(found)
}

fn says(answer: &Answer, text: &str) {
    assert!(answer.text.contains(text), "{text} in {}", answer.text);
}

both_engines! {
    async fn only_owners_and_admins_open_the_settings(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (admin, member, observer) = (app.person(Role::Admin).await?, app.person(Role::Member).await?, app.observer().await?);
        let team = app.api_ok(&app.owner, "POST", "/orgs/calder/teams", Some(json!({"name": "Sails"}))).await?;
        let ids = [
            ("{user}", member.id.to_string()), ("{period}", app.period("Q2 2026").await?.to_string()),
            ("{team}", team["id"].as_str().unwrap_or_default().to_owned()), ("{kind}", String::from("azure_devops")),
            ("{join_request}", member.id.to_string()),
        ];
        for by in [&member, &observer] {
            for (route, status) in walk(&app, by, &ids).await? {
                assert_eq!(status, 403, "{route}");
            }
        }
        for (route, status) in walk(&app, &admin, &ids).await? {
            assert!(![403, 500].contains(&status), "{route} {status}");
        }
        // And nothing leads there for those who may not.
        says(&app.page(&app.owner, "/explorer").await?, "href=\"/admin\"");
        assert!(!app.page(&member, "/explorer").await?.text.contains("href=\"/admin\""));
        Ok(())
    }

    async fn the_organisation_is_saved_refused_and_told_apart(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let named = app.person(Role::Member).await?.id.to_string();
        let fields = organisation(&[
            ("mission", "Weave canvas"), ("values", "Say it\nDo it"), ("create_teams", "named"), ("team_creators", &named),
        ]);
        let saved = app.post(&app.owner, "/admin", &fields).await?;
        assert_eq!((saved.status, saved.header("location")), (303, "/admin?saved=true"));
        let shown = app.page(&app.owner, "/admin?saved=true").await?;
        for text in ["Saved.", "Weave canvas", "Say it\nDo it", "Europe/London", &named] {
            says(&shown, text);
        }
        let it = app.api_ok(&app.owner, "GET", "/orgs/calder", None).await?;
        assert_eq!(it["settings"]["team_creators"], json!([named]));
        // Every wrong field at once, each told at its place, and nothing changed.
        let wrong = organisation(&[("version", "2"), ("name", " "), ("slug", "Not Good"), ("time_zone", "Mars"), ("mission", "Lost?")]);
        let refused = app.post(&app.owner, "/admin", &wrong).await?;
        assert_eq!(refused.status, 422);
        for text in ["id=\"name-error\"", "id=\"slug-error\"", "id=\"time_zone-error\"", "Lost?"] {
            says(&refused, text);
        }
        assert_eq!(app.api_ok(&app.owner, "GET", "/orgs/calder", None).await?["version"], 2);
        // Somebody was first: both versions are shown, what was typed stays, and saving again means it.
        let late = organisation(&[("version", "1"), ("mission", "Sew sails")]);
        let conflict = app.post(&app.owner, "/admin", &late).await?;
        assert_eq!(conflict.status, 409);
        for text in ["Somebody else changed", "Weave canvas", "Sew sails", "name=\"version\" value=\"2\""] {
            says(&conflict, text);
        }
        let again = organisation(&[("version", "2"), ("mission", "Sew sails")]);
        assert_eq!(app.post(&app.owner, "/admin", &again).await?.status, 303);
        Ok(())
    }

    async fn a_search_without_scripts_offers_people(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let person = app.person(Role::Member).await?;
        let fields = organisation(&[("create_teams", "named"), ("team_creators_query", "member"), ("search", "team_creators")]);
        let shown = app.post(&app.owner, "/admin", &fields).await?;
        assert_eq!(shown.status, 200);
        says(&shown, &format!("name=\"team_creators\" value=\"{}\"", person.id));
        Ok(())
    }

    async fn switching_the_model_asks_first_and_holds_from_then_on(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let objective = json!({"kind": "objective", "title": "Sail", "level": "organization", "metric": {"kind": "reach", "target": 5}});
        assert_eq!(app.api(&app.owner, "POST", "/orgs/calder/goals", Some(objective.clone())).await?.status, 422);
        let fields = |more: &[(&'static str, &'static str)]| {
            let mut fields = vec![("version", "1"), ("okr_model", "interchangeable"), ("initiatives", "true"), ("initiative_contribution", "blocked")];
            fields.extend_from_slice(more);
            fields
        };
        let asked = app.post(&app.owner, "/admin/model", &fields(&[])).await?;
        says(&asked, "Yes, switch");
        says(&asked, "Goals that exist are left exactly as they are");
        assert_eq!(app.api_ok(&app.owner, "GET", "/orgs/calder", None).await?["settings"]["okr_model"], "classic");
        assert_eq!(app.post(&app.owner, "/admin/model", &fields(&[("confirmed", "true")])).await?.status, 303);
        let it = app.api_ok(&app.owner, "GET", "/orgs/calder", None).await?;
        assert_eq!((&it["settings"]["okr_model"], &it["settings"]["initiative_contribution"]), (&json!("interchangeable"), &json!("blocked")));
        let made = app.api_ok(&app.owner, "POST", "/orgs/calder/goals", Some(objective)).await?;
        // Back again: what exists stays, and what is new is refused.
        let back = [("version", "2"), ("okr_model", "classic"), ("initiatives", "true"), ("initiative_contribution", "blocked"), ("confirmed", "true")];
        assert_eq!(app.post(&app.owner, "/admin/model", &back).await?.status, 303);
        let id = made["id"].as_str().unwrap_or_default();
        let kept = app.api_ok(&app.owner, "GET", &format!("/goals/{id}"), None).await?;
        assert_eq!(kept["metric"]["kind"], "reach");
        assert_eq!(app.api(&app.owner, "PATCH", &format!("/goals/{id}"), Some(json!({"title": "Sail on"}))).await?.status, 200);
        // The preview says what the choice would allow, and changes nothing.
        let preview = app.post(&app.owner, "/admin/model/preview", &fields(&[])).await?;
        says(&preview, "What may be aligned to what");
        Ok(())
    }

    async fn rules_for_status_and_scores_are_checked_at_their_fields(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let send = |on: &'static str, behind: &'static str, yellow: &'static str, green: &'static str| {
            let app = app.clone();
            async move {
                let fields = [
                    ("version", "1"), ("shared_goals", "true"), ("status_source", "key_results"), ("on_track_gap", on), ("behind_gap", behind),
                    ("yellow_from", yellow), ("green_from", green),
                ];
                app.post(&app.owner, "/admin/goals", &fields).await
            }
        };
        for (values, field) in [
            (("ten", "25", "0.5", "0.7"), "on_track_gap"), (("10", "5", "0.5", "0.7"), "behind_gap"), (("0", "101", "0.5", "0.7"), "behind_gap"),
            (("0", "25", "0.8", "0.7"), "green_from"), (("0", "25", "-1", "0.7"), "yellow_from"),
        ] {
            let refused = send(values.0, values.1, values.2, values.3).await?;
            assert_eq!(refused.status, 422, "{values:?}");
            says(&refused, &format!("id=\"{field}-error\""));
        }
        assert_eq!(send("10", "40,5", "0.4", "0.8").await?.status, 303);
        let it = app.api_ok(&app.owner, "GET", "/orgs/calder", None).await?;
        assert_eq!((&it["settings"]["behind_gap"], &it["settings"]["score_bands"]["green_from"]), (&json!(40.5), &json!(0.8)));
        assert_eq!((&it["settings"]["multiple_alignment"], &it["settings"]["status_source"]), (&json!(false), &json!("key_results")));
        let fields = [("on_track_gap", "10"), ("behind_gap", "40"), ("yellow_from", "0.5"), ("green_from", "0.7")];
        let example = app.post(&app.owner, "/admin/goals/preview", &fields).await?;
        for text in ["at 40% or more", "from 10% to below 40%", "below 10%"] {
            says(&example, text);
        }
        Ok(())
    }

    async fn people_are_invited_by_list_with_links_shown_once(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        assert_eq!(app.page(&app.owner, "/admin/members/new").await?.status, 200);
        let empty = app.post(&app.owner, "/admin/members", &[("people", " \n"), ("role", "member")]).await?;
        assert_eq!(empty.status, 422);
        says(&empty, "id=\"people-error\"");
        let list = [("people", "Ada Byron <ada@calder.test>\nnobody\nowner@calder.test"), ("role", "member")];
        let told = app.post(&app.owner, "/admin/members", &list).await?;
        for text in ["1 of 3 done", "Ada Byron", "/invitation/", "There is no mail address that could be one.", "Is there already"] {
            says(&told, text);
        }
        let filter = MemberFilter { text: Some(String::from("ada")), ..MemberFilter::default() };
        let found = app.northing.list_members(&app.owner.actor, &filter, &PageRequest::first()).await?;
        let ada = found.items[0].user_id;
        let page = app.page(&app.owner, &format!("/admin/members/{ada}")).await?;
        says(&page, "An invitation is open until");
        assert!(!page.text.contains("/invitation/"));
        let anew = app.post(&app.owner, &format!("/admin/members/{ada}/link"), &[]).await?;
        says(&anew, "/invitation/");
        assert_eq!(app.post(&app.owner, &format!("/admin/members/{ada}/link/cancellation"), &[]).await?.status, 303);
        says(&app.page(&app.owner, "/admin/members?status=invited").await?, "no open link");
        Ok(())
    }

    async fn a_member_is_changed_and_the_last_owner_stays(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (admin, member) = (app.person(Role::Admin).await?, app.person(Role::Member).await?);
        let path = format!("/admin/members/{}", member.id);
        let manager = admin.id.to_string();
        let change = |version: &'static str, name: &'static str| {
            vec![("version", version), ("name", name), ("email", member.email.as_str()), ("role", "observer"), ("manager_id", manager.as_str()), ("time_zone", "")]
        };
        assert_eq!(app.post(&admin, &path, &change("1", "Mia Stone")).await?.status, 303);
        says(&app.page(&admin, &format!("/admin/members?manager={manager}")).await?, "Mia Stone");
        let late = app.post(&admin, &path, &change("1", "Mia Rock")).await?;
        assert_eq!(late.status, 409);
        for text in ["Mia Stone", "Mia Rock", "Somebody else changed"] {
            says(&late, text);
        }
        // An admin sees owners and does not change them; the last owner is kept, and told why.
        let owner = format!("/admin/members/{}", app.owner.id);
        says(&app.page(&admin, &owner).await?, "Only owners of the organisation change owners");
        let fields = [("version", "1"), ("name", "Ruth Owner"), ("email", "owner@calder.test"), ("role", "member")];
        assert_eq!(app.post(&admin, &owner, &fields).await?.status, 403);
        let last = app.post(&app.owner, &owner, &fields).await?;
        assert_eq!(last.status, 422);
        says(&last, "This is the last owner");
        Ok(())
    }

    async fn who_is_deactivated_is_out_and_who_is_deleted_leaves_a_trace(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let member = app.person(Role::Member).await?;
        let goal = json!({"kind": "objective", "title": "Sail", "level": "individual", "owner_ids": [member.id]});
        let goal = app.api_ok(&member, "POST", "/orgs/calder/goals", Some(goal)).await?;
        let path = format!("/admin/members/{}", member.id);
        let asked = app.page(&app.owner, &format!("{path}/deactivation")).await?;
        for text in ["signed out everywhere at once", "1 open goal keeps them as an owner"] {
            says(&asked, text);
        }
        assert_eq!(app.post(&app.owner, &format!("{path}/deactivation"), &[("version", "1")]).await?.status, 303);
        assert_eq!(app.page(&member, "/").await?.header("location"), "/sign-in");
        let again = Credentials { email: member.email.clone(), password: String::from(PASSWORD), address: String::new(), user_agent: None };
        assert_eq!(app.post(&app.owner, &format!("{path}/activation"), &[("version", "2")]).await?.status, 303);
        app.northing.sign_in(again).await?;
        says(&app.page(&app.owner, &format!("{path}/deletion")).await?, "Deleted user");
        assert_eq!(app.post(&app.owner, &format!("{path}/deletion"), &[("version", "3")]).await?.status, 303);
        assert_eq!(app.page(&app.owner, &path).await?.status, 404);
        let kept = app.api_ok(&app.owner, "GET", &format!("/goals/{}", goal["id"].as_str().unwrap_or_default()), None).await?;
        assert_eq!(kept["owner_ids"], json!([member.id]));
        Ok(())
    }

    async fn several_members_are_changed_together(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (one, two) = (app.person(Role::Member).await?, app.person(Role::Member).await?);
        let (one, two, owner) = (one.id.to_string(), two.id.to_string(), app.owner.id.to_string());
        let chosen = [("member", one.as_str()), ("member", &two), ("member", &owner)];
        let with = |more: &[(&'static str, &'static str)]| {
            let mut fields = chosen.to_vec();
            fields.extend_from_slice(more);
            fields
        };
        let told = app.post(&app.owner, "/admin/members/bulk", &with(&[("act", "role"), ("role", "observer")])).await?;
        says(&told, "2</b> of 3 changed".replace("</b>", "").as_str());
        says(&told, "This is the last owner");
        let asked = app.post(&app.owner, "/admin/members/bulk", &with(&[("act", "deactivate")])).await?;
        says(&asked, "Deactivate 3 people");
        let told = app.post(&app.owner, "/admin/members/bulk", &with(&[("act", "deactivate"), ("confirmed", "true")])).await?;
        says(&told, "2 of 3 changed");
        for fields in [vec![("act", "role"), ("role", "admin")], vec![("member", one.as_str()), ("act", "role")], vec![("member", one.as_str())]] {
            assert_eq!(app.post(&app.owner, "/admin/members/bulk", &fields).await?.status, 422);
        }
        Ok(())
    }

    async fn the_list_of_members_costs_the_same_at_any_length(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let mut costs = Vec::new();
        for _ in 0..2 {
            let before = db.statements();
            assert_eq!(app.page(&app.owner, "/admin/members").await?.status, 200);
            costs.push(db.statements() - before);
            let people: String = (0..70).map(|n| format!("person{n}@calder.test\n")).collect();
            app.post(&app.owner, "/admin/members", &[("people", &people)]).await?;
        }
        assert_eq!(costs[0], costs[1]);
        let page = app.page(&app.owner, "/admin/members").await?.text;
        let (_, rest) = page.split_once("hx-get=\"/admin/members/rows?").unwrap_or_default();
        let more = rest.split('"').next().unwrap_or_default().replace("&amp;", "&");
        let rows = app.fragment(&app.owner, &format!("/admin/members/rows?{more}")).await?;
        assert_eq!(rows.text.matches("name=\"member\"").count(), 11);
        Ok(())
    }
}
