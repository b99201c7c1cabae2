//! The first organisation with its first owner; further organisations; the periods they begin with.

mod draft;

pub(crate) use draft::Drafts;
pub use draft::{Draft, FirstOwner, OwnerInput, PurposeInput};

use northing_core::errors::{FieldError, Refusal};
use northing_core::event::EventKind;
use northing_core::password;
use northing_core::people::{JoinPolicy, MemberStatus, Role};
use northing_core::period::{PeriodKind, periods_due};
use northing_core::preferences::Preferences;
use northing_core::settings::{CreationPolicy, Settings};
use northing_core::text;
use northing_core::values::{Id, Moment};
use northing_store::members::{self, Member};
use northing_store::organizations::{self, Organization};
use northing_store::periods::{self, Period};
use northing_store::users::{self, User};
use northing_store::{Failure, Tx};
use serde_json::json;

use crate::Northing;
use crate::actor::{Actor, Scopes, Via};
use crate::error::{Error, Result};
use crate::sign_in::{check_email, email_key};

/// The most people whom one setting names: a bound against abuse.
const MOST_NAMED: usize = 200;

/// What an organisation is made of.
#[derive(Debug, Clone, Default)]
pub struct NewOrganization {
    /// Its name.
    pub name: String,
    /// Its short name in addresses; made from the name where absent.
    pub slug: Option<String>,
    /// What it is for.
    pub mission: Option<String>,
    /// Where it wants to be.
    pub vision: Option<String>,
    /// What it holds to.
    pub values: Vec<String>,
    /// The figure that tells whether it is on its way.
    pub north_star: Option<String>,
    /// How people come in.
    pub join: Option<JoinPolicy>,
    /// Its settings, with the month in which the planning year starts.
    pub settings: Settings,
}

/// What the set-up asks for.
#[derive(Clone)]
pub struct SetUp {
    /// The first owner's mail address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their password.
    pub password: String,
    /// The organisation.
    pub organization: NewOrganization,
    /// The door.
    pub via: Via,
}

/// What the set-up made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUpDone {
    /// The organisation.
    pub org_id: Id,
    /// Its slug.
    pub slug: String,
    /// The owner.
    pub user_id: Id,
}

/// A slug made of a name: letters and digits, hyphens between words.
#[must_use]
pub fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for c in text::fold(name).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 40 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { String::from("organisation") } else { slug.to_owned() }
}

/// Checks a slug that somebody chose.
pub(crate) fn check_slug(slug: &str) -> Result<(), FieldError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let well_formed = (1..=60).contains(&slug.len())
        && slug.chars().all(plain)
        && !slug.starts_with('-')
        && !slug.ends_with('-')
        // Addresses take either: one must not pass for the other.
        && slug.parse::<Id>().is_err();
    if well_formed {
        Ok(())
    } else {
        Err(FieldError::new("slug", "invalid", "must be of a–z, 0–9 and hyphens between them, at most 60"))
    }
}

/// Checks settings as far as their types do not.
pub(crate) fn check_settings(it: &Settings) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut say =
        |field: &'static str, code, message: &'static str| errors.push(FieldError::new(field, code, message));
    if !(1..=12).contains(&it.planning_year_start_month) {
        say("settings.planning_year_start_month", "out_of_range", "must be between 1 and 12");
    }
    if jiff::tz::TimeZone::get(&it.time_zone).is_err() {
        say("settings.time_zone", "unknown", "must be a time zone such as Europe/Berlin");
    }
    let points = 0.0..=100.0;
    if !points.contains(&it.on_track_gap) {
        say("settings.on_track_gap", "out_of_range", "must be between 0 and 100");
    }
    if !points.contains(&it.behind_gap) || it.behind_gap < it.on_track_gap {
        say("settings.behind_gap", "out_of_range", "must be between the gap for on track and 100");
    }
    for (field, policy) in [
        ("settings.create_organization_goals", it.create_organization_goals),
        ("settings.create_teams", it.create_teams),
        ("settings.create_tags", it.create_tags),
        ("settings.invite_people", it.invite_people),
    ] {
        if policy == CreationPolicy::TeamMembers {
            say(field, "not_allowed", "team_members is only for the goals of a team");
        }
    }
    if it.named_people().iter().any(|(_, people)| people.len() > MOST_NAMED) {
        say("settings", "too_many", "name at most 200 people for each right");
    }
    let (yellow, green) = (it.score_bands.yellow_from, it.score_bands.green_from);
    if !(0.0..=1.0).contains(&yellow) || !(0.0..=1.0).contains(&green) || green < yellow {
        say("settings.score_bands", "out_of_range", "must be between 0 and 1, yellow before green");
    }
    errors
}

/// Checks an optional text of several lines: none where it is blank.
pub(crate) fn check_prose(field: &'static str, given: Option<&str>) -> Result<Option<String>, FieldError> {
    let Some(given) = given else { return Ok(None) };
    let given = text::prose(field, given)?.trim();
    Ok((!given.is_empty()).then(|| given.to_owned()))
}

/// Checks the values that an organisation holds to: at most 20 lines, blank ones dropped.
pub(crate) fn check_values(given: &[String]) -> Result<Vec<String>, FieldError> {
    if given.len() > 20 {
        return Err(FieldError::new("values", "too_long", "must be at most 20"));
    }
    let lines: Result<Vec<_>, _> =
        given.iter().map(|value| text::line("values", value, text::MAX_LINE)).collect();
    Ok(lines?.into_iter().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// The organisation to be kept, checked, without a slug that is known to be free.
fn checked(new: &NewOrganization, id: Id, now: Moment) -> Result<Organization> {
    let mut errors = check_settings(&new.settings);
    let mut take = |found: Result<Option<String>, FieldError>| {
        found.unwrap_or_else(|error| {
            errors.push(error);
            None
        })
    };
    let name = take(text::title("name", &new.name).map(|name| Some(name.to_owned())));
    let mission = take(check_prose("mission", new.mission.as_deref()));
    let vision = take(check_prose("vision", new.vision.as_deref()));
    let north_star = take(check_prose("north_star", new.north_star.as_deref()));
    if let Some(slug) = &new.slug {
        take(check_slug(slug).map(|()| None));
    }
    let values = check_values(&new.values).unwrap_or_else(|error| {
        errors.push(error);
        Vec::new()
    });
    match name {
        Some(name) if errors.is_empty() => Ok(Organization {
            id,
            slug: new.slug.clone().unwrap_or_else(|| slug_of(&name)),
            name,
            mission,
            vision,
            values,
            north_star,
            join: new.join.unwrap_or(JoinPolicy::Restricted),
            settings: new.settings.clone(),
            version: 1,
            created_at: now,
            updated_at: now,
        }),
        _ => Err(errors.into()),
    }
}

impl Northing {
    /// Makes the first organisation with its first owner and the periods of this planning year, in its last quarter also
    /// those of the next.
    ///
    /// # Errors
    /// [`Error::Refused`] where there is an organisation already; [`Error::Invalid`] naming each wrong field.
    pub async fn set_up(&self, given: SetUp) -> Result<SetUpDone> {
        if self.is_set_up().await? {
            return Err(already_set_up());
        }
        let mut errors = check_owner(&given.name, &given.email);
        let about = [given.name.as_str(), &given.email, &given.organization.name];
        errors.extend(password::check("password", &given.password, &about).err());
        match checked(&given.organization, self.new_id(), self.now()) {
            Err(Error::Invalid(more)) => {
                errors.extend(more.into_iter().map(|error| error.within("organization")));
            }
            Err(other) => return Err(other),
            Ok(_) => {}
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        let password_hash = self.hash_password(given.password).await?;
        let owner = FirstOwner { name: given.name, email: given.email, password_hash };
        self.set_up_with(&owner, &given.organization, given.via).await
    }

    /// The set-up itself: everything in one transaction.
    async fn set_up_with(&self, owner: &FirstOwner, new: &NewOrganization, via: Via) -> Result<SetUpDone> {
        let now = self.now();
        let organization = checked(new, self.new_id(), now)?;
        let user = User {
            id: self.new_id(),
            email: owner.email.trim().to_owned(),
            name: owner.name.trim().to_owned(),
            password_hash: Some(owner.password_hash.clone()),
            title: None,
            department: None,
            time_zone: None,
            preferences: Preferences::default(),
            version: 1,
            created_at: now,
        };
        let done = SetUpDone { org_id: organization.id, slug: organization.slug.clone(), user_id: user.id };
        let actor = founder(&organization, &user, via);
        self.store
            .write((self.clone(), organization, user, actor), |tx, (app, organization, user, actor)| {
                Box::pin(async move {
                    organizations::mark_set_up(tx, organization.created_at).await.map_err(|failure| {
                        match failure {
                            Failure::Unique { .. } => already_set_up(),
                            other => other.into(),
                        }
                    })?;
                    users::insert(tx, user, &email_key(&user.email)).await?;
                    app.found(tx, organization, actor).await
                })
            })
            .await?;
        Ok(done)
    }

    /// Whether anybody has set up this installation.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn is_set_up(&self) -> Result<bool> {
        Ok(organizations::any(&mut self.store.read_once().await?).await?)
    }

    /// Makes a further organisation, owned by the actor. Only owners of an organisation may.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Invalid`] naming each wrong field.
    pub async fn create_organization(&self, owner: &Actor, new: NewOrganization) -> Result<Organization> {
        if owner.role != Role::Owner {
            return Err(Error::Forbidden(Refusal::new(
                "not_allowed",
                "Only owners of an organisation may make another one.",
            )));
        }
        let now = self.now();
        let mut organization = checked(&new, self.new_id(), now)?;
        let mut rx = self.store.read_once().await?;
        if new.slug.is_none() {
            let base = organization.slug.clone();
            let mut number = 2;
            while organizations::slug_taken(&mut rx, &organization.slug).await? {
                organization.slug = format!("{base}-{number}");
                number += 1;
            }
        }
        drop(rx);
        let actor = Actor { org_id: organization.id, owns_a_team: false, ..owner.clone() };
        self.store
            .write((self.clone(), organization, actor), |tx, (app, organization, actor)| {
                Box::pin(async move {
                    app.found(tx, organization, actor).await?;
                    Ok(organization.clone())
                })
            })
            .await
    }

    /// Keeps an organisation with its owner and its first periods.
    async fn found(&self, tx: &mut Tx, organization: &Organization, actor: &Actor) -> Result<()> {
        let now = organization.created_at;
        organizations::insert(tx, organization).await?;
        let owner = Member {
            org_id: organization.id,
            user_id: actor.user_id,
            email: String::new(),
            name: actor.name.clone(),
            role: Role::Owner,
            status: MemberStatus::Active,
            manager_id: None,
            time_zone: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        members::insert(tx, &owner).await?;
        let zone =
            jiff::tz::TimeZone::get(&organization.settings.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let today = now.day_in(&zone);
        for new in periods_due(today, organization.settings.planning_year_start_month) {
            let is_current = new.kind == PeriodKind::Quarterly && new.start <= today && today <= new.end;
            let period = Period {
                id: self.new_id(),
                org_id: organization.id,
                name: new.name,
                kind: new.kind,
                start: new.start,
                end: new.end,
                is_current,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            periods::insert(tx, &period).await?;
        }
        let detail = json!({"after": {"name": organization.name, "slug": organization.slug}});
        self.note(tx, actor, EventKind::OrganizationCreated, Some(organization.id), detail).await?;
        Ok(())
    }
}

fn check_owner(name: &str, email: &str) -> Vec<FieldError> {
    let name = text::title("name", name).err();
    check_email("email", email).err().into_iter().chain(name).collect()
}

fn already_set_up() -> Error {
    Refusal::new("already_set_up", "This installation is set up already. Sign in.").into()
}

fn founder(organization: &Organization, user: &User, via: Via) -> Actor {
    Actor {
        org_id: organization.id,
        user_id: user.id,
        name: user.name.clone(),
        role: Role::Owner,
        owns_a_team: false,
        via,
        scopes: Scopes::ALL,
    }
}
