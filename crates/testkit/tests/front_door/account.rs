//! A person's own account by pages and by the API: profile, password, preferences, sessions, tokens; organisations of several.

use anyhow::Result;
use northing_app::sign_in::Credentials;
use northing_app::tokens::TokenInput;
use northing_app::{Error, Scope};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, PASSWORD, Person};
use northing_testkit::visitor::Visitor;
use serde_json::{Value, json};

const CHOSEN: &str = "a quite new sentence";

async fn signs_in(app: &App, email: &str, password: &str) -> bool {
    let given = Credentials {
        email: email.to_owned(),
        password: password.to_owned(),
        address: String::from("203.0.113.7"),
        user_agent: None,
    };
    app.northing.sign_in(given).await.is_ok()
}

both_engines! {
    async fn a_profile_is_changed_in_every_organisation(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let person = app.person(Role::Member).await?;
        let page = app.page(&person, "/account").await?;
        assert!(page.status == 200 && page.text.contains("Europe/Berlin") && page.text.contains(&person.email), "{}", page.text);
        let fields = [("name", "Nina Ray"), ("title", "Planner"), ("department", "Field"), ("time_zone", "Asia/Tokyo"), ("version", "1")];
        let done = app.post(&person, "/account", &fields).await?;
        assert_eq!((done.status, done.header("location")), (303, "/account?saved"));
        let me = app.api_ok(&person, "GET", "/me", None).await?;
        assert_eq!((&me["user"]["name"], &me["user"]["title"], &me["user"]["time_zone"]), (&json!("Nina Ray"), &json!("Planner"), &json!("Asia/Tokyo")));
        let listed = app.api_ok(&app.owner, "GET", &format!("/orgs/calder/members/{}", person.id), None).await;
        let listed = match listed { Ok(it) => it, Err(_) => app.api_ok(&app.owner, "GET", "/orgs/calder/members?q=nina", None).await?["items"][0].clone() };
        assert_eq!(listed["name"], "Nina Ray");

        // Refused at the field; somebody else's change in between is told, and nothing typed is lost.
        let wrong = app.post(&person, "/account", &[("name", ""), ("time_zone", "Mars/Olympus"), ("version", "2")]).await?;
        assert!(wrong.status == 422 && wrong.text.contains("must be a time zone") || wrong.text.contains("Must be a time zone"), "{}", wrong.text);
        let stale = app.post(&person, "/account", &[("name", "Nina Stale"), ("version", "1")]).await?;
        assert!(stale.status == 409 && stale.text.contains("value=\"Nina Stale\"") && stale.text.contains("<td>Nina Ray</td><td>Nina Stale</td>"), "{}", stale.text);
        assert_eq!(app.northing.user(person.id).await?.name, "Nina Ray");

        // The same by the API, with If-Match.
        let stale = app.api_with(&person, "PATCH", "/me", Some(json!({"title": "Lead"})), &[("if-match", "\"1\"")]).await?;
        assert_eq!(stale.status, 412);
        let patched = app.api_with(&person, "PATCH", "/me", Some(json!({"title": null, "department": "North"})), &[("if-match", "\"2\"")]).await?;
        assert_eq!((patched.status, patched.header("etag"), &patched.json()["user"]["title"]), (200, "\"3\"", &Value::Null));
        let unknown = app.api(&person, "PATCH", "/me", Some(json!({"role": "owner"}))).await?;
        assert_eq!((unknown.status, unknown.fields()), (422, vec![String::from("role")]));
        Ok(())
    }

    async fn a_password_is_changed_by_whoever_knows_the_old_one(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let person = app.person(Role::Member).await?;
        assert!(signs_in(&app, &person.email, PASSWORD).await);
        for (old, new, message) in [
            ("wrong", CHOSEN, "Is not your password"),
            (PASSWORD, "short", "Must have at least ten characters"),
            (PASSWORD, "Password2026!", "is tried first"),
            (PASSWORD, PASSWORD, "Must differ from the old one"),
        ] {
            let refused = app.post(&person, "/account/password", &[("old_password", old), ("new_password", new)]).await?;
            assert!(refused.status == 422 && refused.text.contains(message), "{message}: {}", refused.text);
            assert!(!refused.text.contains(&format!("value=\"{old}\"")), "secrets are not sent back");
        }
        let done = app.post(&person, "/account/password", &[("old_password", PASSWORD), ("new_password", CHOSEN)]).await?;
        assert_eq!((done.status, done.header("location")), (303, "/account/password?saved=1"));
        assert_eq!(app.page(&person, "/account").await?.status, 200, "this session stays");
        assert!(!signs_in(&app, &person.email, PASSWORD).await && signs_in(&app, &person.email, CHOSEN).await);
        // Guessing the old one is slowed down as signing in is.
        for _ in 0..5 {
            app.post(&person, "/account/password", &[("old_password", "guess"), ("new_password", "another new sentence")]).await?;
        }
        let stopped = app.post(&person, "/account/password", &[("old_password", CHOSEN), ("new_password", "another new sentence")]).await?;
        assert!(stopped.status == 429 && stopped.text.contains("Wait"), "{}", stopped.text);
        Ok(())
    }

    async fn preferences_are_seen_on_the_next_page(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let person = app.person(Role::Member).await?;
        assert!(app.page(&person, "/explorer").await?.text.contains("<html lang=\"en-GB\">"));
        let done = app.post(&person, "/account/preferences", &[("theme", "dark"), ("alerts", "none")]).await?;
        assert_eq!((done.status, done.header("location")), (303, "/account/preferences?saved"));
        assert!(app.page(&person, "/explorer").await?.text.contains("<html lang=\"en-GB\" data-theme=\"dark\" data-shortcuts=\"off\">"));
        app.post(&person, "/account/preferences", &[("theme", "system"), ("shortcuts", "true"), ("alerts", "all")]).await?;
        assert!(app.page(&person, "/explorer").await?.text.contains("<html lang=\"en-GB\">"));
        for wrong in [[("theme", "pink"), ("alerts", "all")], [("theme", "dark"), ("alerts", "some")]] {
            assert_eq!(app.post(&person, "/account/preferences", &wrong).await?.status, 422);
        }
        Ok(())
    }

    async fn sessions_are_listed_and_ended_by_their_person_alone(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let person = app.person(Role::Member).await?;
        let mut elsewhere = Visitor::new(&app.router, "elsewhere");
        elsewhere.post("/sign-in", &[("email", &person.email), ("password", PASSWORD)]).await?;
        assert_eq!(elsewhere.page("/account").await?.status, 200);
        let page = app.page(&person, "/account/sessions").await?;
        assert!(page.text.contains("Firefox on Linux") && page.text.contains("this one"), "{}", page.text);
        let listed = app.northing.list_sessions(person.id).await?;
        assert_eq!(listed.len(), 2);
        let theirs = app.northing.list_sessions(app.owner.id).await?[0].id.to_string();
        assert_eq!(app.post(&person, "/account/sessions/end", &[("which", &theirs)]).await?.status, 404);
        assert_eq!(app.post(&person, "/account/sessions/end", &[("which", "x")]).await?.status, 404);
        let other = listed[0].id.to_string();
        assert_eq!(app.post(&person, "/account/sessions/end", &[("which", &other)]).await?.status, 303);
        assert_eq!(elsewhere.page("/account").await?.header("location"), "/sign-in?next=%2Faccount");

        elsewhere.post("/sign-in", &[("email", &person.email), ("password", PASSWORD)]).await?;
        assert_eq!(app.post(&person, "/account/sessions/end", &[("which", "others")]).await?.status, 303);
        assert_eq!(app.northing.list_sessions(person.id).await?.len(), 1);
        let everywhere = app.post(&person, "/account/sessions/end", &[("which", "all")]).await?;
        assert_eq!(everywhere.header("location"), "/sign-in");
        assert!(matches!(app.northing.session(&person.session).await, Err(Error::SignedOut)));
        Ok(())
    }

    async fn a_token_is_shown_once_and_revoked_after_asking(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let person = app.person(Role::Member).await?;
        for (fields, message) in [
            (vec![("name", ""), ("scope", "read")], "Must not be empty"),
            (vec![("name", "Report")], "Choose at least one"),
            (vec![("name", "Report"), ("scope", "all")], "Are not all known"),
            (vec![("name", "Report"), ("scope", "read"), ("expires_in_days", "366")], "Must be between 1 and 365"),
            (vec![("name", "Report"), ("scope", "read"), ("organization", "elsewhere")], "Is none of yours"),
        ] {
            let refused = app.post(&person, "/account/tokens", &fields).await?;
            assert!(refused.status == 422 && refused.text.contains(message), "{message}: {}", refused.text);
        }
        let org = app.org.to_string();
        let fields = [("name", "Report"), ("scope", "read"), ("scope", "checkin"), ("expires_in_days", "30"), ("organization", &*org)];
        let made = app.post(&person, "/account/tokens", &fields).await?;
        assert_eq!(made.status, 200, "{}", made.text);
        let secret = made.text.split("value=\"nth_").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("");
        let by = Person { token: format!("nth_{secret}"), ..person.clone() };
        let me = app.api_ok(&by, "GET", "/me", None).await?;
        assert_eq!(me["scopes"], json!(["read", "checkin"]));
        assert_eq!(app.api(&by, "POST", "/orgs/calder/teams", Some(json!({"name": "No"}))).await?.status, 403, "beyond its scopes");
        let list = app.page(&person, "/account/tokens").await?;
        assert!(list.text.contains("Report") && !list.text.contains(secret), "shown once");

        let found = app.northing.list_tokens(person.id).await?;
        let id = found.iter().find(|it| it.name == "Report").map(|it| it.id.to_string()).unwrap_or_default();
        let path = format!("/account/tokens/{id}/revocation");
        assert!(app.fragment(&person, &path).await?.text.contains("Revoke “Report”?"));
        assert_eq!(app.page(&person, &path).await?.status, 200);
        assert_eq!(app.page(&app.owner, &path).await?.status, 404, "of somebody else");
        assert_eq!(app.post(&app.owner, &path, &[]).await?.status, 404);
        assert_eq!(app.post(&person, &path, &[]).await?.header("location"), "/account/tokens?revoked");
        assert_eq!(app.api(&by, "GET", "/me", None).await?.status, 401);
        assert_eq!(app.post(&person, &path, &[]).await?.status, 404, "once");

        let observer = app.person(Role::Member).await?;
        app.api_ok(&app.owner, "PATCH", &format!("/orgs/calder/members/{}", observer.id), Some(json!({"role": "observer"}))).await?;
        assert!(app.page(&observer, "/account/tokens").await?.text.contains("Observers make no tokens"));
        assert_eq!(app.post(&observer, "/account/tokens", &[("name", "X"), ("scope", "read")]).await?.status, 403);
        Ok(())
    }

    async fn tokens_and_sessions_by_the_api(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let person = app.person(Role::Member).await?;
        let body = json!({"name": "Job", "scopes": ["read"], "expires_in_days": 7, "organization": "calder"});
        let made = app.api(&person, "POST", "/me/tokens", Some(body)).await?;
        assert_eq!(made.status, 201, "{}", made.text);
        let made = made.json();
        let job = Person { token: made["token"].as_str().unwrap_or("").to_owned(), ..person.clone() };
        assert!(job.token.starts_with("nth_"));
        assert_eq!(made["organization_id"], app.org.to_string());
        // Repeated under the same key it is not made again, nor told again: what holds a secret is kept nowhere.
        let body = Some(json!({"name": "Repeated", "scopes": ["read"]}));
        let key = [("idempotency-key", "once")];
        let first = app.api_with(&person, "POST", "/me/tokens", body.clone(), &key).await?;
        let again = app.api_with(&person, "POST", "/me/tokens", body, &key).await?;
        assert!(first.status == 201 && again.status == 409 && !again.text.contains("nth_"), "{}", again.text);
        let id = first.json()["id"].as_str().unwrap_or("").to_owned();
        app.api_ok(&person, "DELETE", &format!("/me/tokens/{id}"), None).await?;
        let listed = app.api_ok(&job, "GET", "/me/tokens", None).await?;
        assert_eq!(listed["items"][0]["name"], "Job");
        assert!(listed["items"].as_array().is_some_and(|all| all.len() == 2 && all.iter().all(|it| it.get("token").is_none())));
        // A token makes no token beyond itself, and one without the scope makes none at all.
        for (body, field) in [
            (json!({"name": "X", "scopes": [], "expires_in_days": 7}), "scopes"),
            (json!({"name": "X", "scopes": ["read"], "expires_in_days": 400}), "expires_in_days"),
            (json!({"name": "X", "scopes": ["read"], "organization": "elsewhere"}), "organization"),
            (json!({"name": "X", "scopes": ["read"], "colour": 1}), "colour"),
        ] {
            let refused = app.api(&person, "POST", "/me/tokens", Some(body)).await?;
            assert_eq!((refused.status, refused.fields()), (422, vec![field.to_owned()]), "{}", refused.text);
        }
        for (method, path, body) in [
            ("POST", "/me/tokens", Some(json!({"name": "X", "scopes": ["read"]}))),
            ("PATCH", "/me", Some(json!({"name": "X"}))),
            ("DELETE", "/me/sessions/0199a000-0000-7000-8000-000000000000", None),
            ("DELETE", "/me/tokens/0199a000-0000-7000-8000-000000000000", None),
        ] {
            assert_eq!(app.api(&job, method, path, body).await?.status, 403, "{method} {path}");
        }
        let token = made["id"].as_str().unwrap_or("");
        assert_eq!(app.api(&app.owner, "DELETE", &format!("/me/tokens/{token}"), None).await?.status, 404);
        assert_eq!(app.api(&person, "DELETE", &format!("/me/tokens/{token}"), None).await?.status, 204);
        assert_eq!(app.api(&job, "GET", "/me", None).await?.status, 401);

        let sessions = app.api_ok(&person, "GET", "/me/sessions", None).await?;
        let session = sessions["items"][0]["id"].as_str().unwrap_or("").to_owned();
        assert_eq!(app.api(&app.owner, "DELETE", &format!("/me/sessions/{session}"), None).await?.status, 404);
        assert_eq!(app.api(&person, "DELETE", &format!("/me/sessions/{session}"), None).await?.status, 204);
        assert_eq!(app.page(&person, "/account").await?.status, 303);
        Ok(())
    }

    async fn a_token_for_one_organisation_makes_none_for_others(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let new = TokenInput { name: String::from("here"), scopes: Scope::ALL.to_vec(), only_here: true, ..TokenInput::default() };
        let here = app.northing.create_token(&app.owner.actor, new).await?;
        let by = Person { token: here.secret, ..app.owner.clone() };
        let made = app.api_ok(&by, "POST", "/me/tokens", Some(json!({"name": "X", "scopes": ["read"]}))).await?;
        assert_eq!(made["organization_id"], app.org.to_string());
        Ok(())
    }

    async fn a_person_of_several_organisations_switches_and_is_remembered(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let new = northing_app::setup::NewOrganization { name: String::from("Second"), ..Default::default() };
        let second = app.northing.create_organization(&app.owner.actor, new).await?;
        let mut browser = Visitor::new(&app.router, "browser");
        browser.post("/sign-in", &[("email", "owner@calder.test"), ("password", PASSWORD)]).await?;
        let choice = browser.page("/organisations").await?;
        assert!(choice.text.contains("Calder") && choice.text.contains("Second") && choice.text.contains("You are here"), "{}", choice.text);
        assert!(browser.page("/").await?.text.contains("Switch organisation"));
        let org = second.id.to_string();
        assert_eq!(browser.post("/organisations", &[("organization", &org)]).await?.header("location"), "/");
        assert!(browser.page("/organisation").await?.text.contains("<h1>Second</h1>"));
        // In a browser that was never here as well.
        let mut fresh = Visitor::new(&app.router, "fresh");
        fresh.post("/sign-in", &[("email", "owner@calder.test"), ("password", PASSWORD)]).await?;
        assert!(fresh.page("/organisation").await?.text.contains("<h1>Second</h1>"));

        let stranger = app.stranger().await?;
        assert_eq!(app.post(&stranger, "/organisations", &[("organization", &app.org.to_string())]).await?.status, 404);
        assert_eq!(app.post(&stranger, "/organisations/join", &[("organization", &app.org.to_string())]).await?.status, 404, "by invitation only");
        app.api_ok(&app.owner, "PATCH", "/orgs/calder", Some(json!({"join": "public"}))).await?;
        assert!(app.page(&stranger, "/organisations").await?.text.contains("Open to everyone here"));
        assert_eq!(app.post(&stranger, "/organisations/join", &[("organization", &app.org.to_string())]).await?.status, 303);
        assert!(app.page(&stranger, "/organisation").await?.text.contains("<h1>Calder</h1>"));
        assert_eq!(app.post(&stranger, "/organisations/join", &[("organization", &app.org.to_string())]).await?.status, 404, "once");
        Ok(())
    }

    async fn deactivated_people_are_told_what_to_do(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let person = app.person(Role::Member).await?;
        app.api_ok(&app.owner, "PATCH", &format!("/orgs/calder/members/{}", person.id), Some(json!({"status": "deactivated"}))).await?;
        let mut browser = Visitor::new(&app.router, "browser");
        browser.post("/sign-in", &[("email", &person.email), ("password", PASSWORD), ("next", "/explorer")]).await?;
        assert_eq!(browser.page("/explorer").await?.header("location"), "/organisations");
        let told = browser.page("/organisations").await?;
        assert!(told.status == 200 && told.text.contains("is deactivated") && told.text.contains("Ask Ruth Owner to bring you back"), "{}", told.text);
        assert_eq!(browser.post("/account", &[("name", "X")]).await?.header("location"), "/organisations");
        assert_eq!(browser.post("/sign-out", &[]).await?.header("location"), "/sign-in");
        assert_eq!(browser.page("/organisations").await?.status, 303);
        Ok(())
    }

    async fn the_sign_in_page_says_what_helps_and_leads_back(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let mut browser = Visitor::new(&app.router, "browser");
        let asked = browser.page("/explorer?status=behind&flat=true").await?;
        assert_eq!(asked.header("location"), "/sign-in?next=%2Fexplorer%3Fstatus%3Dbehind%26flat%3Dtrue");
        let page = browser.page(asked.header("location")).await?;
        for told in ["Sign in to Calder", "Ask Ruth Owner", "value=\"/explorer?status=behind&amp;flat=true\""] {
            assert!(page.text.contains(told), "{told}: {}", page.text);
        }
        let wrong = browser.post("/sign-in", &[("email", "owner@calder.test"), ("password", "wrong"), ("next", "/explorer")]).await?;
        assert!(wrong.status == 422 && wrong.text.contains("4 attempts left") && wrong.text.contains("value=\"owner@calder.test\""), "{}", wrong.text);
        for away in ["https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test"] {
            let mut visitor = Visitor::new(&app.router, "visitor");
            let done = visitor.post("/sign-in", &[("email", "owner@calder.test"), ("password", PASSWORD), ("next", away)]).await?;
            assert_eq!((done.status, done.header("location")), (303, "/"), "{away}");
            assert!(!done.header("set-cookie").contains("Max-Age"), "not ticked: until the browser is closed");
        }
        let done = browser.post("/sign-in", &[("email", "owner@calder.test"), ("password", PASSWORD), ("next", "/explorer?flat=true"), ("stay", "true")]).await?;
        assert_eq!(done.header("location"), "/explorer?flat=true");
        assert!(done.header("set-cookie").contains("Max-Age"), "{}", done.header("set-cookie"));
        for _ in 0..5 {
            Visitor::new(&app.router, "v").post("/sign-in", &[("email", "a@b.test"), ("password", "x")]).await?;
        }
        let stopped = browser.post("/sign-in", &[("email", "a@b.test"), ("password", "x")]).await?;
        assert!(stopped.status == 429 && stopped.text.contains("Wait 5 minutes"), "{}", stopped.text);
        Ok(())
    }
}
