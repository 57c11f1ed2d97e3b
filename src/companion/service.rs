//! The companion's routes: which path gets which response, once a request has passed the rules on `Host` and `Origin`.
//!
//! The page may request the paths of the relay and of the floor across lanes. All other paths belong to its own origin.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{Method, Request, StatusCode, header};
use hyper::body::Incoming;

use crate::core::http::relay::{
    CompanionInfo, FLOOR_PREFIX, HOST_CHECK_PATH, INFO_PATH, RELAY_PREFIX, Refusal,
};

use super::access::Visitor;
use super::lanes::Lanes;
use super::link::without_autostart;
use super::page::Page;
use super::relay::relay;
use super::response::{self, BoxResponse};

/// Everything that requests share.
pub struct Companion {
    pub lanes: Arc<Lanes>,
    /// Every relayed request must carry it.
    pub token: String,
    pub page: Page,
    /// Counts preflights. The companion's own page sends none.
    pub preflights: Arc<AtomicU64>,
}

impl Companion {
    /// Responds to one request that came in over the local address `local`.
    pub async fn on_request(&self, request: Request<Incoming>, local: IpAddr) -> BoxResponse {
        let visitor = match Visitor::admit(request.headers(), local) {
            Ok(visitor) => visitor,
            Err(refusal) => return response::plain_refusal(refusal),
        };
        let path = request.uri().path();
        if path.starts_with(RELAY_PREFIX) || path.starts_with(FLOOR_PREFIX) {
            let mut response = self.on_lane_request(request, &visitor.lane).await;
            response::allow_page(response.headers_mut(), visitor.origin);
            return response;
        }
        match path {
            INFO_PATH => response::json(&self.info()),
            HOST_CHECK_PATH => response::json(&self.lanes.upstream().check().await),
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
        match request.uri().path().strip_prefix(FLOOR_PREFIX) {
            Some(token) if token == self.token => response::text(StatusCode::OK, "ok\n"),
            Some(_) => response::plain_refusal(Refusal::Token),
            None => relay(&self.lanes, lane, &self.token, request).await,
        }
    }

    fn info(&self) -> CompanionInfo {
        CompanionInfo {
            product: CompanionInfo::PRODUCT.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            host: self.lanes.upstream().host().to_string(),
            token: self.token.clone(),
        }
    }
}
