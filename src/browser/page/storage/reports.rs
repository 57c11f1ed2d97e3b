//! Reports that the browser keeps until somebody dismisses them: those of finished runs, and those opened from files.
//!
//! A report has a header and a text, in two stores: a list of many reads only headers.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::database::{Database, StorageError, Store};
use crate::core::report::Report;
use crate::core::report::read::read;

/// What a list says of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The number in the report's address, in the tab that kept it.
    pub number: u32,
    pub origin: Origin,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// When its run started, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
}

/// Where a kept report comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// A run of this page.
    Run,
    /// A file with this name.
    File(String),
}

/// A report that the browser keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    id: String,
    pub header: Header,
}

impl Kept {
    /// Keeps a report, and waits until it is kept.
    pub async fn keep(header: Header, report: &Report) -> Result<Self, StorageError> {
        let id = new_id();
        let head = serde_json::to_string(&header).map_err(|_| StorageError::Refused)?;
        let database = Database::open().await?;
        // The text first: a header without a text would be offered and could not be opened.
        database.write(Store::ReportTexts, &JsValue::from_str(&id), &report.to_json()).await?;
        database.write(Store::Reports, &JsValue::from_str(&id), &head).await?;
        Ok(Self { id, header })
    }

    /// Every report that is kept, the earliest first. One that this program does not understand is left alone.
    pub async fn all() -> Result<Vec<Self>, StorageError> {
        let database = Database::open().await?;
        let mut found = Vec::new();
        for id in database.keys(Store::Reports).await? {
            let text = database.get(Store::Reports, &JsValue::from_str(&id)).await?;
            let header = text.and_then(|text| serde_json::from_str(&text).ok());
            found.extend(header.map(|header| Self { id, header }));
        }
        Ok(found)
    }

    /// The report; `None` when another tab dismissed it meanwhile, or its text cannot be read.
    pub async fn report(&self) -> Option<Report> {
        let database = Database::open().await.ok()?;
        let text = database.get(Store::ReportTexts, &JsValue::from_str(&self.id)).await.ok()??;
        read(text.as_bytes()).ok()
    }

    /// Forgets it.
    pub async fn dismiss(&self) {
        // What cannot be removed comes back at the next opening of the page, where it can be dismissed again.
        if let Ok(database) = Database::open().await {
            let _ = database.remove(Store::Reports, JsValue::from_str(&self.id));
            let _ = database.remove(Store::ReportTexts, JsValue::from_str(&self.id));
        }
    }
}

/// Ids sort by the moment at which a report was kept.
fn new_id() -> String {
    let now = String::from(js_sys::Date::new_0().to_iso_string());
    format!("{now}-{:06}", (js_sys::Math::random() * 1e6) as u32)
}
