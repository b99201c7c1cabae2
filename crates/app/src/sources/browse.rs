//! What can be picked in another system, and what it would measure.

use std::collections::BTreeSet;

use northing_connectors::azure_devops::Project;
use northing_connectors::measure::{Measurement, measure};
use northing_connectors::source::{Browse, Choice, Fetch, NumericField, Selector, Source};
use northing_core::permission::Action;
use northing_core::values::Id;
use northing_store::connections::ConnectionRow;

use super::connections::{linkable, require_enabled};
use super::link::Options;
use super::outside::{Config, Secret, told};
use super::texts::check_asked;
use crate::Northing;
use crate::actor::{Actor, Scope};
use crate::error::Result;
use crate::goal::context::Context;

/// What to measure, before it is saved.
#[derive(Debug, Clone)]
pub struct PreviewInput {
    /// What it covers.
    pub selector: Selector,
    /// How it counts.
    pub options: Options,
}

/// What it would measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The measurement.
    pub measurement: Measurement,
    /// The unit of the value: per cent, or none.
    pub unit: Option<&'static str>,
}

/// The connection by which something is looked at. A private one of somebody else is open for the goal alone that follows it already:
/// whoever may connect that goal mends its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Through {
    /// The connection.
    pub connection: Id,
    /// The goal whose link is made or mended; none where there is none yet.
    pub goal: Option<Id>,
}

impl From<Id> for Through {
    fn from(connection: Id) -> Self {
        Self { connection, goal: None }
    }
}

impl Northing {
    /// A connection that the actor may link goals by while its integration is on.
    pub(super) async fn usable_connection(&self, actor: &Actor, through: Through) -> Result<ConnectionRow> {
        actor.need(Scope::Read)?;
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        if let Some(goal) = through.goal {
            context.goal(&mut rx, goal, Action::GoalConnect).await?;
        }
        let row = linkable(&mut rx, actor, through.connection, through.goal, &context.settings).await?;
        require_enabled(&mut rx, actor.org_id, &row.kind).await?;
        Ok(row)
    }

    /// The queries at a place, or those that a search finds. What is the credentials' owner's own is shown on private connections only.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Forbidden`] for a private connection of somebody else, [`crate::Error::Refused`] while
    /// the integration is off, [`crate::Error::Invalid`] with what the other system said.
    pub async fn browse_connection(
        &self,
        actor: &Actor,
        through: impl Into<Through>,
        place: Option<String>,
        search: Option<String>,
    ) -> Result<Vec<Choice>> {
        let row = self.usable_connection(actor, through.into()).await?;
        let personal = !row.shared && row.owner_id == Some(actor.user_id);
        let asked = Browse { place, search, personal };
        self.outside()?.source(&row, self.now())?.browse(&asked).await.map_err(|trouble| told(&trouble))
    }

    /// The numeric fields that can be measured.
    ///
    /// # Errors
    /// As [`Northing::browse_connection`].
    pub async fn connection_measures(
        &self,
        actor: &Actor,
        through: impl Into<Through>,
    ) -> Result<Vec<NumericField>> {
        let row = self.usable_connection(actor, through.into()).await?;
        self.outside()?.source(&row, self.now())?.measures().await.map_err(|trouble| told(&trouble))
    }

    /// The projects that credentials see which are just being entered.
    ///
    /// # Errors
    /// As [`Northing::browse_connection`].
    pub async fn draft_projects(
        &self,
        actor: &Actor,
        config: &Config,
        secret: &Secret,
    ) -> Result<Vec<Project>> {
        actor.need(Scope::Write)?;
        {
            let mut rx = self.store.read().await?;
            require_enabled(&mut rx, actor.org_id, super::AZURE_DEVOPS).await?;
        }
        let config = Config { project: String::from("-"), ..config.clone() };
        let source = self.outside()?.draft(&config, secret, None)?;
        source.projects().await.map_err(|trouble| told(&trouble))
    }

    /// How many items match and what value results; nothing is written.
    ///
    /// # Errors
    /// As [`Northing::browse_connection`].
    pub async fn preview_link(&self, actor: &Actor, id: Id, input: &PreviewInput) -> Result<Preview> {
        let row = self.usable_connection(actor, id.into()).await?;
        check_asked(&input.selector, &input.options)?;
        let fetch = Fetch {
            selector: input.selector.clone(),
            fields: input.options.field.iter().cloned().collect::<BTreeSet<_>>(),
            as_of: None,
        };
        let harvest = self
            .outside()?
            .source(&row, self.now())?
            .fetch(&fetch)
            .await
            .map_err(|trouble| told(&trouble))?;
        let measurement = measure(&harvest, &input.options.measure(&input.selector));
        Ok(Preview { measurement, unit: input.options.unit() })
    }
}
