//! A name that one tab holds. The browser releases it when the tab closes or crashes, whatever else happens.
//!
//! `web-sys` has Web Locks only among its unstable APIs, hence the declarations here.

use futures_channel::oneshot;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    type LockManager;
    #[wasm_bindgen(method)]
    fn request(this: &LockManager, name: &str, hold: &JsValue) -> Promise;
    #[wasm_bindgen(method)]
    fn query(this: &LockManager) -> Promise;
}

/// A name that is held until this is dropped.
pub struct Lock(Function);

impl Lock {
    /// Takes hold of a name that nobody holds; fails where there are no locks (pages without https).
    pub async fn take(name: &str) -> Result<Self, JsValue> {
        let mut release = None;
        // The lock is held until this is resolved.
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        let (granted, is_granted) = oneshot::channel();
        let hold = Closure::once_into_js(move || {
            // Nobody listens only when the page gave up, and then the lock goes with the page.
            let _ = granted.send(());
            held
        });
        let _ends_with_the_lock = manager()?.request(name, &hold);
        is_granted.await.map_err(|_| JsValue::NULL)?;
        release.map(Self).ok_or(JsValue::NULL)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Resolving a promise cannot fail.
        let _ = self.0.call0(&JsValue::NULL);
    }
}

/// The names that are held now, by any tab of this origin.
pub async fn held() -> Result<Vec<String>, JsValue> {
    let snapshot = JsFuture::from(manager()?.query()).await?;
    let held: Array = Reflect::get(&snapshot, &"held".into())?.dyn_into()?;
    Ok(held.iter().filter_map(|lock| Reflect::get(&lock, &"name".into()).ok()?.as_string()).collect())
}

fn manager() -> Result<LockManager, JsValue> {
    let navigator = web_sys::window().ok_or(JsValue::NULL)?.navigator();
    let manager = Reflect::get(&navigator, &"locks".into())?;
    if manager.is_undefined() { Err(JsValue::NULL) } else { Ok(manager.unchecked_into()) }
}
