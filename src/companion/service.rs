//! What is answered to which path, once the rules on `Host` and `Origin` are met.
//!
//! Paths of the relay and of the floor may be asked across lanes; all others belong to the page's own origin.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{Method, Request, StatusCode, header};
use hyper::body::Incoming;

use crate::core::http::relay::{
    CompanionInfo, FLOOR_PREFIX, HOST_CHECK_PATH, INFO_PATH, RELAY_PREFIX, Refusal,
};

use super::access::Visitor;
use super::answer::{self, Answer};
use super::lanes::Lanes;
use super::link::without_autostart;
use super::page::Page;
use super::relay::relay;

/// Everything that requests share.
pub struct Companion {
    /// To the host.
    pub lanes: Arc<Lanes>,
    /// What relayed requests must carry.
    pub token: String,
    /// The static files.
    pub page: Page,
    /// Preflights answered: our own page sends none.
    pub preflights: Arc<AtomicU64>,
}

impl Companion {
    /// Answers one request that came in over the local address `local`.
    pub async fn answer(&self, request: Request<Incoming>, local: IpAddr) -> Answer {
        let visitor = match Visitor::admit(request.headers(), local) {
            Ok(visitor) => visitor,
            Err(refusal) => return answer::plain_refusal(refusal),
        };
        let path = request.uri().path();
        if path.starts_with(RELAY_PREFIX) || path.starts_with(FLOOR_PREFIX) {
            let mut answer = self.across_lanes(request, &visitor.lane).await;
            answer::allow_page(answer.headers_mut(), visitor.origin);
            return answer;
        }
        match path {
            INFO_PATH => answer::json(&self.info()),
            HOST_CHECK_PATH => answer::json(&self.lanes.upstream().check().await),
            _ => match without_autostart(request.headers(), request.uri()) {
                Some(address) => answer::elsewhere(&address),
                None => self.page.answer(request).await,
            },
        }
    }

    async fn across_lanes(&self, request: Request<Incoming>, lane: &str) -> Answer {
        if request.method() == Method::OPTIONS {
            self.preflights.fetch_add(1, Ordering::Relaxed);
            return answer::preflight(request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS));
        }
        match request.uri().path().strip_prefix(FLOOR_PREFIX) {
            Some(token) if token == self.token => answer::text(StatusCode::OK, "ok\n"),
            Some(_) => answer::plain_refusal(Refusal::Token),
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
