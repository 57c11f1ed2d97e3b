//! A timer finer than the runtime's: it is set for one moment at a time, and one task waits for it.
//!
//! The runtime's own timers count in milliseconds, and at 20,000 arrivals a second a millisecond is twenty arrivals; the
//! stub plays answers that take half of one. Linux has a timer that counts in nanoseconds. Other systems use the
//! runtime's timer, and the report's lateness shows what that costs.

#[cfg(any(test, not(target_os = "linux")))]
mod coarse;
#[cfg(target_os = "linux")]
mod fine;

#[cfg(not(target_os = "linux"))]
pub use coarse::CoarseTimer as Timer;
#[cfg(target_os = "linux")]
pub use fine::FineTimer as Timer;

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::coarse::CoarseTimer;

    /// Tests both kinds of timer wherever the tests run.
    macro_rules! tests_of {
        ($name:ident, $timer:ty) => {
            #[tokio::test]
            async fn $name() {
                let timer = <$timer>::new().unwrap();
                let began = Instant::now();
                timer.set(Duration::from_secs(3_600));
                timer.set(Duration::from_millis(20));
                timer.fired().await;
                assert!(began.elapsed() >= Duration::from_millis(20), "it fired early");
                timer.set(Duration::ZERO);
                timer.fired().await;
                assert!(began.elapsed() < Duration::from_secs(3_600), "the later moment was not forgotten");
            }
        };
    }

    tests_of!(the_coarse_timer_fires_at_the_moment_it_was_last_set_to, CoarseTimer);
    tests_of!(the_timer_of_this_system_fires_at_the_moment_it_was_last_set_to, super::Timer);
}
