//! The built page, as static files, with the headers that its worker and its clock need.
//!
//! Which folder it lies in is settled at the start; whether it is built, at each request, so that a build shows
//! up without a restart.

use std::path::{Path, PathBuf};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use hyper::body::Incoming;
use tower_http::services::ServeDir;

use super::answer::{self, Answer};

/// Where `trunk build` puts the page, below the project's folder.
const BUILT_PAGE: &str = "target/dist";
const INDEX: &str = "index.html";
const NOT_BUILT: &str = include_str!("not_built.html");

/// COOP and COEP make the page cross-origin isolated, which makes `performance.now()` step by 5 µs instead of 100.
/// The policy allows WASM, the loader that trunk writes into the page, and any host, as a run may be direct.
const PAGE_HEADERS: [(HeaderName, HeaderValue); 6] = [
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-embedder-policy"), HeaderValue::from_static("require-corp")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'; \
             style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src *; \
             worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ),
];

/// The folder with the built page, or the one it would be in.
pub struct Page {
    folder: PathBuf,
    files: ServeDir,
}

impl Page {
    /// Serves a folder, whatever is in it.
    pub fn new(folder: PathBuf) -> Self {
        Self { files: ServeDir::new(&folder), folder }
    }

    /// Whether there is a page to serve.
    pub fn is_built(&self) -> bool {
        self.folder.join(INDEX).is_file()
    }

    /// The folder's file of that name, or what to do when the page is not built.
    pub async fn answer(&self, request: Request<Incoming>) -> Answer {
        let mut answer = self.find(request).await;
        set_page_headers(answer.headers_mut());
        answer
    }

    async fn find(&self, request: Request<Incoming>) -> Answer {
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            return answer::text(StatusCode::METHOD_NOT_ALLOWED, "the page is read with GET\n");
        }
        if ["/", "/index.html"].contains(&request.uri().path()) && !self.is_built() {
            return answer::small(StatusCode::OK, "text/html; charset=utf-8", NOT_BUILT);
        }
        match self.files.clone().try_call(request).await {
            Ok(found) if found.status() == StatusCode::NOT_FOUND => {
                answer::text(StatusCode::NOT_FOUND, "no such file in the page's folder\n")
            }
            Ok(found) => found.map(answer::boxed),
            Err(error) => answer::text(
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("the page's file is unreadable: {error}\n"),
            ),
        }
    }
}

fn set_page_headers(headers: &mut HeaderMap) {
    for (name, value) in PAGE_HEADERS {
        headers.insert(name, value);
    }
}

/// The first of these that holds a page: `target/dist` here, then the one beside the command's own folder (which
/// is `target/release`). Where neither does, the first, so that a later build is found.
pub fn default_folder() -> PathBuf {
    let here = PathBuf::from(BUILT_PAGE);
    let command = std::env::current_exe().ok();
    let beside = command.as_deref().and_then(Path::parent).map(|folder| folder.join("../dist"));
    match beside {
        Some(beside) if !here.join(INDEX).is_file() && beside.join(INDEX).is_file() => beside,
        _ => here,
    }
}
