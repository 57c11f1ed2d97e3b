//! The target of a request as it leaves for the wire: path and query in the characters that HTTP allows. The only place
//! where a request's address is encoded.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What is encoded in a path and query, besides everything that is not ASCII: the path percent-encode set of the URL
/// standard, and what RFC 3986 allows nowhere (`|`, `\`). `%` stays, because a path may be encoded already.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'\\')
    .add(b'^');

/// The path and query as they are sent. A fragment is left out, because HTTP does not send it.
pub fn encoded(path_and_query: &str) -> Cow<'_, str> {
    let sent = path_and_query.split('#').next().unwrap_or_default();
    utf8_percent_encode(sent, ENCODED).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_http_does_not_allow_is_encoded_and_the_rest_stays() {
        for (path, sent) in [
            ("/여행", "/%EC%97%AC%ED%96%89"),
            ("/a b|c{d}", "/a%20b%7Cc%7Bd%7D"),
            ("/a?q=\"x\"<y>", "/a?q=%22x%22%3Cy%3E"),
            ("/a%20b", "/a%20b"),
            ("/a?b=c#d", "/a?b=c"),
            ("/a\r\nX: y", "/a%0D%0AX:%20y"),
            ("/ordinary/7?page=1&size=20", "/ordinary/7?page=1&size=20"),
        ] {
            assert_eq!(encoded(path), sent);
        }
        assert!(matches!(encoded("/api/plans?page=1"), Cow::Borrowed(_)), "most paths cost nothing");
    }
}
