//! Secrets of connections: sealed anew while servers run on, and sent to nobody but whom they were entered for.

use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use northing_app::Northing;
use northing_app::sources::{Config, Http, NewConnection, Outside, Secret, Vault};
use northing_testkit::azure_devops::{Double, Options, sample};
use northing_testkit::both_engines;
use northing_testkit::front_door::{SECRETS_KEY, reaching_doubles};
use northing_testkit::rng::SeededRng;
use serde_json::{Value, json};

use super::{Scene, connect, scene};

/// The file of keys, as several processes read it.
type Keys = Arc<Mutex<String>>;

/// Another process that reads the same keys.
fn process(scene: &Scene, keys: &Keys) -> Result<Northing> {
    let keys = keys.clone();
    let source = Arc::new(move || keys.lock().map(|keys| keys.clone()).map_err(|error| error.to_string()));
    let vault = Vault::open(source).map_err(anyhow::Error::msg)?;
    Ok(scene.app.northing.clone().with_outside(Outside::new(Http::new(&reaching_doubles())?, vault)))
}

fn put(keys: &Keys, text: String) -> Result<()> {
    *keys.lock().map_err(|error| anyhow::anyhow!("{error}"))? = text;
    Ok(())
}

fn name(key: &str) -> &str {
    key.split_once(':').map_or("", |(name, _)| name)
}

both_engines! {
    async fn a_server_that_runs_on_while_keys_rotate_loses_no_secret(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let actor = &scene.app.owner.actor;
        let keys: Keys = Arc::new(Mutex::new(SECRETS_KEY.to_owned()));
        let (server, operator) = (process(&scene, &keys)?, process(&scene, &keys)?);
        let make = async |name: &str| {
            let new = NewConnection {
                kind: String::from("azure_devops"), name: name.to_owned(),
                config: Config { account: scene.double.account(), project: String::from("Controls"), ..Config::default() },
                secret: Secret { pat: Some(String::from("good-token")), ..Secret::default() }, ..NewConnection::default()
            };
            server.create_connection(actor, new).await
        };
        make("Before").await?;
        server.set_embedding(actor, Some(0), &[String::from("https://dev.azure.com")], Some(&"k".repeat(52))).await?;
        assert_eq!(operator.keys_in_use().await?.into_iter().collect::<Vec<_>>(), [name(SECRETS_KEY)]);
        let rng = SeededRng::new(99);
        let mut newest = SECRETS_KEY.to_owned();
        for (round, expected) in [(1, 3), (2, 4)] {
            // What the command does, with a server that knows the former keys only.
            let fresh = Vault::new_key(&rng);
            put(&keys, format!("{fresh}\n{newest}"))?;
            let rotating = process(&scene, &keys)?;
            assert_eq!(rotating.reseal_secrets().await?, expected, "round {round}");
            assert_eq!(rotating.reseal_secrets().await?, 0, "nothing is left to do");
            assert_eq!(rotating.keys_in_use().await?.into_iter().collect::<Vec<_>>(), [name(&fresh)]);
            put(&keys, fresh.clone())?;
            // The server never read the new key, and its old one is gone by now.
            make(&format!("After {round}")).await?;
            assert_eq!(rotating.keys_in_use().await?.into_iter().collect::<Vec<_>>(), [name(&fresh)]);
            newest = fresh;
        }
        for app in [&server, &operator, &process(&scene, &keys)?] {
            for connection in app.connections(actor).await? {
                let found = app.test_connection(actor, connection.id).await?;
                assert!(matches!(found, northing_app::sources::TestResult::Good(_)), "{}: {found:?}", connection.name);
            }
        }
        Ok(())
    }
}

both_engines! {
    async fn an_applications_secret_goes_to_no_other_authority_tenant_or_account(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        scene.double.world().applications.insert("app-1".into(), "right".into());
        let thief = Double::start(sample(scene.app.clock.now()), Options::default()).await?;
        thief.world().applications.insert("app-1".into(), "right".into());
        let base = format!("/orgs/{}/connections", scene.app.slug);
        let config = json!({ "account": scene.double.account(), "project": "Controls", "tenant_id": "t-1", "client_id": "app-1",
            "authority": scene.double.authority() });
        let new = json!({ "kind": "azure_devops", "name": "Application", "config": config, "secret": { "client_secret": "right" } });
        let made = scene.app.api_ok(&scene.app.owner, "POST", &base, Some(new)).await?;
        let one = format!("{base}/{}", made["id"].as_str().context("an id")?);
        let with = |more: Value| -> Result<Value> {
            let mut changed = config.clone();
            changed.as_object_mut().context("an object")?.extend(more.as_object().context("an object")?.clone());
            Ok(changed)
        };
        let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
        let id = made["id"].as_str().context("an id")?.parse()?;
        for more in [
            json!({ "authority": thief.authority() }), json!({ "authority": null }), json!({ "tenant_id": "t-2" }),
            json!({ "account": thief.account() }), json!({ "authority": thief.authority(), "tenant_id": "t-2", "account": thief.account() }),
        ] {
            let changed = with(more.clone())?;
            let refused = scene.app.api(&scene.app.owner, "PATCH", &one, Some(json!({ "config": changed }))).await?;
            assert_eq!((refused.status, refused.fields()), (422, vec![String::from("secret")]), "{more}: {}", refused.text);
            assert!(refused.text.contains("again"), "{}", refused.text);
            // Nor is it tried, nor asked for projects, with what is just being entered.
            let draft = Config {
                account: text(&changed, "account").unwrap_or_default(), project: String::from("Controls"),
                tenant_id: text(&changed, "tenant_id"), client_id: text(&changed, "client_id"), authority: text(&changed, "authority"),
            };
            let (app, actor) = (&scene.app.northing, &scene.app.owner.actor);
            let tried = app.test_draft(actor, &draft, &Secret::default(), Some(id)).await;
            let listed = app.projects_of_draft(actor, &draft, &Secret::default(), Some(id)).await;
            for error in [tried.err(), listed.err()] {
                let error = format!("{:?}", error.with_context(|| format!("not refused: {more}"))?);
                assert!(error.contains("secret") && error.contains("again"), "{more}: {error}");
            }
            // Empty is not entered.
            let empty = Secret { client_secret: Some(String::new()), ..Secret::default() };
            assert!(app.test_draft(actor, &draft, &empty, Some(id)).await.is_err(), "{more}");
        }
        assert!(thief.log().is_empty(), "{:?}", thief.log());
        // The same place in other words is no other place; another project or application asks for nothing.
        let same = with(json!({ "authority": format!("{}/", scene.double.authority()), "tenant_id": " t-1 " }))?;
        scene.app.api_ok(&scene.app.owner, "PATCH", &one, Some(json!({ "config": same }))).await?;
        let tested = scene.app.api_ok(&scene.app.owner, "POST", &format!("{one}/test"), None).await?;
        assert_eq!(tested["ok"], true, "{tested}");
        // Entered again it goes there.
        let moved = with(json!({ "authority": thief.authority() }))?;
        let entered = json!({ "config": moved, "secret": { "client_secret": "right" } });
        scene.app.api_ok(&scene.app.owner, "PATCH", &one, Some(entered)).await?;
        Ok(())
    }
}

both_engines! {
    async fn a_private_connection_is_linked_by_its_owner_alone_and_mended_by_admins(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let (admin, member, other) = (
            scene.app.person(northing_core::people::Role::Admin).await?,
            scene.app.person(northing_core::people::Role::Member).await?,
            scene.app.person(northing_core::people::Role::Member).await?,
        );
        let private = connect(&scene.app, &member, &scene.double, "Mine", false).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let (free, linked) = (scene.goal("key_result", Some(&top), Value::Null).await?, scene.goal("key_result", Some(&top), Value::Null).await?);
        let shared = json!({ "settings": { "shared_goals": true } });
        scene.app.api_ok(&scene.app.owner, "PATCH", &format!("/orgs/{}", scene.app.slug), Some(shared)).await?;
        for goal in [&free, &linked] {
            let owners = json!({ "owner_ids": [member.id, other.id] });
            scene.app.api_ok(&scene.app.owner, "PATCH", &format!("/goals/{goal}"), Some(owners)).await?;
        }
        let link = |connection: &str| json!({ "connection_id": connection, "mode": "percent", "selector": { "query_id": "q-scope" } });
        scene.app.api_ok(&member, "PUT", &format!("/goals/{linked}/link"), Some(link(&private))).await?;
        let preview = json!({ "selector": { "query_id": "q-scope" }, "mode": "percent" });
        // What is asked, and what the organisation's owner, an admin, somebody else and its own owner get.
        let rows = [
            ("GET", format!("/connections/{private}/browse"), None, [403, 403, 404, 200]),
            ("GET", format!("/connections/{private}/measures"), None, [403, 403, 404, 200]),
            ("POST", format!("/connections/{private}/preview"), Some(preview.clone()), [403, 403, 404, 200]),
            ("PUT", format!("/goals/{free}/link"), Some(link(&private)), [403, 403, 422, 200]),
            ("DELETE", format!("/goals/{free}/link"), None, [204, 404, 404, 404]),
            ("PUT", format!("/goals/{linked}/link"), Some(link(&private)), [200, 200, 422, 200]),
            ("GET", format!("/connections/{}/browse", scene.connection), None, [200, 200, 200, 200]),
            ("POST", format!("/connections/{}/preview", scene.connection), Some(preview), [200, 200, 200, 200]),
            ("PUT", format!("/goals/{free}/link"), Some(link(&scene.connection)), [200, 200, 200, 200]),
            ("POST", format!("/orgs/{}/connections/{private}/test", scene.app.slug), None, [200, 200, 404, 200]),
        ];
        for (method, path, body, expected) in rows {
            for (who, status) in [&scene.app.owner, &admin, &other, &member].into_iter().zip(expected) {
                let answer = scene.app.api(who, method, &path, body.clone()).await?;
                assert_eq!(answer.status, status, "{method} {path} by {}: {}", who.email, answer.text);
                if status == 403 {
                    assert!(answer.text.contains("private"), "{}", answer.text);
                }
            }
        }
        // By the pages an admin mends the link of the goal that follows it, and of no other.
        let form = |goal: &str| format!("/goals/{goal}/link?connection={private}");
        let page = scene.app.page(&admin, &form(&linked)).await?;
        assert!(page.status == 200 && page.text.contains("4.2 scope, all items"), "{}", page.text);
        let page = scene.app.page(&admin, &form(&free)).await?;
        assert!(!page.text.contains("Mine, "), "it is not offered for another goal: {}", page.text);
        Ok(())
    }
}
