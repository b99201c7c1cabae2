//! What holds for the repository as a whole: who imports whom, under which licences, and that it stands alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// The table of ARCHITECTURE.md: each crate, and those of ours that it may import.
const MAY_IMPORT: [(&str, &[&str]); 9] = [
    ("northing-core", &[]),
    ("northing-store", &["northing-core"]),
    ("northing-connectors", &["northing-core"]),
    ("northing-doubles", &["northing-core"]),
    ("northing-ui", &["northing-core"]),
    ("northing-app", &["northing-core", "northing-store", "northing-connectors"]),
    ("northing-web", &["northing-core", "northing-app", "northing-ui"]),
    (
        "northing",
        &[
            "northing-core",
            "northing-store",
            "northing-connectors",
            "northing-doubles",
            "northing-ui",
            "northing-app",
            "northing-web",
        ],
    ),
    (
        "northing-testkit",
        &[
            "northing-core",
            "northing-store",
            "northing-connectors",
            "northing-doubles",
            "northing-ui",
            "northing-app",
            "northing-web",
            "northing",
        ],
    ),
];

/// Libraries that one crate alone may name: what they do is that crate's business.
const ALONE: [(&str, &[&str]); 6] = [
    ("sqlx", &["northing-store", "northing-testkit"]),
    ("axum", &["northing-web", "northing", "northing-doubles", "northing-testkit"]),
    ("maud", &["northing-ui", "northing-web", "northing-testkit"]),
    ("clap", &["northing"]),
    ("calamine", &["northing-connectors"]),
    ("fantoccini", &["northing-testkit"]),
];

/// Licences that ask for nothing but their notice. `deny.toml` holds the same list.
const PERMISSIVE: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Under MPL-2.0, which asks for the source of these files only; used as published. `deny.toml` gives each its reason.
const EXCEPTIONS: [&str; 3] = ["cssparser", "dtoa-short", "webdriver"];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(
            ["--locked", "--offline", "--filter-platform", "x86_64-unknown-linux-gnu"].map(str::to_owned),
        )
        .exec()
        .unwrap()
}

#[test]
fn crates_import_only_what_the_table_allows() {
    let metadata = metadata();
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.into_iter().collect();
    let ours: BTreeSet<&str> =
        metadata.workspace_packages().iter().map(|package| package.name.as_str()).collect();
    assert_eq!(ours, allowed.keys().copied().collect(), "a crate is missing in the table, or gone");
    for package in metadata.workspace_packages() {
        for dependency in &package.dependencies {
            // Tests of a crate may use the testkit; the arrows are about what ships.
            if dependency.kind != DependencyKind::Normal {
                continue;
            }
            let (from, to) = (package.name.as_str(), dependency.name.as_str());
            assert!(!ours.contains(to) || allowed[from].contains(&to), "{from} may not import {to}");
            for (library, crates) in ALONE {
                assert!(
                    library != to || crates.contains(&from),
                    "{from} may not name {library}: {crates:?} may"
                );
            }
        }
    }
}

/// Whether an SPDX expression can be met with permissive licences alone.
/// `OR` binds weaker than `AND`; brackets stand around choices; `/` is the old way to write `OR`.
fn is_permissive(expression: &str) -> bool {
    fn inside_brackets(expression: &str) -> Option<(&str, &str, &str)> {
        let close = expression.find(')')?;
        let open = expression[..close].rfind('(')?;
        Some((&expression[..open], &expression[open + 1..close], &expression[close + 1..]))
    }
    if let Some((before, inside, after)) = inside_brackets(expression) {
        let stand_in = if is_permissive(inside) { "MIT" } else { "refused" };
        return is_permissive(&format!("{before}{stand_in}{after}"));
    }
    let choices = expression.replace('/', " OR ");
    choices
        .split(" OR ")
        .any(|choice| choice.split(" AND ").all(|licence| PERMISSIVE.contains(&licence.trim())))
}

#[test]
fn licence_expressions_are_read_as_they_are_meant() {
    for good in ["MIT", "MIT OR GPL-3.0", "(MIT OR Apache-2.0) AND Unicode-3.0", "Unlicense/MIT"] {
        assert!(is_permissive(good), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(GPL-3.0 OR MPL-2.0) AND MIT", "", "MIT AND (GPL-3.0)"] {
        assert!(!is_permissive(bad), "{bad}");
    }
}

#[test]
fn dependencies_are_permissive() {
    let metadata = metadata();
    let refused: Vec<String> = metadata
        .packages
        .iter()
        .filter(|package| !EXCEPTIONS.contains(&package.name.as_str()))
        .filter(|package| !package.license.as_deref().is_some_and(is_permissive))
        .map(|package| format!("{} {}: {:?}", package.name, package.version, package.license))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn the_two_lists_of_licences_are_one() {
    let deny = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    let (_, rest) = deny.split_once("\nallow = [").unwrap();
    let (list, _) = rest.split_once(']').unwrap();
    let listed: Vec<&str> =
        list.split(',').map(|item| item.trim().trim_matches('"')).filter(|s| !s.is_empty()).collect();
    assert_eq!(listed, PERMISSIVE);
}

#[test]
fn nothing_points_outside_the_repository() {
    // Put together here, so that this file does not contain what it looks for.
    let outside = [
        ["/wo", "rk/"].concat(),
        ["../sha", "red"].concat(),
        ["/ro", "ot/"].concat(),
        ["/ho", "me/"].concat(),
    ];
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().unwrap();
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let files = String::from_utf8(listed.stdout).unwrap();
    let mut seen = 0;
    for name in files.split_terminator('\0') {
        // A file that is deleted but not yet committed has nothing to say; one that isn't text can't be read as such.
        let Ok(text) = std::fs::read_to_string(root().join(name)) else { continue };
        seen += 1;
        for (number, line) in text.lines().enumerate() {
            for path in &outside {
                assert!(!line.contains(path.as_str()), "{name}:{}: {path}", number + 1);
            }
        }
    }
    assert!(seen > 30, "only {seen} files were read");
}
