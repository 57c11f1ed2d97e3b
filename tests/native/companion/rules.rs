//! Who is let in: names, origins, tokens, preflights.

use http::{Method, StatusCode};
use oddiya_load::core::http::relay::{Envelope, floor_url, host_check_path, lane_authority};

use crate::browser::{Browser, companion_for};
use crate::fake_host::FakeHost;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const REFUSAL: &str = "x-oddiya-load-refusal";

#[tokio::test]
async fn a_foreign_name_is_refused_on_every_path() {
    let host = FakeHost::answering(OK).await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::calling(&companion, "evil.example").await;
    let relayed = browser.relayed(&Envelope::default(), "/");
    for path in ["/", "/companion.json", &host_check_path(&companion.token), &relayed] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(answer.header(REFUSAL), Some("host-name"));
        assert!(answer.body.contains("open http://localhost"), "{}", answer.body);
        assert!(!answer.body.contains(&companion.token));
    }
    assert!(host.seen().is_empty());
}

#[tokio::test]
async fn a_foreign_origin_is_refused_and_may_not_read_why() {
    let host = FakeHost::answering(OK).await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let relayed = browser.relayed(&Envelope::default(), "/");
    for path in [&relayed, "/companion.json"] {
        let answer = browser.ask(Method::GET, path, &[("origin", "http://evil.example")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(answer.header(REFUSAL), Some("origin"));
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    assert!(host.seen().is_empty());
}

#[tokio::test]
async fn a_wrong_token_is_refused_in_words_that_the_page_may_read() {
    let host = FakeHost::answering(OK).await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let origin = browser.page_origin();
    for path in ["/relay/0123456789abcdef0123456789abcdef/-/", "/companion/floor/x"] {
        let answer = browser.ask(Method::GET, path, &[("origin", &origin)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(answer.header(REFUSAL), Some("token"));
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin.as_str()));
    }
    assert!(host.seen().is_empty());
}

#[tokio::test]
async fn a_bad_envelope_is_refused_naming_its_part() {
    use base64::Engine as _;
    let host = FakeHost::answering(OK).await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let coded = |json: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json);
    for (envelope, named) in [
        ("!".to_owned(), "base64url"),
        (coded("{"), "JSON"),
        (coded(r#"{"method":"TRACE"}"#), "TRACE"),
        (coded(r#"{"method":"OPTIONS"}"#), "OPTIONS"),
        (coded(r#"{"headers":[["Host","evil.example"]]}"#), "`Host`"),
        (coded(r#"{"headers":[["Transfer-Encoding","chunked"]]}"#), "`Transfer-Encoding`"),
    ] {
        let answer = browser.get(&format!("/relay/{}/{envelope}/", companion.token)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.header(REFUSAL), Some("envelope"));
        assert!(answer.body.contains(named), "{}", answer.body);
    }
    assert_eq!(browser.get("/relay/").await.status, StatusCode::BAD_REQUEST);
    assert!(host.seen().is_empty());
}

#[tokio::test]
async fn a_preflight_is_answered_here_and_never_reaches_the_host() {
    let host = FakeHost::answering(OK).await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let (path, origin) = (browser.relayed(&Envelope::default(), "/api"), browser.page_origin());
    let asked = [
        ("origin", origin.as_str()),
        ("access-control-request-method", "PATCH"),
        ("access-control-request-headers", "x-user-id"),
    ];
    let answer = browser.ask(Method::OPTIONS, &path, &asked).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.header("access-control-allow-origin"), Some(origin.as_str()));
    assert_eq!(answer.header("access-control-allow-headers"), Some("x-user-id"));
    assert!(answer.header("access-control-allow-methods").unwrap().contains("PATCH"));
    assert_eq!(answer.header("access-control-max-age"), Some("7200"));
    let foreign = browser.ask(Method::OPTIONS, &path, &[("origin", "http://evil.example")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert!(host.seen().is_empty());
}

#[tokio::test]
async fn the_page_may_read_answers_and_their_timing_across_lanes_and_no_cache_keeps_them() {
    let host = FakeHost::answering(
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nCache-Control: max-age=60\r\n\
         Access-Control-Allow-Origin: *\r\nSet-Cookie: a=b\r\n\r\n",
    )
    .await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, &lane_authority(3, 0).replace(":0", "")).await;
    let origin = browser.page_origin();
    let answer = browser.relay_get("/").await;
    assert_eq!(answer.headers.get_all("access-control-allow-origin").iter().collect::<Vec<_>>(), [&origin]);
    assert_eq!(answer.header("timing-allow-origin"), Some(origin.as_str()));
    assert_eq!(answer.header("access-control-expose-headers"), Some("*"));
    assert_eq!(answer.header("vary"), Some("Origin"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.header(REFUSAL), None);
}

#[tokio::test]
async fn the_floor_answers_at_once_on_any_lane() {
    let host = FakeHost::answering(OK).await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u9.localhost").await;
    let url = floor_url("", &companion.token);
    let origin = browser.page_origin();
    let answer = browser.ask(Method::GET, url.strip_prefix("http://").unwrap(), &[("origin", &origin)]).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "ok\n"));
    assert_eq!(answer.header("timing-allow-origin"), Some(origin.as_str()));
    assert_eq!(answer.header("access-control-allow-origin"), Some(origin.as_str()));
    assert!(host.seen().is_empty());
}
