//! The page's end of the conversation with its worker.

use js_sys::Reflect;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Url, Worker, WorkerOptions, WorkerType};

use super::message::{Command, Event};

#[wasm_bindgen]
extern "C" {
    type Meta;
    #[wasm_bindgen(method, getter)]
    fn url(this: &Meta) -> String;
    /// The page's own script.
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
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl PageWorker {
    /// Starts one; it says [`Event::Ready`] when it can take orders.
    pub fn spawn(hear: impl FnMut(WorkerEvent) + 'static) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&worker_url()?, &options)?;
        let hear = std::rc::Rc::new(std::cell::RefCell::new(hear));
        let tell = std::rc::Rc::clone(&hear);
        let on_message = Closure::new(move |event: MessageEvent| {
            let news = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
            news.into_iter().for_each(|news| tell.borrow_mut()(WorkerEvent::Event(news)));
        });
        let on_error = Closure::new(move |event: ErrorEvent| {
            hear.borrow_mut()(WorkerEvent::Broke(problem_of(&event)));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Tells it something.
    pub fn order(&self, order: &Command) {
        if let Ok(text) = serde_json::to_string(order) {
            // Fails only for values that cannot be copied; text can.
            let _ = self.worker.post_message(&JsValue::from_str(&text));
        }
    }
}

/// The worker's program lies beside the page's own script, whatever folder that was served from. Trunk writes a
/// loader for it.
fn worker_url() -> Result<String, JsValue> {
    Url::new_with_base("worker_loader.js", &META.with(Meta::url)).map(|url| url.href())
}

/// What an error event says. One of a program that could not be loaded says nothing.
fn problem_of(event: &ErrorEvent) -> String {
    let message = Reflect::get(event, &"message".into()).ok().and_then(|message| message.as_string());
    message.filter(|message| !message.is_empty()).unwrap_or_else(|| {
        "its program could not be loaded; is worker_loader.js beside the page, and everything it loads?".to_owned()
    })
}

impl Drop for PageWorker {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
