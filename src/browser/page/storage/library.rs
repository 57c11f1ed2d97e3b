//! Reports that the browser keeps until somebody deletes them: those of finished runs, and those opened from files.
//!
//! A report has a record and a text, in two stores: a list of many reads only records. What a record holds and how it
//! changes is decided by `core::library`. Each change is one transaction that reads what is there, so that two tabs do not
//! undo each other's changes.

use wasm_bindgen::JsValue;

use super::database::{Change, Database, StorageError, Store};
use super::journal::Journal;
use crate::core::library::edit::{Edit, apply};
use crate::core::library::id::ReportId;
use crate::core::library::record::Record;
use crate::core::library::{Records, older};
use crate::core::report::read::read;

/// The id of a report that is kept, or opened, now.
pub fn fresh_id() -> ReportId {
    ReportId::kept_at(now_ms(), (js_sys::Math::random() * 1e6) as u64)
}

/// Milliseconds since 1970, by the computer's clock.
pub fn now_ms() -> u64 {
    js_sys::Date::now() as u64
}

/// Every record that this version understands. The others are left alone.
pub async fn all() -> Result<Records, StorageError> {
    let database = Database::open().await?;
    Ok(understood(database.all(Store::Library).await?))
}

/// Keeps a report in place of the journal of its run, and waits until it is kept.
///
/// # Errors
/// When the browser keeps it not, or has no room for it. The journal is left as it was.
pub async fn keep(
    id: ReportId,
    record: &Record,
    text: &str,
    instead_of: Option<&Journal>,
) -> Result<(), StorageError> {
    let database = Database::open().await?;
    let mut changes = vec![
        Change::Put(Store::Library, key(id), record.to_json()),
        Change::Put(Store::ReportTexts, key(id), text.to_owned()),
    ];
    changes.extend(instead_of.into_iter().flat_map(Journal::removal));
    database.change(changes).await
}

/// The text of a report with its record; `None` when it was deleted.
pub async fn open(id: ReportId) -> Result<Option<(Record, String)>, StorageError> {
    let database = Database::open().await?;
    let record = database.get(Store::Library, &key(id)).await?.as_deref().and_then(Record::read);
    let text = database.get(Store::ReportTexts, &key(id)).await?;
    Ok(record.filter(|record| !record.is_deleted()).zip(text))
}

/// Changes records, and gives back all as they are then.
pub async fn edit(edit: &Edit) -> Result<Records, StorageError> {
    let database = Database::open().await?;
    let mut records = Records::new();
    let change = |found: Vec<(String, String)>| {
        records = understood(found);
        let changed = apply(&mut records, edit);
        let mut changes = Vec::new();
        for id in changed.written {
            let text = records.get(&id).map(Record::to_json);
            changes.extend(text.map(|text| Change::Put(Store::Library, key(id), text)));
        }
        for id in changed.removed {
            changes.push(Change::Remove(Store::Library, key(id).into()));
            changes.push(Change::Remove(Store::ReportTexts, key(id).into()));
        }
        changes
    };
    database.read_and_change(Store::Library, &[Store::ReportTexts], change).await?;
    Ok(records)
}

/// Makes a record of one report that an older version of the page kept. `false` when there is none left that can be
/// understood.
pub async fn adopt_next() -> Result<bool, StorageError> {
    let database = Database::open().await?;
    for (old_key, header) in database.all(Store::OlderReports).await? {
        let old = JsValue::from_str(&old_key);
        let Some(text) = database.get(Store::ReportTexts, &old).await? else { continue };
        let report = read(text.as_bytes()).ok();
        let record = report.and_then(|report| older::record(&header, &report, text.len() as u64));
        let (Some(record), Some(id)) = (record, older::id(&old_key)) else { continue };
        let changes = vec![
            Change::Put(Store::Library, key(id), record.to_json()),
            Change::Put(Store::ReportTexts, key(id), text),
            Change::Remove(Store::OlderReports, old.clone().into()),
            Change::Remove(Store::ReportTexts, old.into()),
        ];
        database.change(changes).await?;
        return Ok(true);
    }
    Ok(false)
}

fn understood(found: Vec<(String, String)>) -> Records {
    let known = |(key, text): (String, String)| Some((key.parse().ok()?, Record::read(&text)?));
    found.into_iter().filter_map(known).collect()
}

fn key(id: ReportId) -> JsValue {
    JsValue::from_str(&id.to_string())
}
