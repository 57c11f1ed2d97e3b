//! What a service's server adds to every answer: what the client accepts, the date, and the end of the connection.
//!
//! Tomcat closes a connection after certain statuses. The gateway never does, and its own answers have no date.

use http::header::{
    ACCEPT, CONNECTION, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE, DATE, HeaderName, HeaderValue,
    VARY,
};
use http::{HeaderMap, StatusCode};

use super::accept::Accept;
use super::pages;
use super::reply::{ErrorKind, Framing, Reply};
use super::wallclock;

/// How a service's answer reaches the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Direct,
    ThroughGateway,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Endings of a path that Spring takes for harmless: a browser does not run such a download.
const SAFE_ENDINGS: [&str; 18] = [
    "txt",
    "text",
    "yml",
    "properties",
    "csv",
    "json",
    "xml",
    "atom",
    "rss",
    "png",
    "jpe",
    "jpeg",
    "jpg",
    "gif",
    "wbmp",
    "bmp",
    "html",
    "htm",
];

/// A service's answer as it leaves Tomcat. `path` is the path that the service saw.
pub fn finished(reply: Reply, way: Way, headers: &HeaderMap, path: &str) -> Reply {
    let reply = negotiated(reply, Accept::of(headers));
    let mut reply = with_disposition(reply, path).with(DATE, wallclock::http_date());
    if way == Way::Direct && closes_after(reply.status) {
        reply.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    reply
}

/// Whether Tomcat closes the connection after this status (its `statusDropsConnection`).
fn closes_after(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 408 | 411 | 413 | 414 | 500 | 501 | 503)
}

/// Spring's choice between JSON, its error page and nothing.
fn negotiated(reply: Reply, accept: Accept) -> Reply {
    if reply.headers.get(CONTENT_TYPE) != Some(&JSON) {
        return reply;
    }
    let status = match reply.error {
        ErrorKind::Boot if accept.json && !accept.html => return reply,
        ErrorKind::Boot => reply.status,
        _ if accept.json => return reply,
        ErrorKind::None => StatusCode::NOT_ACCEPTABLE,
        ErrorKind::Handled(plain) => plain,
    };
    let mut other = if accept.html {
        let page = pages::service_error(status, &wallclock::java_date());
        Reply::text(status, "text/html;charset=UTF-8", page)
            .with(CONTENT_LANGUAGE, HeaderValue::from_static("en"))
    } else {
        Reply::empty(status)
    };
    if reply.error == ErrorKind::None {
        other.headers.insert(ACCEPT, HeaderValue::from_static("application/json, application/*+json"));
    }
    let kept = reply.headers.into_iter().scan(None, |last, (name, value)| {
        *last = name.or_else(|| last.take());
        Some((last.clone(), value))
    });
    for (name, value) in kept {
        if let Some(name) = name.filter(|name| name != CONTENT_TYPE) {
            other.headers.append(name, value);
        }
    }
    other
}

/// Spring marks JSON as a download when the path looks like another kind of file.
fn with_disposition(reply: Reply, path: &str) -> Reply {
    let last = path.rsplit('/').next().unwrap_or_default();
    let ending = last.split(';').next().unwrap_or_default().rsplit_once('.').map(|(_, ending)| ending);
    let is_json = reply.headers.get(CONTENT_TYPE) == Some(&JSON);
    match ending {
        Some(ending) if is_json && !SAFE_ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) => {
            reply.with(CONTENT_DISPOSITION, HeaderValue::from_static("inline;filename=f.txt"))
        }
        _ => reply,
    }
}

/// The three `Vary` lines of whatever Spring's CORS code has looked at.
pub fn with_vary(mut reply: Reply) -> Reply {
    for value in ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"] {
        reply.headers.append(VARY, HeaderValue::from_static(value));
    }
    reply
}

/// The headers that Spring Security puts on every answer of the auth service.
pub fn with_security(reply: Reply) -> Reply {
    let fixed: [(&'static str, &'static str); 6] = [
        ("x-content-type-options", "nosniff"),
        ("x-xss-protection", "0"),
        ("cache-control", "no-cache, no-store, max-age=0, must-revalidate"),
        ("pragma", "no-cache"),
        ("expires", "0"),
        ("x-frame-options", "DENY"),
    ];
    let add = |reply: Reply, (name, value): (&'static str, &'static str)| {
        reply.with(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    fixed.into_iter().fold(with_vary(reply), add)
}

/// The refusal of a preflight.
pub fn invalid_cors() -> Reply {
    let mut reply = Reply::empty(StatusCode::FORBIDDEN);
    reply.pieces = Reply::text(StatusCode::FORBIDDEN, "text/plain", "Invalid CORS request").pieces;
    reply.framing = Framing::Chunked;
    reply
}

/// Tomcat's page for a path that it does not decode.
pub fn undecoded() -> Reply {
    Reply::text(StatusCode::BAD_REQUEST, "text/html;charset=utf-8", pages::TOMCAT_BAD_REQUEST)
        .with(CONTENT_LANGUAGE, HeaderValue::from_static("en"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(status: u16, error: ErrorKind) -> Reply {
        Reply { error, ..Reply::spring(StatusCode::from_u16(status).unwrap(), &1) }
    }

    fn asked(accept: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))])
    }

    #[test]
    fn a_service_asked_directly_closes_after_400_500_and_503() {
        for status in 200..600 {
            let closes = [400, 408, 411, 413, 414, 500, 501, 503].contains(&status);
            let direct = finished(json(status, ErrorKind::Boot), Way::Direct, &HeaderMap::new(), "/");
            assert_eq!(direct.headers.contains_key(CONNECTION), closes, "{status}");
        }
        let routed = finished(json(500, ErrorKind::Boot), Way::ThroughGateway, &HeaderMap::new(), "/");
        assert!(!routed.headers.contains_key(CONNECTION));
    }

    #[test]
    fn who_takes_no_json_gets_406_for_a_result_and_a_page_or_nothing_for_an_error() {
        let status = |error, accept| {
            let reply = negotiated(json(500, error), Accept::of(&asked(accept)));
            (reply.status.as_u16(), reply.pieces.len())
        };
        assert_eq!(status(ErrorKind::None, "application/xml"), (406, 0));
        assert_eq!(status(ErrorKind::Boot, "application/xml"), (500, 0));
        assert_eq!(status(ErrorKind::Boot, "text/html,*/*"), (500, 1));
        assert_eq!(status(ErrorKind::Handled(StatusCode::NOT_FOUND), "text/html"), (404, 1));
    }

    #[test]
    fn a_path_that_looks_like_a_file_is_marked_as_a_download() {
        let marked = |path| {
            with_disposition(json(200, ErrorKind::None), path).headers.contains_key(CONTENT_DISPOSITION)
        };
        assert!(marked("/api/v1/plans/1.5") && marked("/email/a@b.io"));
        assert!(!marked("/api/v1/plans/7.json") && !marked("/api/v1/plans/7"));
    }
}
