//! The built page, as static files, with the headers that its worker and its clock need.
//!
//! The page is inside the binary or in a folder. Which of the two is settled at the start; whether a folder holds a
//! page is looked up at each request, so that a build shows up without a restart.

mod embedded;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use hyper::body::Incoming;
use tower_http::services::ServeDir;

pub use embedded::{EmbeddedFile, EmbeddedPage};

use super::response::{self, BoxResponse};

/// Where `trunk build` puts the page, below the project's folder.
const BUILT_PAGE: &str = "target/dist";
const INDEX: &str = "index.html";
const NOT_BUILT: &str = include_str!("not_built.html");
const REVALIDATED: HeaderValue = HeaderValue::from_static("no-cache");
/// How long a browser may keep a file whose name has its hash: a year, the longest that RFC 2616 §14.21 allowed.
const KEPT_FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// The most digits of a hash in a file's name. Trunk writes 64 bits in hex, without leading zeros.
const HASH_DIGITS: RangeInclusive<usize> = 12..=16;

/// COOP and COEP make the page cross-origin isolated, which makes `performance.now()` step by 5 µs instead of 100.
/// The policy allows WASM and no inline script. It lets the page connect to any host over HTTP, because a run may go
/// past the companion to whatever host is typed (`docs/decisions/0012-the-page-may-connect-to-any-host.md`). No address
/// of the page leaves it, because a host under test need not learn whose page loads it.
const PAGE_HEADERS: [(HeaderName, HeaderValue); 6] = [
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-embedder-policy"), HeaderValue::from_static("require-corp")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
             img-src 'self' data: blob:; connect-src 'self' http: https:; worker-src 'self'; object-src 'none'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    ),
];

/// Where the page's files come from.
#[derive(Clone, Debug)]
pub enum PageSource {
    /// The files inside the binary.
    Embedded(EmbeddedPage),
    /// The folder with the page's `index.html`, or the one it would be in.
    Folder(PathBuf),
}

impl Default for PageSource {
    /// The page inside this binary; in a binary without one, the folder of the last build.
    fn default() -> Self {
        match embedded::BUILT_IN {
            [] => Self::Folder(built_folder()),
            files => Self::Embedded(files),
        }
    }
}

impl From<PathBuf> for PageSource {
    fn from(folder: PathBuf) -> Self {
        Self::Folder(folder)
    }
}

impl From<&Path> for PageSource {
    fn from(folder: &Path) -> Self {
        Self::Folder(folder.to_owned())
    }
}

/// Responds to requests for the page.
pub struct Page {
    source: PageSource,
    /// Serves the folder; without a folder it is not asked.
    files: ServeDir,
}

impl Page {
    /// Serves a page, or a folder whatever is in it.
    pub fn new(source: PageSource) -> Self {
        let folder = match &source {
            PageSource::Folder(folder) => folder.as_path(),
            PageSource::Embedded(_) => Path::new(""),
        };
        Self { files: ServeDir::new(folder).precompressed_gzip(), source }
    }

    /// Whether there is a page to serve.
    pub fn is_built(&self) -> bool {
        match &self.source {
            PageSource::Embedded(files) => files.iter().any(|file| file.name == INDEX),
            PageSource::Folder(folder) => folder.join(INDEX).is_file(),
        }
    }

    /// The page's file of that name, or what to do when the page is not built.
    pub async fn on_request(&self, request: Request<Incoming>) -> BoxResponse {
        let caching = match is_hashed(request.uri().path()) {
            true => KEPT_FOR_EVER,
            false => REVALIDATED,
        };
        let mut response = self.find(request).await;
        let is_found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
        let headers = response.headers_mut();
        headers.extend(PAGE_HEADERS);
        headers.insert(header::CACHE_CONTROL, if is_found { caching } else { REVALIDATED });
        response
    }

    async fn find(&self, request: Request<Incoming>) -> BoxResponse {
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            return response::text(StatusCode::METHOD_NOT_ALLOWED, "the page is read with GET\n");
        }
        let path = request.uri().path();
        if ["/", "/index.html"].contains(&path) && !self.is_built() {
            return response::small(StatusCode::OK, "text/html; charset=utf-8", NOT_BUILT);
        }
        match &self.source {
            PageSource::Embedded(files) => {
                let name = path.strip_prefix('/').filter(|name| !name.is_empty()).unwrap_or(INDEX);
                embedded::response_from(files, name, request.headers()).unwrap_or_else(no_such_file)
            }
            PageSource::Folder(_) => self.find_in_folder(request).await,
        }
    }

    async fn find_in_folder(&self, request: Request<Incoming>) -> BoxResponse {
        match self.files.clone().try_call(request).await {
            // It sends visitors of a folder to the folder's name with a slash, which for `//x` is an address on the host `x`.
            Ok(found) if is_elsewhere(found.status()) => no_such_file(),
            Ok(found) => found.map(response::boxed),
            Err(error) => response::text(
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("the page's file is unreadable: {error}\n"),
            ),
        }
    }
}

/// Whether there is no file, or one under another address.
fn is_elsewhere(status: StatusCode) -> bool {
    status == StatusCode::NOT_FOUND || status.is_redirection() && status != StatusCode::NOT_MODIFIED
}

fn no_such_file() -> BoxResponse {
    response::text(StatusCode::NOT_FOUND, "the page has no such file\n")
}

/// Whether a file's name carries the hash of its content (`app-0123456789abcdef_bg.wasm`), so that a browser may
/// keep the file without asking again.
fn is_hashed(path: &str) -> bool {
    path.split('-').skip(1).any(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        HASH_DIGITS.contains(&digits)
            && rest.as_bytes().get(digits).is_some_and(|next| matches!(next, b'.' | b'_'))
    })
}

/// The first of these that holds a page: `target/dist` here, then the one beside the command's own folder (which
/// is `target/release`). Where neither does, the first, so that a later build is found.
fn built_folder() -> PathBuf {
    let here = PathBuf::from(BUILT_PAGE);
    let command = std::env::current_exe().ok();
    let beside = command.as_deref().and_then(Path::parent).map(|folder| folder.join("../dist"));
    match beside {
        Some(beside) if !here.join(INDEX).is_file() && beside.join(INDEX).is_file() => beside,
        _ => here,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_its_contents_hash_is_told_from_others() {
        for path in
            ["/app-0123456789abcdef.js", "/app-0123456789abcdef_bg.wasm", "/a/b-c-00000000000000ff.css"]
        {
            assert!(is_hashed(path), "{path}");
        }
        for path in ["/", "/index.html", "/app_bg.wasm", "/app-beef.js", "/app-0123456789abcdef0.js", "/a-b"]
        {
            assert!(!is_hashed(path), "{path}");
        }
    }
}
