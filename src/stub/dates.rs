//! The dates of trips: read as Jackson reads a `yyyy-MM-dd` field, and counted. Pure.

use serde_json::Value;
use time::{Date, Month};

/// Reads `yyyy-MM-dd`, and refuses every other format.
pub fn parse_date(text: &str) -> Option<Date> {
    read(text, DaysOfMonth::Strict).ok()
}

/// Number of days of a trip, first and last day included. It is zero or negative when the trip ends before it starts.
pub fn trip_days(start: Date, end: Date) -> i64 {
    (end - start).whole_days() + 1
}

/// Reads a JSON value as Jackson's deserializer of a `LocalDate` does; `None` is a blank text. The error is Java's.
///
/// 30 February becomes the 28th, `[2025, 12, 1]` and a number of days since 1970 are dates too.
pub fn from_json(value: &Value) -> Result<Option<Date>, String> {
    match value {
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) => read(text.trim(), DaysOfMonth::Clamped).map(Some).map_err(|reason| {
            format!(
                "Cannot deserialize value of type `java.time.LocalDate` from String \"{text}\": Failed to deserialize \
                 java.time.LocalDate: (java.time.format.DateTimeParseException) Text '{text}' could not be parsed{reason}"
            )
        }),
        Value::Number(days) => days
            .as_i64()
            .and_then(|days| Date::from_calendar_date(1970, Month::January, 1).ok()?.checked_add(time::Duration::days(days)))
            .map(Some)
            .ok_or_else(|| unexpected(if days.is_f64() { "VALUE_NUMBER_FLOAT" } else { "VALUE_NUMBER_INT" })),
        Value::Array(parts) => from_parts(parts).map(Some).ok_or_else(|| unexpected("START_ARRAY")),
        Value::Bool(flag) => Err(unexpected(if *flag { "VALUE_TRUE" } else { "VALUE_FALSE" })),
        Value::Object(_) => Err(unexpected("START_OBJECT")),
        Value::Null => Ok(None),
    }
}

fn unexpected(token: &str) -> String {
    format!("Unexpected token ({token}), expected VALUE_STRING: Expected array or string.")
}

fn from_parts(parts: &[Value]) -> Option<Date> {
    let [year, month, day] = parts else { return None };
    let month = Month::try_from(u8::try_from(month.as_u64()?).ok()?).ok()?;
    Date::from_calendar_date(i32::try_from(year.as_i64()?).ok()?, month, u8::try_from(day.as_u64()?).ok()?)
        .ok()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum DaysOfMonth {
    Strict,
    /// Up to 31 in every month, cut to the month's last.
    Clamped,
}

/// The error says what `DateTimeParseException` adds to "could not be parsed".
fn read(text: &str, days: DaysOfMonth) -> Result<Date, String> {
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<u16>().ok()).ok_or_else(|| format!(" at index {from}"))
    };
    let dash = |at: usize| {
        if text.as_bytes().get(at) == Some(&b'-') { Ok(()) } else { Err(format!(" at index {at}")) }
    };
    let year = number(0, 4)?;
    // Five digits need a sign.
    if text.as_bytes().get(4).is_some_and(u8::is_ascii_digit) {
        return Err(" at index 0".to_owned());
    }
    dash(4)?;
    let month = number(5, 7)?;
    dash(7)?;
    let day = number(8, 10)?;
    if text.len() > 10 {
        return Err(", unparsed text found at index 10".to_owned());
    }
    let invalid = |field: &str, range: &str, value: u16| {
        format!(": Invalid value for {field} (valid values {range}): {value}")
    };
    let month = Month::try_from(month as u8).map_err(|_| invalid("MonthOfYear", "1 - 12", month))?;
    if day == 0 || day > 31 {
        return Err(invalid("DayOfMonth", "1 - 28/31", day));
    }
    let last = month.length(i32::from(year));
    let day = if days == DaysOfMonth::Clamped { (day as u8).min(last) } else { day as u8 };
    Date::from_calendar_date(i32::from(year), month, day)
        .map_err(|_| invalid("DayOfMonth", "1 - 28/31", day.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn jackson(value: Value) -> Result<String, String> {
        from_json(&value).map(|date| date.map_or_else(|| "none".to_owned(), |date| date.to_string()))
    }

    #[test]
    fn reads_only_whole_iso_dates() {
        assert!(parse_date("2024-02-29").is_some());
        for text in ["2025-02-29", "2025-1-1", "2025-12-01T00:00", "x", "", "2025-13-01", "25-12-01-1"] {
            assert!(parse_date(text).is_none(), "{text}");
        }
    }

    #[test]
    fn jackson_takes_30_february_for_the_28th() {
        assert_eq!(jackson(json!("2025-02-30")).unwrap(), "2025-02-28");
        assert_eq!(jackson(json!("2024-02-31")).unwrap(), "2024-02-29");
        assert_eq!(jackson(json!("2025-04-31")).unwrap(), "2025-04-30");
        assert!(jackson(json!("2025-04-32")).unwrap_err().ends_with("(valid values 1 - 28/31): 32"));
    }

    #[test]
    fn jackson_takes_lists_and_day_numbers_too() {
        assert_eq!(jackson(json!([2025, 12, 1])).unwrap(), "2025-12-01");
        assert_eq!(jackson(json!(20_000)).unwrap(), "2024-10-04");
        assert_eq!(jackson(json!(" ")).unwrap(), "none");
    }

    #[test]
    fn an_error_says_where_the_text_goes_wrong() {
        for (text, end) in [
            ("01.12.2025", "at index 0"),
            ("2025-1-1", "at index 5"),
            ("2025/12/01", "at index 4"),
            ("2025-12-01T00:00:00", "unparsed text found at index 10"),
        ] {
            assert!(jackson(json!(text)).unwrap_err().ends_with(end), "{text}");
        }
    }

    #[test]
    fn counts_both_ends_of_a_trip() {
        let day = |text| parse_date(text).unwrap();
        assert_eq!(trip_days(day("2025-12-01"), day("2025-12-03")), 3);
        assert_eq!(trip_days(day("2025-12-03"), day("2025-12-01")), -1);
    }
}
