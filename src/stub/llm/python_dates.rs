//! Python's `datetime.fromisoformat` (3.11 and later) and the difference of two such times, with Python's error texts.
//! Pure.

use time::{Date, Month, Time, Weekday};

/// A date with a time of day, with or without an offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime {
    date: Date,
    /// Seconds since midnight.
    second: i64,
    /// Seconds east of UTC.
    offset: Option<i64>,
}

/// Reads a time; `Err` is Python's message.
pub fn from_iso(text: &str) -> Result<DateTime, String> {
    let invalid = || format!("Invalid isoformat string: '{text}'");
    let (date_text, time_text) = split(text).ok_or_else(invalid)?;
    let date = date(date_text, &invalid)?;
    let (second, offset) = match time_text {
        None => (0, None),
        Some(text) => time(text).ok_or_else(invalid)?,
    };
    Ok(DateTime { date, second, offset })
}

/// Days of a trip as the agent counts them: whole days between the two, and one more. `Err` is Python's message.
pub fn trip_days(start: DateTime, end: DateTime) -> Result<i64, String> {
    let shift = match (start.offset, end.offset) {
        (None, None) => 0,
        (Some(start), Some(end)) => start - end,
        _ => return Err("can't subtract offset-naive and offset-aware datetimes".to_owned()),
    };
    let seconds = (end.date - start.date).whole_days() * 86_400 + end.second - start.second + shift;
    Ok(seconds.div_euclid(86_400) + 1)
}

/// The date's text and the time's, which any single letter parts. How long the date is, its form says.
fn split(text: &str) -> Option<(&str, Option<&str>)> {
    let bytes = text.as_bytes();
    let length = match (bytes.get(4)?, bytes.get(5)) {
        (b'-', Some(b'W')) if bytes.get(8) != Some(&b'-') => 8,
        (b'-', _) => 10,
        (b'W', _) if !bytes.get(7).is_some_and(u8::is_ascii_digit) => 7,
        _ => 8,
    };
    let (date, rest) = text.split_at_checked(length)?;
    if rest.is_empty() {
        return Some((date, None));
    }
    let mut letters = rest.chars();
    letters.next();
    (!letters.as_str().is_empty()).then_some((date, Some(letters.as_str())))
}

fn date(text: &str, invalid: &impl Fn() -> String) -> Result<Date, String> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let number = |from: usize, to: usize| {
        digits
            .get(from..to)
            .filter(|part| part.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|part| part.parse::<u16>().ok())
    };
    let year = number(0, 4).map(i32::from).ok_or_else(invalid)?;
    if digits.as_bytes().get(4) == Some(&b'W') {
        let week = number(5, 7).ok_or_else(invalid)?;
        let day = if digits.len() > 7 { number(7, 8).ok_or_else(invalid)? } else { 1 };
        return iso_week(year, week, day);
    }
    let has_dashes = text.as_bytes().get(4) == Some(&b'-');
    if has_dashes != (text.as_bytes().get(7) == Some(&b'-')) || digits.len() != 8 {
        return Err(invalid());
    }
    let (month, day) = (number(4, 6).ok_or_else(invalid)?, number(6, 8).ok_or_else(invalid)?);
    let month = Month::try_from(month as u8).map_err(|_| "month must be in 1..12".to_owned())?;
    Date::from_calendar_date(year, month, day as u8).map_err(|_| "day is out of range for month".to_owned())
}

fn iso_week(year: i32, week: u16, day: u16) -> Result<Date, String> {
    let weekday = match day {
        1..=7 => Weekday::Monday.nth_next((day - 1) as u8),
        _ => return Err(format!("Invalid weekday: {day} (range is [1, 7])")),
    };
    Date::from_iso_week_date(year, week as u8, weekday).map_err(|_| format!("Invalid week: {week}"))
}

/// Seconds since midnight, and the offset.
fn time(text: &str) -> Option<(i64, Option<i64>)> {
    let at = text.find(['Z', '+', '-']);
    let (clock, zone) = at.map_or((text, None), |at| (text.get(..at).unwrap_or_default(), text.get(at..)));
    let offset = match zone {
        None => None,
        Some("Z") => Some(0),
        Some(zone) => {
            let seconds = clock_seconds(zone.get(1..)?)?;
            Some(if zone.starts_with('-') { -seconds } else { seconds })
        }
    };
    Some((clock_seconds(clock)?, offset))
}

fn clock_seconds(text: &str) -> Option<i64> {
    let whole = text.split(['.', ',']).next()?;
    let digits: String = whole.chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) || !matches!(digits.len(), 2 | 4 | 6) {
        return None;
    }
    let part = |from: usize| digits.get(from..from + 2).map_or(Some(0), |part| part.parse::<u8>().ok());
    let time = Time::from_hms(part(0)?, part(2)?, part(4)?).ok()?;
    Some(i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(start: &str, end: &str) -> Result<i64, String> {
        trip_days(from_iso(start)?, from_iso(end)?)
    }

    #[test]
    fn counts_whole_days_between_two_times() {
        assert_eq!(days("2025-12-01", "2025-12-03"), Ok(3));
        assert_eq!(days("2025-12-01T10:00:00", "2025-12-03"), Ok(2));
        assert_eq!(days("2025-12-05", "2025-12-03"), Ok(-1));
        assert_eq!(days("2025-12-01T10:00:00Z", "2025-12-03T10:00:00Z"), Ok(3));
        assert_eq!(days("2025-12-01T23:00:00-02:00", "2025-12-03T00:00:00Z"), Ok(1));
    }

    #[test]
    fn reads_the_other_forms_of_a_date() {
        for text in ["20251201", "2025-W49-1", "2025W491", "2025-W49"] {
            assert_eq!(days(text, "2025-12-03"), Ok(3), "{text}");
        }
    }

    #[test]
    fn errors_are_pythons() {
        for (text, error) in [
            ("nope", "Invalid isoformat string: 'nope'"),
            ("", "Invalid isoformat string: ''"),
            ("2025-1-1", "Invalid isoformat string: '2025-1-1'"),
            ("2025-02-30", "day is out of range for month"),
            ("2025-13-01", "month must be in 1..12"),
        ] {
            assert_eq!(from_iso(text).unwrap_err(), error, "{text}");
        }
        let mixed = days("2025-12-01T10:00:00Z", "2025-12-03").unwrap_err();
        assert_eq!(mixed, "can't subtract offset-naive and offset-aware datetimes");
    }
}
