//! How large an element is, now and whenever that changes. Charts are drawn pixel by pixel and need to know.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver, ResizeObserverEntry};

/// An element's inner size in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

/// Watches one element for as long as it is kept.
pub struct SizeWatch {
    observer: ResizeObserver,
    _on_resize: Closure<dyn FnMut(js_sys::Array)>,
}

impl SizeWatch {
    /// Calls `on_size` when the element is first laid out, and after each change. `None` in browsers that cannot tell.
    ///
    /// The element is not asked at once: the browser would have to lay out the half-built page for every chart.
    pub fn new(element: &Element, on_size: impl Fn(Size) + 'static) -> Option<Self> {
        let on_resize = Closure::new(move |entries: js_sys::Array| {
            if let Ok(entry) = entries.get(0).dyn_into::<ResizeObserverEntry>() {
                on_size(size_of(&entry.target()));
            }
        });
        let observer = ResizeObserver::new(Closure::as_ref(&on_resize).unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _on_resize: on_resize })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

fn size_of(element: &Element) -> Size {
    Size { width: f64::from(element.client_width()), height: f64::from(element.client_height()) }
}
