//! The page inside the binary: its files, and the response to a request for one. Pure.
//!
//! `build.rs` writes the list. It is empty in a build without the feature `embed-page` or without a built page.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;

use crate::companion::response::{self, BoxResponse};

include!(concat!(env!("OUT_DIR"), "/embedded_page.rs"));

/// Every file of a page.
pub type EmbeddedPage = &'static [EmbeddedFile];

/// One file of a page that is part of the binary.
#[derive(Debug)]
pub struct EmbeddedFile {
    /// The path below the page's folder, such as `index.html`.
    pub name: &'static str,
    pub bytes: &'static [u8],
    /// The same content for clients that accept gzip.
    pub gzip: Option<&'static [u8]>,
    /// The entity tag, quotes included.
    pub tag: &'static str,
}

/// The file of that name for a request with these headers; `None` when the page has no such file.
pub fn response_from(page: EmbeddedPage, name: &str, headers: &HeaderMap) -> Option<BoxResponse> {
    let file = page.iter().find(|file| file.name == name)?;
    let gzip = file.gzip.filter(|_| accepts_gzip(headers));
    let (status, bytes) = match has_tag(headers, file.tag) {
        true => (StatusCode::NOT_MODIFIED, &[][..]),
        false => (StatusCode::OK, gzip.unwrap_or(file.bytes)),
    };
    let mut found = Response::new(response::boxed(Full::new(Bytes::from_static(bytes))));
    *found.status_mut() = status;
    describe(found.headers_mut(), file);
    if gzip.is_some() {
        found.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Some(found)
}

fn describe(headers: &mut HeaderMap, file: &EmbeddedFile) {
    let kind = mime_guess::from_path(file.name).first_raw().unwrap_or("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::ETAG, HeaderValue::from_static(file.tag));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
}

/// Whether the client already holds the content with this tag.
fn has_tag(headers: &HeaderMap, tag: &str) -> bool {
    listed(headers, &header::IF_NONE_MATCH).any(|known| known == tag || known == "*")
}

/// Whether `Accept-Encoding` names gzip and does not rule it out by `q=0`.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    listed(headers, &header::ACCEPT_ENCODING).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let quality = parts.find_map(|part| part.strip_prefix("q="));
        is_gzip && quality.is_none_or(|quality| quality.parse::<f32>().is_ok_and(|quality| quality > 0.0))
    })
}

/// The members of a header that is a list.
fn listed<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(codings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(codings))])
    }

    #[test]
    fn gzip_is_for_clients_that_accept_it() {
        for codings in ["gzip", "br, gzip;q=0.5", "deflate,GZIP"] {
            assert!(accepts_gzip(&accepting(codings)), "{codings}");
        }
        for codings in ["br", "gzip;q=0", "gzip; q=0.0", "x-gzip", ""] {
            assert!(!accepts_gzip(&accepting(codings)), "{codings}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
