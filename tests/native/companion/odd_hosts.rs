//! Odd answers of hosts, each through the runner's client and through the companion: both must say the same, and what curl
//! and browsers say. A new case is a line in the table.

use oddiya_load::core::base::failure::Failure;
use oddiya_load::core::base::failure::FailureKind::{self, Malformed, Reset, Status, Truncated};
use oddiya_load::core::http::request::Request;
use oddiya_load::core::scenario::Method;
use oddiya_load::net::options::Protocols::Http1;

use crate::both_ways::{Seen, by_the_client, by_the_companion};
use crate::browser::{Browser, companion_for};
use crate::fake_host::FakeHost;

/// A status with the size of its body, or a kind of failure.
type Verdict = Result<(u16, u64), FailureKind>;

/// What is odd, the whole answer, whether the host then closes, and the verdict.
type Case = (&'static str, &'static str, After, Verdict);

#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Closes,
    Waits,
}
use After::{Closes, Waits};

const CASES: [Case; 24] = [
    ("surplus after 204", "HTTP/1.1 204 No Content\r\n\r\n0\r\n\r\n", Waits, Ok((204, 0))),
    ("surplus after 304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\nabc", Waits, Ok((304, 0))),
    (
        "a body longer than its length",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcd",
        Waits,
        Ok((200, 2)),
    ),
    (
        "a second answer unasked",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 500 X\r\n\r\n",
        Waits,
        Ok((200, 1)),
    ),
    ("a folded header", "HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nContent-Length: 1\r\n\r\na", Waits, Ok((200, 1))),
    (
        "a length beside chunked",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        Waits,
        Ok((200, 1)),
    ),
    (
        "the same length twice",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        Waits,
        Ok((200, 1)),
    ),
    (
        "two lengths",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        Waits,
        Err(Malformed),
    ),
    ("a length with a sign", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na", Waits, Err(Malformed)),
    ("a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: one\r\n\r\na", Waits, Err(Malformed)),
    (
        "trailers",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n",
        Waits,
        Ok((200, 1)),
    ),
    (
        "an early hint first",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
        Waits,
        Ok((200, 1)),
    ),
    ("no reason", "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na", Waits, Ok((200, 1))),
    ("lines that end with LF alone", "HTTP/1.1 200 OK\nContent-Length: 1\n\na", Waits, Ok((200, 1))),
    ("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nabc", Closes, Ok((200, 3))),
    ("no length", "HTTP/1.1 200 OK\r\n\r\nabc", Closes, Ok((200, 3))),
    ("an empty body without a length", "HTTP/1.1 200 OK\r\n\r\n", Closes, Ok((200, 0))),
    ("a status that is none", "HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n", Waits, Err(Status)),
    ("a status beyond all", "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", Waits, Err(Status)),
    ("another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", Waits, Err(Malformed)),
    ("no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", Waits, Err(Malformed)),
    (
        "a body shorter than its length",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        Closes,
        Err(Truncated),
    ),
    (
        "chunks without their end",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        Closes,
        Err(Truncated),
    ),
    ("nothing", "", Closes, Err(Reset)),
];

async fn host(answer: &'static str, after: After) -> FakeHost {
    FakeHost::start(move |mut connection| async move {
        while connection.request().await.is_some() {
            connection.write(answer).await;
            if after == Closes {
                break;
            }
        }
    })
    .await
}

fn verdict((outcome, bytes): Seen) -> Verdict {
    let status = outcome.map_err(|failure| failure.kind)?;
    Failure::of_status(status).map_or(Ok((status, bytes)), |failure| Err(failure.kind))
}

#[tokio::test]
async fn runner_and_companion_say_the_same_of_every_odd_answer() {
    for (name, answer, after, expected) in CASES {
        let host = host(answer, after).await;
        let request = Request { path: "/".to_owned(), ..Request::default() };
        let [by_client] = by_the_client(&host.url(), Http1, [&request]).await;
        assert_eq!(verdict(by_client), expected, "{name}, by the runner's client");
        let [by_companion] = by_the_companion(&host.url(), Http1, [&request]).await;
        assert_eq!(verdict(by_companion), expected, "{name}, by the companion");
    }
}

#[tokio::test]
async fn a_browser_gets_the_status_and_body_of_every_odd_answer_that_is_one() {
    for (name, answer, after, expected) in CASES {
        let Ok((status, bytes)) = expected else { continue };
        let host = host(answer, after).await;
        let companion = companion_for(&host).await;
        let got = Browser::new(&companion, "u1.localhost").await.relay_get("/").await;
        let real =
            got.header("x-oddiya-load-status").map_or(got.status.as_u16(), |text| text.parse().unwrap());
        assert_eq!((real, got.body.len() as u64), (status, bytes), "{name}");
    }
}

/// Both must say this of two requests with that method, sent one after the other.
async fn both_say(host: &FakeHost, method: Method, expected: [Verdict; 2]) {
    let request = Request { method, path: "/".to_owned(), ..Request::default() };
    let by_client = by_the_client(&host.url(), Http1, [&request; 2]).await;
    assert_eq!(by_client.map(verdict), expected, "by the runner's client");
    let by_companion = by_the_companion(&host.url(), Http1, [&request; 2]).await;
    assert_eq!(by_companion.map(verdict), expected, "by the companion");
}

#[tokio::test]
async fn the_length_in_an_answer_to_head_is_not_waited_for_and_the_connection_is_kept() {
    let host = FakeHost::answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").await;
    both_say(&host, Method::Head, [Ok((200, 0)); 2]).await;
    let connections: Vec<_> = host.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 0, 1, 1], "one for the client, one for the companion");
}

#[tokio::test]
async fn a_408_that_comes_to_an_idle_connection_is_no_requests_answer() {
    let host = FakeHost::start(|mut connection| async move {
        connection.request().await.unwrap();
        // Both in one write, so that the second has come when the next request is sent.
        let timeout = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        connection.write(&format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na{timeout}")).await;
        connection.closed().await;
    })
    .await;
    both_say(&host, Method::Get, [Ok((200, 1)); 2]).await;
    assert_eq!(host.seen().len(), 4, "each request got a connection of its own");
}

#[tokio::test]
async fn a_reset_after_a_whole_answer_leaves_it_standing() {
    let host = FakeHost::start(|mut connection| async move {
        connection.request().await.unwrap();
        connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc").await;
        connection.reset();
    })
    .await;
    both_say(&host, Method::Get, [Ok((200, 3)); 2]).await;
}
