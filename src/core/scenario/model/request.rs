//! A request with its texts, and what is expected of its answer.

use serde::{Deserialize, Serialize};

pub use super::ids::TemplateId;
pub use super::matching::{Pattern, Statuses};

use super::again::{Again, Retry};
use super::answer::{Check, Extraction};
use super::ids::{BlobId, EntryId, ServiceId};
use super::text::Template;
use crate::core::base::units::Micros;
use crate::core::scenario::method::Method;
use crate::core::scenario::reading::Reading;

/// A request, and what is done with its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestStep {
    /// The entry that counts it. For a stream that says that it is cached, it is [`StreamRules::cached_entry`].
    pub entry: EntryId,
    pub request: RequestTemplate,
    /// How long it may take, with all its redirects.
    pub timeout: Micros,
    pub redirects: Redirects,
    /// The statuses of success; `None` for those below 400.
    pub expect: Option<Statuses>,
    /// What else must be so; looked at only after a status of success.
    pub checks: Vec<Check>,
    /// What is taken from the answer. Looked at after a status of success, before the checks.
    pub extractions: Vec<Extraction>,
    /// What makes an event stream a success; `Some` when [`RequestTemplate::reading`] is [`Reading::Events`].
    pub stream: Option<StreamRules>,
    pub authorized: Authorized,
    pub retry: Option<Retry>,
    /// Sends the same request several times; `None` for once.
    pub again: Option<Again>,
    pub on_failure: OnFailure,
    /// What makes the plan that the answer holds; `None` when it holds none.
    #[serde(default)]
    pub plan: Option<PlanModel>,
}

/// A request whose texts may have blanks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestTemplate {
    /// `Some` only when no text has blanks and no auth header is added, so that it need not be filled again.
    pub id: Option<TemplateId>,
    pub service: ServiceId,
    pub method: Method,
    /// The path and the query, from the root of the service. It starts with `/`.
    pub path: Template,
    /// The names and values of the headers, in order: the class's, the request's own, and the body's content type.
    pub headers: Vec<(String, Template)>,
    pub body: Body,
    pub reading: Reading,
}

impl RequestTemplate {
    /// Whether a text has blanks.
    pub fn has_blanks(&self) -> bool {
        let texts = self.headers.iter().map(|(_, value)| value).chain([&self.path]);
        texts.chain(self.body.texts()).any(Template::has_blanks)
    }
}

/// What is sent after the head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Body {
    /// Neither a body nor `Content-Length`.
    None,
    /// JSON, a form or any text, escaped where it has blanks.
    Text(Template),
    /// The pieces of a multipart body, boundaries and part heads included, in order.
    Pieces(Vec<BodyPiece>),
}

impl Body {
    fn texts(&self) -> Box<dyn Iterator<Item = &Template> + '_> {
        match self {
            Self::None => Box::new(std::iter::empty()),
            Self::Text(text) => Box::new(std::iter::once(text)),
            Self::Pieces(pieces) => Box::new(pieces.iter().filter_map(|piece| match piece {
                BodyPiece::Text(text) => Some(text),
                BodyPiece::File(_) => None,
            })),
        }
    }
}

/// A piece of a multipart body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BodyPiece {
    Text(Template),
    File(BlobId),
}

/// Whether redirects are followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Redirects {
    /// As the run's options say.
    #[default]
    Followed,
    /// A redirect is the answer.
    Kept,
}

/// Whether a request carries what its class's auth says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authorized {
    /// The request carries the class's auth, if the class has one.
    #[default]
    Yes,
    No,
}

/// What a failed request means for the steps after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnFailure {
    /// The next step follows.
    #[default]
    Continue,
    /// The task ends, and the think time follows.
    EndTask,
    /// The session ends.
    EndSession,
}

/// What makes the host's plans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlanModel {
    /// A model, or a mocked one, which gives placeholder plans all the time.
    #[default]
    Any,
    /// A living model: a placeholder plan is a failure.
    Real,
}

/// What makes an event stream a success: `complete`, then `done`, and no `error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamRules {
    /// The entry of streams that say `"cached": true`, so that their times are apart from those of fresh ones.
    pub cached_entry: EntryId,
    pub progress: ProgressRule,
}

/// What the field `progress` of a stream's events must be like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProgressRule {
    /// `progress` may have any value.
    #[default]
    Free,
    /// `progress` is never less than in the event before, and never above 100.
    Monotone,
}
