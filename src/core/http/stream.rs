//! One streamed generation of a plan: the moments of its events, and whether the stream succeeded.
//!
//! The llm-agent sends its failures in a response with status 200, so the status does not show them. A stream succeeds
//! when `complete` arrives with a plan and `done` arrives after it. The input is bytes with their moments; `sse.rs`
//! makes events of the bytes, and `reason.rs` finds the host's own reason in an error event. Results are counted
//! elsewhere.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::answer::Events;
use super::reason;
use super::sse::{Event, Parser};
use crate::core::base::event_kind::EventKind;
use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::base::units::Micros;

/// A map from each type of event that was seen to a value. It is a list, because there are only a few types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByKind<T>(Vec<(EventKind, T)>);

impl<T> Default for ByKind<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<(EventKind, T)> for ByKind<T> {
    fn from_iter<I: IntoIterator<Item = (EventKind, T)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl<T> ByKind<T> {
    pub fn get(&self, kind: EventKind) -> Option<&T> {
        self.iter().find(|(known, _)| *known == kind).map(|(_, value)| value)
    }

    /// The value of a type. If there is none yet, `first` makes it.
    #[expect(clippy::indexing_slicing, reason = "the place was found or made a line before")]
    pub fn get_or_insert_with(&mut self, kind: EventKind, first: impl FnOnce() -> T) -> &mut T {
        let place = self.0.iter().position(|(known, _)| *known == kind).unwrap_or(self.0.len());
        if place == self.0.len() {
            self.0.push((kind, first()));
        }
        &mut self.0[place].1
    }

    /// All types and their values, in the order in which the types were first seen.
    pub fn iter(&self) -> impl Iterator<Item = (EventKind, &T)> {
        self.0.iter().map(|(kind, value)| (*kind, value))
    }
}

/// The result of a stream. Moments are on the run's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streamed {
    /// The number of events.
    pub events: u64,
    /// The moment of the first event of each type.
    pub first_of: ByKind<Micros>,
    /// The moment of the first event of any type.
    pub first_event: Option<Micros>,
    /// The longest time between two consecutive events; `None` with fewer than two events.
    pub largest_gap: Option<Micros>,
    /// The moment of the first `complete` with a plan.
    pub complete: Option<Micros>,
    /// The moment of the first `done`.
    pub done: Option<Micros>,
    /// Why the stream failed although its response was complete.
    pub failure: Option<Failure>,
    /// Whether an event said that the plan was kept from before.
    #[serde(default, skip_serializing_if = "Freshness::is_fresh")]
    pub freshness: Freshness,
    /// How the progress that events tell went on.
    #[serde(default, skip_serializing_if = "Progress::is_rising")]
    pub progress: Progress,
}

/// Whether a plan was made for this request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// The plan was made for this request, as far as the events say.
    #[default]
    Fresh,
    /// An event said `"cached": true`.
    Cached,
}

impl Freshness {
    fn is_fresh(&self) -> bool {
        *self == Self::Fresh
    }
}

/// How the progress in a stream's events went on, in percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// It never fell, and never passed 100.
    #[default]
    Rising,
    /// An event told less than one before.
    Fell,
    /// An event told more than 100.
    PassedTheEnd,
}

impl Progress {
    fn is_rising(&self) -> bool {
        *self == Self::Rising
    }
}

/// Reads one stream and collects its result.
#[derive(Debug, Default)]
pub struct StreamReader {
    parser: Parser,
    seen: Streamed,
    latest: Option<Micros>,
    /// What the host gave as the reason in the first error event that has one.
    reason: Option<String>,
    unreadable: Option<Failure>,
    /// The latest progress in percent.
    percent: Option<f64>,
    /// The events themselves, where somebody wants them.
    kept: Option<Events>,
}

/// The part of an event's data that decides the result.
#[derive(Default, Deserialize)]
struct EventData {
    #[serde(default, rename = "type")]
    kind: EventKind,
    /// `None` when the plan is absent or `null`.
    plan: Option<IgnoredAny>,
    #[serde(default)]
    cached: Option<bool>,
    #[serde(default)]
    progress: Option<f64>,
}

impl EventData {
    /// What an event's data says; of data that says it in other types than usual, what can be told.
    fn read(data: &str) -> Self {
        serde_json::from_str(data).or_else(|_| Bare::read(data)).unwrap_or_default()
    }
}

/// An event's data as far as it decides the result, where its other fields are of other types than usual.
#[derive(Deserialize)]
struct Bare {
    #[serde(default, rename = "type")]
    kind: EventKind,
    plan: Option<IgnoredAny>,
}

impl Bare {
    fn read(data: &str) -> Result<EventData, serde_json::Error> {
        let Self { kind, plan } = serde_json::from_str(data)?;
        Ok(EventData { kind, plan, ..EventData::default() })
    }
}

impl StreamReader {
    /// A reader that keeps the events too.
    pub fn keeping() -> Self {
        Self { kept: Some(Events::default()), ..Self::default() }
    }

    /// Moves out the events that were kept.
    pub fn take_events(&mut self) -> Events {
        self.kept.take().unwrap_or_default()
    }

    /// Takes the next bytes, which arrived at the moment `at`.
    pub fn feed(&mut self, bytes: &[u8], at: Micros) {
        if self.unreadable.is_some() {
            return;
        }
        let Self { parser, seen, latest, reason, percent, kept, .. } = self;
        let outcome = parser.feed(bytes, |event| {
            let kind = seen.add(event, at, percent);
            kept.iter_mut().for_each(|kept| kept.push(kind, event.data));
            if kind == EventKind::Error && reason.is_none() {
                *reason = reason::of_error_event(event.data);
            }
            let gap = latest.replace(at).map(|before| at.saturating_sub(before));
            seen.largest_gap = seen.largest_gap.max(gap);
        });
        if let Err(error) = outcome {
            self.unreadable = Some(Failure::new(FailureKind::StreamError, error.to_string()));
        }
    }

    /// The result of the stream, for the outcome of its request. `None` when there was no stream: the status was 400 or
    /// more, or the request failed before the first event.
    pub fn finish(self, outcome: &Result<Status, Failure>) -> Option<Box<Streamed>> {
        let mut seen = self.seen;
        match outcome {
            Ok(status) if Failure::of_status(*status).is_some() => return None,
            Ok(_) => {
                seen.failure = self.unreadable.or_else(|| seen.failure_of_events(self.reason.as_deref()))
            }
            Err(_) if seen.events == 0 => return None,
            Err(_) => {}
        }
        Some(Box::new(seen))
    }
}

impl Streamed {
    /// The same stream with every moment moved, to another clock for example.
    pub fn moved(self, to: impl Fn(Micros) -> Micros) -> Self {
        let first_of = self.first_of.iter().map(|(kind, moment)| (kind, to(*moment))).collect();
        let [first_event, complete, done] =
            [self.first_event, self.complete, self.done].map(|moment| moment.map(&to));
        Self { first_of, first_event, complete, done, ..self }
    }

    fn add(&mut self, event: Event<'_>, at: Micros, percent: &mut Option<f64>) -> EventKind {
        let data = EventData::read(event.data);
        if data.cached == Some(true) {
            self.freshness = Freshness::Cached;
        }
        if let Some(progress) = data.progress {
            self.progress = match percent.replace(progress) {
                _ if self.progress != Progress::Rising => self.progress,
                Some(before) if progress < before => Progress::Fell,
                _ if progress > 100.0 => Progress::PassedTheEnd,
                _ => Progress::Rising,
            };
        }
        // A host may name the event instead of its data: `event: error`.
        let kind = if event.name == EventKind::Error.label() { EventKind::Error } else { data.kind };
        self.events += 1;
        self.first_event.get_or_insert(at);
        self.first_of.get_or_insert_with(kind, || at);
        match kind {
            EventKind::Complete if data.plan.is_some() => drop(self.complete.get_or_insert(at)),
            EventKind::Done => drop(self.done.get_or_insert(at)),
            _ => {}
        }
        kind
    }

    /// Why the events of a complete response are not a success; `None` when they are. The `reason` is the host's own.
    fn failure_of_events(&self, reason: Option<&str>) -> Option<Failure> {
        let fail = |kind, detail| Some(Failure::new(kind, detail));
        let failed_by_event = |what: &str| {
            let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
            Some(Failure::new(FailureKind::StreamError, what.to_owned() + &reason))
        };
        let failed = self.first_of.get(EventKind::Error).is_some();
        match (failed, self.complete, self.done) {
            (true, _, Some(_)) => failed_by_event("an error event, then done"),
            (true, _, None) => failed_by_event("an error event, and no done"),
            (false, None, Some(_)) => fail(FailureKind::StreamError, "done without a plan"),
            (false, Some(_), None) => fail(FailureKind::StreamCut, "after the plan, before done"),
            (false, None, None) if self.events == 0 => fail(FailureKind::StreamCut, "without any event"),
            (false, None, None) => fail(FailureKind::StreamCut, "before the plan"),
            (false, Some(complete), Some(done)) if done < complete => {
                fail(FailureKind::StreamError, "done before the plan")
            }
            (false, Some(_), Some(_)) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads events that are 10 ms apart; the first one is at 10 ms.
    fn read(datas: &[&str]) -> Streamed {
        let mut reader = StreamReader::default();
        for (i, data) in datas.iter().enumerate() {
            reader.feed(format!("data: {data}\n\n").as_bytes(), Micros::from_millis(10 * (i as u64 + 1)));
        }
        *reader.finish(&Ok(200)).unwrap()
    }

    const STATUS: &str = r#"{"type": "status", "message": "서울의 날씨", "progress": 10}"#;
    const COMPLETE: &str = r#"{"type": "complete", "plan": {"days": []}}"#;
    const DONE: &str = r#"{"type": "done"}"#;
    const ERROR: &str = r#"{"type": "error", "message": "x"}"#;

    fn failure(datas: &[&str]) -> (FailureKind, String) {
        let failure = read(datas).failure.unwrap();
        (failure.kind, failure.detail)
    }

    #[test]
    fn a_plan_and_then_done_is_a_success_and_its_moments_are_kept() {
        let seen = read(&[STATUS, STATUS, r#"{"type":"progress"}"#, COMPLETE, DONE]);
        assert_eq!((seen.failure, seen.events), (None, 5));
        let at = |n: u64| Some(Micros::from_millis(10 * n));
        assert_eq!((seen.first_event, seen.complete, seen.done), (at(1), at(4), at(5)));
        assert_eq!(seen.first_of.get(EventKind::Progress).copied(), at(3));
        assert_eq!(seen.largest_gap, at(1));
    }

    #[test]
    fn the_largest_gap_is_between_consecutive_events() {
        let mut reader = StreamReader::default();
        for at in [1_000, 1_100, 1_900, 2_000] {
            reader.feed(b"data: {}\n\n", Micros::from_millis(at));
        }
        let seen = reader.finish(&Ok(200)).unwrap();
        assert_eq!(seen.largest_gap, Some(Micros::from_millis(800)));
        assert_eq!(read(&[DONE]).largest_gap, None);
    }

    #[test]
    fn an_error_inside_a_200_is_a_failure() {
        use FailureKind::StreamError;
        assert_eq!(failure(&[STATUS, ERROR, DONE]), (StreamError, "an error event, then done: x".into()));
        assert_eq!(failure(&[ERROR]), (StreamError, "an error event, and no done: x".into()));
        let without_reason = r#"{"type": "error"}"#;
        assert_eq!(failure(&[without_reason]), (StreamError, "an error event, and no done".into()));
        assert_eq!(failure(&[COMPLETE, ERROR, DONE]).0, StreamError);
        let without_plan = r#"{"type": "complete", "plan": null}"#;
        assert_eq!(failure(&[without_plan, DONE]), (StreamError, "done without a plan".into()));
    }

    #[test]
    fn an_event_that_is_named_error_is_one_whatever_its_data_is() {
        let of = |data: &str| {
            let mut reader = StreamReader::default();
            reader.feed(format!("event: error\ndata: {data}\n\ndata: {DONE}\n\n").as_bytes(), Micros(1));
            let failure = reader.finish(&Ok(200)).unwrap().failure.unwrap();
            assert_eq!(failure.kind, FailureKind::StreamError, "{data}");
            failure.detail
        };
        assert_eq!(
            of("quota exceeded, retry in 30 s"),
            "an error event, then done: quota exceeded, retry in # s"
        );
        assert_eq!(of("\"overloaded\""), "an error event, then done: overloaded");
        assert_eq!(of(r#"{"message": "x"}"#), "an error event, then done: x");
        assert_eq!(of(COMPLETE), "an error event, then done", "the name counts, not the type in the data");
        assert_eq!(of("  "), "an error event, then done");
    }

    #[test]
    fn the_hosts_own_reason_is_part_of_the_failure_and_groups_whatever_its_numbers_are() {
        let of = |retry: u32| {
            let error = format!(
                r#"{{"type": "error", "error": "429 rate limit, retry in {retry} ms (req_{retry}x)"}}"#
            );
            failure(&[STATUS, &error, DONE])
        };
        let detail = "an error event, then done: 429 rate limit, retry in # ms (#)";
        assert_eq!(of(8_125), (FailureKind::StreamError, detail.to_owned()));
        assert_eq!(of(8_125), of(97));
        let later = r#"{"type": "error", "error": "again"}"#;
        assert!(failure(&[ERROR, later, DONE]).1.ends_with(": x"), "the first reason counts");
    }

    #[test]
    fn a_stream_without_done_was_cut() {
        use FailureKind::StreamCut;
        assert_eq!(failure(&[STATUS, COMPLETE]), (StreamCut, "after the plan, before done".into()));
        assert_eq!(failure(&[STATUS]), (StreamCut, "before the plan".into()));
        assert_eq!(failure(&[]), (StreamCut, "without any event".into()));
    }

    #[test]
    fn an_unknown_event_is_counted_as_other() {
        let seen = read(&["no json", r#"{"type": "new"}"#, r#"{"x": 1}"#, "[1]", COMPLETE, DONE]);
        assert_eq!((seen.events, seen.failure), (6, None));
        let kinds: Vec<_> = seen.first_of.iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [EventKind::Other, EventKind::Complete, EventKind::Done]);
    }

    #[test]
    fn an_error_status_gives_no_stream_and_a_lost_connection_keeps_the_earlier_events() {
        let fed = || {
            let mut reader = StreamReader::default();
            reader.feed(b"data: {\"type\":\"status\"}\n\n", Micros(5));
            reader
        };
        assert_eq!(fed().finish(&Ok(500)), None);
        let lost = Err(Failure::new(FailureKind::Truncated, ""));
        let seen = fed().finish(&lost).unwrap();
        assert_eq!((seen.events, &seen.failure), (1, &None), "the request's own failure is counted once");
        assert_eq!(StreamReader::default().finish(&lost), None);
    }

    #[test]
    fn a_plan_that_was_kept_says_so_and_progress_is_watched() {
        let cached = r#"{"type": "status", "progress": 50, "cached": true}"#;
        let seen = read(&[cached, COMPLETE, DONE]);
        assert_eq!((seen.freshness, seen.progress), (Freshness::Cached, Progress::Rising));
        let of = |percents: &[u32]| {
            let datas: Vec<_> =
                percents.iter().map(|p| format!(r#"{{"type": "progress", "progress": {p}}}"#)).collect();
            let datas: Vec<_> = datas.iter().map(String::as_str).collect();
            read(&datas).progress
        };
        assert_eq!(of(&[10, 10, 100]), Progress::Rising);
        assert_eq!((of(&[75, 80, 75, 110]), of(&[80, 105])), (Progress::Fell, Progress::PassedTheEnd));
        let odd = r#"{"type": "status", "progress": "half", "cached": 1}"#;
        let seen = read(&[odd, COMPLETE, DONE]);
        assert_eq!(
            (seen.freshness, seen.first_of.get(EventKind::Other)),
            (Freshness::Fresh, None),
            "its type counts"
        );
    }

    #[test]
    fn an_event_that_is_too_large_is_a_failure_and_no_later_event_counts() {
        let mut reader = StreamReader::default();
        reader.feed(&vec![b'x'; crate::core::http::sse::MAX_EVENT_BYTES + 1], Micros(1));
        reader.feed(b"\n\ndata: {\"type\":\"done\"}\n\n", Micros(2));
        let seen = reader.finish(&Ok(200)).unwrap();
        assert_eq!(seen.failure.unwrap().detail, "an event is over 1 MB");
        assert_eq!(seen.events, 0);
    }
}
