//! Who may come in, and what they then may do.

use anyhow::Result;
use axum::body::Body;
use axum::http::{Request, header};
use northing_app::setup::{NewOrganization, SetUp};
use northing_app::sign_in::Credentials;
use northing_app::{Error, Via};
use northing_core::people::Role;
use northing_core::preferences::Theme;
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, PASSWORD, Person, form};
use serde_json::{Value, json};

both_engines! {
    async fn the_second_set_up_is_refused(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let again = SetUp {
            email: String::from("x@y.test"), name: String::from("X"), password: String::from(PASSWORD),
            organization: NewOrganization { name: String::from("Other"), ..NewOrganization::default() }, via: Via::CommandLine,
        };
        assert!(matches!(app.northing.set_up(again).await, Err(Error::Refused(refusal)) if refusal.code == "already_set_up"));
        Ok(())
    }

    async fn a_set_up_names_every_wrong_field(db: Database) -> Result<()> {
        let (northing, _, _) = App::bare(db.store())?;
        let wrong = SetUp {
            email: String::from("nobody"), name: String::from(" "), password: String::from("short"),
            organization: NewOrganization { name: String::new(), ..NewOrganization::default() }, via: Via::Browser,
        };
        let Err(Error::Invalid(errors)) = northing.set_up(wrong).await else { panic!("accepted") };
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_ref()).collect();
        assert_eq!(fields, ["email", "name", "password", "organization.name"]);
        assert!(!northing.is_set_up().await?);
        Ok(())
    }

    async fn me_tells_who_calls(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let me = app.api_ok(&app.owner, "GET", "/me", None).await?;
        assert_eq!(me["user"]["email"], "owner@calder.test");
        assert_eq!(me["organizations"][0]["slug"], "calder");
        assert_eq!(me["organizations"][0]["role"], "owner");
        assert_eq!(me["scopes"].as_array().map(Vec::len), Some(4));
        Ok(())
    }

    async fn without_a_token_nobody_calls(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        for token in ["", "Bearer ", "Bearer nth_wrong", "Basic abc"] {
            let request = Request::get("/api/v1/me").header(header::AUTHORIZATION, token).body(Body::empty())?;
            let answer = app.send(request).await?;
            assert_eq!((answer.status, answer.header("content-type")), (401, "application/problem+json"));
            assert_eq!(answer.json()["status"], 401);
        }
        Ok(())
    }

    async fn guessing_is_slowed_down_and_right_again_later(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let attempt = |email: &str, password: &str| app.northing.sign_in(Credentials {
            email: email.to_owned(), password: password.to_owned(), address: String::from("198.51.100.9"), user_agent: None,
        });
        for _ in 0..5 {
            assert!(matches!(attempt("owner@calder.test", "wrong").await, Err(Error::Invalid(_))));
        }
        assert!(matches!(attempt("owner@calder.test", PASSWORD).await, Err(Error::TooMany { .. })));
        // Another account from the same address is not held up, and an unknown one looks like a wrong password.
        assert!(matches!(attempt("nobody@calder.test", PASSWORD).await, Err(Error::Invalid(_))));
        app.clock.advance_millis(5 * 60_000);
        attempt("Owner@Calder.test", PASSWORD).await?;
        Ok(())
    }

    async fn sessions_end_by_sign_out_and_by_age(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let person = app.person(Role::Member).await?;
        assert_eq!(app.northing.session(&person.session).await?.user_id, person.id);
        // Seen again within two weeks it lives on; unseen for two weeks it ends.
        app.clock.advance_days(13);
        app.northing.session(&person.session).await?;
        app.clock.advance_days(13);
        app.northing.session(&person.session).await?;
        app.clock.advance_days(15);
        assert!(matches!(app.northing.session(&person.session).await, Err(Error::SignedOut)));
        let session = app.northing.session(&app.northing.sign_in(Credentials {
            email: person.email.clone(), password: String::from(PASSWORD), address: String::new(), user_agent: None,
        }).await?).await?;
        app.northing.end_session(person.id, session.session_id).await?;
        assert!(matches!(app.northing.end_session(person.id, session.session_id).await, Err(Error::NotFound(_))));
        Ok(())
    }

    async fn a_form_without_its_token_changes_nothing(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        for body in ["theme=dark".to_owned(), form(&[("theme", "dark"), ("csrf", "wrong")])] {
            let request = Request::post("/preferences/theme")
                .header(header::COOKIE, format!("session={}", app.owner.session))
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            assert_eq!(app.send(request.body(Body::from(body))?).await?.status, 403);
        }
        assert_eq!(app.northing.user(app.owner.id).await?.preferences.theme, Theme::System);
        assert_eq!(app.post(&app.owner, "/preferences/theme", &[("theme", "dark")]).await?.status, 303);
        assert_eq!(app.northing.user(app.owner.id).await?.preferences.theme, Theme::Dark);
        assert_eq!(app.post(&app.owner, "/preferences/theme", &[("theme", "pink")]).await?.status, 422);
        Ok(())
    }

    async fn every_answer_carries_the_strict_policy(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        for path in ["/healthz", "/readyz", "/nowhere", "/api/openapi.json", "/api/docs"] {
            let answer = app.page(&app.owner, path).await?;
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(answer.status, if path == "/nowhere" { 404 } else { 200 }, "{path}");
        }
        assert_eq!(app.page(&app.owner, "/api/openapi.json").await?.json()["openapi"], "3.1.0");
        assert_eq!(app.page(&app.owner, "/search?q=%00").await?.status, 400);
        Ok(())
    }
}

both_engines! {
    async fn a_stranger_finds_nothing_at_any_route(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let stranger = app.stranger().await?;
        let team = app.api_ok(&app.owner, "POST", "/orgs/calder/teams", Some(json!({"name": "Rivers"}))).await?;
        let ids = [
            ("{org}", app.org.to_string()), ("{user}", app.owner.id.to_string()),
            ("{team}", team["id"].as_str().unwrap_or("").to_owned()), ("{period}", app.period("Q1 2026").await?.to_string()),
        ];
        let mut walked = 0;
        for route in northing_web::routes().into_iter().filter(|route| route.api && route.path.contains('{')) {
            let mut path = route.path.trim_start_matches("/api/v1").to_owned();
            for (name, id) in &ids {
                path = path.replace(name, id);
            }
            // What is not of the organisation's frame leads to a goal that the stranger does not know either.
            while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
                path.replace_range(from..=to, &app.org.to_string());
            }
            let body = matches!(route.method.as_str(), "POST" | "PUT" | "PATCH").then(|| json!({}));
            let answer = app.api(&stranger, route.method.as_str(), &path, body).await?;
            assert_eq!(answer.status, 404, "{} {path}: {}", route.method, answer.text);
            walked += 1;
        }
        assert!(walked >= 15, "{walked}");
        Ok(())
    }

    async fn signed_out_people_see_no_page_but_the_open_ones(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let nobody = Person { session: String::from("wrong"), ..app.owner.clone() };
        for route in northing_web::routes().into_iter().filter(|route| !route.api && !route.open) {
            let path = route.path.replace(['{', '}', '*'], "");
            let answer = match route.method.as_str() {
                "GET" => app.page(&nobody, &path).await?,
                _ => app.post(&nobody, &path, &[]).await?,
            };
            assert!([303, 404, 405].contains(&answer.status), "{} {path}: {}", route.method, answer.status);
            assert!(answer.status != 303 || answer.header("location").starts_with("/sign-in"), "{path}");
        }
        Ok(())
    }

    async fn bad_input_is_named_and_changes_nothing(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        for (path, body, field) in [
            ("/orgs/calder/teams", json!({"name": "A", "colour": "red"}), "colour"),
            ("/orgs/calder/teams", json!({"name": 5}), "name"),
            ("/orgs/calder/teams", json!({}), "name"),
            ("/orgs/calder/teams", json!({"name": "A", "owners": ["x"]}), "owners[0]"),
            ("/orgs/calder/teams", json!({"name": "A", "owners": [app.org]}), "owners[0]"),
            ("/orgs/calder/teams", json!({"name": "A", "parent_id": app.org}), "parent_id"),
            ("/orgs/calder/members", json!({"email": "x", "name": "X"}), "email"),
            ("/orgs/calder/members", json!({"email": "owner@calder.test", "name": "X"}), "email"),
            ("/orgs/calder/periods", json!({"name": "P", "start_date": "2026-05-01", "end_date": "2026-04-01"}), "end_date"),
            ("/orgs/calder/periods", json!({"name": "q1 2026", "start_date": "2026-05-01", "end_date": "2026-05-02"}), "name"),
        ] {
            let answer = app.api(&app.owner, "POST", path, Some(body.clone())).await?;
            assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{body} {}", answer.text);
        }
        let long = json!({"name": "x".repeat(10 * 1024 * 1024)});
        assert_eq!(app.api(&app.owner, "POST", "/orgs/calder/teams", Some(long)).await?.status, 413);
        assert_eq!(app.api_ok(&app.owner, "GET", "/orgs/calder/teams", None).await?["items"], json!([]));
        let settings = json!({"settings": {"okr_model": "waterfall", "speed": 5}});
        let answer = app.api(&app.owner, "PATCH", "/orgs/calder", Some(settings)).await?;
        let mut fields = answer.fields();
        fields.sort();
        assert_eq!(fields, ["settings.okr_model", "settings.speed"]);
        Ok(())
    }

    async fn a_repeated_request_is_answered_and_not_done_again(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let key = [("idempotency-key", "k1")];
        let body = Some(json!({"name": "Rivers"}));
        let first = app.api_with(&app.owner, "POST", "/orgs/calder/teams", body.clone(), &key).await?;
        let again = app.api_with(&app.owner, "POST", "/orgs/calder/teams", body, &key).await?;
        assert_eq!((first.status, again.status, again.header("idempotency-replayed")), (201, 201, "true"));
        assert_eq!((first.text.clone(), first.header("etag")), (again.text.clone(), again.header("etag")));
        let other = app.api_with(&app.owner, "POST", "/orgs/calder/teams", Some(json!({"name": "Lakes"})), &key).await?;
        assert_eq!((other.status, other.fields()), (422, vec![String::from("Idempotency-Key")]));
        let team = first.json()["id"].as_str().unwrap_or("").to_owned();
        let path = format!("/orgs/calder/teams/{team}");
        let stale = app.api_with(&app.owner, "PATCH", &path, Some(json!({"name": "Seas"})), &[("if-match", "\"9\"")]).await?;
        assert_eq!(stale.status, 412);
        let fresh = app.api_with(&app.owner, "PATCH", &path, Some(json!({"name": "Seas"})), &[("if-match", "\"1\"")]).await?;
        assert_eq!((fresh.status, fresh.header("etag")), (200, "\"2\""));
        Ok(())
    }

    async fn only_owners_manage_owners_and_one_stays(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (admin, member) = (app.person(Role::Admin).await?, app.person(Role::Member).await?);
        let path = |who: &Person| format!("/orgs/calder/members/{}", who.id);
        for (by, of, change, status) in [
            (&member, &member, json!({"role": "admin"}), 403),
            (&admin, &member, json!({"role": "owner"}), 403),
            (&admin, &app.owner, json!({"role": "member"}), 403),
            (&app.owner, &app.owner, json!({"role": "member"}), 422),
            (&app.owner, &app.owner, json!({"status": "deactivated"}), 422),
            (&admin, &member, json!({"manager_id": admin.id}), 200),
            (&admin, &admin, json!({"manager_id": member.id}), 422),
            (&admin, &member, json!({"status": "deactivated"}), 200),
        ] {
            let answer = app.api(by, "PATCH", &path(of), Some(change.clone())).await?;
            assert_eq!(answer.status, status, "{change} {}", answer.text);
        }
        // Locked out at once, by token and by session.
        assert_eq!(app.api(&member, "GET", "/me", None).await?.status, 401);
        assert!(matches!(app.northing.session(&member.session).await, Err(Error::SignedOut)));
        let log = app.api_ok(&app.owner, "GET", "/orgs/calder/audit?action=member.deactivated", None).await?;
        assert_eq!(log["items"][0]["subject_id"], member.id.to_string());
        assert_eq!(app.api(&admin, "GET", "/orgs/calder/audit?limit=500", None).await?.status, 422);
        Ok(())
    }

    async fn teams_nest_without_cycles_and_part_when_archived(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let lead = app.person(Role::Member).await?;
        let top = app.api_ok(&app.owner, "POST", "/orgs/calder/teams", Some(json!({"name": "Top", "owners": [lead.id]}))).await?;
        let under = app.api_ok(&lead, "POST", "/orgs/calder/teams", Some(json!({"name": "Under", "parent_id": top["id"]}))).await?;
        assert_eq!(under["owners"], json!([lead.id]));
        let path = |team: &Value| format!("/orgs/calder/teams/{}", team["id"].as_str().unwrap_or(""));
        let cycle = app.api(&lead, "PATCH", &path(&top), Some(json!({"parent_id": under["id"]}))).await?;
        assert_eq!((cycle.status, cycle.fields()), (422, vec![String::from("parent_id")]));
        let archived = app.api_ok(&lead, "PATCH", &path(&top), Some(json!({"status": "archived"}))).await?;
        assert_eq!((&archived["status"], &archived["owners"]), (&json!("archived"), &json!([])));
        assert_eq!(app.api_ok(&lead, "GET", &path(&under), None).await?["parent_id"], Value::Null);
        assert_eq!(app.api(&lead, "DELETE", &path(&top), None).await?.status, 403);
        assert_eq!(app.api(&app.owner, "DELETE", &path(&top), None).await?.status, 204);
        Ok(())
    }

    async fn periods_are_made_and_switched_by_the_calendar(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let current = async || {
            let all = app.api_ok(&app.owner, "GET", "/orgs/calder/periods", None).await?;
            let items = all["items"].as_array().cloned().unwrap_or_default();
            let name = items.iter().find(|it| it["is_current"] == true).map(|it| it["name"].clone());
            anyhow::Ok((items.len(), name.unwrap_or_default()))
        };
        assert_eq!(current().await?, (5, json!("Q1 2026")));
        app.clock.set("2026-10-01T00:30:00Z".parse()?);
        app.northing.periods_tick().await?;
        assert_eq!(current().await?, (10, json!("Q4 2026")));
        app.northing.periods_tick().await?;
        let custom = json!({"name": "Sprint", "start_date": "2026-10-01", "end_date": "2026-11-30"});
        app.api_ok(&app.owner, "POST", "/orgs/calder/periods", Some(custom)).await?;
        app.clock.set("2027-01-01T00:30:00Z".parse()?);
        app.northing.periods_tick().await?;
        assert_eq!(current().await?, (11, json!("Q4 2026")));
        Ok(())
    }
}
