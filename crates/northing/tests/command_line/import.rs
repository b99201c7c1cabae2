//! `northing import` as a process: the summary, mappings, reports and exit statuses.

use std::path::{Path, PathBuf};

use crate::export::{northing, said, set_up};

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../connectors/tests/samples/brindlewick/brindlewick_goals_export.zip")
}

fn words(output: &std::process::Output, entity: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line =
        text.lines().find(|line| line.split_whitespace().next() == Some(entity)).unwrap_or("").to_owned();
    line.split_whitespace().skip(1).map(str::to_owned).collect()
}

#[test]
fn an_export_is_tried_imported_and_imported_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    set_up(data);
    let zip = sample();
    let zip = zip.to_str().unwrap();

    let tried = northing(data, &["import", "--org", "calder", "--dry-run", zip], "");
    assert!(tried.status.success(), "{}", said(&tried));
    assert!(String::from_utf8_lossy(&tried.stdout).starts_with("Tried only; nothing was kept."));
    assert_eq!(words(&tried, "goal"), ["64", "0", "0", "0"], "created, updated, skipped, failed");

    let report = data.join("report.csv");
    let done = northing(data, &["import", "--org", "calder", "--report", report.to_str().unwrap(), zip], "");
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(words(&done, "check_in"), ["355", "0", "0", "0"]);
    let report = std::fs::read_to_string(report).unwrap();
    assert!(
        report.starts_with("entity,file,row,title,outcome,field,effect,reason")
            && report.contains("Data Source")
    );

    let again = northing(data, &["import", "--org", "calder", zip], "");
    assert_eq!(words(&again, "goal"), ["0", "0", "64", "0"]);
    let json = data.join("report.json");
    let again = northing(data, &["import", "--org", "calder", "--report", json.to_str().unwrap(), zip], "");
    assert!(again.status.success(), "{}", said(&again));
    let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    assert_eq!(json["counts"]["goal"]["unchanged"], 64);
}

#[test]
fn a_mapping_is_written_filled_in_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    set_up(data);
    let (zip, place) = (sample(), data.join("mapping.json"));
    let (zip, mapping) = (zip.to_str().unwrap(), place.to_str().unwrap());
    let written = northing(data, &["import", "--org", "calder", "--write-mapping", mapping, zip], "");
    assert!(written.status.success(), "{}", said(&written));
    let mut draft: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&place).unwrap()).unwrap();
    assert_eq!(draft["organisation"], "70731");
    assert_eq!(draft["types"]["Project"], "initiative");
    assert_eq!(draft["people"]["yuki.tanabe@brindlewick.example"], "create");
    draft["types"]["Project"] = "key_result".into();
    draft["people"]["yuki.tanabe@brindlewick.example"] = serde_json::json!({ "match": "ruth@calder.test" });
    draft["people"]["callum.reid@brindlewick.example"] = "skip".into();
    std::fs::write(&place, draft.to_string()).unwrap();
    let done = northing(data, &["import", "--org", "calder", "--mapping", mapping, zip], "");
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(words(&done, "person"), ["23", "1", "1", "0"], "one is somebody here, one is left out");

    std::fs::write(&place, r#"{ "pepole": {} }"#).unwrap();
    let wrong = northing(data, &["import", "--org", "calder", "--mapping", mapping, zip], "");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(said(&wrong).contains("pepole") && said(&wrong).lines().count() == 1, "{}", said(&wrong));
}

#[test]
fn what_cannot_be_read_ends_with_one_line_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    set_up(data);
    let note = data.join("note.txt");
    std::fs::write(&note, "hello").unwrap();
    for (file, words) in [(note.to_str().unwrap(), "note.txt"), ("missing.zip", "cannot be read")] {
        let wrong = northing(data, &["import", "--org", "calder", file], "");
        assert_eq!(wrong.status.code(), Some(1), "{file}");
        assert!(said(&wrong).contains(words) && said(&wrong).lines().count() == 1, "{}", said(&wrong));
    }
    let nobody = northing(data, &["import", "--org", "nowhere", note.to_str().unwrap()], "");
    assert_eq!(nobody.status.code(), Some(1));
    let usage = northing(data, &["import", "--org", "calder"], "");
    assert_eq!(usage.status.code(), Some(2));
}
