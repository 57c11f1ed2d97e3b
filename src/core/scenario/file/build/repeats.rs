//! Reads how a request is sent again, and the times and statuses that several steps share.

use super::values::{duration, share, statuses};
use crate::core::base::units::Micros;
use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::problem::Place;
use crate::core::scenario::file::settings::Settings;
use crate::core::scenario::file::trouble::Trouble;
use crate::core::scenario::file::wire::forms::{OneOrMore, Scalar};
use crate::core::scenario::file::wire::request::{WireAgain, WireAgainHow, WireRetry};
use crate::core::scenario::model::again::{Again, AgainHow, Backoff, Retry, RetryWithoutAnswer};
use crate::core::scenario::model::answer::JsonPath;
use crate::core::scenario::model::request::Statuses;

/// A time that was written, or the usual one.
pub fn time(at: Option<&At<String>>, usual: Micros, trouble: &Trouble) -> Micros {
    at.and_then(|at| trouble.keep(at, duration(&at.value))).unwrap_or(usual)
}

/// A set of statuses that was written, or the usual one.
pub fn statuses_or(at: Option<&At<OneOrMore>>, usual: &[(u16, u16)], trouble: &Trouble) -> Statuses {
    let read = at.and_then(|at| set_of_statuses(at, trouble));
    read.unwrap_or_else(|| Statuses { ranges: usual.to_vec() })
}

/// A set of statuses: one text, or a list of such texts.
pub fn set_of_statuses(at: &At<OneOrMore>, trouble: &Trouble) -> Option<Statuses> {
    let one = |place: Place, value: &Scalar| {
        statuses(&value.text).map_err(|problem| trouble.within(place, &value.text, problem)).ok()
    };
    match &at.value {
        OneOrMore::One(value) => one(at.place, value),
        OneOrMore::More(values) if values.is_empty() => {
            trouble.add(at.place, 1, "the list is empty; write one status or more, such as `[200, 404]`");
            None
        }
        OneOrMore::More(values) => {
            // All of them are read, so that every wrong one is told.
            let sets: Vec<_> = values.iter().map(|at| one(at.place, &at.value)).collect();
            let sets = sets.into_iter().collect::<Option<Vec<_>>>()?;
            Some(Statuses { ranges: sets.into_iter().flat_map(|set| set.ranges).collect() })
        }
    }
}

/// A whole number in a range.
pub fn number(at: &At<i64>, what: &str, from: u32, to: u32, trouble: &Trouble) -> Option<u32> {
    let number = u32::try_from(at.value).ok().filter(|number| (from..=to).contains(number));
    if number.is_none() {
        let message =
            format!("{what} {} is out of range; write a whole number from {from} to {to}", at.value);
        trouble.add(at.place, at.value.to_string().len(), message);
    }
    number
}

/// The most attempts, and the most times that one request is sent.
const MOST_TIMES: u32 = 100;

/// Reads retries.
pub fn retry(wire: &WireRetry, trouble: &Trouble) -> Option<Retry> {
    let attempts = number(&wire.attempts, "the number of attempts", 2, MOST_TIMES, trouble)?;
    let factor = match &wire.factor {
        Some(at) if !(1.0..=100.0).contains(&at.value) => {
            trouble.add(
                at.place,
                1,
                format!("the factor {} is out of range; write a number from 1 to 100", at.value),
            );
            return None;
        }
        Some(at) => at.value,
        None => 2.0,
    };
    let jitter = match &wire.jitter {
        Some(at) => share_of(at, trouble)?,
        None => 0.0,
    };
    let without_answer = match wire.without_answer {
        Some(false) => RetryWithoutAnswer::GiveUp,
        Some(true) | None => RetryWithoutAnswer::Retry,
    };
    let backoff = Backoff {
        first: time(wire.first.as_ref(), Micros::SECOND, trouble),
        factor,
        longest: time(wire.longest.as_ref(), Micros::from_secs(30), trouble),
        jitter,
    };
    let statuses = statuses_or(wire.on.as_ref(), &[(429, 429), (502, 504)], trouble);
    Some(Retry { attempts, statuses, without_answer, backoff })
}

/// Reads a share such as `10 %`.
pub fn share_of(at: &At<String>, trouble: &Trouble) -> Option<f64> {
    let read = share(&at.value).ok_or_else(|| format!("`{}` is no share; write `10 %` or `0.1`", at.value));
    trouble.keep(at, read)
}

/// Reads the test that one key has one effect.
pub fn again(wire: &WireAgain, same: JsonPath, settings: &Settings, trouble: &Trouble) -> Option<Again> {
    let times = match &wire.times {
        Some(at) => number(at, "the number of times", 2, MOST_TIMES, trouble)?,
        None => 2,
    };
    if let (Some(after), false) = (&wire.after, wire.how == WireAgainHow::AfterTimeout) {
        trouble.about(after, "`after` belongs to `how: after timeout`");
    }
    let how = match wire.how {
        WireAgainHow::InSequence => AgainHow::InSequence,
        WireAgainHow::InParallel => AgainHow::InParallel,
        WireAgainHow::AfterTimeout => {
            AgainHow::AfterTimeout { after: time(wire.after.as_ref(), Micros::SECOND, trouble) }
        }
    };
    let tolerated = wire.tolerate.as_ref().map(|at| statuses_or(Some(at), &[], trouble));
    let check =
        wire.name.as_deref().map_or_else(|| "one key, one effect".to_owned(), |name| settings.hide(name));
    Some(Again { how, times, same, tolerated, check })
}
