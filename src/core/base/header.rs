//! Which headers a request may carry, in a file, on a command line, after its blanks are filled, and through the relay.

/// Headers that belong to one connection and not to the message (RFC 9110 §7.6.1, with two older ones). Headers that
/// `Connection` names belong to one connection too, but are not in this list.
pub const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Headers that a scenario must not set: the client writes `Content-Length` and `Host` itself, and does not wait for the
/// answer that `Expect` asks for.
const OWNED: [&str; 3] = ["content-length", "expect", "host"];

/// Whether HTTP allows this name (RFC 9110, §5.1).
pub fn is_header_name(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token)
}

/// Whether every way of sending takes this value (RFC 9110, §5.5, without the obsolete bytes above ASCII): visible ASCII,
/// blanks and tabs, and no line break, behind which another header could begin.
pub fn is_header_value(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
}

/// Whether the sender sets this header itself, as it frames the message or belongs to the connection.
pub fn is_set_by_sender(name: &str) -> bool {
    HOP_BY_HOP.iter().chain(&OWNED).any(|own| own.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_line_of_visible_ascii() {
        for right in ["", "a b", "a\tb", "~"] {
            assert!(is_header_value(right), "{right:?}");
        }
        for wrong in ["a\r\nX-Admin: 1", "a\n", "\u{0}", "부산", "\u{7f}"] {
            assert!(!is_header_value(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn what_frames_a_message_is_the_senders() {
        for own in ["Host", "content-length", "Transfer-Encoding", "TE", "Expect", "Proxy-Connection"] {
            assert!(is_set_by_sender(own), "{own}");
        }
        assert!(!is_set_by_sender("X-Tenant"));
        assert!(is_header_name("X-Tenant") && !is_header_name("a b") && !is_header_name(""));
    }
}
