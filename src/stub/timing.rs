//! Service times: one log-normal distribution for each endpoint, scaled by `--speed`.
//!
//! A log-normal draw is `median × exp(sigma × z)` with z standard normal. It is never negative and has the long right
//! tail of real service times. The medians are our estimates of which call costs more than which, not measurements of
//! Oddiya. Draws repeat: for the same seed, the n-th request of an endpoint draws the same time.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::options::{Options, Speed};
use super::routes::Endpoint;
use crate::core::base::rng::Rng;
use crate::core::base::units::{Micros, parse_duration};

/// The distribution of an endpoint's service time on a laptop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServiceTime {
    /// Median in milliseconds, without rows.
    pub median_ms: f64,
    /// Standard deviation of the time's natural logarithm.
    pub sigma: f64,
    /// Milliseconds added for each row read or written. Lists select the details of each plan on their own (N+1).
    pub row_ms: f64,
}

const fn service_time(median_ms: f64, sigma: f64, row_ms: f64) -> ServiceTime {
    ServiceTime { median_ms, sigma, row_ms }
}

/// Sign-up and login hash a password (BCrypt 10). A video job calls SQS inside its transaction.
pub fn service_time_of(endpoint: Endpoint) -> ServiceTime {
    use Endpoint as E;
    match endpoint {
        E::Signup | E::Login => service_time(80.0, 0.20, 0.0),
        E::Refresh | E::GoogleVerify | E::AppleVerify | E::GoogleCallback | E::GoogleRedirect => {
            service_time(5.0, 0.40, 0.0)
        }
        E::Me | E::UserByEmail => service_time(3.0, 0.35, 0.0),
        E::PatchMe | E::FindOrCreateUser | E::CreateEmailUser => service_time(5.0, 0.40, 0.0),
        E::ListPlans | E::Trips => service_time(4.0, 0.40, 0.4),
        E::GetPlan | E::ListPhotos | E::PresignPhoto => service_time(4.0, 0.35, 0.0),
        E::CreatePlan => service_time(6.0, 0.40, 0.5),
        E::UpdatePlan | E::ConfirmPlan | E::CompletePlan | E::AddPhoto => service_time(6.0, 0.40, 0.0),
        E::DeletePlan => service_time(5.0, 0.40, 0.5),
        E::CreateVideo => service_time(15.0, 0.50, 0.0),
        E::ListVideos => service_time(3.0, 0.40, 0.05),
        E::GetVideo => service_time(3.0, 0.35, 0.0),
        E::Health => service_time(2.0, 0.40, 0.0),
        E::Info | E::Overview | E::Messages | E::Message | E::Page | E::Authorize | E::Jwks => {
            service_time(1.0, 0.30, 0.0)
        }
        E::LlmRoot | E::LlmHealth | E::PlannerHealth | E::LlmDocument => service_time(1.0, 0.30, 0.0),
        // The time of these endpoints is the LLM's, see `draw_llm`.
        E::Generate | E::Stream => service_time(0.0, 0.0, 0.0),
    }
}

/// The factor on every median and the addition to every sigma.
fn scale_of(speed: Speed) -> (f64, f64) {
    match speed {
        Speed::Instant => (0.0, 0.0),
        Speed::Laptop => (1.0, 0.0),
        Speed::T2Micro => (4.0, 0.2),
    }
}

/// Time of one plan generation, drawn uniformly between two limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LlmLatency {
    least: Micros,
    most: Micros,
}

impl LlmLatency {
    pub const fn fixed(time: Micros) -> Self {
        Self { least: time, most: time }
    }

    const fn secs(least: u64, most: u64) -> Self {
        Self { least: Micros::from_secs(least), most: Micros::from_secs(most) }
    }

    /// The default for a speed. Oddiya's documents speak of 2 to 5 s.
    fn of(speed: Speed) -> Self {
        match speed {
            Speed::Instant => Self::secs(0, 0),
            Speed::Laptop => Self::secs(1, 3),
            Speed::T2Micro => Self::secs(2, 5),
        }
    }
}

impl FromStr for LlmLatency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (least, most) = text.split_once("..").unwrap_or((text, text));
        let least = parse_duration(least).map_err(|e| e.to_string())?;
        let most = parse_duration(most).map_err(|e| e.to_string())?;
        if least > most {
            return Err(format!("the range `{text}` runs backwards; write the shorter time first"));
        }
        Ok(Self { least, most })
    }
}

/// Draws service times.
#[derive(Debug)]
pub struct Timing {
    speed: Speed,
    llm: LlmLatency,
    seed: u64,
    streams: Mutex<HashMap<Endpoint, Rng>>,
}

impl Timing {
    pub fn new(options: &Options) -> Self {
        let llm = options.llm_latency.unwrap_or(LlmLatency::of(options.speed));
        Self { speed: options.speed, llm, seed: options.seed, streams: Mutex::default() }
    }

    /// The service time of one request that reads or writes `rows` rows.
    pub fn draw(&self, endpoint: Endpoint, rows: usize) -> Duration {
        let (factor, more_sigma) = scale_of(self.speed);
        let service_time = service_time_of(endpoint);
        let median_ms = factor * (service_time.median_ms + service_time.row_ms * rows as f64);
        if median_ms == 0.0 {
            return Duration::ZERO;
        }
        let z = self.with_stream(endpoint, standard_normal);
        Micros::from_millis_f64(median_ms * ((service_time.sigma + more_sigma) * z).exp()).into()
    }

    /// The time of one plan generation.
    pub fn draw_llm(&self) -> Duration {
        let span = self.llm.most.saturating_sub(self.llm.least);
        let share = self.with_stream(Endpoint::Generate, Rng::unit);
        (self.llm.least + Micros::from_secs_f64(span.as_secs_f64() * share)).into()
    }

    /// Waits for the service time of one request.
    pub async fn spend(&self, endpoint: Endpoint, rows: usize) {
        sleep(self.draw(endpoint, rows)).await;
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

    #[test]
    fn half_of_the_draws_are_below_the_median() {
        let timing = timing(Speed::Laptop, 5);
        let median = Duration::from_millis(3);
        let below = (0..10_000).filter(|_| timing.draw(Endpoint::Me, 0) < median).count();
        assert!((4_800..5_200).contains(&below), "{below}");
    }

    #[test]
    fn the_spread_of_the_logarithms_is_sigma() {
        let mut rng = Rng::new(11);
        let draws: Vec<f64> = (0..20_000).map(|_| standard_normal(&mut rng)).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "mean {mean}, variance {variance}");
    }

    #[test]
    fn the_same_seed_draws_the_same_times_whatever_else_is_asked_for() {
        let (a, b) = (timing(Speed::T2Micro, 9), timing(Speed::T2Micro, 9));
        a.draw(Endpoint::ListPlans, 4);
        assert_eq!(a.draw(Endpoint::Me, 0), b.draw(Endpoint::Me, 0));
        assert_ne!(b.draw(Endpoint::Me, 0), timing(Speed::T2Micro, 10).draw(Endpoint::Me, 0));
    }

    #[test]
    fn instant_adds_nothing() {
        let timing = timing(Speed::Instant, 1);
        assert_eq!(timing.draw(Endpoint::Login, 50), Duration::ZERO);
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

    #[test]
    fn reads_one_time_or_a_range() {
        assert_eq!("2s".parse(), Ok(LlmLatency::secs(2, 2)));
        assert_eq!("500ms..2s".parse::<LlmLatency>().unwrap().least, Micros(500_000));
        for text in ["", "5s..2s", "..", "2s..x"] {
            assert!(text.parse::<LlmLatency>().is_err(), "{text}");
        }
    }
}
