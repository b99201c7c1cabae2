//! Goals by the JSON API.

use std::collections::BTreeSet;

use anyhow::Result;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::{Value, json};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

both_engines! {
    async fn goals_are_made_read_changed_and_deleted_by_the_api(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let me = &app.owner;
        let period = app.period("Q1 2026").await?.to_string();
        let goals = format!("/orgs/{}/goals", app.org);
        let dates = json!({"kind": "objective", "title": "Grow", "period_id": period});
        let objective = app.api_ok(me, "POST", &goals, Some(dates)).await?;
        let o = format!("/goals/{}", text(&objective["id"]));
        let kr = json!({"kind": "key_result", "title": "Ten", "parents": [{"id": objective["id"]}],
            "metric": {"kind": "reach", "target": 10, "unit": "$"}});
        let kr = app.api_ok(me, "POST", &goals, Some(kr)).await?;
        let k = format!("/goals/{}", text(&kr["id"]));
        assert_eq!((&kr["metric"]["start"], &kr["parents"][0]["share"], &kr["link"]), (&json!(0.0), &json!(100.0), &Value::Null));
        // Names are those of the document.
        let document = app.page(me, "/api/openapi.json").await?.json();
        let names = |value: &Value| value.as_object().map(|all| all.keys().cloned().collect::<BTreeSet<_>>()).unwrap_or_default();
        assert_eq!(names(&kr), names(&document["components"]["schemas"]["Goal"]["properties"]));
        // What is wrong is told at its field; unknown fields and wrong types too.
        let refused = |body: Value| { let (app, goals) = (&app, &goals); async move {
            let answer = app.api(&app.owner, "POST", goals, Some(body)).await?;
            Ok::<_, anyhow::Error>((answer.status, answer.fields()))
        } };
        assert_eq!(refused(json!({"kind": "objective", "title": "", "period_id": period})).await?, (422, vec!["title".to_owned()]));
        assert_eq!(refused(json!({"kind": "objective", "title": "T", "nonsense": 1})).await?.0, 422);
        assert_eq!(refused(json!({"kind": "objective", "title": 7})).await?.0, 422);
        // If-Match: the second writer is told, with the goal as it is.
        let version = kr["version"].as_i64().unwrap_or_default();
        let stale = format!("\"{version}\"");
        let done = app.api_with(me, "PATCH", &k, Some(json!({"title": "Twelve"})), &[("if-match", &stale)]).await?;
        assert_eq!(done.status, 200);
        assert_eq!(done.header("etag"), format!("\"{}\"", version + 1));
        let late = app.api_with(me, "PATCH", &k, Some(json!({"title": "Mine"})), &[("if-match", &stale)]).await?;
        assert_eq!((late.status, late.json()["current"]["title"].clone()), (412, json!("Twelve")));
        for (method, path) in [("PUT", format!("{k}/parents")), ("DELETE", k.clone())] {
            let body = (method == "PUT").then(|| json!([]));
            let late = app.api_with(me, method, &path, body, &[("if-match", &stale)]).await?;
            assert_eq!(late.status, 412, "{method}");
        }
        // Everything around it.
        let list = app.api_ok(me, "GET", &format!("{goals}?parent=none&kind=objective&sort=-due_date&limit=1"), None).await?;
        assert_eq!(list["items"][0]["id"], objective["id"]);
        assert_eq!(app.api(me, "GET", &format!("{goals}?status=nonsense"), None).await?.fields(), ["status"]);
        assert_eq!(app.api_ok(me, "GET", &format!("{o}/children"), None).await?["items"][0]["id"], kr["id"]);
        assert_eq!(app.api_ok(me, "GET", &format!("{k}/ancestors"), None).await?["items"][0]["id"], objective["id"]);
        assert_eq!(app.api_ok(me, "GET", &format!("{o}/tree?depth=2"), None).await?["children"][0]["title"], "Twelve");
        let circle = app.api(me, "PUT", &format!("{o}/parents"), Some(json!([{"id": objective["id"]}]))).await?;
        assert_eq!((circle.status, circle.fields()), (422, vec!["parents[0].id".to_owned()]));
        let shares = json!({"shares": [{"child_id": kr["id"], "share": 50}]});
        let shares = app.api(me, "PUT", &format!("{o}/contributions"), Some(shares)).await?;
        assert_eq!((shares.status, shares.fields()), (422, vec!["shares".to_owned()]));
        let closed = app.api_ok(me, "POST", &format!("{k}/close"), Some(json!({"score": 0.5, "note": "done"}))).await?;
        assert_eq!((&closed["goal"]["status"], &closed["goal"]["score"]), (&json!("closed"), &json!(0.5)));
        assert_eq!(app.api(me, "PATCH", &k, Some(json!({"title": "x"}))).await?.status, 422);
        app.api_ok(me, "POST", &format!("{k}/reopen"), Some(json!({}))).await?;
        let copied = app.api_ok(me, "POST", &format!("{o}/clone"), Some(json!({"scope": "all", "period_id": period}))).await?;
        assert_eq!(copied["child_count"], 1);
        let initiative = json!({"kind": "initiative", "title": "Do", "period_id": period});
        let initiative = app.api_ok(me, "POST", &goals, Some(initiative)).await?;
        let tasks = format!("/goals/{}/tasks", text(&initiative["id"]));
        let task = app.api_ok(me, "POST", &tasks, Some(json!({"name": "one"}))).await?;
        app.api_ok(me, "PATCH", &format!("{tasks}/{}", text(&task["id"])), Some(json!({"done": true}))).await?;
        let initiative = app.api_ok(me, "GET", &format!("/goals/{}", text(&initiative["id"])), None).await?;
        assert_eq!(initiative["progress"], 100.0);
        // The objective closed with its only key result and stays so until somebody opens it.
        let locked = app.api(me, "DELETE", &format!("{o}?children=true"), None).await?;
        assert_eq!((locked.status, locked.json()["errors"][0]["code"].clone()), (422, json!("closed")));
        app.api_ok(me, "POST", &format!("{o}/reopen"), Some(json!({}))).await?;
        app.api_ok(me, "DELETE", &format!("{o}?children=true"), None).await?;
        assert_eq!(app.api(me, "GET", &k, None).await?.status, 404);
        app.api_ok(me, "POST", &format!("{o}/restore"), None).await?;
        assert_eq!(app.api(me, "GET", &k, None).await?.status, 200);
        // A stranger finds nothing.
        let stranger = app.stranger().await?;
        for (method, path) in [("GET", k.clone()), ("PATCH", k.clone()), ("DELETE", k.clone()), ("POST", format!("{k}/close")), ("GET", goals.clone())] {
            let body = matches!(method, "PATCH" | "POST").then(|| json!({}));
            assert_eq!(app.api(&stranger, method, &path, body).await?.status, 404, "{method} {path}");
        }
        Ok(())
    }
}
