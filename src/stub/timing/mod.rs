//! Service times: when an answer may leave, so that the stub is as slow as the host that it plays.
//!
//! An answer waits for its turn on the machine (`machine`) and then takes the time that it takes alone (`cost`), with a
//! little spread. `--speed` scales both. Draws repeat: for the same seed, the n-th request of an endpoint draws the same.

mod cost;
mod llm_latency;
mod machine;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::finish::Way;
use super::options::{Options, Speed};
use super::routes::{Endpoint, Service};
use crate::core::base::rng::Rng;
use crate::core::base::units::Micros;
use crate::timer::Timer;
use cost::Cost;
use machine::Machine;

pub use llm_latency::LlmLatency;

/// Standard deviation of a time's natural logarithm, without queue and what is held back.
const SIGMA: f64 = 0.08;

/// Below this the runtime's timers, which count in milliseconds, are too coarse.
const FINE: Duration = Duration::from_millis(10);
/// What is left of a wait once a timer fires: waking the task and writing the answer.
const WAKING: Duration = Duration::from_micros(60);

/// When a request came, and which way: its service time counts from there.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    pub began: Instant,
    pub way: Way,
}

/// Draws service times and waits for them.
#[derive(Debug)]
pub struct Timing {
    speed: Speed,
    llm: LlmLatency,
    seed: u64,
    streams: Mutex<HashMap<Endpoint, Rng>>,
    machine: Mutex<Machine>,
    /// Fine timers that nobody waits for at the moment.
    timers: Mutex<Vec<IdleTimer>>,
}

struct IdleTimer(Timer);

impl std::fmt::Debug for IdleTimer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdleTimer")
    }
}

/// The factor on every time and the addition to every spread.
fn scale_of(speed: Speed) -> (f64, f64) {
    match speed {
        Speed::Instant => (0.0, 0.0),
        Speed::Laptop => (1.0, 0.0),
        Speed::T2Micro => (4.0, 0.2),
    }
}

impl Timing {
    pub fn new(options: &Options) -> Self {
        let llm = options.llm_latency.unwrap_or(LlmLatency::of(options.speed, options.model));
        let machine = Machine::new(options.seed.rotate_left(31), scale_of(options.speed).0);
        Self {
            speed: options.speed,
            llm,
            seed: options.seed,
            streams: Mutex::default(),
            machine: Mutex::new(machine),
            timers: Mutex::default(),
        }
    }

    /// The time of one plan generation.
    pub fn draw_llm(&self) -> Duration {
        let span = self.llm.most.saturating_sub(self.llm.least);
        let share = self.with_stream(Endpoint::Generate, Rng::unit);
        (self.llm.least + Micros::from_secs_f64(span.as_secs_f64() * share)).into()
    }

    /// Waits for the service time of one request that reads or writes `rows` rows.
    pub async fn spend(&self, visit: Visit, endpoint: Endpoint, rows: usize) {
        self.wait(visit, endpoint, Cost::of(endpoint, visit.way), rows).await;
    }

    /// Waits for the time of a service's health.
    pub async fn spend_on_health(&self, visit: Visit, service: Service) {
        self.wait(visit, Endpoint::Health, Cost::of_health(service), 0).await;
    }

    /// Waits for the time of a request that the gateway refuses.
    pub async fn spend_on_refusal(&self, visit: Visit) {
        self.wait(visit, Endpoint::Health, Cost::REFUSAL, 0).await;
    }

    async fn wait(&self, visit: Visit, endpoint: Endpoint, cost: Cost, rows: usize) {
        let (factor, more_sigma) = scale_of(self.speed);
        if factor == 0.0 || cost.alone_ms(rows) == 0.0 {
            return;
        }
        let z = self.with_stream(endpoint, standard_normal);
        let millis = |millis: f64| Duration::from(Micros::from_millis_f64(factor * millis));
        let alone = millis(cost.alone_ms(rows)).mul_f64(((SIGMA + more_sigma) * z).exp());
        let (begins, held) = {
            let mut machine = self.machine.lock().unwrap_or_else(PoisonError::into_inner);
            let begins = machine.turn(visit.began, millis(cost.busy_ms(rows)));
            (begins, machine.held(begins + alone - visit.began))
        };
        self.until(begins + alone + held, begins > visit.began).await;
    }

    /// Waits until a moment. In a queue the runtime's timer is good enough and costs less.
    async fn until(&self, moment: Instant, is_queued: bool) {
        let left = moment.saturating_duration_since(Instant::now()).saturating_sub(WAKING);
        if left.is_zero() {
            return;
        }
        let timer = if is_queued || left > FINE { None } else { self.take_timer() };
        let Some(timer) = timer else {
            tokio::time::sleep_until(moment).await;
            return;
        };
        timer.0.set(left);
        timer.0.fired().await;
        self.timers.lock().unwrap_or_else(PoisonError::into_inner).push(timer);
    }

    /// `None` when the process has no file handle left for a timer.
    fn take_timer(&self) -> Option<IdleTimer> {
        let idle = self.timers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.or_else(|| Timer::new().ok().map(IdleTimer))
    }

    fn with_stream<T>(&self, endpoint: Endpoint, draw: impl FnOnce(&mut Rng) -> T) -> T {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        // The seeds are far apart, so that the streams of two endpoints do not overlap.
        let seed = self.seed.wrapping_add((endpoint as u64 + 1).wrapping_mul(0xd134_2543_de82_ef95));
        draw(streams.entry(endpoint).or_insert_with(|| Rng::new(seed)))
    }
}

/// Sleeps for a time, with the 1 ms resolution of tokio's timer. Zero returns at once, without yielding.
pub async fn sleep(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// One of the two values of Box and Muller's transform (1958).
fn standard_normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.unit()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.unit()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timing(speed: Speed, seed: u64) -> Timing {
        Timing::new(&Options { speed, seed, ..Options::default() })
    }

    async fn spent(timing: &Timing, endpoint: Endpoint) -> Duration {
        let began = Instant::now();
        timing.spend(Visit { began, way: Way::Direct }, endpoint, 0).await;
        began.elapsed()
    }

    #[test]
    fn the_spread_of_the_logarithms_is_sigma() {
        let mut rng = Rng::new(11);
        let draws: Vec<f64> = (0..20_000).map(|_| standard_normal(&mut rng)).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "mean {mean}, variance {variance}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_seed_spends_the_same_times_whatever_else_is_asked_for() {
        let (a, b) = (timing(Speed::T2Micro, 9), timing(Speed::T2Micro, 9));
        tokio::time::advance(Duration::from_millis(1)).await;
        let first = spent(&a, Endpoint::Signup).await;
        assert_eq!(first, spent(&b, Endpoint::Signup).await);
        assert_ne!(first, spent(&timing(Speed::T2Micro, 10), Endpoint::Signup).await);
    }

    #[tokio::test(start_paused = true)]
    async fn instant_adds_nothing() {
        let timing = timing(Speed::Instant, 1);
        assert_eq!(spent(&timing, Endpoint::Login).await, Duration::ZERO);
        assert_eq!(timing.draw_llm(), Duration::ZERO);
    }

    #[test]
    fn the_llm_draws_inside_its_range() {
        let llm_latency = Some("2s..5s".parse().unwrap());
        let timing = Timing::new(&Options { llm_latency, ..Options::default() });
        for _ in 0..100 {
            let time = timing.draw_llm();
            assert!((Duration::from_secs(2)..=Duration::from_secs(5)).contains(&time), "{time:?}");
        }
    }
}
