//! Cookies: each user keeps its own and sends them back, also on the way of a redirect.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::report::connections::Cookies;

use crate::fake_host::FakeHost;
use crate::load::{load, only_failure};
use crate::secure_host::Host;

/// A host that sets a cookie with the number of the connection and redirects to the same address until one comes back.
async fn asking_for_a_cookie() -> FakeHost {
    FakeHost::start(|mut connection| async move {
        while let Some(request) = connection.request().await {
            let answer = match request.header("cookie") {
                Some(_) => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_owned(),
                None => format!(
                    "HTTP/1.1 302 Found\r\nLocation: {}\r\nSet-Cookie: user={}; Path=/; HttpOnly\r\n\
                     Content-Length: 0\r\n\r\n",
                    request.target, connection.number
                ),
            };
            connection.write(&answer).await;
        }
    })
    .await
}

#[tokio::test]
async fn each_user_is_redirected_once_and_then_brings_its_own_cookie() {
    let host = asking_for_a_cookie().await;
    let (report, _) = load(&host.url(), &["--users=3", "--think-time=20ms"]).await;
    assert_eq!(report.total.failures, 0, "{:?}", report.failures);
    assert_eq!(report.total.redirects, Some(3), "one for each user");
    assert_eq!(host.seen().len() as u64, report.total.sent.unwrap() + 3);
    let mut brought: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for seen in host.seen() {
        brought.entry(seen.connection).or_default().extend(seen.header("cookie").map(str::to_owned));
    }
    assert_eq!(brought.len(), 3);
    for (connection, cookies) in brought {
        assert_eq!(cookies, BTreeSet::from([format!("user={connection}")]), "nobody has another user's");
    }
    assert_eq!(report.connections.unwrap().cookies, Some(Cookies::Kept));
}

#[tokio::test]
async fn the_flag_no_cookies_sends_none_back_and_the_report_says_so() {
    let host = asking_for_a_cookie().await;
    let (report, _) = load(&host.url(), &["--no-cookies", "--max-redirects=3"]).await;
    assert_eq!(only_failure(&report).0, FailureKind::TooManyRedirects);
    assert!(host.seen().iter().all(|seen| seen.header("cookie").is_none()));
    assert_eq!(report.connections.unwrap().cookies, Some(Cookies::Ignored));
}

#[tokio::test]
async fn cookies_come_back_over_http_2_too() {
    let folder = tempfile::tempdir().unwrap();
    let host = Host::start(folder, |stream, answered| async move {
        let Ok(mut connection) = h2::server::handshake(stream).await else { return };
        while let Some(Ok((request, mut respond))) = connection.accept().await {
            answered.fetch_add(1, Ordering::Relaxed);
            let response = http::Response::builder();
            let response = match request.headers().get("cookie") {
                Some(cookie) => response.status(if cookie == "a=1; b=\u{ac00}" { 200 } else { 500 }),
                None => {
                    let to = request.uri().path_and_query().unwrap().as_str();
                    let cookies = response.header("set-cookie", "a=1; Path=/");
                    let cookies = cookies.header("set-cookie", "b=\u{ac00}; Path=/".as_bytes());
                    cookies.header("location", to).status(307)
                }
            };
            respond.send_response(response.body(()).unwrap(), true).unwrap();
        }
    })
    .await;
    let (report, _) = load(&format!("http://127.0.0.1:{}", host.port), &["--http2"]).await;
    assert_eq!((report.total.failures, report.total.redirects), (0, Some(1)), "{:?}", report.failures);
    assert_eq!(host.answered(), report.total.sent.unwrap() + 1);
}
