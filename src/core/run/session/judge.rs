//! Judges an answer: whether its status was expected, what is taken from it, which check fails.

use super::condition::is_true;
use super::filler::Filler;
use super::json::{finds_several, select};
use super::look::{find, take};
use super::must::{Finds, Found, is_met};
use super::patterns::Patterns;
use super::seek::{is_seekable, seek};
use super::values::{List, Value};
use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::base::units::Micros;
use crate::core::http::answer::{Answer, HeaderLines};
use crate::core::http::exchange::{Exchange, Judged, unexpected};
use crate::core::http::plan::{PlanSeen, plan_in};
use crate::core::http::stream::Progress;
use crate::core::run::plan_tally::PLACEHOLDER_CHECK;
use crate::core::scenario::model::answer::{Check, Extraction, Missing, Must, Test};
use crate::core::scenario::model::request::{PlanModel, ProgressRule, RequestStep, Statuses};

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub judged: Judged,
    pub then: Then,
}

/// Whether the task goes on after an answer, apart from what a failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    GoOn,
    /// A value that later steps need was not found.
    EndTask,
}

impl Verdict {
    const fn of(judged: Judged) -> Self {
        Self { judged, then: Then::GoOn }
    }

    fn failed_check(name: &str) -> Self {
        Self::of(Judged::Failure(Box::new(check_failure(name))))
    }
}

/// The failure of a check of that name.
pub fn check_failure(name: &str) -> Failure {
    Failure::new(FailureKind::Check, name)
}

/// Looks at the plan in an answer of success. Where the model must be real, or the agent shows that it failed, a placeholder
/// is a failure at once.
pub fn judge_plan(step: &RequestStep, exchange: &mut Exchange) {
    let Some(model) = step.plan else { return };
    if exchange.failure().is_some() {
        return;
    }
    exchange.plan = exchange.answer.as_deref().and_then(plan_in);
    let is_failure = match (exchange.plan, model) {
        (None | Some(PlanSeen::Real), _) | (Some(PlanSeen::Placeholder), PlanModel::Any) => false,
        (Some(PlanSeen::Fallback), _) | (Some(PlanSeen::Placeholder), PlanModel::Real) => true,
    };
    if is_failure {
        exchange.judged = Judged::Failure(Box::new(check_failure(PLACEHOLDER_CHECK)));
    }
}

/// Judges what came of a request, and takes from the answer what the step extracts.
pub fn judge(
    step: &RequestStep,
    exchange: &Exchange,
    filler: &mut Filler<'_>,
    patterns: &Patterns,
) -> Verdict {
    let Ok(status) = exchange.outcome else {
        let expected = step.expect.clone().map(Box::new);
        return Verdict::of(expected.map_or(Judged::ByAnswer, Judged::IfStatus));
    };
    let by_status = judge_status(step.expect.as_ref(), status);
    let is_failed = match &by_status {
        Judged::Failure(_) => true,
        Judged::Success => exchange.stream_failure().is_some(),
        Judged::ByAnswer | Judged::IfStatus(_) => exchange.failure().is_some(),
    };
    if is_failed {
        let in_stream = exchange.stream_failure().map(|failure| Judged::Failure(Box::new(failure)));
        return Verdict::of(match by_status {
            Judged::Success => in_stream.unwrap_or(Judged::ByAnswer),
            other => other,
        });
    }
    if let Some(verdict) = judge_progress(step, exchange) {
        return verdict;
    }
    if step.extractions.is_empty() && step.checks.is_empty() {
        return Verdict::of(by_status);
    }
    let bare = Answer::new(status, HeaderLines::default(), Vec::new());
    let answer = exchange.answer.as_deref().unwrap_or(&bare);
    for extraction in &step.extractions {
        if let Some(verdict) = extract(extraction, answer, &by_status, filler, patterns) {
            return verdict;
        }
    }
    let seen = Seen { answer, latency: exchange.timing.latency(), bytes: exchange.received_bytes };
    match step.checks.iter().find(|check| !passes(check, &seen, filler, patterns)) {
        Some(check) => Verdict::failed_check(&check.name),
        None => Verdict::of(by_status),
    }
}

/// Whether a status is one of success. A status of 400 or more that is expected is a success; one that is not expected is
/// a failure, whatever it is.
pub fn judge_status(expected: Option<&Statuses>, status: Status) -> Judged {
    match expected {
        None => Judged::ByAnswer,
        Some(expected) => match (unexpected(expected, status), Failure::of_status(status)) {
            (Some(failure), _) => Judged::Failure(Box::new(failure)),
            (None, Some(_)) => Judged::Success,
            (None, None) => Judged::ByAnswer,
        },
    }
}

fn judge_progress(step: &RequestStep, exchange: &Exchange) -> Option<Verdict> {
    let rule = step.stream.as_ref()?.progress;
    let progress = exchange.streamed.as_ref()?.progress;
    match (rule, progress) {
        (ProgressRule::Free, _) | (_, Progress::Rising) => None,
        (ProgressRule::Monotone, Progress::Fell) => Some(Verdict::failed_check("progress fell")),
        (ProgressRule::Monotone, Progress::PassedTheEnd) => Some(Verdict::failed_check("progress above 100")),
    }
}

/// Takes a value from an answer; a verdict when that ends the task.
fn extract(
    extraction: &Extraction,
    answer: &Answer,
    so_far: &Judged,
    filler: &mut Filler<'_>,
    patterns: &Patterns,
) -> Option<Verdict> {
    let found = take(find(&extraction.from, answer, patterns), extraction.take, filler.rng);
    let value = match (found, &extraction.missing) {
        (Some(value), _) => value,
        (None, Missing::Default(template)) => filler.value(template),
        (None, Missing::EmptyList) => Value::List(List::default()),
        (None, Missing::Skip) => return Some(Verdict { judged: so_far.clone(), then: Then::EndTask }),
        (None, Missing::Fail) => {
            let Verdict { judged, .. } = Verdict::failed_check(&extraction.check);
            return Some(Verdict { judged, then: Then::EndTask });
        }
    };
    filler.values.set(extraction.into, value);
    None
}

/// What checks look at.
struct Seen<'a> {
    answer: &'a Answer,
    latency: Micros,
    bytes: u64,
}

fn passes(check: &Check, seen: &Seen<'_>, filler: &mut Filler<'_>, patterns: &Patterns) -> bool {
    let answer = seen.answer;
    match &check.test {
        Test::Status(statuses) => statuses.contain(answer.status),
        Test::Json { path, must } if is_seekable(path) && !answer.is_tree_worth_it() => {
            let found = seek(path, &answer.body);
            let found: Vec<_> = found.iter().map(Found::Json).collect();
            is_met(must, &found, Finds::One, filler, patterns)
        }
        Test::Json { path, must } => {
            let found: Vec<_> = answer.json().map(|json| select(path, json)).unwrap_or_default();
            let found: Vec<_> = found.into_iter().map(Found::Json).collect();
            is_met(must, &found, finds(path), filler, patterns)
        }
        Test::Header { name, must } => {
            let found: Vec<_> = answer.headers.all(name).map(Found::Text).collect();
            is_met(must, &found, Finds::One, filler, patterns)
        }
        Test::Body(must) => {
            let text = answer.text();
            let found = if text.is_empty() && matches!(must, Must::Exist | Must::BeAbsent) {
                Vec::new()
            } else {
                vec![Found::Text(&text)]
            };
            is_met(must, &found, Finds::One, filler, patterns)
        }
        Test::Event { kind, path, must } => {
            let datas: Vec<_> = answer.events.iter().filter(|(known, _)| known == kind).collect();
            let all = datas.iter().all(|(_, data)| {
                let json = serde_json::from_str::<serde_json::Value>(data).unwrap_or_default();
                let found: Vec<_> = select(path, &json).into_iter().map(Found::Json).collect();
                is_met(must, &found, finds(path), filler, patterns)
            });
            !datas.is_empty() && all
        }
        Test::Size { from, to } => {
            let size = if answer.body.is_empty() { seen.bytes } else { answer.body.len() as u64 };
            (*from..=*to).contains(&size)
        }
        Test::Latency { at_most } => seen.latency <= *at_most,
        Test::Condition(condition) => is_true(condition, filler, patterns),
    }
}

fn finds(path: &crate::core::scenario::model::answer::JsonPath) -> Finds {
    if finds_several(path) { Finds::Several } else { Finds::One }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::rng::Rng;
    use crate::core::http::exchange::Timing;
    use crate::core::http::relay_record::RelayRecord;
    use crate::core::http::request_id::RequestId;
    use crate::core::run::session::filler::LastSeen;
    use crate::core::run::session::values::{Length, Values};
    use crate::core::scenario::Scenario;

    /// A request for which a 404 is expected, and whose answer came too late for the browser.
    fn late() -> Exchange {
        let scenario = Scenario::oddiya();
        let mut step = scenario.request_steps()[0].clone();
        step.expect = Some(Statuses { ranges: vec![(404, 404)] });
        let (mut values, mut rng) = (Values::default(), Rng::new(1));
        let mut filler = Filler {
            values: &mut values,
            scenario: &scenario,
            rows: &[],
            user: 0,
            iteration: 1,
            last: LastSeen::default(),
            unix_ms: 0,
            rng: &mut rng,
            length: Length::Right,
        };
        let failure = Failure::new(FailureKind::RequestTimeout, "");
        let mut exchange = Exchange::new(Err(failure), Timing::default(), 0);
        exchange.judged = judge(&step, &exchange, &mut filler, &Patterns::default()).judged;
        exchange
    }

    #[test]
    fn an_answer_that_only_the_companion_got_in_time_is_judged_by_what_is_expected() {
        let seen = late();
        assert_eq!(seen.failure().unwrap().kind, FailureKind::RequestTimeout, "without a record");
        let judged = |status| {
            let measured = Exchange::new(Ok(status), Timing::default(), 0);
            RelayRecord::of(RequestId::new(1, 1), measured).apply(&seen).failure()
        };
        assert_eq!(judged(404), None);
        assert_eq!(judged(200).unwrap().detail, "HTTP 200, which is not expected");
        assert_eq!(judged(500).unwrap().detail, "HTTP 500");
    }
}
