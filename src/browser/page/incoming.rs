//! The files in an event: of a file picker that was used, or of something dragged over the page.
//!
//! Reading them is `files.rs`'s job.

use wasm_bindgen::JsCast as _;

/// The file that was picked; the picker is emptied, so that the same file can be picked again.
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

/// Whether what is being dragged are files, and not a stretch of text or a link.
pub fn carries_files(event: &web_sys::DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
}
