//! `northing setup` as a process: everything by options, one line for what went wrong, and its exit status.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery";

/// Runs the program in an empty folder with a text on its standard input.
fn northing(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_northing"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("NORTHING_LOG", "error")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that ends before it reads leaves nobody to write to.
    let _given = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn setup(folder: &Path, more: &[&str], input: &str) -> Output {
    let options = [
        "setup",
        "--org",
        "Calder Homes",
        "--email",
        "ruth@calder.test",
        "--name",
        "Ruth Adeyemi",
        "--password-stdin",
    ];
    northing(folder, &[&options, more].concat(), input)
}

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn sets_up_once_with_everything_that_the_wizard_asks_for() {
    let folder = TempDir::new().unwrap();
    let options = [
        "--slug",
        "calder",
        "--mission",
        "Warm homes",
        "--vision",
        "By 2035",
        "--value",
        "First",
        "--value",
        "Second",
        "--north-star",
        "A warm home",
        "--planning-year-start-month",
        "4",
        "--time-zone",
        "Europe/Berlin",
        "--okr-model",
        "interchangeable",
    ];
    let done = setup(folder.path(), &options, &format!("{PASSWORD}\n"));
    assert_eq!(told(&done), (Some(0), String::from("Organisation calder is set up\n"), String::new()));
    let token =
        northing(folder.path(), &["token", "create", "--email", "ruth@calder.test", "--scopes", "read"], "");
    assert_eq!(token.status.code(), Some(0));
    assert!(told(&token).1.starts_with("nth_"));

    let again = setup(folder.path(), &[], PASSWORD);
    let second = "error: This installation is set up already. Sign in.\n";
    assert_eq!(told(&again), (Some(1), String::new(), second.to_owned()));
}

#[test]
fn the_slug_follows_from_the_name() {
    let folder = TempDir::new().unwrap();
    assert_eq!(told(&setup(folder.path(), &[], PASSWORD)).1, "Organisation calder-homes is set up\n");
}

#[test]
fn what_is_wrong_is_told_in_one_line_and_nothing_is_made() {
    let folder = TempDir::new().unwrap();
    for (more, input, message) in [
        (vec![], "", "there is no password on standard input: pipe it in"),
        (vec![], "short", "the password must have at least ten characters"),
        (
            vec![],
            "ruthadeyemi1",
            "the password Your name, address or organisation is tried first. Add words that do not belong to it.",
        ),
        (
            vec!["--slug", "No Good", "--time-zone", "Mars/Olympus"],
            PASSWORD,
            "--time-zone must be a time zone such as Europe/Berlin; --slug must be of a–z, 0–9 and hyphens between them, at most 60",
        ),
    ] {
        let (status, out, error) = told(&setup(folder.path(), &more, input));
        assert_eq!((status, out.as_str(), error), (Some(1), "", format!("error: {message}\n")));
    }
    let wrong = ["setup", "--org", "", "--email", "nobody", "--name", " ", "--password-stdin"];
    let (status, _, error) = told(&northing(folder.path(), &wrong, PASSWORD));
    assert_eq!(status, Some(1));
    for option in ["--email must be a mail address", "--name must not be empty", "--org must not be empty"] {
        assert!(error.contains(option) && error.lines().count() == 1, "{error}");
    }
    assert_eq!(told(&setup(folder.path(), &[], PASSWORD)).0, Some(0), "nothing stood in the way");
}

#[test]
fn wrong_usage_ends_with_two() {
    let folder = TempDir::new().unwrap();
    for arguments in [
        vec!["setup", "--org", "Calder"],
        vec![
            "setup",
            "--org",
            "C",
            "--email",
            "r@c.test",
            "--name",
            "R",
            "--password-stdin",
            "--planning-year-start-month",
            "13",
        ],
        vec![
            "setup",
            "--org",
            "C",
            "--email",
            "r@c.test",
            "--name",
            "R",
            "--password-stdin",
            "--okr-model",
            "waterfall",
        ],
        vec!["setup", "--org", "C", "--email", "r@c.test", "--name", "R"],
        vec!["setup", "--colour", "red"],
    ] {
        let (status, _, error) = told(&northing(folder.path(), &arguments, PASSWORD));
        assert_eq!(status, Some(2), "{arguments:?}: {error}");
    }
    assert!(!folder.path().join("northing-data").exists(), "wrong usage makes nothing");
}
