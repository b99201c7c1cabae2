//! A set-up on its way through the wizard. It lives in the memory of this node for two hours, under the secret of one browser;
//! the store learns of it when it is finished, and of one that is given up nothing is left.

use std::collections::HashMap;
use std::time::Duration;

use moka::sync::Cache;
use northing_core::errors::FieldError;
use northing_core::password;
use northing_core::period::{NewPeriod, periods_due};
use northing_core::settings::OkrModel;
use northing_core::text;
use northing_core::values::Day;

use super::{
    NewOrganization, SetUpDone, already_set_up, check_owner, check_prose, check_slug, check_values, slug_of,
};
use crate::account::check_zone;
use crate::error::{Error, Result};
use crate::{Northing, Via, secret};

/// How long a draft is kept after its last change.
const KEPT: Duration = Duration::from_secs(2 * 3600);
/// The most bytes that an unfinished step is kept with.
const MOST_UNFINISHED: usize = 256 * 1024;
/// Drafts at once: a bound against abuse.
const MOST: u64 = 200;

/// The first owner. The password is known by its hash only.
#[derive(Clone)]
pub struct FirstOwner {
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
    pub(super) password_hash: String,
}

/// What the wizard was told so far.
#[derive(Clone, Default)]
pub struct Draft {
    /// The first owner.
    pub owner: Option<FirstOwner>,
    /// The organisation; its name is empty before it was told.
    pub organization: NewOrganization,
    /// Whether the step about the purpose was done, be it with nothing.
    pub purpose_told: bool,
    /// Whether the step about planning was done.
    pub planning_told: bool,
    /// Fields of steps that were left before they were right, by the step's name; never a password.
    pub unfinished: HashMap<String, Vec<(String, String)>>,
}

impl Draft {
    /// Whether the organisation was named.
    #[must_use]
    pub const fn is_named(&self) -> bool {
        !self.organization.name.is_empty()
    }

    /// The slug that the organisation gets.
    #[must_use]
    pub fn slug(&self) -> String {
        self.organization.slug.clone().unwrap_or_else(|| slug_of(&self.organization.name))
    }

    /// The periods that the set-up makes on a day.
    #[must_use]
    pub fn periods(&self, today: Day) -> Vec<NewPeriod> {
        periods_due(today, self.organization.settings.planning_year_start_month)
    }
}

/// The first owner as typed.
#[derive(Clone)]
pub struct OwnerInput {
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
    /// Their password; empty keeps the one that was told before.
    pub password: String,
}

/// The purpose as typed.
#[derive(Debug, Clone, Default)]
pub struct PurposeInput {
    /// What the organisation is for.
    pub mission: Option<String>,
    /// Where it wants to be.
    pub vision: Option<String>,
    /// What it holds to.
    pub values: Vec<String>,
    /// The figure that tells whether it is on its way.
    pub north_star: Option<String>,
}

/// The drafts of this node.
pub(crate) struct Drafts(Cache<String, Draft>);

impl Default for Drafts {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(KEPT).build())
    }
}

impl Northing {
    /// What the wizard was told by the browser with this secret.
    ///
    /// # Errors
    /// [`Error::Refused`] where the installation is set up already.
    pub async fn set_up_draft(&self, browser: &str) -> Result<Draft> {
        if self.is_set_up().await? {
            return Err(already_set_up());
        }
        Ok(self.drafts.0.get(&secret::hash(browser)).unwrap_or_default())
    }

    fn keep_draft(&self, browser: &str, draft: Draft) {
        self.drafts.0.insert(secret::hash(browser), draft);
    }

    /// Keeps the fields of a step that was left before they were right; none of one that was finished.
    ///
    /// # Errors
    /// As for [`Self::set_up_draft`].
    pub async fn keep_unfinished(
        &self,
        browser: &str,
        step: &str,
        fields: Vec<(String, String)>,
    ) -> Result<()> {
        let mut draft = self.set_up_draft(browser).await?;
        let size: usize = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
        if fields.is_empty() || size > MOST_UNFINISHED {
            draft.unfinished.remove(step);
        } else {
            draft.unfinished.insert(step.to_owned(), fields);
        }
        self.keep_draft(browser, draft);
        Ok(())
    }

    /// Takes the first owner into the draft.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming each wrong field; [`Error::Refused`] as for [`Self::set_up_draft`].
    pub async fn tell_owner(&self, browser: &str, given: OwnerInput) -> Result<()> {
        let mut draft = self.set_up_draft(browser).await?;
        let mut errors = check_owner(&given.name, &given.email);
        let kept = draft.owner.as_ref().map(|owner| owner.password_hash.clone());
        let kept = kept.filter(|_| given.password.is_empty());
        if kept.is_none() {
            let about = [given.name.as_str(), &given.email, &draft.organization.name];
            errors.extend(password::check("password", &given.password, &about).err());
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        let password_hash = match kept {
            Some(hash) => hash,
            None => self.hash_password(given.password).await?,
        };
        draft.owner = Some(FirstOwner { name: given.name, email: given.email, password_hash });
        self.keep_draft(browser, draft);
        Ok(())
    }

    /// Takes the organisation's name and slug into the draft; without a slug it is made from the name.
    ///
    /// # Errors
    /// As for [`Self::tell_owner`].
    pub async fn tell_organization(&self, browser: &str, name: &str, slug: Option<&str>) -> Result<()> {
        let mut draft = self.set_up_draft(browser).await?;
        let mut errors = Vec::new();
        let name = text::title("name", name).map(str::to_owned);
        errors.extend(name.clone().err());
        errors.extend(slug.and_then(|slug| check_slug(slug).err()));
        let Some(name) = name.ok().filter(|_| errors.is_empty()) else { return Err(errors.into()) };
        // One that follows from the name goes on following it.
        draft.organization.slug = slug.filter(|slug| *slug != slug_of(&name)).map(str::to_owned);
        draft.organization.name = name;
        self.keep_draft(browser, draft);
        Ok(())
    }

    /// Takes the purpose into the draft.
    ///
    /// # Errors
    /// As for [`Self::tell_owner`].
    pub async fn tell_purpose(&self, browser: &str, given: PurposeInput) -> Result<()> {
        let mut draft = self.set_up_draft(browser).await?;
        let mut errors = Vec::new();
        let mut take = |found: Result<Option<String>, FieldError>| {
            found.unwrap_or_else(|error| {
                errors.push(error);
                None
            })
        };
        draft.organization.north_star = take(check_prose("north_star", given.north_star.as_deref()));
        draft.organization.mission = take(check_prose("mission", given.mission.as_deref()));
        draft.organization.vision = take(check_prose("vision", given.vision.as_deref()));
        match check_values(&given.values) {
            Ok(values) => draft.organization.values = values,
            Err(error) => errors.push(error),
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        draft.purpose_told = true;
        self.keep_draft(browser, draft);
        Ok(())
    }

    /// Takes the beginning of the planning year (a month, 1–12), the time zone and the OKR model into the draft.
    ///
    /// # Errors
    /// As for [`Self::tell_owner`].
    pub async fn tell_planning(
        &self,
        browser: &str,
        start_month: Option<i8>,
        time_zone: &str,
        model: Option<OkrModel>,
    ) -> Result<()> {
        let mut draft = self.set_up_draft(browser).await?;
        let mut errors = Vec::new();
        let settings = &mut draft.organization.settings;
        match start_month.filter(|month| (1..=12).contains(month)) {
            Some(month) => settings.planning_year_start_month = month,
            None => errors.push(FieldError::new("start_month", "out_of_range", "choose a month")),
        }
        match check_zone(Some(time_zone)) {
            Ok(Some(zone)) => settings.time_zone = zone,
            Ok(None) => errors.push(FieldError::new("time_zone", "required", "must not be empty")),
            Err(error) => errors.push(error),
        }
        match model {
            Some(model) => settings.okr_model = model,
            None => errors.push(FieldError::new("okr_model", "required", "choose one of the two")),
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        draft.planning_told = true;
        self.keep_draft(browser, draft);
        Ok(())
    }

    /// Sets up what the draft says, in one transaction, and signs the first owner in: the secret of their session.
    ///
    /// # Errors
    /// [`Error::Refused`] where the installation is set up already or the draft is not complete (or no longer known).
    pub async fn finish_set_up(
        &self,
        browser: &str,
        address: &str,
        user_agent: Option<String>,
    ) -> Result<(SetUpDone, String)> {
        let draft = self.set_up_draft(browser).await?;
        let Some(owner) = draft.owner.as_ref().filter(|_| draft.is_named()) else {
            return Err(Error::NotFound("set-up that was begun"));
        };
        let done = self.set_up_with(owner, &draft.organization, Via::Browser).await?;
        self.drafts.0.invalidate(&secret::hash(browser));
        let session = self.begin_session(done.user_id, address, user_agent).await?;
        Ok((done, session))
    }
}
