//! A text area as the browser draws it: the height of its lines, its caret, and the part of its text that is selected.

use std::ops::Range;

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlDocument, HtmlTextAreaElement};

/// The height of a line in CSS pixels; `None` before the area is drawn.
pub fn line_height(area: &HtmlTextAreaElement) -> Option<f64> {
    let style = web_sys::window()?.get_computed_style(area).ok()??;
    let height = style.get_property_value("line-height").ok()?;
    height.strip_suffix("px")?.parse().ok().filter(|height| *height > 0.0)
}

/// The text before the caret, or before what is selected.
pub fn before_caret(area: &HtmlTextAreaElement) -> String {
    let units = area.selection_start().ok().flatten().unwrap_or(0) as usize;
    let before: Vec<u16> = area.value().encode_utf16().take(units).collect();
    String::from_utf16_lossy(&before)
}

/// Types a text where the caret is, so that the browser can undo it; `false` where it does not let a page type.
pub fn type_at_caret(area: &HtmlTextAreaElement, text: &str) -> bool {
    let document = area.owner_document().and_then(|document| document.dyn_into::<HtmlDocument>().ok());
    // No other way to change the text keeps what can be undone.
    document.is_some_and(|document| {
        document.exec_command_with_show_ui_and_value("insertText", false, text) == Ok(true)
    })
}

/// Selects a part of the text, in units of UTF-16, gives the area the focus and scrolls the line into view. Lines count from
/// 0.
pub fn select(area: &HtmlTextAreaElement, part: Range<u32>, line: usize) {
    // Fails only for areas that are not shown.
    let _ = area.focus();
    let _ = area.set_selection_range(part.start, part.end);
    let (Some(line_height), height) = (line_height(area), f64::from(area.client_height())) else { return };
    let (top, shown_from) = (line as f64 * line_height, f64::from(area.scroll_top()));
    if top < shown_from || top + line_height * 2.0 > shown_from + height {
        area.set_scroll_top((top - height / 3.0).max(0.0) as i32);
    }
}
