//! Input that means harm, by the forms of pages: each field of each form, as pages serve them, with what it cannot hold. The answer is
//! never a failure of ours, what cannot be is refused in words, and then nothing has changed.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::{Method, Request, header};
use northing_core::values::{Day, Id};
use northing_testkit::both_engines;
use northing_testkit::forms::fields;
use northing_testkit::front_door::{Answer, form};
use serde_json::{Value, json};

use crate::found::Found;
use crate::snapshot::Snapshot;
use crate::world::World;

/// Forms that end the walk or are slow on purpose (hashing), and those of other doors: by a secret of its own.
const LEFT: [&str; 5] =
    ["/sign-out", "/account/sessions/end", "/account/password", "/account/password/advice", "/sign-in"];
/// What these forms do cannot be done twice: they come last, and only with what must be refused.
const LAST: [&str; 17] = [
    "deletion",
    "removal",
    "discard",
    "undo",
    "archive",
    "close",
    "closing",
    "cancellation",
    "deactivation",
    "dismissal",
    "withdrawal",
    "refusal",
    "acceptance",
    "revocation",
    "restoration",
    "reopen",
    "run",
];
/// Fields that carry no input: the token of the form, what a button says, where to go back to, and any word that tells a repeated
/// request from another.
const NOT_INPUT: [&str; 5] = ["csrf", "back", "next", "step", "request"];
/// Fields that say how a form is shown, and switches, of which any other word than theirs means off: the act may be done without them,
/// but nothing of what they said is kept. So it is with what was typed to find something in a picker.
const STATE: [&str; 10] = [
    "shortcuts",
    "on",
    "connection",
    "of",
    "suggested",
    "as",
    "new_children_contribute",
    "phase_interval",
    "done",
    "type.0",
];

/// A form as a page serves it.
#[derive(Debug, Clone)]
struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

/// Identifiers of another organisation.
struct Elsewhere {
    goal: String,
    team: String,
    period: String,
    person: String,
}

impl Elsewhere {
    async fn new(world: &World) -> Result<Self> {
        let stranger = world.app.stranger().await?;
        let org = stranger.actor.org_id;
        let make = async |path: &str, body: Value| {
            world.app.api_ok(&stranger, "POST", &format!("/orgs/{org}{path}"), Some(body)).await
        };
        let team = make("/teams", json!({"name": "Theirs"})).await?;
        let goal =
            make("/goals", json!({"kind": "objective", "title": "Theirs", "level": "organization"})).await?;
        let id = |value: &Value| value.as_str().map(str::to_owned).context("an id");
        Ok(Self {
            goal: id(&goal["id"])?,
            team: id(&team["id"])?,
            period: id(&goal["period_id"])?,
            person: stranger.id.to_string(),
        })
    }
}

/// How many parts of a path a route's template names literally; none where it does not fit.
fn fit(template: &str, path: &str) -> Option<usize> {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    if template.len() != path.len() {
        return None;
    }
    let fits = template.iter().zip(&path).all(|(one, other)| one.starts_with('{') || one == other);
    fits.then(|| template.iter().filter(|part| !part.starts_with('{')).count())
}

/// The addresses that the posted forms of a page lead to.
fn actions(page: &str) -> Vec<String> {
    page.split("<form")
        .skip(1)
        .filter_map(|form| form.split('>').next())
        .filter(|tag| tag.contains(r#"method="post""#))
        .filter_map(|tag| tag.split_once(r#"action=""#)?.1.split('"').next())
        .map(str::to_owned)
        .collect()
}

/// The first form for each route that takes one; and the routes to which no page has a form.
async fn collected(world: &World) -> Result<(BTreeMap<String, Form>, Vec<String>)> {
    let routes = northing_web::routes();
    let posts: Vec<String> = routes
        .iter()
        .filter(|route| !route.api && !route.open && route.method == Method::POST)
        .map(|route| route.path.clone())
        .filter(|path| !LEFT.contains(&path.as_str()))
        .collect();
    let mut forms: BTreeMap<String, Form> = BTreeMap::new();
    for route in routes.iter().filter(|route| !route.api && !route.open && route.method == Method::GET) {
        if route.path == "/live" {
            continue;
        }
        let page = world.app.page(&world.app.owner, &world.path(&route.path)).await?;
        for action in actions(&page.text) {
            let path = action.split('?').next().unwrap_or_default();
            let best = posts.iter().filter_map(|it| fit(it, path).map(|literal| (literal, it))).max();
            let Some((_, template)) = best else { continue };
            if !forms.contains_key(template) {
                let fields = fields(&page.text, &action);
                let action = action.replace("&amp;", "&");
                forms.insert(template.clone(), Form { action, fields });
            }
        }
    }
    let without = posts.into_iter().filter(|path| !forms.contains_key(path)).collect();
    Ok((forms, without))
}

/// What a field cannot hold, whatever it is for, with a name for it.
fn impossible(name: &str, value: &str, elsewhere: &Elsewhere) -> Vec<(&'static str, String)> {
    let mut all = vec![("a NUL", String::from("a\u{0}b")), ("far too long", "x".repeat(600_000))];
    if value.parse::<Id>().is_ok() {
        all.push(("no identifier", String::from("no-id")));
        all.push(("nobody's identifier", String::from("019c6087-3680-7000-8000-000000000000")));
        all.extend([
            ("their goal", elsewhere.goal.clone()),
            ("their team", elsewhere.team.clone()),
            ("their period", elsewhere.period.clone()),
            ("their person", elsewhere.person.clone()),
        ]);
    } else if value.parse::<Day>().is_ok() {
        all.extend(
            ["2026-02-30", "0000-01-01", "99999-01-01", "tomorrow"].map(|day| ("no day", day.to_owned())),
        );
    } else if value.parse::<f64>().is_ok() && !["version"].contains(&name) {
        all.extend(["much", "1e400", "NaN", "-inf"].map(|number| ("no number", number.to_owned())));
    } else if name == "version" {
        all.push(("no version", String::from("seven")));
    }
    all
}

/// What is odd and may be meant.
fn odd() -> [(&'static str, String); 6] {
    [
        ("markup", String::from("\"><script>alert(1)</script>")),
        ("a formula", String::from("=HYPERLINK(\"http://evil.test\";\"x\")")),
        ("turned", String::from("txt.\u{202e}gpj \u{5d0}\u{5d1}")),
        ("marks", format!("Z{}", "\u{351}\u{300}".repeat(120))),
        ("beyond the first plane", String::from("\u{1F469}\u{200d}\u{1F680} \u{10FFFF}")),
        ("nothing to see", String::from(" \u{200b}\u{feff} ")),
    ]
}

async fn post(world: &World, action: &str, fields: &[(String, String)], htmx: bool) -> Result<Answer> {
    let token = northing_web::form_token(&world.app.owner.session);
    let mut sent: Vec<(&str, &str)> = vec![("csrf", &token)];
    sent.extend(
        fields.iter().filter(|(name, _)| name != "csrf").map(|(name, value)| (name.as_str(), value.as_str())),
    );
    send(world, action, form(&sent), htmx).await
}

async fn send(world: &World, action: &str, body: String, htmx: bool) -> Result<Answer> {
    let mut request = Request::post(action)
        .header(header::COOKIE, format!("session={}", world.app.owner.session))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if htmx {
        request = request.header("hx-request", "true");
    }
    world.app.send(request.body(Body::from(body))?).await
}

fn with(form: &Form, at: usize, value: &str) -> Vec<(String, String)> {
    let mut fields = form.fields.clone();
    if let Some((_, place)) = fields.get_mut(at) {
        value.clone_into(place);
    }
    fields
}

both_engines! {
    async fn every_field_of_every_form_refuses_what_it_cannot_hold(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let elsewhere = Elsewhere::new(&world).await?;
        let (forms, without) = collected(&world).await?;
        let mut found = Found::default();
        let (mut sent, mut refused) = (0, 0);
        let mut all: Vec<(String, Form)> = forms.into_iter().collect();
        // What no page here has a form for is sent every field that any form has, all of them wrong in the same way.
        let mut names: Vec<String> = all.iter().flat_map(|(_, form)| form.fields.iter().map(|(name, _)| name.clone())).collect();
        names.sort();
        names.dedup();
        names.retain(|name| !NOT_INPUT.contains(&name.as_str()));
        assert!(all.len() > 50, "{}", all.len());
        for route in &without {
            for wrong in ["a\u{0}b", "no-id", &elsewhere.goal, &elsewhere.person, "1e400"] {
                let fields: Vec<(String, String)> = names.iter().map(|name| (name.clone(), wrong.to_owned())).collect();
                let answer = post(&world, &world.path(route), &fields, false).await?;
                found.check(answer.status < 500, || format!("{route} = {wrong}: {} {}", answer.status, answer.text));
            }
        }
        let is_last = |route: &str| LAST.iter().any(|end| route.ends_with(end));
        all.sort_by_key(|(route, _)| is_last(route));
        let huge = format!("csrf={}&title={}", northing_web::form_token(&world.app.owner.session), "x".repeat(10 * 1024 * 1024));
        let mut before = Snapshot::take(&world.store).await?;
        for (route, form) in &all {
            let answer = send(&world, &form.action, huge.clone(), false).await?;
            let upload = route.starts_with("/import");
            found.check(answer.status == 413 || (upload && answer.status < 500), || format!("{route} with 10 MB: {} {}", answer.status, answer.text));
            for (at, (name, value)) in form.fields.iter().enumerate() {
                if NOT_INPUT.contains(&name.as_str()) {
                    continue;
                }
                let state = STATE.contains(&name.as_str()) || name.ends_with("_query");
                let mut done = Vec::new();
                for (what, wrong) in impossible(name, value, &elsewhere) {
                    let answer = post(&world, &form.action, &with(form, at, &wrong), sent % 2 == 1).await?;
                    sent += 1;
                    found.check(answer.status < 500, || format!("{route}: {name} = {what}: {} {}", answer.status, answer.text));
                    if (400..500).contains(&answer.status) {
                        refused += 1;
                        let said = !answer.text.trim().is_empty();
                        found.check(said, || format!("{route}: {name} = {what}: {} without a word", answer.status));
                    } else {
                        done.push((what, answer.status, wrong));
                    }
                }
                if !done.is_empty() {
                    let after = Snapshot::take(&world.store).await?;
                    let changes = before.changes(&after);
                    let kept = |wrong: &str| {
                        let written = json!(wrong).to_string();
                        changes.iter().any(|row| row.contains(wrong) || row.contains(written.trim_matches('"')))
                    };
                    // Of numbers and identifiers those that are written anyway say nothing.
                    let told = done.iter().find(|(what, _, wrong)| ["a NUL", "far too long"].contains(what) && kept(wrong));
                    found.check(told.is_none(), || format!("{route}: {name} is kept: {:?}", told.map(|it| it.0)));
                    let done: Vec<_> = done.iter().map(|(what, status, _)| (what, status)).collect();
                    found.check(state || changes.is_empty(), || format!("{route}: {name}: {done:?} and changed {changes:?}"));
                    before = after;
                }
            }
            let after = Snapshot::take(&world.store).await?;
            let changes = before.changes(&after);
            found.check(changes.is_empty(), || format!("{route} changed {changes:?}"));
            before = after;
        }
        found.nothing();
        assert!(sent > 600 && refused > 500, "{sent} sent, {refused} refused");
        Ok(())
    }

    async fn odd_texts_are_refused_or_kept_and_shown_as_they_are(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let (forms, _) = collected(&world).await?;
        let mut found = Found::default();
        let mut sent = 0;
        for (route, form) in forms.iter().filter(|(route, _)| !LAST.iter().any(|end| route.ends_with(end))) {
            for (at, (name, _)) in form.fields.iter().enumerate() {
                if NOT_INPUT.contains(&name.as_str()) {
                    continue;
                }
                for (what, text) in odd() {
                    let answer = post(&world, &form.action, &with(form, at, &text), sent % 2 == 1).await?;
                    sent += 1;
                    found.check(answer.status < 500, || format!("{route}: {name} = {what}: {} {}", answer.status, answer.text));
                    found.check(!answer.text.contains("<script>alert"), || format!("{route}: {name} = {what}: markup came through"));
                }
            }
        }
        // Whatever was kept of it, every page shows it as a text.
        for route in northing_web::routes().iter().filter(|route| !route.api && route.method == Method::GET && route.path != "/live") {
            let page = world.app.page(&world.app.owner, &world.path(&route.path)).await?;
            found.check(page.status < 500, || format!("{}: {} {}", route.path, page.status, page.text));
            let html = page.header("content-type").starts_with("text/html");
            found.check(!html || !page.text.contains("<script>alert"), || format!("{} shows markup", route.path));
        }
        found.nothing();
        assert!(sent > 800, "{sent}");
        Ok(())
    }
}
