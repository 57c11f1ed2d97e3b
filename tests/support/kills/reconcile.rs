//! What a report and the host's own counts must agree on, after the generator or a part of it was killed.
//!
//! The rules hold on a machine of any speed: where time is needed, it is taken from the report itself.

use std::time::{Duration, Instant};

use oddiya_load::core::report::{Report, StopReason, SuspectReason};

/// When the host got each request, and when it answered.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    pub arrived: Vec<Instant>,
    pub answered: Vec<Instant>,
}

impl Counted {
    fn answered_by(&self, moment: Instant) -> u64 {
        self.answered.iter().filter(|answered| **answered <= moment).count() as u64
    }
}

/// How the generator ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// It was asked to stop, and wrote its report.
    Orderly,
    /// It was killed: the report is its last checkpoint.
    Sudden,
}

/// Compares a report of a run without failures with what its host counted.
///
/// # Errors
/// The first disagreement.
pub fn reconcile(report: &Report, host: &Counted, death: Death) -> Result<(), String> {
    adds_up(report)?;
    match death {
        Death::Orderly => is_complete(report, host),
        Death::Sudden => is_true_until_its_end(report, host),
    }
}

fn expect(holds: bool, problem: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(problem()) }
}

/// The parts of a report agree with each other.
fn adds_up(report: &Report) -> Result<(), String> {
    let total = &report.total;
    let (sent, in_flight) = (total.sent.unwrap_or_default(), total.in_flight_at_end.unwrap_or_default());
    let lost = total.lost.unwrap_or_default();
    expect(sent == total.requests + in_flight + lost, || {
        format!("{sent} sent are not {} ended, {in_flight} in flight and {lost} lost", total.requests)
    })?;
    let by_second: u64 = report.timeline.iter().map(|row| row.requests).sum();
    expect(by_second == total.requests, || format!("{by_second} by second, {} in all", total.requests))?;
    let by_name: u64 = report.requests.iter().map(|entry| entry.requests).sum();
    expect(by_name == total.requests, || format!("{by_name} by name, {} in all", total.requests))?;
    gaps_are_said(report)?;
    expect(total.failures == 0, || format!("{} failures: {:?}", total.failures, report.failures))
}

/// A second is missing only where the generator did not run, and the next one says so.
fn gaps_are_said(report: &Report) -> Result<(), String> {
    let mut expected = 0;
    for row in report.timeline.iter() {
        let is_said = row.second == expected || row.suspect.contains(&SuspectReason::Asleep);
        expect(is_said, || format!("second {expected} is missing before second {}", row.second))?;
        expected = row.second + 1;
    }
    Ok(())
}

fn is_complete(report: &Report, host: &Counted) -> Result<(), String> {
    let (sent, ended) = (report.total.sent.unwrap_or_default(), report.total.requests);
    let (arrived, answered) = (host.arrived.len() as u64, host.answered.len() as u64);
    expect((sent, ended) == (arrived, answered), || {
        format!("we sent {sent} and {ended} ended, the host got {arrived} and answered {answered}")
    })?;
    let why = report.run.stopped_by;
    expect(why == Some(StopReason::Stopped), || format!("it says that it was ended by {why:?}"))
}

/// A checkpoint counts no request that was not, and every one of the seconds that it has.
fn is_true_until_its_end(report: &Report, host: &Counted) -> Result<(), String> {
    let why = report.run.stopped_by;
    expect(why == Some(StopReason::Unfinished), || format!("it says that it was ended by {why:?}"))?;
    let (ended, answered) = (report.total.requests, host.answered.len() as u64);
    expect(ended <= answered, || format!("{ended} ended, the host answered only {answered}"))?;
    let Some(end) = end_of(report, host) else { return Ok(()) };
    let must_have = host.answered_by(end);
    let in_flight = report.timeline.last().and_then(|row| row.in_flight).map_or(0, u64::from);
    expect(must_have <= ended + in_flight, || {
        let seconds = report.timeline.len();
        format!(
            "in {seconds} seconds {ended} ended and {in_flight} were in flight, the host answered {must_have}"
        )
    })
}

/// A moment at which the report's last second certainly was not over yet. The run began before its first request
/// arrived, by no more than the longest that any of its requests took from when it was due.
fn end_of(report: &Report, host: &Counted) -> Option<Instant> {
    let first = *host.arrived.first()?;
    let longest_ms = report.total.corrected_ms.as_ref()?.figures.max?;
    let began = first.checked_sub(Duration::from_secs_f64(longest_ms / 1e3 + 1e-3))?;
    Some(began + Duration::from_secs(report.timeline.last()?.second + 1))
}
