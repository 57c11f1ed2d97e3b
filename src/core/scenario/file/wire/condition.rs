//! The form of a condition: a text, a list, or `all`, `any`, `not`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, MapAccess, SeqAccess, Visitor};

use crate::core::scenario::file::decode::At;

/// A condition as a text, a list of conditions that must all be so, or `all`, `any`, `not`.
#[derive(Clone, Debug)]
pub enum WireCondition {
    Text(String),
    All(Vec<At<WireCondition>>),
    Any(Vec<At<WireCondition>>),
    Not(Box<At<WireCondition>>),
}

impl<'de> Deserialize<'de> for WireCondition {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ConditionVisitor;
        impl<'de> Visitor<'de> for ConditionVisitor {
            type Value = WireCondition;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a condition such as `${status} == 200`, or `all`, `any` or `not`")
            }

            fn visit_str<E>(self, text: &str) -> Result<WireCondition, E> {
                Ok(WireCondition::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<WireCondition, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(WireCondition::All)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WireCondition, A::Error> {
                let Some(word) = map.next_key::<CombinationWord>()? else {
                    return Err(de::Error::custom("an empty condition; write one, or `all`, `any` or `not`"));
                };
                let condition = match word {
                    CombinationWord::All => WireCondition::All(map.next_value()?),
                    CombinationWord::Any => WireCondition::Any(map.next_value()?),
                    CombinationWord::Not => WireCondition::Not(map.next_value()?),
                };
                match map.next_key::<CombinationWord>()? {
                    Some(_) => Err(de::Error::custom(
                        "a condition has one of `all`, `any` and `not`; write one within the other",
                    )),
                    None => Ok(condition),
                }
            }
        }
        deserializer.deserialize_any(ConditionVisitor)
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum CombinationWord {
    All,
    Any,
    Not,
}

impl JsonSchema for WireCondition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let this = generator.subschema_for::<Self>();
        let list = json_schema!({ "type": "array", "items": this });
        json_schema!({ "anyOf": [
            { "type": "string" },
            list,
            { "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
              "properties": { "all": list, "any": list, "not": this } },
        ] })
    }
}
