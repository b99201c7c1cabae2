//! Invitations and resets: good once, for a while, and made by admins only; the pages behind them.

use anyhow::Result;
use northing_app::links::{LinkKind, NewLink};
use northing_app::members::NewMember;
use northing_app::sign_in::Credentials;
use northing_app::{Actor, Error};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use northing_testkit::visitor::Visitor;
use serde_json::json;

const CHOSEN: &str = "a quite new sentence";

async fn acting(app: &App, email: &str) -> Result<Actor> {
    Ok(app.northing.operator(email, Some("calder")).await?)
}

fn nina() -> NewMember {
    NewMember {
        email: String::from("nina@calder.test"),
        name: String::from("Nina"),
        role: Role::Member,
        manager_id: None,
        time_zone: None,
        deactivated: false,
    }
}

/// Nina is invited: the link and the address of its page.
async fn invited(app: &App) -> Result<(NewLink, String)> {
    let owner = acting(app, "owner@calder.test").await?;
    let member = app.northing.create_member(&owner, nina()).await?;
    let link = app.northing.create_link(&owner, member.user_id).await?;
    let path = format!("/invitation/{}", link.secret);
    Ok((link, path))
}

both_engines! {
    async fn an_invitation_lets_in_once(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (link, path) = invited(&app).await?;
        assert_eq!(link.kind, LinkKind::Invitation);
        let mut guest = Visitor::new(&app.router, "guest");
        let page = guest.page(&path).await?;
        assert_eq!((page.status, page.header("referrer-policy")), (200, "no-referrer"));
        assert_eq!(page.header("cache-control"), "no-store");
        for told in ["Join Calder", "Ruth Owner invited you", "nina@calder.test", "value=\"Nina\""] {
            assert!(page.text.contains(told), "{told}: {}", page.text);
        }

        // Refused at the field, with what was typed; the link is still good.
        for (name, password, message) in [
            ("Nina Ray", "short", "Must have at least ten characters"),
            ("Nina Ray", "NinaRay2026", "Your name, address or organisation is tried first"),
            (" ", CHOSEN, "Must not be empty"),
        ] {
            let again = guest.post(&path, &[("name", name), ("password", password)]).await?;
            assert_eq!(again.status, 422, "{}", again.text);
            assert!(again.text.contains(message), "{message}: {}", again.text);
            assert!(!again.text.contains(&format!("value=\"{password}\"")));
        }

        let done = guest.post(&path, &[("name", "Nina Ray"), ("password", CHOSEN)]).await?;
        assert_eq!((done.status, done.header("location")), (303, "/"));
        assert!(guest.cookie("session").is_some());
        assert_eq!(guest.cookie("org"), Some(app.org.to_string().as_str()));
        let home = guest.page("/").await?;
        assert_eq!(home.status, 200);
        assert!(home.text.contains("Nina Ray"));

        let mut second = Visitor::new(&app.router, "second");
        let used = second.page(&path).await?;
        assert_eq!(used.status, 410);
        assert!(used.text.contains("This link was used") && used.text.contains("Ask Ruth Owner"), "{}", used.text);
        assert_eq!(second.post(&path, &[("name", "Eve"), ("password", CHOSEN)]).await?.status, 410);
        assert!(second.cookie("session").is_none());
        app.northing.sign_in(Credentials {
            email: String::from("nina@calder.test"), password: String::from(CHOSEN), address: String::new(), user_agent: None,
        }).await?;
        Ok(())
    }

    async fn an_invitation_expires_after_seven_days_and_says_whom_to_ask(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (_, path) = invited(&app).await?;
        let mut guest = Visitor::new(&app.router, "guest");
        app.clock.advance_days(6);
        assert_eq!(guest.page(&path).await?.status, 200);
        app.clock.advance_days(1);
        let late = guest.page(&path).await?;
        assert_eq!(late.status, 410);
        assert!(late.text.contains("This link has expired") && late.text.contains("Ask Ruth Owner"), "{}", late.text);
        assert_eq!(guest.post(&path, &[("name", "Nina"), ("password", CHOSEN)]).await?.status, 410);
        // A month later nothing is left to tell.
        app.clock.advance_days(31);
        app.northing.sweep().await?;
        assert_eq!(guest.page(&path).await?.status, 404);
        Ok(())
    }

    async fn a_link_that_leads_nowhere_says_so_and_guessing_is_slowed_down(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (link, path) = invited(&app).await?;
        let mut guest = Visitor::new(&app.router, "guest");
        let wrong = guest.page(&format!("/reset/{}", link.secret)).await?;
        assert_eq!(wrong.status, 404, "an invitation is no reset");
        assert!(wrong.text.contains("This link leads nowhere"));
        for _ in 1..20 {
            assert_eq!(guest.page("/invitation/guess").await?.status, 404);
        }
        let stopped = guest.page(&path).await?;
        assert_eq!((stopped.status, stopped.header("retry-after")), (429, "301"));
        assert!(stopped.text.contains("Wait 5 minutes and 1 second"), "{}", stopped.text);
        assert_eq!(guest.post(&path, &[("name", "Nina"), ("password", CHOSEN)]).await?.status, 429);
        app.clock.advance_millis(5 * 60_000);
        assert_eq!(guest.page(&path).await?.status, 200);
        Ok(())
    }

    async fn a_newer_link_and_a_deactivation_end_the_older_one(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (_, path) = invited(&app).await?;
        let owner = acting(&app, "owner@calder.test").await?;
        let found = app.api_ok(&app.owner, "GET", "/orgs/calder/members?q=nina", None).await?;
        let nina = found["items"][0]["user_id"].as_str().or(found["items"][0]["id"].as_str()).unwrap_or("").to_owned();
        let newer = app.northing.create_link(&owner, nina.parse()?).await?;
        let mut guest = Visitor::new(&app.router, "guest");
        assert_eq!(guest.page(&path).await?.status, 404);
        let path = format!("/invitation/{}", newer.secret);
        assert_eq!(guest.page(&path).await?.status, 200);
        app.api_ok(&app.owner, "PATCH", &format!("/orgs/calder/members/{nina}"), Some(json!({"status": "deactivated"}))).await?;
        let gone = guest.page(&path).await?;
        assert_eq!(gone.status, 410);
        assert!(gone.text.contains("deactivated") && gone.text.contains("Ask Ruth Owner to bring you back"), "{}", gone.text);
        Ok(())
    }

    async fn a_reset_ends_what_was_open_and_members_make_none(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = acting(&app, "owner@calder.test").await?;
        let person = app.person(Role::Member).await?;
        let member = acting(&app, &person.email).await?;
        assert!(matches!(app.northing.create_link(&member, person.id).await, Err(Error::Forbidden(_))));
        let link = app.northing.create_link(&owner, person.id).await?;
        assert_eq!(link.kind, LinkKind::Reset);
        let path = format!("/reset/{}", link.secret);
        let mut guest = Visitor::new(&app.router, "guest");
        let page = guest.page(&path).await?;
        assert!(page.text.contains("Choose a new password") && !page.text.contains("name=\"name\""), "{}", page.text);
        let done = guest.post(&path, &[("password", CHOSEN), ("name", "Somebody Else")]).await?;
        assert_eq!((done.status, done.header("location")), (303, "/"));
        assert!(matches!(app.northing.session(&person.session).await, Err(Error::SignedOut)));
        assert_eq!(app.api(&person, "GET", "/me", None).await?.status, 401);
        let now = app.northing.session(guest.cookie("session").unwrap_or("")).await?;
        assert_eq!((now.user_id, now.name.as_str()), (person.id, "member 0"), "a reset changes no name");
        app.clock.advance_days(1);
        assert_eq!(guest.page(&path).await?.status, 410);
        Ok(())
    }

    async fn a_form_without_the_token_of_its_browser_uses_no_link(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (_, path) = invited(&app).await?;
        let forged = axum::http::Request::post(&path)
            .header("cookie", "form=guest")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(format!("name=Eve&password={}&csrf=wrong", CHOSEN.replace(' ', "+"))))?;
        assert_eq!(app.send(forged).await?.status, 403);
        assert_eq!(Visitor::new(&app.router, "guest").page(&path).await?.status, 200);
        Ok(())
    }
}
