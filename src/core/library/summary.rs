//! The figures of a report that a list shows, so that a list opens no report.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::core::analyse::headline::{Headline, Window};
use crate::core::analyse::trust::{Trust, trust};
use crate::core::base::visible::cell;
use crate::core::present::load::load_in_words;
use crate::core::report::Report;

/// The figures of a report that a list shows. What is not known is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// The load in words: `50 users at 5/s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<String>,
    /// When the run started, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// How long requests were being started, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<f64>,
    /// Requests that ended per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rps: Option<f64>,
    /// The quantile 0.95 of the latency that the report shows first: the corrected one of an open load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95_ms: Option<f64>,
    #[serde(default)]
    pub requests: u64,
    #[serde(default)]
    pub failures: u64,
    /// Failures divided by requests, in [0, 1].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_ratio: Option<f64>,
    /// Whether the generator could be trusted.
    #[serde(default)]
    pub trust: TrustVerdict,
}

/// Whether the generator could be trusted, without the reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum TrustVerdict {
    Clean,
    Suspect {
        seconds: u64,
    },
    /// It was not watched, or a later version has a word of its own for it.
    #[default]
    #[serde(other)]
    NotKnown,
}

impl Summary {
    pub fn of(report: &Report) -> Self {
        let headline = Headline::of(report, Window::Whole);
        let run = &report.run;
        Self {
            host: run.host.as_deref().map(cell),
            scenario: run.scenario.as_deref().map(cell),
            load: run.load.is_some().then(|| cell(&load_in_words(run))),
            started_at: run.started_at.as_deref().map(cell),
            duration_s: Some(run.duration_s),
            rps: headline.rps,
            p95_ms: headline.headline_ms().and_then(|quantiles| quantiles.p95),
            requests: headline.requests,
            failures: headline.failures,
            failure_ratio: headline.failure_ratio,
            trust: match trust(report) {
                Trust::Clean => TrustVerdict::Clean,
                Trust::Suspect { seconds, .. } => TrustVerdict::Suspect { seconds },
                Trust::NotKnown => TrustVerdict::NotKnown,
            },
        }
    }

    /// When the run started, in milliseconds since 1970.
    pub fn started_ms(&self) -> Option<u64> {
        let moment = OffsetDateTime::parse(self.started_at.as_deref()?, &Rfc3339).ok()?;
        u64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok()
    }

    /// The same with texts that can be shown and numbers that are numbers: a record may come from anywhere.
    pub(super) fn tidied(self) -> Self {
        let number = |figure: Option<f64>| figure.filter(|figure| figure.is_finite());
        Self {
            host: self.host.as_deref().map(cell),
            scenario: self.scenario.as_deref().map(cell),
            load: self.load.as_deref().map(cell),
            started_at: self.started_at.as_deref().map(cell),
            duration_s: number(self.duration_s),
            rps: number(self.rps),
            p95_ms: number(self.p95_ms),
            failure_ratio: number(self.failure_ratio),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::read::read;

    fn report() -> Report {
        read(include_bytes!("../../../tests/fixtures/reports/v2/sim.json")).unwrap()
    }

    #[test]
    fn a_summary_has_the_reports_own_figures_and_is_read_back_from_its_text() {
        let report = report();
        let summary = Summary::of(&report);
        assert_eq!(summary.host, report.run.host);
        assert_eq!((summary.requests, summary.failures), (report.total.requests, report.total.failures));
        assert_eq!(summary.rps, Some(report.total.rps));
        assert_eq!(summary.p95_ms, report.total.latency_ms.as_ref().unwrap().figures.p95);
        assert_eq!(summary.trust, TrustVerdict::Clean);
        let text = serde_json::to_string(&summary).unwrap();
        assert_eq!(serde_json::from_str::<Summary>(&text).unwrap(), summary);
        assert!(text.len() < 600, "{text}");
    }

    #[test]
    fn what_a_report_does_not_say_is_absent_from_its_summary() {
        let mut report = report();
        (report.run.host, report.run.load, report.run.started_at) = (None, None, Some("soon".into()));
        (report.total.latency_ms, report.health) = (None, Default::default());
        let summary = Summary::of(&report);
        assert_eq!((summary.host.as_deref(), summary.load.as_deref(), summary.p95_ms), (None, None, None));
        assert_eq!((summary.started_ms(), summary.trust), (None, TrustVerdict::NotKnown));
    }

    #[test]
    fn a_verdict_of_a_later_version_is_not_known() {
        let verdict = |text| serde_json::from_str::<TrustVerdict>(text).unwrap();
        assert_eq!(verdict(r#"{"verdict":"suspect","seconds":3}"#), TrustVerdict::Suspect { seconds: 3 });
        assert_eq!(verdict(r#"{"verdict":"frozen"}"#), TrustVerdict::NotKnown);
    }
}
