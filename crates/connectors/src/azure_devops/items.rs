//! Reading items: two hundred at once, with just the fields that are needed (integrations §2.8.7).

use std::collections::{BTreeMap, BTreeSet};

use northing_core::values::Moment;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::AzureDevOps;
use super::client::Ask;
use crate::source::WorkItem;
use crate::trouble::{Trouble, TroubleKind};

/// The most that the service reads at once.
const BATCH: usize = 200;
const FIELDS: [&str; 5] =
    ["System.WorkItemType", "System.State", "System.Title", "System.TeamProject", "System.AssignedTo"];

/// Items that can no longer be read come as null.
#[derive(Deserialize)]
struct Batch {
    value: Vec<Option<Raw>>,
}

#[derive(Deserialize)]
struct Raw {
    id: u64,
    #[serde(default)]
    fields: Map<String, Value>,
}

impl Raw {
    fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or("")
    }
}

impl AzureDevOps {
    /// The items with these numbers; those that are gone by now are left out.
    pub(super) async fn items(
        &self,
        ids: &BTreeSet<u64>,
        fields: &BTreeSet<String>,
        as_of: Option<Moment>,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<WorkItem>, Trouble> {
        self.check_fields(fields).await?;
        let names: Vec<&str> = FIELDS.into_iter().chain(fields.iter().map(String::as_str)).collect();
        let ids: Vec<u64> = ids.iter().copied().collect();
        let mut items = Vec::with_capacity(ids.len());
        for some in ids.chunks(BATCH) {
            let mut body = json!({ "ids": some, "fields": names, "errorPolicy": "omit" });
            if let (Some(moment), Some(body)) = (as_of, body.as_object_mut()) {
                body.insert(String::from("asOf"), json!(moment));
            }
            let url = self.in_project(&["_apis", "wit", "workitemsbatch"]);
            let batch: Batch = self.client.json(&Ask::post(url, &body, "the work items")).await?;
            for raw in batch.value.into_iter().flatten() {
                items.push(self.item(raw, fields, warnings).await?);
            }
        }
        Ok(items)
    }

    async fn item(
        &self,
        raw: Raw,
        fields: &BTreeSet<String>,
        warnings: &mut Vec<String>,
    ) -> Result<WorkItem, Trouble> {
        let project = raw.text("System.TeamProject");
        let (kind, state) = (raw.text("System.WorkItemType"), raw.text("System.State"));
        let category = self.category(project, kind, state, warnings).await?;
        let mut numbers = BTreeMap::new();
        for field in fields {
            if let Some(value) = raw.fields.get(field).filter(|value| !value.is_null()) {
                numbers.insert(field.clone(), number(raw.id, field, value)?);
            }
        }
        let id = raw.id.to_string();
        Ok(WorkItem {
            id: raw.id,
            kind: kind.to_owned(),
            title: raw.text("System.Title").to_owned(),
            state: state.to_owned(),
            category,
            assignee: raw.fields.get("System.AssignedTo").and_then(who),
            url: self.client.account.url(&[project, "_workitems", "edit", &id]).to_string(),
            numbers,
        })
    }
}

/// A finite number; older servers write some as text.
fn number(item: u64, field: &str, value: &Value) -> Result<f64, Trouble> {
    let read = value.as_f64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
    read.filter(|number: &f64| number.is_finite()).ok_or_else(|| {
        Trouble::new(
            TroubleKind::NotNumeric,
            format!("Work item {item} has something in {field} that is no number"),
            "Choose a numeric field in the link, or correct the work item.",
        )
    })
}

/// A person's name: an object today, `Name <mail>` from older servers.
fn who(value: &Value) -> Option<String> {
    let name = match value {
        Value::String(text) => text.split('<').next().unwrap_or(text),
        _ => value.get("displayName")?.as_str()?,
    };
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_in_both_forms() {
        assert_eq!(
            who(&json!({"displayName": "Jun Takeda", "uniqueName": "j@x"})),
            Some("Jun Takeda".into())
        );
        assert_eq!(who(&json!("Jun Takeda <j@x>")), Some("Jun Takeda".into()));
        assert_eq!(who(&json!({"uniqueName": "j@x"})), None);
        assert_eq!(who(&json!("")), None);
    }

    #[test]
    fn numbers_are_finite_or_refused() {
        assert_eq!(number(1, "F", &json!(-2.5)).unwrap(), -2.5);
        assert_eq!(number(1, "F", &json!("3.25")).unwrap(), 3.25);
        assert_eq!(number(1, "F", &json!("many")).unwrap_err().kind, TroubleKind::NotNumeric);
        assert_eq!(number(1, "F", &json!("NaN")).unwrap_err().kind, TroubleKind::NotNumeric);
        assert_eq!(number(1, "F", &json!(true)).unwrap_err().kind, TroubleKind::NotNumeric);
    }
}
