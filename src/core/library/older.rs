//! Records as version 2 of the page's database had them: a number, an origin, host and start, and no figures.

use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::id::ReportId;
use super::record::{Origin, Record};
use super::summary::Summary;
use crate::core::report::Report;

/// What version 2 knew of a report. Its number was that of one tab, and is not kept.
#[derive(Deserialize)]
struct HeaderV2 {
    origin: Origin,
}

/// The record of a report that version 2 kept; `None` when this version does not understand the header.
pub fn record(header: &str, report: &Report, bytes: u64) -> Option<Record> {
    let HeaderV2 { origin } = serde_json::from_str(header).ok()?;
    Some(Record::new(origin, Summary::of(report), bytes))
}

/// The id that follows from a key of version 2, `2026-11-23T14:05:00.123Z-012345`: every tab finds the same.
pub fn id(key: &str) -> Option<ReportId> {
    let (moment, random) = key.rsplit_once('-')?;
    let moment = OffsetDateTime::parse(moment, &Rfc3339).ok()?;
    let unix_ms = u64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok()?;
    Some(ReportId::kept_at(unix_ms, random.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::read::read;

    #[test]
    fn a_record_of_version_2_gets_its_figures_from_its_report() {
        let report = read(include_bytes!("../../../tests/fixtures/reports/v2/sim.json")).unwrap();
        let header = r#"{"number":3,"origin":{"File":"a.json"},"host":"http://localhost:8080"}"#;
        let record = record(header, &report, 77).unwrap();
        assert_eq!((record.title(), record.bytes), ("a.json".to_owned(), 77));
        assert_eq!(record.summary.requests, report.total.requests);
        let of_run = super::record(r#"{"number":1,"origin":"Run"}"#, &report, 1).unwrap();
        assert_eq!(of_run.origin, Origin::Run);
        assert_eq!(super::record(r#"{"of":"a later version"}"#, &report, 1), None);
    }

    #[test]
    fn a_key_of_version_2_gives_the_moment_at_which_the_report_was_kept() {
        let id = id("2026-11-23T14:05:00.123Z-012345").unwrap();
        assert_eq!(id, ReportId::kept_at(1_795_442_700_123, 12_345));
        for key in ["", "2026-11-23T14:05:00.123Z", "soon-1", "2026-11-23T14:05:00.123Z-x"] {
            assert_eq!(super::id(key), None, "{key}");
        }
    }
}
