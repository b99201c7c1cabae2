//! The numeric fields of an account, so that only those that exist are ever asked for (integrations §2.5, §2.8.7).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use super::AzureDevOps;
use super::client::{Ask, locked};
use super::queries::Many;
use crate::measure::REMAINING_WORK;
use crate::source::NumericField;
use crate::trouble::{Trouble, TroubleKind};

/// How long the list is believed.
const FRESH: Duration = Duration::from_hours(1);
/// Numbers that no link counts: identifiers and counters of the system itself.
const OWN: &str = "System.";

/// The fields that were read, with when.
pub(super) type Known = Option<(Arc<Vec<NumericField>>, Instant)>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Field {
    name: String,
    reference_name: String,
    #[serde(rename = "type")]
    kind: String,
}

impl AzureDevOps {
    /// The numeric fields, read at most once an hour.
    pub(super) async fn numeric_fields(&self) -> Result<Arc<Vec<NumericField>>, Trouble> {
        if let Some((fields, read)) = locked(&self.fields).clone()
            && read.elapsed() < FRESH
        {
            return Ok(fields);
        }
        self.read_fields().await
    }

    async fn read_fields(&self) -> Result<Arc<Vec<NumericField>>, Trouble> {
        let url = self.in_project(&["_apis", "wit", "fields"]);
        let all: Many<Field> = self.client.json(&Ask::get(url, &[], "the fields of the project")).await?;
        let numeric = |kind: &str| {
            matches!(
                kind.to_ascii_lowercase().as_str(),
                "integer" | "double" | "picklistinteger" | "picklistdouble"
            )
        };
        let mut fields: Vec<NumericField> = all
            .value
            .into_iter()
            .filter(|field| numeric(&field.kind) && !field.reference_name.starts_with(OWN))
            .map(|field| NumericField {
                as_percent: field.reference_name != REMAINING_WORK,
                reference: field.reference_name,
                name: field.name,
            })
            .collect();
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        let fields = Arc::new(fields);
        *locked(&self.fields) = Some((fields.clone(), Instant::now()));
        Ok(fields)
    }

    /// Refuses fields that the account does not have: one of them would fail a whole batch.
    pub(super) async fn check_fields(&self, wanted: &BTreeSet<String>) -> Result<(), Trouble> {
        if wanted.is_empty() {
            return Ok(());
        }
        let missing = |known: &[NumericField]| {
            wanted.iter().find(|field| !known.iter().any(|it| it.reference == **field)).cloned()
        };
        if missing(&self.numeric_fields().await?).is_none() {
            return Ok(());
        }
        // It may have been made since.
        match missing(&self.read_fields().await?) {
            None => Ok(()),
            Some(field) => Err(Trouble::new(
                TroubleKind::SelectorInvalid,
                format!("This Azure DevOps has no numeric field {field}"),
                "Choose another field in the link.",
            )),
        }
    }
}
