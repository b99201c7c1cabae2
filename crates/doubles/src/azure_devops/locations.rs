//! The list of resources from which the vendor's own client learns the routes.

use serde_json::{Value, json};

const LOCATIONS: [(&str, &str, &str, &str); 13] = [
    ("603fe2ac-9723-48b9-88ad-09305aa6c6e1", "core", "projects", "_apis/{resource}/{*projectId}"),
    ("a67d190c-c41f-424b-814d-0e906f659301", "wit", "queries", "{project}/_apis/{area}/{resource}/{*query}"),
    ("549816f9-09b0-4e75-9e81-01fbfcd07426", "wit", "queriesbatch", "{project}/_apis/{area}/{resource}"),
    ("1a9c53f7-f243-4447-b110-35ef023636e4", "wit", "wiql", "{project}/{team}/_apis/{area}/{resource}"),
    ("a02355f5-5f8a-4671-8e32-369d23aac83d", "wit", "wiql", "{project}/{team}/_apis/{area}/{resource}/{id}"),
    ("908509b6-4248-4475-a1cd-829139ba419f", "wit", "workitemsbatch", "{project}/_apis/{area}/{resource}"),
    ("72c7ddf8-2cdc-4f60-90cd-ab71c14a399b", "wit", "workitems", "{project}/_apis/{area}/{resource}/{id}"),
    (
        "7c8d7a76-4a09-43e8-b5df-bd792f4ac6aa",
        "wit",
        "workitemtypes",
        "{project}/_apis/{area}/{resource}/{type}",
    ),
    (
        "7c9d7a76-4a09-43e8-b5df-bd792f4ac6aa",
        "wit",
        "states",
        "{project}/_apis/{area}/workitemtypes/{type}/{resource}",
    ),
    (
        "b51fd764-e5c2-4b9b-aaf7-3395cf4bdd94",
        "wit",
        "fields",
        "{project}/_apis/{area}/{resource}/{fieldNameOrRefName}",
    ),
    ("00d9565f-ed9c-4a06-9a50-00e7896ccab4", "location", "connectionData", "_apis/{resource}"),
    ("e81700f7-3be2-46de-8624-2eb35882fcaa", "location", "resourceAreas", "_apis/{resource}/{areaId}"),
    (
        "fc50d02a-849f-41fb-8af1-0a5216103269",
        "hooks",
        "subscriptions",
        "_apis/{area}/{resource}/{subscriptionId}",
    ),
];

pub(super) fn all(newest: &str) -> Vec<Value> {
    LOCATIONS
        .iter()
        .map(|(id, area, resource, template)| {
            json!({ "id": id, "area": area, "resourceName": resource, "routeTemplate": template,
                "resourceVersion": 3, "minVersion": "1.0", "maxVersion": newest, "releasedVersion": newest })
        })
        .collect()
}
