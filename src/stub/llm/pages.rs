//! The agent's documents: stand-ins as long as the real ones. Pure.

use http::StatusCode;
use http::header::{ETAG, HeaderValue, LAST_MODIFIED};

use crate::stub::pages::stand_in;
use crate::stub::reply::Reply;

/// Where the static files are; without the slash at its end it is redirected.
pub const STATIC: &str = "/static/";

/// Length of the test page, in bytes.
const TEST_PAGE_BYTES: usize = 17_436;
const DOCS_BYTES: usize = 948;
const REDOC_BYTES: usize = 900;
const OPENAPI_BYTES: usize = 4_786;

/// The document at a path.
pub fn document(path: &str) -> Reply {
    let html = "text/html; charset=utf-8";
    match path {
        "/openapi.json" => Reply::text(StatusCode::OK, "application/json", openapi()),
        "/docs" => Reply::text(StatusCode::OK, html, stand_in("Oddiya LLM Agent: docs", DOCS_BYTES)),
        "/redoc" => Reply::text(StatusCode::OK, html, stand_in("Oddiya LLM Agent: redoc", REDOC_BYTES)),
        _ => Reply::text(StatusCode::OK, html, stand_in("Oddiya LLM Agent: streaming test", TEST_PAGE_BYTES))
            .with(LAST_MODIFIED, HeaderValue::from_static("Mon, 10 Nov 2025 09:00:00 GMT"))
            .with(ETAG, HeaderValue::from_static("\"5f0e8d3c1b2a4c3d8e9fa0b1c2d3e4f5\"")),
    }
}

fn openapi() -> String {
    let start = r#"{"openapi":"3.1.0","info":{"title":"Oddiya LLM Agent","version":"0.1.0","description":""#;
    let end = r#""},"paths":{}}"#;
    let text = "As long as the real one. ";
    let missing = OPENAPI_BYTES - start.len() - end.len();
    let filler: String = text.chars().cycle().take(missing).collect();
    format!("{start}{filler}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_as_long_as_the_real_ones() {
        for (path, bytes) in [("/test", 17_436), ("/docs", 948), ("/redoc", 900), ("/openapi.json", 4_786)] {
            let length: usize = document(path).pieces.iter().map(|piece| piece.bytes.len()).sum();
            assert_eq!(length, bytes, "{path}");
        }
        let text = openapi();
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
    }
}
