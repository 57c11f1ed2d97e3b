//! Scenarios that the browser keeps until somebody deletes them.
//!
//! A scenario has one record with its text. What a record holds and how it changes is decided by `core::shelf`. Each change is
//! one transaction that reads what is there, so that two tabs do not undo each other's changes.

use wasm_bindgen::JsValue;

use super::database::{Change, Database, StorageError, Store};
use super::library::now_ms;
use crate::core::shelf::Records;
use crate::core::shelf::edit::{Edit, apply};
use crate::core::shelf::id::ScenarioId;
use crate::core::shelf::record::Record;

/// The id of a scenario that is kept from now on.
pub fn fresh_id() -> ScenarioId {
    ScenarioId::kept_at(now_ms(), (js_sys::Math::random() * 1e6) as u64)
}

/// Every record that this version understands. The others are left alone.
pub async fn all() -> Result<Records, StorageError> {
    let database = Database::open().await?;
    Ok(understood(database.all(Store::Scenarios).await?))
}

/// Changes records, and gives back all as they are then.
pub async fn edit(edit: &Edit) -> Result<Records, StorageError> {
    let database = Database::open().await?;
    let mut records = Records::new();
    let change = |found: Vec<(String, String)>| {
        records = understood(found);
        let changed = apply(&mut records, edit);
        let written = changed.written.into_iter().filter_map(|id| {
            let json = records.get(&id)?.to_json();
            Some(Change::Put(Store::Scenarios, key(id), json))
        });
        let removed = changed.removed.into_iter().map(|id| Change::Remove(Store::Scenarios, key(id).into()));
        written.chain(removed).collect()
    };
    database.read_and_change(Store::Scenarios, &[], change).await?;
    Ok(records)
}

fn understood(found: Vec<(String, String)>) -> Records {
    let known = |(key, json): (String, String)| Some((key.parse().ok()?, Record::read(&json)?));
    found.into_iter().filter_map(known).collect()
}

fn key(id: ScenarioId) -> JsValue {
    JsValue::from_str(&id.to_string())
}
