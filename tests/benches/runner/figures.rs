//! The benchmark's arithmetic, and what other programs print, read.
//!
//! Pure: no clock, process or socket. `cargo test --test bench-runner` runs this file's tests, for which it is a crate of
//! its own; the benchmark has it as a module.

#![allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test crate of its own, and a benchmark may stop at a surprise"
)]

use oddiya_load::core::base::histogram::Histogram;
use serde_json::Value;

/// The middle value, or the mean of the two in the middle; `None` of nothing.
pub fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    Some(if values.len().is_multiple_of(2) {
        f64::midpoint(values[values.len() / 2 - 1], upper)
    } else {
        upper
    })
}

/// Requests per second, as wrk prints them.
pub fn wrk_rate(said: &str) -> Option<f64> {
    said.lines().find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok())
}

/// Requests, as wrk prints them.
pub fn wrk_requests(said: &str) -> Option<u64> {
    said.lines().find_map(|line| line.split_once(" requests in ")?.0.trim().parse().ok())
}

/// A quantile of the latency in milliseconds, as `wrk --latency` prints it beside a percentage such as `99%`.
pub fn wrk_quantile_ms(said: &str, percentage: &str) -> Option<f64> {
    let time = said.lines().find_map(|line| line.trim().strip_prefix(percentage))?.trim();
    let unit = time.find(char::is_alphabetic)?;
    let (number, unit) = time.split_at(unit);
    let in_ms = match unit {
        "us" => 1e-3,
        "ms" => 1.0,
        "s" => 1e3,
        "m" => 6e4,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * in_ms)
}

/// Requests per second, as oha's JSON has them.
pub fn oha_rate(said: &str) -> Option<f64> {
    serde_json::from_str::<Value>(said).ok()?["summary"]["requestsPerSec"].as_f64()
}

/// Requests that nginx has read, from its `stub_status`: the third number below the names.
pub fn nginx_requests(status: &str) -> Option<u64> {
    let numbers = status.split("requests\n").nth(1)?;
    numbers.split_whitespace().nth(2)?.parse().ok()
}

/// Instructions, as callgrind's log has them.
pub fn instructions(log: &str) -> Option<u64> {
    log.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
}

/// What a process took, as GNU time tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spent {
    /// Most memory held at a time, in MB of 1 000 000 bytes.
    pub peak_mb: f64,
    /// Processor time of all threads outside the kernel, in seconds, to 10 ms.
    pub user_s: f64,
    /// The same inside it.
    pub system_s: f64,
    /// How often it went to sleep.
    pub sleeps: f64,
}

impl Spent {
    /// What GNU time is asked for.
    pub const FORMAT: &str = "%M %U %S %w";

    /// From its last line; above it may stand the exit code.
    pub fn parse(text: &str) -> Option<Self> {
        let numbers = text.lines().last()?.split(' ').map(|number| number.parse::<f64>().ok());
        let [peak_kib, user_s, system_s, sleeps] = *numbers.collect::<Option<Vec<_>>>()? else { return None };
        Some(Self { peak_mb: peak_kib * 1024.0 / 1e6, user_s, system_s, sleeps })
    }
}

/// What users wait, as a quantile in milliseconds, when requests are due evenly and the host stands still for `frozen_s`
/// of `whole_s` seconds. The share `(frozen_s - w) / whole_s` of all waits longer than `w` for the end of that, and then
/// for its answer; the others wait as in a healthy run.
pub fn stalled_ms(quantile: f64, healthy: &Histogram, frozen_s: f64, whole_s: f64) -> Option<f64> {
    let healthy_share = 1.0 - frozen_s / whole_s;
    let (frozen_ms, healthy_quantile) = match quantile > healthy_share {
        true => ((frozen_s - (1.0 - quantile) * whole_s) * 1e3, 0.5),
        false => (0.0, quantile / healthy_share),
    };
    Some(frozen_ms + healthy.quantile(healthy_quantile)?.as_millis_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oddiya_load::core::base::units::Micros;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median([]), None);
    }

    #[test]
    fn what_other_programs_print_is_read() {
        let wrk = "  450 requests in 1.00s, 9KB read\nRequests/sec:  93344.33\nTransfer/sec: 20MB\n";
        assert_eq!((wrk_rate(wrk), wrk_requests(wrk)), (Some(93_344.33), Some(450)));
        assert_eq!(oha_rate(r#"{"summary":{"requestsPerSec":5.5}}"#), Some(5.5));
        let status = "Active connections: 1 \nserver accepts handled requests\n 7 8 912 \nReading: 0 ";
        assert_eq!(nginx_requests(status), Some(912));
        assert_eq!(instructions("==7== \n==7== Collected : 123456\n"), Some(123_456));
        for nothing in ["", "{}", "requests\n"] {
            assert!(
                wrk_rate(nothing).is_none() && wrk_requests(nothing).is_none() && oha_rate(nothing).is_none()
            );
            assert!(nginx_requests(nothing).is_none() && instructions(nothing).is_none());
        }
    }

    #[test]
    fn wrk_names_its_quantiles_in_several_units() {
        let said = "  Latency Distribution\n     50%    4.60ms\n     75%  900.00us\n     99%    1.04s\n";
        let ms = |percentage| wrk_quantile_ms(said, percentage);
        assert_eq!((ms("50%"), ms("75%"), ms("99%"), ms("90%")), (Some(4.6), Some(0.9), Some(1040.0), None));
    }

    #[test]
    fn memory_is_in_mb_and_both_times_count() {
        let text = "Command exited with non-zero status 1\n10000 1.50 0.25 7\n";
        assert_eq!(
            Spent::parse(text),
            Some(Spent { peak_mb: 10.24, user_s: 1.5, system_s: 0.25, sleeps: 7.0 })
        );
        assert_eq!(Spent::parse("10000 1.50"), None);
    }

    #[test]
    fn a_third_of_the_time_frozen_puts_the_median_at_the_healthy_run_s_third_quartile() {
        let mut healthy = Histogram::new();
        (1..=100).for_each(|ms| healthy.record(Micros::from_millis(ms)));
        let at = |quantile| stalled_ms(quantile, &healthy, 10.0, 30.0).unwrap().round();
        assert_eq!([0.5, 0.95, 0.99].map(at), [75.0, 8_550.0, 9_750.0]);
    }
}
