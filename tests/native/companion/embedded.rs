//! The page inside the binary: how the build lists it, and how the companion serves it.

use http::StatusCode;
use oddiya_load::companion::{self, EmbeddedFile, EmbeddedPage, Options, PageSource};

use crate::browser::Browser;

#[allow(dead_code, reason = "the rest is Cargo's")]
#[path = "../../../build.rs"]
mod build_script;

const HASHED: &str = "/app-0123456789abcdef_bg.wasm";
const PAGE: EmbeddedPage = &[
    EmbeddedFile { name: "index.html", bytes: b"<p>page", gzip: None, tag: "W/\"1\"" },
    EmbeddedFile {
        name: "app-0123456789abcdef_bg.wasm",
        bytes: b"\0asm",
        gzip: Some(b"compressed"),
        tag: "W/\"2\"",
    },
];

async fn browser_of_a_companion_with(page: EmbeddedPage) -> (companion::RunningCompanion, Browser) {
    let options = Options::new("http://localhost:8080".parse().unwrap());
    let companion = companion::start(Options { page: PageSource::Embedded(page), ..options }).await.unwrap();
    let browser = Browser::new(&companion, "localhost").await;
    (companion, browser)
}

#[tokio::test]
async fn an_embedded_page_is_served_with_the_headers_of_a_page_in_a_folder() {
    let (companion, mut browser) = browser_of_a_companion_with(PAGE).await;
    assert!(companion.page_is_built);
    for (path, content_type, caching) in [
        ("/", "text/html", "no-cache"),
        ("/index.html", "text/html", "no-cache"),
        (HASHED, "application/wasm", "public, max-age=31536000, immutable"),
    ] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, Some(content_type)));
        assert_eq!(answer.header("cache-control"), Some(caching));
        assert_eq!(answer.header("content-encoding"), None);
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"));
        assert_eq!(answer.header("cross-origin-embedder-policy"), Some("require-corp"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.header("content-security-policy").unwrap().contains("'wasm-unsafe-eval'"));
    }
    assert_eq!(browser.get("/?users=5").await.body, "<p>page");
    let missing = browser.get("/missing.js").await;
    assert_eq!((missing.status, missing.header("cache-control")), (StatusCode::NOT_FOUND, Some("no-cache")));
}

#[tokio::test]
async fn an_embedded_file_comes_compressed_to_a_client_that_accepts_it() {
    let (_companion, mut browser) = browser_of_a_companion_with(PAGE).await;
    let accepts = [("accept-encoding", "gzip, deflate, br")];
    let answer = browser.ask(http::Method::GET, HASHED, &accepts).await;
    assert_eq!((answer.header("content-encoding"), answer.body.as_str()), (Some("gzip"), "compressed"));
    assert_eq!(answer.header("content-type"), Some("application/wasm"));
    assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
    let plain = browser.ask(http::Method::GET, "/", &accepts).await;
    assert_eq!((plain.header("content-encoding"), plain.body.as_str()), (None, "<p>page"));
}

#[tokio::test]
async fn an_embedded_file_that_the_browser_has_is_not_sent_again() {
    let (_companion, mut browser) = browser_of_a_companion_with(PAGE).await;
    let tag = browser.get("/").await.header("etag").unwrap().to_owned();
    let known = browser.ask(http::Method::GET, "/", &[("if-none-match", &tag)]).await;
    assert_eq!((known.status, known.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(known.header("cross-origin-embedder-policy"), Some("require-corp"));
    let other = browser.ask(http::Method::GET, "/", &[("if-none-match", "W/\"other\"")]).await;
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn a_folders_file_comes_compressed_where_the_build_left_a_compressed_form() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<p>page").unwrap();
    std::fs::write(folder.path().join("app.js"), "plain").unwrap();
    std::fs::write(folder.path().join("app.js.gz"), "compressed").unwrap();
    let options = Options::new("http://localhost:8080".parse().unwrap());
    let companion = companion::start(Options { page: folder.path().into(), ..options }).await.unwrap();
    let mut browser = Browser::new(&companion, "localhost").await;
    let answer = browser.ask(http::Method::GET, "/app.js", &[("accept-encoding", "gzip")]).await;
    assert_eq!((answer.header("content-encoding"), answer.body.as_str()), (Some("gzip"), "compressed"));
    assert_eq!(browser.get("/app.js").await.body, "plain");
}

#[test]
fn the_build_lists_every_file_of_the_page_once_with_its_compressed_form() {
    let folder = tempfile::tempdir().unwrap();
    for sub in ["assets", ".stage"] {
        std::fs::create_dir(folder.path().join(sub)).unwrap();
    }
    for name in ["index.html", "assets/a.js", "assets/a.js.gz", ".stage/half.js"] {
        std::fs::write(folder.path().join(name), name).unwrap();
    }
    let list = build_script::list(folder.path()).unwrap();
    assert_eq!(list.matches("EmbeddedFile {").count(), 2, "{list}");
    assert!(list.contains(r#"name: "index.html""#) && list.contains(r#"name: "assets/a.js""#), "{list}");
    assert!(list.contains(r#"a.js.gz")), tag: "W/"#), "{list}");
    assert!(list.contains("gzip: None"), "{list}");
}

#[test]
fn the_build_lists_nothing_where_no_page_was_built() {
    let folder = tempfile::tempdir().unwrap();
    let empty = "pub static BUILT_IN: EmbeddedPage = &[];\n";
    assert_eq!(build_script::list(folder.path()).unwrap(), empty);
    assert_eq!(build_script::list(&folder.path().join("missing")).unwrap(), empty);
}
