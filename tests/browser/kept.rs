//! Reports that the browser keeps: they come back in the next page until they are dismissed.

use gloo_timers::future::TimeoutFuture;
use oddiya_load::browser::page::storage::reports::Kept;
use oddiya_load::ui::navigation::{ReportRef, View};
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::page::TestPage;

const FIXTURE: &str = include_str!("../fixtures/reports/v1/sim.json");

/// The kept reports with these names: the tests share one browser.
async fn kept(name: &str) -> Vec<Kept> {
    let all = Kept::all().await.unwrap();
    all.into_iter().filter(|kept| format!("{:?}", kept.header.origin).contains(name)).collect()
}

/// Waits until the browser keeps so many reports of a name.
async fn until_kept(name: &str, count: usize) -> Vec<Kept> {
    loop {
        let found = kept(name).await;
        if found.len() == count {
            return found;
        }
        TimeoutFuture::new(10).await;
    }
}

#[test]
async fn an_opened_report_comes_back_in_the_next_page_until_it_is_dismissed() {
    let name = "comes-back.json";
    let page = TestPage::open().await;
    page.state.open_bytes(name.to_owned(), Ok(FIXTURE.as_bytes().to_vec()));
    let header = until_kept(name, 1).await.remove(0).header;
    assert_eq!(header.host.as_deref(), Some("http://localhost:8080"));
    drop(page);

    let page = TestPage::open().await;
    page.state.restore_reports().await;
    page.state.navigation.go(View::Reports);
    leptos::task::tick().await;
    assert!(page.text("reports").contains(name), "{}", page.text("reports"));
    let number = page.state.reports.find(|open| open.source.name() == name).unwrap().number;
    page.state.navigation.go(View::Report(ReportRef::Opened(number)));
    while !page.has("opened-file") {
        TimeoutFuture::new(10).await;
    }
    assert_eq!((page.text("opened-file"), page.text("tile-rps")), (name.to_owned(), "9.7".to_owned()));
    page.click("close-report").await;
    until_kept(name, 0).await;
}

#[test]
async fn a_report_of_many_is_read_only_when_it_is_shown() {
    let names = ["many-1.json", "many-2.json"];
    let page = TestPage::open().await;
    for name in names {
        page.state.open_bytes(name.to_owned(), Ok(FIXTURE.as_bytes().to_vec()));
        until_kept(name, 1).await;
    }
    drop(page);
    let page = TestPage::open().await;
    page.state.restore_reports().await;
    let listed = page.state.reports.all().into_iter().filter(|open| open.source.name().starts_with("many-"));
    let listed: Vec<_> = listed.collect();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|open| open.report.is_none() && open.host.is_some()));
    for open in listed {
        page.state.close(open.number);
    }
    until_kept("many-", 0).await;
}
