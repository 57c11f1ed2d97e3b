//! Reads single values as people type them: whole numbers, ports, addresses. Errors say what would be right.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use ::core::net::IpAddr;

/// Reads a whole number within a range. The message says what the number is of, as in "`x` is no port".
///
/// # Errors
/// When the text is no such number, with the range.
pub fn whole_number<N>(text: &str, what: &str, range: RangeInclusive<N>) -> Result<N, String>
where
    N: FromStr + PartialOrd + Display,
{
    let text = text.trim();
    // The standard library reads a sign too.
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| is_digits && range.contains(number));
    let (from, to) = (range.start(), range.end());
    number.ok_or_else(|| format!("`{text}` is no {what}; write a whole number from {from} to {to}"))
}

/// Reads a port; 0 asks the system for a free one.
///
/// # Errors
/// When the text is no port.
pub fn port(text: &str) -> Result<u16, String> {
    whole_number(text, "port", 0..=u16::MAX)
}

/// Reads an address of this machine.
///
/// # Errors
/// When the text is no IP address.
pub fn ip_address(text: &str) -> Result<IpAddr, String> {
    let text = text.trim();
    text.parse().map_err(|_| format!("`{text}` is no IP address; write one like 127.0.0.1 or ::1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_out_of_range_is_told_with_the_range() {
        assert_eq!(whole_number(" 7 ", "exit code", 0..=u8::MAX), Ok(7));
        for text in ["-1", "+1", "256", "1.5", "x", "", "99999999999999999999"] {
            assert_eq!(
                whole_number(text, "exit code", 0..=u8::MAX),
                Err(format!("`{text}` is no exit code; write a whole number from 0 to 255"))
            );
        }
        assert!(whole_number("65", "number of shards", 1..=64_u32).is_err());
    }

    #[test]
    fn ports_and_addresses_are_read_as_they_are_typed() {
        assert_eq!((port("0"), port("65535")), (Ok(0), Ok(65_535)));
        assert_eq!(port("65536").unwrap_err(), "`65536` is no port; write a whole number from 0 to 65535");
        assert_eq!(ip_address("::1"), Ok(::core::net::Ipv6Addr::LOCALHOST.into()));
        for text in ["localhost", "[::1]", "127.0.0", "127.0.0.1:80"] {
            let problem = ip_address(text).unwrap_err();
            assert!(problem.starts_with(&format!("`{text}` is no IP address")), "{problem}");
        }
    }
}
