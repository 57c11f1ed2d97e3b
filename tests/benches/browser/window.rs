//! The stretch after the ramp: the server's count of requests in it, and whose processor time it took.
//!
//! Nothing is asked of the browser meanwhile; questions over WebDriver would cost what is being measured.

use std::fs;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::figures::outcome::Strain;
use crate::figures::proc_text::{MachineTicks, ProcessTicks, descendants};
use crate::server::DelayServer;

/// Clock ticks per second: what Linux has told user space on every architecture since 2.6.
const TICKS_PER_SECOND: f64 = 100.0;
/// A page that has sent nothing by then does not work.
const FIRST_REQUEST: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// When to look, from the first request on.
#[derive(Clone, Copy)]
pub struct Window {
    /// Until all users are there and have settled.
    pub after: Duration,
    /// How long to count.
    pub lasts: Duration,
}

/// What was counted.
pub struct Seen {
    /// Answers per second.
    pub rate: f64,
    pub strain: Strain,
}

impl Window {
    /// Waits for the first request and counts. `driver` is the process that all of the browser's descend from.
    pub async fn watch(self, server: &DelayServer, driver: u32) -> Seen {
        let deadline = Instant::now() + FIRST_REQUEST;
        while server.begun() == 0 {
            assert!(Instant::now() < deadline, "no request came within {FIRST_REQUEST:?}");
            sleep(LOOK_AGAIN).await;
        }
        sleep(self.after).await;
        let (began, before, answered) = (Instant::now(), Spent::now(driver), server.answered());
        sleep(self.lasts).await;
        let seconds = began.elapsed().as_secs_f64();
        let rate = (server.answered() - answered) as f64 / seconds;
        Seen { rate, strain: Spent::now(driver).since(&before, seconds) }
    }
}

/// Processor time spent so far.
struct Spent {
    machine: MachineTicks,
    bench: u64,
    browser: u64,
}

impl Spent {
    fn now(driver: u32) -> Self {
        let machine = MachineTicks::parse(&fs::read_to_string("/proc/stat").unwrap()).unwrap();
        let processes = processes();
        let spent =
            |wanted: u32| processes.iter().find(|(id, _)| *id == wanted).map_or(0, |(_, ticks)| ticks.spent);
        let browser = descendants(&processes, driver).into_iter().map(spent).sum();
        Self { machine, bench: spent(std::process::id()), browser }
    }

    fn since(&self, earlier: &Self, seconds: f64) -> Strain {
        let cores = |now: u64, then: u64| now.saturating_sub(then) as f64 / TICKS_PER_SECOND / seconds;
        let (browser, bench) = (cores(self.browser, earlier.browser), cores(self.bench, earlier.bench));
        let machine = self.machine.busy_since(earlier.machine);
        let all = std::thread::available_parallelism().map_or(1.0, |count| count.get() as f64);
        Strain { browser, bench, others: (machine * all - browser - bench).max(0.0), machine }
    }
}

fn processes() -> Vec<(u32, ProcessTicks)> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    // A process may end between the two looks.
    ids.filter_map(|id| {
        Some((id, ProcessTicks::parse(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)?))
    })
    .collect()
}
