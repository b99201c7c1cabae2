//! The page inside Azure DevOps: who may frame it, who looks, what an item serves, checking in and commenting there.

use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::{Request, header};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{Answer, App, Person, form};
use serde_json::{Value, json};

use super::{Scene, scene};

const KEY: &str = "the key of the extension";
const HOST: &str = "https://dev.azure.com";

fn signed(app: &App, identity: &str, key: &str) -> Result<String> {
    northing_testkit::embedding::signed(app.clock.now(), identity, key)
}

impl Scene {
    async fn embedding(&self, origins: &[&str], key: &str) -> Result<()> {
        let path = format!("/orgs/{}/integrations/azure_devops/embedding", self.app.slug);
        self.app
            .api_ok(&self.app.owner, "PUT", &path, Some(json!({ "origins": origins, "key": key })))
            .await?;
        Ok(())
    }

    /// A form from the frame: no cookie goes with it.
    async fn framed(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let request = Request::post(format!("/embed/azure-devops/{}{path}", self.app.slug))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "cross-site");
        self.app.send(request.body(Body::from(form(fields)))?).await
    }

    async fn shown(&self, path: &str) -> Result<Answer> {
        self.app.send(Request::get(path).body(Body::empty())?).await
    }

    /// Opens the frame on an item, as the extension does: where it leads.
    async fn opened(&self, item: u64, identity: &str) -> Result<String> {
        let token = signed(&self.app, identity, KEY)?;
        let answer = self.framed(&format!("/work-items/Controls/{item}"), &[("token", &token)]).await?;
        assert_eq!(answer.status, 303, "{}", answer.text);
        Ok(answer.header("location").to_owned())
    }

    /// Connects an identity with a person, as both do it.
    async fn connected(&self, person: &Person, item: u64, identity: &str) -> Result<String> {
        let location = self.opened(item, identity).await?;
        let page = self.app.post(person, "/account/azure-devops", &[("act", "show")]).await?;
        let code = page
            .text
            .split("<code class=\"x\">")
            .nth(1)
            .and_then(|rest| rest.split('<').next())
            .context("a code")?;
        let secret = secret_of(&location)?;
        let item = item.to_string();
        let fields =
            [("frame", &*secret), ("project", "Controls"), ("item", &*item), ("code", &*code.to_lowercase())];
        let answer = self.framed("/code", &fields).await?;
        assert_eq!(answer.status, 303, "{}", answer.text);
        Ok(answer.header("location").to_owned())
    }
}

fn secret_of(location: &str) -> Result<String> {
    let rest = location.split("frame=").nth(1).context("a secret")?;
    Ok(rest.split('&').next().unwrap_or(rest).to_owned())
}

both_engines! {
    async fn an_item_shows_the_way_to_the_objective_and_takes_a_check_in_and_a_comment(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        scene.embedding(&[HOST], KEY).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let middle = scene.goal("key_result", Some(&top), Value::Null).await?;
        let work = scene.goal("initiative", Some(&middle), Value::Null).await?;
        scene.link(&work, json!({ "with_tasks": true, "selector": { "work_item_ids": [2], "include_children": false } })).await?;
        let member = scene.app.person(Role::Member).await?;
        let first = scene.shown(&scene.opened(2, "B0B").await?).await?;
        assert!(first.status == 200 && first.text.contains("Who are you in Calder?") && !first.text.contains("A key_result"), "{}", first.text);
        let location = scene.connected(&member, 2, "b0b").await?;
        let page = scene.shown(&location).await?;
        for title in ["A initiative", "A key_result", "A objective"] {
            assert!(page.text.contains(title), "{}", page.text);
        }
        assert!(page.text.find("A initiative") < page.text.find("A key_result") && page.text.find("A key_result") < page.text.find("A objective"));
        assert_eq!(page.header("content-security-policy").split("frame-ancestors ").nth(1), Some(HOST));
        assert_eq!((page.header("x-frame-options"), page.header("set-cookie")), ("", ""));
        assert!(!page.text.contains("<script"), "the frame runs no scripts");
        // An item below the one that is followed leads to the same goals; one that nothing follows to none.
        let below = scene.shown(&scene.opened(100, "b0b").await?).await?;
        assert!(below.text.contains("A initiative"), "{}", below.text);
        let none = scene.shown(&scene.opened(3, "b0b").await?).await?;
        assert!(none.text.contains("No goal in Calder follows this item"), "{}", none.text);
        // Checking in and commenting, in the person's own name.
        let secret = secret_of(&location)?;
        let fields = |act, value, note| [("frame", &*secret), ("project", "Controls"), ("item", "2"), ("act", act), ("value", value), ("note", note)].map(|(a, b): (&str, &str)| (a.to_owned(), b.to_owned()));
        let send = async |goal: &str, fields: [(String, String); 6]| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            scene.framed(&format!("/goals/{goal}"), &fields).await
        };
        let answer = send(&middle, fields("comment", "", "Said inside Azure DevOps")).await?;
        assert_eq!(answer.status, 303, "{}", answer.text);
        assert!(scene.shown(answer.header("location")).await?.text.contains("Your comment is there."));
        let comments = scene.app.api_ok(&scene.app.owner, "GET", &format!("/goals/{middle}/comments"), None).await?;
        assert_eq!((comments["items"][0]["body"].as_str(), comments["items"][0]["author_id"].as_str()), (Some("Said inside Azure DevOps"), Some(member.id.to_string().as_str())));
        let wrong = send(&work, fields("check-in", "many", "")).await?;
        assert!(wrong.status == 422 && wrong.text.contains("Enter a number"), "{}", wrong.text);
        // Members check in on what is theirs alone; owners of the goal do, in their own name.
        let refused = send(&work, fields("check-in", "55 %", "Half way")).await?;
        assert_eq!((refused.status, scene.check_ins(&work).await?.len()), (422, 1), "{}", refused.text);
        let theirs = secret_of(&scene.connected(&scene.app.owner, 2, "0wner").await?)?;
        let mut form = fields("check-in", "55 %", "Half way");
        form[0].1 = theirs;
        let answer = send(&work, form).await?;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let check_ins = scene.check_ins(&work).await?;
        assert_eq!((check_ins.len(), check_ins[0]["value"].as_f64(), check_ins[0]["note"].as_str(), check_ins[0]["author_id"].as_str()), (2, Some(55.0), Some("Half way"), Some(scene.app.owner.id.to_string().as_str())));
        Ok(())
    }
}

both_engines! {
    async fn only_the_organisations_own_extension_opens_a_frame_and_not_for_long(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let path = "/work-items/Controls/100";
        let good = signed(&scene.app, "b0b", KEY)?;
        let closed = scene.framed(path, &[("token", &good)]).await?;
        assert_eq!((closed.status, closed.header("x-frame-options")), (403, "DENY"), "nothing was configured");
        assert!(closed.header("content-security-policy").ends_with("frame-ancestors 'none'"));
        scene.embedding(&[HOST, "http://tfs.calder.test:8080/"], KEY).await?;
        for token in [String::new(), String::from("x.y.z"), signed(&scene.app, "b0b", "another key")?] {
            let refused = scene.framed(path, &[("token", &token)]).await?;
            assert_eq!(refused.status, 403);
            assert!(refused.header("content-security-policy").ends_with("frame-ancestors https://dev.azure.com http://tfs.calder.test:8080"), "so that the reason can be read in the tab");
        }
        let location = scene.opened(100, "b0b").await?;
        assert_eq!(scene.shown(&location).await?.status, 200);
        assert_eq!(scene.shown("/embed/azure-devops/calder/work-items/Controls/100?frame=guessed").await?.status, 410);
        scene.app.clock.advance_millis(10 * 60_000 + 1);
        assert_eq!(scene.shown(&location).await?.status, 410, "ten minutes");
        let late = scene.framed("/goals/0198c0de-0000-7000-8000-000000000000", &[("frame", &secret_of(&location)?)]).await?;
        assert_eq!(late.status, 403);
        // The key is sealed and never told; switching the integration off closes every frame.
        let settings = format!("/orgs/{}/integrations/azure_devops/embedding", scene.app.slug);
        let read = scene.app.api_ok(&scene.app.owner, "GET", &settings, None).await?;
        assert_eq!((read["has_key"].as_bool(), read.to_string().contains(KEY)), (Some(true), false));
        let mut backup = Vec::new();
        db.backup(&mut backup).await?;
        assert!(!String::from_utf8_lossy(&backup).contains(KEY));
        let location = scene.opened(100, "b0b").await?;
        let off = format!("/orgs/{}/integrations/azure_devops", scene.app.slug);
        scene.app.api_ok(&scene.app.owner, "PATCH", &off, Some(json!({ "enabled": false }))).await?;
        assert_eq!(scene.shown(&location).await?.status, 410);
        let member = scene.app.person(Role::Member).await?;
        assert_eq!(scene.app.api(&member, "GET", &settings, None).await?.status, 403);
        Ok(())
    }
}

both_engines! {
    async fn a_code_is_good_once_for_ten_minutes_and_goals_that_are_hidden_stay_so(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        scene.embedding(&[HOST], KEY).await?;
        let location = scene.opened(100, "eve").await?;
        let secret = secret_of(&location)?;
        let guess = async |code: &str| {
            scene.framed("/code", &[("frame", &secret), ("project", "Controls"), ("item", "100"), ("code", code)]).await
        };
        let wrong = guess("ABCD EFGH").await?;
        assert!(wrong.status == 422 && wrong.text.contains("have it show a new one"), "{}", wrong.text);
        let member = scene.app.person(Role::Member).await?;
        let code_of = async || -> Result<String> {
            let page = scene.app.post(&member, "/account/azure-devops", &[("act", "show")]).await?;
            Ok(page.text.split("<code class=\"x\">").nth(1).and_then(|rest| rest.split('<').next()).context("a code")?.to_owned())
        };
        let old = code_of().await?;
        let code = code_of().await?;
        assert_eq!(guess(&old).await?.status, 422, "an earlier code ends");
        assert_eq!(guess(&code).await?.status, 303);
        assert_eq!(guess(&code).await?.status, 422, "a code is good once");
        let page = scene.app.page(&member, "/account/azure-devops").await?;
        assert!(page.text.contains("One identity of Azure DevOps is connected with you"));
        // What the person may not see the tab does not show.
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        assert!(scene.shown(&scene.opened(100, "eve").await?).await?.text.contains("A key_result"));
        let org = format!("/orgs/{}", scene.app.slug);
        scene.app.api_ok(&scene.app.owner, "PATCH", &org, Some(json!({ "settings": { "private_goals": true } }))).await?;
        scene.app.api_ok(&scene.app.owner, "PATCH", &format!("/goals/{goal}"), Some(json!({ "visibility": "restricted" }))).await?;
        let hidden = scene.shown(&scene.opened(100, "eve").await?).await?;
        assert!(!hidden.text.contains("A key_result") && hidden.text.contains("No goal in Calder follows this item"), "{}", hidden.text);
        let secret_again = secret_of(&scene.opened(100, "eve").await?)?;
        let comment = [("frame", &*secret_again), ("project", "Controls"), ("item", "100"), ("act", "comment"), ("value", ""), ("note", "Seen?")];
        let refused = scene.framed(&format!("/goals/{goal}"), &comment).await?;
        assert!(refused.status == 422 && !refused.text.contains("A key_result"), "{} {}", refused.status, refused.text);
        let comments = scene.app.api_ok(&scene.app.owner, "GET", &format!("/goals/{goal}/comments"), None).await?;
        assert_eq!(comments["items"], json!([]), "what is hidden takes no comment");
        let theirs = scene.shown(&scene.connected(&scene.app.owner, 100, "0wner").await?).await?;
        assert!(theirs.text.contains("A key_result"), "its owner sees it: {}", theirs.text);
        assert_eq!(scene.app.post(&member, "/account/azure-devops", &[("act", "part")]).await?.status, 303);
        assert!(scene.shown(&scene.opened(100, "eve").await?).await?.text.contains("Who are you in Calder?"));
        // Guessing ends.
        let mut last = 0;
        for _ in 0..8 {
            last = guess("ABCD EFGH").await?.status;
        }
        let told = guess("ABCD EFGH").await?.text;
        assert!(last == 422 && told.contains("Too many attempts"), "{told}");
        Ok(())
    }
}
