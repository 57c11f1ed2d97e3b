//! One load: a fresh browser, a page in it, a server of known delay, and what both say of the same requests.
//!
//! Our page is driven as a person with the address in hand would; the bare loop is called as a function.

use std::path::PathBuf;
use std::time::Duration;

use crate::figures::quantiles::Quantiles;
use fantoccini::wd::TimeoutConfiguration;
use oddiya_load::core::base::histogram::Histogram;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::http::relay::{lane_authority, relay_url};
use oddiya_load::core::report::{Distribution, Report, read};
use serde_json::{Value, json};

use crate::chromium::Chromium;
use crate::companion::Companion;
use crate::figures::cell::{Cell, Delay};
use crate::figures::outcome::{Ceiling, Outcome, PageNotes, Round, Side};
use crate::server::{Counted, DelayServer};
use crate::window::{Seen, Window};

/// From the last user's start to the window, and from the window to the run's end.
const MARGIN: Duration = Duration::from_millis(500);
/// For the last answers and for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// What is asked for where the way leaves a choice: a task of `StressTestUser`, without headers of its own.
const PATH: &str = "/actuator/health";

/// What all loads share.
pub struct World {
    pub server: DelayServer,
    /// The folder with our page.
    page: PathBuf,
    /// The folder with the bare loop. It too is served by a companion, because a companion relays for no page but
    /// its own.
    bare_page: tempfile::TempDir,
}

/// What came of a load of our page.
pub struct PageRun {
    pub outcome: Outcome,
    pub notes: PageNotes,
}

impl World {
    pub fn start() -> Self {
        let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/dist");
        assert!(page.join("index.html").exists(), "the page is not built: run `make bench-browser`");
        let bare_page = tempfile::tempdir().unwrap();
        std::fs::write(bare_page.path().join("index.html"), include_str!("bare.html")).unwrap();
        std::fs::write(bare_page.path().join("bare.js"), include_str!("bare.js")).unwrap();
        Self { server: DelayServer::start(), page, bare_page }
    }

    /// A companion without connections to the server yet, which serves our page.
    pub fn companion(&self) -> Companion {
        Companion::start(self.server.port, self.page.clone())
    }

    /// The folder with our page.
    pub fn page_folder(&self) -> PathBuf {
        self.page.clone()
    }

    /// A turn of either on an instant server.
    pub async fn turn(&self, side: Side, users: u32, lasts: Duration) -> Round {
        let cell = Cell { delay: Delay::NONE, users };
        let outcome = match side {
            Side::Page | Side::PageViewsOff | Side::PageDirect => self.page(side, cell, lasts).await.outcome,
            Side::Bare | Side::BareTasks | Side::BareNames | Side::BareRelayed => {
                self.bare(side, cell, lasts).await
            }
        };
        Round::from(&outcome)
    }

    /// A load by our page.
    pub async fn page(&self, side: Side, cell: Cell, lasts: Duration) -> PageRun {
        let (ramp, window) = schedule(cell, lasts);
        let run = window.after + lasts + MARGIN;
        let companion = self.companion();
        let users = cell.users;
        let spawn_rate = f64::from(users) / ramp.as_secs_f64();
        let way = match side {
            Side::PageViewsOff => "&views=off".to_owned(),
            // Another name for the same server: not the host that the companion relays to.
            Side::PageDirect => format!("&host=http://127.0.0.1:{}", self.server.port),
            _ => String::new(),
        };
        let url = format!(
            "http://localhost:{}/?users={users}&spawn_rate={spawn_rate}&run_time={}ms&think_time=0\
             &classes=StressTestUser&seed=1&autostart=1{way}",
            companion.port,
            run.as_millis()
        );
        let browser = Chromium::start().await;
        self.server.reset(cell.delay);
        let opening = browser.open(&url);
        let (seen, ()) = tokio::join!(window.watch(&self.server, browser.parent_process()), opening);
        tokio::time::sleep(MARGIN).await;
        browser.wait_for_run_state("done", PATIENCE).await;
        let counted = self.server.counted();
        let text = exported(&browser).await;
        let report = read::read(text.as_bytes()).unwrap();
        let notes = notes(&report, &text);
        let measured = report.total.latency_ms.as_ref().map(quantiles);
        PageRun { outcome: outcome(&seen, &counted, report.total.requests, measured), notes }
    }

    /// A load by the bare loop.
    pub async fn bare(&self, side: Side, cell: Cell, lasts: Duration) -> Outcome {
        let (ramp, window) = schedule(cell, lasts);
        let run = window.after + lasts + MARGIN;
        let companion = Companion::start(self.server.port, self.bare_page.path().to_owned());
        let users: Vec<Value> = (0..cell.users).map(|user| self.bare_tasks(side, &companion, user)).collect();
        let plan = json!({
            "users": users,
            "rampMs": ramp.as_millis() as u64,
            "runMs": run.as_millis() as u64,
        });
        let browser = Chromium::start().await;
        let client = browser.client();
        let timeouts = TimeoutConfiguration::new(Some(run + PATIENCE), None, None);
        client.update_timeouts(timeouts).await.unwrap();
        browser.open(&format!("http://localhost:{}/", companion.port)).await;
        self.server.reset(cell.delay);
        let script = "const [plan, done] = arguments; load(plan).then(done, error => done(String(error)))";
        let loading = client.execute_async(script, vec![plan]);
        let (seen, spans) = tokio::join!(window.watch(&self.server, browser.parent_process()), loading);
        let spans: Vec<f64> = serde_json::from_value(spans.unwrap()).expect("the bare loop failed");
        let mut histogram = Histogram::new();
        spans.iter().for_each(|span| histogram.record(Micros::from_millis_f64(*span)));
        outcome(&seen, &self.server.counted(), histogram.count(), Quantiles::of(&histogram))
    }

    fn bare_tasks(&self, side: Side, companion: &Companion, user: u32) -> Value {
        let server = format!("http://localhost:{}", self.server.port);
        match side {
            Side::BareNames => {
                json!([{"url": format!("http://{}{PATH}", lane_authority(user, self.server.port))}])
            }
            Side::BareRelayed => {
                let lane = lane_authority(user, companion.port);
                json!([{"url": relay_url(&lane, &companion.token, "-", PATH)}])
            }
            // The two tasks of `StressTestUser`; the header of one costs a preflight each time.
            Side::BareTasks => json!([
                {"url": format!("{server}{PATH}")},
                {"url": format!("{server}/api/users/me"), "headers": {"X-User-Id": "1"}},
            ]),
            _ => json!([{"url": format!("{server}{PATH}")}]),
        }
    }
}

fn schedule(cell: Cell, lasts: Duration) -> (Duration, Window) {
    let ramp = Duration::from_micros(cell.ramp().0);
    (ramp, Window { after: ramp + MARGIN, lasts })
}

/// The report as the page exports it.
pub async fn exported(browser: &Chromium) -> String {
    browser.click("export-json").await;
    let file = browser.wait_for_download(".json", PATIENCE).await;
    std::fs::read_to_string(&file).unwrap()
}

fn outcome(seen: &Seen, counted: &Counted, by_generator: u64, measured: Option<Quantiles>) -> Outcome {
    Outcome {
        rate: seen.rate,
        answered: counted.truth.count(),
        connections: counted.connections,
        preflights: counted.preflights,
        counted: by_generator,
        truth: Quantiles::of(&counted.truth),
        measured,
        strain: seen.strain,
    }
}

fn notes(report: &Report, text: &str) -> PageNotes {
    let total = &report.total;
    PageNotes {
        corrected: total.corrected_ms.as_ref().map(quantiles),
        queue: total.queue_ms.as_ref().map(quantiles),
        seen_by_page: total.page_ms.as_ref().map(quantiles),
        unrecorded: total.unrecorded.unwrap_or_default(),
        page_clock: total.page_clock.unwrap_or_default(),
        failures: total.failures,
        suspect_seconds: report.health.suspect_seconds.unwrap(),
        ceiling: Ceiling::of(text),
    }
}

fn quantiles(distribution: &Distribution) -> Quantiles {
    let figures = &distribution.figures;
    Quantiles { p50: figures.p50.unwrap(), p95: figures.p95.unwrap(), p99: figures.p99.unwrap() }
}
