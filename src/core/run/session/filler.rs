//! Fills the blanks of texts with a user's values, rows of data and what generators draw.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::draw::letters;
use super::escape::{write_json, write_text, write_value};
use super::generate::{choice, day_of, int, read_day, write_day, write_decimal, write_timestamp};
use super::values::{Length, MOST_BYTES, Value, Values};
use crate::core::base::failure::Status;
use crate::core::base::rng::Rng;
use crate::core::base::units::Micros;
use crate::core::scenario::Scenario;
use crate::core::scenario::host_users::write_minted_token;
use crate::core::scenario::model::data::Cell;
use crate::core::scenario::model::scenario::DataId;
use crate::core::scenario::model::text::{
    DateBase, Escape, Generator, LastAnswer, Part, Slot, Source, Template,
};

/// What is known of the last answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastSeen {
    /// `None` when there was no complete answer.
    pub status: Option<Status>,
    pub latency: Micros,
    pub is_cached: bool,
    pub has_failed: bool,
}

/// What blanks are filled with.
pub struct Filler<'a> {
    pub values: &'a mut Values,
    pub scenario: &'a Scenario,
    /// The present row of each data set.
    pub rows: &'a [Option<usize>],
    /// The user's place in the run, from 0; its number is one more.
    pub user: u32,
    /// How many tasks the user has begun.
    pub iteration: u64,
    pub last: LastSeen,
    /// The present time in milliseconds since 1970.
    pub unix_ms: u64,
    pub rng: &'a mut Rng,
    /// Whether every text that was filled so far is within [`MOST_BYTES`](super::values::MOST_BYTES). A longer one is cut.
    pub length: Length,
}

impl Filler<'_> {
    /// Replaces the content of `out` by the filled text.
    pub fn fill(&mut self, template: &Template, out: &mut String) {
        out.clear();
        self.append(template, out);
    }

    /// The filled text.
    pub fn text(&mut self, template: &Template) -> String {
        let mut out = String::new();
        self.append(template, &mut out);
        out
    }

    /// The value that a template gives: a single blank keeps what it is, anything else is a text.
    pub fn value(&mut self, template: &Template) -> Value {
        match template.parts.as_slice() {
            [Part::Blank { source: Source::Slot(slot), .. }] => self.values.get(*slot).clone(),
            [Part::Blank { source: Source::Pick(slot), .. }] => self.pick(*slot),
            [Part::Blank { source: Source::Column { data, column }, .. }] => match self.field(*data, *column)
            {
                Some(Cell::Text(text)) => Value::Text(text.clone()),
                Some(Cell::Json { json }) => Value::Json(json.clone()),
                None => Value::Text(String::new()),
            },
            [Part::Blank { source, .. }] if self.is_json(source) => Value::Json(self.text(template)),
            _ => Value::Text(self.text(template)),
        }
    }

    /// Whether every blank of a template is an unset value, as in `Bearer ${token}` before the login, or an empty field.
    pub fn is_unset(&self, template: &Template) -> bool {
        let mut blanks = template.parts.iter().filter_map(|part| match part {
            Part::Blank { source: Source::Slot(slot) | Source::Pick(slot), .. } => {
                Some(self.values.get(*slot).is_filled())
            }
            Part::Blank { source: Source::Column { data, column }, .. } => {
                Some(!matches!(self.field(*data, *column), Some(Cell::Text(text)) if text.is_empty()))
            }
            Part::Blank { .. } => Some(true),
            Part::Text(_) => None,
        });
        blanks.clone().next().is_some() && !blanks.any(|is_filled| is_filled)
    }

    fn append(&mut self, template: &Template, out: &mut String) {
        for part in &template.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Blank { source, escape } => self.blank(source, *escape, out),
            }
            if out.len() > MOST_BYTES {
                self.length = Length::TooLong;
                return;
            }
        }
    }

    /// One entry of a list, each equally likely.
    fn pick(&mut self, slot: Slot) -> Value {
        let entries = self.values.get(slot).entries();
        let drawn = self.rng.below(entries.len() as u64) as usize;
        entries.get(drawn).cloned().unwrap_or_else(|| Value::Text(String::new()))
    }

    fn blank(&mut self, source: &Source, escape: Escape, out: &mut String) {
        match source {
            Source::Slot(slot) => write_value(self.values.get(*slot), escape, out),
            Source::Pick(slot) => {
                let entries = self.values.get(*slot).entries();
                let drawn = self.rng.below(entries.len() as u64) as usize;
                entries.get(drawn).into_iter().for_each(|entry| write_value(entry, escape, out));
            }
            Source::Count(slot) => write_number(self.values.get(*slot).entries().len(), out),
            Source::Column { data, column } => {
                self.field(*data, *column).into_iter().for_each(|field| match field {
                    Cell::Text(text) => write_text(text, escape, out),
                    Cell::Json { json } => write_json(json, escape, out),
                });
            }
            // A number, a truth value or null, which needs no escape anywhere.
            Source::Json(constant) => out.push_str(constant),
            Source::User => write_number(u64::from(self.user) + 1, out),
            Source::Iteration => write_number(self.iteration, out),
            Source::Last(what) => self.last_answer(*what, out),
            Source::Generator(generator) => self.generator(generator, escape, out),
        }
    }

    fn field(&self, data: DataId, column: usize) -> Option<&Cell> {
        let row = (*self.rows.get(data.0)?)?;
        self.scenario.data.get(data.0)?.rows.get(row)?.get(column)
    }

    fn last_answer(&self, what: LastAnswer, out: &mut String) {
        match what {
            LastAnswer::Status => self.last.status.into_iter().for_each(|status| write_number(status, out)),
            LastAnswer::LatencyMs => write_number(self.last.latency.0 / 1_000, out),
            LastAnswer::Cached => write_number(self.last.is_cached, out),
            LastAnswer::Failed => write_number(self.last.has_failed, out),
        }
    }

    /// Appends what a generator gives. Numbers, days, ids and tokens need no escape but quotes in JSON.
    fn generator(&mut self, generator: &Generator, escape: Escape, out: &mut String) {
        let quoted = escape == Escape::JsonValue && !self.is_json_of(generator);
        let quote = |out: &mut String| {
            if quoted {
                out.push('"')
            }
        };
        match generator {
            Generator::Choice(texts) => return write_text(choice(texts, self.rng), escape, out),
            Generator::Base64(template) => {
                let text = self.text(template);
                return write_text(&BASE64.encode(text), escape, out);
            }
            Generator::Timestamp(form) if !matches!(escape, Escape::Plain | Escape::JsonValue) => {
                let mut moment = String::new();
                write_timestamp(self.unix_ms, *form, &mut moment);
                return write_json(&moment, escape, out);
            }
            _ => {}
        }
        quote(out);
        match generator {
            Generator::Int { from, to } => write_number(int(*from, *to, self.rng), out),
            Generator::Decimal { from, to, digits } => write_decimal(int(*from, *to, self.rng), *digits, out),
            Generator::Uuid => self.rng.write_uuid(out),
            Generator::Date { base, from_days, to_days } => {
                let days = int(i64::from(*from_days), i64::from(*to_days), self.rng);
                self.day(*base).into_iter().for_each(|base| write_day(base, days, out));
            }
            Generator::Timestamp(form) => write_timestamp(self.unix_ms, *form, out),
            Generator::Counter(slot) => {
                let before = self.values.get(*slot).entries().first();
                let before = before.and_then(|value| value.as_text().parse::<u64>().ok());
                let count = before.unwrap_or_default() + 1;
                write_number(count, out);
                self.values.set(*slot, Value::Json(count.to_string()));
            }
            Generator::Text { from, to } => {
                let length = int(i64::from(*from), i64::from(*to), self.rng);
                letters(length.unsigned_abs(), out, self.rng);
            }
            Generator::MintedToken(template) => write_minted_token(&self.text(template), out),
            Generator::Choice(_) | Generator::Base64(_) => {}
        }
        quote(out);
    }

    fn day(&self, base: DateBase) -> Option<time::Date> {
        match base {
            DateBase::Today => day_of(self.unix_ms),
            DateBase::Slot(slot) => read_day(self.values.get(slot).entries().first()?.as_text()),
        }
    }

    fn is_json(&self, source: &Source) -> bool {
        match source {
            Source::Count(_) | Source::Json(_) | Source::User | Source::Iteration | Source::Last(_) => true,
            Source::Generator(generator) => self.is_json_of(generator),
            Source::Slot(_) | Source::Pick(_) | Source::Column { .. } => false,
        }
    }

    /// Whether a generator gives JSON that is no string.
    const fn is_json_of(&self, generator: &Generator) -> bool {
        use crate::core::scenario::model::text::TimestampForm::{Millis, Seconds};
        matches!(
            generator,
            Generator::Int { .. }
                | Generator::Decimal { .. }
                | Generator::Counter(_)
                | Generator::Timestamp(Seconds | Millis)
        )
    }
}

fn write_number(number: impl std::fmt::Display, out: &mut String) {
    // Cannot fail: the sink is a String.
    let _ = write!(out, "{number}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::run::session::values::List;
    use crate::core::scenario::model::data::{DataSet, RowOrder, RowOrigin};

    fn blank(source: Source, escape: Escape) -> Part {
        Part::Blank { source, escape }
    }

    fn filled(parts: Vec<Part>) -> String {
        let mut scenario = Scenario::oddiya();
        let rows = vec![vec![Cell::Json { json: "50000".to_owned() }, Cell::Text("비밀".to_owned())]];
        let columns = vec!["email".to_owned(), "password".to_owned()];
        scenario.data = vec![DataSet {
            name: "users".to_owned(),
            columns,
            rows,
            order: RowOrder::Unique,
            origin: RowOrigin::Text,
        }];
        let mut values = Values::unset(3);
        values.set(Slot(0), Value::Text("Jeju \"do\"".to_owned()));
        values.set(Slot(1), Value::List(List::of([Value::Json("71".to_owned())])));
        let last =
            LastSeen { status: Some(404), latency: Micros(12_900), is_cached: true, has_failed: false };
        let mut filler = Filler {
            values: &mut values,
            scenario: &scenario,
            rows: &[Some(0)],
            user: 7,
            iteration: 3,
            last,
            unix_ms: 0,
            rng: &mut Rng::new(1),
            length: Length::Right,
        };
        filler.text(&Template { parts })
    }

    #[test]
    fn a_blank_is_filled_with_what_it_names() {
        let of = |source| filled(vec![blank(source, Escape::Plain)]);
        assert_eq!(of(Source::Slot(Slot(0))), "Jeju \"do\"");
        assert_eq!((of(Source::Slot(Slot(2))), of(Source::Pick(Slot(2)))), (String::new(), String::new()));
        assert_eq!(
            (of(Source::Pick(Slot(1))), of(Source::Count(Slot(1)))),
            ("71".to_owned(), "1".to_owned())
        );
        assert_eq!(of(Source::Column { data: DataId(0), column: 1 }), "비밀");
        assert_eq!((of(Source::User), of(Source::Iteration)), ("8".to_owned(), "3".to_owned()));
        let last = [LastAnswer::Status, LastAnswer::LatencyMs, LastAnswer::Cached, LastAnswer::Failed];
        assert_eq!(last.map(|what| of(Source::Last(what))), ["404", "12", "true", "false"]);
    }

    #[test]
    fn a_json_value_has_quotes_only_where_it_is_a_text() {
        let of = |source| filled(vec![blank(source, Escape::JsonValue)]);
        assert_eq!(of(Source::Slot(Slot(0))), r#""Jeju \"do\"""#);
        assert_eq!(of(Source::Slot(Slot(2))), "null");
        let column = |column| of(Source::Column { data: DataId(0), column });
        assert_eq!((column(0), column(1)), ("50000".to_owned(), r#""비밀""#.to_owned()));
        assert_eq!(of(Source::Pick(Slot(1))), "71", "an entry of a list stays a number");
        assert_eq!(of(Source::Generator(Generator::Int { from: 5, to: 5 })), "5");
        let day = Generator::Date { base: DateBase::Today, from_days: 1, to_days: 1 };
        assert_eq!(of(Source::Generator(day)), r#""1970-01-02""#);
        let base64 = Generator::Base64(Box::new(Template::plain("user:pass")));
        assert_eq!(of(Source::Generator(base64)), r#""dXNlcjpwYXNz""#);
    }

    #[test]
    fn a_counter_counts_in_its_slot() {
        let counter = || blank(Source::Generator(Generator::Counter(Slot(2))), Escape::Plain);
        let slot = blank(Source::Slot(Slot(2)), Escape::Plain);
        assert_eq!(
            filled(vec![counter(), Part::Text("-".to_owned()), counter(), Part::Text("-".to_owned()), slot]),
            "1-2-2"
        );
    }
}
