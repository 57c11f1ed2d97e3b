//! Reports that the browser keeps: they come back in the next page until they are deleted.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use oddiya_load::browser::page::storage::library::{self, all};
use oddiya_load::core::library::edit::Edit;
use oddiya_load::core::library::id::ReportId;
use oddiya_load::ui::navigation::{ReportRef, View};
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::page::TestPage;

pub const FIXTURE: &str = include_str!("../fixtures/reports/v1/sim.json");

/// Waits until the browser keeps so many reports whose names begin so: the tests share one browser.
pub async fn until_kept(name: &str, count: usize) -> Vec<ReportId> {
    for _ in 0..1_000 {
        let all = all().await.unwrap();
        let is_it = |record: &oddiya_load::core::library::record::Record| {
            record.title().starts_with(name) && !record.is_deleted()
        };
        let found: Vec<_> = all.iter().filter(|(_, record)| is_it(record)).map(|(id, _)| *id).collect();
        if found.len() == count {
            return found;
        }
        TimeoutFuture::new(10).await;
    }
    panic!("there are not {count} reports of the name {name}");
}

/// Keeps the fixture under this name.
pub async fn keep(page: &TestPage, name: &str) -> ReportId {
    page.state.open_bytes(name.to_owned(), Ok(FIXTURE.as_bytes().to_vec()));
    until_kept(name, 1).await[0]
}

/// Removes reports for good.
pub async fn clean_up(name: &str, count: usize) {
    let ids = until_kept(name, count).await;
    library::edit(&Edit::Delete { ids, at_ms: 1 }).await.unwrap();
    library::edit(&Edit::Forget { deleted_before_ms: u64::MAX }).await.unwrap();
}

#[test]
async fn an_opened_report_comes_back_in_the_next_page_until_it_is_deleted() {
    let name = "comes-back.json";
    let page = TestPage::open().await;
    let id = keep(&page, name).await;
    drop(page);

    let page = TestPage::open().await;
    page.state.restore_reports().await;
    page.state.navigation.go(View::Reports);
    leptos::task::tick().await;
    assert!(page.text("reports").contains(name), "{}", page.text("reports"));
    page.state.navigation.go(View::Report(ReportRef::Opened(id)));
    page.wait_for("opened-file").await;
    assert_eq!((page.text("opened-file"), page.text("tile-rps")), (name.to_owned(), "9.7".to_owned()));
    page.click("close-report").await;
    page.wait_for("report-table").await;
    until_kept(name, 1).await;
    page.state.delete(vec![id]);
    until_kept(name, 0).await;
    page.state.navigation.go(View::Report(ReportRef::Opened(id)));
    page.wait_for("not-open").await;
}

#[test]
async fn a_report_of_many_is_read_only_when_it_is_shown() {
    let page = TestPage::open().await;
    for name in ["many-1.json", "many-2.json"] {
        keep(&page, name).await;
    }
    drop(page);
    let page = TestPage::open().await;
    page.state.restore_reports().await;
    let listed = page.state.library.listed();
    let listed: Vec<_> =
        listed.into_iter().filter(|report| report.record.title().starts_with("many-")).collect();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|report| report.record.summary.requests == 194));
    assert!(untrack(|| page.state.reports.all()).is_empty());
    assert!(page.state.load_report(listed[0].id).await);
    assert_eq!(untrack(|| page.state.reports.all()).len(), 1);
    clean_up("many-", 2).await;
}
