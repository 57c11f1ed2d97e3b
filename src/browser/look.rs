//! One look at an address from the page, over within three seconds.

use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestInit, RequestMode, Response};

/// People should know within three seconds, the starting of the worker included.
const LIMIT_MS: u32 = 2_700;

/// `GET`s an address.
///
/// # Errors
/// When nothing answers in time, or the browser forbids the page to ask.
pub async fn fetch(url: &str, mode: RequestMode) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_mode(mode);
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(LIMIT_MS)));
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_str_and_init(url, &init)).await?.dyn_into()
}
