//! Tells the other tabs that the library or the scenarios have changed, so that their lists follow.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::BroadcastChannel;

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Library,
    Scenarios,
}

impl Of {
    const fn channel(self) -> &'static str {
        match self {
            Self::Library => "oddiya-load/library",
            Self::Scenarios => "oddiya-load/scenarios",
        }
    }
}

/// The line to the other tabs of this page. It is silent in a browser that has none.
pub struct Changes {
    channel: Option<BroadcastChannel>,
    _on_message: Closure<dyn FnMut()>,
}

impl Changes {
    /// `on_change` is called whenever another tab has changed them.
    pub fn listen(of: Of, on_change: impl FnMut() + 'static) -> Self {
        let on_message = Closure::new(on_change);
        let channel = BroadcastChannel::new(of.channel()).ok();
        let listener = Some(on_message.as_ref().unchecked_ref());
        channel.iter().for_each(|channel| channel.set_onmessage(listener));
        Self { channel, _on_message: on_message }
    }

    /// Tells the other tabs that this one has changed them.
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
