//! Texts kept in the browser, under keys, past the tab's end: IndexedDB with two stores, as much of it as we need.
//!
//! Page side. Every call is a transaction of its own, which commits by itself. Knows nothing of what the texts mean.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    IdbCursorDirection, IdbCursorWithValue, IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest,
    IdbTransactionMode,
};

const NAME: &str = "oddiya-load";
const VERSION: u32 = 1;

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// One header per run, under the run's id.
    Runs,
    /// A run's records, under its id and a number.
    Records,
}

impl Store {
    const fn name(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Records => "records",
        }
    }
}

/// The open database.
pub struct Database {
    database: IdbDatabase,
    failed: Rc<Cell<bool>>,
    _on_abort: Closure<dyn FnMut()>,
}

impl Database {
    /// Opens it; fails where the browser keeps nothing for this page.
    pub async fn open() -> Result<Self, JsValue> {
        let factory = web_sys::window().ok_or(JsValue::NULL)?.indexed_db()?.ok_or(JsValue::NULL)?;
        let request = factory.open_with_u32(NAME, VERSION)?;
        let fresh = request.clone();
        let upgrade = Closure::once(move || {
            // Should this fail, there is no store, and the first use of one says so.
            let Ok(database) = fresh.result().map(JsValue::unchecked_into::<IdbDatabase>) else { return };
            for store in [Store::Runs, Store::Records] {
                let _ = database.create_object_store(store.name());
            }
        });
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let database: IdbDatabase = finished(&request).await?.unchecked_into();
        let failed = Rc::new(Cell::new(false));
        let noticed = Rc::clone(&failed);
        let on_abort = Closure::new(move || noticed.set(true));
        // A write that fails later, for want of room, aborts its transaction, and the event ends up here.
        database.set_onabort(Some(on_abort.as_ref().unchecked_ref()));
        Ok(Self { database, failed, _on_abort: on_abort })
    }

    /// Whether a write has failed since the last time it was asked.
    pub fn has_failed(&self) -> bool {
        self.failed.replace(false)
    }

    /// Keeps a text, without waiting until it is: a browser that outlives the page finishes the writing.
    pub fn put(&self, store: Store, key: &JsValue, text: &str) -> Result<(), JsValue> {
        self.begin(store, IdbTransactionMode::Readwrite)?
            .put_with_key(&JsValue::from_str(text), key)
            .map(drop)
    }

    /// Removes a text, or all in a range of keys.
    pub fn remove(&self, store: Store, keys: &JsValue) -> Result<(), JsValue> {
        self.begin(store, IdbTransactionMode::Readwrite)?.delete(keys).map(drop)
    }

    /// The text under a key.
    pub async fn get(&self, store: Store, key: &JsValue) -> Result<Option<String>, JsValue> {
        let objects = self.begin(store, IdbTransactionMode::Readonly)?;
        Ok(finished(&objects.get(key)?).await?.as_string())
    }

    /// The texts in a range of keys, in the keys' order.
    pub async fn get_all(&self, store: Store, keys: &IdbKeyRange) -> Result<Vec<String>, JsValue> {
        let objects = self.begin(store, IdbTransactionMode::Readonly)?;
        let texts: Array = finished(&objects.get_all_with_key(keys)?).await?.unchecked_into();
        Ok(texts.iter().filter_map(|text| text.as_string()).collect())
    }

    /// The text with the last key in a range.
    pub async fn last(&self, store: Store, keys: &IdbKeyRange) -> Result<Option<String>, JsValue> {
        let objects = self.begin(store, IdbTransactionMode::Readonly)?;
        let request = objects.open_cursor_with_range_and_direction(keys, IdbCursorDirection::Prev)?;
        let cursor = finished(&request).await?.dyn_into::<IdbCursorWithValue>().ok();
        Ok(cursor.and_then(|cursor| cursor.value().ok()).and_then(|text| text.as_string()))
    }

    /// All keys that are texts, in their order.
    pub async fn keys(&self, store: Store) -> Result<Vec<String>, JsValue> {
        let objects = self.begin(store, IdbTransactionMode::Readonly)?;
        let keys: Array = finished(&objects.get_all_keys()?).await?.unchecked_into();
        Ok(keys.iter().filter_map(|key| key.as_string()).collect())
    }

    fn begin(&self, store: Store, mode: IdbTransactionMode) -> Result<IdbObjectStore, JsValue> {
        self.database.transaction_with_str_and_mode(store.name(), mode)?.object_store(store.name())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.database.set_onabort(None);
        // Transactions that were begun still end.
        self.database.close();
    }
}

async fn finished(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let done = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(done).await?;
    request.result()
}
