//! Whether anybody sees the page: browsers slow hidden ones down, so their seconds are marked.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::VisibilityState;

use crate::core::run::health::Visibility;

/// Whether the page is seen now.
pub fn now() -> Visibility {
    let hidden = web_sys::window()
        .and_then(|window| window.document())
        .is_some_and(|document| document.visibility_state() == VisibilityState::Hidden);
    if hidden { Visibility::Hidden } else { Visibility::Visible }
}

/// Calls `on_visibility` at every change, as long as the page lives.
pub fn on_change(on_visibility: impl Fn(Visibility) + 'static) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let listener = Closure::<dyn Fn()>::new(move || on_visibility(now()));
    // No reason to fail is known; seconds would then go unmarked.
    let _ = document.add_event_listener_with_callback("visibilitychange", listener.as_ref().unchecked_ref());
    listener.forget();
}
