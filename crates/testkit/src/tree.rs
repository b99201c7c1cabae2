//! An organisation with a tree of goals, put straight into a store: for tests of what moves in it.

use std::sync::Arc;

use anyhow::Result;
use northing_app::{Actor, Northing, Scopes, Via};
use northing_core::cone::Rules;
use northing_core::people::Role;
use northing_core::settings::Settings;
use northing_core::values::{Day, Id, Moment};
use northing_store::{Bind, Bulk, Failure, Rx, Store, Value, sql};

use crate::clock::TestClock;
use crate::rng::SeededRng;

struct Ticks(Arc<TestClock>);

impl northing_app::Clock for Ticks {
    fn now(&self) -> Moment {
        self.0.now()
    }
}

struct Dice(SeededRng);

impl northing_app::Rng for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

/// An organisation of one period (2026-01-01 to 2026-03-31), seen on 15 February 2026.
pub struct Tree {
    /// The application on it.
    pub app: Northing,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// The organisation.
    pub org: Id,
    /// The owner of the organisation, who owns no goals.
    pub owner: Actor,
    period: Id,
    store: Store,
}

/// A goal to be planted.
#[derive(Debug, Clone)]
pub struct Plant {
    /// Its id.
    pub id: Id,
    /// `objective`, `key_result` or `initiative`.
    pub kind: &'static str,
    /// `manual` or `rollup`.
    pub mode: &'static str,
    /// Kind, unit and start and target of its metric.
    pub metric: (&'static str, Option<&'static str>, f64, Option<f64>),
    /// `everyone` or `restricted`.
    pub visibility: &'static str,
    /// The goals above it, with its fixed share.
    pub parents: Vec<(Id, Option<f64>)>,
}

impl Tree {
    /// An organisation in this store.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn new(store: Store) -> Result<Self> {
        Self::seeded(store, 1).await
    }

    /// An organisation with ids of its own, so that one store may hold several.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn seeded(store: Store, seed: u64) -> Result<Self> {
        let clock = Arc::new(TestClock::at("2026-02-15T12:00:00Z".parse()?));
        let app = Northing::new(
            store.clone(),
            Arc::new(Ticks(Arc::clone(&clock))),
            Arc::new(Dice(SeededRng::new(seed))),
        );
        let (org, period) = (app.new_id(), app.new_id());
        let settings = serde_json::to_string(&Settings::default())?;
        store
            .write((org, period, settings), |tx, (org, period, settings)| {
                Box::pin(async move {
                    sql("INSERT INTO organizations (id, slug, name, company_values, join_policy, status, settings, version, \
                         created_at, updated_at) VALUES ($1, $1, 'Acme', '[]', 'restricted', 'active', $2, 1, 0, 0)")
                    .bind(*org)
                    .bind(settings)
                    .execute(tx)
                    .await?;
                    sql("INSERT INTO periods (id, org_id, name, name_key, kind, start_date, end_date, is_current, version, \
                         created_at, updated_at) VALUES ($1, $2, 'Q1', 'q1', 'quarterly', '2026-01-01', '2026-03-31', 1, 1, 0, 0)")
                    .bind(*period)
                    .bind(*org)
                    .execute(tx)
                    .await?;
                    Ok::<_, Failure>(())
                })
            })
            .await?;
        let mut tree = Self {
            owner: Actor {
                org_id: org,
                user_id: org,
                name: String::new(),
                role: Role::Owner,
                owns_a_team: false,
                via: Via::Api,
                scopes: Scopes::ALL,
            },
            app,
            clock,
            org,
            period,
            store,
        };
        tree.owner = tree.person("Ruth", Role::Owner).await?;
        Ok(tree)
    }

    /// A new person in the organisation.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn person(&self, name: &str, role: Role) -> Result<Actor> {
        let id = self.app.new_id();
        let work = (id, self.org, name.to_owned(), role);
        self.store
            .write(work, |tx, (id, org, name, role)| {
                Box::pin(async move {
                    sql("INSERT INTO users (id, email, email_key, name, preferences, version, created_at, updated_at) \
                         VALUES ($1, $1, $1, $2, '{}', 1, 0, 0)")
                    .bind(*id)
                    .bind(name)
                    .execute(tx)
                    .await?;
                    sql("INSERT INTO members (org_id, user_id, name, name_key, role, status, version, created_at, updated_at) \
                         VALUES ($1, $2, $3, $3, $4, 'active', 1, 0, 0)")
                    .bind(*org)
                    .bind(*id)
                    .bind(name)
                    .bind(role.name())
                    .execute(tx)
                    .await?;
                    Ok::<_, Failure>(())
                })
            })
            .await?;
        Ok(Actor {
            org_id: self.org,
            user_id: id,
            name: name.to_owned(),
            role,
            owns_a_team: false,
            via: Via::Api,
            scopes: Scopes::ALL,
        })
    }

    /// An objective that rolls up, under these.
    #[must_use]
    pub fn objective(&self, parents: &[Id]) -> Plant {
        let parents = parents.iter().map(|id| (*id, None)).collect();
        Plant {
            id: self.app.new_id(),
            kind: "objective",
            mode: "rollup",
            metric: ("percent", None, 0.0, Some(100.0)),
            visibility: "everyone",
            parents,
        }
    }

    /// A key result in percent that people check in on, under these.
    #[must_use]
    pub fn key_result(&self, parents: &[Id]) -> Plant {
        Plant { kind: "key_result", mode: "manual", ..self.objective(parents) }
    }

    /// Plants goals in one transaction.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn plant(&self, plants: &[Plant]) -> Result<()> {
        let work = (self.org, self.period, plants.to_vec());
        self.store
            .write(work, |tx, (org, period, plants)| {
                Box::pin(async move {
                    let mut goals = Bulk::new(10);
                    let mut links = Bulk::new(5);
                    for (place, plant) in plants.iter().enumerate() {
                        let (kind, unit, start, target) = plant.metric;
                        let current = match kind {
                            "baseline" | "stay_above" | "stay_below" => None,
                            _ => Some(start),
                        };
                        goals.push([
                            plant.id.value(),
                            plant.kind.value(),
                            plant.mode.value(),
                            kind.value(),
                            unit.value(),
                            start.value(),
                            target.value(),
                            current.value(),
                            plant.visibility.value(),
                            Value::Real(if kind == "baseline" { None } else { Some(0.0) }),
                        ]);
                        for (parent, fixed) in &plant.parents {
                            links.push([
                                parent.value(),
                                plant.id.value(),
                                fixed.value(),
                                f64::from(u32::try_from(place).unwrap_or(u32::MAX)).value(),
                                100.0.value(),
                            ]);
                        }
                    }
                    let statement = format!(
                        "INSERT INTO goals (id, kind, progress_mode, metric_kind, metric_unit, metric_start, metric_target, \
                         metric_current, visibility, progress, progress_unclamped, org_id, period_id, title, search_text, level, \
                         start_date, due_date, phases, automatic_stopped, new_children_contribute, status, automatic_status, \
                         status_is_manual, committed, align_restricted, position, child_count, parent_count, version, created_at, \
                         updated_at) SELECT v.column1, v.column2, v.column3, v.column4, v.column5, v.column6, v.column7, v.column8, \
                         v.column9, v.column10, v.column10, '{org}', '{period}', v.column1, '', 'team', '2026-01-01', '2026-03-31', \
                         '[]', 0, 1, 'not_started', 'not_started', 0, 0, 0, 1, 0, 0, 1, 0, 0 FROM ({{rows}}) v"
                    );
                    if !goals.is_empty() {
                        goals.insert(tx, Box::leak(statement.into_boxed_str())).await?;
                    }
                    if !links.is_empty() {
                        links
                            .insert(
                                tx,
                                "INSERT INTO alignments (parent_id, child_id, fixed, position, share, parent_position) \
                                 SELECT v.column1, v.column2, v.column3, v.column4, v.column5, 0 FROM ({rows}) v",
                            )
                            .await?;
                    }
                    Ok::<_, Failure>(())
                })
            })
            .await?;
        Ok(())
    }

    /// A goal's stored progress (points, not held to 0–100) and status.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn standing(&self, goal: Id) -> Result<(Option<f64>, String)> {
        let mut rx = self.store.read_once().await?;
        let row = sql("SELECT progress_unclamped, status FROM goals WHERE id = $1")
            .bind(goal)
            .fetch_one(&mut rx)
            .await?;
        Ok((row.opt_real("progress_unclamped")?, row.text("status")?))
    }

    /// Goals whose stored progress or status is not what a recomputation of the whole organisation from below gives.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn wrong(&self) -> Result<Vec<Id>> {
        let day = self.clock.now().day_in(&jiff::tz::TimeZone::UTC);
        wrong(&mut self.store.read().await?, self.org, day).await
    }
}

/// Goals of an organisation whose stored progress or status is not what a recomputation from below gives on this day.
///
/// # Errors
/// Those of the store.
pub async fn wrong(rx: &mut Rx, org: Id, day: Day) -> Result<Vec<Id>> {
    let mut cone = northing_store::cone::load_organization(rx, org).await?;
    let settings = Settings::default();
    let outcomes = cone.recompute_all(&Rules { day, settings: &settings });
    Ok(outcomes.iter().map(|outcome| outcome.id).collect())
}
