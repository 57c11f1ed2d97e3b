//! Responses pass as they come, and an end on either side is an end on the other.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use http_body_util::{BodyExt as _, Channel};
use oddiya_load::core::http::relay::Envelope;
use tokio::sync::Notify;

use crate::browser::{Browser, companion_for, text_body};
use crate::fake_host::FakeHost;

const EVENTS: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

async fn next(body: &mut hyper::body::Incoming) -> Option<hyper::Result<Bytes>> {
    body.frame().await.map(|frame| frame.map(|frame| frame.into_data().unwrap()))
}

#[tokio::test]
async fn an_event_reaches_the_page_before_the_next_is_sent() {
    let go_on = Arc::new(Notify::new());
    let waiting = Arc::clone(&go_on);
    let host = FakeHost::start(move |mut connection| {
        let waiting = Arc::clone(&waiting);
        async move {
            connection.request().await.unwrap();
            connection.write(EVENTS).await;
            connection.write(&chunk("event: progress\n\n")).await;
            waiting.notified().await;
            connection.write(&chunk("event: done\n\n")).await;
            connection.write("0\r\n\r\n").await;
            connection.closed().await;
        }
    })
    .await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let path = browser.relayed(&Envelope::new("POST", []).unwrap(), "/api/plans/generate");
    let response = browser.send(Method::POST, &path, &[], text_body("{}")).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    assert_eq!(next(&mut body).await.unwrap().unwrap(), "event: progress\n\n");
    go_on.notify_one();
    assert_eq!(next(&mut body).await.unwrap().unwrap(), "event: done\n\n");
    assert!(next(&mut body).await.is_none());
}

#[tokio::test]
async fn a_request_body_is_whole_before_the_host_gets_any_of_it() {
    // Otherwise the pace of the browser would be in the host's latency.
    let host = FakeHost::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let path = browser.relayed(&Envelope::default(), "/upload");
    let (mut sender, body) = Channel::new(1);
    let sending = browser.send(Method::POST, &path, &[], body.boxed());
    let writing = async {
        sender.send_data(Bytes::from_static(b"first, ")).await.unwrap();
        sender.send_data(Bytes::from_static(b"last")).await.unwrap();
        drop(sender);
    };
    let (response, ()) = tokio::join!(sending, writing);
    assert_eq!(response.unwrap().status(), 204);
    let seen = &host.seen()[0];
    assert_eq!((seen.body.as_str(), seen.header("content-length")), ("first, last", Some("11")));
}

#[tokio::test]
async fn the_host_sees_the_page_go_away_while_it_thinks() {
    page_leaves_after("").await;
}

#[tokio::test]
async fn the_host_sees_the_page_go_away_in_the_middle_of_a_body() {
    page_leaves_after(EVENTS).await;
}

/// The host gets a request and writes `first`; when the page then leaves, its connection must close.
async fn page_leaves_after(first: &'static str) {
    let (asked, left) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell_asked, tell_left) = (Arc::clone(&asked), Arc::clone(&left));
    let host = FakeHost::start(move |mut connection| {
        let (tell_asked, tell_left) = (Arc::clone(&tell_asked), Arc::clone(&tell_left));
        async move {
            connection.request().await.unwrap();
            connection.write(first).await;
            tell_asked.notify_one();
            connection.closed().await;
            tell_left.notify_one();
        }
    })
    .await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let path = browser.relayed(&Envelope::default(), "/slow");
    tokio::select! {
        () = asked.notified() => {}
        response = browser.send(Method::GET, &path, &[], text_body("")) => assert!(!first.is_empty(), "{response:?}"),
    }
    drop(browser);
    left.notified().await;
}

#[tokio::test]
async fn a_host_that_breaks_off_cuts_the_page_off_too() {
    let host = FakeHost::start(|mut connection| async move {
        connection.request().await.unwrap();
        connection.write(EVENTS).await;
        connection.write(&chunk("event: progress\n\n")).await;
    })
    .await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let path = browser.relayed(&Envelope::default(), "/");
    let mut body = browser.send(Method::GET, &path, &[], text_body("")).await.unwrap().into_body();
    assert_eq!(next(&mut body).await.unwrap().unwrap(), "event: progress\n\n");
    assert!(next(&mut body).await.unwrap().is_err(), "a broken body looked whole");
}

#[tokio::test]
async fn a_body_that_is_shorter_than_promised_is_cut_off_too() {
    let host = FakeHost::start(|mut connection| async move {
        connection.request().await.unwrap();
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").await;
    })
    .await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let path = browser.relayed(&Envelope::default(), "/");
    let body = browser.send(Method::GET, &path, &[], text_body("")).await.unwrap().into_body();
    assert!(body.collect().await.is_err());
}
