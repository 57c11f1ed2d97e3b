//! The worker's half: takes orders from the page, runs one shard of the engine, posts every second.
//!
//! | file | what lives there |
//! |---|---|
//! | `platform.rs` | the engine's clock, timers and spawner in a worker |
//! | `calibrate.rs` | what the page can do at its best |
//! | `lane.rs` | one user's requests |
//! | `call.rs` | handing a request to `fetch`, and calling it back |
//! | `answer.rs` | what came of it, as statuses and typed failures |
//! | `timing.rs` | what the browser's network stack measured of each request |
//! | `book.rs` | which of these measurements is of which request |
//!
//! Never imports the page's half or the components: the worker stays small.

mod answer;
mod book;
mod calibrate;
mod call;
mod lane;
mod platform;
mod timing;

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::message::{Command, Destination, Event};
use crate::core::config::load::Share;
use crate::core::config::run_config::{RunConfig, RunConfigText};
use crate::core::run::platform::Clock as _;
use crate::core::run::shard::{self, Assignment, Control};
use platform::BrowserPlatform;

/// What the worker is doing.
enum Job {
    /// Waiting for the order to start.
    Idle,
    /// Running; the engine listens here.
    Running { controls: UnboundedSender<Control>, platform: Rc<BrowserPlatform> },
}

/// Serves the page until it ends the worker.
pub fn serve() {
    let job = Rc::new(RefCell::new(Job::Idle));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let order = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
        // What is no order is not for us: browser extensions post messages too.
        order.into_iter().for_each(|order| obey(&job, order));
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&Event::Ready { version: env!("CARGO_PKG_VERSION").to_owned() });
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn post(news: &Event) {
    if let Ok(text) = serde_json::to_string(news) {
        // Fails only when the page is gone, and then nobody would read it.
        let _ = scope().post_message(&JsValue::from_str(&text));
    }
}

fn obey(job: &Rc<RefCell<Job>>, order: Command) {
    if let Command::Start { text, target } = order {
        return start(job, &text, target);
    }
    let Job::Running { controls, platform } = &*job.borrow() else { return };
    let control = match order {
        Command::ChangeLoad(to) => Control::ChangeLoad { at: platform.now(), to },
        Command::See(visibility) => Control::See(visibility),
        Command::Stop => Control::Stop,
        Command::Abandon => Control::Abandon,
        // A run is under way, and this is none of its business.
        Command::Start { .. } => return,
    };
    // A run that has ended no longer listens, and need not.
    let _ = controls.unbounded_send(control);
}

fn start(job: &Rc<RefCell<Job>>, text: &RunConfigText, target: Destination) {
    if matches!(&*job.borrow(), Job::Running { .. }) {
        return;
    }
    let config = match text.check(0) {
        Ok(config) => config,
        Err(errors) => {
            let problem = errors.iter().map(|error| format!("{}: {}", error.field.label(), error.problem));
            return post(&Event::Refused { problem: problem.collect::<Vec<_>>().join("; ") });
        }
    };
    let Some(platform) = BrowserPlatform::new(config.host.clone(), target) else {
        return post(&Event::Refused {
            problem: "this browser has no performance clock in workers".to_owned(),
        });
    };
    let (controls, orders) = unbounded();
    let platform = Rc::new(platform);
    *job.borrow_mut() = Job::Running { controls: controls.clone(), platform: Rc::clone(&platform) };
    spawn_local(run(platform, config, orders, controls));
}

async fn run(
    platform: Rc<BrowserPlatform>,
    config: RunConfig,
    orders: UnboundedReceiver<Control>,
    controls: UnboundedSender<Control>,
) {
    let calibration = calibrate::calibrate(platform.route()).await;
    platform.start_clock();
    post(&Event::Started { calibration });
    let assignment = Assignment::of(&config, Share { shard: 0, shards: 1 });
    let mut wall = WallClock::start(&platform);
    let noticed = Rc::clone(&platform);
    let post_second = move |snapshot| {
        post(&Event::Second(Box::new(snapshot)));
        if wall.jumped(&noticed) {
            // Fails only when the run is over.
            let _ = controls.unbounded_send(Control::Slept);
        }
    };
    let stopped = shard::run(Rc::clone(&platform), assignment, orders, post_second).await;
    post(&Event::Ended { stopped, ended: platform.now() });
}

/// How far wall time may run ahead of the performance clock within a second before the machine must have slept.
const JUMP_MS: f64 = 2_000.0;

/// Wall time against the performance clock, which on some systems stands still while the machine sleeps.
struct WallClock {
    ahead_ms: f64,
}

impl WallClock {
    fn start(platform: &BrowserPlatform) -> Self {
        Self { ahead_ms: Self::ahead_ms(platform) }
    }

    fn ahead_ms(platform: &BrowserPlatform) -> f64 {
        js_sys::Date::now() - platform.now().as_millis_f64()
    }

    /// Whether it has run ahead since the last look.
    fn jumped(&mut self, platform: &BrowserPlatform) -> bool {
        let before = std::mem::replace(&mut self.ahead_ms, Self::ahead_ms(platform));
        self.ahead_ms - before > JUMP_MS
    }
}
