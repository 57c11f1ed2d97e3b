//! Texts kept in the browser under keys, beyond the life of the tab: an IndexedDB database with a few stores.
//!
//! Every call is a transaction of its own, which commits by itself. Knows nothing of what the texts mean.
//!
//! Tabs of different versions of the page share the database. A connection closes as soon as another tab asks for a
//! newer version of it, opening gives up when another tab does not do so, and a database of a newer page is opened as it
//! is. So no tab ever waits long for another, whichever of them is older.

use std::cell::Cell;
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use idb::event::VersionChangeEvent;
use idb::{
    CursorDirection, DatabaseEvent as _, Factory, KeyRange, ObjectStore, ObjectStoreParams, Query,
    Transaction, TransactionMode,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::DomException;

const NAME: &str = "oddiya-load";
/// Version 2 added the stores of reports, version 3 that of their records with figures, version 4 that of scenarios.
const VERSION: u32 = 4;
/// How long another tab may take to let go of the database. It does so at once, or after what it is writing.
const LETTING_GO_MS: u32 = 1_000;
/// The longest time for opening. It takes milliseconds, and seconds where a busy browser must first end a page that it kept
/// for "back". After this time another tab blocks it, perhaps one that deletes the database.
const OPEN_LIMIT_MS: u32 = 15_000;

/// The database's stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// One header per run, under the run's id.
    Runs,
    /// A run's records, under its id and a number.
    Records,
    /// One header per report of a page of version 2.
    OlderReports,
    /// The report itself, under its id.
    ReportTexts,
    /// One record per report, under the report's id.
    Library,
    /// One record per scenario, under its id.
    Scenarios,
}

impl Store {
    const ALL: [Self; 6] =
        [Self::Runs, Self::Records, Self::OlderReports, Self::ReportTexts, Self::Library, Self::Scenarios];

    const fn name(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Records => "records",
            Self::OlderReports => "reports",
            Self::ReportTexts => "report_texts",
            Self::Library => "library",
            Self::Scenarios => "scenarios",
        }
    }
}

/// Why nothing can be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageError {
    /// Another tab, of an older version of the page, keeps the database open.
    Blocked,
    /// The browser keeps no more for this page, or the disk is full.
    Full,
    /// The browser keeps nothing for this page.
    Refused,
}

impl From<idb::Error> for StorageError {
    fn from(error: idb::Error) -> Self {
        match error {
            idb::Error::DomException(exception) => Self::of(&exception),
            _ => Self::Refused,
        }
    }
}

impl StorageError {
    fn of(exception: &DomException) -> Self {
        if exception.name() == "QuotaExceededError" { Self::Full } else { Self::Refused }
    }
}

/// A change of the database.
pub enum Change {
    Put(Store, JsValue, String),
    /// Removes a text, or all texts in a range of keys.
    Remove(Store, Query),
}

impl Change {
    const fn store(&self) -> Store {
        match self {
            Self::Put(store, ..) | Self::Remove(store, _) => *store,
        }
    }
}

/// Why a version of the database could not be opened.
enum OpenError {
    Blocked,
    Refused,
    /// A newer page has made a newer version of it.
    IsNewer,
}

impl From<idb::Error> for OpenError {
    fn from(error: idb::Error) -> Self {
        match error {
            idb::Error::DomException(exception) if exception.name() == "VersionError" => Self::IsNewer,
            _ => Self::Refused,
        }
    }
}

impl From<OpenError> for StorageError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Blocked => Self::Blocked,
            OpenError::Refused | OpenError::IsNewer => Self::Refused,
        }
    }
}

/// An open connection to the database.
pub struct Database {
    connection: idb::Database,
    write_failed: Rc<Cell<bool>>,
}

impl Database {
    /// Opens the database.
    pub async fn open() -> Result<Self, StorageError> {
        match Self::open_version(Some(VERSION)).await {
            Err(OpenError::IsNewer) => Ok(Self::open_version(None).await?),
            opened => Ok(opened?),
        }
    }

    /// Opens a version of the database, or the one that there is.
    async fn open_version(version: Option<u32>) -> Result<Self, OpenError> {
        let mut request = Factory::new()?.open(NAME, version)?;
        request.on_upgrade_needed(create_stores);
        let (blocked, is_blocked) = oneshot::channel();
        request.on_blocked(move |_| {
            // Sending fails once the time is up, because the receiver is gone.
            let _ = blocked.send(());
        });
        let open = Box::pin(async { request.await });
        let obstacle = Box::pin(obstacle(is_blocked));
        let mut connection = match select(open, obstacle).await {
            Either::Left((opened, _)) => opened?,
            Either::Right(((), late)) => {
                spawn_local(close_when_open(late));
                return Err(OpenError::Blocked);
            }
        };
        connection.on_version_change(|event| {
            // Another tab needs a newer version: further writes here fail, and are reported as not kept.
            if let Some(Ok(connection)) = event.target().map(idb::Database::try_from) {
                connection.close();
            }
        });
        Ok(Self { connection, write_failed: Rc::default() })
    }

    /// Whether a write has failed since this was asked last.
    pub fn has_failed(&self) -> bool {
        self.write_failed.replace(false)
    }

    /// Begins to write a text, without waiting for the end: a browser that outlives the page finishes the writing.
    pub fn put(&self, store: Store, key: &JsValue, text: &str) -> Result<(), StorageError> {
        let (transaction, objects) = self.begin(store, TransactionMode::ReadWrite)?;
        // The request is dropped, and goes on; the transaction tells how it ended.
        objects.put(&JsValue::from_str(text), Some(key))?;
        self.watch(transaction);
        Ok(())
    }

    /// Makes changes all together or not at all, and waits until they are kept.
    pub async fn change(&self, changes: Vec<Change>) -> Result<(), StorageError> {
        let mut stores: Vec<&str> = changes.iter().map(|change| change.store().name()).collect();
        stores.sort_unstable();
        stores.dedup();
        if stores.is_empty() {
            return Ok(());
        }
        let transaction = self.connection.transaction(&stores, TransactionMode::ReadWrite)?;
        begin_changes(&transaction, changes)?;
        committed(transaction).await
    }

    /// Makes the changes that follow from all texts of a store, in one transaction with reading them: nobody else changes
    /// them meanwhile. `others` are further stores that may change.
    pub async fn read_and_change(
        &self,
        store: Store,
        others: &[Store],
        changes: impl FnOnce(Vec<(String, String)>) -> Vec<Change>,
    ) -> Result<(), StorageError> {
        let stores: Vec<&str> = others.iter().chain([&store]).map(|store| store.name()).collect();
        let transaction = self.connection.transaction(&stores, TransactionMode::ReadWrite)?;
        let found = all_of(&transaction.object_store(store.name())?).await?;
        begin_changes(&transaction, changes(found))?;
        committed(transaction).await
    }

    /// Begins to remove a text, or all texts in a range of keys.
    pub fn remove(&self, store: Store, keys: impl Into<Query>) -> Result<(), StorageError> {
        let (transaction, objects) = self.begin(store, TransactionMode::ReadWrite)?;
        objects.delete(keys)?;
        self.watch(transaction);
        Ok(())
    }

    /// The text under a key.
    pub async fn get(&self, store: Store, key: &JsValue) -> Result<Option<String>, StorageError> {
        let (_transaction, objects) = self.begin(store, TransactionMode::ReadOnly)?;
        Ok(objects.get(key.clone())?.await?.and_then(|text| text.as_string()))
    }

    /// The texts in a range of keys, in the keys' order. A value that is no text is an empty one.
    pub async fn get_all(&self, store: Store, keys: KeyRange) -> Result<Vec<String>, StorageError> {
        let (_transaction, objects) = self.begin(store, TransactionMode::ReadOnly)?;
        let texts = objects.get_all(Some(keys.into()), None)?.await?;
        Ok(texts.into_iter().map(|text| text.as_string().unwrap_or_default()).collect())
    }

    /// Goes through the texts of a range of keys from the last to the first, and returns the first `Some` of `find`.
    pub async fn find_last<T>(
        &self,
        store: Store,
        keys: KeyRange,
        mut find: impl FnMut(&str) -> Option<T>,
    ) -> Result<Option<T>, StorageError> {
        let (_transaction, objects) = self.begin(store, TransactionMode::ReadOnly)?;
        let mut cursor = objects.open_cursor(Some(keys.into()), Some(CursorDirection::Prev))?.await?;
        while let Some(at) = cursor {
            let found = find(&at.value()?.as_string().unwrap_or_default());
            if found.is_some() {
                return Ok(found);
            }
            cursor = at.next(None)?.await?;
        }
        Ok(None)
    }

    /// All texts of a store with their keys, as far as these are texts, in the keys' order.
    pub async fn all(&self, store: Store) -> Result<Vec<(String, String)>, StorageError> {
        let (_transaction, objects) = self.begin(store, TransactionMode::ReadOnly)?;
        all_of(&objects).await
    }

    /// All keys that are texts, in their order.
    pub async fn keys(&self, store: Store) -> Result<Vec<String>, StorageError> {
        let (_transaction, objects) = self.begin(store, TransactionMode::ReadOnly)?;
        let keys = objects.get_all_keys(None, None)?.await?;
        Ok(keys.into_iter().filter_map(|key| key.as_string()).collect())
    }

    fn begin(&self, store: Store, mode: TransactionMode) -> Result<(Transaction, ObjectStore), StorageError> {
        let transaction = self.connection.transaction(&[store.name()], mode)?;
        let objects = transaction.object_store(store.name())?;
        Ok((transaction, objects))
    }

    /// Notes when a write fails later, for want of room for instance.
    fn watch(&self, transaction: Transaction) {
        let write_failed = Rc::clone(&self.write_failed);
        spawn_local(async move {
            if !transaction.await.is_ok_and(|result| result.is_committed()) {
                write_failed.set(true);
            }
        });
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Transactions under way still end.
        self.connection.close();
    }
}

/// Two requests, however many texts there are.
async fn all_of(objects: &ObjectStore) -> Result<Vec<(String, String)>, StorageError> {
    let (keys, texts) = (objects.get_all_keys(None, None)?, objects.get_all(None, None)?);
    let (keys, texts) = (keys.await?, texts.await?);
    Ok(keys.iter().zip(&texts).filter_map(|(key, text)| key.as_string().zip(text.as_string())).collect())
}

fn begin_changes(transaction: &Transaction, changes: Vec<Change>) -> Result<(), StorageError> {
    for change in changes {
        let objects = transaction.object_store(change.store().name())?;
        // The requests are dropped, and go on; the transaction tells how they ended.
        match change {
            Change::Put(_, key, text) => drop(objects.put(&JsValue::from_str(&text), Some(&key))?),
            Change::Remove(_, keys) => drop(objects.delete(keys)?),
        }
    }
    Ok(())
}

/// Waits until a transaction is kept. Why it was not stands in the transaction once it is aborted, and not when the first
/// error is seen, which is when the transaction's own future ends.
async fn committed(mut transaction: Transaction) -> Result<(), StorageError> {
    let (kept, is_kept) = oneshot::channel();
    let (aborted, is_aborted) = oneshot::channel();
    // Sending fails only when the page is gone.
    transaction.on_complete(move |_| {
        let _ = kept.send(());
    });
    transaction.on_abort(move |_| {
        let _ = aborted.send(());
    });
    match select(is_kept, is_aborted).await {
        Either::Left((Ok(()), _)) => Ok(()),
        _ => Err(transaction.error().as_ref().map_or(StorageError::Refused, StorageError::of)),
    }
}

/// Ends when another tab blocks the opening and does not let go, or when the time is up.
async fn obstacle(is_blocked: oneshot::Receiver<()>) {
    match select(is_blocked, TimeoutFuture::new(OPEN_LIMIT_MS)).await {
        Either::Left((Ok(()), _)) => TimeoutFuture::new(LETTING_GO_MS).await,
        // An opening that ends drops its sender, which says nothing.
        Either::Left((Err(_), time_limit)) => time_limit.await,
        Either::Right(_) => {}
    }
}

fn create_stores(event: VersionChangeEvent) {
    // Should this fail, there is no store, and the first use of one says so.
    let Ok(connection) = event.database() else { return };
    // An older version made some of them.
    let present = connection.store_names();
    let missing = Store::ALL.into_iter().filter(|store| !present.iter().any(|name| name == store.name()));
    for store in missing {
        let _ = connection.create_object_store(store.name(), ObjectStoreParams::new());
    }
}

/// A connection that nobody waits for any more must not stand in another tab's way.
async fn close_when_open(opening: impl Future<Output = Result<idb::Database, idb::Error>>) {
    if let Ok(connection) = opening.await {
        connection.close();
    }
}
