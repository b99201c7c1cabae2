//! `northing export` as a process: exit statuses, standard output and files.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

pub(crate) fn northing(data: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_northing"))
        .args(arguments)
        .env_clear()
        .env("NORTHING_DATA_DIR", data)
        .current_dir(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A store with an organisation and its owner.
pub(crate) fn set_up(data: &Path) {
    let set_up =
        ["setup", "--org", "Calder", "--email", "ruth@calder.test", "--name", "Ruth", "--password-stdin"];
    let done = northing(data, &set_up, "correct horse battery\n");
    assert!(done.status.success(), "{}", said(&done));
}

/// A store with an organisation that was imported from the sample.
fn filled(data: &Path) {
    set_up(data);
    let sample = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../connectors/tests/samples/brindlewick/brindlewick_goals_export.zip");
    let done = northing(data, &["import", "--org", "calder", sample.to_str().unwrap()], "");
    assert!(done.status.success(), "{}", said(&done));
}

#[test]
fn an_export_goes_to_the_output_or_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    filled(data);

    let csv = northing(data, &["export", "--org", "calder", "--format", "csv"], "");
    assert!(csv.status.success(), "{}", said(&csv));
    let text = String::from_utf8(csv.stdout).unwrap();
    assert!(text.starts_with("\u{feff}Id,Title,") && text.contains("Become the monitoring standard"));

    let place = data.join("calder.zip");
    let to = ["export", "--org", "calder", "--format", "json", "--output", place.to_str().unwrap()];
    let json = northing(data, &to, "");
    assert!(json.status.success() && json.stdout.is_empty(), "{}", said(&json));
    assert!(std::fs::read(&place).unwrap().starts_with(b"PK"));
    assert!(!data.join("calder.part").exists());
    // What is there is not overwritten.
    let again = northing(data, &to, "");
    assert_eq!(again.status.code(), Some(1));
    assert!(said(&again).contains("exists already"), "{}", said(&again));

    let xlsx = northing(data, &["export", "--org", "calder", "--format", "xlsx"], "");
    assert!(xlsx.status.success() && xlsx.stdout.starts_with(b"PK"), "{}", said(&xlsx));

    // What was exported can be tried as an import.
    let tried = northing(data, &["import", "--org", "calder", "--dry-run", place.to_str().unwrap()], "");
    assert!(tried.status.success(), "{}", said(&tried));
}

#[test]
fn wrong_use_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let status = |arguments: &[&str]| northing(data, arguments, "").status.code();
    assert_eq!(status(&["export", "--org", "calder", "--format", "pdf"]), Some(2));
    assert_eq!(status(&["export", "--org", "calder"]), Some(2));
    set_up(data);
    let nobody = northing(data, &["export", "--org", "nobody", "--format", "csv"], "");
    assert_eq!(nobody.status.code(), Some(1));
    assert!(said(&nobody).contains("no such organisation"), "{}", said(&nobody));
    assert!(nobody.stdout.is_empty());
}
