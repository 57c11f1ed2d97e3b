//! What reaches the host, and what of its answer reaches the page.

use http::StatusCode;
use oddiya_load::core::http::relay::Envelope;

use crate::browser::{Browser, companion_at, companion_for};
use crate::fake_host::FakeHost;

const CREATED: &str = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nX-Request-Id: 42\r\n\
                       Content-Length: 8\r\n\r\n{\"id\":1}";

#[tokio::test]
async fn the_host_gets_the_envelopes_method_headers_and_the_body_and_nothing_of_the_browsers() {
    let host = FakeHost::answering(CREATED).await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let headers = [("X-User-Id", "7"), ("Content-Type", "application/json"), ("Idempotency-Key", "k-1")];
    let envelope = Envelope::new("PATCH", headers).unwrap().with_id(99);
    let answer = browser.relay(&envelope, "/api/plans/5?draft=true", Some("{\"title\":\"서울\"}")).await;

    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::CREATED, "{\"id\":1}"));
    assert_eq!(answer.header("x-request-id"), Some("42"));
    let seen = &host.seen()[0];
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("PATCH", "/api/plans/5?draft=true"));
    assert_eq!(seen.body, "{\"title\":\"서울\"}");
    let mut names: Vec<_> = seen.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    // The client's own headers are those of the runner, so that the host answers both alike.
    let own = ["accept", "accept-encoding", "content-length", "host", "user-agent"];
    let mut expected = [&own[..], &["content-type", "idempotency-key", "x-user-id"]].concat();
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!(seen.header("host"), Some(format!("127.0.0.1:{}", host.port).as_str()));
    assert_eq!(seen.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn an_empty_envelope_relays_the_request_as_sent() {
    let host = FakeHost::answering(CREATED).await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    browser.relay(&Envelope::default(), "/a", None).await;
    browser.relay(&Envelope::default(), "/b", Some("x=1")).await;
    let seen: Vec<_> = host.seen().into_iter().map(|s| (s.method, s.target, s.body)).collect();
    assert_eq!(
        seen,
        [("GET", "/a", ""), ("POST", "/b", "x=1")].map(|(m, t, b)| (m.into(), t.into(), b.into()))
    );
}

#[tokio::test]
async fn a_post_without_a_body_says_so_and_a_delete_needs_not() {
    let host = FakeHost::answering(CREATED).await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    browser.relay(&Envelope::new("POST", []).unwrap(), "/a", None).await;
    browser.relay(&Envelope::new("DELETE", []).unwrap(), "/b", None).await;
    let lengths: Vec<_> =
        host.seen().iter().map(|seen| seen.header("content-length").map(str::to_owned)).collect();
    assert_eq!(lengths, [Some("0".to_owned()), None]);
    assert!(host.seen().iter().all(|seen| seen.header("transfer-encoding").is_none()));
}

#[tokio::test]
async fn the_hosts_prefix_goes_before_the_path() {
    let host = FakeHost::answering(CREATED).await;
    let companion = companion_at(&format!("{}/gateway/", host.url())).await;
    let mut browser = Browser::new(&companion, "localhost").await;
    browser.relay_get("/api/plans?page=1").await;
    assert_eq!(host.seen()[0].target, "/gateway/api/plans?page=1");
}

#[tokio::test]
async fn a_redirect_is_delivered_and_not_followed() {
    let host =
        FakeHost::answering("HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 5\r\n\r\nmoved").await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let answer = browser.relay_get("/").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NON_AUTHORITATIVE_INFORMATION, "moved"));
    assert_eq!(answer.header("x-oddiya-load-status"), Some("302"));
    assert_eq!(answer.header("location"), Some("/login"));
}

#[tokio::test]
async fn every_other_status_passes_as_it_is() {
    let host = FakeHost::start(|mut connection| async move {
        while let Some(seen) = connection.request().await {
            let status = seen.target.trim_start_matches('/').to_owned();
            connection.write(&format!("HTTP/1.1 {status} X\r\nContent-Length: 1\r\n\r\n.")).await;
        }
    })
    .await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    for status in [200, 202, 400, 401, 404, 409, 429, 500, 502, 503] {
        let answer = browser.relay_get(&format!("/{status}")).await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(answer.header("x-oddiya-load-status"), None);
        assert_eq!(answer.header("x-oddiya-load-failure"), None, "a 502 of the host's is its own");
    }
}

#[tokio::test]
async fn the_hosts_own_203_cannot_be_taken_for_a_wrapped_status() {
    let host =
        FakeHost::answering("HTTP/1.1 203 X\r\nx-oddiya-load-status: 302\r\nContent-Length: 0\r\n\r\n").await;
    let companion = companion_for(&host).await;
    let answer = Browser::new(&companion, "u1.localhost").await.relay_get("/").await;
    assert_eq!((answer.status.as_u16(), answer.header("x-oddiya-load-status")), (203, Some("203")));
}

#[tokio::test]
async fn answers_that_have_a_length_but_no_body_end() {
    let host = FakeHost::start(|mut connection| async move {
        while let Some(seen) = connection.request().await {
            let status = if seen.method == "HEAD" { "200 OK" } else { "304 Not Modified" };
            connection.write(&format!("HTTP/1.1 {status}\r\nContent-Length: 500\r\n\r\n")).await;
        }
    })
    .await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let head = browser.relay(&Envelope::new("HEAD", []).unwrap(), "/", None).await;
    assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
    let unchanged = browser.relay_get("/").await;
    assert_eq!((unchanged.header("x-oddiya-load-status"), unchanged.body.as_str()), (Some("304"), ""));
    assert_eq!(host.seen()[1].connection, 0, "the connection was fit for use");
}
