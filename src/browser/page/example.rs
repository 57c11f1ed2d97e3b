//! The example report. The engine that makes it, in virtual time, is in the load worker.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::oneshot;

use super::worker_handle::{WorkerEvent, WorkerHandle};
use crate::browser::message::{Command, Event};

/// Asks a worker for the example; gives the text of its file.
///
/// # Errors
/// When the worker cannot be started, or breaks off.
pub async fn make_example() -> Result<String, String> {
    let (answer, answered) = oneshot::channel();
    let answer = Cell::new(Some(answer));
    let worker: Rc<RefCell<Option<WorkerHandle>>> = Rc::default();
    let shared = Rc::downgrade(&worker);
    let on_event = move |event| {
        let result = match event {
            WorkerEvent::Posted(Event::Ready { .. }) => {
                let worker = shared.upgrade();
                worker.iter().for_each(|worker| {
                    worker.borrow().iter().for_each(|worker| worker.send(&Command::MakeExample));
                });
                return;
            }
            WorkerEvent::Posted(Event::Example { json }) => Ok(json),
            WorkerEvent::Posted(Event::Refused { problem }) | WorkerEvent::Broke(problem) => Err(problem),
            WorkerEvent::Posted(_) => return,
        };
        // Nobody listens when the page gave up meanwhile.
        answer.take().into_iter().for_each(|answer| drop(answer.send(result.clone())));
    };
    let handle =
        WorkerHandle::spawn(on_event).map_err(|_| "the load worker could not be started".to_owned())?;
    worker.replace(Some(handle));
    answered.await.unwrap_or_else(|_| Err("the load worker gave no answer".to_owned()))
}
