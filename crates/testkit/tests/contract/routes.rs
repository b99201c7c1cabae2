//! What every route of the router holds to, whoever asks: signed out nobody gets in, forms without their token change nothing,
//! and every answer carries the headers that keep browsers safe.

use anyhow::Result;
use axum::body::Body;
use axum::http::{Method, Request, header};
use northing_testkit::both_engines;
use northing_testkit::front_door::{Answer, form};
use northing_web::Route;

use crate::found::Found;
use crate::snapshot::Snapshot;
use crate::world::World;

/// What programs send by a secret of its own and not by a session.
const HOOK: &str = "/hooks/azure-devops";
/// What a frame sends, which has no cookies: by a secret of its own too.
const FRAMES: &str = "/embed/azure-devops/";

fn guarded(found: &mut Found, answer: &Answer, name: &str) {
    let policy = answer.header("content-security-policy");
    let strict = policy.starts_with("default-src 'none'") && !policy.contains("unsafe");
    found.check(strict, || format!("{name}: {policy}"));
    for (header, values) in [
        ("x-content-type-options", &["nosniff"][..]),
        ("x-frame-options", &["DENY"]),
        ("referrer-policy", &["same-origin", "no-referrer"]),
        ("cross-origin-opener-policy", &["same-origin"]),
        ("permissions-policy", &["camera=(), geolocation=(), microphone=()"]),
    ] {
        let is = answer.header(header);
        found.check(values.contains(&is), || format!("{name}: {header}: {is}"));
    }
    // Only what is the same for everybody and never changes may be kept.
    let kept = answer.header("cache-control");
    found.check(kept == "no-store" || name.contains("/assets/"), || format!("{name}: {kept}"));
}

/// A request without anything that says who asks.
async fn anonymous(
    world: &World,
    route: &Route,
    cookie: Option<&str>,
    body: Option<String>,
) -> Result<Answer> {
    let path = world.path(&route.path);
    let mut request = Request::builder().method(route.method.clone()).uri(path);
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    let body = match body {
        Some(body) => {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            Body::from(body)
        }
        None => Body::empty(),
    };
    world.app.send(request.body(body)?).await
}

both_engines! {
    async fn nobody_gets_in_without_a_session_or_a_token(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let before = Snapshot::take(&world.store).await?;
        let (mut walked, mut found) = (0, Found::default());
        for route in northing_web::routes() {
            let name = format!("{} {}", route.method, route.path);
            let answer = anonymous(&world, &route, None, None).await?;
            guarded(&mut found, &answer, &name);
            walked += 1;
            let wrong = || format!("{name}: {} {:?} {}", answer.status, answer.headers, answer.text);
            if route.api {
                let problem = answer.header("content-type") == "application/problem+json" && answer.json()["status"] == 401;
                found.check(answer.status == 401 && problem && answer.header("www-authenticate") == "Bearer", wrong);
            } else if route.path == HOOK {
                found.check(answer.status == 401, wrong);
            } else if route.method == Method::POST {
                // Before anything else a form shows that it comes from a page of ours.
                found.check(answer.status == 403, wrong);
            } else if route.open {
                found.check([200, 303, 404, 410].contains(&answer.status), wrong);
            } else {
                found.check(answer.status == 303 && answer.header("location").starts_with("/sign-in"), wrong);
            }
            // The page to sign in says whose it is.
            let named = answer.text.contains(crate::world::MARK) && route.path != "/sign-in";
            found.check(!named, wrong);
            // With the token of a form but without a session neither.
            if route.method == Method::POST && !route.api && !route.open {
                let body = form(&[("csrf", &northing_web::form_token("a-browser"))]);
                let answer = anonymous(&world, &route, Some("form=a-browser"), Some(body)).await?;
                let turned = answer.status == 303 && answer.header("location").starts_with("/sign-in");
                found.check(turned, || format!("{name}: {} {}", answer.status, answer.text));
            }
        }
        found.nothing();
        assert!(walked > 200, "{walked}");
        assert_eq!(before.changes(&Snapshot::take(&world.store).await?), [""; 0]);
        Ok(())
    }

    async fn a_form_without_the_token_of_its_session_changes_nothing(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let before = Snapshot::take(&world.store).await?;
        let session = format!("session={}", world.app.owner.session);
        let other = northing_web::form_token(&world.member.session);
        let mut found = Found::default();
        for route in northing_web::routes().into_iter().filter(|route| !route.api && route.method == Method::POST) {
            if route.path == HOOK || route.path.starts_with(FRAMES) {
                continue;
            }
            let name = format!("{} {}", route.method, route.path);
            for body in [None, Some(String::from("name=x")), Some(form(&[("csrf", "wrong"), ("name", "x")])), Some(form(&[("csrf", &other)]))] {
                let answer = anonymous(&world, &route, Some(&session), body.clone()).await?;
                let told = answer.status == 403 && answer.text.contains("Load the page again");
                found.check(told, || format!("{name} {body:?}: {} {}", answer.status, answer.text));
                guarded(&mut found, &answer, &name);
            }
            // The token of somebody else in a form with files, and the right one in a form that another site sends.
            let (kind, body) = northing_testkit::front_door::multipart("part", &[("csrf", &other)], &[("a.csv", b"x")]);
            let request = Request::post(world.path(&route.path)).header(header::COOKIE, &session).header(header::CONTENT_TYPE, kind);
            let status = world.app.send(request.body(Body::from(body))?).await?.status;
            found.check(status == 403, || format!("{name} with files: {status}"));
            let own = form(&[("csrf", &northing_web::form_token(&world.app.owner.session))]);
            let request = Request::post(world.path(&route.path))
                .header(header::COOKIE, &session)
                .header("sec-fetch-site", "cross-site")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let status = world.app.send(request.body(Body::from(own))?).await?.status;
            found.check(status == 403, || format!("{name} from another site: {status}"));
        }
        found.nothing();
        assert_eq!(before.changes(&Snapshot::take(&world.store).await?), [""; 0]);
        Ok(())
    }

    async fn answers_to_those_who_may_carry_the_headers_too(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let mut found = Found::default();
        for route in northing_web::routes().into_iter().filter(|route| route.method == Method::GET) {
            // A stream that ends only with the page.
            if route.path == "/live" {
                continue;
            }
            let name = format!("{} {}", route.method, route.path);
            let path = world.path(&route.path);
            let answer = match path.strip_prefix("/api/v1") {
                Some(path) => world.app.api(&world.app.owner, "GET", path, None).await?,
                None => world.app.page(&world.app.owner, &path).await?,
            };
            guarded(&mut found, &answer, &name);
            found.check(answer.status < 500, || format!("{name}: {} {}", answer.status, answer.text));
        }
        found.nothing();
        Ok(())
    }
}
