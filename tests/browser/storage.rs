//! Runs that were cut off, in the browser's own database: damaged journals, and pages of other versions in other tabs.

use gloo_timers::future::TimeoutFuture;
use idb::event::VersionChangeEvent;
use idb::{Factory, TransactionMode};
use js_sys::Array;
use oddiya_load::browser::page::storage::journal::{Journal, Kept};
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::run_config::RunConfigText;
use oddiya_load::core::report::Note;
use oddiya_load::core::run::journal::Header;
use oddiya_load::core::run::record::Record;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::world::{generator, posted, steady};

const DATABASE: &str = "oddiya-load";

fn header() -> Header {
    let text = RunConfigText { run_time: "5s".into(), seed: "3".into(), ..RunConfigText::default() };
    Header { text, config: None, generator: generator(1), started_at: "2026-01-01T00:00:00Z".to_owned() }
}

/// Starts a run and leaves it after two seconds, as a tab that dies does.
async fn cut_off() -> Journal {
    let journal = Journal::begin(&header()).await.unwrap();
    let config = header().text.check(0).unwrap();
    let (seconds, _) = posted(&config, 1, steady(Micros::from_millis(10)));
    for second in seconds.into_iter().take(2) {
        journal.append(&Record::Second(Box::new(second))).unwrap();
    }
    journal
}

/// What is kept, once it is as `expected`. A lock is free a moment after its tab has gone.
async fn kept_when(expected: impl Fn(&Kept) -> bool) -> Kept {
    for _ in 0..200 {
        let kept = Kept::find().await.unwrap();
        if expected(&kept) {
            return kept;
        }
        TimeoutFuture::new(20).await;
    }
    panic!("{:?}", Kept::find().await);
}

async fn runs(database: &idb::Database) -> Vec<JsValue> {
    let transaction = database.transaction(&["runs"], TransactionMode::ReadOnly).unwrap();
    transaction.object_store("runs").unwrap().get_all_keys(None, None).unwrap().await.unwrap()
}

async fn runs_in_the_database() -> usize {
    let database = opened_elsewhere(None).await;
    let found = runs(&database).await.len();
    database.close();
    found
}

async fn only_run(database: &idb::Database) -> JsValue {
    let runs = runs(database).await;
    assert_eq!(runs.len(), 1);
    runs[0].clone()
}

async fn put(database: &idb::Database, store: &str, key: &JsValue, text: &str) {
    let transaction = database.transaction(&[store], TransactionMode::ReadWrite).unwrap();
    let objects = transaction.object_store(store).unwrap();
    objects.put(&JsValue::from_str(text), Some(key)).unwrap().await.unwrap();
    transaction.await.unwrap();
}

/// The database as another tab opens it, at a version of its own.
async fn opened_elsewhere(version: Option<u32>) -> idb::Database {
    let mut request = Factory::new().unwrap().open(DATABASE, version).unwrap();
    request.on_upgrade_needed(|_: VersionChangeEvent| {});
    request.await.unwrap()
}

async fn clean_up() {
    Factory::new().unwrap().delete(DATABASE).unwrap().await.unwrap();
}

#[test]
async fn a_journal_whose_last_record_cannot_be_read_offers_the_rest() {
    let journal = cut_off().await;
    let database = opened_elsewhere(None).await;
    let key = Array::of2(&only_run(&database).await, &JsValue::from(2));
    put(&database, "records", &key, "{\"Second\":{\"sha").await;
    database.close();
    drop(journal);
    let kept = kept_when(|kept| !kept.cutoffs.is_empty()).await;
    assert_eq!((kept.cutoffs[0].at_s, kept.unreadable.len()), (2.0, 0));
    let report = kept.cutoffs[0].report().await.unwrap();
    assert_eq!(report.timeline.len(), 2);
    assert!(report.generator.notes.contains(&Note::RecordsUnreadable { records: 1, of_records: 3 }));
    kept.cutoffs[0].discard().await;
    assert_eq!(Kept::find().await.unwrap(), Kept::default());
    clean_up().await;
}

#[test]
async fn a_journal_that_this_page_cannot_read_stays_until_somebody_discards_it() {
    let journal = cut_off().await;
    let database = opened_elsewhere(None).await;
    let run = only_run(&database).await;
    put(&database, "runs", &run, "{\"of\":\"a later version\"}").await;
    database.close();
    drop(journal);
    let kept = kept_when(|kept| !kept.unreadable.is_empty()).await;
    assert_eq!((kept.unreadable[0].started_at(), kept.cutoffs.len()), ("2026-01-01T00:00:00Z", 0));
    assert_eq!(Kept::find().await.unwrap(), kept, "a look removes nothing");
    kept.unreadable[0].discard().await;
    assert_eq!(Kept::find().await.unwrap(), Kept::default());
    clean_up().await;
}

#[test]
async fn a_journal_of_which_no_record_can_be_read_stays_and_one_without_records_goes() {
    drop(Journal::begin(&header()).await.unwrap());
    let mut looks = 0;
    while runs_in_the_database().await > 0 {
        assert!(looks < 200, "a run that measured nothing is kept");
        looks += 1;
        assert_eq!(Kept::find().await.unwrap(), Kept::default());
        TimeoutFuture::new(20).await;
    }

    let database = opened_elsewhere(None).await;
    let run = JsValue::from_str("2026-01-01T00:00:00Z-000001");
    put(&database, "runs", &run, &serde_json::to_string(&header()).unwrap()).await;
    put(&database, "records", &Array::of2(&run, &JsValue::from(0)), "damaged").await;
    database.close();
    let kept = Kept::find().await.unwrap();
    assert_eq!((kept.cutoffs.len(), kept.unreadable.len()), (0, 1));
    clean_up().await;
}

#[test]
async fn a_page_of_an_older_version_does_not_keep_a_newer_one_from_the_database() {
    let older = cut_off().await;
    let newer = opened_elsewhere(Some(7)).await;
    assert_eq!(newer.version().unwrap(), 7);
    newer.close();
    drop(older);
    clean_up().await;
}

#[test]
async fn a_page_that_finds_the_database_of_a_newer_version_still_keeps_its_runs() {
    // The stores are there already, as they are in every version.
    drop(cut_off().await);
    let mut newer = opened_elsewhere(Some(7)).await;
    newer.on_version_change(|_| {});
    let journal = cut_off().await;
    drop(journal);
    let kept = kept_when(|kept| kept.cutoffs.len() == 2).await;
    assert_eq!(kept.cutoffs[1].at_s, 2.0);
    newer.close();
    clean_up().await;
}
