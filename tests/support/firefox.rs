//! Firefox with a new profile and one tab, driven over WebDriver BiDi, which it speaks by itself.
//!
//! Only what a smoke test needs; Chromium's harness has more.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A new profile asks, tells and downloads nothing by itself, and saves what a page offers without asking.
const PREFERENCES: &[(&str, &str)] = &[
    ("app.normandy.enabled", "false"),
    ("browser.aboutwelcome.enabled", "false"),
    ("browser.download.always_ask_before_handling_new_types", "false"),
    ("browser.download.folderList", "2"),
    ("browser.download.useDownloadDir", "true"),
    ("browser.shell.checkDefaultBrowser", "false"),
    ("datareporting.policy.dataSubmissionEnabled", "false"),
    ("network.captive-portal-service.enabled", "false"),
    ("network.connectivity-service.enabled", "false"),
];

/// A running Firefox. It ends when it is dropped.
pub struct Firefox {
    process: Child,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    commands: u64,
    tab: String,
    downloads: PathBuf,
    _folders: TempDir,
}

impl Firefox {
    /// Starts `$FIREFOX`, or the Firefox on the `PATH`.
    pub async fn start() -> Self {
        let folders = tempfile::tempdir().unwrap();
        let [profile, downloads, home] =
            ["profile", "downloads", "home"].map(|name| folders.path().join(name));
        [&profile, &downloads, &home].iter().for_each(|folder| std::fs::create_dir(folder).unwrap());
        std::fs::write(profile.join("user.js"), preferences(&downloads)).unwrap();
        let (process, address) = spawn(&profile, &home);
        let (socket, _) = connect_async(format!("{address}/session")).await.unwrap();
        let tab = String::new();
        let mut this = Self { process, socket, commands: 0, tab, downloads, _folders: folders };
        this.command("session.new", json!({"capabilities": {}})).await;
        let tree = this.command("browsingContext.getTree", json!({})).await;
        this.tab = tree["contexts"][0]["context"].as_str().unwrap().to_owned();
        this
    }

    /// Opens an address and waits until it is loaded.
    pub async fn open(&mut self, url: &str) {
        let navigation = json!({"context": self.tab, "url": url, "wait": "complete"});
        self.command("browsingContext.navigate", navigation).await;
    }

    /// The text of the element with this test id; empty while there is none.
    pub async fn text_of(&mut self, id: &str) -> String {
        let script = format!("document.querySelector('[data-testid=\"{id}\"]')?.textContent ?? ''");
        self.evaluate(&script).await.as_str().unwrap_or_default().trim().to_owned()
    }

    /// Waits until the element with this test id has this text.
    pub async fn wait_for_text(&mut self, id: &str, expected: &str, within: Duration) {
        let deadline = Instant::now() + within;
        loop {
            let text = self.text_of(id).await;
            if text == expected {
                return;
            }
            assert!(Instant::now() < deadline, "{id} is `{text}` and not `{expected}`");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn click(&mut self, id: &str) {
        self.evaluate(&format!("document.querySelector('[data-testid=\"{id}\"]').click()")).await;
    }

    /// Chooses a file in the input with this test id.
    pub async fn choose_file(&mut self, id: &str, file: &Path) {
        let locator = json!({"type": "css", "value": format!("[data-testid=\"{id}\"]")});
        let found = self
            .command("browsingContext.locateNodes", json!({"context": self.tab, "locator": locator}))
            .await;
        let element = json!({"sharedId": found["nodes"][0]["sharedId"]});
        let chosen = json!({"context": self.tab, "element": element, "files": [file]});
        self.command("input.setFiles", chosen).await;
    }

    /// The downloaded file whose name ends so, once it is whole.
    pub async fn wait_for_download(&self, ending: &str, within: Duration) -> PathBuf {
        let deadline = Instant::now() + within;
        loop {
            let files: Vec<_> =
                std::fs::read_dir(&self.downloads).unwrap().map(|entry| entry.unwrap().path()).collect();
            let named = |file: &PathBuf, ending: &str| file.to_string_lossy().ends_with(ending);
            let is_whole = !files.iter().any(|file| named(file, ".part"));
            let found = files.into_iter().find(|file| named(file, ending));
            if let Some(file) = found.filter(|file| is_whole && file.metadata().unwrap().len() > 0) {
                return file;
            }
            assert!(Instant::now() < deadline, "no download ends with {ending}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn evaluate(&mut self, expression: &str) -> Value {
        let target = json!({"context": self.tab});
        let script = json!({"expression": expression, "target": target, "awaitPromise": true});
        let evaluated = self.command("script.evaluate", script).await;
        assert_eq!(evaluated["type"], "success", "{expression}: {evaluated}");
        evaluated["result"]["value"].clone()
    }

    async fn command(&mut self, method: &str, params: Value) -> Value {
        self.commands += 1;
        let command = json!({"id": self.commands, "method": method, "params": params});
        self.socket.send(Message::text(command.to_string())).await.unwrap();
        loop {
            let message = self.socket.next().await.expect("Firefox ended").unwrap();
            let Ok(text) = message.into_text() else { continue };
            let Ok(answer) = serde_json::from_str::<Value>(&text) else { continue };
            if answer["id"] == self.commands {
                assert_eq!(answer["type"], "success", "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }
}

fn preferences(downloads: &Path) -> String {
    let lines = PREFERENCES.iter().map(|(name, value)| format!("user_pref(\"{name}\", {value});\n"));
    let folder = format!("user_pref(\"browser.download.dir\", {:?});\n", downloads.to_str().unwrap());
    lines.chain([folder]).collect()
}

/// Starts Firefox, and gives the address at which it takes commands.
fn spawn(profile: &Path, home: &Path) -> (Child, String) {
    let named = std::env::var("FIREFOX").ok().filter(|name| !name.is_empty());
    let command = named.unwrap_or_else(|| "firefox-esr".to_owned());
    let mut process = Command::new(&command)
        .args(["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile"])
        .arg(profile)
        // Firefox refuses a home that belongs to somebody else.
        .env("HOME", home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("`{command}` does not start ({error}); run `make setup`"));
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let address = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("WebDriver BiDi listening on ").map(|(_, at)| at.trim().to_owned()))
        .expect("Firefox ended before it named its address");
    // The rest is read too, because Firefox would stop at a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (process, address)
}

impl Drop for Firefox {
    fn drop(&mut self) {
        // Its content processes end with it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
