//! Tags: by the API, by page, and as a filter of lists.

use anyhow::Result;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, Person};
use serde_json::{Value, json};

async fn tagged(app: &App, by: &Person, title: &str, tags: &[&str]) -> Result<Value> {
    let period = app.period("Q1 2026").await?;
    let body = json!({ "kind": "objective", "title": title, "period_id": period, "tags": tags });
    app.api_ok(by, "POST", &format!("/orgs/{}/goals", app.org), Some(body)).await
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_default().to_owned()
}

both_engines! {
    async fn tags_are_listed_made_renamed_and_deleted_by_the_api(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (owner, member) = (&app.owner, app.person(Role::Member).await?);
        let path = format!("/orgs/{}/tags", app.org);
        let goal = tagged(&app, owner, "Grow", &["Été"]).await?;
        let made = app.api(&member, "POST", &path, Some(json!({ "name": " Winter " }))).await?;
        assert_eq!((made.status, made.json()["name"].as_str()), (201, Some("Winter")));
        // One name, however it is written.
        let again = app.api(&member, "POST", &path, Some(json!({ "name": "WINTER" }))).await?;
        assert_eq!((again.status, again.fields()), (422, vec![String::from("name")]));
        for bad in [json!({ "name": "" }), json!({ "name": "a\nb" }), json!({ "name": "x".repeat(501) }), json!({ "name": 1 })] {
            let answer = app.api(owner, "POST", &path, Some(bad.clone())).await?;
            assert_eq!((answer.status, answer.fields()), (422, vec![String::from("name")]), "{bad}");
        }
        let all = app.api_ok(owner, "GET", &path, None).await?;
        let names: Vec<_> = all["items"].as_array().unwrap().iter().map(|it| (it["name"].clone(), it["goals"].clone())).collect();
        assert_eq!(names, [(json!("Été"), json!(1)), (json!("Winter"), json!(0))]);
        let found = app.api_ok(owner, "GET", &format!("{path}?q=ETE&limit=1"), None).await?;
        assert_eq!((found["items"].as_array().unwrap().len(), &found["next"]), (1, &Value::Null));
        let page = app.api_ok(owner, "GET", &format!("{path}?limit=1"), None).await?;
        let next = format!("{path}?limit=1&cursor={}", page["next"].as_str().unwrap());
        assert_eq!(app.api_ok(owner, "GET", &next, None).await?["items"][0]["name"], "Winter");

        // Renaming and deleting is for admins; a goal shows the new name, then none.
        let one = format!("{path}/{}", id(&all["items"][0]));
        let name = Some(json!({ "name": "Summer" }));
        assert_eq!(app.api(&member, "PATCH", &one, name.clone()).await?.status, 403);
        assert_eq!(app.api(&member, "DELETE", &one, None).await?.status, 403);
        assert_eq!(app.api_with(owner, "PATCH", &one, name.clone(), &[("if-match", "\"9\"")]).await?.status, 412);
        let taken = app.api(owner, "PATCH", &one, Some(json!({ "name": "winter" }))).await?;
        assert_eq!((taken.status, taken.fields()), (422, vec![String::from("name")]));
        let renamed = app.api_ok(owner, "PATCH", &one, name).await?;
        assert_eq!((&renamed["name"], &renamed["version"], &renamed["goals"]), (&json!("Summer"), &json!(2), &json!(1)));
        assert_eq!(app.api_ok(owner, "GET", &one, None).await?["name"], "Summer");
        let goal = format!("/goals/{}", id(&goal));
        assert_eq!(app.api_ok(owner, "GET", &goal, None).await?["tags"], json!(["Summer"]));
        assert_eq!(app.api(owner, "DELETE", &one, None).await?.status, 204);
        assert_eq!(app.api_ok(owner, "GET", &goal, None).await?["tags"], json!([]));
        assert_eq!(app.api(owner, "DELETE", &one, None).await?.status, 404);

        // Nobody from elsewhere, and observers make none.
        let stranger = app.stranger().await?;
        assert_eq!(app.api(&stranger, "GET", &path, None).await?.status, 404);
        let observer = app.observer().await?;
        assert_eq!(app.api(&observer, "POST", &path, Some(json!({ "name": "Mine" }))).await?.status, 403);
        Ok(())
    }

    async fn tags_are_managed_by_page(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (owner, member) = (&app.owner, app.person(Role::Member).await?);
        assert!(app.page(owner, "/tags").await?.text.contains("No tags yet"));
        let made = app.post(&member, "/tags", &[("name", "Winter")]).await?;
        assert_eq!((made.status, made.header("location")), (303, "/tags"));
        let again = app.post(&member, "/tags", &[("name", "winter")]).await?;
        assert_eq!(again.status, 422);
        assert!(again.text.contains("There is a tag of this name already.") && again.text.contains(r#"value="winter""#), "{}", again.text);
        tagged(&app, owner, "Grow", &["Winter"]).await?;
        let tag = app.api_ok(owner, "GET", &format!("/orgs/{}/tags", app.org), None).await?;
        let tag = format!("/tags/{}", id(&tag["items"][0]));

        let (for_admins, for_members) = (app.page(owner, "/tags").await?.text, app.page(&member, "/tags").await?.text);
        assert!(for_admins.contains("Delete Winter") && !for_members.contains("Delete Winter"));
        assert_eq!(app.page(owner, &format!("{tag}/edit")).await?.status, 200);
        assert_eq!(app.post(&member, &tag, &[("name", "Mine")]).await?.status, 403);
        assert_eq!(app.post(owner, &tag, &[("name", ""), ("version", "1")]).await?.status, 422);
        let renamed = app.post(owner, &tag, &[("name", "Frost"), ("version", "1")]).await?;
        assert_eq!((renamed.status, renamed.header("location")), (303, "/tags"));
        let late = app.post(owner, &tag, &[("name", "Ice"), ("version", "1")]).await?;
        assert_eq!(late.status, 409);
        assert!(late.text.contains("Somebody renamed it to “Frost”") && late.text.contains(r#"value="Ice""#), "{}", late.text);

        let deletion = format!("{tag}/deletion");
        assert!(app.fragment(owner, &deletion).await?.text.contains("One goal loses it."));
        assert_eq!(app.post(&member, &deletion, &[]).await?.status, 403);
        assert_eq!(app.post(owner, &deletion, &[("version", "1")]).await?.status, 409);
        assert_eq!(app.post(owner, &deletion, &[("version", "2")]).await?.status, 303);
        assert_eq!(app.page(owner, &format!("{tag}/edit")).await?.status, 404);
        Ok(())
    }

    async fn explorer_filters_by_tag(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        tagged(&app, &app.owner, "Grow the north", &["Été", "Frost"]).await?;
        tagged(&app, &app.owner, "Grow the south", &["Frost"]).await?;
        tagged(&app, &app.owner, "Grow nowhere", &[]).await?;
        let period = app.period("Q1 2026").await?;
        let shown = |query: &'static str| { let app = &app; async move {
            let page = app.page(&app.owner, &format!("/explorer?period={period}&{query}")).await?.text;
            Ok::<_, anyhow::Error>(["north", "south", "nowhere"].map(|word| page.contains(&format!("Grow the {word}")) || page.contains(&format!("Grow {word}"))))
        } };
        assert_eq!(shown("tag=ete").await?, [true, false, false]);
        assert_eq!(shown("tag=frost").await?, [true, true, false]);
        assert_eq!(shown("tag=unknown").await?, [false, false, false]);
        let page = app.page(&app.owner, &format!("/explorer?period={period}&tag=Frost")).await?.text;
        assert!(page.contains("Remove filter: Tag") && page.contains(r#"name="tag" value="Frost" checked"#), "{page}");
        Ok(())
    }
}
