//! Scenarios in the browser's own database: kept beside what an older version of the page kept.

use idb::event::VersionChangeEvent;
use idb::{DatabaseEvent as _, Factory, ObjectStoreParams, TransactionMode};
use oddiya_load::browser::page::storage::library as reports;
use oddiya_load::browser::page::storage::scenarios as storage;
use oddiya_load::core::library::id::ReportId;
use oddiya_load::core::library::record::{Origin, Record};
use oddiya_load::core::library::summary::Summary;
use oddiya_load::core::shelf::edit::Edit;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::kept::FIXTURE;

const DATABASE: &str = "oddiya-load";

/// The database as a page of version 3 made it, with one report.
async fn database_of_version_3(id: ReportId) {
    Factory::new().unwrap().delete(DATABASE).unwrap().await.unwrap();
    let mut request = Factory::new().unwrap().open(DATABASE, Some(3)).unwrap();
    request.on_upgrade_needed(|event: VersionChangeEvent| {
        let database = event.database().unwrap();
        for store in ["runs", "records", "reports", "report_texts", "library"] {
            database.create_object_store(store, ObjectStoreParams::new()).unwrap();
        }
    });
    let database = request.await.unwrap();
    let record = Record::new(Origin::File("version-3.json".into()), Summary::default(), 9).to_json();
    for (store, text) in [("library", record.as_str()), ("report_texts", FIXTURE)] {
        let transaction = database.transaction(&[store], TransactionMode::ReadWrite).unwrap();
        let objects = transaction.object_store(store).unwrap();
        let key = JsValue::from_str(&id.to_string());
        objects.put(&JsValue::from_str(text), Some(&key)).unwrap().await.unwrap();
        transaction.await.unwrap();
    }
    database.close();
}

#[test]
async fn a_database_of_version_3_keeps_its_reports_and_takes_scenarios() {
    let report = ReportId::kept_at(5, 5);
    database_of_version_3(report).await;
    assert!(storage::all().await.unwrap().is_empty());
    let id = storage::fresh_id();
    let text = "scenario: kept\n".to_owned();
    storage::edit(&Edit::Save { id, text: text.clone(), at_ms: 7 }).await.unwrap();
    let kept = storage::all().await.unwrap();
    assert_eq!((kept.len(), kept[&id].text.as_str(), kept[&id].changed_ms), (1, text.as_str(), 7));
    let (record, text) = reports::open(report).await.unwrap().unwrap();
    assert_eq!((record.title().as_str(), text.as_str()), ("version-3.json", FIXTURE));
    Factory::new().unwrap().delete(DATABASE).unwrap().await.unwrap();
}

#[test]
async fn a_record_of_a_later_form_is_left_alone() {
    let id = storage::fresh_id();
    storage::edit(&Edit::Save { id, text: "a".into(), at_ms: 1 }).await.unwrap();
    let database = Factory::new().unwrap().open(DATABASE, None).unwrap().await.unwrap();
    let later = JsValue::from_str(r#"{"form":2,"text":"of a later page","changed_ms":1}"#);
    let transaction = database.transaction(&["scenarios"], TransactionMode::ReadWrite).unwrap();
    let objects = transaction.object_store("scenarios").unwrap();
    objects.put(&later, Some(&JsValue::from_str("m2xk3v9q0a1b"))).unwrap().await.unwrap();
    transaction.await.unwrap();
    assert_eq!(storage::all().await.unwrap().len(), 1);
    storage::edit(&Edit::Delete { id, at_ms: 2 }).await.unwrap();
    storage::edit(&Edit::Forget { deleted_before_ms: u64::MAX }).await.unwrap();
    let transaction = database.transaction(&["scenarios"], TransactionMode::ReadOnly).unwrap();
    let keys =
        transaction.object_store("scenarios").unwrap().get_all_keys(None, None).unwrap().await.unwrap();
    assert_eq!(keys, [JsValue::from_str("m2xk3v9q0a1b")]);
    database.close();
    Factory::new().unwrap().delete(DATABASE).unwrap().await.unwrap();
}
