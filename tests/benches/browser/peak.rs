//! The preset `Peak` for a minute, as a person would run it, against the stub as slow as a t2.micro.
//!
//! What page and stub say of the same requests, route by route. Judging is `figures/`'s.

use std::path::PathBuf;
use std::time::Duration;

use crate::figures::quantiles::Quantiles;
use oddiya_load::core::base::histogram::Encoded;
use oddiya_load::core::report::{Entry, read};
use oddiya_load::stub::{self, Speed};
use serde_json::Value;

use crate::chromium::Chromium;
use crate::companion::Companion;
use crate::drive::exported;
use crate::figures::outcome::RouteResult;

/// Ten seconds of its ramp are in it.
const QUERY: &str = "?users=50&spawn_rate=5&run_time=60s&seed=1&autostart=1";
/// For the run and a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// One run; a result for every route that either side counted.
pub async fn run(page: PathBuf) -> Vec<RouteResult> {
    let host =
        stub::start(stub::Options { speed: Speed::T2Micro, ..stub::Options::default() }).await.unwrap();
    let companion = Companion::start(host.gateway.port(), page);
    let browser = Chromium::start().await;
    browser.open(&format!("http://localhost:{}/{QUERY}", companion.port)).await;
    browser.wait_for_run_state("done", PATIENCE).await;
    let report = read::read(exported(&browser).await.as_bytes()).unwrap();
    let stats = serde_json::to_value(host.stats()).unwrap();
    let routes = stats["routes"].as_array().unwrap();
    assert_eq!(report.requests.len(), routes.len(), "page and host counted different routes");
    report.requests.iter().map(|entry| result(entry, routes)).collect()
}

fn result(entry: &Entry, routes: &[Value]) -> RouteResult {
    let route = routes.iter().find(|route| route["method"] == *entry.method && route["name"] == *entry.name);
    let route = route.unwrap_or_else(|| panic!("the host knows no {} {}", entry.method, entry.name));
    let theirs = Encoded::from_text(route["histogram"].as_str().unwrap().to_owned()).decode().unwrap();
    let ours = entry.latency_ms.as_ref().unwrap().histogram.as_ref().unwrap().decode().unwrap();
    let statuses: u64 = route["statuses"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    RouteResult {
        route: format!("{} {}", entry.method, entry.name),
        sent: entry.sent.unwrap(),
        counted: entry.requests,
        answered: statuses,
        truth: Quantiles::of(&theirs),
        measured: Quantiles::of(&ours),
    }
}
