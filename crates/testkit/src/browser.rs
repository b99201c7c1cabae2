//! A real browser for the journeys: Chromium with a profile of its own, driven through chromedriver.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::axe::{self, Violation};
use crate::chromedriver::Chromedriver;
use crate::wait::until;

/// What Chromium is started with: no window, and nothing of its own on the network.
const FLAGS: [&str; 9] = [
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
];

/// What the page's `prefers-color-scheme` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// `light`
    Light,
    /// `dark`
    Dark,
}

impl Theme {
    const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The widths that every page is shown at: a desk and a phone, in CSS pixels.
pub const DESK: (u32, u32) = (1440, 900);
/// See [`DESK`].
pub const PHONE: (u32, u32) = (390, 844);

/// One browser with an empty profile. Dropping it closes it.
#[derive(Debug)]
pub struct Browser {
    /// The WebDriver client: `goto`, `find`, `execute` and the rest.
    pub client: Client,
    session: String,
    driver: Arc<Chromedriver>,
    http: reqwest::Client,
    /// Goes after the browser that uses it.
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser of [`DESK`] size in the light theme.
    ///
    /// # Errors
    /// Where chromedriver or Chromium does not start.
    pub async fn open() -> Result<Self> {
        let driver = Chromedriver::shared()?;
        let profile = tempfile::tempdir()?;
        let mut flags: Vec<String> = FLAGS.iter().map(ToString::to_string).collect();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        if is_root() {
            flags.push("--no-sandbox".to_owned()); // Chromium refuses to run as root with it
        }
        let Value::Object(capabilities) = json!({ "goog:chromeOptions": { "args": flags } }) else {
            bail!("capabilities are an object");
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver.url())
            .await
            .context("no browser session")?;
        let session = client.session_id().await?.context("a session without an id")?;
        // The client wants one to be named, though chromedriver is asked without TLS; a second browser finds it named already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let browser = Self { client, session, driver, http: reqwest::Client::new(), _profile: profile };
        browser.size(DESK).await?;
        browser.theme(Theme::Light).await?;
        Ok(browser)
    }

    /// Sets the page's size in CSS pixels; works below the least width of a window.
    ///
    /// # Errors
    /// Where the browser is gone.
    pub async fn size(&self, (width, height): (u32, u32)) -> Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await.map(drop)
    }

    /// Sets what `prefers-color-scheme` answers; `prefers-reduced-motion` answers `reduce`, so that nothing is caught mid-way.
    ///
    /// # Errors
    /// Where the browser is gone.
    pub async fn theme(&self, theme: Theme) -> Result<()> {
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": theme.name() },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]});
        self.devtools("Emulation.setEmulatedMedia", features).await.map(drop)
    }

    /// Turns the page's scripts off or on, from the next page on. Finding and clicking go on working.
    ///
    /// # Errors
    /// Where the browser is gone.
    pub async fn scripts(&self, on: bool) -> Result<()> {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": !on })).await.map(drop)
    }

    /// Sends a command of the DevTools protocol and returns its result.
    ///
    /// # Errors
    /// Where the browser is gone or refuses the command.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let url = format!("{}/session/{}/goog/cdp/execute", self.driver.url(), self.session);
        let answer =
            self.http.post(url).json(&json!({ "cmd": command, "params": parameters })).send().await?;
        let (status, mut body): (_, Value) = (answer.status(), answer.json().await?);
        ensure!(status.is_success(), "{command}: {body}");
        Ok(body.get_mut("value").map_or(Value::Null, Value::take))
    }

    /// Waits until an element matches the CSS selector, and returns the first that does.
    ///
    /// # Errors
    /// Where none comes in time.
    pub async fn shown(&self, css: &str) -> Result<fantoccini::elements::Element> {
        until(&format!("an element {css} that is shown"), || async {
            for element in self.client.find_all(Locator::Css(css)).await? {
                // One that goes while we look is not shown.
                if element.is_displayed().await.unwrap_or(false) {
                    return Ok(Some(element));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Clicks the first element shown that the locator finds, as soon as it can be clicked: once more where the page put
    /// another one in its place meanwhile.
    ///
    /// # Errors
    /// Where none comes in time.
    pub async fn click(&self, locator: Locator<'_>) -> Result<()> {
        until(&format!("something to click: {locator:?}"), || async {
            for element in self.client.find_all(locator).await? {
                if element.is_displayed().await.unwrap_or(false) {
                    return settled(element.click().await);
                }
            }
            Ok(None)
        })
        .await
    }

    /// As [`Browser::click`], for a CSS selector.
    ///
    /// # Errors
    /// Where none comes in time.
    pub async fn press(&self, css: &str) -> Result<()> {
        self.click(Locator::Css(css)).await
    }

    /// As [`Browser::press`], for what leads to another page, even one of the same address and look: returns when that is there.
    ///
    /// # Errors
    /// Where it does not come in time.
    pub async fn press_on(&self, css: &str) -> Result<()> {
        self.client.execute("document.documentElement.dataset.left = ''", Vec::new()).await?;
        self.press(css).await?;
        let script = "return document.readyState === 'complete' && document.documentElement.dataset.left === undefined";
        until(&format!("the page behind {css}"), || async {
            // Between two pages there is nothing to ask.
            let there = self.client.execute(script, Vec::new()).await.unwrap_or_default();
            Ok((there == Value::Bool(true)).then_some(()))
        })
        .await
    }

    /// Chooses a value of a list: once more where the page put another list in its place meanwhile.
    ///
    /// # Errors
    /// Where none comes in time.
    pub async fn choose(&self, css: &str, value: &str) -> Result<()> {
        until(&format!("a list {css} to choose from"), || async {
            settled(self.shown(css).await?.select_by_value(value).await)
        })
        .await
    }

    /// As [`Browser::click`], for a button with this text.
    ///
    /// # Errors
    /// Where none comes in time.
    pub async fn press_text(&self, text: &str) -> Result<()> {
        self.click(Locator::XPath(&format!("//button[normalize-space()=\"{text}\"]"))).await
    }

    /// Empties a field and types into it: once more where the page put another one in its place meanwhile.
    ///
    /// # Errors
    /// Where none comes in time.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        until(&format!("a field {css} to fill"), || async {
            let field = self.shown(css).await?;
            let cleared = field.clear().await;
            settled(if cleared.is_ok() { field.send_keys(text).await } else { cleared })
        })
        .await
    }

    /// Sends keys to the first element shown that matches: once more where the page put another one in its place meanwhile.
    ///
    /// # Errors
    /// Where none comes in time.
    pub async fn keys(&self, css: &str, keys: &str) -> Result<()> {
        until(&format!("an element {css} that takes keys"), || async {
            settled(self.shown(css).await?.send_keys(keys).await)
        })
        .await
    }

    /// Sends keys to whatever has the focus.
    ///
    /// # Errors
    /// Where nothing takes them in time.
    pub async fn type_keys(&self, keys: &str) -> Result<()> {
        until("something with the focus that takes keys", || async {
            match settled(self.client.active_element().await)? {
                Some(element) => settled(element.send_keys(keys).await),
                None => Ok(None),
            }
        })
        .await
    }

    /// Waits until the page's visible text contains `text`.
    ///
    /// # Errors
    /// Where it does not come in time.
    pub async fn says(&self, text: &str) -> Result<()> {
        until(&format!("the text “{text}” on the page"), || async {
            let script = "return document.body === null ? '' : document.body.innerText";
            let shown = self.client.execute(script, Vec::new()).await?;
            Ok(shown.as_str().is_some_and(|shown| shown.contains(text)).then_some(()))
        })
        .await
    }

    /// Saves what is shown to `target/screens/NAME.png` and returns the path.
    ///
    /// # Errors
    /// Where the browser is gone or the file can't be written.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let folder = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(target) => PathBuf::from(target),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"),
        }
        .join("screens");
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(name).with_extension("png");
        std::fs::write(&path, self.client.screenshot().await?)?;
        Ok(path)
    }

    /// What the page breaks of [`axe::RULES`].
    ///
    /// # Errors
    /// Where the checks could not run.
    pub async fn violations(&self) -> Result<Vec<Violation>> {
        self.client.execute(&axe::source()?, Vec::new()).await?;
        let answer = self.client.execute_async(axe::RUN, vec![json!(axe::RULES)]).await?;
        let outcome: axe::Outcome = serde_json::from_value(answer)?;
        match outcome.error {
            Some(error) => bail!("axe-core: {error}"),
            None => Ok(outcome.violations),
        }
    }

    /// Fails, with a list to read, where the page breaks one of [`axe::RULES`].
    ///
    /// # Errors
    /// The violations, or why the checks could not run.
    pub async fn is_accessible(&self) -> Result<()> {
        let violations = self.violations().await?;
        let address = self.client.current_url().await?;
        ensure!(violations.is_empty(), "{address} is not accessible:\n{}", axe::report(&violations));
        Ok(())
    }
}

/// What was done to an element; none where the page replaced, moved or covered it meanwhile, so that nothing was done.
///
/// # Errors
/// Everything else that a browser says.
pub fn settled<T>(done: Result<T, CmdError>) -> Result<Option<T>> {
    const AGAIN: [&str; 3] =
        ["stale element reference", "element not interactable", "element click intercepted"];
    match done {
        Ok(done) => Ok(Some(done)),
        Err(error) if AGAIN.iter().any(|again| error.to_string().contains(again)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Also when the test fails: a browser left behind would slow down every test after it.
        if let Err(error) = self.driver.request_in_drop("DELETE", &format!("/session/{}", self.session)) {
            tracing::warn!(%error, "the browser may still run");
        }
    }
}

/// Whether this process runs as root: who owns `/proc/self`.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}
