//! What Azure DevOps posts when a work item changes (integrations §2.8.9). Only a hint: which project has news.

use serde::Deserialize;

/// News of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The project's identifier, where the message carries one.
    pub project_id: Option<String>,
    /// The item that changed.
    pub work_item: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    event_type: String,
    resource: Resource,
    #[serde(default)]
    resource_containers: Containers,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    id: u64,
    work_item_id: Option<u64>,
}

#[derive(Default, Deserialize)]
struct Containers {
    project: Option<Container>,
}

#[derive(Deserialize)]
struct Container {
    id: String,
}

/// Reads a message; none where it is about something else than a work item or not in the expected form.
#[must_use]
pub fn read(body: &[u8]) -> Option<News> {
    let message: Message = serde_json::from_slice(body).ok()?;
    let event = message.event_type.strip_prefix("workitem.")?;
    // Of an update, `id` is the update's number; of everything else, the item's.
    let work_item = match event {
        "updated" => message.resource.work_item_id?,
        _ => message.resource.work_item_id.unwrap_or(message.resource.id),
    };
    Some(News { project_id: message.resource_containers.project.map(|project| project.id), work_item })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_number_of_an_update_is_not_taken_for_the_item() {
        let updated = json!({"eventType": "workitem.updated", "resource": {"id": 2, "workItemId": 41, "rev": 7},
            "resourceContainers": {"project": {"id": "p1"}}});
        let news = read(updated.to_string().as_bytes());
        assert_eq!(news, Some(News { project_id: Some("p1".into()), work_item: 41 }));
        let created = json!({"eventType": "workitem.created", "resource": {"id": 42, "rev": 1}});
        assert_eq!(read(created.to_string().as_bytes()), Some(News { project_id: None, work_item: 42 }));
    }

    #[test]
    fn anything_else_is_nothing() {
        for body in [&b""[..], b"{}", b"[1]", br#"{"eventType":"git.push","resource":{"id":1}}"#] {
            assert_eq!(read(body), None);
        }
        assert_eq!(read(br#"{"eventType":"workitem.updated","resource":{"id":3}}"#), None);
    }
}
