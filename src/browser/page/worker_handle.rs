//! The page's end of the conversation with its load worker.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Url, Worker, WorkerOptions, WorkerType};

use crate::browser::message::{Command, Event};

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
    /// It posted an event.
    Posted(Event),
    /// It died of an error, or its program could not be loaded.
    Broke(String),
}

/// A worker; dropping the handle ends it.
pub struct WorkerHandle {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl WorkerHandle {
    /// Starts a worker; it posts [`Event::Ready`] when it takes commands.
    pub fn spawn(on_event: impl Fn(WorkerEvent) + 'static) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&worker_url()?, &options)?;
        let on_event = std::rc::Rc::new(on_event);
        let on_posted = std::rc::Rc::clone(&on_event);
        let on_message = Closure::new(move |message: MessageEvent| {
            let event = message.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
            event.into_iter().for_each(|event| on_posted(WorkerEvent::Posted(event)));
        });
        let on_error =
            Closure::new(move |event: ErrorEvent| on_event(WorkerEvent::Broke(problem_of(&event))));
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Sends a command.
    pub fn send(&self, command: &Command) {
        if let Ok(bytes) = command.to_bytes() {
            // Fails only for values that cannot be copied; bytes can.
            let _ = self.worker.post_message(&Uint8Array::from(bytes.as_slice()));
        }
    }
}

/// The worker's program lies beside the page's own script, whatever folder that was served from. Trunk writes a
/// loader for it.
fn worker_url() -> Result<String, JsValue> {
    Url::new_with_base("worker_loader.js", &META.with(Meta::url)).map(|url| url.href())
}

/// What an error event says. The event of a program that could not be loaded says nothing.
fn problem_of(event: &ErrorEvent) -> String {
    let message = Reflect::get(event, &"message".into()).ok().and_then(|message| message.as_string());
    message.filter(|message| !message.is_empty()).unwrap_or_else(|| {
        "its program could not be loaded; is worker_loader.js beside the page, and everything it loads?"
            .to_owned()
    })
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
