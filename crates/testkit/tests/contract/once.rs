//! Requests under an `Idempotency-Key`, where the answer is not there to be repeated: it held a secret, it was too long, or whoever
//! did the request died between the act and the answer. None is done again, and no secret is kept.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use northing_app::{Answer as Kept, Claim, Error};
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, Person};
use serde_json::{Value, json};

use crate::examples;
use crate::found::Found;
use crate::snapshot::Snapshot;
use crate::world::World;

/// A claim without an answer lapses after two minutes.
const STALE: i64 = 3 * 60_000;

/// What only chance makes: long, without spaces, and no identifier.
fn secrets(value: &Value, all: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let words = text.split(|it: char| !it.is_ascii_alphanumeric() && !"-_".contains(it));
            let is_id = |word: &str| word.parse::<northing_core::values::Id>().is_ok();
            // The address of a frame, say, is long as well: chance has digits, and letters of both kinds.
            let by_chance = |word: &str| {
                word.len() >= 20
                    && word.chars().any(|it| it.is_ascii_digit())
                    && word.chars().any(|it| it.is_ascii_uppercase())
                    && word.chars().any(|it| it.is_ascii_lowercase())
            };
            all.extend(words.filter(|word| by_chance(word) && !is_id(word)).map(str::to_owned));
        }
        Value::Array(items) => items.iter().for_each(|item| secrets(item, all)),
        Value::Object(members) => members.values().for_each(|member| secrets(member, all)),
        _ => {}
    }
}

fn is_not_kept(answer: &northing_testkit::front_door::Answer) -> bool {
    answer.status == 409
        && answer.json()["code"] == "answer_not_kept"
        && answer.header("content-type") == "application/problem+json"
        && answer.header("idempotency-replayed") == "true"
}

/// Claims a key as the gate does, for a tag.
async fn claim(app: &App, by: &Person, key: &str) -> Result<Option<Kept>, Error> {
    app.northing.claim_key(by.id, key.to_owned(), String::from("POST a tag")).await
}

fn claimed(by: &Person, key: &str) -> Claim {
    let unanswered = Kept { status: 409, headers: String::from("{}"), body: String::from("done") };
    Claim { user: by.id, key: key.to_owned(), unanswered }
}

both_engines! {
    async fn no_answer_with_a_secret_is_kept_and_none_is_made_twice(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let (mut found, mut with_secret) = (Found::default(), BTreeSet::new());
        for (number, example) in examples::all(&world).into_iter().enumerate().filter(|(_, it)| it.method != "GET") {
            // The token in use stays.
            if example.path.contains("/me/tokens/") {
                continue;
            }
            let (name, path) = (format!("{} {}", example.method, example.path), world.path(example.path));
            let key = format!("walk-{number}");
            let key = [("idempotency-key", key.as_str())];
            let answer = world.app.api_with(&world.app.owner, example.method, &path, example.body.clone(), &key).await?;
            let mut told = BTreeSet::new();
            secrets(&answer.json(), &mut told);
            if answer.status >= 300 || told.is_empty() {
                continue;
            }
            with_secret.insert(name.clone());
            let mut copy = Vec::new();
            world.store.backup(&mut copy).await?;
            let copy = String::from_utf8(copy)?;
            for secret in &told {
                let table = copy.lines().scan(String::new(), |table, line| {
                    if line.starts_with('{') {
                        line.clone_into(table);
                    }
                    Some((table.clone(), line))
                });
                let kept: Vec<String> = table.filter(|(_, line)| line.contains(secret.as_str())).map(|(table, _)| table).collect();
                found.check(kept.is_empty(), || format!("{name}: {secret} is kept in {kept:?}"));
            }
            let before = Snapshot::take(&world.store).await?;
            let again = world.app.api_with(&world.app.owner, example.method, &path, example.body, &key).await?;
            found.check(is_not_kept(&again), || format!("{name}, again: {} {}", again.status, again.text));
            let changes = before.changes(&Snapshot::take(&world.store).await?);
            found.check(changes.is_empty(), || format!("{name}, again: {changes:?}"));
        }
        found.nothing();
        let expected = ["POST /me/tokens", "POST /orgs/{org}/invitations", "POST /orgs/{org}/members/{user}/link"];
        assert_eq!(with_secret, expected.map(str::to_owned).into());
        // What comes in as a secret is sealed.
        let mut copy = Vec::new();
        world.store.backup(&mut copy).await?;
        let copy = String::from_utf8(copy)?;
        assert!(!copy.contains("sesame-secret") && !copy.contains("sesame-key"));
        Ok(())
    }

    async fn an_answer_too_long_to_be_kept_is_given_once_and_its_request_done_once(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let long = "\u{1F30D}".repeat(100_000);
        let body = json!({"mission": long, "vision": long, "north_star": long});
        let key = [("idempotency-key", "long")];
        let first = app.api_with(&app.owner, "PATCH", "/orgs/calder", Some(body.clone()), &key).await?;
        assert!(first.status == 200 && first.text.len() > 1024 * 1024, "{} {}", first.status, first.text.len());
        let version = app.api_ok(&app.owner, "GET", "/orgs/calder", None).await?["version"].clone();
        assert_eq!(first.json()["version"], version);
        let again = app.api_with(&app.owner, "PATCH", "/orgs/calder", Some(body), &key).await?;
        assert!(is_not_kept(&again), "{} {}", again.status, again.text);
        assert_eq!(app.api_ok(&app.owner, "GET", "/orgs/calder", None).await?["version"], version);
        Ok(())
    }

    async fn what_died_behind_its_act_is_not_done_again_and_what_died_before_it_is(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (by, northing) = (&app.owner, &app.northing);
        let tags = async || anyhow::Ok(app.api_ok(by, "GET", "/orgs/calder/tags", None).await?["items"].as_array().map_or(0, Vec::len));
        // Died before the act: while it may still run nobody else does it, then somebody does.
        assert_eq!(claim(&app, by, "before").await?, None);
        assert!(matches!(claim(&app, by, "before").await, Err(Error::Refused(_))));
        app.clock.advance_millis(STALE);
        assert_eq!(claim(&app, by, "before").await?, None);
        // Died behind the act: it is never done again, at once and later.
        assert_eq!(claim(&app, by, "behind").await?, None);
        claimed(by, "behind").during(northing.create_tag(&by.actor, "once")).await?;
        for wait in [0, STALE] {
            app.clock.advance_millis(wait);
            assert_eq!(claim(&app, by, "behind").await?.map(|it| it.body).as_deref(), Some("done"));
        }
        // Given back, as after a failure of ours behind the act, it stays as it is.
        northing.settle_key(by.id, String::from("behind"), None).await?;
        assert_eq!(claim(&app, by, "behind").await?.map(|it| it.status), Some(409));
        // An act that was refused answered nothing.
        assert_eq!(claim(&app, by, "refused").await?, None);
        claimed(by, "refused").during(northing.create_tag(&by.actor, "")).await.unwrap_err();
        northing.settle_key(by.id, String::from("refused"), None).await?;
        assert_eq!(claim(&app, by, "refused").await?, None);
        // Nobody else's act and no later one of the same task answers it.
        northing.create_tag(&by.actor, "without a key").await?;
        app.clock.advance_millis(STALE);
        assert_eq!(claim(&app, by, "refused").await?, None);
        assert_eq!(tags().await?, 2);
        Ok(())
    }

    async fn whoever_goes_away_before_the_answer_finds_it(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let mut dropped = None;
        for number in 0..50 {
            let (key, body) = (format!("gone-{number}"), json!({"name": format!("gone {number}")}));
            let key = [("idempotency-key", key.as_str())];
            let mut asked = Box::pin(app.api_with(&app.owner, "POST", "/orgs/calder/tags", Some(body.clone()), &key));
            // As far as its claim, and no further.
            let answered = loop {
                tokio::select! {
                    biased;
                    answer = &mut asked => break Some(answer?),
                    count = claims(&db) => if count? > number { break None },
                }
            };
            if answered.is_none() {
                drop(asked);
                dropped = Some((number, body));
                break;
            }
        }
        let (number, body) = dropped.context("each was answered before it was claimed")?;
        let key = format!("gone-{number}");
        northing_testkit::wait::until("the answer is kept", async || {
            let key = [("idempotency-key", key.as_str())];
            let again = app.api_with(&app.owner, "POST", "/orgs/calder/tags", Some(body.clone()), &key).await?;
            Ok((again.status == 201 && again.header("idempotency-replayed") == "true").then_some(()))
        })
        .await?;
        let listed = app.api_ok(&app.owner, "GET", "/orgs/calder/tags", None).await?;
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(usize::try_from(number)? + 1));
        Ok(())
    }
}

/// How many keys were claimed so far.
async fn claims(store: &northing_store::Store) -> Result<i64> {
    let count = northing_store::sql("SELECT count(*) AS n FROM idempotency");
    Ok(count.fetch_one(&mut store.read_once().await?).await?.int("n")?)
}
