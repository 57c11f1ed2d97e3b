//! The fields of a posted fault: each given once, taken one by one within their limits, none left over. Pure.

use std::fmt;
use std::ops::RangeInclusive;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::bad::BadFault;

/// The longest duration of a fault, in seconds: a day.
const LONGEST_SECS: f64 = 86_400.0;

/// What is left of the fields.
pub struct Fields(Map<String, Value>);

impl Fields {
    pub fn take_kind(&mut self) -> Result<String, BadFault> {
        match self.0.remove("kind") {
            Some(Value::String(kind)) => Ok(kind),
            _ => Err(BadFault::Kind),
        }
    }

    pub fn take_seconds(&mut self) -> Result<f64, BadFault> {
        self.take_number("seconds", 0.0..=LONGEST_SECS, "a number of seconds from 0 to 86400")
    }

    pub fn take_seconds_or_none(&mut self) -> Result<Option<f64>, BadFault> {
        match self.0.get("seconds") {
            None | Some(Value::Null) => {
                self.0.remove("seconds");
                Ok(None)
            }
            Some(_) => self.take_seconds().map(Some),
        }
    }

    pub fn take_share(&mut self) -> Result<f64, BadFault> {
        self.take_number("share", 0.0..=1.0, "a number from 0 to 1")
    }

    pub fn take_status(&mut self) -> Result<u16, BadFault> {
        let wanted = "a whole HTTP status from 400 to 599";
        let status = self.take_number("status", 400.0..=599.0, wanted)?;
        if status.fract() == 0.0 {
            Ok(status as u16)
        } else {
            Err(BadFault::Field { field: "status", wanted })
        }
    }

    pub fn take_route(&mut self) -> Result<Option<String>, BadFault> {
        let wanted = "a route's name as /__stub/stats shows it, such as /api/plans/{id}";
        match self.0.remove("route") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(route)) => Ok(Some(route)),
            Some(_) => Err(BadFault::Field { field: "route", wanted }),
        }
    }

    pub fn are_all_taken(self) -> Result<(), BadFault> {
        match self.0.into_iter().next() {
            Some((unknown, _)) => Err(BadFault::Unknown(unknown)),
            None => Ok(()),
        }
    }

    fn take_number(
        &mut self,
        field: &'static str,
        range: RangeInclusive<f64>,
        wanted: &'static str,
    ) -> Result<f64, BadFault> {
        let number = self.0.remove(field).and_then(|value| value.as_f64());
        number.filter(|number| range.contains(number)).ok_or(BadFault::Field { field, wanted })
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(body: D) -> Result<Self, D::Error> {
        body.deserialize_any(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut given: A) -> Result<Fields, A::Error> {
        let mut fields = Map::new();
        while let Some((name, value)) = given.next_entry::<String, Value>()? {
            if fields.insert(name.clone(), value).is_some() {
                return Err(A::Error::custom(format!(
                    "it has `{name}` twice; post one fault after the other"
                )));
            }
        }
        Ok(Fields(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Fields, A::Error> {
        Err(A::Error::custom("it is a list; post one fault after the other"))
    }
}
