//! Texts with blanks, and what fills a blank: a value of the user, a generator, a row of data.

use serde::{Deserialize, Serialize};

use super::ids::DataId;

/// A text with blanks. Neighbouring texts are one part, so a text without blanks has at most one part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Template {
    pub parts: Vec<Part>,
}

impl Template {
    /// A text without blanks.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Text(text.into())] }
    }

    pub fn has_blanks(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Blank { .. }))
    }
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Part {
    Text(String),
    Blank { source: Source, escape: Escape },
}

/// How a value is written where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Escape {
    /// As it is.
    Plain,
    /// As the content of a JSON string, whose quotes stand in the text around it.
    JsonString,
    /// As a whole JSON value: a text in quotes, JSON and numbers as they are, a list as an array.
    JsonValue,
    /// Percent-encodes what cannot stand in a request's path: spaces, controls, non-ASCII, `"`, `<`, `>`, braces. A value
    /// may have `/`, `?` and `%`, so that it can be a link from an answer.
    Path,
    /// Percent-encodes everything but letters, digits and `-._~`, for a value in a query or in a form.
    Query,
}

/// Index of a value of a user, and of its name in [`UserClass::slots`](super::class::UserClass::slots).
///
/// At run time a slot is unset, or holds a text, JSON (`7`, `true`, `{…}`) as it came in an answer or from a generator of
/// numbers, or a [list](Source::Pick) of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot(pub usize);

/// What fills a blank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Source {
    /// A value of the user. Nothing when it is unset.
    Slot(Slot),
    /// One entry of a list, each equally likely. Nothing when the list is empty or unset.
    Pick(Slot),
    /// The number of entries of a list; 0 when it is unset, 1 for a single value.
    Count(Slot),
    /// A field of the user's present row of a data set.
    Column { data: DataId, column: usize },
    /// The number of the user in the run, from 1.
    User,
    /// The number of tasks that the user has begun, from 1; 0 in `on_start`.
    Iteration,
    /// A number, `true`, `false` or `null` that the file has as the value of a variable. JSON.
    Json(String),
    /// What the last answer of the user was like.
    Last(LastAnswer),
    /// A drawn or computed value.
    Generator(Generator),
}

/// What is known of a user's last answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LastAnswer {
    /// The status; nothing when there was no complete answer.
    Status,
    /// The latency in whole milliseconds.
    LatencyMs,
    /// `true` when an event of the stream said `"cached": true`, else `false`.
    Cached,
    /// `true` when the request was counted as a failure, else `false`.
    Failed,
}

/// A value that is drawn or computed each time it is used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Generator {
    /// A whole number, both ends included. A number in JSON.
    Int { from: i64, to: i64 },
    /// A number with `digits` digits after the point, both ends included and given in units of the last digit. A
    /// number in JSON.
    Decimal { from: i64, to: i64, digits: u8 },
    /// A random UUID, version 4.
    Uuid,
    /// One of several texts.
    Choice(Choice),
    /// A day as `2026-03-31`: so many days after the base, both ends included, drawn evenly.
    Date { base: DateBase, from_days: i32, to_days: i32 },
    /// The present time. A number in JSON, except for [`TimestampForm::Iso`].
    Timestamp(TimestampForm),
    /// The number of times that this user has used this counter, from 1, kept in the slot. A number in JSON.
    Counter(Slot),
    /// Random letters and digits (`a-z0-9`), between so many, both ends included.
    Text { from: u32, to: u32 },
    /// The text in base64, with the standard alphabet and padding.
    Base64(Box<Template>),
    /// The unsigned token that Oddiya's gateway takes: base64url of `{"alg":"none"}`, of `{"userId":N}`, and `x`, with
    /// dots between. The text is the number.
    MintedToken(Box<Template>),
}

/// Texts to draw from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// At least one.
    pub texts: Vec<String>,
    /// For each text the sum of the weights up to and with it. Empty when all are equally likely. The choice is the
    /// first text whose sum is above a number drawn below the last sum. Weights by Zipf's law stand here as well.
    pub sums: Vec<u64>,
}

/// What a day is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DateBase {
    /// The present day, in UTC.
    Today,
    /// A value that begins with a day, such as `2026-03-31`.
    Slot(Slot),
}

/// How a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimestampForm {
    /// Whole seconds since 1970.
    Seconds,
    /// Whole milliseconds since 1970.
    Millis,
    /// `2026-03-31T12:00:00.000Z`.
    Iso,
}
