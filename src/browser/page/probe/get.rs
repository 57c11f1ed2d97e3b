//! One look at an address from the page, over in time for people to know within three seconds.

use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestInit, RequestMode, Response};

/// For the first look: who is there. With the second look and the starting of the worker it makes
/// three seconds.
pub const FIRST_LOOK_MS: u32 = 2_000;
/// For a second look at what has just answered, by another name: the same machine, which answers at once or not.
pub const SECOND_LOOK_MS: u32 = 800;

/// `GET`s an address, for so long.
///
/// # Errors
/// When nothing answers in time, or the browser forbids the page to ask.
pub async fn fetch(url: &str, mode: RequestMode, limit_ms: u32) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_mode(mode);
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(limit_ms)));
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_str_and_init(url, &init)).await?.dyn_into()
}
