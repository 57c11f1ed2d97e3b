//! Word to the other tabs that the library has changed, so that their lists follow.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::BroadcastChannel;

const NAME: &str = "oddiya-load/library";

/// The line to the other tabs of this page. It is silent in a browser that has none.
pub struct Changes {
    channel: Option<BroadcastChannel>,
    _on_message: Closure<dyn FnMut()>,
}

impl Changes {
    /// `on_change` is called whenever another tab has changed the library.
    pub fn listen(on_change: impl FnMut() + 'static) -> Self {
        let on_message = Closure::new(on_change);
        let channel = BroadcastChannel::new(NAME).ok();
        let listener = Some(on_message.as_ref().unchecked_ref());
        channel.iter().for_each(|channel| channel.set_onmessage(listener));
        Self { channel, _on_message: on_message }
    }

    /// Tells the other tabs that this one has changed the library.
    pub fn announce(&self) {
        // Fails only on a line that is closed.
        self.channel.iter().for_each(|channel| drop(channel.post_message(&JsValue::NULL)));
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        self.channel.iter().for_each(|channel| {
            channel.set_onmessage(None);
            channel.close();
        });
    }
}
