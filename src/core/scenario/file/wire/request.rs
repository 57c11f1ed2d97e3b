//! The form of what a request has besides its texts: parts of a body, streams, retries, repetitions.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Visitor};

use super::forms::{OneOrMore, Scalar, Whole};
use crate::core::scenario::file::decode::At;

/// A part of a multipart body. A value alone is a field.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a value, or `file` or `text` with `type` and `filename`")]
#[schemars(rename = "Part")]
pub struct WirePart {
    /// The file whose content is sent; the path is relative to the scenario.
    #[serde(default)]
    pub file: Option<At<String>>,
    /// The content, where there is no file.
    #[serde(default)]
    pub text: Option<At<Scalar>>,
    /// The media type, such as `image/jpeg`.
    #[serde(default, rename = "type")]
    pub media_type: Option<At<String>>,
    /// The name that is sent; the file's own when it is missing.
    #[serde(default)]
    pub filename: Option<At<String>>,
}

/// Whether redirects are followed.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Redirects")]
pub enum WireRedirects {
    Follow,
    /// A redirect is the answer.
    Keep,
}

/// What a failed request means for the steps after it.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "OnFailure")]
pub enum WireOnFailure {
    #[serde(rename = "continue")]
    Continue,
    #[serde(rename = "end task")]
    EndTask,
    #[serde(rename = "end session")]
    EndSession,
}

/// Whether the answer is an event stream, and what its field `progress` must be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireStream {
    None,
    Stream,
    /// The field `progress` never falls and never exceeds 100.
    Monotone,
}

impl<'de> Deserialize<'de> for WireStream {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StreamVisitor;
        impl Visitor<'_> for StreamVisitor {
            type Value = WireStream;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or `monotone`")
            }

            fn visit_bool<E>(self, value: bool) -> Result<WireStream, E> {
                Ok(if value { WireStream::Stream } else { WireStream::None })
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<WireStream, E> {
                match text {
                    "monotone" => Ok(WireStream::Monotone),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
        }
        deserializer.deserialize_any(StreamVisitor)
    }
}

impl JsonSchema for WireStream {
    fn schema_name() -> Cow<'static, str> {
        "Stream".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`monotone`: the field `progress` never falls and never exceeds 100.",
            "enum": [true, false, "monotone"],
        })
    }
}

/// When and how often a failed request is sent again. Each attempt is counted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "`attempts`, and perhaps `on`, `first`, `factor`, `longest` and `jitter`"
)]
#[schemars(rename = "Retry")]
pub struct WireRetry {
    /// How often it is sent at most, the first time included.
    #[schemars(with = "Whole<2>")]
    pub attempts: At<i64>,
    /// The statuses after which it is sent again, as a text or as a list; `429, 502..504` when it is missing.
    #[serde(default)]
    pub on: Option<At<OneOrMore>>,
    /// Whether it is sent again when there was no answer; it is when this is missing.
    #[serde(default)]
    pub without_answer: Option<bool>,
    /// The pause before the second attempt; 1 s when it is missing.
    #[serde(default)]
    pub first: Option<At<String>>,
    /// By how much each pause is longer than the one before; 2 when it is missing.
    #[serde(default)]
    pub factor: Option<At<f64>>,
    /// The longest pause; 30 s when it is missing.
    #[serde(default)]
    pub longest: Option<At<String>>,
    /// The random share of each pause, such as `100 %`; none when it is missing.
    #[serde(default)]
    pub jitter: Option<At<String>>,
}

/// The same request again, with the same key: all answers must show the same effect.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "`how` and `same`, and perhaps `times` and `tolerate`")]
#[schemars(rename = "Again")]
pub struct WireAgain {
    /// How it is sent again.
    pub how: WireAgainHow,
    /// How often it is sent in all; 2 when it is missing.
    #[serde(default)]
    #[schemars(with = "Option<Whole<2>>")]
    pub times: Option<At<i64>>,
    /// What must be the same in all answers of success, such as `$.id`.
    pub same: At<String>,
    /// The statuses that an answer may have besides those of success, as a text or as a list.
    #[serde(default)]
    pub tolerate: Option<At<OneOrMore>>,
    /// When the first one is given up, for `after timeout`; 1 s when it is missing.
    #[serde(default)]
    pub after: Option<At<String>>,
    /// The name of the failed check; `one key, one effect` when it is missing.
    #[serde(default)]
    pub name: Option<String>,
}

/// How the same request is sent again.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[schemars(rename = "AgainHow")]
pub enum WireAgainHow {
    /// Each after the answer to the one before.
    #[serde(rename = "in sequence")]
    InSequence,
    /// All at once.
    #[serde(rename = "in parallel")]
    InParallel,
    /// The first is given up before its answer, then it is sent again.
    #[serde(rename = "after timeout")]
    AfterTimeout,
}
