//! A shard's alarm clock: set for one moment at a time, and waited for by one task. Knows nothing of who sleeps.
//!
//! The runtime's own timers count in milliseconds, and at 20,000 arrivals a second a millisecond is twenty of them.
//! Linux has a timer of nanoseconds; elsewhere the runtime's must do, and the report's lateness tells what that costs.

#[cfg(any(test, not(target_os = "linux")))]
mod coarse;
#[cfg(target_os = "linux")]
mod fine;

#[cfg(not(target_os = "linux"))]
pub use coarse::Coarse as Alarm;
#[cfg(target_os = "linux")]
pub use fine::Fine as Alarm;

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::coarse::Coarse;

    /// Waits for one of either kind, so that both are tested wherever the tests run.
    macro_rules! tests_of {
        ($name:ident, $alarm:ty) => {
            #[tokio::test]
            async fn $name() {
                let alarm = <$alarm>::new().unwrap();
                let began = Instant::now();
                alarm.set(Duration::from_secs(3_600));
                alarm.set(Duration::from_millis(20));
                alarm.rung().await;
                assert!(began.elapsed() >= Duration::from_millis(20), "it rang early");
                alarm.set(Duration::ZERO);
                alarm.rung().await;
                assert!(began.elapsed() < Duration::from_secs(3_600), "the later moment was not forgotten");
            }
        };
    }

    tests_of!(the_coarse_alarm_rings_for_the_moment_it_was_set_to_last, Coarse);
    tests_of!(this_systems_alarm_rings_for_the_moment_it_was_set_to_last, super::Alarm);
}
