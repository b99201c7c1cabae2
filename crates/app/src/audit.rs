//! The log of every change in an organisation (goals §10.7), for its owners and admins.

use std::collections::{BTreeSet, HashMap};

use northing_core::event::EventKind;
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::values::Id;
use northing_store::{audit, cone};
use serde_json::{Value, json};

pub use northing_store::audit::{Entry, Filter as AuditFilter};

use crate::Northing;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::names::look_up;
use crate::organization::{key, part};
use crate::page::{Page, PageRequest};

/// What a page of the log speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditNames {
    /// What people, teams and periods are called now.
    pub names: HashMap<Id, String>,
    /// The titles of goals, as far as the reader may see them.
    pub goals: HashMap<Id, String>,
}

impl Northing {
    /// The log of changes, newest first: for admins.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Invalid`] for a cursor that is none of ours.
    pub async fn list_audit(
        &self,
        actor: &Actor,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<Page<Entry>> {
        actor.require(Action::AuditRead, Thing::Organization, &Settings::default())?;
        let before: Option<(i64, String)> = key(page)?;
        let before = before.as_ref().map(|(at, id)| (*at, id.as_str()));
        let mut rx = self.store.read_once().await?;
        let limit = i64::from(page.limit) + 1;
        let found = audit::list(&mut rx, actor.org_id, actor.user_id, filter, before, limit).await?;
        Ok(part(found, page, |entry| (entry.at.millis(), entry.id)))
    }

    /// What the entries of a page speak of by identifier only: four statements.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; those of the store.
    pub async fn audit_names(&self, actor: &Actor, entries: &[Entry]) -> Result<AuditNames> {
        actor.require(Action::AuditRead, Thing::Organization, &Settings::default())?;
        let mut ids: BTreeSet<Id> =
            entries.iter().flat_map(|entry| [entry.subject_id, entry.goal_id]).flatten().collect();
        for entry in entries {
            collect(&entry.detail, &mut ids);
        }
        let ids: Vec<Id> = ids.into_iter().collect();
        let mut rx = self.store.read().await?;
        Ok(AuditNames {
            names: look_up(&mut rx, actor.org_id, &ids).await?,
            goals: cone::visible(&mut rx, actor.org_id, actor.user_id, &ids).await?,
        })
    }

    /// Notes that the log was taken out as a file.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; those of the store.
    pub async fn note_audit_export(&self, actor: &Actor) -> Result<()> {
        actor.require(Action::AuditRead, Thing::Organization, &Settings::default())?;
        self.store
            .write((self.clone(), actor.clone()), |tx, (app, actor)| {
                Box::pin(async move {
                    let detail = json!({"after": {"what": "audit log"}});
                    Ok::<_, Error>(app.note(tx, actor, EventKind::ExportFinished, None, detail).await?)
                })
            })
            .await
    }
}

/// Every identifier inside a detail.
pub(crate) fn collect(value: &Value, ids: &mut BTreeSet<Id>) {
    match value {
        Value::String(text) => ids.extend(text.parse::<Id>().ok()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, ids)),
        Value::Object(fields) => fields.values().for_each(|item| collect(item, ids)),
        _ => {}
    }
}
