//! The folder of reports that the companion shows its page: who may read it, what is in it, and that it is only read.

use std::path::Path;

use http::{Method, StatusCode};
use oddiya_load::companion::{self, Options, RunningCompanion};
use oddiya_load::core::library::folder::FolderListing;

use crate::browser::{Answer, Browser};

const REPORT: &str = include_str!("../../fixtures/reports/v2/sim.json");
const REFUSAL: &str = "x-oddiya-load-refusal";

async fn companion_with(reports: Option<&Path>) -> (RunningCompanion, Browser) {
    let host = "http://localhost:8080".parse().unwrap();
    let options = Options { reports: reports.map(Path::to_owned), ..Options::new(host) };
    let companion = companion::start(options).await.unwrap();
    let browser = Browser::new(&companion, "localhost").await;
    (companion, browser)
}

fn path(companion: &RunningCompanion, name: &str) -> String {
    format!("/companion/reports/{}{name}", companion.token)
}

fn listing(answer: &Answer) -> FolderListing {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn a_report_that_is_dropped_into_the_folder_is_listed_and_opened_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (companion, mut browser) = companion_with(Some(folder.path())).await;
    assert!(listing(&browser.get(&path(&companion, "")).await).files.is_empty());
    std::fs::write(folder.path().join("2026-11-23 서울.json"), REPORT).unwrap();
    let listing = listing(&browser.get(&path(&companion, "")).await);
    let [file] = listing.files.as_slice() else { panic!("{listing:?}") };
    assert_eq!((file.name.as_str(), file.summary.requests), ("2026-11-23 서울.json", 194));
    let answer = browser.get(&path(&companion, "/2026-11-23%20%EC%84%9C%EC%9A%B8.json")).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, REPORT));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn without_the_token_nothing_is_told_and_no_name_leads_out_of_the_folder() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("reports");
    std::fs::create_dir(&folder).unwrap();
    for file in [parent.path().join("secret.json"), folder.join("a.json")] {
        std::fs::write(file, REPORT).unwrap();
    }
    let (companion, mut browser) = companion_with(Some(&folder)).await;
    for token in ["", "x", "0123456789abcdef0123456789abcdef"] {
        for name in ["", "/a.json"] {
            let answer = browser.get(&format!("/companion/reports/{token}{name}")).await;
            assert_eq!((answer.status, answer.header(REFUSAL)), (StatusCode::FORBIDDEN, Some("token")));
        }
    }
    for name in [
        "/../secret.json",
        "/..%2fsecret.json",
        "/%2e%2e/secret.json",
        "/a.json/../../secret.json",
        "/b.json",
        "/%ff.json",
    ] {
        let answer = browser.get(&path(&companion, name)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}: {}", answer.body);
    }
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let answer = browser.ask(method, &path(&companion, "/a.json"), &[]).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    let mut foreign = Browser::calling(&companion, "evil.example").await;
    let answer = foreign.get(&path(&companion, "/a.json")).await;
    assert_eq!(answer.header(REFUSAL), Some("host-name"));
    assert_eq!(std::fs::read_to_string(folder.join("a.json")).unwrap(), REPORT);
}

#[tokio::test]
async fn a_companion_without_a_folder_has_no_reports() {
    let (companion, mut browser) = companion_with(None).await;
    assert_eq!(listing(&browser.get(&path(&companion, "")).await), FolderListing::default());
    assert_eq!(browser.get(&path(&companion, "/a.json")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn five_hundred_reports_are_all_listed_and_read_once() {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..500 {
        std::fs::write(folder.path().join(format!("{n:03}.json")), REPORT).unwrap();
    }
    let (companion, mut browser) = companion_with(Some(folder.path())).await;
    let mut looks = 0;
    let whole = loop {
        let listing = listing(&browser.get(&path(&companion, "")).await);
        assert_eq!(listing.files.len() + listing.pending, 500, "every file is listed or still to be read");
        looks += 1;
        assert!(looks < 500, "no listing reads anything");
        if listing.pending == 0 {
            break listing;
        }
    };
    assert_eq!((whole.files[0].name.as_str(), whole.files[499].name.as_str()), ("499.json", "000.json"));
}
