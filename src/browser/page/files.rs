//! Files in and out: what a person picks or drops, and what the page offers as a download.

use gloo_file::{Blob, ObjectUrl, futures::read_as_bytes};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::HtmlAnchorElement;

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    /// So many bytes would freeze the page while it reads them; the file was not read.
    TooLarge(u64),
    /// The browser could not read it.
    Unreadable,
}

/// Reads a whole file, unless it has more than `max_bytes`.
pub async fn read(file: &web_sys::File, max_bytes: u64) -> Result<Vec<u8>, FileError> {
    let file = Blob::from(file.clone());
    if file.size() > max_bytes {
        return Err(FileError::TooLarge(file.size()));
    }
    read_as_bytes(&file).await.map_err(|_| FileError::Unreadable)
}

/// What a file that is offered as a download holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Json,
    Csv,
    Svg,
}

impl Format {
    const fn mime_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// Offers a text as a download.
pub fn download(name: &str, text: &str, format: Format) -> Result<(), JsValue> {
    download_blob(name, Blob::new_with_options(text, Some(format.mime_type())))
}

/// Offers anything as a download.
pub fn download_blob(name: &str, blob: Blob) -> Result<(), JsValue> {
    let url = ObjectUrl::from(blob);
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    let link: HtmlAnchorElement = document.create_element("a")?.dyn_into()?;
    link.set_href(&url);
    link.set_download(name);
    // The browser takes hold of the content here; the address may go afterwards.
    link.click();
    Ok(())
}
