//! Files in and out: what a person picks or drops, and what the page offers as a download.

use gloo_file::{Blob, ObjectUrl, futures::read_as_bytes};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{BlobPropertyBag, HtmlAnchorElement};

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    /// The file was not read, because reading so many bytes would freeze the page.
    TooLarge(u64),
    /// The browser could not read it.
    Unreadable,
}

/// The beginning of a file; less than `bytes` where it is shorter.
pub async fn beginning(file: &web_sys::File, bytes: u64) -> Result<Vec<u8>, FileError> {
    let beginning = Blob::from(file.clone()).slice(0, bytes);
    read_as_bytes(&beginning).await.map_err(|_| FileError::Unreadable)
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
    Html,
    Svg,
    Yaml,
}

impl Format {
    const fn mime_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Html => "text/html",
            Self::Svg => "image/svg+xml",
            Self::Yaml => "application/yaml",
        }
    }
}

/// Offers a text as a download.
pub fn download(name: &str, text: &str, format: Format) -> Result<(), JsValue> {
    offer(name, &Blob::new_with_options(text, Some(format.mime_type())))
}

/// Offers what the browser holds, such as a picture, as a download.
pub fn download_blob(name: &str, blob: Blob) -> Result<(), JsValue> {
    offer(name, &blob)
}

/// A long text in parts, which the browser holds outside the page's own memory.
#[derive(Default)]
pub struct Parts(js_sys::Array);

impl Parts {
    pub fn push(&self, part: &str) {
        self.0.push(&JsValue::from_str(part));
    }

    /// Offers the whole text as a download.
    pub fn download(&self, name: &str, format: Format) -> Result<(), JsValue> {
        let options = BlobPropertyBag::new();
        options.set_type(format.mime_type());
        offer(name, &web_sys::Blob::new_with_str_sequence_and_options(&self.0, &options)?.into())
    }
}

fn offer(name: &str, content: &Blob) -> Result<(), JsValue> {
    let url = ObjectUrl::from(content.clone());
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    let link: HtmlAnchorElement = document.create_element("a")?.dyn_into()?;
    link.set_href(&url);
    link.set_download(name);
    // The browser takes hold of the content here; the address may go afterwards.
    link.click();
    Ok(())
}
