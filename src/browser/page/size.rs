//! How wide an element is, now and whenever that changes. Charts are drawn pixel by pixel and need to know.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

/// Watches one element for as long as it is kept.
pub struct WidthWatch {
    observer: web_sys::ResizeObserver,
    _on_resize: Closure<dyn FnMut(js_sys::Array)>,
}

impl WidthWatch {
    /// Calls `on_width` with the element's inner width in CSS pixels, at once and after each change.
    /// `None` in browsers that cannot tell.
    pub fn new(element: &web_sys::Element, on_width: impl Fn(f64) + 'static) -> Option<Self> {
        on_width(f64::from(element.client_width()));
        let on_resize = Closure::new(move |entries: js_sys::Array| {
            let entry = entries.get(0).dyn_into::<web_sys::ResizeObserverEntry>();
            if let Ok(entry) = entry {
                on_width(f64::from(entry.target().client_width()));
            }
        });
        let observer = web_sys::ResizeObserver::new(Closure::as_ref(&on_resize).unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _on_resize: on_resize })
    }
}

impl Drop for WidthWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
