//! Odd answers of hosts, each through the runner's client and through the companion: both must say the same, and what curl
//! and browsers say. A new case is a line in the table.

use std::rc::Rc;
use std::sync::Arc;

use oddiya_load::core::base::failure::FailureKind::{self, Malformed, Reset, Status, Truncated};
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::connections::{Certificates, ConnectionReuse};
use oddiya_load::core::http::relay::Envelope;
use oddiya_load::core::http::request_id::RequestId;
use oddiya_load::core::run::platform::Lane as _;
use oddiya_load::core::scenario::Request;
use oddiya_load::net::client::HttpClient;
use oddiya_load::net::clock::RunClock;
use oddiya_load::net::dial::Dialer;
use oddiya_load::net::lane::HttpLane;
use oddiya_load::net::options::{ClientOptions, DialOptions, Protocols};

use crate::browser::{Browser, companion_for};
use crate::fake_host::FakeHost;
use crate::records::{RUN, Records};

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

fn verdict(outcome: &Result<u16, oddiya_load::core::base::failure::Failure>, bytes: u64) -> Verdict {
    match outcome {
        Ok(status) => match oddiya_load::core::base::failure::Failure::of_status(*status) {
            None => Ok((*status, bytes)),
            Some(failure) => Err(failure.kind),
        },
        Err(failure) => Err(failure.kind),
    }
}

async fn by_the_client(host: &FakeHost) -> Verdict {
    let dial = DialOptions {
        connect_timeout: Micros::from_secs(5),
        protocols: Protocols::Http1,
        certificates: Certificates::Checked,
    };
    let options = ClientOptions {
        dial,
        request_timeout: Micros::from_secs(20),
        reuse: ConnectionReuse::PerUser,
        max_redirects: 0,
        max_body: 1_000,
    };
    let dialer = Arc::new(Dialer::new(host.url().parse().unwrap(), dial).unwrap());
    let client = Rc::new(HttpClient::new(dialer, options, RunClock::start()));
    let asking = async {
        let request = Request { path: "/".to_owned(), ..Request::default() };
        HttpLane::new(client).exchange(&request).await
    };
    let exchange = tokio::task::LocalSet::new().run_until(asking).await;
    verdict(&exchange.outcome, exchange.received_bytes)
}

async fn by_the_companion(host: &FakeHost) -> Verdict {
    let companion = companion_for(host).await;
    let mut records = Records::of(&companion, RUN).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let path = browser.relayed(&Envelope::default().with_id(RequestId::new(RUN, 1).0), "/");
    // What the browser makes of it is not asked here.
    let response = browser.send(http::Method::GET, &path, &[], crate::browser::text_body("")).await;
    let record = records.next().await;
    drop(response);
    verdict(&record.outcome, record.received_bytes)
}

#[tokio::test]
async fn runner_and_companion_say_the_same_of_every_odd_answer() {
    for (name, answer, after, expected) in CASES {
        let host = host(answer, after).await;
        assert_eq!(by_the_client(&host).await, expected, "{name}, by the runner's client");
        assert_eq!(by_the_companion(&host).await, expected, "{name}, by the companion");
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
