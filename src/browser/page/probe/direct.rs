//! Whether a host can be loaded without a companion, and by how many names.
//!
//! Page side. Looks only; loading is the worker's.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{PerformanceResourceTiming, RequestMode};

use super::look::{FIRST_LOOK_MS, SECOND_LOOK_MS, fetch};
use super::message::Lanes;
use crate::core::base::host::{Host, Scheme};
use crate::core::http::relay::lane_authority;

/// What a direct look at a host found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It answers with this status, and lets this page read its answers.
    Open(u16),
    /// It answers, but its CORS rules keep this page from reading.
    CorsForbids,
    /// The browser does not let an https page talk to it.
    MixedContent,
    /// Nothing answers.
    Silent,
}

/// Looks at a host without a companion: one or two `GET` of its root.
pub async fn look(host: &Host) -> Found {
    let address = host.to_string();
    if is_mixed_content(host) {
        return Found::MixedContent;
    }
    if let Ok(response) = fetch(&address, RequestMode::Cors, FIRST_LOOK_MS).await {
        return Found::Open(response.status());
    }
    // An opaque answer tells nothing but that there is one: so the first look failed by the host's CORS rules.
    match fetch(&address, RequestMode::NoCors, SECOND_LOOK_MS).await {
        Ok(_) => Found::CorsForbids,
        Err(_) => Found::Silent,
    }
}

/// Whether each user can reach a host by a name of its own: only one on this machine, only if it answers to such a name
/// as to its own (which had this status), and only if it lets the page see the moments of its answers, without which
/// nothing is gained. Takes it a `GET` of its root by such a name.
pub async fn lanes(host: &Host, status: u16) -> Lanes {
    if host.scheme != Scheme::Http || !host.is_localhost() {
        return Lanes::Shared;
    }
    let trial = format!("http://{}{}/", lane_authority(0, host.port), host.prefix);
    match is_timed(&trial, status).await {
        Ok(true) => Lanes::PerUser,
        _ => Lanes::Shared,
    }
}

/// Whether there is an answer with that status, of which the browser tells when its request left.
async fn is_timed(url: &str, status: u16) -> Result<bool, JsValue> {
    let response = fetch(url, RequestMode::Cors, SECOND_LOOK_MS).await?;
    if response.status() != status {
        return Ok(false);
    }
    JsFuture::from(response.text()?).await?;
    let performance = web_sys::window().and_then(|window| window.performance()).ok_or(JsValue::NULL)?;
    for _ in 0..ENTRY_LOOKS {
        let entries = performance.get_entries_by_name(url);
        if let Some(entry) = entries.iter().last() {
            return Ok(entry.unchecked_into::<PerformanceResourceTiming>().request_start() > 0.0);
        }
        pause(ENTRY_LOOK_MS).await?;
    }
    Ok(false)
}

/// A timing entry comes a little after its answer, if at all: so often, and so far apart, it is looked for.
const ENTRY_LOOKS: u32 = 10;
const ENTRY_LOOK_MS: i32 = 20;

async fn pause(millis: i32) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let mut set = |resolve: Function, _: Function| {
        // Fails only where the window is gone, and then nobody waits.
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    };
    JsFuture::from(Promise::new(&mut set)).await.map(drop)
}

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
