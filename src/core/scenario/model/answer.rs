//! What is taken from an answer, and what is checked in it.

use serde::{Deserialize, Serialize};

use super::condition::Comparison;
use super::matching::{Pattern, Statuses};
use super::text::{Slot, Template};
use crate::core::base::event_kind::EventKind;
use crate::core::base::units::Micros;

/// Takes a value from an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extraction {
    pub into: Slot,
    pub from: Place,
    pub take: Take,
    pub missing: Missing,
    /// The name of the failed check when nothing was found: `extract NAME`.
    pub check: String,
}

/// Where a value stands in an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Place {
    /// In the JSON body. A JSON string gives a text, anything else JSON.
    Json(JsonPath),
    /// In the first header of that name, in lower case.
    Header(String),
    /// In the cookie of that name that the answer sets.
    Cookie(String),
    /// What a group of the pattern (0: all of it) matches in the body.
    Regex {
        pattern: Pattern,
        group: usize,
    },
    /// In the data of the events of one type.
    Event {
        kind: EventKind,
        path: JsonPath,
    },
    /// The whole body.
    Body,
    Status,
}

/// Which of several values is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Take {
    #[default]
    First,
    Last,
    /// One, each equally likely.
    Random,
    /// All, as a list.
    All,
}

/// What follows when nothing was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Missing {
    /// The request is a failure of kind `check`, and the task ends.
    Fail,
    /// The task ends without a failure.
    Skip,
    /// This value is taken.
    Default(Template),
    /// An empty list: what [`Take::All`] finds when there is nothing.
    EmptyList,
}

/// A way into a JSON value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonPath(pub Vec<Segment>);

/// One step into a JSON value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Segment {
    /// The member of that name. Where the value is an array and the name a whole number, the element of that index.
    Field(String),
    /// The element of that index; a negative one counts from the end.
    Index(i64),
    /// Every element of an array or member of an object.
    All,
}

/// Something that must be so in an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The name in the report. Checks of the same name and entry are counted together.
    pub name: String,
    pub test: Test,
}

/// What a check looks at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Test {
    Status(Statuses),
    Json {
        path: JsonPath,
        must: Must,
    },
    /// Every value of the header; the name is in lower case.
    Header {
        name: String,
        must: Must,
    },
    Body(Must),
    /// The data of every event of one type must pass; there must be one.
    Event {
        kind: EventKind,
        path: JsonPath,
        must: Must,
    },
    /// The size of the body in bytes, both ends included.
    Size {
        from: u64,
        to: u64,
    },
    Latency {
        at_most: Micros,
    },
    /// A condition on the user's values, after the extractions.
    Condition(super::condition::Condition),
}

/// What a value must be. Where a path finds several values, one of them must be so, except for [`Must::Count`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Must {
    /// It is there, even as `null`.
    Exist,
    BeAbsent,
    /// The comparison holds: as numbers where both are numbers, else as texts.
    Compare(Comparison, Template),
    Contain(Template),
    NotContain(Template),
    Match(Pattern),
    /// The number of elements of an array, of members of an object, of characters of a text, or of the values that a
    /// path with [`Segment::All`] finds; both ends included.
    Count {
        from: u64,
        to: u64,
    },
    /// The type of a JSON value.
    BeOfType(JsonType),
}

/// A type of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JsonType {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}
