//! The companion among strangers: what pages of other origins, requests that name two hosts and connections that send
//! nothing can do, which is nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{Method, StatusCode};
use oddiya_load::companion::{self, Options, RunningCompanion};
use oddiya_load::core::http::relay::{Envelope, floor_url, host_check_path};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::browser::{Browser, companion_at};
use crate::fake_host::FakeHost;

const REFUSAL: &str = "x-oddiya-load-refusal";
const LIMIT: Duration = Duration::from_secs(20);

/// Counts the connections that are made to it.
async fn counting_host() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    (url, count)
}

/// What a foreign page's request may bear. `PORT` is the companion's.
const FOREIGN: [&[(&str, &str)]; 9] = [
    &[("origin", "http://evil.example")],
    &[("origin", "http://evil.example:PORT")],
    &[("origin", "null")],
    &[("origin", "http://localhost:3000")],
    &[("origin", "https://localhost:PORT")],
    &[("origin", "http://u1.localhost:PORT")],
    &[("origin", "http://localhost.evil.example:PORT")],
    &[("origin", "http://localhost:PORT"), ("origin", "http://evil.example")],
    &[("origin", "http://evil.example"), ("sec-fetch-site", "same-origin")],
];
const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

/// The companion's paths, with a token that is right.
fn paths(companion: &RunningCompanion, browser: &Browser) -> Vec<String> {
    let token = &companion.token;
    vec![
        "/".to_owned(),
        "/?autostart=1".to_owned(),
        "/companion.json".to_owned(),
        host_check_path(token),
        floor_url("", token).replace("http://", ""),
        format!("/companion/records/{token}/1"),
        browser.relayed(&Envelope::default(), "/"),
        browser.relayed(&Envelope::new("DELETE", [("X-User-Id", "1")]).unwrap(), "/api/plans/1"),
    ]
}

#[tokio::test]
async fn no_foreign_origin_can_ask_anything_by_any_method_on_any_path_even_with_the_token() {
    let (host, connections) = counting_host().await;
    let companion = companion_at(&host).await;
    for name in ["localhost", "127.0.0.1", "u1.localhost"] {
        let mut browser = Browser::new(&companion, name).await;
        for path in paths(&companion, &browser) {
            for (method, foreign) in
                METHODS.iter().flat_map(|method| FOREIGN.map(|foreign| (method, foreign)))
            {
                let values: Vec<(&str, String)> = foreign
                    .iter()
                    .map(|(name, value)| (*name, value.replace("PORT", &companion.port.to_string())))
                    .collect();
                let headers: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let answer = browser.ask(method.clone(), &path, &headers).await;
                let case = format!("{method} {path} of {headers:?} to {name}");
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{case}");
                assert_eq!(answer.header(REFUSAL), Some("origin"), "{case}");
                assert_eq!(answer.header("access-control-allow-origin"), None, "{case}");
                assert!(!answer.body.contains(&companion.token), "{case}");
            }
        }
    }
    assert_eq!(connections.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn nobody_without_the_token_has_the_companion_speak_to_the_host() {
    let (host, connections) = counting_host().await;
    let companion = companion_at(&host).await;
    let mut browser = Browser::new(&companion, "localhost").await;
    // An image or a script of a foreign page is asked for without an origin.
    let wrong = "0123456789abcdef0123456789abcdef";
    for path in [
        "/companion/host/".to_owned(),
        host_check_path(wrong),
        format!("/companion/host/{}/", companion.token),
        floor_url("", wrong).replace("http://", ""),
        format!("/companion/records/{wrong}/1"),
        format!("/relay/{wrong}/-/"),
    ] {
        for method in METHODS {
            let answer = browser.ask(method.clone(), &path, &[]).await;
            let is_preflight = method == Method::OPTIONS && !path.starts_with("/companion/host");
            let status = if is_preflight { StatusCode::NO_CONTENT } else { StatusCode::FORBIDDEN };
            assert_eq!(answer.status, status, "{method} {path}");
        }
    }
    assert_eq!(browser.get("/companion/host").await.status, StatusCode::NOT_FOUND);
    assert_eq!(connections.load(Ordering::Relaxed), 0);
    assert!(browser.get(&host_check_path(&companion.token)).await.body.contains("\"reachable\":true"));
}

/// Sends these bytes and reads all that comes.
async fn exchange(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(LIMIT, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    answer
}

#[tokio::test]
async fn a_request_that_names_two_hosts_is_refused() {
    let (host, _) = counting_host().await;
    let companion = companion_at(&host).await;
    let own = format!("localhost:{}", companion.port);
    for (target, hosts, status) in [
        ("/companion.json", vec![own.as_str()], "200"),
        ("/companion.json", vec![], "403"),
        ("/companion.json", vec![own.as_str(), "evil.example"], "403"),
        ("/companion.json", vec!["evil.example", own.as_str()], "403"),
        ("/companion.json", vec![own.as_str(), own.as_str()], "403"),
        ("http://OWN/companion.json", vec![own.as_str()], "200"),
        ("http://evil.example/companion.json", vec![own.as_str()], "403"),
        ("http://OWN@evil.example/companion.json", vec![own.as_str()], "403"),
        ("https://OWN/companion.json", vec![own.as_str()], "403"),
        ("http://OWN/companion.json", vec!["evil.example"], "403"),
    ] {
        let target = target.replace("OWN", &own);
        let hosts: String = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
        let request = format!("GET {target} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
        let answer = exchange(companion.port, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}{answer}");
        assert_eq!(answer.contains(&companion.token), status == "200", "{request}{answer}");
    }
}

async fn companion_with(change: impl FnOnce(Options) -> Options, host: &str) -> RunningCompanion {
    companion::start(change(Options::new(host.parse().unwrap()))).await.unwrap()
}

#[tokio::test]
async fn connections_that_send_no_whole_request_are_closed() {
    let head_limit = Duration::from_millis(300);
    let limited = |options| Options { head_limit, ..options };
    let companion = companion_with(limited, "http://localhost:8080").await;
    let own = format!("Host: localhost:{}\r\n", companion.port);
    for (sent, answered) in [
        (String::new(), ""),
        (format!("GET / HTTP/1.1\r\n{own}"), ""),
        // After its answer the connection is kept, and closed in the end.
        (format!("GET /companion.json HTTP/1.1\r\n{own}\r\n"), "HTTP/1.1 200 OK"),
        (format!("GET /companion.json HTTP/1.1\r\n{own}\r\nGET / HT"), "HTTP/1.1 200 OK"),
    ] {
        let answer = exchange(companion.port, &sent).await;
        assert!(answer.starts_with(answered) && answer.is_empty() == answered.is_empty(), "{sent}: {answer}");
    }
}

#[tokio::test]
async fn hundreds_of_idle_and_half_sent_connections_deafen_nobody_and_end_no_request() {
    let answer = Arc::new(Notify::new());
    let host = FakeHost::start({
        let answer = Arc::clone(&answer);
        move |mut connection| {
            let answer = Arc::clone(&answer);
            async move {
                connection.request().await.unwrap();
                answer.notified().await;
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate").await;
                connection.closed().await;
            }
        }
    })
    .await;
    let bounded = |options| Options { max_connections: 20, ..options };
    let companion = companion_with(bounded, &host.url()).await;
    let mut waiting = Browser::new(&companion, "u1.localhost").await;
    let under_way = tokio::spawn(async move { waiting.relay_get("/slow").await.body });
    while host.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    let mut strangers = Vec::new();
    for number in 0..300 {
        let mut stranger = TcpStream::connect(("127.0.0.1", companion.port)).await.unwrap();
        if number % 2 == 0 {
            // Fails where the companion has closed it already.
            let _ = stranger.write_all(b"POST / HTTP/1.1\r\nHost: local").await;
        }
        strangers.push(stranger);
    }
    let mut newcomer = Browser::new(&companion, "localhost").await;
    let heard = tokio::time::timeout(LIMIT, newcomer.get("/companion.json")).await.unwrap();
    assert_eq!(heard.status, StatusCode::OK);
    answer.notify_one();
    assert_eq!(tokio::time::timeout(LIMIT, under_way).await.unwrap().unwrap(), "late");
    drop(strangers);
}
