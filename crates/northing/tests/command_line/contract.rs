//! Every command as a process on both engines, as the specification of the command line has it: what it prints and ends with, what
//! wins over what, and that a server finishes what runs.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use northing_store::StoreUrl;
use northing_testkit::both_engines;
use northing_testkit::database::Database;

pub(crate) const SETUP: [&str; 8] =
    ["setup", "--org", "Calder Homes", "--email", "ruth@calder.test", "--name", "Ruth", "--password-stdin"];

/// A place to run commands in, with the options that name its store.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    store: Vec<String>,
}

impl Place {
    fn new(db: &Database) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = match db.url() {
            StoreUrl::Sqlite(_) => {
                vec![String::from("--data-dir"), folder.path().join("data").display().to_string()]
            }
            StoreUrl::Postgres(url) => vec![String::from("--database-url"), url.clone()],
        };
        Ok(Self { folder, store })
    }

    /// A place for commands that work on this very store, which the test reads meanwhile.
    pub(crate) fn on(db: &Database) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = match db.url() {
            StoreUrl::Sqlite(path) => {
                let data = path.parent().context("a store without a folder")?;
                vec![String::from("--data-dir"), data.display().to_string()]
            }
            StoreUrl::Postgres(url) => vec![String::from("--database-url"), url.clone()],
        };
        Ok(Self { folder, store })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_northing"));
        command.args(arguments).args(&self.store).current_dir(self.folder.path()).env_clear();
        command
    }

    fn run(&self, arguments: &[&str], input: &str) -> Result<Output> {
        run(self.command(arguments), input)
    }

    /// What a command prints that succeeds, and says nothing else.
    pub(crate) fn done(&self, arguments: &[&str], input: &str) -> Result<String> {
        let output = self.run(arguments, input)?;
        ensure!(output.status.code() == Some(0), "{arguments:?}: {}", said(&output));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// The one line of a command that fails.
    fn fails(&self, arguments: &[&str], input: &str) -> Result<String> {
        let output = self.run(arguments, input)?;
        let error = said(&output);
        ensure!(
            output.status.code() == Some(1),
            "{arguments:?} ended with {:?}: {error}",
            output.status.code()
        );
        ensure!(error.lines().count() == 1 && error.starts_with("error: "), "{arguments:?}: {error}");
        ensure!(output.stdout.is_empty(), "{arguments:?} printed something");
        Ok(error)
    }
}

fn run(mut command: Command, input: &str) -> Result<Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    // A program that ends before it reads leaves nobody to write to.
    let _given = child.stdin.take().context("no input")?.write_all(input.as_bytes());
    Ok(child.wait_with_output()?)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A server, ended with the test.
pub(crate) struct Server {
    pub(crate) child: Child,
    lines: BufReader<ChildStdout>,
    pub(crate) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended where the test went well.
        let _ended = self.child.kill();
    }
}

impl Server {
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?);
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let url = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        let address =
            url.strip_prefix("http://").with_context(|| format!("no address: {line:?}"))?.to_owned();
        Ok(Self { child, lines, address })
    }

    fn ask(&self, request: &str) -> Result<String> {
        let mut connection = TcpStream::connect(&self.address)?;
        connection.write_all(request.as_bytes())?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(answer)
    }

    pub(crate) fn terminate(&self) -> Result<()> {
        let done = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        ensure!(done.success(), "the signal was not sent");
        Ok(())
    }

    /// Waits for the end: its status, and what else was printed.
    pub(crate) fn ended(mut self) -> Result<(Option<i32>, String)> {
        let status = self.child.wait()?.code();
        let mut rest = String::new();
        self.lines.read_to_string(&mut rest)?;
        Ok((status, rest))
    }
}

pub(crate) fn head(token: &str) -> String {
    format!("Host: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n")
}

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../connectors/tests/samples/brindlewick/brindlewick_goals_export.zip")
}

both_engines! {
    async fn every_command_from_an_empty_store_to_a_restored_one(db: Database) -> Result<()> {
        let place = Place::new(&db)?;
        let place = &place;
        let token = ["token", "create", "--email", "ruth@calder.test", "--scopes", "read,write,checkin,admin"];
        place.fails(&token, "")?;
        assert_eq!(place.done(&SETUP, "correct horse battery\n")?, "Organisation calder-homes is set up\n");
        assert!(place.fails(&SETUP, "correct horse battery\n")?.contains("set up already"));
        // A token, alone.
        let made = place.done(&token, "")?;
        let secret = made.trim_end();
        assert!(secret.starts_with("nth_") && made == format!("{secret}\n") && !secret.contains(char::is_whitespace), "{made:?}");
        let nobody = ["token", "create", "--email", "nobody@calder.test", "--scopes", "read"];
        assert!(place.fails(&nobody, "")?.contains("nobody@calder.test"));
        let elsewhere = ["token", "create", "--email", "ruth@calder.test", "--org", "nowhere", "--scopes", "read"];
        assert!(place.fails(&elsewhere, "")?.contains("nowhere"));

        // What is imported is told by entity; what cannot be read is one line.
        let zip = sample().display().to_string();
        let tried = place.done(&["import", "--org", "calder-homes", "--dry-run", &zip], "")?;
        assert!(tried.contains("created") && tried.contains("updated") && tried.contains("skipped") && tried.contains("failed"), "{tried}");
        let report = place.path("report.json").display().to_string();
        let done = place.done(&["import", "--org", "calder-homes", "--report", &report, &zip], "")?;
        let goals = |text: &str| text.lines().find(|line| line.starts_with("goal")).map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(goals(&done).context("no goals")?, ["goal", "64", "0", "0", "0"]);
        assert!(std::fs::read_to_string(&report)?.contains("\"counts\""));
        assert_eq!(goals(&place.done(&["import", "--org", "calder-homes", &zip], "")?).context("no goals")?, ["goal", "0", "0", "64", "0"]);
        place.fails(&["import", "--org", "calder-homes", "missing.zip"], "")?;
        assert!(place.fails(&["import", "--org", "nowhere", &zip], "")?.contains("nowhere"));

        // Everything as a file, and invented goals.
        for (format, begins) in [("json", &b"PK"[..]), ("csv", b"\xef\xbb\xbfId,"), ("xlsx", b"PK")] {
            let file = place.path(&format!("all.{format}"));
            let name = file.display().to_string();
            place.done(&["export", "--org", "calder-homes", "--format", format, "--output", &name], "")?;
            assert!(std::fs::read(&file)?.starts_with(begins), "{format}");
            assert!(place.fails(&["export", "--org", "calder-homes", "--format", format, "--output", &name], "")?.contains("exists already"));
        }
        assert!(place.fails(&["export", "--org", "nowhere", "--format", "csv"], "")?.contains("nowhere"));
        let invented = place.done(&["generate", "--org", "calder-homes", "--goals", "40", "--seed", "7"], "")?;
        assert!(invented.starts_with("40 goals"), "{invented}");
        place.fails(&["generate", "--org", "nowhere", "--goals", "40", "--seed", "7"], "")?;

        // A server that serves, is copied, and ends when it is asked to.
        let server = Server::start(place.command(&["serve", "--listen", "127.0.0.1:0"]))?;
        assert!(server.ask("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?.starts_with("HTTP/1.1 200"));
        let me = server.ask(&format!("GET /api/v1/me HTTP/1.1\r\n{}\r\n", head(secret)))?;
        assert!(me.contains("ruth@calder.test"), "{me}");
        let copy = place.path("copy.jsonl").display().to_string();
        let told = place.done(&["backup", &copy], "")?;
        assert!(told.contains("rows written"), "{told}");
        assert!(place.fails(&["backup", &copy], "")?.contains("exists already"));
        assert!(place.fails(&["restore", &copy], "")?.contains("empty"));
        place.fails(&["restore", "missing.jsonl"], "")?;

        // Asked to stop in the middle of a request: it is answered, and the goal is there.
        let body = "{\"kind\":\"objective\",\"title\":\"Half-way\",\"level\":\"organization\"}";
        let (first, second) = body.split_at(20);
        let mut connection = TcpStream::connect(&server.address)?;
        let request = format!("POST /api/v1/orgs/calder-homes/goals HTTP/1.1\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{first}", head(secret), body.len());
        connection.write_all(request.as_bytes())?;
        std::thread::sleep(Duration::from_millis(300));
        server.terminate()?;
        std::thread::sleep(Duration::from_millis(300));
        connection.write_all(second.as_bytes())?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        let (status, rest) = server.ended()?;
        assert_eq!((status, rest.as_str()), (Some(0), ""), "one line was printed");

        // The copy becomes a store of its own, that says the same.
        let other = Place { folder: tempfile::tempdir()?, store: vec![String::from("--data-dir"), String::from("restored")] };
        assert!(other.done(&["restore", &copy], "")?.contains("rows restored"));
        let whole = |place: &Place, name: &str| -> Result<Vec<u8>> {
            let file = place.path(name);
            place.done(&["export", "--org", "calder-homes", "--format", "csv", "--output", &file.display().to_string()], "")?;
            Ok(std::fs::read(file)?)
        };
        let (restored, now) = (whole(&other, "a.csv")?, whole(place, "b.csv")?);
        let without: Vec<&[u8]> = now.split(|byte| *byte == b'\n').filter(|line| !line.windows(8).any(|word| word == b"Half-way")).collect();
        assert_eq!(restored.split(|byte| *byte == b'\n').collect::<Vec<_>>(), without);
        assert!(other.fails(&["restore", &copy], "")?.contains("empty"));
        std::fs::write(place.path("cut.jsonl"), &std::fs::read(&copy)?[..2000])?;
        let fresh = Place { folder: tempfile::tempdir()?, store: vec![String::from("--data-dir"), String::from("fresh")] };
        assert!(fresh.fails(&["restore", &place.path("cut.jsonl").display().to_string()], "")?.contains("nothing was restored"));
        Ok(())
    }

    async fn keys_rotate_while_a_server_runs_on_and_no_secret_is_lost(db: Database) -> Result<()> {
        let place = Place::new(&db)?;
        place.done(&SETUP, "correct horse battery\n")?;
        let token = place.done(&["token", "create", "--email", "ruth@calder.test", "--scopes", "read,write,checkin,admin"], "")?;
        let server = Server::start(place.command(&["serve", "--listen", "127.0.0.1:0"]))?;
        let ask = |method: &str, path: &str, body: &str| server.ask(&format!(
            "{method} /api/v1/orgs/calder-homes/{path} HTTP/1.1\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", head(token.trim_end()), body.len()));
        let on = ask("PATCH", "integrations/azure_devops", "{\"enabled\":true}")?;
        assert!(on.starts_with("HTTP/1.1 200"), "{on}");
        let folder = if place.store[0] == "--data-dir" { place.path("data") } else { place.path("northing-data") };
        let keys = || -> Result<Vec<String>> {
            Ok(std::fs::read_to_string(folder.join("secrets.key"))?.lines().map(str::to_owned).collect())
        };
        let mut ids = Vec::new();
        let mut make = |name: &str| -> Result<()> {
            let body = format!("{{\"kind\":\"azure_devops\",\"name\":\"{name}\",\"config\":{{\"account\":\"https://127.0.0.1:9/x\",\"project\":\"p\"}},\"secret\":{{\"pat\":\"t\"}}}}");
            let made = ask("POST", "connections", &body)?;
            ensure!(made.starts_with("HTTP/1.1 201"), "{made}");
            let id = made.split_once("\"id\":\"").and_then(|(_, rest)| rest.split_once('"')).context("an id")?.0;
            ids.push(id.to_owned());
            Ok(())
        };
        make("First")?;
        let first = keys()?;
        assert!(place.done(&["secrets", "rotate"], "")?.starts_with("1 secrets sealed"));
        assert_eq!((keys()?.len(), &keys()?[1]), (2, &first[0]), "the former key stays for what was being sealed");
        make("Second")?;
        assert!(place.done(&["secrets", "rotate"], "")?.starts_with("2 secrets sealed"));
        let left = keys()?;
        assert!(left.len() == 2 && !left.contains(&first[0]), "{left:?}");
        make("Third")?;
        // A secret that could not be opened would be an error of the server; these lead where nothing may be called.
        for id in ids {
            let tried = ask("POST", &format!("connections/{id}/test"), "")?;
            assert!(tried.starts_with("HTTP/1.1 200") && tried.contains("address_refused"), "{tried}");
        }
        Ok(())
    }

    async fn wrong_usage_ends_with_two_and_makes_nothing(db: Database) -> Result<()> {
        let place = Place::new(&db)?;
        for arguments in [
            &["serve", "--colour", "red"][..], &["serve", "--max-upload", "much"], &["serve", "--allow-address", "everywhere"], &["setup"],
            &["token", "create", "--email", "a@b.test", "--scopes", "everything"], &["token", "create", "--email", "a@b.test"], &["token"],
            &["import", "--org", "a"], &["export", "--org", "a", "--format", "pdf"], &["export", "--format", "csv"], &["backup"], &["restore"],
            &["generate", "--org", "a", "--goals", "many"], &["generate", "--org", "a"], &["nonsense"], &[],
        ] {
            let output = place.run(arguments, "")?;
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
            assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}");
        }
        assert_eq!(std::fs::read_dir(place.folder.path())?.count(), 0, "nothing was made");
        for arguments in [&["--help"][..], &["--version"], &["serve", "--help"]] {
            let output = run(plain(place.folder.path(), arguments, &[]), "")?;
            assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        }
        Ok(())
    }
}

/// A command in a folder with nothing but these variables.
fn plain(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_northing"));
    command.args(arguments).current_dir(folder).env_clear().envs(variables.iter().copied());
    command
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let here = folder.path();
    let made = |arguments: &[&str], variables: &[(&str, &str)]| -> Result<Vec<String>> {
        let all = [&SETUP, arguments].concat();
        let output = run(plain(here, &all, variables), "correct horse battery\n")?;
        ensure!(output.status.code() == Some(0), "{}", said(&output));
        let mut there = Vec::new();
        for entry in std::fs::read_dir(here)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                there.push(entry.file_name().to_string_lossy().into_owned());
                std::fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(there)
    };
    assert_eq!(made(&[], &[])?, ["northing-data"]);
    std::fs::write(here.join("northing.toml"), "data_dir = \"by-file\"\n")?;
    assert_eq!(made(&[], &[])?, ["by-file"]);
    assert_eq!(made(&[], &[("NORTHING_DATA_DIR", "by-environment")])?, ["by-environment"]);
    assert_eq!(made(&["--data-dir", "by-flag"], &[("NORTHING_DATA_DIR", "by-environment")])?, ["by-flag"]);
    // Of another kind of store as well: a flag wins over a database of the environment, that over one of the file.
    std::fs::write(here.join("northing.toml"), "database_url = \"postgres://nobody@127.0.0.1:1/none\"\n")?;
    assert_eq!(made(&[], &[("NORTHING_DATA_DIR", "by-environment")])?, ["by-environment"]);
    assert_eq!(
        made(&["--data-dir", "by-flag"], &[("NORTHING_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")])?,
        ["by-flag"]
    );
    let both =
        run(plain(here, &["backup", "x", "--data-dir", "a", "--database-url", "postgres://b"], &[]), "")?;
    assert!(both.status.code() == Some(1) && said(&both).contains("exclude each other"), "{}", said(&both));
    // The other options too, of every command, and another file.
    std::fs::write(
        here.join("northing.toml"),
        "slug = \"by-file\"\nmission = \"m\"\nvalue = [\"a\", \"b\"]\npassword_stdin = true\nplanning_year_start_month = 4\n",
    )?;
    let without = ["setup", "--org", "Calder", "--email", "ruth@calder.test", "--name", "Ruth"];
    let output = run(plain(here, &without, &[]), "correct horse battery\n")?;
    assert_eq!(
        (output.status.code(), String::from_utf8(output.stdout)?),
        (Some(0), String::from("Organisation by-file is set up\n"))
    );
    std::fs::write(
        here.join("other.toml"),
        "email = \"ruth@calder.test\"\nscopes = [\"read\", \"write\"]\n",
    )?;
    for (arguments, variables) in [
        (&["token", "create", "--config", "other.toml"][..], &[][..]),
        (&["token", "create", "--config=other.toml"], &[]),
        (&["token", "create"], &[("NORTHING_CONFIG", "other.toml")]),
        (&["token", "create", "--scopes", "read"], &[("NORTHING_EMAIL", "ruth@calder.test")]),
    ] {
        let output = run(plain(here, arguments, variables), "")?;
        assert!(
            output.status.code() == Some(0) && output.stdout.starts_with(b"nth_"),
            "{arguments:?}: {}",
            said(&output)
        );
    }
    for (text, word) in
        [("lissten = \"127.0.0.1:1\"\n", "lissten"), ("listen = \n", "northing.toml"), ("[serve]\n", "serve")]
    {
        std::fs::write(here.join("northing.toml"), text)?;
        let output =
            run(plain(here, &["token", "create", "--email", "a@b.test", "--scopes", "read"], &[]), "")?;
        let error = said(&output);
        assert!(
            output.status.code() == Some(1) && error.lines().count() == 1 && error.contains(word),
            "{text}: {error}"
        );
    }
    Ok(())
}

#[test]
fn a_server_takes_its_options_from_everywhere_and_says_what_is_in_the_way() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let here = folder.path();
    std::fs::write(here.join("northing.toml"), "listen = \"127.0.0.1:1\"\nmax_upload = 3\ndemo = true\n")?;
    let server = Server::start(plain(here, &["serve"], &[("NORTHING_LISTEN", "127.0.0.1:0")]))?;
    assert!(!server.address.ends_with(":1"), "{}", server.address);
    let sign_in = server.ask("GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    assert!(sign_in.contains("Calderfield"), "the demonstration is there: {sign_in}");
    // The address is taken.
    let taken = run(
        plain(
            here,
            &["serve", "--listen", &server.address, "--data-dir", "other"],
            &[("NORTHING_LOG", "error"), ("NORTHING_DEMO", "false")],
        ),
        "",
    )?;
    let error = said(&taken);
    assert!(
        taken.status.code() == Some(1) && error.lines().count() == 1 && error.contains("--listen"),
        "{error}"
    );
    // The demonstration needs an empty store.
    let used = run(
        plain(
            here,
            &[
                "setup",
                "--org",
                "A",
                "--email",
                "a@b.test",
                "--name",
                "A",
                "--password-stdin",
                "--data-dir",
                "used",
            ],
            &[],
        ),
        "correct horse battery",
    )?;
    assert_eq!(used.status.code(), Some(0), "{}", said(&used));
    let demo = run(
        plain(
            here,
            &["serve", "--demo", "--data-dir", "used", "--listen", "127.0.0.1:0"],
            &[("NORTHING_LOG", "error")],
        ),
        "",
    )?;
    assert!(demo.status.code() == Some(1) && said(&demo).contains("--data-dir"), "{}", said(&demo));
    server.terminate()?;
    assert_eq!(server.ended()?.0, Some(0));
    // A folder named by mistake is not filled with an empty store.
    for arguments in [
        &["backup", "x.jsonl", "--data-dir", "mistake"][..],
        &["export", "--org", "a", "--format", "csv", "--data-dir", "mistake"],
    ] {
        let output = run(plain(here, arguments, &[]), "")?;
        assert!(
            output.status.code() == Some(1) && said(&output).contains("no store in mistake"),
            "{}",
            said(&output)
        );
    }
    assert!(!here.join("mistake").exists() && !here.join("x.jsonl").exists());
    Ok(())
}
