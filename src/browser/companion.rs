//! Whether the page was served by a companion, what it relays to, and whether a host can be reached.
//!
//! Page side. Looks only; loading is the worker's.

use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestInit, RequestMode, Response};

use super::message::{Lanes, Target};
use crate::core::plan::Host;
use crate::core::relay::{CompanionInfo, HOST_CHECK_PATH, HostCheck, INFO_PATH, floor_url, lane_authority};

/// A look must be over within three seconds, the starting of the worker included.
const LOOK_LIMIT_MS: u32 = 2_700;

/// What the page learns when it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Companion {
    /// The one host it relays to.
    pub host: String,
    /// What a request must carry to be relayed.
    pub token: String,
}

/// Asks the server that served the page; `None` when it is a plain file server, or there is none.
pub async fn find() -> Option<Companion> {
    let info: CompanionInfo = get_json(INFO_PATH).await?;
    (info.product == CompanionInfo::PRODUCT).then_some(Companion { host: info.host, token: info.token })
}

/// Whether the companion reaches its host; `None` when the companion itself is gone.
pub async fn check_host() -> Option<HostCheck> {
    get_json(HOST_CHECK_PATH).await
}

impl Companion {
    /// Whether it relays to that host.
    pub fn relays_to(&self, host: &Host) -> bool {
        Host::parse(&self.host).is_ok_and(|own| own == *host)
    }

    /// The way for requests: by a name per user where such names resolve.
    pub async fn target(&self) -> Option<Target> {
        let location = web_sys::window()?.location();
        let port: u16 = location.port().ok()?.parse().unwrap_or(80);
        let trial = floor_url(&lane_authority(0, port), &self.token);
        let lanes = match fetch(&trial, RequestMode::Cors).await {
            Ok(response) if response.ok() => Lanes::PerUser,
            _ => Lanes::Shared,
        };
        let authority = location.host().ok()?;
        Some(Target::Companion { authority, port, token: self.token.clone(), lanes })
    }
}

/// What a direct look at a host found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectLook {
    /// It answers, and lets this page read its answers.
    Open,
    /// It answers, but its CORS rules keep this page from reading.
    CorsForbids,
    /// The browser does not let an https page talk to it.
    MixedContent,
    /// Nothing answers.
    Silent,
}

/// Looks at a host without a companion: one or two `GET` of its root.
pub async fn look_directly(host: &Host) -> DirectLook {
    let address = host.to_string();
    if is_mixed_content(host) {
        return DirectLook::MixedContent;
    }
    if fetch(&address, RequestMode::Cors).await.is_ok() {
        return DirectLook::Open;
    }
    // An opaque answer tells nothing but that there is one: so the first look failed by the host's CORS rules.
    match fetch(&address, RequestMode::NoCors).await {
        Ok(_) => DirectLook::CorsForbids,
        Err(_) => DirectLook::Silent,
    }
}

/// Browsers block plain http from https pages, except to this machine.
fn is_mixed_content(host: &Host) -> bool {
    let secure_page =
        web_sys::window().and_then(|w| w.location().protocol().ok()).is_some_and(|p| p == "https:");
    let loopback = host.name == "localhost"
        || host.name.ends_with(".localhost")
        || host.name == "127.0.0.1"
        || host.name == "::1";
    secure_page && host.scheme == crate::core::plan::Scheme::Http && !loopback
}

async fn get_json<T: DeserializeOwned>(path: &str) -> Option<T> {
    let response = fetch(path, RequestMode::SameOrigin).await.ok().filter(Response::ok)?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    serde_json::from_str(&text).ok()
}

async fn fetch(url: &str, mode: RequestMode) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_mode(mode);
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(LOOK_LIMIT_MS)));
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_str_and_init(url, &init)).await?.dyn_into()
}
