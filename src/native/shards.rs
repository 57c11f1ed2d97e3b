//! The shards of a run: each a thread with a runtime and an engine of its own, sharing nothing.
//!
//! Snapshots come out of one channel, controls go into one channel per shard. What to do with either is the
//! caller's business.

use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};

use super::dial::Dialer;
use super::lane::Shared;
use super::platform::{NativePlatform, Origin};
use crate::core::engine::{self, Assignment, Control};
use crate::core::load::{Load, Share};
use crate::core::plan::Plan;
use crate::core::recorder::Snapshot;
use crate::core::units::Micros;

/// A run's shards at work.
pub struct Shards {
    /// The run's clock.
    pub origin: Origin,
    /// What the shards post; ends when the last of them has.
    pub snapshots: UnboundedReceiver<Snapshot>,
    controls: Vec<UnboundedSender<Control>>,
    threads: Vec<JoinHandle<io::Result<Micros>>>,
}

/// How many shards a run gets: as many as were asked for; when nobody says, one for every hundred users, or for every
/// thousand arrivals per second, at most one per core. Never more than users.
pub fn shard_count(asked: Option<u32>, load: &Load) -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u32);
    let by_load = || match load {
        Load::Closed { .. } => load.most_users().div_ceil(100),
        Load::Open { rate, .. } => (rate.peak() / 1_000.0).ceil() as u32,
    };
    asked.unwrap_or_else(|| by_load().min(cores)).min(load.most_users()).max(1)
}

impl Shards {
    /// Starts them all; they share how to connect.
    pub fn start(plan: &Plan, count: u32, dialer: &Arc<Dialer>) -> io::Result<Self> {
        let origin = Origin::start();
        let (sender, snapshots) = unbounded();
        let mut shards = Self { origin, snapshots, controls: Vec::new(), threads: Vec::new() };
        for shard in 0..count {
            let (control, controls) = unbounded();
            let work = Work {
                assignment: Assignment::of(plan, Share { shard, shards: count }),
                dialer: Arc::clone(dialer),
                origin,
                controls,
                sender: sender.clone(),
            };
            let thread = std::thread::Builder::new().name(format!("shard {shard}"));
            shards.threads.push(thread.spawn(move || work.run())?);
            shards.controls.push(control);
        }
        Ok(shards)
    }

    /// Tells every shard the same.
    pub fn control(&self, control: Control) {
        // A shard that has ended no longer listens, and need not.
        self.controls.iter().for_each(|shard| drop(shard.unbounded_send(control)));
    }

    /// Waits for the end; gives the moment after which no request was started.
    pub fn join(self) -> io::Result<Micros> {
        let mut stopped = Micros::ZERO;
        for thread in self.threads {
            let ended = thread.join().map_err(|_| io::Error::other("a shard of the engine panicked"))?;
            stopped = stopped.max(ended?);
        }
        Ok(stopped)
    }
}

struct Work {
    assignment: Assignment,
    dialer: Arc<Dialer>,
    origin: Origin,
    controls: UnboundedReceiver<Control>,
    sender: UnboundedSender<Snapshot>,
}

impl Work {
    fn run(self) -> io::Result<Micros> {
        let Self { assignment, dialer, origin, controls, sender } = self;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let post = move |snapshot| drop(sender.unbounded_send(snapshot));
        tokio::task::LocalSet::new().block_on(&runtime, async {
            let platform = NativePlatform::new(Rc::new(Shared::new(dialer, origin)))?;
            Ok(engine::run(Rc::new(platform), assignment, controls, post).await)
        })
    }
}
