//! The shards of a run. Each shard is a thread with its own runtime; shards share only the dialers.
//!
//! All shards post snapshots to one channel, and each shard has a channel for its controls. The caller decides what to
//! do with snapshots and which controls to send.

use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};

use super::cleanup::MadePlans;
use super::platform::NativePlatform;
use crate::core::base::units::Micros;
use crate::core::config::load::{Load, Share};
use crate::core::config::run_config::RunConfig;
use crate::core::report::Note;
use crate::core::run::assignment::{Assignment, Control};
use crate::core::run::recorder::Snapshot;
use crate::core::run::session::common::Reader;
use crate::core::run::shard;
use crate::net::client::HttpClient;
use crate::net::clock::RunClock;
use crate::net::dial::Dialer;
use crate::net::options::ClientOptions;

/// A message from a shard.
pub enum Posted {
    /// A shard finished a second.
    Second(Box<Snapshot>),
    /// The shard with this number ended and posts nothing more.
    Ended(u32),
}

/// The running shards of a run.
pub struct Shards {
    pub clock: RunClock,
    /// The messages of all shards. The channel ends when the last shard has ended.
    pub posted: UnboundedReceiver<Posted>,
    controls: Vec<UnboundedSender<Control>>,
    threads: Vec<JoinHandle<io::Result<Micros>>>,
}

/// The number of shards of a run: `asked` if the user gave it, otherwise one for every 100 users or every 1,000
/// arrivals per second, at most one per core. A run never has more shards than users.
pub fn shard_count(asked: Option<u32>, load: &Load) -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u32);
    let by_load = || match load {
        Load::Closed { .. } => load.most_users().div_ceil(100),
        Load::Open { rate, .. } => (rate.peak() / 1_000.0).ceil() as u32,
    };
    asked.unwrap_or_else(|| by_load().min(cores)).min(load.most_users()).max(1)
}

impl Shards {
    /// Starts `count` shards that share the dialers, one for each service.
    pub fn start(
        config: &RunConfig,
        count: u32,
        dialers: &[Arc<Dialer>],
        options: ClientOptions,
        made_plans: Option<&MadePlans>,
    ) -> io::Result<Self> {
        let clock = RunClock::start();
        let began_unix_ms = unix_ms();
        let (sender, posted) = unbounded();
        let mut shards = Self { clock, posted, controls: Vec::new(), threads: Vec::new() };
        for shard in 0..count {
            let (control, controls) = unbounded();
            let work = Work {
                assignment: Assignment {
                    began_unix_ms,
                    ..Assignment::of(config, Share { shard, shards: count })
                },
                dialers: dialers.to_vec(),
                options,
                made_plans: made_plans.cloned(),
                clock,
                controls,
                sender: sender.clone(),
            };
            let thread = std::thread::Builder::new().name(format!("shard {shard}"));
            shards.threads.push(thread.spawn(move || work.run())?);
            shards.controls.push(control);
        }
        Ok(shards)
    }

    /// Sends a control to every shard.
    pub fn control(&self, control: &Control) {
        // Sending to a shard that has ended fails, and such a shard needs no control.
        self.controls.iter().for_each(|shard| drop(shard.unbounded_send(control.clone())));
    }

    /// Waits until all shards have ended.
    pub fn join(self) -> Joined {
        let mut joined = Joined { stopped: None, lost: Vec::new() };
        for (shard, thread) in (0..).zip(self.threads) {
            let why = match thread.join() {
                Ok(Ok(stopped)) => {
                    joined.stopped = joined.stopped.max(Some(stopped));
                    continue;
                }
                Ok(Err(error)) => format!("the machine refused: {error}"),
                Err(_) => "it panicked, which is a bug: please report it".to_owned(),
            };
            joined.lost.push(Note::ShardLost { shard, why });
        }
        joined
    }
}

/// The present time in milliseconds since 1970.
fn unix_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}

/// How the shards ended.
pub struct Joined {
    /// The moment after which no request was started; `None` when every shard broke off.
    pub stopped: Option<Micros>,
    /// One note for each shard that broke off.
    pub lost: Vec<Note>,
}

struct Work {
    assignment: Assignment,
    /// One dialer for each service of the scenario.
    dialers: Vec<Arc<Dialer>>,
    options: ClientOptions,
    /// Where the plans that the run makes are gathered.
    made_plans: Option<MadePlans>,
    clock: RunClock,
    controls: UnboundedReceiver<Control>,
    sender: UnboundedSender<Posted>,
}

/// Posts [`Posted::Ended`] when it is dropped, so also when the shard panics.
struct EndNotice {
    shard: u32,
    sender: UnboundedSender<Posted>,
}

impl Drop for EndNotice {
    fn drop(&mut self) {
        // Sending fails when the user interrupted the run twice, because the receiver is gone then.
        let _ = self.sender.unbounded_send(Posted::Ended(self.shard));
    }
}

impl Work {
    fn run(self) -> io::Result<Micros> {
        let Self { assignment, dialers, options, made_plans, clock, controls, sender } = self;
        let reader = made_plans.map(|plans| Box::new(plans) as Box<dyn Reader>);
        let _notice = EndNotice { shard: assignment.share.shard, sender: sender.clone() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let post = move |snapshot| drop(sender.unbounded_send(Posted::Second(Box::new(snapshot))));
        tokio::task::LocalSet::new().block_on(&runtime, async {
            let clients = dialers.into_iter().map(|dialer| Rc::new(HttpClient::new(dialer, options, clock)));
            let platform = NativePlatform::new(clients.collect(), clock)?;
            Ok(shard::run_read(Rc::new(platform), assignment, controls, post, reader).await.stopped)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::present::notes::sentence;
    use crate::core::report::{Generator, GeneratorKind};

    #[test]
    fn shards_that_break_off_are_reported_and_the_others_count() {
        let threads = vec![
            std::thread::spawn(|| Ok(Micros::from_secs(5))),
            std::thread::spawn(|| Err(io::Error::other("no timer"))),
            std::thread::spawn(|| std::panic::resume_unwind(Box::new(()))),
        ];
        let (_, posted) = unbounded();
        let joined = Shards { clock: RunClock::start(), posted, controls: Vec::new(), threads }.join();
        assert_eq!(joined.stopped, Some(Micros::from_secs(5)));
        let lost: Vec<_> =
            joined.lost.iter().map(|note| sentence(note, &Generator::own(GeneratorKind::Native))).collect();
        let [refused, panicked] = lost.try_into().unwrap();
        assert!(refused.starts_with("Shard 1 broke off (the machine refused: no timer)"), "{refused}");
        assert!(panicked.starts_with("Shard 2 broke off (it panicked"), "{panicked}");
    }

    #[test]
    fn a_shard_that_panics_posts_its_end() {
        let (sender, mut posted) = unbounded();
        let shard = std::thread::spawn(|| {
            let _notice = EndNotice { shard: 3, sender };
            std::panic::resume_unwind(Box::new(()));
        });
        assert!(shard.join().is_err());
        assert!(matches!(posted.try_recv(), Ok(Posted::Ended(3))));
    }
}
