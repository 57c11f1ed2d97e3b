//! The companion's routes: which path gets which response, once a request has passed the rules on `Host` and `Origin`.
//!
//! The page may request the paths of the relay and of the floor across lanes. All other paths belong to its own origin.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{Method, Request, StatusCode, header};
use hyper::body::Incoming;
use percent_encoding::percent_decode_str;

use crate::core::http::relay::{
    CompanionInfo, FLOOR_PREFIX, HOST_CHECK_PREFIX, INFO_PATH, ODDIYA_PREFIX, RELAY_PREFIX, REPORTS_PREFIX,
    Refusal, USERS_PREFIX,
};
use crate::core::http::relay_record::RECORDS_PREFIX;
use crate::core::library::folder::FolderListing;
use crate::net::dial::Dialer;

use super::access::Visitor;
use super::lanes::Lanes;
use super::link::without_autostart;
use super::page::Page;
use super::preparing::{Preparing, UsersAsked};
use super::records::Records;
use super::relay::relay;
use super::reports::ReportsFolder;
use super::response::{self, BoxResponse};
use super::upstream;

/// Everything that requests share.
pub struct Companion {
    /// Opens connections to the main host.
    pub dialer: Arc<Dialer>,
    /// Asks its hosts before a run.
    pub preparing: Preparing,
    /// The addresses of the further hosts that it relays to, by the names of their services.
    pub services: BTreeMap<String, String>,
    pub lanes: Rc<Lanes>,
    pub records: Rc<Records>,
    /// Every relayed request must carry it, and whatever else has the companion speak to the host.
    pub token: String,
    pub page: Page,
    /// The reports that the page may read.
    pub reports: Option<Arc<ReportsFolder>>,
    /// Counts preflights. The companion's own page sends none.
    pub preflights: Arc<AtomicU64>,
}

impl Companion {
    /// Responds to one request that came in over the local address `local`.
    pub async fn on_request(&self, request: Request<Incoming>, local: IpAddr) -> BoxResponse {
        let visitor = match Visitor::admit(&request, local) {
            Ok(visitor) => visitor,
            Err(refusal) => return response::plain_refusal(refusal),
        };
        let path = request.uri().path();
        if [RELAY_PREFIX, FLOOR_PREFIX, RECORDS_PREFIX].iter().any(|prefix| path.starts_with(prefix)) {
            let mut response = self.on_lane_request(request, &visitor.lane).await;
            response::allow_page(response.headers_mut(), visitor.origin);
            return response;
        }
        if let Some(token) = path.strip_prefix(HOST_CHECK_PREFIX) {
            return match token == self.token {
                true => response::json(&upstream::check(&self.dialer).await),
                false => response::plain_refusal(Refusal::Token),
            };
        }
        if let Some(token) = path.strip_prefix(ODDIYA_PREFIX) {
            return match token == self.token {
                true => response::json(&self.preparing.recognise().await),
                false => response::plain_refusal(Refusal::Token),
            };
        }
        if let Some(rest) = path.strip_prefix(USERS_PREFIX) {
            return self.on_users_request(request.method(), rest).await;
        }
        if let Some(rest) = path.strip_prefix(REPORTS_PREFIX) {
            return self.on_reports_request(request.method(), rest).await;
        }
        match path {
            INFO_PATH => response::json(&self.info()),
            _ => match without_autostart(request.headers(), request.uri()) {
                Some(address) => response::see_other(&address),
                None => self.page.on_request(request).await,
            },
        }
    }

    async fn on_lane_request(&self, request: Request<Incoming>, lane: &str) -> BoxResponse {
        if request.method() == Method::OPTIONS {
            self.preflights.fetch_add(1, Ordering::Relaxed);
            return response::preflight(request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS));
        }
        let path = request.uri().path();
        if let Some(token) = path.strip_prefix(FLOOR_PREFIX) {
            return self.guarded(token, || response::text(StatusCode::OK, "ok\n"));
        }
        if let Some(rest) = path.strip_prefix(RECORDS_PREFIX) {
            let (token, run) = rest.split_once('/').unwrap_or((rest, ""));
            return self.guarded(token, || match run.parse() {
                Ok(run) => self.records.subscribe(run),
                Err(_) => response::refusal(Refusal::Envelope, "after the token comes the run's number\n"),
            });
        }
        relay(&self.lanes, lane, &self.token, request).await
    }

    /// Finds or makes users. Only a POST does, so that no address that is merely opened makes any.
    async fn on_users_request(&self, method: &Method, rest: &str) -> BoxResponse {
        let Some(asked) = UsersAsked::parse(rest) else {
            return response::refusal(
                Refusal::Envelope,
                "after the token come the profile and the number of users\n",
            );
        };
        if asked.token != self.token {
            return response::plain_refusal(Refusal::Token);
        }
        if *method != Method::POST {
            return response::text(StatusCode::METHOD_NOT_ALLOWED, "users are asked for with POST\n");
        }
        response::json(&self.preparing.find_users(asked.target, asked.number).await)
    }

    /// The list of the reports, or one of them. Reading files takes a thread of its own, so that relaying goes on.
    async fn on_reports_request(&self, method: &Method, rest: &str) -> BoxResponse {
        let (token, name) = rest.split_once('/').unwrap_or((rest, ""));
        if token != self.token {
            return response::plain_refusal(Refusal::Token);
        }
        if *method != Method::GET {
            return response::text(StatusCode::METHOD_NOT_ALLOWED, "reports are read with GET\n");
        }
        let folder = self.reports.clone();
        let name = percent_decode_str(name).decode_utf8_lossy().into_owned();
        let answer = tokio::task::spawn_blocking(move || match (folder, name.as_str()) {
            (Some(folder), "") => response::json(&folder.list()),
            (Some(folder), name) => folder.open(name).map_or_else(no_such_report, response::json_bytes),
            (None, "") => response::json(&FolderListing::default()),
            (None, _) => no_such_report(),
        });
        let failed = |_| response::text(StatusCode::INTERNAL_SERVER_ERROR, "reading the reports failed\n");
        answer.await.unwrap_or_else(failed)
    }

    /// The response to a request that carries the token.
    fn guarded(&self, token: &str, respond: impl FnOnce() -> BoxResponse) -> BoxResponse {
        if token == self.token { respond() } else { response::plain_refusal(Refusal::Token) }
    }

    fn info(&self) -> CompanionInfo {
        CompanionInfo {
            product: CompanionInfo::PRODUCT.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            host: self.dialer.host().to_string(),
            services: self.services.clone(),
            token: self.token.clone(),
        }
    }
}

fn no_such_report() -> BoxResponse {
    response::text(StatusCode::NOT_FOUND, "the folder has no such report\n")
}
