//! The live view on the terminal: redrawn in place where it is one, a line every few seconds elsewhere.
//!
//! Goes to standard error, so that standard output holds only the final tables.

#![expect(clippy::print_stderr, reason = "this is the terminal")]

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

use crate::core::live::Live;
use crate::core::units::{Micros, format_millis, format_rate, format_share, group_thousands};

/// Without a terminal, a line this often.
const LINE_EVERY_S: u64 = 5;

/// What shows a run while it goes on.
pub enum Terminal {
    /// Redraws in place.
    Bar(ProgressBar),
    /// Prints lines.
    Lines,
}

impl Terminal {
    /// For a run of that length; `None` is one that ends by hand.
    pub fn new(run_time: Option<Micros>) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines;
        }
        let bar = run_time.map_or_else(ProgressBar::no_length, |time| ProgressBar::new(time.0));
        let template = if run_time.is_some() {
            "{prefix:>8} {wide_bar:.cyan/dim} {percent:>3}%\n{msg}"
        } else {
            "{prefix:>8} {spinner}\n{msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        Self::Bar(bar)
    }

    /// Shows where the run stands.
    pub fn show(&self, elapsed: Micros, live: &Live) {
        match self {
            Self::Bar(bar) => {
                bar.set_position(elapsed.0);
                bar.set_prefix(clock(elapsed));
                bar.set_message(line(live));
            }
            Self::Lines if elapsed.second().is_multiple_of(LINE_EVERY_S) => {
                eprintln!("{} {}", clock(elapsed), line(live))
            }
            Self::Lines => {}
        }
    }

    /// Says something beside the view.
    pub fn say(&self, text: &str) {
        match self {
            Self::Bar(bar) => bar.println(text),
            Self::Lines => eprintln!("{text}"),
        }
    }

    /// Leaves the screen to what comes after.
    pub fn close(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// `01:05` or `1:01:05`.
fn clock(elapsed: Micros) -> String {
    let secs = elapsed.second();
    let (hours, minutes, secs) = (secs / 3600, secs / 60 % 60, secs % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{secs:02}") } else { format!("{minutes:02}:{secs:02}") }
}

fn line(live: &Live) -> String {
    let millis = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), format_millis);
    let oldest = live.oldest.map_or_else(String::new, |age| format!(" (oldest {:.1} s)", age.as_secs_f64()));
    let failures = live.failure_ratio.map_or_else(|| "–".to_owned(), format_share);
    format!(
        "users {} · in flight {}{oldest} · {} req/s · {} requests · failed {failures} · p50 {} p95 {} p99 {} ms",
        live.users,
        live.in_flight,
        format_rate(live.rps),
        group_thousands(live.requests),
        millis(live.p50_ms),
        millis(live.p95_ms),
        millis(live.p99_ms),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_shows_as_the_age_of_the_oldest_request() {
        let live =
            Live { users: 5, in_flight: 5, oldest: Some(Micros::from_millis(4_240)), ..Live::default() };
        assert_eq!(
            line(&live),
            "users 5 · in flight 5 (oldest 4.2 s) · 0.0 req/s · 0 requests · failed – · p50 – p95 – p99 – ms"
        );
    }

    #[test]
    fn the_clock_shows_hours_when_there_are_any() {
        assert_eq!(clock(Micros::from_secs(65)), "01:05");
        assert_eq!(clock(Micros::from_secs(3665)), "1:01:05");
    }
}
