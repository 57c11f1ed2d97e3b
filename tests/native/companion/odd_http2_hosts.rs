//! Odd answers of HTTP/2 hosts, each through the runner's client and through the companion: both must say the same, and a
//! failure must name its cause. A new case is a line in the table.

use oddiya_load::core::base::failure::FailureKind::{
    self, Malformed, RequestTimeout, Reset, Status, Truncated,
};
use oddiya_load::core::base::failure::{self, Failure};
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::http::request::Request;
use oddiya_load::net::options::Protocols::Http2;

use crate::both_ways::{Seen, by_the_client, by_the_companion, exchanges};
use crate::http2_frames::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, FrameHost, GOAWAY, HEADERS, PADDED, RST_STREAM, SETTINGS,
    STATUS_200, field, frame,
};

/// A status with the size of its body, or a kind of failure with what its detail must name.
type Verdict = Result<(failure::Status, u64), (FailureKind, &'static str)>;

/// What is odd, the frames of the answer on a stream, and the verdict.
type Case = (&'static str, fn(u32) -> Vec<u8>, Verdict);

const NO_ERROR: [u8; 4] = [0, 0, 0, 0];
const INTERNAL_ERROR: [u8; 4] = [0, 0, 0, 2];
const REFUSED_STREAM: [u8; 4] = [0, 0, 0, 7];
const ENHANCE_YOUR_CALM: [u8; 4] = [0, 0, 0, 11];
/// The setting that says how many streams may be open (RFC 9113, §6.5.2), with the value 0.
const NO_STREAMS: [u8; 6] = [0, 3, 0, 0, 0, 0];

fn head(stream: u32, fields: &[u8]) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, fields)
}

fn body(stream: u32, text: &str) -> Vec<u8> {
    frame(DATA, END_STREAM, stream, text.as_bytes())
}

fn with_length(stream: u32, length: &str) -> Vec<u8> {
    head(stream, &[STATUS_200, &field("content-length", length)].concat())
}

fn plain(stream: u32) -> Vec<u8> {
    [head(stream, STATUS_200), body(stream, "abc")].concat()
}

const CASES: [Case; 19] = [
    ("a plain answer", plain, Ok((200, 3))),
    ("its right length", |id| [with_length(id, "3"), body(id, "abc")].concat(), Ok((200, 3))),
    (
        "padding",
        |id| [head(id, STATUS_200), frame(DATA, END_STREAM | PADDED, id, b"\x02abc\0\0")].concat(),
        Ok((200, 3)),
    ),
    (
        "an empty DATA frame",
        |id| [head(id, STATUS_200), frame(DATA, 0, id, b""), body(id, "abc")].concat(),
        Ok((200, 3)),
    ),
    ("an early hint first", |id| [head(id, &[0x08, 3, b'1', b'0', b'3']), plain(id)].concat(), Ok((200, 3))),
    (
        "trailers",
        |id| {
            [
                head(id, STATUS_200),
                frame(DATA, 0, id, b"abc"),
                frame(HEADERS, END_HEADERS | END_STREAM, id, &field("x", "y")),
            ]
            .concat()
        },
        Ok((200, 3)),
    ),
    (
        "a head in two frames",
        |id| {
            [
                frame(HEADERS, 0, id, STATUS_200),
                frame(CONTINUATION, END_HEADERS, id, &field("x", "y")),
                body(id, "abc"),
            ]
            .concat()
        },
        Ok((200, 3)),
    ),
    (
        "a reset after the whole answer",
        |id| [plain(id), frame(RST_STREAM, 0, id, &NO_ERROR)].concat(),
        Ok((200, 3)),
    ),
    (
        "a status beyond all",
        |id| [head(id, &[0x08, 3, b'9', b'9', b'9']), body(id, "")].concat(),
        Err((Status, "HTTP 999")),
    ),
    (
        "a body longer than its length",
        |id| [with_length(id, "2"), body(id, "abc")].concat(),
        Err((Malformed, "Content-Length")),
    ),
    (
        "a body shorter than its length",
        |id| [with_length(id, "4"), body(id, "abc")].concat(),
        Err((Malformed, "Content-Length")),
    ),
    (
        "an uppercase field",
        |id| [head(id, &[STATUS_200, &field("X-A", "b")].concat()), body(id, "abc")].concat(),
        Err((Malformed, "uppercase")),
    ),
    ("no status", |id| [head(id, &field("x", "y")), body(id, "abc")].concat(), Err((Malformed, ":status"))),
    (
        "a header of the connection",
        |id| [head(id, &[STATUS_200, &field("connection", "close")].concat()), body(id, "abc")].concat(),
        Err((Malformed, "header of the connection")),
    ),
    (
        "a flood of CONTINUATION",
        |id| [frame(HEADERS, 0, id, STATUS_200), frame(CONTINUATION, 0, id, b"").repeat(3_000)].concat(),
        Err((Malformed, "CONTINUATION")),
    ),
    ("a body before its head", |id| body(id, "abc"), Err((Malformed, "a frame where none is allowed"))),
    (
        "a frame over the limit",
        |id| [head(id, STATUS_200), frame(DATA, END_STREAM, id, &[0; 16_385])].concat(),
        Err((Malformed, "a frame of a wrong size")),
    ),
    (
        "a stream that is refused every time",
        |id| frame(RST_STREAM, 0, id, &REFUSED_STREAM),
        Err((Reset, "REFUSED_STREAM")),
    ),
    (
        "a reset within the body",
        |id| {
            [head(id, STATUS_200), frame(DATA, 0, id, b"ab"), frame(RST_STREAM, 0, id, &INTERNAL_ERROR)]
                .concat()
        },
        Err((Truncated, "INTERNAL_ERROR")),
    ),
];

fn request() -> Request {
    Request { path: "/".to_owned(), ..Request::default() }
}

fn agrees((outcome, bytes): &Seen, expected: Verdict) -> bool {
    let failed = match outcome {
        Ok(status) => Failure::of_status(*status),
        Err(failure) => Some(failure.clone()),
    };
    match (failed, expected) {
        (None, Ok(expected)) => (outcome.as_ref().copied(), *bytes) == (Ok(expected.0), expected.1),
        (Some(failure), Err((kind, named))) => failure.kind == kind && failure.detail.contains(named),
        _ => false,
    }
}

#[tokio::test]
async fn runner_and_companion_say_the_same_of_every_odd_answer_and_name_its_cause() {
    for (name, answer, expected) in CASES {
        let host = FrameHost::answering(move |_, stream| answer(stream)).await;
        let [by_client] = by_the_client(&host.url(), Http2, [&request()]).await;
        assert!(agrees(&by_client, expected), "{name}, by the runner's client: {by_client:?}");
        let [by_companion] = by_the_companion(&host.url(), Http2, [&request()]).await;
        assert_eq!(by_companion, by_client, "{name}, by the companion");
    }
}

/// Checks that 300 requests of one user and 30 through the companion all succeed.
async fn none_fails(host: &FrameHost) {
    let request = request();
    let by_client = by_the_client(&host.url(), Http2, [&request; 300]).await;
    let by_companion = by_the_companion(&host.url(), Http2, [&request; 150]).await;
    for seen in by_client.into_iter().chain(by_companion) {
        assert_eq!(seen, (Ok(200), 3));
    }
}

#[tokio::test]
async fn what_a_goaway_leaves_out_is_sent_again_whatever_its_reason() {
    for reason in [NO_ERROR, ENHANCE_YOUR_CALM] {
        let host = FrameHost::answering(move |number, stream| match number {
            0..5 => plain(stream),
            // The request before was the last that the host took.
            _ => frame(GOAWAY, 0, 0, &[(stream - 2).to_be_bytes(), reason].concat()),
        })
        .await;
        none_fails(&host).await;
        assert!(host.requests() > 450, "some were sent twice");
    }
}

#[tokio::test]
async fn a_host_that_sends_an_empty_data_frame_with_each_answer_fails_no_request() {
    let host = FrameHost::answering(|_, stream| {
        [head(stream, STATUS_200), frame(DATA, 0, stream, b""), body(stream, "abc")].concat()
    })
    .await;
    none_fails(&host).await;
    assert_eq!(host.requests(), 450);
}

#[tokio::test]
async fn a_request_for_which_the_host_allows_no_stream_is_not_sent_and_says_so() {
    let host =
        FrameHost::answering(|_, stream| [frame(SETTINGS, 0, 0, &NO_STREAMS), plain(stream)].concat()).await;
    let limit = Micros::from_millis(500);
    let [first, second] = exchanges(&host.url(), Http2, limit, [&request(); 2]).await;
    assert!(first.outcome == Ok(200) && first.timing.sent.is_some(), "{first:?}");
    let failure = second.outcome.unwrap_err();
    assert_eq!((failure.kind, &*failure.detail), (RequestTimeout, "the host allowed no stream for it"));
    assert_eq!((second.timing.sent, host.requests()), (None, 1));
}
