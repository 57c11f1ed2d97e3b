//! The run under way, kept in the browser second by second, and runs that were cut off, found again.
//!
//! Each run has a header and one record per second, so that a second costs the same from the first to the last. A run
//! whose lock is held is under way in some tab; one whose lock is free was cut off. A run that ended is removed,
//! because its report is then on the page. What is in a record is decided by `core::run::journal`.

use std::cell::Cell;

use idb::KeyRange;
use js_sys::Array;
use wasm_bindgen::JsValue;

use super::database::{Database, StorageError, Store};
use super::lock::{Lock, held};
use crate::core::base::units::Micros;
use crate::core::report::Report;
use crate::core::run::journal::{Header, rebuild};
use crate::core::run::record::Record;

/// A run that is being written down.
pub struct Journal {
    database: Database,
    run: String,
    written: Cell<u32>,
    _lock: Lock,
}

impl Journal {
    /// Begins a run's journal.
    pub async fn begin(header: &Header) -> Result<Self, StorageError> {
        let run = format!("{}-{:06}", header.started_at, (js_sys::Math::random() * 1e6) as u32);
        let text = serde_json::to_string(header).map_err(|_| StorageError::Refused)?;
        // The lock first: a header without one is a run that was cut off.
        let lock = Lock::take(&lock_name(&run)).await.map_err(|_| StorageError::Refused)?;
        let database = Database::open().await?;
        database.put(Store::Runs, &JsValue::from_str(&run), &text)?;
        Ok(Self { database, run, written: Cell::new(0), _lock: lock })
    }

    /// Writes a record; fails also when an earlier one turns out not to have been kept.
    pub fn append(&self, record: &Record) -> Result<(), StorageError> {
        let text = serde_json::to_string(record).map_err(|_| StorageError::Refused)?;
        let number = self.written.replace(self.written.get() + 1);
        let key = Array::of2(&JsValue::from_str(&self.run), &JsValue::from(number));
        self.database.put(Store::Records, &key, &text)?;
        if self.database.has_failed() { Err(StorageError::Refused) } else { Ok(()) }
    }

    /// Removes the run: it has ended.
    pub fn remove(self) {
        forget(&self.database, &self.run);
    }
}

/// A run that was cut off.
#[derive(Clone, Debug, PartialEq)]
pub struct Cutoff {
    run: String,
    /// The host that it loaded.
    pub host: String,
    /// When it started, RFC 3339 in UTC.
    pub started_at: String,
    /// How long it had been going, in seconds.
    pub at_s: f64,
}

impl Cutoff {
    /// Every run that was cut off, the latest first.
    ///
    /// # Errors
    /// When another tab stands in the way. A browser that keeps nothing for this page has no such runs.
    pub async fn find() -> Result<Vec<Self>, StorageError> {
        match find().await {
            Err(StorageError::Refused) => Ok(Vec::new()),
            found => found,
        }
    }

    /// Its report; `None` when it was discarded meanwhile, in another tab.
    pub async fn report(&self) -> Option<Report> {
        let database = Database::open().await.ok()?;
        let header = database.get(Store::Runs, &JsValue::from_str(&self.run)).await.ok()??;
        let texts = database.get_all(Store::Records, records_of(&self.run).ok()?).await.ok()?;
        // A record that cannot be read costs its second, not the run.
        let records = texts.iter().filter_map(|text| serde_json::from_str::<Record>(text).ok());
        rebuild(serde_json::from_str(&header).ok()?, records)
    }

    /// Forgets it.
    pub async fn discard(&self) {
        if let Ok(database) = Database::open().await {
            forget(&database, &self.run);
        }
    }
}

async fn find() -> Result<Vec<Cutoff>, StorageError> {
    let database = Database::open().await?;
    let runs = database.keys(Store::Runs).await?;
    let under_way = held().await.map_err(|_| StorageError::Refused)?;
    let mut found = Vec::new();
    for run in runs.into_iter().rev().filter(|run| !under_way.contains(&lock_name(run))) {
        match read_cutoff(&database, &run).await? {
            Some(cutoff) => found.push(cutoff),
            // Cut off in its first second, or written by a program that this one does not understand.
            None => forget(&database, &run),
        }
    }
    Ok(found)
}

async fn read_cutoff(database: &Database, run: &str) -> Result<Option<Cutoff>, StorageError> {
    let header = database.get(Store::Runs, &JsValue::from_str(run)).await?;
    let last = database.last(Store::Records, records_of(run)?).await?;
    let header = header.and_then(|text| serde_json::from_str::<Header>(&text).ok());
    let last = last.and_then(|text| serde_json::from_str::<Record>(&text).ok());
    let reached = last.map(|record| record.reaches()).filter(|reached| *reached > Micros::ZERO);
    Ok(header.zip(reached).map(|(header, reached)| Cutoff {
        run: run.to_owned(),
        host: header.text.host,
        started_at: header.started_at,
        at_s: reached.as_secs_f64(),
    }))
}

fn lock_name(run: &str) -> String {
    format!("oddiya-load/run/{run}")
}

/// Keys are `[run, number]`; an array sorts after every number.
fn records_of(run: &str) -> Result<KeyRange, StorageError> {
    let run = JsValue::from_str(run);
    Ok(KeyRange::bound(&Array::of1(&run), &Array::of2(&run, &Array::new()), None, None)?)
}

fn forget(database: &Database, run: &str) {
    // What cannot be removed is offered again at the next opening.
    let _ = records_of(run).and_then(|records| database.remove(Store::Records, records));
    let _ = database.remove(Store::Runs, JsValue::from_str(run));
}
