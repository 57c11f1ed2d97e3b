//! A platform for tests: virtual time and scripted answers, the same on every target. No real clock, no network.
//!
//! A run of an hour takes milliseconds and gives the same figures every time.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_executor::{LocalPool, LocalSpawner};
use futures_util::task::LocalSpawnExt as _;

use super::assignment::{Assignment, Control};
use super::platform::{Clock, Lane, Spawner, Transport};
use super::recorder::Snapshot;
use super::shard;
use super::timers::Timers;
use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::base::units::Micros;
use crate::core::http::answer::{Answer, HeaderLines};
use crate::core::http::exchange::{Exchange, Timing};
use crate::core::http::request::Request;
use crate::core::http::stream::StreamReader;
use crate::core::scenario::Reading;

/// The answer of the scripted host.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Sent → first byte, which is also the last byte.
    pub after: Micros,
    pub outcome: Result<Status, Failure>,
    /// Bytes of the body, where it has no content.
    pub bytes: u64,
    pub headers: HeaderLines,
    /// The body, for those who look at it.
    pub body: String,
    /// The events of a stream: when each comes after the request was sent, and its data.
    pub events: Vec<(Micros, String)>,
}

impl Default for Reply {
    /// Status 200 at once, without a body.
    fn default() -> Self {
        Self {
            after: Micros::ZERO,
            outcome: Ok(200),
            bytes: 0,
            headers: HeaderLines::default(),
            body: String::new(),
            events: Vec::new(),
        }
    }
}

/// A scripted host.
pub trait Script: 'static {
    /// The answer to `request`, sent by `user` at `now`.
    fn answer(&self, user: u32, now: Micros, request: &Request) -> Reply;
}

impl<F: Fn(u32, Micros, &Request) -> Reply + 'static> Script for F {
    fn answer(&self, user: u32, now: Micros, request: &Request) -> Reply {
        self(user, now, request)
    }
}

/// Time that moves on only when all tasks wait.
#[derive(Default)]
struct VirtualTime {
    now: Cell<Micros>,
    timers: Rc<Timers>,
}

impl VirtualTime {
    async fn sleep_until(&self, at: Micros) {
        self.timers.sleep(at, || self.now.get(), || {}).await;
    }

    /// Moves on to the next moment that a task waits for; `false` when no task waits.
    fn advance(&self) -> bool {
        let Some(at) = self.timers.next_due() else { return false };
        self.now.set(at);
        self.timers.wake_due(at);
        true
    }
}

/// A platform with virtual time and a scripted host. Tasks take no time.
pub struct Sim<S> {
    time: Rc<VirtualTime>,
    grain: Micros,
    script: Rc<S>,
    spawner: LocalSpawner,
}

impl<S: Script> Clock for Sim<S> {
    fn now(&self) -> Micros {
        self.time.now.get()
    }

    async fn sleep_until(&self, at: Micros) {
        self.time.sleep_until(Micros(at.0.next_multiple_of(self.grain.0.max(1)))).await;
    }
}

impl<S: Script> Spawner for Sim<S> {
    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        // Spawning fails only when the pool is gone, and then nothing runs anyway.
        let _ = self.spawner.spawn_local(task);
    }
}

impl<S: Script> Transport for Sim<S> {
    type Lane = SimLane<S>;
    type Shared = ();
    fn open_lane(&self, user: u32, (): &()) -> SimLane<S> {
        SimLane { time: Rc::clone(&self.time), script: Rc::clone(&self.script), user }
    }
}

/// The lane of one user to the scripted host.
pub struct SimLane<S> {
    time: Rc<VirtualTime>,
    script: Rc<S>,
    user: u32,
}

impl<S: Script> Lane for SimLane<S> {
    async fn exchange(&mut self, request: &Request) -> Exchange {
        let sent = self.time.now.get();
        let Reply { after, outcome, bytes, headers, body, events } =
            self.script.answer(self.user, sent, request);
        let limit = request.time_limit.unwrap_or(Micros(u64::MAX));
        let is_late = after > limit;
        self.time.sleep_until(sent + after.min(limit)).await;
        let timing = Timing {
            ready: sent,
            sent: Some(sent),
            first_byte: (!is_late).then_some(sent + after),
            finished: self.time.now.get(),
            ..Timing::default()
        };
        if is_late {
            return Exchange::new(Err(Failure::new(FailureKind::RequestTimeout, "")), timing, 0);
        }
        let mut reader = (request.reading == Reading::Events).then(StreamReader::keeping);
        if let Some(reader) = &mut reader {
            for (at, data) in &events {
                reader.feed(format!("data: {data}\n\n").as_bytes(), sent + *at);
            }
        }
        let kept = reader.as_mut().map(StreamReader::take_events).unwrap_or_default();
        let streamed = reader.and_then(|reader| reader.finish(&outcome));
        let answer = outcome.as_ref().ok().filter(|_| request.wanted.is_anything()).map(|status| {
            Box::new(Answer::new(*status, headers, body.clone().into_bytes()).with_events(kept))
        });
        let bytes = if body.is_empty() { bytes } else { body.len() as u64 };
        Exchange { streamed, answer, ..Exchange::new(outcome, timing, bytes) }
    }
}

/// Runs one shard in virtual time. Returns its snapshots and when it stopped to start requests.
pub fn run<S: Script>(
    assignment: Assignment,
    controls: UnboundedReceiver<Control>,
    script: S,
) -> (Vec<Snapshot>, Micros) {
    run_coarsely(assignment, controls, script, Micros(1))
}

/// Runs one shard in virtual time like [`run`], and gives it each control at its moment.
pub fn run_steered<S: Script>(
    assignment: Assignment,
    steering: Vec<(Micros, Control)>,
    script: S,
) -> (Vec<Snapshot>, Micros) {
    let (sender, controls) = unbounded();
    run_with(assignment, controls, script, Micros(1), async move |time: Rc<VirtualTime>| {
        for (at, control) in steering {
            time.sleep_until(at).await;
            // Fails only when the shard has ended.
            let _ = sender.unbounded_send(control);
        }
        // The shard listens until its end.
        std::future::pending::<()>().await;
    })
}

/// Runs one shard in virtual time like [`run`], with timers that fire only at multiples of `grain`, as real timers do.
/// Answers do not wait for a multiple of `grain`.
pub fn run_coarsely<S: Script>(
    assignment: Assignment,
    controls: UnboundedReceiver<Control>,
    script: S,
    grain: Micros,
) -> (Vec<Snapshot>, Micros) {
    run_with(assignment, controls, script, grain, async |_| ())
}

fn run_with<S: Script>(
    assignment: Assignment,
    controls: UnboundedReceiver<Control>,
    script: S,
    grain: Micros,
    beside: impl AsyncFnOnce(Rc<VirtualTime>) + 'static,
) -> (Vec<Snapshot>, Micros) {
    let mut pool = LocalPool::new();
    let time = Rc::new(VirtualTime::default());
    let platform = Sim { time: Rc::clone(&time), grain, script: Rc::new(script), spawner: pool.spawner() };
    let snapshots = Rc::new(RefCell::new(Vec::new()));
    let stopped = Rc::new(Cell::new(None));
    let (sink, end) = (Rc::clone(&snapshots), Rc::clone(&stopped));
    let shard = async move {
        let post = |snapshot| sink.borrow_mut().push(snapshot);
        end.set(Some(shard::run(Rc::new(platform), assignment, controls, post).await.stopped));
    };
    // Spawning fails only when the pool is gone, and this function owns it.
    let _ = pool.spawner().spawn_local(shard);
    let others = Rc::clone(&time);
    let _ = pool.spawner().spawn_local(async move { beside(others).await });
    loop {
        pool.run_until_stalled();
        if stopped.get().is_some() || !time.advance() {
            break;
        }
    }
    (snapshots.take(), stopped.get().unwrap_or_default())
}
