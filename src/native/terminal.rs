//! The live view of a run. On a terminal it is redrawn in place; elsewhere it is a line every few seconds.
//!
//! The view goes to standard error, so that standard output holds only the final tables. Its figures come from
//! `core/analyse`; nothing is computed here. A terminal that goes away costs the view and not the run.

use std::cell::Cell;
use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

use super::say::{harmless, tell};
use crate::core::analyse::headline::{Headline, OLD_MS};
use crate::core::base::units::{Micros, format_clock, format_rate, format_share, group_thousands};
use crate::core::present::words::{NO_DATA, millis_or_dash};
use crate::core::report::{LoadModel, Quantiles};

/// How often a line is printed where there is no terminal.
const LINE_EVERY_S: u64 = 5;

pub enum Terminal {
    /// Redraws in place.
    Bar(ProgressBar),
    /// Prints lines. The start and the end of a stall are printed at once.
    Lines { said_at: Cell<Micros>, stalled: Cell<bool> },
}

impl Terminal {
    /// A view of a run of length `run_time`; `None` when the user ends the run by hand.
    pub fn new(run_time: Option<Micros>) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines { said_at: Cell::default(), stalled: Cell::new(false) };
        }
        let bar = run_time.map_or_else(ProgressBar::no_length, |time| ProgressBar::new(time.0));
        let template = if run_time.is_some() {
            "{prefix:>8} {wide_bar:.cyan/dim} {percent:>3}%\n{wide_msg}"
        } else {
            "{prefix:>8} {spinner}\n{wide_msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        Self::Bar(bar)
    }

    /// Shows the current figures of the run.
    pub fn show(&self, elapsed: Micros, headline: &Headline) {
        match self {
            Self::Bar(bar) => {
                bar.set_position(elapsed.0);
                bar.set_prefix(format_clock(elapsed.as_secs_f64()));
                bar.set_message(line(headline));
            }
            Self::Lines { said_at, stalled } => {
                let stall_changed = stalled.replace(headline.is_stalled()) != headline.is_stalled();
                // Lines follow the run's clock, so a late line does not delay the next one.
                let interval = |at: Micros| at.second() / LINE_EVERY_S;
                if interval(elapsed) != interval(said_at.get()) || stall_changed {
                    said_at.set(elapsed);
                    tell(&format!("{} {}", format_clock(elapsed.as_secs_f64()), line(headline)));
                }
            }
        }
    }

    /// Prints a message and keeps the view.
    pub fn say(&self, text: &str) {
        match self {
            Self::Bar(bar) => bar.println(harmless(text)),
            Self::Lines { .. } => tell(text),
        }
    }

    /// Removes the view, so that the final tables follow on a clean screen.
    pub fn close(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn line(headline: &Headline) -> String {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| NO_DATA.to_owned());
    let latency =
        |quantile: fn(Quantiles) -> Option<f64>| millis_or_dash(headline.headline_ms().and_then(quantile));
    let oldest = headline.oldest_ms.filter(|age| *age >= OLD_MS);
    let corrected = if headline.model == LoadModel::Open { "corrected " } else { "" };
    let dropped = headline.dropped.filter(|dropped| *dropped > 0);
    let dropped = dropped.map_or_else(String::new, |n| format!(" · DROPPED {}", group_thousands(n)));
    format!(
        "users {} · in flight {}{} · {} req/s · {} requests{dropped} · failed {} · {corrected}p50 {} p95 {} p99 {} ms",
        or_dash(headline.users.map(|users| users.to_string())),
        or_dash(headline.in_flight.map(group_thousands)),
        oldest.map_or_else(String::new, |age| format!(" (oldest {:.1} s)", age / 1e3)),
        or_dash(headline.rps.map(format_rate)),
        group_thousands(headline.requests),
        or_dash(headline.failure_ratio.map(format_share)),
        latency(|l| l.p50),
        latency(|l| l.p95),
        latency(|l| l.p99),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_model_shows_corrected_latency_and_dropped_arrivals() {
        let latency =
            |p50: f64| Some(Quantiles { p50: Some(p50), p95: Some(p50 * 2.0), p99: Some(p50 * 3.0) });
        let headline = Headline {
            model: LoadModel::Open,
            latency_ms: latency(2.0),
            corrected_ms: latency(30.0),
            dropped: Some(1_234),
            ..Headline::default()
        };
        let line = line(&headline);
        assert!(line.contains("0 requests · DROPPED 1\u{202f}234 · failed –"), "{line}");
        assert!(line.ends_with("corrected p50 30.0 p95 60.0 p99 90.0 ms"), "{line}");
    }

    #[test]
    fn a_stall_shows_as_the_age_of_the_oldest_request() {
        let headline = Headline {
            users: Some(5),
            in_flight: Some(5),
            oldest_ms: Some(4_240.0),
            rps: Some(0.0),
            ..Headline::default()
        };
        assert_eq!(
            line(&headline),
            "users 5 · in flight 5 (oldest 4.2 s) · 0.0 req/s · 0 requests · failed – · p50 – p95 – p99 – ms"
        );
    }
}
