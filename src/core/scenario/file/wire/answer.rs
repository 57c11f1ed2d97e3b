//! The form of what is taken from an answer and checked in it.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};

use super::forms::{Fields, Scalar};
use crate::core::scenario::file::decode::At;

/// A value taken from an answer. The place alone is enough, such as `$.id` or `header ETag`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a place such as `$.id`, or `from`, `take` and `missing`")]
#[schemars(rename = "Extract")]
pub struct WireExtract {
    /// Where it stands: `$.a[0].b` or `/a/0/b`, `header NAME`, `cookie NAME`, `regex PATTERN`, `event TYPE $.a`,
    /// `body` or `status`.
    pub from: At<String>,
    /// Which of several values is taken.
    #[serde(default)]
    pub take: WireTake,
    /// The value when nothing was found, in place of a failure.
    #[serde(default)]
    pub default: Option<At<Scalar>>,
    /// What follows when nothing was found; `fail` when it is missing.
    #[serde(default)]
    pub missing: Option<At<WireMissing>>,
}

/// Which of several values is taken.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Take")]
pub enum WireTake {
    #[default]
    First,
    Last,
    /// One, each equally likely.
    Random,
    /// All, as a list.
    All,
}

/// What follows when nothing was found.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Missing")]
pub enum WireMissing {
    /// The request failed, and the task ends.
    Fail,
    /// The task ends without a failure.
    Skip,
}

/// A list of checks, or checks by name.
#[derive(Clone, Debug)]
pub enum WireChecks {
    List(Vec<At<String>>),
    Named(Fields<At<String>>),
}

impl<'de> Deserialize<'de> for WireChecks {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ChecksVisitor;
        impl<'de> Visitor<'de> for ChecksVisitor {
            type Value = WireChecks;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of checks, or `name: check` on each line")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<WireChecks, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(WireChecks::List)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WireChecks, A::Error> {
                Fields::deserialize(MapAccessDeserializer::new(map)).map(WireChecks::Named)
            }
        }
        deserializer.deserialize_any(ChecksVisitor)
    }
}

impl JsonSchema for WireChecks {
    fn schema_name() -> Cow<'static, str> {
        "Checks".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let text = json_schema!({ "type": "string" });
        json_schema!({ "anyOf": [
            { "type": "array", "items": text },
            { "type": "object", "additionalProperties": text },
        ] })
    }
}
