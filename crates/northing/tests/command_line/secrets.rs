//! What must not stand in the log, however much is logged: the secrets of links, sessions, tokens, and passwords.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

const SECRETS: [&str; 4] = [
    "c2VjcmV0LW9mLWEtbGluaw",
    "c2VjcmV0LW9mLWEtc2Vzc2lvbg",
    "nth_c2VjcmV0LW9mLWEtdG9rZW4",
    "a-password-of-mine",
];

/// The server, ended with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended where the test went well.
        let _ended = self.0.kill();
    }
}

fn ask(address: &str, request: &str) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn no_secret_is_logged() {
    let folder = tempfile::tempdir().unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_northing"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .env_clear()
        .env("NORTHING_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut server = Server(child);
    let mut errors = server.0.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut log = String::new();
        errors.read_to_string(&mut log).unwrap();
        log
    });
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().rsplit("http://").next().unwrap().to_owned();

    let [link, session, token, password] = SECRETS;
    for path in
        [format!("/invitation/{link}"), format!("/reset/{link}"), format!("/invitation/{link}/advice")]
    {
        let cookies = format!("Cookie: session={session}; form={session}\r\n");
        ask(&address, &format!("GET {path} HTTP/1.1\r\nHost: x\r\n{cookies}Connection: close\r\n\r\n"));
        let body = format!("email=a%40b.test&password={password}");
        let length = body.len();
        ask(
            &address,
            &format!(
                "POST {path} HTTP/1.1\r\nHost: x\r\n{cookies}Content-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            ),
        );
    }
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let answer = ask(
        &address,
        &format!("GET /api/v1/me?secret={link} HTTP/1.1\r\nHost: x\r\n{bearer}Connection: close\r\n\r\n"),
    );
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");

    server.0.kill().unwrap();
    server.0.wait().unwrap();
    let log = log.join().unwrap();
    assert!(log.contains("/invitation/") && log.contains("/api/v1/me"), "requests are logged: {log}");
    for secret in SECRETS {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} stands in the log: {}", line.unwrap_or_default());
    }
}
