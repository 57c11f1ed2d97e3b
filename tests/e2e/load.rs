//! The main job, in the browser: a run against the stub, and its counts against the stub's own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use oddiya_load::companion::{self, RunningCompanion};
use oddiya_load::core::report::{Report, StopReason, read};
use oddiya_load::stub::{self, RunningStub};
use serde_json::Value;

use crate::chromium::Chromium;
use crate::stub_talk::{ask, counted_by_the_report, counted_by_the_stub};

/// The stub, a companion for it that serves the built page, and a browser.
pub struct World {
    pub stub: RunningStub,
    pub companion: RunningCompanion,
    pub browser: Chromium,
}

impl World {
    /// With a host that answers at once.
    pub async fn start() -> Self {
        Self::with(stub::Options::default()).await
    }

    pub async fn with(host: stub::Options) -> Self {
        let stub = stub::start(host).await.unwrap();
        let host = format!("http://localhost:{}", stub.gateway.port());
        Self::of(stub, &host).await
    }

    /// The same with a stub and a host of the test's own.
    pub async fn of(stub: RunningStub, host: &str) -> Self {
        Self::in_browser(stub, host, &[]).await
    }

    /// The same with further flags for the browser.
    pub async fn in_browser(stub: RunningStub, host: &str, flags: &[&str]) -> Self {
        Self::showing(None, stub, host, flags).await
    }

    /// With a companion that shows a folder of reports.
    pub async fn with_reports(folder: &Path) -> Self {
        let stub = stub::start(stub::Options::default()).await.unwrap();
        let host = format!("http://localhost:{}", stub.gateway.port());
        Self::showing(Some(folder), stub, &host, &[]).await
    }

    /// With a companion that relays to the stub's llm-agent too, as the service `llm`.
    pub async fn with_llm() -> Self {
        let stub = stub::start(stub::Options::default()).await.unwrap();
        let [host, llm] = [stub.gateway, stub.llm].map(|at| format!("http://localhost:{}", at.port()));
        let services = vec![("llm".to_owned(), llm.parse().unwrap())];
        let options = companion::Options { services, ..companion::Options::new(host.parse().unwrap()) };
        Self::serving(options, stub, &[]).await
    }

    async fn showing(reports: Option<&Path>, stub: RunningStub, host: &str, flags: &[&str]) -> Self {
        let options = companion::Options {
            reports: reports.map(Path::to_owned),
            ..companion::Options::new(host.parse().unwrap())
        };
        Self::serving(options, stub, flags).await
    }

    pub async fn serving(options: companion::Options, stub: RunningStub, flags: &[&str]) -> Self {
        let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/dist");
        assert!(page.join("index.html").exists(), "the page is not built: run `make e2e`");
        let options = companion::Options { page: page.into(), ..options };
        let companion = companion::start(options).await.unwrap();
        Self { stub, companion, browser: Chromium::start_with(flags).await }
    }

    pub fn url(&self, query: &str) -> String {
        format!("http://localhost:{}/{query}", self.companion.port)
    }

    /// Opens the page with a run in its address, waits until it is over, and gives its report.
    pub async fn run(&self, query: &str, lasts: Duration) -> Report {
        let soon = Duration::from_secs(15);
        self.browser.open(&self.url(query)).await;
        self.browser.wait_for_run_state("running", soon).await;
        self.browser.wait_for_run_state("done", lasts + soon).await;
        read::read(self.exported().await.as_bytes()).unwrap()
    }

    /// Waits until the page shows that a run has lasted so long: a busy machine may never draw that very second.
    pub async fn wait_until_elapsed(&self, secs: u64, within: Duration) {
        let expected = format!("{secs} s or more");
        let is_it = |clock: &str| seconds_shown(clock) >= secs;
        self.browser.wait_until("elapsed", &expected, within, is_it).await;
    }

    /// The report as the page exports it.
    pub async fn exported(&self) -> String {
        exported(&self.browser).await
    }

    /// What the stub counted.
    pub async fn stats(&self) -> Value {
        ask(self.stub.gateway, "GET", "/__stub/stats", "").await
    }
}

/// The report as a page exports it.
pub async fn exported(browser: &Chromium) -> String {
    browser.click("export-json").await;
    let file = browser.wait_for_download(".json", Duration::from_secs(10)).await;
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(file).unwrap();
    text
}

/// What a clock like `0:07 / 0:30` says has passed; 0 where there is none.
pub fn seconds_shown(clock: &str) -> u64 {
    let passed = clock.split(' ').next().unwrap_or_default();
    let (minutes, seconds) = passed.split_once(':').unwrap_or_default();
    minutes.parse::<u64>().unwrap_or(0) * 60 + seconds.parse::<u64>().unwrap_or(0)
}

/// Ends a stub: gives one that nothing is known of, so that what it served is down.
pub async fn stop(stub: RunningStub) -> RunningStub {
    drop(stub);
    stub::start(stub::Options::default()).await.unwrap()
}

#[tokio::test]
async fn a_run_of_ten_users_ends_done_and_counts_what_the_host_counted() {
    let world = World::start().await;
    let query = "?users=10&spawn_rate=5&run_time=20s&autostart=1";
    world.browser.open(&world.url(query)).await;
    world.browser.wait_for_run_state("running", Duration::from_secs(10)).await;
    world.browser.wait_for_run_state("done", Duration::from_secs(40)).await;
    let report = read::read(world.exported().await.as_bytes()).unwrap();
    let stats = world.stats().await;

    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&stats));
    assert!(report.total.requests > 200, "{} requests", report.total.requests);
    assert_eq!(report.total.in_flight_at_end.unwrap(), 0);
    assert_eq!(report.run.stopped_by.unwrap(), StopReason::RunTime);
    assert_eq!(stats["options"], 0, "a preflight reached the host");
    assert_eq!(report.total.page_clock.unwrap_or_default(), 0, "requests were timed by the page's clock");
}

#[tokio::test]
async fn exporting_importing_and_exporting_again_gives_the_same_bytes() {
    let world = World::start().await;
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/reports/v2/sim.json");
    world.browser.open(&world.url("")).await;
    world.browser.wait_for_run_state("idle", Duration::from_secs(10)).await;
    world.browser.choose_file("import-file", &fixture).await;
    world.browser.wait_for_text("tile-users", "6", Duration::from_secs(10)).await;
    assert_eq!(world.exported().await, std::fs::read_to_string(&fixture).unwrap());
}
