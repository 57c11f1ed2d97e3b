//! The page's end of the conversation with its worker.

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::message::{News, Order};

/// Trunk's loader of the `worker` binary, beside the page.
const SCRIPT: &str = "./worker_loader.js";

/// What comes from a worker.
pub enum WorkerEvent {
    /// It said something.
    News(News),
    /// It died of an error.
    Broke(String),
}

/// A worker; dropping it ends it.
pub struct PageWorker {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl PageWorker {
    /// Starts one; it says [`News::Ready`] when it can take orders.
    pub fn spawn(hear: impl FnMut(WorkerEvent) + 'static) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(SCRIPT, &options)?;
        let hear = std::rc::Rc::new(std::cell::RefCell::new(hear));
        let tell = std::rc::Rc::clone(&hear);
        let on_message = Closure::new(move |event: MessageEvent| {
            let news = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
            news.into_iter().for_each(|news| tell.borrow_mut()(WorkerEvent::News(news)));
        });
        let on_error = Closure::new(move |event: ErrorEvent| {
            hear.borrow_mut()(WorkerEvent::Broke(event.message()));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Tells it something.
    pub fn order(&self, order: &Order) {
        if let Ok(text) = serde_json::to_string(order) {
            // Fails only for values that cannot be copied; text can.
            let _ = self.worker.post_message(&JsValue::from_str(&text));
        }
    }
}

impl Drop for PageWorker {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
