//! What the stages of a suite did, summed up: figures side by side, a verdict for each and for all.
//!
//! | file | what lives there |
//! |---|---|
//! | `html.rs` | one page in a file of its own |
//!
//! The terminal's table and the view of the page have the same columns.

pub mod html;

use super::load::load_in_words;
use super::text::table;
use super::words::millis_or_dash;
use crate::core::analyse::headline::{Headline, Window};
use crate::core::analyse::trust::{Trust, trust};
use crate::core::base::failing::Failing;
use crate::core::base::units::{format_clock, format_rate, format_share, group_thousands};
use crate::core::base::visible::{cell, sentence};
use crate::core::report::{Report, StopReason};

/// The most kinds of failures that are named for a stage.
const MOST_FAILURES: usize = 3;
/// What stands where a figure is not known.
const NONE: &str = "–";

/// What a suite did so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SuiteSummary {
    pub name: String,
    pub about: String,
    pub host: Option<String>,
    /// When the first stage began.
    pub started_at: Option<String>,
    pub stages: Vec<StageSummary>,
}

/// What a stage did.
#[derive(Clone, Debug, PartialEq)]
pub struct StageSummary {
    pub name: String,
    pub failing: Failing,
    pub outcome: StageOutcome,
    /// Where its report is, as a link.
    pub link: Option<String>,
}

/// How far a stage came.
#[derive(Clone, Debug, PartialEq)]
pub enum StageOutcome {
    Waiting,
    UnderWay,
    Ran(Box<StageFigures>),
    /// Why there is no report.
    NotRun(String),
}

/// The figures of a stage. What was not measured is absent.
#[derive(Clone, Debug, PartialEq)]
pub struct StageFigures {
    pub load: String,
    pub seconds: f64,
    pub requests: u64,
    pub failures: u64,
    pub failure_ratio: Option<f64>,
    pub rps: Option<f64>,
    /// p50, p95 and p99 of the latency that the report shows first.
    pub latency_ms: [Option<f64>; 3],
    pub unanswered: u64,
    pub suspect_seconds: u64,
    /// Whether the run came to its planned end.
    pub end: End,
    /// What failed most, in words.
    pub failed_most: Vec<String>,
}

/// Whether a run came to its planned end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Planned,
    CutShort,
}

/// What is said of a stage or of a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    /// It failed, and was allowed to.
    FailedAsAllowed,
    Failed,
    /// Somebody stopped it, and nothing had failed until then.
    CutShort,
    NotRun,
    /// There is nothing to judge yet.
    Open,
}

/// The word for a stage that has begun and has not ended.
const UNDER_WAY: &str = "under way";

impl Verdict {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::FailedAsAllowed => "failed, which it may",
            Self::Failed => "failed",
            Self::CutShort => "cut short",
            Self::NotRun => "not run",
            Self::Open => "waiting",
        }
    }
}

impl StageFigures {
    pub fn of(report: &Report) -> Self {
        let headline = Headline::of(report, Window::Whole);
        let quantiles = headline.headline_ms();
        let mut failed: Vec<_> = report.failures.iter().collect();
        failed.sort_by_key(|row| std::cmp::Reverse(row.count));
        let failed_most = failed.iter().take(MOST_FAILURES).map(|row| {
            let times = group_thousands(row.count);
            cell(&format!("{} {}: {} ({times} times)", row.method, row.name, row.detail))
        });
        Self {
            load: load_in_words(&report.run),
            seconds: report.run.duration_s,
            requests: headline.requests,
            failures: headline.failures,
            failure_ratio: headline.failure_ratio,
            rps: headline.rps,
            latency_ms: [
                quantiles.and_then(|figures| figures.p50),
                quantiles.and_then(|figures| figures.p95),
                quantiles.and_then(|figures| figures.p99),
            ],
            unanswered: report.total.in_flight_at_end.unwrap_or_default(),
            suspect_seconds: match trust(report) {
                Trust::Suspect { seconds, .. } => seconds,
                Trust::Clean | Trust::NotKnown => 0,
            },
            end: match report.run.stopped_by {
                Some(StopReason::RunTime | StopReason::Iterations) => End::Planned,
                Some(StopReason::Stopped | StopReason::Unfinished | StopReason::Other) | None => {
                    End::CutShort
                }
            },
            failed_most: failed_most.collect(),
        }
    }

    /// A stage passes when it sent something, all of it was answered well, and it came to its end.
    fn passed(&self) -> bool {
        self.requests > 0 && self.failures == 0 && self.unanswered == 0 && self.end == End::Planned
    }
}

impl StageSummary {
    pub fn verdict(&self) -> Verdict {
        match (&self.outcome, self.failing) {
            (StageOutcome::Waiting | StageOutcome::UnderWay, _) => Verdict::Open,
            (StageOutcome::NotRun(_), _) => Verdict::NotRun,
            (StageOutcome::Ran(figures), _) if figures.passed() => Verdict::Passed,
            (StageOutcome::Ran(figures), _) if figures.end == End::CutShort && figures.failures == 0 => {
                Verdict::CutShort
            }
            (StageOutcome::Ran(_), Failing::IsAllowed) => Verdict::FailedAsAllowed,
            (StageOutcome::Ran(_), Failing::Fails) => Verdict::Failed,
        }
    }

    /// The word for how it stands.
    pub fn word(&self) -> &'static str {
        match self.outcome {
            StageOutcome::UnderWay => UNDER_WAY,
            _ => self.verdict().word(),
        }
    }

    /// The cells of its row, one for each of [`HEADING`].
    pub fn cells(&self) -> Vec<String> {
        let StageOutcome::Ran(figures) = &self.outcome else {
            let mut cells = vec![self.name.clone(), self.word().to_owned()];
            cells.resize(HEADING.len(), NONE.to_owned());
            return cells;
        };
        let [p50, p95, p99] = figures.latency_ms.map(millis_or_dash);
        vec![
            self.name.clone(),
            self.word().to_owned(),
            figures.load.clone(),
            format_clock(figures.seconds),
            group_thousands(figures.requests),
            figures.failure_ratio.map_or_else(|| NONE.to_owned(), format_share),
            figures.rps.map_or_else(|| NONE.to_owned(), format_rate),
            p50,
            p95,
            p99,
            figures.suspect_seconds.to_string(),
        ]
    }

    /// What there is to say beside the figures: why it was not run, or what failed most.
    pub fn remarks(&self) -> Vec<String> {
        match &self.outcome {
            StageOutcome::Waiting | StageOutcome::UnderWay => Vec::new(),
            StageOutcome::NotRun(why) => vec![sentence(why)],
            StageOutcome::Ran(figures) => {
                let unanswered = (figures.unanswered > 0).then(|| {
                    format!("{} requests were left unanswered", group_thousands(figures.unanswered))
                });
                let cut = (figures.end == End::CutShort).then(|| "stopped before its end".to_owned());
                figures.failed_most.iter().cloned().chain(unanswered).chain(cut).collect()
            }
        }
    }
}

/// The headings of the table.
pub const HEADING: [&str; 11] = [
    "Stage",
    "Result",
    "Load",
    "Time",
    "Requests",
    "Failed",
    "Req/s",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "Suspect s",
];

impl SuiteSummary {
    /// A suite before its first stage; of each stage its name, and what its failures mean.
    pub fn waiting(name: &str, about: &str, stages: impl IntoIterator<Item = (String, Failing)>) -> Self {
        let stage =
            |(name, failing)| StageSummary { name, failing, outcome: StageOutcome::Waiting, link: None };
        Self {
            name: name.to_owned(),
            about: about.to_owned(),
            stages: stages.into_iter().map(stage).collect(),
            ..Self::default()
        }
    }

    /// Takes down what a stage did, and where its report is. Returns whether it came to its planned end.
    pub fn has_run(&mut self, place: usize, report: &Report, link: Option<String>) -> End {
        self.host = self.host.take().or_else(|| report.run.host.clone());
        self.started_at = self.started_at.take().or_else(|| report.run.started_at.clone());
        let figures = StageFigures::of(report);
        let end = figures.end;
        self.take_down(place, StageOutcome::Ran(Box::new(figures)), link);
        end
    }

    /// Takes down why a stage left no report.
    pub fn has_not_run(&mut self, place: usize, why: String) {
        self.take_down(place, StageOutcome::NotRun(why), None);
    }

    fn take_down(&mut self, place: usize, outcome: StageOutcome, link: Option<String>) {
        if let Some(stage) = self.stages.get_mut(place) {
            (stage.outcome, stage.link) = (outcome, link);
        }
    }

    /// The worst that a stage did.
    pub fn verdict(&self) -> Verdict {
        let has = |verdict| self.stages.iter().any(|stage| stage.verdict() == verdict);
        let order =
            [Verdict::Failed, Verdict::CutShort, Verdict::NotRun, Verdict::Open, Verdict::FailedAsAllowed];
        order.into_iter().find(|verdict| has(*verdict)).unwrap_or(Verdict::Passed)
    }

    /// How many stages did what: `4 stages: 2 passed, 1 failed, 1 not run`.
    pub fn headline(&self) -> String {
        let words = [
            Verdict::Passed.word(),
            Verdict::Failed.word(),
            Verdict::FailedAsAllowed.word(),
            Verdict::CutShort.word(),
            Verdict::NotRun.word(),
            UNDER_WAY,
            Verdict::Open.word(),
        ];
        let counted = words.into_iter().filter_map(|word| {
            let count = self.stages.iter().filter(|stage| stage.word() == word).count();
            (count > 0).then(|| format!("{count} {word}"))
        });
        let counts: Vec<_> = counted.collect();
        let stages = if self.stages.len() == 1 { "stage" } else { "stages" };
        format!("{} {stages}: {}", self.stages.len(), counts.join("; "))
    }

    /// The suite as a terminal shows it.
    pub fn text(&self) -> String {
        let title = format!("Suite {}, {}", cell(&self.name), self.headline());
        let rows = table(&title, &HEADING, self.stages.iter(), StageSummary::cells, None);
        let remarks = self.stages.iter().flat_map(|stage| {
            stage.remarks().into_iter().map(|remark| format!("  {}: {remark}\n", stage.name))
        });
        rows + &remarks.collect::<String>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::run::example;

    pub fn stage(name: &str, failing: Failing, outcome: StageOutcome) -> StageSummary {
        StageSummary { name: name.to_owned(), failing, outcome, link: Some(format!("{name}.json")) }
    }

    pub fn ran(failures: u64) -> StageOutcome {
        let mut report = example::report().unwrap();
        report.run.stopped_by = Some(StopReason::RunTime);
        (report.total.failures, report.total.in_flight_at_end) = (failures, Some(0));
        report.total.failure_ratio = Some(failures as f64 / report.total.requests as f64);
        if failures == 0 {
            report.failures.clear();
        }
        StageOutcome::Ran(Box::new(StageFigures::of(&report)))
    }

    pub fn summary() -> SuiteSummary {
        let stages = vec![
            stage("baseline", Failing::Fails, ran(0)),
            stage("normal", Failing::Fails, ran(9)),
            stage("peak", Failing::Fails, StageOutcome::NotRun("the host cannot be reached".into())),
            stage("stress", Failing::IsAllowed, ran(9)),
        ];
        SuiteSummary { name: "oddiya".into(), stages, ..SuiteSummary::default() }
    }

    #[test]
    fn each_stage_has_a_verdict_and_the_worst_is_the_suites() {
        let summary = summary();
        let verdicts: Vec<_> = summary.stages.iter().map(StageSummary::verdict).collect();
        assert_eq!(verdicts, [Verdict::Passed, Verdict::Failed, Verdict::NotRun, Verdict::FailedAsAllowed]);
        assert_eq!(summary.verdict(), Verdict::Failed);
        assert_eq!(summary.headline(), "4 stages: 1 passed; 1 failed; 1 failed, which it may; 1 not run");
    }

    #[test]
    fn a_suite_whose_only_failures_are_allowed_has_not_failed() {
        let mut summary = summary();
        summary.stages.retain(|stage| matches!(stage.verdict(), Verdict::Passed | Verdict::FailedAsAllowed));
        assert_eq!(summary.verdict(), Verdict::FailedAsAllowed);
        summary.stages.push(stage("more", Failing::Fails, StageOutcome::UnderWay));
        assert_eq!((summary.verdict(), summary.stages[2].word()), (Verdict::Open, "under way"));
        summary.stages.push(stage("last", Failing::Fails, StageOutcome::Waiting));
        let headline = "4 stages: 1 passed; 1 failed, which it may; 1 under way; 1 waiting";
        assert_eq!(summary.headline(), headline);
    }

    #[test]
    fn a_run_that_was_stopped_or_sent_nothing_has_not_passed() {
        let StageOutcome::Ran(figures) = ran(0) else { panic!() };
        for (changed, verdict) in [
            (StageFigures { end: End::CutShort, ..(*figures).clone() }, Verdict::CutShort),
            (StageFigures { end: End::CutShort, failures: 1, ..(*figures).clone() }, Verdict::Failed),
            (StageFigures { requests: 0, ..(*figures).clone() }, Verdict::Failed),
            (StageFigures { unanswered: 1, ..(*figures).clone() }, Verdict::Failed),
        ] {
            let stage = stage("a", Failing::Fails, StageOutcome::Ran(Box::new(changed)));
            assert_eq!(stage.verdict(), verdict);
        }
    }

    #[test]
    fn the_terminal_has_a_row_for_each_stage_and_says_what_failed() {
        let text = summary().text();
        let row = |name: &str| text.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
        assert!(row("baseline").contains("30 users at 1/s"), "{text}");
        assert!(row("peak").contains("not run"), "{text}");
        assert!(text.contains("  peak: the host cannot be reached\n"), "{text}");
        assert!(
            text.lines().any(|line| line.starts_with("  normal: ") && line.ends_with("times)")),
            "{text}"
        );
    }

    #[test]
    fn every_row_has_a_cell_for_each_heading() {
        assert!(summary().stages.iter().all(|stage| stage.cells().len() == HEADING.len()));
    }
}
