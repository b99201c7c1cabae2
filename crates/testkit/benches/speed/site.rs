//! A generated organisation behind the site, and the addresses that are asked for.

use anyhow::{Context, Result, ensure};
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use northing_app::generate::Generate;
use northing_store::{Engine, sql};
use northing_testkit::database::Database;
use northing_testkit::front_door::App;
use std::time::{Duration, Instant};
use tower::ServiceExt;

/// The goals of the one seed that everything is measured with.
const SEED: u64 = 1;
/// What a browser accepts.
pub(crate) const ENCODINGS: &str = "gzip, deflate, br, zstd";

/// A site with its store.
pub(crate) struct Site {
    pub(crate) app: App,
    pub(crate) db: Database,
}

/// An answer, and how long it took.
pub(crate) struct Answer {
    pub(crate) time: Duration,
    pub(crate) text: String,
}

impl Site {
    /// A new site with so many goals.
    pub(crate) async fn new(engine: Engine, goals: usize) -> Result<Self> {
        let db = Database::new(engine).await?;
        let app = App::new(&db).await?;
        if goals > 0 {
            app.northing.generate(&app.owner.actor, Generate { goals, seed: SEED }, &|_| {}).await?;
        }
        let site = Self { app, db };
        site.settle().await?;
        Ok(site)
    }

    /// Has PostgreSQL count its tables and put new entries into its indexes, as autovacuum does by itself within a minute.
    pub(crate) async fn settle(&self) -> Result<()> {
        if self.db.engine() == Engine::Postgres {
            // Not within a transaction.
            sql("VACUUM (ANALYZE)").fetch_all(&mut self.db.read_once().await?).await?;
        }
        Ok(())
    }

    /// Asks for a page as a browser does, but without a network.
    pub(crate) async fn get(&self, path: &str, htmx: bool) -> Result<Answer> {
        let mut request = Request::get(path)
            .header(header::COOKIE, format!("session={}", self.app.owner.session))
            .header(header::ACCEPT_ENCODING, ENCODINGS);
        if htmx {
            request = request.header("hx-request", "true");
        }
        let request = request.body(Body::empty())?;
        let start = Instant::now();
        let answer = self.app.router.clone().oneshot(request).await?;
        let status = answer.status();
        to_bytes(answer.into_body(), usize::MAX).await?;
        let time = start.elapsed();
        ensure!(status.is_success(), "{path}: {status}");
        Ok(Answer { time, text: String::new() })
    }

    /// The same as it reads.
    pub(crate) async fn text(&self, path: &str) -> Result<Answer> {
        let start = Instant::now();
        let answer = self.app.page(&self.app.owner, path).await?;
        ensure!(answer.status == 200, "{path}: {}", answer.status);
        Ok(Answer { time: start.elapsed(), text: answer.text })
    }

    /// The statements that a page takes.
    pub(crate) async fn statements(&self, path: &str) -> Result<u64> {
        let before = self.db.statements();
        self.text(path).await?;
        Ok(self.db.statements() - before)
    }

    /// The address of the team whose page in the current period has nearest to so many goals.
    pub(crate) async fn team(&self, goals: i64) -> Result<String> {
        let statement = "SELECT p.entity_id AS id FROM placements p JOIN periods d ON d.id = p.period_id AND d.is_current = 1 \
             WHERE p.page = 'team' AND d.org_id = $1 GROUP BY p.entity_id ORDER BY abs(count(*) - $2), p.entity_id LIMIT 1";
        Ok(format!("/teams/{}", self.one(statement, goals).await?))
    }

    /// The address of the objective of the current period with two parents that has nearest to so many children.
    pub(crate) async fn goal(&self, children: i64) -> Result<String> {
        let statement = "SELECT g.id FROM goals g JOIN periods d ON d.id = g.period_id AND d.is_current = 1 \
             WHERE g.org_id = $1 AND g.kind = 'objective' AND g.parent_count = 1 \
             ORDER BY abs(g.child_count - $2), g.id LIMIT 1";
        Ok(format!("/goals/{}", self.one(statement, children).await?))
    }

    async fn one(&self, statement: &'static str, number: i64) -> Result<String> {
        let mut rx = self.db.read_once().await?;
        let row = sql(statement).bind(self.app.org).bind(number).fetch_optional(&mut rx).await?;
        Ok(row.context("the organisation is too small for this")?.text("id")?)
    }
}
