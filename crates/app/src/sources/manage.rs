//! What those who manage integrations look at, and what the owners of goals are told of trouble.

use northing_connectors::azure_devops::{Account, Project};
use northing_core::goal::GoalKind;
use northing_core::permission::{Action, Thing};
use northing_core::values::{Id, Moment};
use northing_store::link_troubles::{self, TroubledGoal};
use northing_store::{Rx, connections};

use super::connections::{manageable, require_enabled};
use super::embed::embed_settings;
use super::integrations::{IntegrationView, known, views};
use super::outside::{AZURE_DEVOPS, Config, Secret};
use super::{Connection, EmbedSettings, Failed};
use crate::Northing;
use crate::actor::{Actor, Scope};
use crate::check_in::settings;
use crate::error::{Error, Result};
use crate::page::Page;

/// Goals in trouble that a page names, and that a person's own list does.
const TROUBLED: u16 = 100;

/// An integration with everything that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedIntegration {
    /// How it stands.
    pub integration: IntegrationView,
    /// Its connections, private ones of others included.
    pub connections: Vec<Connection>,
    /// Goals in trouble as far as the actor may see them, a page of them.
    pub troubled: Page<Troubled>,
    /// How many there are of them.
    pub troubled_count: i64,
    /// How its page inside the other system stands.
    pub embedding: EmbedSettings,
}

/// A goal whose data source cannot be read. Its value stays as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Troubled {
    /// The goal.
    pub goal_id: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// The kind of source.
    pub source: String,
    /// The connection with its name; none where it was removed.
    pub connection: Option<(Id, String)>,
    /// What was picked.
    pub label: String,
    /// What is wrong and what to do; none where that is not known.
    pub error: Option<Failed>,
    /// When the last good sync was.
    pub synced_at: Option<Moment>,
}

impl Troubled {
    fn of(it: TroubledGoal) -> Self {
        Self {
            error: it.error.as_deref().and_then(|text| serde_json::from_str(text).ok()),
            goal_id: it.goal_id,
            kind: it.kind,
            title: it.title,
            source: it.source,
            connection: it.connection,
            label: it.label,
            synced_at: it.synced_at,
        }
    }
}

/// Where a connection leads, for people: account and project.
#[must_use]
pub fn place(config: &Config) -> String {
    let account = Account::parse(&config.account).map_or_else(|_| config.account.clone(), |it| it.name());
    format!("{account} / {}", config.project.trim())
}

impl Northing {
    /// An integration with its connections and the goals in trouble; of those the ones that come after a goal, where one is named.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but owners and admins, [`Error::NotFound`] for a kind that there is not.
    pub async fn managed_integration(
        &self,
        actor: &Actor,
        kind: &str,
        after: Option<Id>,
    ) -> Result<ManagedIntegration> {
        actor.need(Scope::Read)?;
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        actor.require(Action::IntegrationManage, Thing::Organization, &settings)?;
        let kind = known(kind).map_err(|_| Error::NotFound("integration"))?;
        let touched = connections::integrations(&mut rx, actor.org_id).await?;
        let rows = connections::list(&mut rx, actor.org_id, actor.user_id, true).await?;
        let all = views(&touched, &rows, &connections::forbidden(&mut rx).await?);
        let integration = all.into_iter().find(|it| it.kind == kind).ok_or(Error::NotFound("integration"))?;
        let of_kind = rows.iter().filter(|row| row.kind == kind);
        let connections =
            of_kind.map(|row| Connection::of(row, actor, &settings)).collect::<Result<Vec<_>>>()?;
        let whose = (actor.org_id, actor.user_id);
        let mut found = link_troubles::of_org(&mut rx, whose, kind, after, TROUBLED + 1).await?;
        let troubled_count = link_troubles::count_of_org(&mut rx, whose, kind).await?;
        let more = found.len() > usize::from(TROUBLED);
        found.truncate(usize::from(TROUBLED));
        let next = found.last().filter(|_| more).map(|it| it.goal_id.to_string());
        let troubled = Page { items: found.into_iter().map(Troubled::of).collect(), next };
        let embedding = embed_settings(&mut rx, actor.org_id).await?;
        Ok(ManagedIntegration { integration, connections, troubled, troubled_count, embedding })
    }

    /// The goals of the actor whose data source cannot be read.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn troubled_goals(&self, actor: &Actor) -> Result<Vec<Troubled>> {
        actor.need(Scope::Read)?;
        let mut rx: Rx = self.store.read_once().await?;
        let found = link_troubles::of_person(&mut rx, actor.org_id, actor.user_id, TROUBLED).await?;
        Ok(found.into_iter().map(Troubled::of).collect())
    }

    /// Refuses where the actor may make no connection, or the integration is off.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for observers, [`Error::Refused`] where the integration is off.
    pub async fn may_connect(&self, actor: &Actor, kind: &str) -> Result<()> {
        actor.need(Scope::Write)?;
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        actor.require(Action::ConnectionCreate, Thing::Organization, &settings)?;
        require_enabled(&mut rx, actor.org_id, kind).await
    }

    /// The projects that credentials see which are just being entered. With `of` the secret of that connection is used where none
    /// was entered, for the account, tenant and authority that it was given for.
    ///
    /// # Errors
    /// As [`Northing::may_connect`]; [`Error::Invalid`] with what is wrong with the entries or what the other system said.
    pub async fn projects_of_draft(
        &self,
        actor: &Actor,
        config: &Config,
        secret: &Secret,
        of: Option<Id>,
    ) -> Result<Vec<Project>> {
        self.may_connect(actor, AZURE_DEVOPS).await?;
        let secret = self.entered_or_kept(actor, config, secret, of).await?;
        self.draft_projects(actor, config, &secret).await
    }

    /// What was entered, or where nothing was the secret that is kept for the same account, tenant and authority.
    async fn entered_or_kept(
        &self,
        actor: &Actor,
        config: &Config,
        secret: &Secret,
        of: Option<Id>,
    ) -> Result<Secret> {
        let Some(id) = of.filter(|_| secret.is_empty()) else {
            return Ok(secret.clone());
        };
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        let row = manageable(&mut rx, actor, id, &settings).await?;
        self.kept_secret(&row, config)
    }

    /// Whether goals of the organisation may follow this kind of source.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn integration_is_on(&self, actor: &Actor, kind: &str) -> Result<bool> {
        actor.need(Scope::Read)?;
        Ok(connections::is_enabled(&mut self.store.read_once().await?, actor.org_id, kind).await?)
    }
}
