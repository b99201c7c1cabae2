//! Who may come in, and what they then may do.

use anyhow::Result;
use axum::body::Body;
use axum::http::{Request, header};
use northing_app::setup::{NewOrganization, SetUp};
use northing_app::sign_in::Credentials;
use northing_app::{Error, Via};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, PASSWORD, form};

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
        assert_eq!(app.northing.user(app.owner.id).await?.preferences, "{}");
        assert_eq!(app.post(&app.owner, "/preferences/theme", &[("theme", "dark")]).await?.status, 303);
        assert_eq!(app.northing.user(app.owner.id).await?.preferences, r#"{"theme":"dark"}"#);
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
