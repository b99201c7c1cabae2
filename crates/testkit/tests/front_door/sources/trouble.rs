//! Everything that must not happen (issue of the data source), seen from the link: its message and remedy stand on the link, in the
//! connection or the admin's list, and in the API; no goal moves; no other link is held up; and it heals.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use northing_connectors::http::HttpOptions;
use northing_testkit::azure_devops::{Disguise, Double, FaultKind};
use northing_testkit::both_engines;
use northing_testkit::front_door::reaching_doubles;
use serde_json::{Value, json};

use super::{Scene, connect, scene};

const SCOPE: &str = "wit/wiql/q-scope";

/// A thing that goes wrong: its name, what makes it, and the kind of trouble it is told as.
type Case = (&'static str, fn(&Double), &'static str);

const CASES: [Case; 19] = [
    ("401 as JSON", |it| refuse(it, Disguise::Json401), "auth_expired"),
    ("401 as a page", |it| refuse(it, Disguise::Html401), "auth_expired"),
    ("203 and a sign-in page", |it| refuse(it, Disguise::Html203), "auth_expired"),
    ("302 to a sign-in page", |it| refuse(it, Disguise::Redirect302), "auth_expired"),
    ("200 and a sign-in page", |it| refuse(it, Disguise::Html200), "auth_expired"),
    ("a page where JSON was promised", |it| it.fault(SCOPE, None, FaultKind::Html), "auth_expired"),
    ("a deleted query", |it| fails(it, 404, "TF401243: The query does not exist."), "selector_missing"),
    ("a folder", |it| fails(it, 400, "Querying folders is not supported."), "selector_invalid"),
    (
        "an unknown field",
        |it| fails(it, 400, "TF51005: The query references a field that does not exist. «[X]»."),
        "selector_invalid",
    ),
    ("too many rows", |it| it.world().limit = 20, "too_large"),
    ("no permission", |it| fails(it, 403, "Access denied."), "forbidden"),
    ("half an answer", |it| it.fault(SCOPE, None, FaultKind::CutOff), "bad_payload"),
    ("50 MB", |it| it.fault(SCOPE, None, FaultKind::Large(50 * 1024 * 1024)), "bad_payload"),
    ("overload", |it| it.fault(SCOPE, None, FaultKind::Overload), "unreachable"),
    (
        "a redirect elsewhere",
        |it| it.fault(SCOPE, None, FaultKind::Redirect("http://127.0.0.2:9/x".into())),
        "unreachable",
    ),
    ("a request to wait", |it| it.fault(SCOPE, None, FaultKind::Limited(600)), "rate_limited"),
    ("a date to wait for", |it| it.fault(SCOPE, None, FaultKind::LimitedUntil(600)), "rate_limited"),
    ("a slow drip", |it| it.fault(SCOPE, None, FaultKind::Drip(Duration::from_millis(150))), "unreachable"),
    ("a deleted project", |it| it.world().projects.clear(), "container_missing"),
];

fn refuse(double: &Double, disguise: Disguise) {
    double.disguise(disguise);
    double.world().tokens.remove("good-token");
}

fn fails(double: &Double, status: u16, message: &str) {
    double.fault(SCOPE, None, FaultKind::Error(status, message.into()));
}

impl Scene {
    async fn link_state(&self, goal: &str) -> Result<Value> {
        Ok(self.read(goal).await?["link"].clone())
    }
}

both_engines! {
    async fn each_trouble_has_its_message_and_remedy_and_moves_nothing(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let impatient = HttpOptions { timeout: Duration::from_secs(4), ..reaching_doubles() };
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        // Another account, which is well all the time.
        let well = Double::start(northing_testkit::azure_devops::sample(scene.app.clock.now()), Default::default()).await?;
        let other = connect(&scene.app, &scene.app.owner, &well, "Elsewhere", true).await?;
        let good = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&good, json!({ "connection_id": other })).await?;
        // And one by the same connection, which is well where the connection itself is.
        let beside = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&beside, json!({ "selector": { "work_item_ids": [100, 101] } })).await?;
        let sound = scene.double.world().clone();
        let mut words: BTreeMap<String, String> = BTreeMap::new();
        let mut closed = 12;
        for (name, break_it, kind) in CASES {
            scene.completed(30);
            closed = if closed == 12 { 13 } else { 12 };
            for number in 0..30_u64 {
                let state = if number < closed { "Closed" } else { "Active" };
                let now = scene.app.clock.now();
                well.world().change(100 + number, now, json!({ "System.State": state }));
            }
            break_it(&scene.double);
            let app = scene.app.clone().reaching(&impatient)?;
            scene.app.clock.advance_days(2);
            let round = app.northing.sync_due("worker").await?;
            // What goes wrong with the account or its project stops every link of the connection; a wait those that come later.
            let whole = name.starts_with("40") || name.starts_with("20") || name.starts_with("30") || kind == "container_missing";
            let beside_failed = usize::from(scene.read(&beside).await?["link"]["state"] != "ok");
            assert_eq!((round.links, round.failed), (3, 1 + beside_failed), "{name}");
            assert!(kind == "rate_limited" || (beside_failed == 1) == whole, "{name}: by the same connection");
            let read = scene.read(&goal).await?;
            assert_eq!(read["progress"].as_f64(), Some(40.0), "{name}: the last value stays");
            let error = &read["link"]["last_error"];
            assert_eq!((read["link"]["state"].as_str(), error["kind"].as_str()), (Some("error"), Some(kind)), "{name}: {error}");
            for text in ["message", "remedy"] {
                assert!(error[text].as_str().is_some_and(|text| text.len() > 10), "{name}: {error}");
            }
            // No two kinds of trouble are told in the same words, and those who look after the integration read them.
            let message = error["message"].as_str().context("a message")?;
            assert_eq!(words.entry(message.to_owned()).or_insert_with(|| kind.to_owned()), kind, "{name}: {message}");
            let list = scene.app.page(&scene.app.owner, "/admin/integrations/azure_devops").await?;
            let shown = message.split(['\'', '"', '«', '<', '&']).next().unwrap_or_default();
            assert!(shown.len() > 10 && list.text.contains(shown), "{name}: {message}");
            assert!(!error.to_string().contains("good-token"), "{name}");
            assert!(read["link"]["last_synced_at"].is_string(), "{name}: when it last went well stays");
            let other = scene.read(&good).await?;
            let share = 100.0 * f64::from(u32::try_from(closed)?) / 30.0;
            assert_eq!((other["link"]["state"].as_str(), other["progress"].as_f64()), (Some("ok"), Some(share)), "{name}: the other goes on");
            // Well again: the same link, by itself.
            scene.double.heal();
            scene.double.disguise(Disguise::default());
            *scene.double.world() = sound.clone();
            scene.completed(12);
            scene.app.clock.advance_days(2);
            // A fresh node: none waits any longer where it was asked to, in real seconds.
            let round = scene.app.clone().reaching(&impatient)?.northing.sync_due("worker").await?;
            assert_eq!((round.links, round.failed), (3, 0), "{name}: it heals");
            assert_eq!(scene.link_state(&goal).await?["last_error"], Value::Null, "{name}");
            *scene.double.world() = sound.clone();
        }
        assert!(words.len() >= 12, "{words:?}");
        Ok(())
    }
}

both_engines! {
    async fn values_that_are_no_numbers_and_fields_that_are_gone_spoil_their_link_alone(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        let homes = scene.goal("key_result", Some(&top), json!({ "kind": "reach", "target": 500 })).await?;
        scene.link(&goal, json!({})).await?;
        scene.link(&homes, json!({ "mode": "metric", "measure": "Custom.Homes", "count_only_completed": false })).await?;
        let before = scene.read(&homes).await?["metric"]["current"].clone();
        scene.completed(15);
        scene.double.world().change(100, scene.app.clock.now(), json!({ "Custom.Homes": "many" }));
        scene.hour().await?;
        let read = scene.read(&homes).await?;
        assert_eq!((&read["metric"]["current"], read["link"]["last_error"]["kind"].as_str()), (&before, Some("not_numeric")));
        scene.double.world().change(100, scene.app.clock.now(), json!({ "Custom.Homes": -3 }));
        scene.double.world().custom_fields.clear();
        scene.app.clock.advance_days(2);
        scene.app.clone().reaching(&reaching_doubles())?.northing.sync_due("worker").await?;
        let read = scene.read(&homes).await?;
        assert_eq!((&read["metric"]["current"], read["link"]["last_error"]["kind"].as_str()), (&before, Some("selector_invalid")));
        assert_eq!(scene.read(&goal).await?["progress"].as_f64(), Some(50.0), "the link beside it goes on");
        Ok(())
    }
}

both_engines! {
    async fn an_address_in_the_servers_own_network_is_not_called(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        let closed = scene.app.clone().reaching(&HttpOptions::default())?;
        scene.completed(15);
        scene.double.clear_log();
        scene.app.clock.advance_days(1);
        closed.northing.sync_due("worker").await?;
        let read = scene.read(&goal).await?;
        let error = read["link"]["last_error"].clone();
        assert_eq!((read["progress"].as_f64(), error["kind"].as_str()), (Some(40.0), Some("address_refused")));
        assert!(error["remedy"].as_str().context("a remedy")?.contains("--allow-address"));
        assert!(scene.double.log().is_empty());
        Ok(())
    }
}

both_engines! {
    async fn a_certificate_of_nobodys_authority_is_refused_until_it_is_named(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let front = northing_testkit::tls::Front::start(scene.double.authority()).await?;
        let authorities = Some(front.authority().as_bytes().to_vec());
        let trusting = scene.app.clone().reaching(&HttpOptions { authorities, ..reaching_doubles() })?;
        let path = format!("/orgs/{}/connections", scene.app.slug);
        let account = format!("{}/contoso", front.address());
        let new = json!({ "kind": "azure_devops", "name": "Own server", "shared": true,
            "config": { "account": account, "project": "Controls" }, "secret": { "pat": "good-token" } });
        let made = scene.app.api_ok(&scene.app.owner, "POST", &path, Some(new)).await?;
        let connection = made["id"].as_str().context("an id")?.to_owned();
        let test = format!("{path}/{connection}/test");
        let refused = scene.app.api_ok(&scene.app.owner, "POST", &test, None).await?;
        assert_eq!((refused["ok"].as_bool(), refused["error"]["kind"].as_str()), (Some(false), Some("unreachable")));
        assert!(refused["error"]["message"].as_str().is_some_and(|it| it.contains("certificate")), "{refused}");
        assert!(refused["error"]["remedy"].as_str().is_some_and(|it| it.contains("--ca-file")), "{refused}");
        let good = trusting.api_ok(&scene.app.owner, "POST", &test, None).await?;
        assert_eq!(good["ok"].as_bool(), Some(true), "{good}");
        // A link that was made while it was trusted fails with the same words where it no longer is, and keeps its value.
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        let input = json!({ "connection_id": connection, "mode": "percent", "selector": { "query_id": "q-scope" } });
        trusting.api_ok(&scene.app.owner, "PUT", &format!("/goals/{goal}/link"), Some(input)).await?;
        scene.completed(30);
        scene.hour().await?;
        let read = scene.read(&goal).await?;
        assert_eq!(read["progress"].as_f64(), Some(40.0));
        assert!(read["link"]["last_error"]["remedy"].as_str().is_some_and(|it| it.contains("--ca-file")), "{read}");
        Ok(())
    }
}
