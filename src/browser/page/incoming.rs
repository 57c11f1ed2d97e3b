//! The files in an event: picked with a file picker, or dragged over the page.
//!
//! `files.rs` reads them.

use wasm_bindgen::JsCast as _;

/// The picked file. Empties the picker, so that the same file can be picked again.
pub fn picked(event: &web_sys::Event) -> Option<web_sys::File> {
    let input = event.target()?.dyn_into::<web_sys::HtmlInputElement>().ok()?;
    let file = input.files()?.get(0);
    input.set_value("");
    file
}

/// The first of the files that were dropped.
pub fn dropped(event: &web_sys::DragEvent) -> Option<web_sys::File> {
    event.data_transfer()?.files()?.get(0)
}

/// Whether files are being dragged, rather than text or a link.
pub fn carries_files(event: &web_sys::DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
}
