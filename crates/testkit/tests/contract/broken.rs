//! What is told where the fault is ours: that it is, and a number by which it is found in the log; never what it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use northing_app::{Clock, Northing};
use northing_core::values::Moment;
use northing_store::sql;
use northing_testkit::both_engines;
use northing_testkit::clock::TestClock;
use northing_testkit::front_door::{Answer, App};
use northing_testkit::rng::SeededRng;
use northing_web::{AppState, SiteOptions};
use serde_json::json;

/// A clock that panics once it is told to.
struct Breaking {
    clock: Arc<TestClock>,
    broken: AtomicBool,
}

impl Clock for Breaking {
    fn now(&self) -> Moment {
        assert!(!self.broken.load(Ordering::SeqCst), "the innermost secret of the clock");
        self.clock.now()
    }
}

/// Words that tell what stands behind the site.
const DETAILS: [&str; 9] = [
    "innermost",
    "panicked",
    "sqlx",
    "SELECT",
    "no such table",
    "relation",
    "does not exist",
    ".rs:",
    "Broken(",
];

/// An answer that says that the fault is ours, with the number of its request, and nothing of what it was.
#[track_caller]
fn tells_no_more(answer: &Answer) {
    let number = answer.header("x-request-id");
    assert!(answer.status == 500 && !number.is_empty(), "{} {:?}", answer.status, answer.headers);
    assert!(answer.text.contains(number), "no reference: {}", answer.text);
    for word in DETAILS {
        assert!(!answer.text.contains(word), "{word}: {}", answer.text);
    }
}

/// The same failure as a page, as a fragment, and by the API with and without a key.
async fn everywhere(app: &App, page: &str, api: (&str, &str)) -> Result<()> {
    let answer = app.page(&app.owner, page).await?;
    tells_no_more(&answer);
    assert!(
        answer.text.contains("Something went wrong on our side. It was noted.")
            && answer.text.contains("Reference"),
        "{}",
        answer.text
    );
    assert!(answer.header("content-type").starts_with("text/html"));
    let fragment = app.fragment(&app.owner, page).await?;
    tells_no_more(&fragment);
    assert_eq!(fragment.header("hx-reswap"), "none");
    let (method, path) = api;
    let body = (method != "GET").then(|| json!({"name": "broken"}));
    for headers in [&[][..], &[("idempotency-key", "broken")]] {
        let answer = app.api_with(&app.owner, method, path, body.clone(), headers).await?;
        tells_no_more(&answer);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["reference"], answer.header("x-request-id"));
    }
    Ok(())
}

both_engines! {
    async fn a_panic_is_told_with_a_number_and_without_details(db: Database) -> Result<()> {
        let mut app = App::new(&db).await?;
        let clock = Arc::new(Breaking { clock: app.clock.clone(), broken: AtomicBool::new(false) });
        let northing = Northing::new(db.store(), clock.clone(), Arc::new(SeededRng::new(9)));
        app.router = northing_web::router(AppState::new(northing, SiteOptions::default()));
        assert_eq!(app.page(&app.owner, "/explorer").await?.status, 200);
        clock.broken.store(true, Ordering::SeqCst);
        everywhere(&app, "/explorer", ("POST", "/orgs/calder/tags")).await?;
        clock.broken.store(false, Ordering::SeqCst);
        assert_eq!(app.page(&app.owner, "/explorer").await?.status, 200, "and it goes on");
        Ok(())
    }

    async fn a_failure_of_the_store_is_told_with_a_number_and_without_details(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        db.write((), |tx, ()| Box::pin(async move { sql("ALTER TABLE tags RENAME TO gone").execute(tx).await })).await?;
        everywhere(&app, "/tags", ("POST", "/orgs/calder/tags")).await?;
        db.write((), |tx, ()| Box::pin(async move { sql("ALTER TABLE gone RENAME TO tags").execute(tx).await })).await?;
        assert_eq!(app.page(&app.owner, "/tags").await?.status, 200);
        Ok(())
    }
}
