//! Whether a host can be loaded without a companion, and by how many names.

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsCast as _;
use web_sys::{PerformanceResourceTiming, RequestMode};

use super::get::{FIRST_LIMIT_MS, SECOND_LIMIT_MS, get};
use crate::browser::message::Lanes;
use crate::core::base::host::{Host, Scheme};
use crate::core::http::relay::lane_authority;

/// What probing a host found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reachability {
    /// It answers with this status, and lets this page read its answers.
    Open(u16),
    /// It answers, but its CORS rules keep this page from reading.
    CorsForbids,
    /// The browser does not let an https page talk to it.
    MixedContent,
    /// No answer came: no connection, or none in time.
    Silent,
}

/// Probes a host without a companion: one or two `GET`s of its root.
pub async fn probe(host: &Host) -> Reachability {
    let address = host.to_string();
    if is_mixed_content(host) {
        return Reachability::MixedContent;
    }
    if let Ok(response) = get(&address, RequestMode::Cors, FIRST_LIMIT_MS).await {
        return Reachability::Open(response.status());
    }
    // An opaque answer only tells that there is one, so the first request failed by the host's CORS rules.
    match get(&address, RequestMode::NoCors, SECOND_LIMIT_MS).await {
        Ok(_) => Reachability::CorsForbids,
        Err(_) => Reachability::Silent,
    }
}

/// Whether each user can reach a host by a name of its own. That takes a host on this machine which answers to such a
/// name with the same status as to its own name, and which lets the page see when its answers came: without that, names
/// gain nothing. Sends one `GET` of the root by such a name.
pub async fn lanes(host: &Host, status: u16) -> Lanes {
    if host.scheme != Scheme::Http || !host.is_localhost() {
        return Lanes::Shared;
    }
    let trial = format!("http://{}{}/", lane_authority(0, host.port), host.prefix);
    match is_timed(&trial, status).await {
        Some(true) => Lanes::PerUser,
        _ => Lanes::Shared,
    }
}

/// Whether the answer has that status, and the browser tells when its request was sent.
async fn is_timed(url: &str, status: u16) -> Option<bool> {
    let response = get(url, RequestMode::Cors, SECOND_LIMIT_MS).await.ok()?;
    if response.status() != status {
        return Some(false);
    }
    response.text().await.ok()?;
    let performance = web_sys::window()?.performance()?;
    for _ in 0..ENTRY_ATTEMPTS {
        let entries = performance.get_entries_by_name(url);
        if let Some(entry) = entries.iter().last() {
            return Some(entry.unchecked_into::<PerformanceResourceTiming>().request_start() > 0.0);
        }
        TimeoutFuture::new(ENTRY_PAUSE_MS).await;
    }
    Some(false)
}

/// A timing entry comes a little after its answer, if at all: the page looks for it so often, with such pauses.
const ENTRY_ATTEMPTS: u32 = 10;
const ENTRY_PAUSE_MS: u32 = 20;

/// Browsers block plain http from https pages, except to this machine.
fn is_mixed_content(host: &Host) -> bool {
    let secure_page =
        web_sys::window().and_then(|w| w.location().protocol().ok()).is_some_and(|p| p == "https:");
    let loopback = host.is_localhost()
        || host.name.ends_with(".localhost")
        || host.name == "127.0.0.1"
        || host.name == "::1";
    secure_page && host.scheme == Scheme::Http && !loopback
}
