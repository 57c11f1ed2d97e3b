//! Whole numbers as Spring converts them from a header or a path. Pure.

/// Spring's conversion of a text to a `Long`: blanks do not count, `+7` and `0x10` are numbers, and a blank text is
/// none. The error is the text that Java names.
pub fn long(text: &str) -> Result<Option<i64>, String> {
    let trimmed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let (sign, digits) = match trimmed.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", trimmed.as_str()),
    };
    let hex = ["0x", "0X", "#"].into_iter().find_map(|prefix| digits.strip_prefix(prefix));
    let number = match hex {
        Some(hex) if !hex.starts_with(['+', '-']) => i64::from_str_radix(&format!("{sign}{hex}"), 16),
        _ => trimmed.parse(),
    };
    number.map(Some).map_err(|_| trimmed)
}

/// Jackson's `asLong()` of a text: the whole part of a number, blanks around it allowed, otherwise 0.
pub fn long_or_zero(text: &str) -> i64 {
    let text = text.trim();
    let whole = || text.strip_prefix('+').unwrap_or(text).parse::<i64>().ok();
    whole().or_else(|| text.parse::<f64>().ok().map(|number| number as i64)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_spring_takes_for_a_number() {
        for (text, number) in
            [("7", 7), (" 7 ", 7), ("+7", 7), ("-1", -1), ("0x10", 16), ("010", 10), ("-#f", -15)]
        {
            assert_eq!(long(text), Ok(Some(number)), "{text}");
        }
        assert_eq!(long("  "), Ok(None));
        for text in ["abc", "null", "1.5", "1,2", "99999999999999999999", "7.json"] {
            assert_eq!(long(text), Err(text.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_number_is_zero_in_a_token() {
        for (text, number) in [(" 12 ", 12), ("12.9", 12), ("+1", 1), ("abc", 0), ("", 0), ("null", 0)] {
            assert_eq!(long_or_zero(text), number, "{text}");
        }
    }
}
