//! The cells of the list in words.

use time::{Duration, OffsetDateTime};

use super::record::Record;
use super::summary::{Summary, TrustVerdict};
use crate::core::base::units::{format_rate, format_share, group_thousands};
use crate::core::present::words::{NO_DATA, millis_or_dash};

/// A moment by a clock that is so far ahead of UTC: `2026-11-26 12:57`.
pub fn moment(unix_ms: u64, minutes_ahead: i64) -> String {
    let moment = i64::try_from(unix_ms / 1_000)
        .ok()
        .and_then(|secs| OffsetDateTime::from_unix_timestamp(secs).ok())
        .and_then(|utc| utc.checked_add(Duration::minutes(minutes_ahead)));
    moment.map_or_else(
        || NO_DATA.to_owned(),
        |at| {
            let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
            format!("{year}-{month:02}-{day:02} {:02}:{:02}", at.hour(), at.minute())
        },
    )
}

/// The cell that says whether the generator kept up.
pub fn verdict(trust: TrustVerdict) -> String {
    match trust {
        TrustVerdict::Clean => "clean".to_owned(),
        TrustVerdict::Suspect { seconds } => format!("{}\u{202f}s suspect", group_thousands(seconds)),
        TrustVerdict::NotKnown => "not known".to_owned(),
    }
}

/// The word by which styles and tests know a verdict.
pub const fn verdict_state(trust: TrustVerdict) -> &'static str {
    match trust {
        TrustVerdict::Clean => "clean",
        TrustVerdict::Suspect { .. } => "suspect",
        TrustVerdict::NotKnown => "not-known",
    }
}

pub fn rps(summary: &Summary) -> String {
    summary.rps.map_or_else(|| NO_DATA.to_owned(), format_rate)
}

pub fn p95(summary: &Summary) -> String {
    millis_or_dash(summary.p95_ms)
}

/// How many requests failed, and which share that is: `12 (1.25 %)`.
pub fn failures(summary: &Summary) -> String {
    let count = group_thousands(summary.failures);
    match summary.failure_ratio {
        Some(ratio) if summary.failures > 0 => format!("{count} ({})", format_share(ratio)),
        _ => count,
    }
}

/// The tags as they are typed.
pub fn tags(record: &Record) -> String {
    record.tags.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_by_the_readers_clock() {
        assert_eq!(moment(1_795_442_700_123, 0), "2026-11-23 14:05");
        assert_eq!(moment(1_795_442_700_123, 600), "2026-11-24 00:05");
        assert_eq!(moment(u64::MAX, 0), NO_DATA);
    }

    #[test]
    fn figures_that_are_not_known_are_dashes_and_shares_stand_beside_their_counts() {
        let mut summary = Summary::default();
        assert_eq!([rps(&summary), p95(&summary), failures(&summary)], [NO_DATA, NO_DATA, "0"]);
        (summary.failures, summary.failure_ratio) = (12, Some(0.0125));
        assert_eq!(failures(&summary), "12 (1.25\u{202f}%)");
        assert_eq!(verdict(TrustVerdict::Suspect { seconds: 3 }), "3\u{202f}s suspect");
    }
}
