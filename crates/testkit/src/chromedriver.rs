//! The process between a test and its browser: one per test process, gone with its last browser.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// The one that runs, if any browser holds it.
static RUNNING: Mutex<Weak<Chromedriver>> = Mutex::new(Weak::new());

/// How often a start is tried.
const ATTEMPTS: u32 = 10;

/// A running chromedriver. Dropping the last holder ends it and every browser it started.
#[derive(Debug)]
pub struct Chromedriver {
    port: u16,
    process: Child,
    /// Held open: writing to a closed pipe would end the process.
    _output: BufReader<ChildStdout>,
}

impl Chromedriver {
    /// The chromedriver of this process, started on a free port where none runs.
    ///
    /// # Errors
    /// Where it isn't installed or does not start: a browser test never passes without a browser.
    pub fn shared() -> Result<Arc<Self>> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = running.upgrade() {
            return Ok(driver);
        }
        let driver = Arc::new(Self::start()?);
        *running = Arc::downgrade(&driver);
        Ok(driver)
    }

    /// Starts one. The port that chromedriver picks for one family of addresses may be taken in the other, by another
    /// test's; it then ends at once, and starting it again picks another port.
    fn start() -> Result<Self> {
        let mut told = String::new();
        for _ in 0..ATTEMPTS {
            if let Some(driver) = Self::attempt(&mut told)? {
                return Ok(driver);
            }
        }
        bail!("chromedriver ended before it listened, {ATTEMPTS} times; the last time it said:\n{told}")
    }

    /// One start, or none where it ended before it listened; `told` is what it printed.
    fn attempt(told: &mut String) -> Result<Option<Self>> {
        told.clear();
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("chromedriver does not start; install chromium and chromium-driver")?;
        let mut output = BufReader::new(process.stdout.take().context("chromedriver without output")?);
        loop {
            let before = told.len();
            if output.read_line(told)? == 0 {
                writeln!(told, "{}", process.wait()?)?;
                return Ok(None);
            }
            // "ChromeDriver was started successfully on port 41813."
            let line = told.get(before..).unwrap_or_default().trim_end().trim_end_matches('.');
            if let Some((_, port)) = line.split_once("successfully on port ") {
                let port = port.parse().with_context(|| format!("no port in: {line}"))?;
                return Ok(Some(Self { port, process, _output: output }));
            }
        }
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}:{}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// Sends one request and waits for its end, without a runtime: for use while things are dropped.
    pub(crate) fn request_in_drop(&self, method: &str, path: &str) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new())?;
        Ok(())
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // Asked kindly it ends its browsers first; where it no longer answers, only the end is left.
        let asked = self.request_in_drop("GET", "/shutdown");
        let ended = self.process.kill().and_then(|()| self.process.wait());
        if let (Err(asked), Err(ended)) = (asked, ended) {
            tracing::warn!(%asked, %ended, "chromedriver may still run");
        }
    }
}
