//! `northing serve --demo --demo-azure-devops` as a process: a newcomer has a connection that works.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

struct Served {
    child: Child,
    address: String,
    double: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_northing"));
    command.args(arguments).current_dir(folder).env_clear().env("NORTHING_LOG", "error");
    command
}

/// Starts the demonstration and reads the three lines that it says.
fn serve(folder: &Path) -> Served {
    let options = ["serve", "--demo", "--demo-azure-devops", "--listen", "127.0.0.1:0"];
    let mut child = command(folder, &options).stdout(Stdio::piped()).spawn().unwrap();
    let lines: Vec<String> =
        BufReader::new(child.stdout.take().unwrap()).lines().take(3).map(Result::unwrap).collect();
    let address = lines[0].strip_prefix("Northing is ready at http://").unwrap().to_owned();
    assert!(lines[1].starts_with("Sign in as "), "{lines:?}");
    let double = lines[2].split("http://").nth(1).unwrap().split(':').take(2).collect::<Vec<_>>().join(":");
    Served { child, address, double }
}

fn ask(address: &str, method: &str, path: &str, more: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{more}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn connections(folder: &Path, served: &Served) -> String {
    let of = ["token", "create", "--email", "priya.raman@calderfield.example", "--scopes", "read"];
    let token = command(folder, &of).output().unwrap();
    let token = String::from_utf8(token.stdout).unwrap();
    let more = format!("Authorization: Bearer {}\r\n", token.trim());
    ask(&served.address, "GET", "/api/v1/orgs/calderfield/connections", &more, "")
}

#[test]
fn the_double_beside_the_demonstration_is_connected_and_can_be_moved() {
    let folder = TempDir::new().unwrap();
    let served = serve(folder.path());
    let all = connections(folder.path(), &served);
    assert!(all.starts_with("HTTP/1.1 200") && all.contains("\"state\":\"ok\""), "{all}");
    assert!(all.contains(&format!("http://{}", served.double)), "{all}");
    let (host, account) = served.double.split_once('/').unwrap();
    // A link from Northing leads to the query, and from there to an item whose state can be changed.
    let query = ask(host, "GET", &format!("/{account}/Controls/_queries/query/q-scope"), "", "");
    assert!(query.contains("/_workitems/edit/129\""), "{query}");
    let item = format!("/{account}/Controls/_workitems/edit/129");
    assert!(ask(host, "GET", &item, "", "").contains("<strong>New</strong>"));
    let foreign = ask(host, "POST", &item, "Origin: http://elsewhere.example\r\n", "state=Closed");
    assert!(!foreign.starts_with("HTTP/1.1 303"), "{foreign}");
    assert!(ask(host, "POST", &item, "", "state=Closed").starts_with("HTTP/1.1 303"));
    assert!(ask(host, "GET", &item, "", "").contains("<strong>Closed</strong>"));
    drop(served);
    // A second start finds the connection again, wherever the double listens by now.
    let again = serve(folder.path());
    let all = connections(folder.path(), &again);
    assert_eq!(all.matches("\"kind\":\"azure_devops\"").count(), 1, "{all}");
    assert!(all.contains(&format!("http://{}", again.double)) && all.contains("\"state\":\"ok\""), "{all}");
}

#[test]
fn the_double_needs_the_demonstration() {
    let folder = TempDir::new().unwrap();
    let output = command(folder.path(), &["serve", "--demo-azure-devops"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--demo"));
}
