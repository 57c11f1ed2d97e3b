//! One host asked in two ways: by the runner's HTTP client and through the companion. Both must say the same.

use std::rc::Rc;
use std::sync::Arc;

use http_body_util::BodyExt as _;
use oddiya_load::companion::{self, Options};
use oddiya_load::core::base::failure::Failure;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::connections::{Certificates, ConnectionReuse, Cookies};
use oddiya_load::core::http::exchange::Exchange;
use oddiya_load::core::http::relay::Envelope;
use oddiya_load::core::http::request::Request;
use oddiya_load::core::http::request_id::RequestId;
use oddiya_load::core::run::platform::Lane as _;
use oddiya_load::net::client::HttpClient;
use oddiya_load::net::clock::RunClock;
use oddiya_load::net::cookies::CookieJar;
use oddiya_load::net::dial::Dialer;
use oddiya_load::net::lane::HttpLane;
use oddiya_load::net::options::{ClientOptions, DialOptions, Protocols};

use crate::browser::{Browser, text_body};
use crate::records::{RUN, Records};

/// The outcome of a request, and the size of its body.
pub type Seen = (Result<u16, Failure>, u64);

/// Sends the requests one after the other as one user of the runner.
pub async fn exchanges<const N: usize>(
    url: &str,
    protocols: Protocols,
    request_timeout: Micros,
    requests: [&Request; N],
) -> [Exchange; N] {
    let dial =
        DialOptions { connect_timeout: Micros::from_secs(5), protocols, certificates: Certificates::Checked };
    let options = ClientOptions {
        dial,
        request_timeout,
        reuse: ConnectionReuse::PerUser,
        max_redirects: 0,
        max_body: 1_000,
        cookies: Cookies::Kept,
    };
    let dialer = Arc::new(Dialer::new(url.parse().unwrap(), dial).unwrap());
    let clients = [Rc::new(HttpClient::new(dialer, options, RunClock::start()))];
    let asking = async {
        let (mut lane, mut exchanges) =
            (HttpLane::new(Rc::new(clients), CookieJar::default()).unwrap(), Vec::new());
        for request in requests {
            exchanges.push(lane.exchange(request).await);
        }
        exchanges.try_into().unwrap()
    };
    tokio::task::LocalSet::new().run_until(asking).await
}

/// What the runner's client says of the requests.
pub async fn by_the_client<const N: usize>(
    url: &str,
    protocols: Protocols,
    requests: [&Request; N],
) -> [Seen; N] {
    let exchanges = exchanges(url, protocols, Micros::from_secs(20), requests).await;
    exchanges.map(|exchange| (exchange.outcome, exchange.received_bytes))
}

/// What the companion says of the requests, in its records.
pub async fn by_the_companion<const N: usize>(
    url: &str,
    protocols: Protocols,
    requests: [&Request; N],
) -> [Seen; N] {
    let options = Options { protocols, ..Options::new(url.parse().unwrap()) };
    let companion = companion::start(options).await.unwrap();
    let mut records = Records::of(&companion, RUN).await;
    for (number, request) in requests.into_iter().enumerate() {
        let envelope = Envelope::new(request.method.as_str(), []).unwrap();
        let envelope = envelope.with_id(RequestId::new(RUN, number as u32).0);
        // A browser that got half an answer closes its connection, so each request has one; the lane is the same.
        let mut browser = Browser::new(&companion, "u1.localhost").await;
        let path = browser.relayed(&envelope, &request.path);
        // What the browser makes of it is not asked here, only that it is over.
        if let Ok(response) = browser.send(http::Method::GET, &path, &[], text_body("")).await {
            let _ = response.into_body().collect().await;
        }
    }
    let mut seen = Vec::new();
    for _ in 0..N {
        let record = records.next().await;
        seen.push((record.outcome, record.received_bytes));
    }
    seen.try_into().unwrap()
}
