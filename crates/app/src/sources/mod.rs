//! Goals that follow other systems (integrations §1, §2): which integrations are on, connections, links, syncs.

mod apply;
mod backfill;
mod browse;
mod changes;
mod connections;
mod embed;
mod fetching;
mod hook;
mod integrations;
mod learning;
mod link;
mod linking;
mod look;
mod looks;
mod manage;
mod notices;
mod outside;
mod results;
mod round;
mod sealing;
mod signed;
mod sync;
mod sync_log;
mod texts;
mod trial;
mod vault;
mod write_back;

use std::sync::Arc;

use northing_connectors::trouble::Trouble;
use northing_core::errors::Refusal;
use northing_core::values::Moment;
use serde::{Deserialize, Serialize};

pub use browse::{Preview, PreviewInput, Through};
pub use connections::{Connection, ConnectionChange, NewConnection};
pub use embed::{EmbedSettings, Embedded, Framed};
pub use integrations::{IntegrationView, KINDS};
pub use link::{Link, LinkInput, Options as LinkOptions};
pub use look::{Followed, LinkFor, LinkForm, Look, objectives_follow};
pub use manage::{ManagedIntegration, Troubled, place};
pub use northing_connectors::azure_devops::Project;
pub use northing_connectors::http::{Guard, Http, HttpOptions};
pub use northing_connectors::measure::{LinkMode, Measurement};
pub use northing_connectors::source::{
    Category, Choice, ItemsSelector, NumericField, QuerySelector, Selector, Tested, WordsSelector, WorkItem,
};
pub use northing_connectors::trouble::TroubleKind;
pub use northing_store::goal_links::LinkItem;
pub use northing_store::link_fills::Fill;
pub use northing_store::notices::Notice;
pub use outside::{AZURE_DEVOPS, Config, Outside, Secret};
pub use results::SyncResult;
pub use sync::Round;
pub use sync_log::{SyncRun, SyncsOfGoal};
pub use trial::TestResult;
pub use vault::{KeySource, Vault};

use crate::Northing;
use crate::error::{Error, Result};

/// Trouble with another system as it is kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// The kind.
    pub kind: TroubleKind,
    /// What happened.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// The other system's own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// When.
    pub at: Moment,
}

pub(crate) fn failed(trouble: &Trouble, at: Moment) -> Failed {
    Failed {
        kind: trouble.kind,
        message: trouble.message.clone(),
        remedy: trouble.remedy.clone(),
        code: trouble.code.clone(),
        at,
    }
}

impl Northing {
    /// The same application with a way to other systems.
    #[must_use]
    pub fn with_outside(mut self, outside: Outside) -> Self {
        self.outside = Some(Arc::new(outside));
        self
    }

    pub(crate) fn outside(&self) -> Result<&Outside> {
        self.outside.as_deref().ok_or_else(|| {
            let message = "This server was started without a key for secrets, so it keeps no connections.";
            Error::Refused(Refusal::new("no_outside", message))
        })
    }
}
