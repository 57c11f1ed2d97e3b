//! Date and time of day in the formats of the real host, and the dates of trips.
//!
//! This is the only file of the stub that reads the calendar clock. Durations are not measured here.

use time::{Date, Month, OffsetDateTime};

/// Now, as Java's `LocalDateTime` is written to JSON: `2025-11-10T12:34:56.123456` (UTC, as in a container).
pub fn local_date_time() -> String {
    iso_text(OffsetDateTime::now_utc())
}

/// Now, as in Spring Boot's error body: `2025-11-10T12:34:56.123+00:00`.
pub fn error_timestamp() -> String {
    let now = iso_text(OffsetDateTime::now_utc());
    // Milliseconds: the text without its last three digits.
    format!("{}+00:00", now.get(..23).unwrap_or(&now))
}

/// Today, `yyyy-MM-dd`.
pub fn today() -> String {
    OffsetDateTime::now_utc().date().to_string()
}

/// Milliseconds since 1970.
pub fn epoch_millis() -> i64 {
    i64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// A time in milliseconds since 1970, in the format of [`local_date_time`].
pub fn from_epoch_millis(millis: i64) -> String {
    let nanos = i128::from(millis) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos).map_or_else(|_| local_date_time(), iso_text)
}

/// The seed when `--seed` is not given.
pub fn seed() -> u64 {
    epoch_millis().unsigned_abs()
}

fn iso_text(moment: OffsetDateTime) -> String {
    let (date, time) = (moment.date(), moment.time());
    format!("{date}T{:02}:{:02}:{:02}.{:06}", time.hour(), time.minute(), time.second(), time.microsecond())
}

/// Reads `yyyy-MM-dd`, and refuses every other format.
pub fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// Number of days of a trip, first and last day included. It is zero or negative when the trip ends before it starts.
pub fn trip_days(start: Date, end: Date) -> i64 {
    (end - start).whole_days() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_moments_as_java_does() {
        assert_eq!(from_epoch_millis(1_762_778_096_123), "2025-11-10T12:34:56.123000");
        assert_eq!(error_timestamp().len(), "2025-11-10T12:34:56.123+00:00".len());
    }

    #[test]
    fn reads_only_whole_iso_dates() {
        assert!(parse_date("2024-02-29").is_some());
        for text in ["2025-02-29", "2025-1-1", "2025-12-01T00:00", "x", "", "2025-13-01", "25-12-01-1"] {
            assert!(parse_date(text).is_none(), "{text}");
        }
    }

    #[test]
    fn counts_both_ends_of_a_trip() {
        let day = |text| parse_date(text).unwrap();
        assert_eq!(trip_days(day("2025-12-01"), day("2025-12-03")), 3);
        assert_eq!(trip_days(day("2025-12-03"), day("2025-12-01")), -1);
    }
}
