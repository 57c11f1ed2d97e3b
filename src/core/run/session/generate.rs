//! What generators draw or compute: dates, times. Simple numbers and choices are drawn where blanks are filled.

use std::fmt::Write as _;
use time::{Date, OffsetDateTime};

use crate::core::base::rng::Rng;
use crate::core::scenario::model::text::{Choice, TimestampForm};

const MS_PER_DAY: i64 = 86_400_000;
/// The Julian day of 1 January 1970.
const EPOCH_JULIAN_DAY: i32 = 2_440_588;

/// The day of a moment, in UTC.
pub fn day_of(unix_ms: u64) -> Option<Date> {
    let days = i64::try_from(unix_ms).ok()?.div_euclid(MS_PER_DAY);
    Date::from_julian_day(EPOCH_JULIAN_DAY.checked_add(i32::try_from(days).ok()?)?).ok()
}

/// The day at the start of a text such as `2026-03-31` or `2026-03-31T12:00`.
pub fn read_day(text: &str) -> Option<Date> {
    let mut parts = text.get(..10)?.split('-');
    let (year, month, day) =
        (parts.next()?.parse().ok()?, parts.next()?.parse::<u8>().ok()?, parts.next()?.parse().ok()?);
    Date::from_calendar_date(year, time::Month::try_from(month).ok()?, day).ok()
}

/// Appends the day that is so many days after another: `2026-03-31`.
pub fn write_day(base: Date, days: i64, out: &mut String) {
    let day = i32::try_from(days).ok().and_then(|days| base.to_julian_day().checked_add(days));
    let day = day.and_then(|day| Date::from_julian_day(day).ok()).unwrap_or(base);
    // Cannot fail: the sink is a String.
    let _ = write!(out, "{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day());
}

/// Appends a moment.
pub fn write_timestamp(unix_ms: u64, form: TimestampForm, out: &mut String) {
    let _ = match form {
        TimestampForm::Seconds => write!(out, "{}", unix_ms / 1_000),
        TimestampForm::Millis => write!(out, "{unix_ms}"),
        TimestampForm::Iso => {
            let nanos = i128::from(unix_ms) * 1_000_000;
            let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH);
            write_day(at.date(), 0, out);
            let (hour, minute, second, ms) = at.time().as_hms_milli();
            write!(out, "T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
        }
    };
}

/// Appends a number that is given in units of its last digit.
pub fn write_decimal(units: i64, digits: u8, out: &mut String) {
    let scale = 10_u64.pow(u32::from(digits.min(18)));
    let (sign, units) = (if units < 0 { "-" } else { "" }, units.unsigned_abs());
    let _ = match digits {
        0 => write!(out, "{sign}{units}"),
        _ => write!(
            out,
            "{sign}{}.{:0width$}",
            units / scale,
            units % scale,
            width = usize::from(digits.min(18))
        ),
    };
}

/// A whole number between two, both included.
pub fn int(from: i64, to: i64, rng: &mut Rng) -> i64 {
    let span = to.wrapping_sub(from) as u64;
    from.wrapping_add(rng.below(span.saturating_add(1)) as i64)
}

/// One of several texts.
pub fn choice<'a>(choice: &'a Choice, rng: &mut Rng) -> &'a str {
    let place = match choice.sums.last() {
        None => rng.below(choice.texts.len() as u64) as usize,
        Some(total) => {
            let ticket = rng.below(*total);
            choice.sums.partition_point(|sum| *sum <= ticket)
        }
    };
    choice.texts.get(place).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-02-27T23:59:59.007Z.
    const EVENING: u64 = 1_772_236_799_007;

    fn written(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn days_follow_the_calendar() {
        let base = day_of(EVENING).unwrap();
        let after = |days| written(|out| write_day(base, days, out));
        assert_eq!(
            [after(0), after(1), after(2), after(-58)],
            ["2026-02-27", "2026-02-28", "2026-03-01", "2025-12-31"]
        );
        let leap = read_day("2028-02-28T10:00:00Z").unwrap();
        assert_eq!(written(|out| write_day(leap, 1, out)), "2028-02-29");
        for text in ["2026-02-30", "2026-13-01", "soon", "2026-1-1", "여행여행여행여행"] {
            assert_eq!(read_day(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_has_three_forms() {
        let of = |form| written(|out| write_timestamp(EVENING, form, out));
        assert_eq!(of(TimestampForm::Seconds), "1772236799");
        assert_eq!(of(TimestampForm::Millis), "1772236799007");
        assert_eq!(of(TimestampForm::Iso), "2026-02-27T23:59:59.007Z");
    }

    #[test]
    fn numbers_reach_both_ends() {
        let mut rng = Rng::new(1);
        let drawn: std::collections::BTreeSet<_> = (0..200).map(|_| int(-2, 2, &mut rng)).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [-2, -1, 0, 1, 2]);
        let _ = int(i64::MIN, i64::MAX, &mut rng);
        let decimal = |units, digits| written(|out| write_decimal(units, digits, out));
        assert_eq!([decimal(1_205, 2), decimal(-5, 2), decimal(7, 0)], ["12.05", "-0.05", "7"]);
    }

    #[test]
    fn a_weighted_choice_follows_its_sums() {
        let texts = ["a", "b", "c"].map(str::to_owned).to_vec();
        let weighted = Choice { texts, sums: vec![1, 1, 4] };
        let mut rng = Rng::new(1);
        let drawn: Vec<_> = (0..4_000).map(|_| choice(&weighted, &mut rng)).collect();
        let a = drawn.iter().filter(|text| **text == "a").count();
        assert!((900..1_100).contains(&a) && !drawn.contains(&"b"), "{a}");
    }
}
