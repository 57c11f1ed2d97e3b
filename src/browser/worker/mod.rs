//! The load worker: takes commands from the page, runs one shard of the engine, posts every second.
//!
//! | file | what lives there |
//! |---|---|
//! | `platform.rs`, `clock.rs` | the engine's platform in a worker; its clock and timer |
//! | `posting.rs` | telling the page what happens |
//! | `calibrate.rs` | what the page can do at its best |
//! | `route.rs`, `lane.rs` | the addresses requests go to; one user's requests |
//! | `call.rs`, `fetched.rs`, `pieces.rs` | handing a request to `fetch`; what came of it; its body |
//! | `companion_link.rs` | what the companion measured; noticing that it is gone |
//! | `timing.rs`, `entries.rs` | what the browser measured; which measurement belongs to which request |
//!
//! Never imports the page's side or the components, so that its program stays small.

mod calibrate;
mod call;
mod clock;
mod companion_link;
mod entries;
mod fetched;
mod lane;
mod pieces;
mod platform;
mod posting;
mod route;
mod timing;

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::future::select;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::MessageEvent;

use super::message::{Command, Destination, Event};
use crate::core::base::units::Micros;
use crate::core::config::load::Share;
use crate::core::config::run_config::RunConfig;
use crate::core::run::assignment::{Assignment, Control, Finish};
use crate::core::run::platform::Clock as _;
use crate::core::run::shard;
use companion_link::CompanionLink;
use platform::BrowserPlatform;
use posting::{post, scope};
use route::{Hosts, Route};

/// What the worker is doing.
enum Job {
    /// Waiting for a run.
    Idle,
    /// Running; the engine listens to the controls.
    Running { controls: UnboundedSender<Control>, platform: Rc<BrowserPlatform> },
}

/// Serves the page until it ends the worker.
pub fn serve() {
    let job = Rc::new(RefCell::new(Job::Idle));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        // Browser extensions post messages too; what is no bytes is not for the worker.
        let Ok(bytes) = message.data().dyn_into::<Uint8Array>() else { return };
        match Command::from_bytes(&bytes.to_vec()) {
            Ok(command) => on_command(&job, command),
            // Without this a run would seem to start for ever.
            Err(error) => post(&Event::Refused {
                problem: format!("The load worker cannot read what the page asks for: {error}."),
            }),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&Event::Ready { version: env!("CARGO_PKG_VERSION").to_owned() });
}

fn on_command(job: &Rc<RefCell<Job>>, command: Command) {
    match command {
        Command::Start { config, destination } => on_start(job, *config, destination),
        Command::ChangeLoad(to) => on_control(job, |platform| {
            let at = platform.now();
            post(&Event::LoadChanged { at, to });
            Control::ChangeLoad { at, to }
        }),
        Command::SetVisibility(visibility) => on_control(job, |_| Control::See(visibility)),
        Command::Stop => on_control(job, |_| Control::Stop),
        Command::Abandon => on_control(job, |_| Control::Abandon),
    }
}

/// Hands a control to the run, where there is one.
fn on_control(job: &Rc<RefCell<Job>>, control: impl FnOnce(&BrowserPlatform) -> Control) {
    let Job::Running { controls, platform } = &*job.borrow() else { return };
    // A run that has ended no longer listens, and need not.
    let _ = controls.unbounded_send(control(platform));
}

fn on_start(job: &Rc<RefCell<Job>>, config: RunConfig, destination: Destination) {
    if matches!(&*job.borrow(), Job::Running { .. }) {
        return;
    }
    let Some(platform) = BrowserPlatform::new(Hosts::of(&config), destination) else {
        return post(&Event::Refused {
            problem: "this browser has no performance clock in workers".to_owned(),
        });
    };
    let (controls, received) = unbounded();
    let platform = Rc::new(platform);
    *job.borrow_mut() = Job::Running { controls: controls.clone(), platform: Rc::clone(&platform) };
    spawn_local(run(platform, config, received, controls));
}

async fn run(
    platform: Rc<BrowserPlatform>,
    config: RunConfig,
    received: UnboundedReceiver<Control>,
    controls: UnboundedSender<Control>,
) {
    let calibration = calibrate::calibrate(platform.route()).await;
    open_link(platform.route(), &controls).await;
    platform.start_clock();
    post(&Event::Started { calibration });
    let began_unix_ms = js_sys::Date::now() as u64;
    let assignment = Assignment { began_unix_ms, ..Assignment::of(&config, Share { shard: 0, shards: 1 }) };
    let mut wall = WallClock::start(&platform);
    let clock = Rc::clone(&platform);
    let post_second = move |snapshot| {
        post(&Event::Second(Box::new(snapshot)));
        if wall.jumped(&clock) {
            // Fails only when the run is over.
            let _ = controls.unbounded_send(Control::Slept);
        }
    };
    let Finish { stopped, ended } = shard::run(Rc::clone(&platform), assignment, received, post_second).await;
    post(&Event::Ended { stopped, ended });
}

/// Opens the link to the companion. Its records of the first requests are lost if it is not open by then, so it is waited
/// for, though not for ever.
async fn open_link(route: &Rc<Route>, controls: &UnboundedSender<Control>) {
    if route.destination.is_direct() {
        return;
    }
    let (link, opened) = CompanionLink::new(Rc::clone(route), controls.clone());
    spawn_local(link.keep());
    let patience = std::pin::pin!(route.clock.sleep_until(route.now() + LINK_PATIENCE));
    // A link that is not open by then opens later: what is lost until then is counted and said.
    let _ = select(opened, patience).await;
}

/// A companion that answered the page a moment ago opens the link within milliseconds.
const LINK_PATIENCE: Micros = Micros::from_secs(2);

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

    /// Whether it has run ahead since this was asked last.
    fn jumped(&mut self, platform: &BrowserPlatform) -> bool {
        let before = std::mem::replace(&mut self.ahead_ms, Self::ahead_ms(platform));
        self.ahead_ms - before > JUMP_MS
    }
}
