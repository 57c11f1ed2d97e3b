//! Tells the page what happens.

use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

use crate::browser::message::Event;

/// The worker's own scope.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Posts an event to the page.
pub fn post(event: &Event) {
    if let Ok(text) = serde_json::to_string(event) {
        // Fails only when the page is gone, and then nobody would read it.
        let _ = scope().post_message(&JsValue::from_str(&text));
    }
}
