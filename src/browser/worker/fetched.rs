//! What came of a `fetch`: the host's response, the companion's own, or none. Only here do the browser's words become
//! typed failures.

use wasm_bindgen::JsCast as _;
use web_sys::Response;

use crate::browser::message::Destination;
use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::http::answer::{Answer, HeaderLines};
use crate::core::http::relay::{
    COOKIES_HEADER, FAILURE_HEADER, REFUSAL_HEADER, Refusal, STATUS_HEADER, WRAPPED_STATUS,
    parse_failure_header,
};
use crate::core::http::request::Wanted;

/// What came of a request.
pub struct Fetched {
    /// The host's status, or why there is none.
    pub outcome: Result<Status, Failure>,
    /// Size of the body.
    pub bytes: u64,
    /// What measurements of it are to be expected.
    pub trace: Trace,
    /// What the request wanted of the answer.
    pub answer: Option<Box<Answer>>,
}

/// What measurements of a request come, of the browser and of the companion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// There was a response: the browser has an entry, and the companion a record.
    Both,
    /// The browser lost it: it has no entry, or one without moments; the companion may have a record.
    Record,
    /// It never left, or the companion refused it.
    Nothing,
}

impl Fetched {
    /// No response, or none that could be read to its end.
    pub fn failed(kind: FailureKind, detail: &str) -> Self {
        Self { outcome: Err(Failure::new(kind, detail)), bytes: 0, trace: Trace::Record, answer: None }
    }

    /// It got nowhere.
    pub fn refused(kind: FailureKind, detail: &str) -> Self {
        Self { trace: Trace::Nothing, ..Self::failed(kind, detail) }
    }

    /// `fetch` failed, and the browser does not say why.
    pub fn nothing_from(destination: &Destination) -> Self {
        match destination {
            Destination::Direct { .. } => {
                Self::failed(FailureKind::Blocked, "no answer, or none that the page may read")
            }
            Destination::Companion { .. } => Self::failed(FailureKind::Lost, "the companion does not answer"),
        }
    }

    /// The response broke off. Through the companion its record says whether the host did that.
    pub fn cut_off(destination: &Destination) -> Self {
        match destination {
            Destination::Direct { .. } => Self::failed(FailureKind::Truncated, ""),
            Destination::Companion { .. } => Self::failed(FailureKind::Lost, "the response broke off"),
        }
    }

    /// A complete response with a body of so many bytes. The companion's own responses say so in a header; all others
    /// are the host's. A header is looked up only where there may be one, because each look-up is a few steps into the
    /// browser.
    pub fn of(response: &Response, bytes: u64, destination: &Destination) -> Self {
        let status = response.status();
        if destination.is_direct() {
            return Self::of_the_host(status, bytes);
        }
        let header = |name: &str| response.headers().get(name).ok().flatten();
        match status {
            WRAPPED_STATUS => {
                let real = header(STATUS_HEADER).and_then(|status| status.parse().ok());
                Self::of_the_host(real.unwrap_or(status), bytes)
            }
            502 => match header(FAILURE_HEADER) {
                Some(failure) => Self::of_the_companion(relayed(&failure)),
                None => Self::of_the_host(status, bytes),
            },
            400 | 403 => match header(REFUSAL_HEADER) {
                Some(refusal) => Self::refused_by_companion(&refusal),
                None => Self::of_the_host(status, bytes),
            },
            _ => Self::of_the_host(status, bytes),
        }
    }

    /// The same with what the request wanted of the answer.
    pub fn with_answer(self, response: &Response, body: Vec<u8>, wanted: Wanted) -> Self {
        let Ok(status) = self.outcome else { return self };
        if !wanted.is_anything() {
            return self;
        }
        let headers = if wanted.head { header_lines(response) } else { HeaderLines::default() };
        Self { answer: Some(Box::new(Answer::new(status, headers, body))), ..self }
    }

    /// The companion refused the request. A wrong token means that it was started anew meanwhile.
    fn refused_by_companion(refusal: &str) -> Self {
        let is_new = Refusal::from_name(refusal) == Some(Refusal::Token);
        let kind = if is_new { FailureKind::Lost } else { FailureKind::Other };
        Self::refused(kind, &format!("the companion refused it: {refusal}"))
    }

    /// The companion's own response, instead of the host's.
    fn of_the_companion(failure: Failure) -> Self {
        Self { outcome: Err(failure), bytes: 0, trace: Trace::Both, answer: None }
    }

    fn of_the_host(status: Status, bytes: u64) -> Self {
        Self { outcome: Ok(status), bytes, trace: Trace::Both, answer: None }
    }
}

/// The headers of a response, and the cookies that it sets, as far as the companion tells them.
fn header_lines(response: &Response) -> HeaderLines {
    let mut lines = HeaderLines::default();
    let entries = js_sys::try_iter(&response.headers()).ok().flatten();
    for entry in entries.into_iter().flatten().filter_map(Result::ok) {
        let pair: js_sys::Array = entry.unchecked_into();
        let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) else { continue };
        match serde_json::from_str::<Vec<String>>(&value) {
            Ok(cookies) if name == COOKIES_HEADER => {
                cookies.iter().for_each(|cookie| lines.push("set-cookie", cookie));
            }
            _ => lines.push(&name, &value),
        }
    }
    lines
}

fn relayed(header: &str) -> Failure {
    let unknown = || Failure::new(FailureKind::Other, "the relay could not say why");
    parse_failure_header(header).unwrap_or_else(unknown)
}
