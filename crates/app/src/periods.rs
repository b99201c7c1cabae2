//! Time periods (goals §3.4): added, changed, removed by admins; made and switched by the calendar.

use northing_core::errors::{FieldError, Refusal};
use northing_core::event::EventKind;
use northing_core::period::{
    NewPeriod as Due, PeriodFacts, PeriodKind, next_current, periods_due, planning_year, planning_year_of,
    validate_days,
};
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::text;
use northing_core::values::{Day, Id};
use northing_store::{Event, Tx, organizations, periods, placements};
use serde_json::json;

pub use northing_store::periods::Period;

use crate::Northing;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::goal::context::Context;
use crate::organization::{expect_version, hold, key, part};
use crate::page::{Page, PageRequest};

/// A period to be made.
#[derive(Debug, Clone)]
pub struct NewPeriod {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: PeriodKind,
    /// First day.
    pub start: Day,
    /// Last day.
    pub end: Day,
    /// Whether it becomes the current one.
    pub is_current: bool,
}

/// What changes in a period; absent is unchanged.
#[derive(Debug, Clone, Default)]
pub struct PeriodChange {
    /// Another name.
    pub name: Option<String>,
    /// Another kind.
    pub kind: Option<PeriodKind>,
    /// Another first day.
    pub start: Option<Day>,
    /// Another last day.
    pub end: Option<Day>,
    /// Whether it is the current one.
    pub is_current: Option<bool>,
}

/// The periods of an organisation as those see them who may change them.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedPeriods {
    /// Every period by its first day, with how many goals belong to it: those that are there, and deleted ones.
    pub periods: Vec<(Period, i64, i64)>,
    /// Month in which the planning year starts, 1–12.
    pub start_month: i8,
    /// Today in the organisation's time zone.
    pub today: Day,
    /// The first planning year, from this one on, of which periods are missing and can be made by hand.
    pub missing_year: Option<i16>,
}

/// Periods that are looked at together; two hundred years of them.
const MOST: i64 = 1_000;

fn shown(it: &Period) -> serde_json::Value {
    json!({"name": it.name, "kind": it.kind, "start_date": it.start, "end_date": it.end, "is_current": it.is_current})
}

async fn held(tx: &mut Tx, actor: &Actor) -> Result<Settings> {
    let settings = hold(tx, actor).await?.settings;
    actor.require(Action::OrganizationPeriods, Thing::Organization, &settings)?;
    Ok(settings)
}

async fn find(tx: &mut Tx, actor: &Actor, id: Id) -> Result<Period> {
    periods::by_id(tx, actor.org_id, id).await?.ok_or(Error::NotFound("period"))
}

async fn check_name(tx: &mut Tx, it: &Period) -> Result<()> {
    let folded = text::fold(&it.name);
    let all = periods::list(tx, it.org_id, None, MOST).await?;
    if all.iter().any(|other| other.id != it.id && text::fold(&other.name) == folded) {
        return Err(FieldError::new("name", "taken", "is the name of another period: choose another").into());
    }
    Ok(())
}

/// Whether a period that is due is there already, by name or by kind and days.
fn there(due: &Due, known: &[Period]) -> bool {
    let folded = text::fold(&due.name);
    known.iter().any(|it| {
        text::fold(&it.name) == folded || (it.kind == due.kind && it.start == due.start && it.end == due.end)
    })
}

impl Northing {
    /// Those of the periods that are not there yet, to be kept.
    fn missing(&self, org: Id, due: Vec<Due>, known: &[Period]) -> Vec<Period> {
        let now = self.now();
        due.into_iter()
            .filter(|due| !there(due, known))
            .map(|due| Period {
                id: self.new_id(),
                org_id: org,
                name: due.name,
                kind: due.kind,
                start: due.start,
                end: due.end,
                is_current: false,
                version: 1,
                created_at: now,
                updated_at: now,
            })
            .collect()
    }

    /// Every period with the goals in it, for those who may change them: three statements.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; those of the store.
    pub async fn manage_periods(&self, actor: &Actor) -> Result<ManagedPeriods> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.require(Action::OrganizationPeriods, Thing::Organization)?;
        let found = periods::list(&mut rx, actor.org_id, None, MOST).await?;
        let goals = periods::goals(&mut rx, actor.org_id).await?;
        let start_month = context.settings.planning_year_start_month;
        let this_year = planning_year_of(context.today, start_month);
        let is_missing = |year: &i16| {
            planning_year(*year, start_month).is_some_and(|due| !due.iter().all(|due| there(due, &found)))
        };
        let missing_year = (0..=3).filter_map(|ahead| this_year.checked_add(ahead)).find(is_missing);
        let counted = found.into_iter().map(|it| {
            let (there, gone) = goals.get(&it.id).copied().unwrap_or_default();
            (it, there, gone)
        });
        Ok(ManagedPeriods { periods: counted.collect(), start_month, today: context.today, missing_year })
    }

    /// Makes what is missing of a planning year's periods, ahead of the calendar (goals §3.4). Returns what was made.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Invalid`] for a year that is over or more than three years ahead.
    pub async fn create_planning_year(&self, actor: &Actor, year: i16) -> Result<Vec<Period>> {
        self.store
            .write((self.clone(), actor.clone()), move |tx, (app, actor)| {
                Box::pin(async move {
                    let settings = held(tx, actor).await?;
                    let (today, _) = app.today(&settings)?;
                    let first = planning_year_of(today, settings.planning_year_start_month);
                    let due = planning_year(year, settings.planning_year_start_month);
                    let ahead = i32::from(year) - i32::from(first);
                    let Some(due) = due.filter(|_| (0..=3).contains(&ahead)) else {
                        let last = i32::from(first) + 3;
                        let message = format!("must be a planning year from {first} to {last}");
                        return Err(FieldError::new("year", "out_of_range", message).into());
                    };
                    let known = periods::list(tx, actor.org_id, None, MOST).await?;
                    let made = app.missing(actor.org_id, due, &known);
                    for period in &made {
                        periods::insert(tx, period).await?;
                        let detail = json!({"after": shown(period)});
                        app.note(tx, actor, EventKind::PeriodCreated, Some(period.id), detail).await?;
                    }
                    Ok(made)
                })
            })
            .await
    }

    /// The organisation's periods by their first day.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_periods(&self, actor: &Actor, page: &PageRequest) -> Result<Page<Period>> {
        let after: Option<(String, String)> = key(page)?;
        let after = after.as_ref().map(|(day, id)| (day.as_str(), id.as_str()));
        let mut rx = self.store.read_once().await?;
        let found = periods::list(&mut rx, actor.org_id, after, i64::from(page.limit) + 1).await?;
        Ok(part(found, page, |it| (it.start, it.id)))
    }

    /// One period.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn period(&self, actor: &Actor, id: Id) -> Result<Period> {
        let mut rx = self.store.read_once().await?;
        periods::by_id(&mut rx, actor.org_id, id).await?.ok_or(Error::NotFound("period"))
    }

    /// Adds a period; it may overlap others.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn create_period(&self, actor: &Actor, new: NewPeriod) -> Result<Period> {
        let name = text::title("name", &new.name)?.to_owned();
        validate_days(new.start, new.end, "end_date")?;
        let now = self.now();
        let period = Period {
            id: self.new_id(),
            org_id: actor.org_id,
            name,
            kind: new.kind,
            start: new.start,
            end: new.end,
            is_current: new.is_current,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.store
            .write((self.clone(), actor.clone(), period), |tx, (app, actor, period)| {
                Box::pin(async move {
                    held(tx, actor).await?;
                    check_name(tx, period).await?;
                    if period.is_current {
                        periods::none_current_but(tx, actor.org_id, period.id, period.created_at).await?;
                    }
                    periods::insert(tx, period).await?;
                    let detail = json!({"after": shown(period)});
                    app.note(tx, actor, EventKind::PeriodCreated, Some(period.id), detail).await?;
                    Ok(period.clone())
                })
            })
            .await
    }

    /// Changes a period; its goals keep their own dates. `version` is the one that the actor saw.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`], [`Error::Invalid`].
    pub async fn edit_period(
        &self,
        actor: &Actor,
        id: Id,
        change: PeriodChange,
        version: Option<i64>,
    ) -> Result<Period> {
        self.store
            .write((self.clone(), actor.clone(), change), move |tx, (app, actor, change)| {
                Box::pin(async move {
                    held(tx, actor).await?;
                    let mut it = find(tx, actor, id).await?;
                    expect_version(version, it.version)?;
                    let before = shown(&it);
                    if let Some(name) = &change.name {
                        text::title("name", name)?.clone_into(&mut it.name);
                    }
                    it.kind = change.kind.unwrap_or(it.kind);
                    it.start = change.start.unwrap_or(it.start);
                    it.end = change.end.unwrap_or(it.end);
                    validate_days(it.start, it.end, "end_date")?;
                    if change.is_current == Some(false) && it.is_current {
                        let message = "make another period the current one instead";
                        return Err(FieldError::new("is_current", "needs_another", message).into());
                    }
                    if change.name.is_some() {
                        check_name(tx, &it).await?;
                    }
                    it.updated_at = app.now();
                    if change.is_current == Some(true) && !it.is_current {
                        it.is_current = true;
                        periods::none_current_but(tx, actor.org_id, id, it.updated_at).await?;
                    }
                    periods::update(tx, &it).await?;
                    it.version += 1;
                    let detail = json!({"before": before, "after": shown(&it)});
                    app.note(tx, actor, EventKind::PeriodEdited, Some(id), detail).await?;
                    Ok(it)
                })
            })
            .await
    }

    /// Removes a period that no goal belongs to, or moves its goals, deleted ones too, to another first; their own days stay.
    ///
    /// # Errors
    /// [`Error::Refused`] where it has goals that are not moved, or is the current one; [`Error::Invalid`] at `move_to`; as for
    /// [`Self::edit_period`].
    pub async fn delete_period(
        &self,
        actor: &Actor,
        id: Id,
        move_to: Option<Id>,
        version: Option<i64>,
    ) -> Result<()> {
        self.store
            .write((self.clone(), actor.clone()), move |tx, (app, actor)| {
                Box::pin(async move {
                    held(tx, actor).await?;
                    let it = find(tx, actor, id).await?;
                    expect_version(version, it.version)?;
                    if it.is_current {
                        let message = "This is the current period. Make another one current first.";
                        return Err(Refusal::new("current_period", message).into());
                    }
                    let mut detail = json!({"before": shown(&it)});
                    if periods::in_use(tx, id).await? {
                        let Some(to) = move_to else {
                            let message =
                                "Goals belong to this period, perhaps deleted ones. Choose the period that they move to.";
                            return Err(Refusal::new("period_in_use", message).into());
                        };
                        if to == id || periods::by_id(tx, actor.org_id, to).await?.is_none() {
                            let message = "must be another period of this organisation";
                            return Err(FieldError::new("move_to", "unknown", message).into());
                        }
                        let moved = periods::move_goals(tx, id, to, app.now()).await?;
                        placements::rebuild(tx, &moved).await?;
                        tx.announce(Event::everything(actor.org_id));
                        detail = json!({"before": shown(&it), "moved": moved.len(), "moved_to": to});
                    }
                    periods::delete(tx, id, it.version).await?;
                    Ok(app.note(tx, actor, EventKind::PeriodDeleted, Some(id), detail).await?)
                })
            })
            .await
    }

    /// Makes the periods that are due, and lets the current one follow the calendar, in every organisation. Cheap where there
    /// is nothing to do; to be called at start and then at least daily.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn periods_tick(&self) -> Result<()> {
        let mut rx = self.store.read_once().await?;
        let all = organizations::all_active(&mut rx).await?;
        drop(rx);
        for organization in all {
            let (today, now) = self.today(&organization.settings)?;
            self.store
                .write((self.clone(), organization), move |tx, (app, organization)| {
                    Box::pin(async move {
                        let org = organization.id;
                        organizations::lock(tx, org).await?;
                        let mut known = periods::list(tx, org, None, 10_000).await?;
                        let mut changed = Vec::new();
                        let due = periods_due(today, organization.settings.planning_year_start_month);
                        for period in app.missing(org, due, &known) {
                            periods::insert(tx, &period).await?;
                            changed.push((
                                EventKind::PeriodCreated,
                                period.id,
                                json!({"after": shown(&period)}),
                            ));
                            known.push(period);
                        }
                        let facts: Vec<_> = known
                            .iter()
                            .map(|it| PeriodFacts {
                                id: it.id,
                                kind: it.kind,
                                start: it.start,
                                end: it.end,
                                is_current: it.is_current,
                            })
                            .collect();
                        if let Some(next) = next_current(today, &facts)
                            && let Some(mut period) = known.into_iter().find(|it| it.id == next)
                        {
                            periods::none_current_but(tx, org, next, now).await?;
                            period.is_current = true;
                            period.updated_at = now;
                            periods::update(tx, &period).await?;
                            changed.push((EventKind::PeriodCurrent, next, json!({"after": shown(&period)})));
                        }
                        for (kind, subject, detail) in changed {
                            app.note_by_itself(tx, org, kind, subject, detail).await?;
                        }
                        Ok::<_, Error>(())
                    })
                })
                .await?;
        }
        Ok(())
    }
}
