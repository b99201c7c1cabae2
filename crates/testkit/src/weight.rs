//! What pages of the demonstration organisation weigh, as they travel to a browser.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use northing_app::setup::{NewOrganization, SetUp};
use northing_app::sign_in::Credentials;
use northing_app::{Northing, Via, demo};
use northing_store::{Store, sql};
use tower::ServiceExt;

use crate::front_door::{App, PASSWORD};

/// Everything of a first visit, compressed, in bytes.
pub const FIRST_VISIT: usize = 60_000;
/// Of it scripts.
pub const SCRIPTS: usize = 25_000;
/// A page after that.
pub const FOLLOWING_PAGE: usize = 15_000;

/// Something that was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its address.
    pub path: String,
    /// Bytes on the way.
    pub sent: usize,
    /// Bytes when unpacked.
    pub plain: usize,
}

/// The demonstration organisation behind the site, and its visitor signed in.
pub struct Demonstration {
    /// The use cases.
    pub northing: Northing,
    router: Router,
    session: String,
    store: Store,
}

impl Demonstration {
    /// Fills an empty store with it.
    ///
    /// # Errors
    /// Where something of it was not taken over.
    pub async fn new(store: &Store) -> Result<Self> {
        let (northing, clock, router) = App::bare(store.clone())?;
        let email = demo::address(demo::VISITOR);
        let done = northing
            .set_up(SetUp {
                email: email.clone(),
                name: demo::VISITOR.to_owned(),
                password: String::from(PASSWORD),
                organization: NewOrganization {
                    name: demo::NAME.to_owned(),
                    mission: Some(demo::MISSION.to_owned()),
                    vision: Some(demo::VISION.to_owned()),
                    values: demo::VALUES.map(str::to_owned).to_vec(),
                    north_star: Some(demo::NORTH_STAR.to_owned()),
                    ..NewOrganization::default()
                },
                via: Via::CommandLine,
            })
            .await?;
        let actor = northing.operator_of(&done.slug).await?;
        let set = demo::calderfield(Arc::clone(&clock).now().day_in(&jiff::tz::TimeZone::UTC));
        northing.import_set(&actor, "demo", set, false).await?;
        let session = northing
            .sign_in(Credentials {
                email,
                password: String::from(PASSWORD),
                address: String::from("192.0.2.1"),
                user_agent: None,
            })
            .await?;
        Ok(Self { northing, router, session, store: store.clone() })
    }

    /// Scripts, style sheets and icons that the start page names.
    ///
    /// # Errors
    /// Where one of them is missing.
    pub async fn assets(&self) -> Result<Vec<Sent>> {
        let page = self.text("/").await?;
        let mut paths: Vec<String> = page
            .split(['"', '\''])
            .filter(|part| part.starts_with("/assets/"))
            .map(|part| part.split('#').next().unwrap_or(part).to_owned())
            .collect();
        paths.sort_unstable();
        paths.dedup();
        ensure!(paths.iter().any(|path| path.ends_with(".js")), "the front end is not built: make frontend");
        let mut assets = Vec::new();
        for path in paths {
            assets.push(self.sent(&path).await?);
        }
        Ok(assets)
    }

    /// Every kind of page with something to show, the start page first; of teams, people and goals the fullest.
    ///
    /// # Errors
    /// Where a page does not answer.
    pub async fn pages(&self) -> Result<Vec<Sent>> {
        let team = self
            .fullest(
                "SELECT entity_id AS id FROM placements WHERE page = 'team' GROUP BY entity_id \
             ORDER BY count(*) DESC, entity_id LIMIT 1",
            )
            .await?;
        let person = self
            .fullest(
                "SELECT entity_id AS id FROM placements WHERE page = 'person' GROUP BY entity_id \
             ORDER BY count(*) DESC, entity_id LIMIT 1",
            )
            .await?;
        let objective = self
            .fullest("SELECT id FROM goals WHERE kind = 'objective' ORDER BY child_count DESC, id LIMIT 1")
            .await?;
        let key_result = self.fullest("SELECT goal_id AS id FROM check_ins GROUP BY goal_id ORDER BY count(*) DESC, goal_id LIMIT 1").await?;
        let open = self.fullest("SELECT id FROM goals WHERE status = 'behind' AND progress_mode = 'manual' ORDER BY id LIMIT 1").await?;
        let tree = self.opened("/explorer").await?;
        let paths = [
            String::from("/"),
            String::from("/explorer"),
            tree,
            String::from("/explorer?flat=true"),
            String::from("/organisation"),
            String::from("/teams"),
            String::from("/people"),
            format!("/teams/{team}"),
            format!("/people/{person}"),
            format!("/goals/{objective}"),
            format!("/goals/{key_result}"),
            format!("/goals/{open}/check-ins/new"),
            String::from("/goals/new"),
            String::from("/search?q=heat"),
        ];
        let mut pages = Vec::new();
        for path in paths {
            pages.push(self.sent(&path).await?);
        }
        Ok(pages)
    }

    /// The address of a tree with every branch of its first level open.
    async fn opened(&self, path: &str) -> Result<String> {
        let rows = sql("SELECT p.goal_id AS id FROM placements p JOIN periods d ON d.id = p.period_id AND d.is_current = 1 \
             JOIN goals g ON g.id = p.goal_id WHERE p.page = 'all' AND p.top = 1 AND g.child_count > 0 ORDER BY p.position, p.goal_id")
            .fetch_all(&mut self.store.read_once().await?)
            .await?;
        let ids = rows.iter().map(|row| row.text("id")).collect::<Result<Vec<_>, _>>()?;
        Ok(format!("{path}?open={}", ids.join(",")))
    }

    async fn fullest(&self, statement: &'static str) -> Result<String> {
        let row = sql(statement).fetch_optional(&mut self.store.read_once().await?).await?;
        Ok(row.context("the demonstration has none")?.text("id")?)
    }

    async fn text(&self, path: &str) -> Result<String> {
        let bytes = self.get(path, None).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn sent(&self, path: &str) -> Result<Sent> {
        let sent = self.get(path, Some("gzip, deflate, br, zstd")).await?.len();
        let plain = self.get(path, None).await?.len();
        // Addresses of assets carry a hash that says nothing here.
        let path = match path.rsplit_once('/') {
            Some((folder, name)) if folder.starts_with("/assets") => name.to_owned(),
            _ => path.to_owned(),
        };
        Ok(Sent { path, sent, plain })
    }

    async fn get(&self, path: &str, encodings: Option<&str>) -> Result<Vec<u8>> {
        let mut request = Request::get(path).header(header::COOKIE, format!("session={}", self.session));
        if let Some(encodings) = encodings {
            request = request.header(header::ACCEPT_ENCODING, encodings);
        }
        let answer = self.router.clone().oneshot(request.body(Body::empty())?).await?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.status());
        Ok(to_bytes(answer.into_body(), usize::MAX).await?.to_vec())
    }
}
