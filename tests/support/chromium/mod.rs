//! Drives a page in headless Chromium: open, find by `data-testid`, type, read, wait, take a picture.
//!
//! Waiting polls until a deadline and never sleeps for luck. Page objects beside the tests know particular pages; this
//! file knows only the attributes that all our pages share.

mod driver;
mod vendor;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use driver::Driver;
use vendor::Vendor;

/// Interval of polling: shorter than a person notices, longer than one poll takes.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Limit for what should be there already. A busy machine may need this long.
pub const SOON: Duration = Duration::from_secs(60);
/// Flags with which Debian's Chromium runs headless, also as root, and makes no connections of its own.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// The value of `prefers-color-scheme`.
#[derive(Clone, Copy, Debug)]
pub enum ColourScheme {
    Light,
    Dark,
}

/// A row of a statistics table: `tr[data-method][data-name]`, with its `[data-field]` cells in order.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Row {
    pub method: String,
    pub name: String,
    pub cells: Vec<(String, String)>,
}

impl Row {
    /// The text of a field's cell.
    pub fn cell(&self, field: &str) -> Option<&str> {
        self.cells.iter().find(|(name, _)| name == field).map(|(_, text)| text.as_str())
    }
}

/// A browser with one tab, for one test. It ends when it is dropped, even in a failing test.
pub struct Chromium {
    client: Client,
    profile: PathBuf,
    downloads: PathBuf,
    // Fields are dropped in this order: the browser ends before its folders are deleted.
    driver: Driver,
    _folders: TempDir,
}

impl Chromium {
    /// Starts a browser with a new profile and a new downloads folder.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts a browser with additional flags.
    pub async fn start_with(flags: &[&str]) -> Self {
        let folders = tempfile::tempdir().unwrap();
        std::fs::create_dir(folders.path().join("downloads")).unwrap();
        Self::start_in(folders, flags).await
    }

    /// Kills every process of the browser, and starts it again with the same profile.
    pub async fn killed_and_started_again(self) -> Self {
        signal("-KILL", &self.processes());
        let Self { client, driver, _folders: folders, .. } = self;
        drop((client, driver));
        Self::start_in(folders, &[]).await
    }

    async fn start_in(folders: TempDir, flags: &[&str]) -> Self {
        let [profile, downloads] = ["profile", "downloads"].map(|name| folders.path().join(name));
        let mut driver = Driver::start();
        let capabilities = capabilities(flags, &profile, &downloads);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&driver.url())
            .await
            .unwrap_or_else(|error| panic!("Chromium does not start ({error}); run `make setup`"));
        // `Driver` ends the session, because the client cannot do it once its runtime is gone.
        client.persist().await.unwrap();
        driver.owns(client.session_id().await.unwrap().unwrap());
        Self { client, profile, downloads, driver, _folders: folders }
    }

    /// Suspends every process of the browser for a time, like a sleeping laptop. Linux only.
    pub async fn suspend(&self, time: Duration) {
        let processes = self.processes();
        assert!(!processes.is_empty(), "no process of the browser was found");
        signal("-STOP", &processes);
        tokio::time::sleep(time).await;
        signal("-CONT", &processes);
    }

    /// The browser's processes: all whose command line names its profile.
    fn processes(&self) -> Vec<String> {
        let profile = self.profile.to_string_lossy().into_owned();
        let ids = std::fs::read_dir("/proc")
            .unwrap()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let names = |id: &String| {
            let command = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&command).contains(&profile)
        };
        ids.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).filter(names).collect()
    }

    /// The underlying client, for commands that this harness does not cover.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The process id of chromedriver. All processes of the browser descend from it.
    pub fn parent_process(&self) -> u32 {
        self.driver.process_id()
    }

    /// Opens an address and waits until it is loaded.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|error| panic!("{url} does not open: {error}"));
    }

    /// Waits for the element with this `data-testid`.
    pub async fn by_testid(&self, id: &str) -> Element {
        self.by_css(&format!("[data-testid=\"{id}\"]")).await
    }

    /// Waits for the first element that a CSS selector finds.
    pub async fn by_css(&self, selector: &str) -> Element {
        let found =
            self.client.wait().at_most(SOON).every(LOOK_AGAIN).for_element(Locator::Css(selector)).await;
        found.unwrap_or_else(|error| panic!("nothing on the page is `{selector}`: {error}"))
    }

    /// The visible text of an element. One that the page has just drawn anew is looked for again.
    pub async fn text_of(&self, id: &str) -> String {
        let mut text = self.by_testid(id).await.text().await;
        while text.as_ref().is_err_and(CmdError::is_stale_element_reference) {
            text = self.by_testid(id).await.text().await;
        }
        text.unwrap()
    }

    /// The value of an input.
    pub async fn value_of(&self, id: &str) -> String {
        self.by_testid(id).await.prop("value").await.unwrap().unwrap_or_default()
    }

    /// Replaces the value of an input, key by key.
    pub async fn type_into(&self, id: &str, text: &str) {
        let input = self.by_testid(id).await;
        input.clear().await.unwrap();
        input.send_keys(text).await.unwrap();
    }

    /// Gives a file to a file input, as its dialogue does.
    pub async fn choose_file(&self, id: &str, file: &Path) {
        self.by_testid(id).await.send_keys(&file.canonicalize().unwrap().to_string_lossy()).await.unwrap();
    }

    /// Clicks an element. One that the page has just drawn anew is looked for again.
    pub async fn click(&self, id: &str) {
        let mut clicked = self.by_testid(id).await.click().await;
        while clicked.as_ref().is_err_and(CmdError::is_stale_element_reference) {
            clicked = self.by_testid(id).await.click().await;
        }
        clicked.unwrap();
    }

    /// Waits until the element's text is exactly `expected`.
    pub async fn wait_for_text(&self, id: &str, expected: &str, within: Duration) {
        self.wait_until(id, expected, within, |text| text == expected).await;
    }

    /// Waits until the element's text contains `expected`.
    pub async fn wait_until_text_contains(&self, id: &str, expected: &str, within: Duration) {
        self.wait_until(id, expected, within, |text| text.contains(expected)).await;
    }

    /// Waits until the text meets a condition, which `expected` describes in the failure message.
    pub async fn wait_until(&self, id: &str, expected: &str, within: Duration, is_it: impl Fn(&str) -> bool) {
        let mut last = String::new();
        let deadline = Instant::now() + within;
        while Instant::now() < deadline {
            last = self.text_of(id).await;
            if is_it(&last) {
                return;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        // What the page says went wrong, where it does.
        let notice = self.client.find(Locator::Css("[role=alert] .notice")).await;
        let notice = match notice {
            Ok(notice) => notice.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        };
        panic!(
            "`{id}` says `{last}` after {within:?}, not `{expected}`; {notice}; {}",
            self.console().await.join("; ")
        );
    }

    /// Waits until `run-state` is one of idle, starting, running, stopping, done, failed.
    pub async fn wait_for_run_state(&self, state: &str, within: Duration) {
        self.wait_for_text("run-state", state, within).await;
    }

    /// All rows of the statistics tables, in the displayed order.
    pub async fn rows(&self) -> Vec<Row> {
        const READ: &str = "return [...document.querySelectorAll('tr[data-method][data-name]')].map(row => ({
            method: row.dataset.method,
            name: row.dataset.name,
            cells: [...row.querySelectorAll('[data-field]')].map(cell => [cell.dataset.field, cell.innerText.trim()]),
        }))";
        serde_json::from_value(self.client.execute(READ, Vec::new()).await.unwrap()).unwrap()
    }

    /// The text of one cell; `None` when the row or the field does not exist.
    pub async fn cell(&self, method: &str, name: &str, field: &str) -> Option<String> {
        let rows = self.rows().await;
        let row = rows.iter().find(|row| row.method == method && row.name == name)?;
        row.cell(field).map(str::to_owned)
    }

    /// Sets the size of the viewport in CSS pixels.
    pub async fn set_viewport(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Sets the value of `prefers-color-scheme`.
    pub async fn set_colour_scheme(&self, scheme: ColourScheme) {
        let value = match scheme {
            ColourScheme::Light => "light",
            ColourScheme::Dark => "dark",
        };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// Sends a command of the DevTools protocol.
    pub async fn devtools(&self, method: &str, parameters: Value) -> Value {
        let command = Vendor::new("goog/cdp/execute", json!({"cmd": method, "params": parameters}));
        self.client.issue_cmd(command).await.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Console messages of page and browser since the last call, warnings and errors included.
    pub async fn console(&self) -> Vec<String> {
        let entries = self.client.issue_cmd(Vendor::new("se/log", json!({"type": "browser"}))).await.unwrap();
        let line = |entry: &Value| format!("{}: {}", entry["level"], entry["message"]);
        entries.as_array().into_iter().flatten().map(line).collect()
    }

    /// Saves a PNG of the viewport.
    pub async fn screenshot(&self, file: &Path) {
        std::fs::write(file, self.client.screenshot().await.unwrap()).unwrap();
    }

    /// Waits for a completely downloaded file whose name ends in `ending`.
    pub async fn wait_for_download(&self, ending: &str, within: Duration) -> PathBuf {
        let deadline = Instant::now() + within;
        while Instant::now() < deadline {
            let files = std::fs::read_dir(&self.downloads).unwrap().map(|entry| entry.unwrap().path());
            // Chromium reserves the name with an empty file, writes to `….crdownload`, and renames that at the end.
            let is_whole = |file: &PathBuf| {
                let has_content = std::fs::metadata(file).is_ok_and(|found| found.len() > 0);
                has_content && file.to_string_lossy().ends_with(ending)
            };
            if let Some(file) = { files }.find(is_whole) {
                return file;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        panic!("no download ending in `{ending}` within {within:?}");
    }
}

fn capabilities(more_flags: &[&str], profile: &Path, downloads: &Path) -> Value {
    let mut flags: Vec<String> = FLAGS.iter().chain(more_flags).map(ToString::to_string).collect();
    flags.push(format!("--user-data-dir={}", profile.display()));
    let mut options = json!({
        "args": flags,
        "prefs": {
            "download.default_directory": downloads,
            "download.prompt_for_download": false,
        },
    });
    // Without this, chromedriver uses the browser that it was installed with.
    if let Ok(binary) = std::env::var("CHROMIUM") {
        options["binary"] = binary.into();
    }
    json!({"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}})
}

fn signal(name: &str, processes: &[String]) {
    // A failure means that a process has ended already; the others have received the signal.
    let _ = std::process::Command::new("kill")
        .arg(name)
        .args(processes)
        .stderr(std::process::Stdio::null())
        .status();
}
