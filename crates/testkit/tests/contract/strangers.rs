//! A person of another organisation at every route, with the real identifiers of this one.

use std::collections::BTreeSet;

use anyhow::Result;
use axum::body::Body;
use axum::http::{Method, Request, header};
use northing_testkit::both_engines;
use northing_testkit::front_door::{Answer, Person, form};

use crate::examples;
use crate::found::Found;
use crate::snapshot::Snapshot;
use crate::world::{MARK, World};

/// Parameters that name nothing of an organisation.
const PLAIN: [&str; 6] = ["{kind}", "{field}", "{part}", "{secret}", "{build}", "{*name}"];

/// Every identifier that the organisation's rows begin with.
fn of_the_organisation(world: &World) -> Vec<String> {
    [
        "org",
        "user",
        "team",
        "period",
        "top",
        "goal",
        "initiative",
        "task",
        "check_in",
        "comment",
        "tag",
        "connection",
        "batch",
        "import",
    ]
    .iter()
    .map(|name| world.id(name).to_owned())
    .chain([world.app.owner.id.to_string()])
    .collect()
}

fn names_something(path: &str) -> bool {
    let plain = PLAIN.iter().fold(path.to_owned(), |path, name| path.replace(name, ""));
    plain.contains('{')
}

fn tells_nothing(found: &mut Found, answer: &Answer, name: &str) {
    let at = answer.text.find(MARK);
    found.check(at.is_none(), || {
        let from = at.unwrap_or(0).saturating_sub(80);
        format!("{name} tells: {}", answer.text.chars().skip(from).take(200).collect::<String>())
    });
    found.check(answer.status < 500, || format!("{name}: {} {}", answer.status, answer.text));
}

/// Names of what forms send and lists are narrowed by, with identifiers of the organisation.
fn foreign(world: &World) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    for (names, of) in [
        (
            &[
                "goal",
                "goal_id",
                "parent",
                "parents",
                "parent_id",
                "before",
                "after",
                "before_id",
                "after_id",
                "under",
                "id",
                "beside",
            ][..],
            "goal",
        ),
        (&["team", "teams", "team_id", "team_ids"], "team"),
        (
            &[
                "owner",
                "owners",
                "owner_id",
                "owner_ids",
                "user",
                "person",
                "manager",
                "manager_id",
                "check_in_owner_id",
                "delegate_id",
                "members",
            ],
            "user",
        ),
        (&["period", "periods", "period_id", "move_to"], "period"),
        (&["reference", "from", "to"], "goal"),
        (&["org", "organization", "organisation", "entity", "entity_id"], "org"),
        (&["tag", "tags"], "tag"),
        (&["check_in", "check_in_id"], "check_in"),
        (&["connection", "connection_id"], "connection"),
        (&["batch"], "batch"),
    ] {
        fields.extend(names.iter().map(|name| (*name, world.id(of).to_owned())));
    }
    fields
}

/// What fills the fields that forms ask for, so that nothing else stands in the way.
const FILLED: [(&str, &str); 23] = [
    ("start", "2026-01-01"),
    ("end", "2026-03-31"),
    ("title", "Taken"),
    ("name", "Taken"),
    ("text", "Taken"),
    ("note", "Taken"),
    ("body", "Taken"),
    ("value", "5"),
    ("version", "1"),
    ("kind", "objective"),
    ("level", "organization"),
    ("status", "on_track"),
    ("score", "0.5"),
    ("act", "role"),
    ("role", "member"),
    ("people", "x@elsewhere.test"),
    ("email", "taken@elsewhere.test"),
    ("start_date", "2026-01-01"),
    ("end_date", "2026-03-31"),
    ("year", "2027"),
    ("join", "restricted"),
    ("theme", "dark"),
    ("scope", "goal"),
];

async fn browse(world: &World, by: &Person, method: &Method, path: &str, fields: &str) -> Result<Answer> {
    // The browser says that it works in the organisation.
    let cookie = format!("session={}; org={}", by.session, world.app.org);
    let body = format!("{fields}&csrf={}", northing_web::form_token(&by.session));
    let request = Request::builder().method(method.clone()).uri(path).header(header::COOKIE, cookie);
    let request = if *method == Method::POST {
        request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body))?
    } else {
        request.body(Body::empty())?
    };
    world.app.send(request).await
}

fn query(fields: &[(&'static str, String)]) -> String {
    form(&fields.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
}

/// What changed between two looks names nothing of the organisation.
async fn untouched(world: &World, found: &mut Found, before: &Snapshot, name: &str) -> Result<Snapshot> {
    let after = Snapshot::take(&world.store).await?;
    for row in before.changes(&after) {
        for id in of_the_organisation(world) {
            found.check(!row.contains(&id), || format!("{name} wrote {row}"));
        }
    }
    Ok(after)
}

both_engines! {
    async fn a_strangers_session_finds_nothing_and_writes_nothing(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let stranger = world.app.stranger().await?;
        let mut before = Snapshot::take(&world.store).await?;
        let foreign = foreign(&world);
        let filled = form(&FILLED);
        let (mut walked, mut found) = (BTreeSet::new(), Found::default());
        for route in northing_web::routes().into_iter().filter(|route| !route.api && !route.open) {
            // Signing out and the stream of events are not walked on: the one ends the walk, the other never ends.
            if ["/sign-out", "/live", "/account/sessions/end", "/account/password"].contains(&route.path.as_str()) {
                continue;
            }
            let name = format!("{} {}", route.method, route.path);
            let path = world.path(&route.path);
            let filled = if route.path.starts_with("/admin/periods") { filled.replace("kind=objective", "kind=custom") } else { filled.clone() };
            let sent: Vec<_> = foreign.iter().filter(|(field, _)| !field.starts_with("tag")).cloned().collect();
            let fields = format!("{filled}&{}", query(&sent));
            // Some forms say in their address what they do.
            let address = format!("{path}?place=up&{}", query(&foreign));
            let answer = browse(&world, &stranger, &route.method, &address, &fields).await?;
            tells_nothing(&mut found, &answer, &name);
            if names_something(&route.path) {
                found.check(answer.status == 404, || format!("{name}: {} {}", answer.status, answer.text));
            }
            // One parameter at a time too: of several wrong ones the first may stand before the others.
            if route.method == Method::GET && !names_something(&route.path) {
                for (field, value) in &foreign {
                    let answer = browse(&world, &stranger, &route.method, &format!("{}?{field}={value}", world.path(&route.path)), "").await?;
                    tells_nothing(&mut found, &answer, &format!("{name}?{field}"));
                }
            }
            if route.method == Method::POST {
                if !names_something(&route.path) {
                    // A form's tags are names and no identifiers.
                    for (field, value) in foreign.iter().filter(|(field, _)| !field.starts_with("tag")) {
                        let answer = browse(&world, &stranger, &route.method, &world.path(&route.path), &format!("{filled}&{field}={value}")).await?;
                        tells_nothing(&mut found, &answer, &format!("{name} {field}"));
                    }
                }
                before = untouched(&world, &mut found, &before, &name).await?;
            }
            walked.insert(name);
        }
        found.nothing();
        assert!(walked.len() > 120, "{}", walked.len());
        // The events of the organisation's goals are not heard either: there is nothing to subscribe to.
        let live = Request::get(format!("/live?goals={}", world.id("goal"))).header(header::COOKIE, format!("session={}", stranger.session));
        let mut stream = axum_body(&world, live.body(Body::empty())?).await?;
        let words = world.id("goal").to_owned();
        world.app.api_ok(&world.app.owner, "POST", &format!("/goals/{words}/check-ins"), Some(serde_json::json!({"value": 7}))).await?;
        let heard = tokio::time::timeout(std::time::Duration::from_millis(300), futures_util::StreamExt::next(&mut stream)).await;
        if let Ok(Some(Ok(bytes))) = heard {
            assert!(!String::from_utf8_lossy(&bytes).contains(&words), "{}", String::from_utf8_lossy(&bytes));
        }
        Ok(())
    }

    async fn a_strangers_token_finds_nothing_and_writes_nothing(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let stranger = world.app.stranger().await?;
        let before = Snapshot::take(&world.store).await?;
        let mut found = Found::default();
        for example in examples::all(&world) {
            let name = format!("{} {}", example.method, example.path);
            let told = |text: &str| text.replace(MARK, "Own");
            let path = format!("{}{}", world.path(example.path), example.query);
            // With what would be right, and with what could be told apart from it.
            for body in [example.body.as_ref().map(|body| serde_json::from_str(&told(&body.to_string()))).transpose()?, example.body.as_ref().map(|_| serde_json::json!({"nonsense": 1}))] {
                let answer = world.app.api(&stranger, example.method, &path, body).await?;
                tells_nothing(&mut found, &answer, &name);
                if names_something(example.path) {
                    let hidden = answer.status == 404 && answer.header("content-type") == "application/problem+json";
                    found.check(hidden, || format!("{name}: {} {}", answer.status, answer.text));
                }
            }
            untouched(&world, &mut found, &before, &name).await?;
        }
        let upload = world.app.upload(&stranger, &world.path("/orgs/{org}/imports"), &[], &[("a.csv", b"Title\nx\n")]).await?;
        assert_eq!(upload.status, 404, "{}", upload.text);
        untouched(&world, &mut found, &before, "POST imports").await?;
        found.nothing();
        Ok(())
    }
}

async fn axum_body(world: &World, request: Request<Body>) -> Result<axum::body::BodyDataStream> {
    let answer = tower::ServiceExt::oneshot(world.app.router.clone(), request).await?;
    Ok(answer.into_body().into_data_stream())
}
