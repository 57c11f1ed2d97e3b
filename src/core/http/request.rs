//! A request ready to be sent: every blank is filled, and it says what is wanted of the answer. Sends nothing.

use std::cell::RefCell;

use crate::core::base::failure::Failure;
use crate::core::base::units::Micros;
use crate::core::scenario::model::request::{Redirects, TemplateId};
use crate::core::scenario::{Method, Reading, ServiceId};

/// A request ready to be sent. A user fills the same one again and again, so that its memory is reused.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// The host that it goes to.
    pub service: ServiceId,
    pub method: Method,
    /// The path and the query, from the root of the host.
    pub path: String,
    /// The names and values of the headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body; `None` sends neither a body nor `Content-Length`.
    pub body: Option<Vec<u8>>,
    pub reading: Reading,
    /// How long it may take, from sent to the last byte; `None` for as long as the run's options say.
    pub time_limit: Option<Micros>,
    pub redirects: Redirects,
    pub wanted: Wanted,
    /// Why it cannot be sent as it was filled; `None` when it can.
    pub unsendable: Option<Box<Failure>>,
    /// The template that filled this request last, if it has no blanks. The same template need not fill it again.
    pub filled_from: Option<TemplateId>,
    /// The bytes that a lane wrote for this request, so that it can send them again. Emptied when the request changes.
    pub written: RefCell<Vec<u8>>,
    pub spare: Spare,
}

/// Memory of headers and of a body that an earlier filling had and this one has not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spare {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// The parts of an answer that the client hands back. It counts and drops the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub head: bool,
    pub body: bool,
    pub events: bool,
}

impl Wanted {
    /// All parts of the answer, for `run-once`.
    pub const ALL: Self = Self { head: true, body: true, events: true };

    /// Whether any part of the answer is wanted.
    pub const fn is_anything(self) -> bool {
        self.head || self.body || self.events
    }

    /// The parts that either wants.
    pub const fn and(self, other: Self) -> Self {
        Self {
            head: self.head || other.head,
            body: self.body || other.body,
            events: self.events || other.events,
        }
    }
}

impl Request {
    /// Keeps the first so many headers, or adds further ones to be filled.
    pub fn resize_headers(&mut self, count: usize) {
        let kept = count.min(self.headers.len());
        self.spare.headers.extend(self.headers.drain(kept..).rev());
        while self.headers.len() < count {
            let header = self.take_header();
            self.headers.push(header);
        }
    }

    /// A header to be filled; its content is an earlier one's.
    pub fn take_header(&mut self) -> (String, String) {
        self.spare.headers.pop().unwrap_or_default()
    }

    /// An empty body to be filled.
    pub fn take_body(&mut self) -> Vec<u8> {
        let mut body = self.body.take().unwrap_or_else(|| std::mem::take(&mut self.spare.body));
        body.clear();
        body
    }

    /// Leaves the request without a body.
    pub fn drop_body(&mut self) {
        if let Some(body) = self.body.take() {
            self.spare.body = body;
        }
    }

    /// The body as text; what is not UTF-8 in it is replaced.
    pub fn body_text(&self) -> Option<std::borrow::Cow<'_, str>> {
        self.body.as_deref().map(String::from_utf8_lossy)
    }
}
