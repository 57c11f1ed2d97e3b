//! Date and time of day in the formats of the real host.
//!
//! This is the only file of the stub that reads the calendar clock. Durations are not measured here.

use http::HeaderValue;
use time::OffsetDateTime;

/// A moment in the two forms that a service shows: Java counts nanoseconds, PostgreSQL keeps microseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// In a fresh answer: up to nine digits of a second.
    pub fresh: String,
    /// In every later answer: up to six.
    pub kept: String,
    /// Microseconds since 1970.
    pub micros: i64,
}

impl Moment {
    pub fn now() -> Self {
        let now = OffsetDateTime::now_utc();
        let micros = i64::try_from(now.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX);
        Self { fresh: java_text(now, 9), kept: java_text(now, 6), micros }
    }
}

/// Now, as Java's `LocalDateTime.now()` is written to JSON: up to nine digits of a second (UTC, as in a container).
pub fn java_now() -> String {
    java_text(OffsetDateTime::now_utc(), 9)
}

/// Now, as Python's `datetime.now().isoformat()` writes it: six digits of a second.
pub fn python_now() -> String {
    iso_text(OffsetDateTime::now_utc())
}

/// Now, in an HTTP header: `Thu, 26 Nov 2026 09:00:00 GMT`.
pub fn http_date() -> HeaderValue {
    let text = named(OffsetDateTime::now_utc(), |weekday, day, month, time, year| {
        format!("{weekday}, {day:02} {month} {year} {time} GMT")
    });
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// Now, as Java's `Date.toString()` writes it: `Thu Nov 26 09:00:00 UTC 2026`.
pub fn java_date() -> String {
    named(OffsetDateTime::now_utc(), |weekday, day, month, time, year| {
        format!("{weekday} {month} {day:02} {time} UTC {year}")
    })
}

fn named(now: OffsetDateTime, text: impl Fn(&str, u8, &str, &str, i32) -> String) -> String {
    let (weekday, month) = (now.weekday().to_string(), now.month().to_string());
    let short = |name: &str| name.get(..3).unwrap_or_default().to_owned();
    let time = format!("{:02}:{:02}:{:02}", now.hour(), now.minute(), now.second());
    text(&short(&weekday), now.day(), &short(&month), &time, now.year())
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

/// A time in microseconds since 1970, as Java writes it.
pub fn from_epoch_micros(micros: i64) -> String {
    let nanos = i128::from(micros) * 1000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .map_or_else(|_| java_now(), |moment| java_text(moment, 6))
}

/// The seed when `--seed` is not given.
pub fn seed() -> u64 {
    epoch_millis().unsigned_abs()
}

fn iso_text(moment: OffsetDateTime) -> String {
    let (date, time) = (moment.date(), moment.time());
    format!("{date}T{:02}:{:02}:{:02}.{:06}", time.hour(), time.minute(), time.second(), time.microsecond())
}

/// `LocalDateTime.toString()` with at most `digits` digits of a second; zeros at the end are left out.
fn java_text(moment: OffsetDateTime, digits: usize) -> String {
    let whole = iso_text(moment);
    let seconds = whole.get(..19).unwrap_or(&whole);
    let nanos = format!("{:09}", moment.nanosecond());
    match nanos.get(..digits).unwrap_or(&nanos).trim_end_matches('0') {
        "" => seconds.to_owned(),
        fraction => format!("{seconds}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_moments_as_java_does() {
        assert_eq!(from_epoch_micros(1_762_778_096_123_000), "2025-11-10T12:34:56.123");
        assert_eq!(from_epoch_micros(1_762_778_096_000_000), "2025-11-10T12:34:56");
        let moment = OffsetDateTime::from_unix_timestamp_nanos(1_762_778_096_123_456_780).unwrap();
        assert_eq!(java_text(moment, 9), "2025-11-10T12:34:56.12345678");
        assert_eq!(java_text(moment, 6), "2025-11-10T12:34:56.123456");
        assert_eq!(error_timestamp().len(), "2025-11-10T12:34:56.123+00:00".len());
    }

    #[test]
    fn names_days_and_months_as_headers_and_pages_do() {
        assert_eq!(http_date().len(), "Thu, 26 Nov 2026 09:00:00 GMT".len());
        assert_eq!(java_date().len(), "Thu Nov 26 09:00:00 UTC 2026".len());
    }
}
