//! Copies the cells of a table to other programs.

use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlTableRowElement};

/// The cells of the rows of the first table in an element, as they are shown.
pub fn rows(element: &Element) -> Vec<Vec<String>> {
    let Ok(rows) = element.query_selector_all("tr") else { return Vec::new() };
    let row = |at| rows.get(at).and_then(|row| row.dyn_into::<HtmlTableRowElement>().ok());
    (0..rows.length()).filter_map(row).map(|row| cells(&row)).collect()
}

fn cells(row: &HtmlTableRowElement) -> Vec<String> {
    let cells = row.cells();
    let shown = |at| cells.item(at).filter(|cell| !cell.class_list().contains("cell-choice"));
    let text = |cell: Element| cell.text_content().unwrap_or_default().trim().to_owned();
    (0..cells.length()).filter_map(shown).map(text).collect()
}

/// Puts a text on the clipboard.
///
/// # Errors
/// When the browser refuses it: pages that came over plain HTTP from another machine have no clipboard.
pub async fn copy(text: &str) -> Result<(), JsValue> {
    let navigator = web_sys::window().ok_or(JsValue::NULL)?.navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into())?;
    let clipboard = clipboard.dyn_into::<web_sys::Clipboard>()?;
    JsFuture::from(clipboard.write_text(text)).await.map(drop)
}
