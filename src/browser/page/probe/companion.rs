//! Whether the page was served by a companion, which host that relays to, and whether it reaches that host.

use std::collections::BTreeMap;

use gloo_net::http::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use web_sys::RequestMode;

use super::get::{FIRST_LIMIT_MS, SECOND_LIMIT_MS, get, post};
use crate::browser::message::{Destination, Lanes};
use crate::core::base::host::Host;
use crate::core::http::relay::{
    CompanionInfo, HostCheck, INFO_PATH, ODDIYA_PREFIX, REPORTS_PREFIX, USERS_PREFIX, floor_url,
    host_check_path, lane_authority,
};
use crate::core::library::folder::FolderListing;
use crate::core::oddiya::recognition::{Recognition, Target};
use crate::core::oddiya::users::UsersFound;

/// How long the companion may take to answer. It has just sent the page, so it is there, and a busy machine may be slow.
const INFO_LIMIT_MS: u32 = 10_000;
/// How long reading a report may take; it may have many megabytes.
const READING_LIMIT_MS: u32 = 20_000;

/// How long it may take to say which Oddiya its host is: 2 s, and some for a busy machine.
const RECOGNISING_LIMIT_MS: u32 = 3_000;
/// How long it may take to find or make users: 20 s, and some for a busy machine.
const USERS_LIMIT_MS: u32 = 25_000;

/// What the companion says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Companion {
    /// The main host that it relays to.
    pub host: String,
    /// The further hosts that it relays to, by the names of their services.
    pub services: BTreeMap<String, String>,
    /// What a request must carry to be relayed.
    pub token: String,
}

/// Asks the server that served the page; `None` when it is a plain file server, or there is none.
pub async fn find() -> Option<Companion> {
    if !may_be_companions() {
        return None;
    }
    let info: CompanionInfo = get_json(INFO_PATH, INFO_LIMIT_MS).await?;
    let CompanionInfo { host, services, token, .. } = info;
    (info.product == CompanionInfo::PRODUCT).then_some(Companion { host, services, token })
}

impl Companion {
    /// Whether it relays to that host as a service of that name.
    pub fn relays_to_service(&self, name: &str, host: &Host) -> bool {
        self.services.get(name).is_some_and(|known| known.parse() == Ok(host.clone()))
    }

    /// Whether it relays to that host.
    pub fn relays_to(&self, host: &Host) -> bool {
        self.host.parse() == Ok(host.clone())
    }

    /// Whether it reaches its host; `None` when the companion itself is gone, or was started anew.
    pub async fn check_host(&self) -> Option<HostCheck> {
        get_json(&host_check_path(&self.token), FIRST_LIMIT_MS).await
    }

    /// Which Oddiya its host is; `None` when the companion itself does not answer, or is of an earlier version.
    pub async fn recognise(&self) -> Option<Recognition> {
        get_json(&format!("{ODDIYA_PREFIX}{}", self.token), RECOGNISING_LIMIT_MS).await
    }

    /// Has it find or make users of its host; `None` when it does not answer.
    pub async fn find_users(&self, target: Target, number: u32) -> Option<UsersFound> {
        let path = format!("{USERS_PREFIX}{}/{}/{number}", self.token, target.profile());
        post(&path, USERS_LIMIT_MS).await.ok().filter(Response::ok)?.json().await.ok()
    }

    /// The companion as the destination of requests: by a name per user where such names resolve.
    pub async fn destination(&self) -> Option<Destination> {
        let location = web_sys::window()?.location();
        let port: u16 = location.port().ok()?.parse().unwrap_or(80);
        let trial = floor_url(&lane_authority(0, port), &self.token);
        let lanes = match get(&trial, RequestMode::Cors, SECOND_LIMIT_MS).await {
            Ok(response) if response.ok() => Lanes::PerUser,
            _ => Lanes::Shared,
        };
        let authority = location.host().ok()?;
        Some(Destination::Companion { authority, port, token: self.token.clone(), lanes })
    }
}

/// A companion serves its page over plain http, at the root of its address. Any other page comes from a file server,
/// which has no companion's paths.
fn may_be_companions() -> bool {
    let Some(location) = web_sys::window().map(|window| window.location()) else { return false };
    let is_http = location.protocol().is_ok_and(|protocol| protocol == "http:");
    let is_at_root = location.pathname().is_ok_and(|path| path.rfind('/') == Some(0));
    is_http && is_at_root
}

impl Companion {
    /// The reports in its folder; `None` when it does not answer.
    pub async fn reports(&self) -> Option<FolderListing> {
        get_json(&format!("{REPORTS_PREFIX}{}", self.token), READING_LIMIT_MS).await
    }

    /// The bytes of a report in its folder.
    pub async fn report(&self, name: &str) -> Option<Vec<u8>> {
        let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
        let url = format!("{REPORTS_PREFIX}{}/{name}", self.token);
        let response =
            get(&url, RequestMode::SameOrigin, READING_LIMIT_MS).await.ok().filter(Response::ok)?;
        response.binary().await.ok()
    }
}

async fn get_json<T: DeserializeOwned>(path: &str, limit_ms: u32) -> Option<T> {
    let response = get(path, RequestMode::SameOrigin, limit_ms).await.ok().filter(Response::ok)?;
    response.json().await.ok()
}
