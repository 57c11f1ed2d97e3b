//! The cookies of the page's users, which the companion keeps in the browser's place.

use oddiya_load::companion::{self, Options, RunningCompanion};
use oddiya_load::core::config::connections::Cookies;
use oddiya_load::core::http::relay::Envelope;
use oddiya_load::core::http::request_id::RequestId;

use crate::browser::{Answer, Browser, companion_for};
use crate::fake_host::FakeHost;

/// A host that sets a cookie with the number of the connection.
async fn host() -> FakeHost {
    FakeHost::start(|mut connection| async move {
        while connection.request().await.is_some() {
            let cookie = format!("Set-Cookie: s={}; Path=/", connection.number);
            connection.write(&format!("HTTP/1.1 200 OK\r\n{cookie}\r\nContent-Length: 2\r\n\r\nok")).await;
        }
    })
    .await
}

async fn send(companion: &RunningCompanion, lane: &str, run: u32, user: u32, own: Option<&str>) -> Answer {
    let headers = own.map(|value| ("Cookie", value));
    let envelope = Envelope::new("GET", headers).unwrap().with_id(RequestId::new(run, 1).0);
    let envelope = Envelope { user: Some(user), ..envelope };
    Browser::new(companion, lane).await.relay(&envelope, "/", None).await
}

/// The cookies that each request brought.
fn brought(host: &FakeHost) -> Vec<Option<String>> {
    host.seen().iter().map(|seen| seen.header("cookie").map(str::to_owned)).collect()
}

#[tokio::test]
async fn each_user_of_each_run_has_a_jar_of_its_own_and_the_page_sees_no_cookie() {
    let host = host().await;
    let companion = companion_for(&host).await;
    for (lane, run, user, own) in [
        ("u1.localhost", 1, 1, None),
        ("u1.localhost", 1, 1, None),
        ("u1.localhost", 1, 257, None),
        ("u2.localhost", 1, 2, None),
        ("u1.localhost", 2, 1, None),
        ("u1.localhost", 1, 1, Some("mine=1")),
        ("u1.localhost", 1, 1, None),
    ] {
        let answer = send(&companion, lane, run, user, own).await;
        assert_eq!((answer.body.as_str(), answer.header("set-cookie")), ("ok", None));
    }
    let expected = [None, Some("s=0"), None, None, None, Some("mine=1"), Some("s=0")];
    assert_eq!(brought(&host).iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_companion_without_cookies_sends_none_back() {
    let host = host().await;
    let options = Options { cookies: Cookies::Ignored, ..Options::new(host.url().parse().unwrap()) };
    let companion = companion::start(options).await.unwrap();
    for _ in 0..2 {
        send(&companion, "u1.localhost", 1, 1, None).await;
    }
    assert_eq!(brought(&host), [None, None]);
}
