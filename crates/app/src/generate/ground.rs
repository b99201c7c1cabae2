//! What generated goals stand on: periods, people, teams and tags, in one transaction.

use std::collections::HashSet;

use northing_core::people::{MemberStatus, Role, TeamStatus};
use northing_core::period::{planning_year, planning_year_of};
use northing_core::permission::{Action, Thing};
use northing_core::preferences::Preferences;
use northing_core::text::fold;
use northing_core::values::{Id, Moment};
use northing_store::imports;
use northing_store::members::{self, Member};
use northing_store::periods::{self, Period};
use northing_store::teams::{self, Team};
use northing_store::users::{self, User};
use northing_store::{Tx, goal_facts, goal_tags, goals, organizations, placements};

use super::dice::{Dice, For};
use super::plan::{self, Ground, team_above};
use super::{Generate, rows, taken, words};
use crate::cone::zone;
use crate::sign_in::email_key;
use crate::{Actor, Error, Northing, Result};

/// Makes periods, people, teams and tags; the structure of the organisation stands still meanwhile.
pub(super) async fn lay(
    tx: &mut Tx,
    app: &Northing,
    actor: &Actor,
    what: Generate,
    now: Moment,
) -> Result<Ground> {
    let org_id = actor.org_id;
    let settings = goal_facts::lock_structure(tx, org_id).await?.ok_or(Error::NotFound("organisation"))?;
    actor.require(Action::OrganizationImport, Thing::Organization, &settings)?;
    if goals::has_external(tx, org_id, &rows::external(what.seed, 0)).await? {
        return Err(taken(what.seed));
    }
    let mut ground = Ground {
        today: now.day_in(&zone(&settings)?),
        settings,
        periods: Vec::new(),
        teams: Vec::new(),
        people: Vec::new(),
        tags: Vec::new(),
        places: Vec::new(),
    };
    let maker = Maker { app, org_id, seed: what.seed, now };
    maker.periods(tx, &mut ground).await?;
    let count = plan::teams(what.goals);
    maker.people(tx, &mut ground, plan::people(what.goals), count).await?;
    maker.teams(tx, &mut ground, count).await?;
    maker.tags(tx, &mut ground).await?;
    Ok(ground)
}

struct Maker<'a> {
    app: &'a Northing,
    org_id: Id,
    seed: u64,
    now: Moment,
}

impl Maker<'_> {
    /// The organisation's periods, with last year's where they were missing.
    async fn periods(&self, tx: &mut Tx, ground: &mut Ground) -> Result<()> {
        let mut all = periods::list(tx, self.org_id, None, i64::MAX).await?;
        let first = ground.settings.planning_year_start_month;
        let year = planning_year_of(ground.today, first);
        for past in [year.saturating_sub(1), year] {
            for period in planning_year(past, first).unwrap_or_default() {
                if all.iter().any(|known| fold(&known.name) == fold(&period.name)) {
                    continue;
                }
                let is_current = !all.iter().any(|known| known.is_current)
                    && period.start <= ground.today
                    && ground.today <= period.end;
                let period = Period {
                    id: self.app.new_id(),
                    org_id: self.org_id,
                    name: period.name,
                    kind: period.kind,
                    start: period.start,
                    end: period.end,
                    is_current,
                    version: 1,
                    created_at: self.now,
                    updated_at: self.now,
                };
                periods::insert(tx, &period).await?;
                all.push(period);
            }
        }
        // By their days, not by when they were made: the same seed finds the same period at the same place.
        all.sort_by(|a, b| (a.start, b.end, &a.name).cmp(&(b.start, a.end, &b.name)));
        for period in &all {
            ground.places.push(placements::next_position(tx, self.org_id, period.id).await?);
        }
        ground.periods = all;
        Ok(())
    }

    /// People by turns for the teams; the first of each team owns it and reports to the owner of the team above.
    async fn people(&self, tx: &mut Tx, ground: &mut Ground, people: usize, teams: usize) -> Result<()> {
        let slug = organizations::by_id(tx, self.org_id).await?.ok_or(Error::NotFound("organisation"))?.slug;
        let ids: Vec<Id> = (0..people).map(|_| self.app.new_id()).collect();
        let (mut users, mut members) = (Vec::new(), Vec::new());
        for (number, &id) in ids.iter().enumerate() {
            let name = words::person(&mut Dice::of(self.seed, For::People, number));
            let local: String =
                fold(&name).chars().map(|c| if c.is_ascii_lowercase() { c } else { '.' }).collect();
            let email = format!("{local}.{number}@s{}.{slug}.example", self.seed);
            let above = if number < teams { team_above(number, teams) } else { Some(number % teams) };
            members.push(Member {
                org_id: self.org_id,
                user_id: id,
                email: email.clone(),
                name: name.clone(),
                role: Role::Member,
                status: MemberStatus::Active,
                manager_id: above.and_then(|above| ids.get(above)).copied(),
                time_zone: None,
                version: 1,
                created_at: self.now,
                updated_at: self.now,
            });
            users.push(User {
                id,
                email,
                name,
                password_hash: None,
                title: None,
                department: None,
                time_zone: None,
                preferences: Preferences::default(),
                version: 1,
                created_at: self.now,
            });
        }
        let keys: Vec<String> = users.iter().map(|user| email_key(&user.email)).collect();
        let all: Vec<(&User, &str)> = users.iter().zip(keys.iter().map(String::as_str)).collect();
        users::insert_all(tx, &all).await?;
        members::insert_all(tx, &members).await?;
        ground.people = ids;
        Ok(())
    }

    /// Teams, those above first.
    async fn teams(&self, tx: &mut Tx, ground: &mut Ground, count: usize) -> Result<()> {
        let known = imports::teams(tx, self.org_id).await?;
        let mut names: HashSet<String> = known.into_iter().map(|(_, name, _)| name).collect();
        let ids: Vec<Id> = (0..count).map(|_| self.app.new_id()).collect();
        let mut teams = Vec::with_capacity(count);
        for (number, &id) in ids.iter().enumerate() {
            let name = free_name(&mut Dice::of(self.seed, For::Teams, number), &mut names);
            let mut people = ground.people.iter().skip(number).step_by(count).copied();
            teams.push(Team {
                id,
                org_id: self.org_id,
                name,
                parent_id: team_above(number, count).and_then(|above| ids.get(above)).copied(),
                team_type: None,
                description: None,
                status: TeamStatus::Active,
                goal_creation: None,
                note_template: None,
                owners: people.next().into_iter().collect(),
                members: people.collect(),
                creators: Vec::new(),
                version: 1,
                created_at: self.now,
                updated_at: self.now,
            });
        }
        teams::insert_all(tx, &teams).await?;
        ground.teams = ids;
        Ok(())
    }

    async fn tags(&self, tx: &mut Tx, ground: &mut Ground) -> Result<()> {
        let names: Vec<String> = words::TAGS.iter().map(|name| (*name).to_owned()).collect();
        let new: Vec<(Id, String)> = names.iter().map(|name| (self.app.new_id(), name.clone())).collect();
        goal_tags::insert(tx, self.org_id, &new, self.now).await?;
        let found = goal_tags::find(tx, self.org_id, &names).await?;
        ground.tags = names.iter().filter_map(|name| found.get(&fold(name)).copied()).collect();
        Ok(())
    }
}

/// A name that no team has: short ones first, then with a place, then with a number.
fn free_name(dice: &mut Dice, names: &mut HashSet<String>) -> String {
    for attempt in 0..12 {
        let name = words::team(dice, attempt / 3);
        if names.insert(fold(&name)) {
            return name;
        }
    }
    let name = words::team(dice, 2);
    let mut numbered = (2_u32..).map(|number| format!("{name} {number}"));
    numbered.find(|name| names.insert(fold(name))).unwrap_or(name)
}
