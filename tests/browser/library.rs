//! The library: its list, its changes, other tabs, and what an older version of the page kept.

use idb::event::VersionChangeEvent;
use idb::{DatabaseEvent as _, Factory, ObjectStoreParams, TransactionMode};
use leptos::prelude::*;
use oddiya_load::browser::page::storage::library as storage;
use oddiya_load::core::library::archive;
use oddiya_load::core::library::edit::Edit;
use oddiya_load::core::library::folder::{FolderFile, FolderListing};
use oddiya_load::core::library::id::ReportId;
use oddiya_load::core::library::older;
use oddiya_load::core::library::record::{Origin, Record};
use oddiya_load::core::library::summary::Summary;
use oddiya_load::ui::navigation::View;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;
use web_sys::HtmlElement;

use crate::kept::{FIXTURE, clean_up, keep, until_kept};
use crate::page::TestPage;

const DATABASE: &str = "oddiya-load";

/// A page with the list on screen, of reports whose names begin with a word.
async fn list_of(word: &str) -> TestPage {
    let page = TestPage::open().await;
    page.state.restore_reports().await;
    page.state.navigation.go(View::Reports);
    page.state.library.search.set(word.to_owned());
    leptos::task::tick().await;
    page
}

fn names(page: &TestPage) -> Vec<String> {
    page.all("[data-testid=report-row] [data-field=name] > a")
        .iter()
        .map(|a| a.text_content().unwrap())
        .collect()
}

fn row_part(page: &TestPage, id: ReportId, part: &str) -> HtmlElement {
    page.element(&format!("[data-testid=report-row][data-id=\"{id}\"] {part}"))
}

async fn press_in_row(page: &TestPage, id: ReportId, button: &str) {
    row_part(page, id, &format!("[data-testid={button}]")).click();
    leptos::task::tick().await;
}

#[test]
async fn the_list_has_each_reports_figures_and_is_searched_and_sorted() {
    let page = TestPage::open().await;
    for name in ["figures-a.json", "figures-b.json"] {
        keep(&page, name).await;
    }
    drop(page);
    let page = list_of("figures-").await;
    assert_eq!(names(&page), ["figures-b.json", "figures-a.json"], "the later one on top");
    let row = page.element("[data-testid=report-row]");
    let cell = |field: &str| {
        let found = row.query_selector(&format!("[data-field={field}]")).unwrap();
        found.unwrap().text_content().unwrap()
    };
    assert_eq!((cell("host"), cell("rps")), ("http://localhost:8080".to_owned(), "9.7".to_owned()));
    assert_eq!((cell("failures"), cell("verdict")), ("3 (1.55\u{202f}%)".to_owned(), "clean".to_owned()));
    page.click("sort-name").await;
    assert_eq!(names(&page), ["figures-a.json", "figures-b.json"]);
    page.click("sort-name").await;
    assert_eq!(names(&page), ["figures-b.json", "figures-a.json"]);
    page.enter("search", "figures-a").await;
    assert_eq!(names(&page), ["figures-a.json"]);
    page.enter("search", "figures- nothing-like-it").await;
    assert!(names(&page).is_empty() && page.has("nothing-found"));
    clean_up("figures-", 2).await;
}

#[test]
async fn a_name_tags_and_a_note_are_kept_and_escape_leaves_them_as_they_are() {
    let page = TestPage::open().await;
    let id = keep(&page, "noted.json").await;
    drop(page);
    let page = list_of("noted").await;
    press_in_row(&page, id, "edit").await;
    page.enter("edit-name", "Nowhere").await;
    page.press(&page.named("edit-name"), "Escape").await;
    assert!(!page.has("edit-name"));
    assert_eq!(names(&page), ["noted.json"]);

    press_in_row(&page, id, "edit").await;
    page.enter("edit-name", "noted: before the index").await;
    page.enter("edit-tags", "db, #index").await;
    page.enter("edit-note", "warm machine").await;
    page.click("edit-save").await;
    page.wait_until("the new name", || names(&page) == ["noted: before the index"]).await;
    let noted = row_part(&page, id, ".report-noted").text_content().unwrap();
    assert_eq!(noted, "#db#indexwarm machine");
    drop(page);
    let page = list_of("#index noted warm").await;
    assert_eq!(names(&page), ["noted: before the index"], "it is there in the next page");
    clean_up("noted", 1).await;
}

#[test]
async fn a_scenario_has_one_baseline_mark() {
    let page = TestPage::open().await;
    let [a, b] = [keep(&page, "mark-a.json").await, keep(&page, "mark-b.json").await];
    drop(page);
    let page = list_of("mark-").await;
    let marks = || page.all("[data-testid=baseline-mark]").len();
    press_in_row(&page, a, "baseline").await;
    page.wait_until("a mark", || marks() == 1).await;
    press_in_row(&page, b, "baseline").await;
    let pressed = |id| row_part(&page, id, "[data-testid=baseline]").get_attribute("aria-pressed").unwrap();
    page.wait_until("the other mark", || pressed(b) == "true").await;
    assert_eq!((pressed(a), marks()), ("false".to_owned(), 1));
    clean_up("mark-", 2).await;
}

#[test]
async fn what_is_deleted_comes_back_until_it_is_forgotten() {
    let page = TestPage::open().await;
    let [a, b] = [keep(&page, "gone-a.json").await, keep(&page, "gone-b.json").await];
    drop(page);
    let page = list_of("gone-").await;
    page.click("choose-all").await;
    page.click("delete-chosen").await;
    page.wait_for("undo-delete").await;
    assert!(names(&page).is_empty() && page.text("library-news").contains("Deleted 2 reports"));
    page.click("undo-delete").await;
    page.wait_until("both reports", || names(&page).len() == 2).await;

    press_in_row(&page, a, "delete").await;
    page.wait_until("one report", || names(&page) == ["gone-b.json"]).await;
    press_in_row(&page, b, "delete").await;
    page.wait_until("no report", || names(&page).is_empty()).await;
    page.click("undo-delete").await;
    page.wait_until("the last one", || names(&page) == ["gone-b.json"]).await;
    assert!(storage::open(a).await.unwrap().is_none(), "the next deletion forgot the one before");
    clean_up("gone-", 1).await;
}

#[test]
async fn two_pages_follow_each_others_changes() {
    let first = list_of("tabs-").await;
    let second = TestPage::open().await;
    second.state.restore_reports().await;
    let id = keep(&second, "tabs-1.json").await;
    // The tests share one document, and with it one address, which the other page has followed.
    first.state.navigation.go(View::Reports);
    first.wait_until("the other's report", || names(&first) == ["tabs-1.json"]).await;
    // Both change the same record, each a part of it.
    let mark = Edit::MarkBaseline(id);
    let describe = Edit::Describe { id, name: "tabs-one".into(), tags: String::new(), note: String::new() };
    futures_util::join!(first.state.library.edit(&mark), second.state.library.edit(&describe));
    first.wait_until("both changes", || names(&first) == ["tabs-one"] && first.has("baseline-mark")).await;
    second.state.delete(vec![id]);
    first.wait_until("the deletion", || names(&first).is_empty()).await;
}

#[test]
async fn five_hundred_reports_are_listed_from_their_records_alone() {
    let summary = Summary { host: Some("http://five-hundred".into()), ..Summary::default() };
    for n in 0..500 {
        let record = Record::new(Origin::File(format!("five-hundred-{n:03}.json")), summary.clone(), 9);
        // No reader could read such a report.
        storage::keep(ReportId::kept_at(1_000 + n, 5), &record, "unread", None).await.unwrap();
    }
    let began = js_sys::Date::now();
    let page = list_of("http://five-hundred").await;
    web_sys::console::log_1(&format!("500 reports listed in {} ms", js_sys::Date::now() - began).into());
    assert_eq!(names(&page).len(), 50);
    assert_eq!(page.text("reports-rows"), "Rows 1 to 50 of 500");
    page.click("reports-after").await;
    assert_eq!(names(&page)[0], "five-hundred-449.json");
    clean_up("five-hundred-", 500).await;
}

#[test]
async fn a_file_of_many_reports_is_taken_over_once() {
    let id = ReportId::kept_at(77, 7);
    let page = list_of("carried").await;
    let record = Record {
        name: Some("carried over".into()),
        ..Record::new(Origin::File("c.json".into()), Summary::default(), 1)
    };
    let entry = archive::entry(id, &record, FIXTURE);
    let file = format!("{}{entry}{}{{}}{}", archive::BEFORE, archive::BETWEEN, archive::AFTER);
    let said = page.state.library.import_bytes(file.as_bytes()).await.unwrap();
    assert!(said.starts_with("1 report imported; 1 was not imported: missing field"), "{said}");
    leptos::task::tick().await;
    assert_eq!(names(&page), ["carried over"]);
    assert_eq!(
        row_part(&page, id, "[data-field=rps]").text_content().unwrap(),
        "9.7",
        "figures are computed anew"
    );
    let said = page.state.library.import_bytes(file.as_bytes()).await.unwrap();
    assert!(said.starts_with("0 reports imported; 1 was here already"), "{said}");
    clean_up("carried", 1).await;
}

#[test]
async fn reports_of_the_folder_are_listed_and_only_read() {
    let page = list_of("folder-run").await;
    let summary = Summary { host: Some("http://localhost:8080".into()), ..Summary::default() };
    let file = FolderFile { name: "folder-run.json".into(), bytes: 5, summary };
    let id = file.id();
    page.state.library.folder.set(FolderListing { files: vec![file], ..FolderListing::default() });
    leptos::task::tick().await;
    assert_eq!(names(&page), ["folder-run.json"]);
    assert!(row_part(&page, id, ".report-noted").text_content().unwrap().contains("folder"));
    assert!(page.maybe("[data-testid=report-row] [data-testid=delete]").is_none());
    press_in_row(&page, id, "choose").await;
    let delete = page.named("delete-chosen");
    assert!(delete.has_attribute("disabled"), "what is only read is not deleted");
    assert!(!page.named("compare-chosen").has_attribute("disabled"));
}

/// The database as a page of version 2 made it.
async fn database_of_version_2() -> idb::Database {
    Factory::new().unwrap().delete(DATABASE).unwrap().await.unwrap();
    let mut request = Factory::new().unwrap().open(DATABASE, Some(2)).unwrap();
    request.on_upgrade_needed(|event: VersionChangeEvent| {
        let database = event.database().unwrap();
        for store in ["runs", "records", "reports", "report_texts"] {
            database.create_object_store(store, ObjectStoreParams::new()).unwrap();
        }
    });
    request.await.unwrap()
}

async fn put(database: &idb::Database, store: &str, key: &str, text: &str) {
    let transaction = database.transaction(&[store], TransactionMode::ReadWrite).unwrap();
    let objects = transaction.object_store(store).unwrap();
    objects.put(&JsValue::from_str(text), Some(&JsValue::from_str(key))).unwrap().await.unwrap();
    transaction.await.unwrap();
}

async fn keys(store: &str) -> Vec<JsValue> {
    let database = Factory::new().unwrap().open(DATABASE, None).unwrap().await.unwrap();
    let transaction = database.transaction(&[store], TransactionMode::ReadOnly).unwrap();
    let keys = transaction.object_store(store).unwrap().get_all_keys(None, None).unwrap().await.unwrap();
    database.close();
    keys
}

#[test]
async fn reports_of_version_2_are_taken_over_with_their_figures_and_what_is_not_understood_stays() {
    let old = database_of_version_2().await;
    let (good, later) = ("2026-11-23T14:05:00.123Z-012345", "2026-11-23T14:06:00.000Z-000001");
    let header = r#"{"number":3,"origin":{"File":"version-2.json"},"host":"http://localhost:8080"}"#;
    put(&old, "reports", good, header).await;
    put(&old, "report_texts", good, FIXTURE).await;
    put(&old, "reports", later, r#"{"of":"a later version"}"#).await;
    put(&old, "report_texts", later, FIXTURE).await;
    old.close();

    let page = list_of("version-2").await;
    assert_eq!(names(&page), ["version-2.json"]);
    let id = older::id(good).unwrap();
    assert_eq!(row_part(&page, id, "[data-field=rps]").text_content().unwrap(), "9.7");
    assert!(page.state.load_report(id).await);
    assert_eq!(keys("reports").await, [JsValue::from_str(later)], "what is not understood is left alone");
    assert_eq!(keys("report_texts").await.len(), 2);
    until_kept("version-2", 1).await;
    drop(page);
    Factory::new().unwrap().delete(DATABASE).unwrap().await.unwrap();
}

#[test]
async fn a_change_that_finds_nothing_to_change_does_no_harm() {
    let page = list_of("nobody").await;
    let unknown = ReportId::kept_at(1, 1);
    let describe = Edit::Describe { id: unknown, name: "x".into(), tags: String::new(), note: String::new() };
    for edit in [describe, Edit::MarkBaseline(unknown), Edit::Restore(vec![unknown])] {
        page.state.library.edit(&edit).await;
    }
    page.state.delete(vec![unknown]);
    leptos::task::tick().await;
    assert!(names(&page).is_empty() && !page.has("undo-delete"));
}
