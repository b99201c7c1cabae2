//! The vendor's own client against the double: if it can sign in, list projects, walk and run queries and read items, the shapes are right.

use std::path::Path;
use std::process::Command;

use super::azure_devops::double;

/// Where `scripts/test` puts the client.
const CLIENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/vendor/.venv/bin/python");
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/vendor/azure_devops_client.py");

#[tokio::test]
async fn the_vendors_client_finds_what_it_expects() {
    assert!(Path::new(CLIENT).exists(), "the vendor's client is not installed: run scripts/test once");
    let double = double().await;
    let account = double.account();
    let home = tempfile::tempdir().unwrap();
    let run = tokio::task::spawn_blocking(move || {
        // A home of its own: the client keeps what it learnt of an address on disk.
        Command::new(CLIENT).arg(SCRIPT).arg(account).env("HOME", home.path()).output()
    });
    let output = run.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.trim(), "all is as it should be");
}
