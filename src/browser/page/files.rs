//! Files in and out: what a person picks or drops, and what the page hands them.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    /// Over the size at which reading would freeze the page; it was not read.
    TooLarge(u64),
    /// The browser could not read it.
    Unreadable,
}

/// Reads a file whole, unless it has more than `max_bytes`.
pub async fn read(file: &web_sys::File, max_bytes: u64) -> Result<Vec<u8>, FileError> {
    let size = file.size() as u64;
    if size > max_bytes {
        return Err(FileError::TooLarge(size));
    }
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|_| FileError::Unreadable)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Offers `text` as a download.
pub fn download(name: &str, text: &str) -> Result<(), JsValue> {
    let kind = BlobPropertyBag::new();
    kind.set_type("application/json");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &kind)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    let link: HtmlAnchorElement = document.create_element("a")?.dyn_into()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The browser has taken hold of the blob by then.
    Url::revoke_object_url(&url)
}
