//! How much the browser keeps for this page, and how much it would keep.

use wasm_bindgen_futures::JsFuture;
use web_sys::StorageEstimate;

/// How much the browser keeps for this page, and how much it would keep, in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub used: f64,
    pub limit: f64,
}

/// Asks the browser; `None` when it does not say (pages without https).
pub async fn estimate() -> Option<Estimate> {
    let navigator = web_sys::window()?.navigator();
    // Read by its name first, because where it is missing, asking it would throw.
    let has_it = js_sys::Reflect::get(&navigator, &"storage".into()).is_ok_and(|found| found.is_object());
    let asked = has_it.then(|| navigator.storage().estimate())?.ok()?;
    let found: StorageEstimate = JsFuture::from(asked).await.ok()?.into();
    Some(Estimate { used: found.get_usage()?, limit: found.get_quota()? })
}
