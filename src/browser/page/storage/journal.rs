//! The run under way, kept in the browser second by second, and runs that were cut off, found again.
//!
//! Each run has a header and one record per second, so that a second costs the same from the first to the last. A run
//! whose lock is held is under way in some tab; one whose lock is free was cut off. When a run has ended, its report is
//! kept in place of its journal (`library.rs`). A run that was cut off stays until somebody discards it, even when this page
//! cannot read it. What is in a record is decided by `core::run::journal`.

use std::cell::Cell;

use idb::KeyRange;
use js_sys::Array;
use wasm_bindgen::JsValue;

use super::database::{Change, Database, StorageError, Store};
use super::lock::{Lock, held};
use crate::core::report::Report;
use crate::core::run::journal::{Extent, Header, rebuild};
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

    /// Removes the run: nothing of it is worth keeping.
    pub fn remove(self) {
        forget(&self.database, &self.run);
    }

    /// The changes that remove the run from the database, for a transaction that keeps its report instead.
    pub fn removal(&self) -> Vec<Change> {
        let run = Change::Remove(Store::Runs, JsValue::from_str(&self.run).into());
        let records = records_of(&self.run).map(|records| Change::Remove(Store::Records, records.into()));
        records.into_iter().chain([run]).collect()
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
    /// Its report; `None` when it was discarded meanwhile, in another tab.
    pub async fn report(&self) -> Option<Report> {
        let database = Database::open().await.ok()?;
        let header = database.get(Store::Runs, &JsValue::from_str(&self.run)).await.ok()??;
        let records = database.get_all(Store::Records, records_of(&self.run).ok()?).await.ok()?;
        rebuild(Header::read(&header)?, records.iter().map(String::as_str))
    }

    /// Deletes its journal.
    pub async fn discard(&self) {
        discard(&self.run).await;
    }
}

/// A run that was cut off and that this page cannot read: it is damaged, or another version of the page wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    run: String,
}

impl Unreadable {
    /// When it started, RFC 3339 in UTC, as far as its name tells.
    pub fn started_at(&self) -> &str {
        self.run.rsplit_once('-').map_or(self.run.as_str(), |(started_at, _)| started_at)
    }

    /// Deletes its journal.
    pub async fn discard(&self) {
        discard(&self.run).await;
    }
}

/// The runs that were cut off, the latest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    pub cutoffs: Vec<Cutoff>,
    pub unreadable: Vec<Unreadable>,
}

impl Kept {
    /// Every run that was cut off.
    ///
    /// # Errors
    /// When another tab stands in the way. A browser that keeps nothing for this page has no such runs.
    pub async fn find() -> Result<Self, StorageError> {
        match find().await {
            Err(StorageError::Refused) => Ok(Self::default()),
            found => found,
        }
    }
}

async fn find() -> Result<Kept, StorageError> {
    let database = Database::open().await?;
    let runs = database.keys(Store::Runs).await?;
    let under_way = held().await.map_err(|_| StorageError::Refused)?;
    let mut kept = Kept::default();
    for run in runs.into_iter().rev().filter(|run| !under_way.contains(&lock_name(run))) {
        match look_at(&database, &run).await? {
            Seen::Readable(cutoff) => kept.cutoffs.push(cutoff),
            Seen::Unreadable => kept.unreadable.push(Unreadable { run }),
            Seen::Empty => forget(&database, &run),
            Seen::Gone => {}
        }
    }
    Ok(kept)
}

/// The result of looking at a run's journal.
enum Seen {
    Readable(Cutoff),
    Unreadable,
    /// Nothing was measured yet, so nothing is lost with it.
    Empty,
    /// The run was removed meanwhile, in another tab.
    Gone,
}

async fn look_at(database: &Database, run: &str) -> Result<Seen, StorageError> {
    let Some(header) = database.get(Store::Runs, &JsValue::from_str(run)).await? else {
        return Ok(Seen::Gone);
    };
    let Some(header) = Header::read(&header) else { return Ok(Seen::Unreadable) };
    let mut is_damaged = false;
    let reached = |record: &str| match Extent::of(record) {
        Extent::Unreadable => {
            is_damaged = true;
            None
        }
        readable => Some(readable),
    };
    Ok(match database.find_last(Store::Records, records_of(run)?, reached).await? {
        Some(Extent::Until(reached)) => Seen::Readable(Cutoff {
            run: run.to_owned(),
            host: header.text.host,
            started_at: header.started_at,
            at_s: reached.as_secs_f64(),
        }),
        _ if is_damaged => Seen::Unreadable,
        _ => Seen::Empty,
    })
}

fn lock_name(run: &str) -> String {
    format!("oddiya-load/run/{run}")
}

/// Keys are `[run, number]`; an array sorts after every number.
fn records_of(run: &str) -> Result<KeyRange, StorageError> {
    let run = JsValue::from_str(run);
    Ok(KeyRange::bound(&Array::of1(&run), &Array::of2(&run, &Array::new()), None, None)?)
}

async fn discard(run: &str) {
    if let Ok(database) = Database::open().await {
        forget(&database, run);
    }
}

fn forget(database: &Database, run: &str) {
    // What cannot be removed is offered again at the next opening.
    let _ = records_of(run).and_then(|records| database.remove(Store::Records, records));
    let _ = database.remove(Store::Runs, JsValue::from_str(run));
}
