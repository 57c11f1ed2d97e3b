//! The static page and what the companion says about itself.

use http::{Method, StatusCode};
use oddiya_load::companion::{self, Options, RunningCompanion};
use oddiya_load::core::http::relay::CompanionInfo;

use crate::browser::Browser;

async fn companion_with_page(folder: &std::path::Path) -> RunningCompanion {
    let options = Options::new("http://localhost:8080/api".parse().unwrap());
    companion::start(Options { page: folder.into(), ..options }).await.unwrap()
}

#[tokio::test]
async fn files_come_with_the_headers_that_isolate_the_page() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<p>page").unwrap();
    std::fs::write(folder.path().join("app_bg.wasm"), "\0asm").unwrap();
    let companion = companion_with_page(folder.path()).await;
    let mut browser = Browser::new(&companion, "localhost").await;
    for (path, content_type) in
        [("/", "text/html"), ("/index.html", "text/html"), ("/app_bg.wasm", "application/wasm")]
    {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, Some(content_type)));
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"));
        assert_eq!(answer.header("cross-origin-embedder-policy"), Some("require-corp"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let policy = answer.header("content-security-policy").unwrap();
        let directives: Vec<&str> = policy.split(';').map(str::trim).collect();
        for directive in [
            "script-src 'self' 'wasm-unsafe-eval'",
            // Any host may be loaded past the companion, by HTTP alone.
            "connect-src 'self' http: https:",
            "worker-src 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(directives.contains(&directive), "{directive}: {policy}");
        }
    }
}

/// Who sends the visitor, and whether the run starts by itself. A browser sends no `Sec-Fetch-Site` to a companion at
/// another address than this machine's own.
const VISITS: [(&[(&str, &str)], bool); 6] = [
    (&[("sec-fetch-site", "none")], true),
    (&[("sec-fetch-site", "same-origin")], true),
    (&[("sec-fetch-site", "cross-site")], false),
    (&[("sec-fetch-site", "same-site")], false),
    (&[], false),
    (&[("referer", "http://evil.example/")], false),
];

#[tokio::test]
async fn only_the_person_or_the_page_itself_starts_a_run_by_address() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<p>page").unwrap();
    let companion = companion_with_page(folder.path()).await;
    let mut browser = Browser::new(&companion, "localhost").await;
    for (headers, starts) in VISITS {
        let answer = browser.ask(Method::GET, "/?users=5&autostart=1", headers).await;
        if starts {
            assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "<p>page"), "{headers:?}");
        } else {
            let sent = (answer.status, answer.header("location"));
            assert_eq!(sent, (StatusCode::SEE_OTHER, Some("?users=5")), "{headers:?}");
        }
        assert_eq!(browser.ask(Method::GET, "/?users=5", headers).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn no_address_of_the_companion_leads_to_another_host() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("evil.example/x")).unwrap();
    std::fs::write(folder.path().join("index.html"), "<p>page").unwrap();
    let companion = companion_with_page(folder.path()).await;
    let mut browser = Browser::new(&companion, "localhost").await;
    for path in [
        "//evil.example",
        "//evil.example/x",
        "/evil.example",
        "//evil.example/x?autostart=1",
        "//?autostart=1",
    ] {
        for site in ["none", "cross-site"] {
            let answer = browser.ask(Method::GET, path, &[("sec-fetch-site", site)]).await;
            let stays = |location: &str| location.starts_with('?');
            assert!(answer.header("location").is_none_or(stays), "{path}: {:?}", answer.headers);
        }
    }
}

#[tokio::test]
async fn nothing_outside_the_folder_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page");
    std::fs::create_dir(&page).unwrap();
    std::fs::write(page.join("index.html"), "<p>page").unwrap();
    std::fs::write(folder.path().join("secret"), "secret").unwrap();
    let companion = companion_with_page(&page).await;
    let mut browser = Browser::new(&companion, "localhost").await;
    for path in ["/../secret", "/%2e%2e/secret", "/..%2fsecret", "/missing.js"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.body.contains("secret"));
    }
    assert_eq!(browser.ask(Method::POST, "/", &[]).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_page_that_is_not_built_says_how_to_build_it_until_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let companion = companion_with_page(folder.path()).await;
    assert!(!companion.page_is_built);
    let mut browser = Browser::new(&companion, "localhost").await;
    assert!(browser.get("/").await.body.contains("make build"));
    std::fs::write(folder.path().join("index.html"), "<p>page").unwrap();
    assert_eq!(browser.get("/").await.body, "<p>page");
}

#[tokio::test]
async fn the_companion_tells_its_own_page_who_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let companion = companion_with_page(folder.path()).await;
    let mut browser = Browser::new(&companion, "localhost").await;
    let answer = browser.get("/companion.json").await;
    let info: CompanionInfo = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(info.product, "oddiya-load");
    assert_eq!(info.version, env!("CARGO_PKG_VERSION"));
    assert_eq!(info.host, "http://localhost:8080/api");
    assert_eq!(info.token, companion.token);
    assert!(info.token.len() == 32 && info.token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("access-control-allow-origin"), None);
}
