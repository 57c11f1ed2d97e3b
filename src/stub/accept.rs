//! What a client takes, read from its `Accept` as Spring reads it. Pure.

use http::HeaderMap;
use http::header::ACCEPT;

/// Whether the client takes the two kinds of answer that Spring can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accept {
    pub json: bool,
    /// Named, not only covered by `*/*`: Spring's error page is for browsers.
    pub html: bool,
}

impl Accept {
    pub fn of(headers: &HeaderMap) -> Self {
        let values: Vec<&str> =
            headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
        let types = values.iter().flat_map(|value| value.split(',')).map(media_type);
        let types: Vec<String> = types.filter(|kind| !kind.is_empty()).collect();
        let names = |wanted: &str| types.iter().any(|kind| kind == wanted);
        let json = ["*/*", "application/*", "application/json", "application/*+json"].into_iter().any(names);
        Self { json: json || types.is_empty(), html: names("text/html") }
    }
}

/// A media type without its parameters, in lower case.
pub fn media_type(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a media type is JSON: `application/json` or `application/…+json`.
pub fn is_json(text: &str) -> bool {
    let kind = media_type(text);
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn accept(text: &'static str) -> (bool, bool) {
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(text))]);
        let accept = Accept::of(&headers);
        (accept.json, accept.html)
    }

    #[test]
    fn a_browser_takes_both_and_a_client_without_the_header_takes_json() {
        assert_eq!(accept("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"), (true, true));
        assert_eq!(accept("text/html"), (false, true));
        assert_eq!(accept("application/xml"), (false, false));
        assert_eq!(accept("application/JSON; charset=utf-8"), (true, false));
        assert_eq!(Accept::of(&HeaderMap::new()), Accept { json: true, html: false });
    }

    #[test]
    fn tells_json_from_other_media_types() {
        assert!(is_json("application/json; charset=utf-8") && is_json("application/vnd.x+json"));
        assert!(!is_json("text/plain") && !is_json("") && !is_json("text/json"));
    }
}
