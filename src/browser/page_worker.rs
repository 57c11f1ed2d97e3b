//! The page's end of the conversation with its worker.

use js_sys::Array;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, BlobPropertyBag, ErrorEvent, MessageEvent, Url, Worker, WorkerOptions, WorkerType};

use super::message::{Command, Event};

#[wasm_bindgen]
extern "C" {
    type Meta;
    #[wasm_bindgen(method, getter)]
    fn url(this: &Meta) -> String;
    /// The page's own script: the worker runs the same one.
    #[wasm_bindgen(thread_local_v2, js_namespace = import, js_name = meta)]
    static META: Meta;
}

/// What comes from a worker.
pub enum WorkerEvent {
    /// It said something.
    Event(Event),
    /// It died of an error.
    Broke(String),
}

/// A worker; dropping it ends it.
pub struct PageWorker {
    worker: Worker,
    loader: String,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl PageWorker {
    /// Starts one; it says [`Event::Ready`] when it can take orders.
    pub fn spawn(hear: impl FnMut(WorkerEvent) + 'static) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let loader = loader_url()?;
        let worker = Worker::new_with_options(&loader, &options)?;
        let hear = std::rc::Rc::new(std::cell::RefCell::new(hear));
        let tell = std::rc::Rc::clone(&hear);
        let on_message = Closure::new(move |event: MessageEvent| {
            let news = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
            news.into_iter().for_each(|news| tell.borrow_mut()(WorkerEvent::Event(news)));
        });
        let on_error = Closure::new(move |event: ErrorEvent| {
            hear.borrow_mut()(WorkerEvent::Broke(event.message()));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, loader, _on_message: on_message, _on_error: on_error })
    }

    /// Tells it something.
    pub fn order(&self, order: &Command) {
        if let Ok(text) = serde_json::to_string(order) {
            // Fails only for values that cannot be copied; text can.
            let _ = self.worker.post_message(&JsValue::from_str(&text));
        }
    }
}

/// A script that loads the page's own program again. Trunk puts `NAME_bg.wasm` beside `NAME.js`.
fn loader_url() -> Result<String, JsValue> {
    let script = META.with(Meta::url);
    let program = script.strip_suffix(".js").map(|stem| format!("{stem}_bg.wasm")).ok_or(JsValue::NULL)?;
    let loader = format!("import init from '{script}'; await init({{ module_or_path: '{program}' }});");
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&loader.into()), &kind)?;
    Url::create_object_url_with_blob(&blob)
}

impl Drop for PageWorker {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
        // Fails only for an address that is no blob's.
        let _ = Url::revoke_object_url(&self.loader);
    }
}
