//! What the host's answers say about the run itself: that it was refused, that its paths are not there, that most of it
//! failed. Such a run measured how fast a host says no. The words for it are in `core::present::findings`.

use std::collections::BTreeMap;

use super::contradictions::{Contradiction, contradictions};
use crate::core::base::failure::{FailureKind, Status};
use crate::core::base::visible::cell;
use crate::core::report::{Entry, FailureRow, Report};

/// Something that a reader must know before any figure of the report.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// The figures of the report contradict each other, as these few show.
    Contradictions(Vec<Contradiction>),
    /// Every answer said that the request was not allowed (401 or 403).
    AllUnauthorized { scope: Scope, status: Status, answers: u64 },
    /// Every answer said that there is no such path (404).
    AllNotFound { scope: Scope, answers: u64 },
    /// Most requests failed, apart from those of another finding.
    MostlyFailing {
        /// Failures by requests, in (0.5, 1].
        share: f64,
        requests: u64,
        /// The most frequent kind of failure.
        kind: FailureKind,
        /// The most frequent detail of that kind: `HTTP 503`.
        detail: String,
    },
}

/// The requests that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    Everything,
    /// The requests whose path begins with this segment: `/api`.
    Under(String),
}

/// Whether a finding says that the host refuses the requests or has not their paths: something to be put right at once, while
/// the run goes on.
pub fn is_about_refusals(finding: &Finding) -> bool {
    match finding {
        Finding::AllUnauthorized { answers, .. } | Finding::AllNotFound { answers, .. } => {
            *answers >= ENOUGH_REQUESTS
        }
        Finding::MostlyFailing { .. } => refused_status(finding).is_some(),
        Finding::Contradictions(_) => false,
    }
}

/// The status with which the host refuses most requests.
pub fn refused_status(finding: &Finding) -> Option<Status> {
    match finding {
        Finding::AllUnauthorized { status, .. } => Some(*status),
        Finding::AllNotFound { .. } => Some(404),
        Finding::MostlyFailing { kind: FailureKind::Status, detail, .. } => {
            status_in(detail).filter(|status| is_refusal(*status))
        }
        Finding::MostlyFailing { .. } | Finding::Contradictions(_) => None,
    }
}

/// From this many requests on, a share of failures says something about the host.
const ENOUGH_REQUESTS: u64 = 10;

/// The most findings of a report: one line each is still read.
const MOST_FINDINGS: usize = 10;

/// The findings, the gravest first; none in an ordinary report.
pub fn findings(report: &Report) -> Vec<Finding> {
    let contradictions = Some(contradictions(report)).filter(|found| !found.is_empty());
    let contradictions = contradictions.map(Finding::Contradictions);
    contradictions.into_iter().chain(of_answers(report)).take(MOST_FINDINGS).collect()
}

/// The failures of a report by their endpoint, so that nobody goes through all of them for each.
struct FailuresByEntry<'a>(BTreeMap<(&'a str, &'a str), Vec<&'a FailureRow>>);

impl<'a> FailuresByEntry<'a> {
    fn of(report: &'a Report) -> Self {
        let mut rows: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in &report.failures {
            rows.entry((row.method.as_str(), row.name.as_str())).or_default().push(row);
        }
        Self(rows)
    }

    fn of_entry(&self, entry: &'a Entry) -> &[&'a FailureRow] {
        self.0.get(&(entry.method.as_str(), entry.name.as_str())).map_or(&[], Vec::as_slice)
    }
}

fn of_answers(report: &Report) -> Vec<Finding> {
    let failures = FailuresByEntry::of(report);
    let mut areas: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in report.requests.iter().filter(|entry| entry.requests > 0) {
        areas.entry(area(&entry.name)).or_default().push(entry);
    }
    let refusals: Vec<_> = areas
        .iter()
        .map(|(area, entries)| {
            // A scenario may expect to be refused.
            let failed: u64 = entries.iter().map(|entry| entry.failures).sum();
            let is_found = |(status, answers): &(Status, u64)| is_refusal(*status) && failed >= *answers;
            (*area, only_status(&failures, entries).filter(is_found))
        })
        .collect();
    let mut found = merged(&refusals);
    let rest = areas.iter().zip(&refusals).filter(|(_, (_, refusal))| refusal.is_none());
    let rest: Vec<&Entry> = rest.flat_map(|((_, entries), _)| entries.iter().copied()).collect();
    found.extend(mostly_failing(&failures, &rest));
    found
}

/// The first segment of a path: `/api` of `/api/users/me`. A name that is no path is an area of its own.
fn area(name: &str) -> &str {
    let end = name.match_indices('/').nth(1).map_or(name.len(), |(at, _)| at);
    name.get(..end).unwrap_or(name)
}

const fn is_refusal(status: Status) -> bool {
    matches!(status, 401 | 403 | 404)
}

/// The status of all answers under some names with their number; `None` when they differ, or when most requests had no
/// answer.
fn only_status<'a>(failures: &FailuresByEntry<'a>, entries: &[&'a Entry]) -> Option<(Status, u64)> {
    let mut statuses: BTreeMap<Status, u64> = BTreeMap::new();
    for entry in entries {
        for (status, count) in statuses_of(failures, entry)? {
            *statuses.entry(status).or_default() += count;
        }
    }
    let requests: u64 = entries.iter().map(|entry| entry.requests).sum();
    let (status, answers) = statuses.first_key_value().map(|(status, count)| (*status, *count))?;
    (statuses.len() == 1 && answers * 2 > requests).then_some((status, answers))
}

/// The answers of an entry by status. A tool that writes no statuses still says which answers failed; `None` when some
/// of its requests did not fail, because then it is not known how they were answered.
fn statuses_of<'a>(failures: &FailuresByEntry<'a>, entry: &'a Entry) -> Option<BTreeMap<Status, u64>> {
    if let Some(statuses) = &entry.statuses {
        return Some(statuses.clone());
    }
    if entry.failures < entry.requests {
        return None;
    }
    let mut statuses = BTreeMap::new();
    for row in failures.of_entry(entry).iter().filter(|row| row.kind == FailureKind::Status) {
        *statuses.entry(status_in(&row.detail)?).or_default() += row.count;
    }
    Some(statuses)
}

/// The status in a detail such as `HTTP 404`.
fn status_in(detail: &str) -> Option<Status> {
    let digits = detail.strip_prefix("HTTP ")?.get(..3)?;
    digits.parse().ok()
}

/// One finding for each refused area, or one for everything when all areas were refused with the same status.
fn merged(refusals: &[(&str, Option<(Status, u64)>)]) -> Vec<Finding> {
    let refused: Vec<_> = refusals.iter().filter_map(|(area, refusal)| Some((*area, (*refusal)?))).collect();
    let same = |status: Status| refused.iter().all(|(_, (other, _))| *other == status);
    if let Some((_, (status, _))) = refused.first().filter(|(_, (status, _))| same(*status))
        && refused.len() == refusals.len()
    {
        let answers = refused.iter().map(|(_, (_, answers))| answers).sum();
        return vec![refusal(Scope::Everything, *status, answers)];
    }
    let of_area = |(area, (status, answers)): &(&str, (Status, u64))| {
        refusal(Scope::Under(cell(area)), *status, *answers)
    };
    refused.iter().map(of_area).collect()
}

const fn refusal(scope: Scope, status: Status, answers: u64) -> Finding {
    match status {
        404 => Finding::AllNotFound { scope, answers },
        _ => Finding::AllUnauthorized { scope, status, answers },
    }
}

fn mostly_failing<'a>(by_entry: &FailuresByEntry<'a>, entries: &[&'a Entry]) -> Option<Finding> {
    let requests: u64 = entries.iter().map(|entry| entry.requests).sum();
    let failures: u64 = entries.iter().map(|entry| entry.failures).sum();
    if requests < ENOUGH_REQUESTS || failures * 2 <= requests {
        return None;
    }
    let mut kinds: BTreeMap<(FailureKind, &str), u64> = BTreeMap::new();
    for row in entries.iter().flat_map(|entry| by_entry.of_entry(entry)) {
        *kinds.entry((row.kind, row.detail.as_str())).or_default() += row.count;
    }
    let ((kind, detail), _) = kinds.into_iter().max_by_key(|(_, count)| *count)?;
    let share = failures as f64 / requests as f64;
    Some(Finding::MostlyFailing { share, requests, kind, detail: cell(detail) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::{Timeline, read};

    /// A name, its answers by status, and its requests without an answer.
    type Answered<'a> = (&'a str, &'a [(Status, u64)], u64);

    fn report(entries: &[Answered<'_>]) -> Report {
        let mut report = read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap();
        report.failures.clear();
        report.requests.clear();
        for (name, statuses, refused) in entries {
            let statuses: BTreeMap<Status, u64> = statuses.iter().copied().collect();
            let failed = |(status, count): (&Status, &u64)| if *status >= 400 { *count } else { 0 };
            let failures = statuses.iter().map(failed).sum::<u64>() + refused;
            let rows = statuses.iter().filter(|(status, _)| **status >= 400);
            let rows = rows.map(|(status, count)| (FailureKind::Status, format!("HTTP {status}"), *count));
            let refusals = (*refused > 0).then(|| (FailureKind::Refused, String::new(), *refused));
            report.failures.extend(rows.chain(refusals).map(|(kind, detail, count)| FailureRow {
                method: "GET".to_owned(),
                name: (*name).to_owned(),
                kind,
                detail,
                count,
                first_s: None,
                last_s: None,
            }));
            report.requests.push(Entry {
                method: "GET".to_owned(),
                name: (*name).to_owned(),
                requests: statuses.values().sum::<u64>() + refused,
                failures,
                statuses: Some(statuses),
                ..Entry::default()
            });
        }
        // The rest of the fixture is of other requests.
        (report.timeline, report.intervals) = (Timeline::default(), None);
        sum_up(&mut report);
        report
    }

    /// Makes the total that of the entries, as it is in every report.
    fn sum_up(report: &mut Report) {
        let sum = |count: fn(&Entry) -> u64| report.requests.iter().map(count).sum();
        let (requests, failures) = (sum(|entry| entry.requests), sum(|entry| entry.failures));
        report.total = Entry { requests, failures, ..Entry::default() };
    }

    fn under_api() -> Scope {
        Scope::Under("/api".to_owned())
    }

    #[test]
    fn an_ordinary_run_has_no_finding() {
        let fixture = read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap();
        assert_eq!(findings(&fixture), []);
        assert_eq!(findings(&report(&[])), [], "nor has one without a request");
        assert_eq!(findings(&report(&[("/api/plans", &[(200, 99), (401, 1)], 0)])), []);
    }

    #[test]
    fn refusals_that_a_scenario_expects_are_no_finding() {
        let mut run = report(&[("/api/plans", &[(200, 50)], 0), ("no plan", &[(404, 12)], 0)]);
        run.failures.clear();
        run.requests[1].failures = 0;
        sum_up(&mut run);
        assert_eq!(findings(&run), []);
    }

    #[test]
    fn figures_that_contradict_each_other_come_before_what_they_would_say() {
        let mut run = report(&[("/api/plans", &[(404, 50)], 0)]);
        run.total.requests = 7;
        let found = findings(&run);
        let [Finding::Contradictions(_), Finding::AllNotFound { .. }] = &found[..] else {
            panic!("{found:?}")
        };
    }

    #[test]
    fn only_the_first_findings_of_many_are_kept() {
        let names: Vec<String> = (0..40).map(|i| format!("/{i}")).collect();
        let mut entries: Vec<Answered<'_>> =
            names.iter().map(|name| (name.as_str(), &[(404, 1)][..], 0)).collect();
        entries.push(("/ok", &[(200, 1)], 0));
        assert_eq!(findings(&report(&entries)).len(), MOST_FINDINGS);
    }

    #[test]
    fn a_gateway_that_wants_a_token_is_found_although_its_health_page_answers() {
        let run = report(&[
            ("/actuator/health", &[(200, 60)], 0),
            ("/api/plans", &[(401, 40)], 0),
            ("/api/users/me", &[(401, 70)], 1),
        ]);
        let found = Finding::AllUnauthorized { scope: under_api(), status: 401, answers: 110 };
        assert_eq!(findings(&run), [found]);
    }

    #[test]
    fn a_host_without_any_of_the_paths_is_one_finding_for_everything() {
        let run = report(&[("/actuator/health", &[(404, 6)], 0), ("/api/plans", &[(404, 4)], 0)]);
        assert_eq!(findings(&run), [Finding::AllNotFound { scope: Scope::Everything, answers: 10 }]);
        let run = report(&[("/actuator/health", &[(401, 6)], 0), ("/api/plans", &[(404, 4)], 0)]);
        let health = Scope::Under("/actuator".to_owned());
        assert_eq!(
            findings(&run),
            [
                Finding::AllUnauthorized { scope: health, status: 401, answers: 6 },
                Finding::AllNotFound { scope: under_api(), answers: 4 }
            ]
        );
    }

    #[test]
    fn a_run_that_mostly_fails_is_found_with_its_most_frequent_failure() {
        let run = report(&[("/api/plans", &[(200, 4), (503, 10)], 2), ("/actuator/health", &[(200, 4)], 0)]);
        let found = Finding::MostlyFailing {
            share: 0.6,
            requests: 20,
            kind: FailureKind::Status,
            detail: "HTTP 503".to_owned(),
        };
        assert_eq!(findings(&run), [found]);
        let half = report(&[("/api/plans", &[(200, 10), (503, 10)], 0)]);
        assert_eq!(findings(&half), [], "half is not most");
        let few = report(&[("/api/plans", &[(503, 9)], 0)]);
        assert_eq!(findings(&few), [], "nine requests are not enough");
    }

    #[test]
    fn what_another_finding_explains_does_not_count_as_failing() {
        let run = report(&[("/api/plans", &[(401, 90)], 0), ("/actuator/health", &[(200, 9)], 1)]);
        let found = Finding::AllUnauthorized { scope: under_api(), status: 401, answers: 90 };
        assert_eq!(findings(&run), [found]);
    }

    #[test]
    fn a_tool_that_writes_no_statuses_is_judged_by_its_failures() {
        let mut run = report(&[("/api/plans", &[(404, 50)], 0)]);
        run.requests[0].statuses = None;
        let found = Finding::AllNotFound { scope: Scope::Everything, answers: 50 };
        assert_eq!(findings(&run), [found]);
        run.requests[0].requests = 51;
        sum_up(&mut run);
        let kind = FailureKind::Status;
        let detail = "HTTP 404".to_owned();
        let share = 50.0 / 51.0;
        assert_eq!(findings(&run), [Finding::MostlyFailing { share, requests: 51, kind, detail }]);
    }
}
