//! The set-up by pages: every address leads to it, each step keeps what it was told, and only the last one leaves anything.

use anyhow::Result;
use axum::Router;
use northing_store::{Store, row_counts};
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, PASSWORD};
use northing_testkit::visitor::Visitor;

async fn begun(db: &Store) -> Result<(Router, Visitor)> {
    let (_, _, router) = App::bare(db.clone())?;
    let visitor = Visitor::new(&router, "first");
    Ok((router, visitor))
}

const YOU: [(&str, &str); 3] =
    [("name", "Ruth Adeyemi"), ("email", "ruth@calder.test"), ("password", PASSWORD)];

/// Nothing of the set-up is in the store.
async fn nothing_is_kept(db: &Store) -> Result<()> {
    let counts = row_counts(&mut db.read().await?).await?;
    let filled: Vec<_> =
        counts.iter().filter(|(table, rows)| *rows > 0 && *table != "schema_version").collect();
    assert!(filled.is_empty(), "{filled:?}");
    Ok(())
}

both_engines! {
    async fn every_page_of_an_empty_installation_leads_to_the_set_up(db: Database) -> Result<()> {
        let (_, mut visitor) = begun(&db).await?;
        for path in ["/", "/explorer", "/goals/0199a000-0000-7000-8000-000000000000", "/account", "/sign-in", "/nowhere/at/all", "/welcome", "/organisations", "/invitation/x"] {
            let answer = visitor.page(path).await?;
            assert_eq!((answer.status, answer.header("location")), (303, "/setup"), "{path}");
        }
        assert_eq!(visitor.page("/setup").await?.header("location"), "/setup/you");
        assert_eq!(visitor.page("/healthz").await?.status, 200);
        assert_eq!(visitor.page("/api/v1/me").await?.status, 401);
        // No step is looked at before its beginnings are there.
        for path in ["/setup/organisation", "/setup/purpose", "/setup/check"] {
            assert_eq!(visitor.page(path).await?.header("location"), "/setup/you", "{path}");
        }
        Ok(())
    }

    async fn the_wizard_keeps_what_it_was_told_and_sets_up_at_the_end(db: Database) -> Result<()> {
        let (router, mut visitor) = begun(&db).await?;
        assert_eq!(visitor.post("/setup/you", &YOU).await?.header("location"), "/setup/organisation");
        let back = visitor.page("/setup/you").await?;
        assert!(back.text.contains("value=\"Ruth Adeyemi\"") && back.text.contains("value=\"ruth@calder.test\""), "{}", back.text);
        assert!(!back.text.contains(PASSWORD), "a password is never sent back");
        // The password stays without being typed again.
        assert_eq!(visitor.post("/setup/you", &[("name", "Ruth A"), ("email", "ruth@calder.test"), ("password", "")]).await?.status, 303);

        let suggested = visitor.page("/setup/slug?organization=Calder+Homes&slug=&suggested=").await?;
        assert!(suggested.text.contains("value=\"calder-homes\""), "{}", suggested.text);
        let chosen = visitor.page("/setup/slug?organization=Calder+Homes&slug=mine&suggested=calder").await?;
        assert!(chosen.text.contains("value=\"mine\""), "what somebody chose is left alone: {}", chosen.text);
        let organisation = [("organization", "Calder Homes"), ("slug", "")];
        assert_eq!(visitor.post("/setup/organisation", &organisation).await?.header("location"), "/setup/purpose");

        let purpose = [("north_star", "A warm home"), ("mission", ""), ("vision", "By 2035"), ("values", "First\n\n Second ")];
        assert_eq!(visitor.post("/setup/purpose", &purpose).await?.header("location"), "/setup/planning");
        let preview = visitor.page("/setup/planning/periods?start_month=4&time_zone=Europe/Berlin").await?;
        for period in ["Annual 2025", "Q4 2025", "Annual 2026", "1 April 2026"] {
            assert!(preview.text.contains(period), "{period}: {}", preview.text);
        }
        let planning = [("start_month", "4"), ("time_zone", "Europe/Berlin"), ("okr_model", "interchangeable")];
        assert_eq!(visitor.post("/setup/planning", &planning).await?.header("location"), "/setup/check");
        let check = visitor.page("/setup/check").await?;
        for told in ["Ruth A", "Calder Homes", "calder-homes", "A warm home", "First · Second", "April", "Europe/Berlin", "Q4 2025"] {
            assert!(check.text.contains(told), "{told}: {}", check.text);
        }
        nothing_is_kept(&db).await?;

        // Another browser has a set-up of its own, and sees nothing of this one.
        let mut other = Visitor::new(&router, "other");
        assert_eq!(other.page("/setup/check").await?.header("location"), "/setup/you");
        assert_eq!(other.post("/setup/check", &[]).await?.header("location"), "/setup/you");

        let done = visitor.post("/setup/check", &[]).await?;
        assert_eq!((done.status, done.header("location")), (303, "/welcome"));
        let welcome = visitor.page("/welcome").await?;
        assert_eq!(welcome.status, 200);
        for way in ["Calder Homes is ready", "/admin/members/new", "/goals/new?kind=objective"] {
            assert!(welcome.text.contains(way), "{way}: {}", welcome.text);
        }
        let about = visitor.page("/organisation").await?.text;
        assert!(about.contains("A warm home") && about.contains("By 2035") && about.contains("Q4 2025"), "{about}");

        // A second set-up is refused at every door, and leads to what is there.
        for path in ["/setup", "/setup/you", "/setup/check"] {
            assert_eq!(other.page(path).await?.header("location"), "/", "{path}");
        }
        for path in ["/setup/you", "/setup/check"] {
            assert_eq!(other.post(path, &YOU).await?.header("location"), "/", "{path}");
        }
        let mut again = Visitor::new(&router, "again");
        let signed_in = again.post("/sign-in", &[("email", "ruth@calder.test"), ("password", PASSWORD), ("next", "/welcome")]).await?;
        assert_eq!((signed_in.status, signed_in.header("location")), (303, "/welcome"));
        Ok(())
    }

    async fn each_step_names_what_is_wrong_and_keeps_the_rest(db: Database) -> Result<()> {
        let (_, mut visitor) = begun(&db).await?;
        let wrong = visitor.post("/setup/you", &[("name", ""), ("email", "nobody"), ("password", "short")]).await?;
        assert_eq!(wrong.status, 422);
        for message in ["Must not be empty", "Must be a mail address", "at least ten characters", "value=\"nobody\""] {
            assert!(wrong.text.contains(message), "{message}: {}", wrong.text);
        }
        let own = visitor.post("/setup/you", &[("name", "Ruth Adeyemi"), ("email", "r@c.test"), ("password", "ruthadeyemi1")]).await?;
        assert!(own.status == 422 && own.text.contains("is tried first"), "{}", own.text);
        visitor.post("/setup/you", &YOU).await?;
        for (slug, status) in [("No Spaces", 422), ("-x", 422), ("0199a000-0000-7000-8000-000000000000", 422), ("calder", 303)] {
            let answer = visitor.post("/setup/organisation", &[("organization", "Calder"), ("slug", slug)]).await?;
            assert_eq!(answer.status, status, "{slug}");
        }
        let long = "x".repeat(100_001);
        assert_eq!(visitor.post("/setup/purpose", &[("mission", &long)]).await?.status, 422);
        for (month, zone, model) in [("13", "UTC", "classic"), ("x", "UTC", "classic"), ("1", "Mars/Olympus", "classic"), ("1", "", "classic"), ("1", "UTC", "waterfall")] {
            let answer = visitor.post("/setup/planning", &[("start_month", month), ("time_zone", zone), ("okr_model", model)]).await?;
            assert_eq!(answer.status, 422, "{month} {zone} {model}");
        }
        nothing_is_kept(&db).await
    }

    async fn going_back_from_a_step_that_is_not_right_loses_nothing(db: Database) -> Result<()> {
        let (_, mut visitor) = begun(&db).await?;
        visitor.post("/setup/you", &YOU).await?;
        let back = visitor.post("/setup/organisation", &[("organization", "Calder"), ("slug", "Not Right"), ("go", "back")]).await?;
        assert_eq!(back.header("location"), "/setup/you");
        let again = visitor.page("/setup/organisation").await?;
        assert!(again.text.contains("value=\"Not Right\"") && again.text.contains("value=\"Calder\""), "{}", again.text);
        visitor.post("/setup/organisation", &[("organization", "Calder"), ("slug", "right")]).await?;
        assert!(visitor.page("/setup/organisation").await?.text.contains("value=\"right\""));
        Ok(())
    }

    async fn a_draft_of_the_wizard_needs_the_token_of_its_browser(db: Database) -> Result<()> {
        let (_, _, router) = App::bare(db.store())?;
        let request = axum::http::Request::post("/setup/you")
            .header("cookie", "form=first")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from("name=Eve&csrf=wrong"))?;
        let answer = tower::ServiceExt::oneshot(router, request).await?;
        assert_eq!(answer.status().as_u16(), 403);
        Ok(())
    }
}
