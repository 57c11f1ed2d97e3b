//! How the requests of a class show who its user is, and how an expired token is renewed.

use serde::{Deserialize, Serialize};

use super::matching::Statuses;
use super::step::Step;
use super::text::Template;
use crate::core::base::units::Micros;

/// Headers that every request of a class carries, unless it is [not authorized](super::request::Authorized::No).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Auth {
    /// The names and values, filled anew for each request. A header whose blanks are all unset is not sent. They are
    /// not among [`RequestTemplate::headers`](super::request::RequestTemplate::headers).
    pub headers: Vec<(String, Template)>,
    pub refresh: Option<Refresh>,
}

/// How an expired token is renewed, as the Oddiya app does it: one refresh at a time per user. A request whose answer
/// has one of the statuses while a refresh runs waits for it, and is sent once more after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refresh {
    /// The statuses that say that the token has expired: 401.
    pub statuses: Statuses,
    /// What is done to renew it. These requests never wait for a refresh, so that one that is refused cannot block
    /// itself, as it does in the app.
    pub steps: Vec<Step>,
    /// How long a refresh may take. After that it counts as hung, and those that wait go on as if it was refused.
    pub deadline: Micros,
    pub refused: AfterRefusal,
}

/// What follows a refresh that was refused or hung.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AfterRefusal {
    /// The answer that asked for it stands, and the session ends.
    #[default]
    EndSession,
    /// The answer that asked for it stands, and the next step follows.
    Continue,
}
