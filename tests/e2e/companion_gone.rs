//! A companion that is killed or stopped during a run: the page says so, starts nothing meanwhile, blames nobody else, and
//! goes on by itself.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use oddiya_load::core::report::{Note, Report, SuspectReason, read};
use oddiya_load::stub::{self, RunningStub};

use crate::chromium::{Chromium, SOON};
use crate::kill_support::{Schedule, kills_of_each};
use crate::load::{exported, seconds_shown};
use crate::stub_talk::{ask, counted_by_the_report, counted_by_the_stub};

const QUERY: &str =
    "?users=10&spawn_rate=10&think_time=20ms&run_time=7200s&classes=StressTestUser&autostart=1";

/// The companion in a process of its own.
struct Companion {
    process: Child,
    port: u16,
}

impl Companion {
    /// Starts it on a port; 0 takes a free one.
    fn start(host: &str, port: u16) -> Self {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/target/dist");
        let mut process = Command::new(env!("CARGO_BIN_EXE_oddiya-load"))
            .args(["serve", "--no-open", "--page", page, "--host", host, "--port", &port.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().nth(1).unwrap_or_else(|| panic!("it says `{line}`"));
        let port = url.rsplit(':').next().unwrap().parse().unwrap();
        Self { process, port }
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Companion {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A stub, a companion in a process of its own, and a browser with a run under way.
struct World {
    stub: RunningStub,
    host: String,
    companion: Companion,
    browser: Chromium,
}

impl World {
    async fn running() -> Self {
        let stub = stub::start(stub::Options::default()).await.unwrap();
        let host = format!("http://localhost:{}", stub.gateway.port());
        let companion = Companion::start(&host, 0);
        let browser = Chromium::start().await;
        let this = Self { stub, host, companion, browser };
        this.browser.open(&format!("http://localhost:{}/{QUERY}", this.companion.port)).await;
        this.browser.wait_for_run_state("running", SOON).await;
        this.run_on(2).await;
        this
    }

    /// Waits until the run is so many seconds older.
    async fn run_on(&self, seconds: u64) {
        let now = seconds_shown(&self.browser.text_of("elapsed").await);
        let later = |clock: &str| seconds_shown(clock) >= now + seconds;
        self.browser.wait_until("elapsed", "a later time", SOON, later).await;
    }

    async fn wait_until_it_is_said(&self, what: &str) {
        self.browser.wait_until_text_contains("companion-banner", what, SOON).await;
    }

    async fn wait_until_it_is_back(&self) {
        let gone = fantoccini::Locator::Css("[data-testid=companion-banner]");
        let deadline = std::time::Instant::now() + SOON;
        while self.browser.client().find(gone).await.is_ok() {
            assert!(std::time::Instant::now() < deadline, "the page still says that the companion is gone");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn started_at_the_host(&self) -> u64 {
        let stats = ask(self.stub.gateway, "GET", "/__stub/stats", "").await;
        counted_by_the_stub(&stats).values().sum()
    }

    /// Stops the run and gives its report.
    async fn finish(&self) -> Report {
        self.browser.click("stop").await;
        self.browser.wait_for_run_state("done", SOON).await;
        read::read(exported(&self.browser).await.as_bytes()).unwrap()
    }

    /// No request may be missing: the host counted each that was answered, and at most those that were lost besides.
    async fn reconcile(&self, report: &Report) {
        let stats = ask(self.stub.gateway, "GET", "/__stub/stats", "").await;
        let (ours, theirs) = (counted_by_the_report(report), counted_by_the_stub(&stats));
        let lost = report.total.lost.unwrap_or_default();
        let (answered, counted): (u64, u64) = (ours.values().sum(), theirs.values().sum());
        assert_eq!(report.failures, []);
        assert!(ours.iter().all(|(key, count)| *count <= theirs.get(key).copied().unwrap_or_default()));
        assert!(
            counted <= answered + lost,
            "the host counted {counted}, the report {answered} and {lost} lost"
        );
        let total = &report.total;
        let in_flight = total.in_flight_at_end.unwrap_or_default();
        assert_eq!(total.sent.unwrap(), total.requests + lost + in_flight);
    }
}

#[tokio::test]
async fn a_companion_that_is_killed_is_missed_blamed_on_nobody_and_found_again() {
    let mut world = World::running().await;
    let mut schedule = Schedule::from_environment();
    for _ in 0..kills_of_each() {
        tokio::time::sleep(schedule.moment(Duration::from_secs(1))).await;
        let port = world.companion.port;
        world.companion.signal("-KILL");
        world.wait_until_it_is_said("gone").await;
        let before = world.started_at_the_host().await;
        world.run_on(2).await;
        assert_eq!(world.started_at_the_host().await, before, "requests were started without a companion");
        world.companion = Companion::start(&world.host, port);
        world.wait_until_it_is_back().await;
        world.run_on(2).await;
        assert!(world.started_at_the_host().await > before, "the run does not go on");
    }
    let report = world.finish().await;
    world.reconcile(&report).await;
    let gone = report.health.reasons.get(&SuspectReason::CompanionGone).copied().unwrap_or_default();
    assert!(gone >= 2, "{:?}", report.health.reasons);
    let said = |note: &Note| matches!(note, Note::RequestsLost { gone_seconds, .. } if *gone_seconds == gone);
    assert!(report.generator.notes.iter().any(said), "{:?}", report.generator.notes);
}

#[tokio::test]
async fn a_companion_that_is_stopped_is_no_stalled_host() {
    let world = World::running().await;
    world.companion.signal("-STOP");
    world.wait_until_it_is_said("does not answer").await;
    world.run_on(3).await;
    world.companion.signal("-CONT");
    world.wait_until_it_is_back().await;
    world.run_on(2).await;
    let report = world.finish().await;
    world.reconcile(&report).await;
    assert!(report.health.reasons.contains_key(&SuspectReason::CompanionGone), "{:?}", report.health.reasons);
    let slowest = report.total.latency_ms.as_ref().unwrap().figures.max.unwrap();
    assert!(slowest < 3_000.0, "the pause was counted as a latency of {slowest} ms");
}

#[tokio::test]
async fn a_companion_of_another_host_is_not_taken_for_the_old_one() {
    let mut world = World::running().await;
    let port = world.companion.port;
    world.companion.signal("-KILL");
    world.wait_until_it_is_said("gone").await;
    let other = stub::start(stub::Options::default()).await.unwrap();
    world.companion = Companion::start(&format!("http://localhost:{}", other.gateway.port()), port);
    world.wait_until_it_is_said("not for all hosts").await;
    world.run_on(2).await;
    let stats = ask(other.gateway, "GET", "/__stub/stats", "").await;
    assert_eq!(counted_by_the_stub(&stats).values().sum::<u64>(), 0, "the wrong host was loaded");
    drop(std::mem::replace(&mut world.companion, Companion::start(&world.host, 0)));
    world.companion = Companion::start(&world.host, port);
    world.wait_until_it_is_back().await;
    let report = world.finish().await;
    world.reconcile(&report).await;
}
