//! The headline figures, one tile for each. Tiles have a fixed width, so that nothing moves when a number gets longer.

use leptos::prelude::*;

use super::shared_report::SharedReport;
use crate::core::analyse::headline::{Headline, OLD_MS, Since, Window};
use crate::core::analyse::waiting::Waiting;
use crate::core::base::units::{format_millis, format_rate, group_thousands};
use crate::core::present::words::NO_DATA;
use crate::core::report::{LoadModel, Quantiles};

/// The text for a figure that is not known. Such a figure is never shown as zero.
const NONE: &str = NO_DATA;

/// Whether a tile draws attention to its figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tone {
    #[default]
    Quiet,
    Alarm,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Content {
    figure: String,
    /// Over which time the figure is.
    span: &'static str,
    note: String,
    tone: Tone,
}

impl Content {
    /// A figure with the time that it is of, and its note. Without a figure there is a dash, and nothing else.
    fn new(figure: Option<String>, span: &'static str, note: impl Into<String>, tone: Tone) -> Self {
        match figure {
            Some(figure) => Self { figure, span, note: note.into(), tone },
            None => Self { figure: NONE.to_owned(), ..Self::default() },
        }
    }
}

/// The time of a figure that is summed up over the run.
const fn summed_up(since: Since, window: Window) -> &'static str {
    match (since, window) {
        (_, Window::Part) => "this part",
        (Since::Reset, _) => "since reset",
        (Since::Start, Window::Now) => "so far",
        (Since::Start, Window::Whole) => "whole run",
    }
}

#[component]
pub fn Tiles(
    report: Memo<Option<SharedReport>>,
    /// The part of the run that the figures are computed from.
    window: Memo<Window>,
) -> impl IntoView {
    let headline = Memo::new(move |_| {
        let window = window.get();
        report.with(|report| report.as_ref().map(|report| Headline::of(report, window))).unwrap_or_default()
    });
    let quantile = move |pick: fn(Quantiles) -> Option<f64>| {
        Signal::derive(move || {
            let headline = headline.get();
            let figure = headline.headline_ms().and_then(pick).map(format_millis);
            let corrected = headline.model == LoadModel::Open;
            let note = if corrected { "corrected" } else { "latency" };
            Content::new(figure, summed_up(headline.since, window.get()), note, Tone::Quiet)
        })
    };
    let may_drop = move || {
        let headline = headline.get();
        headline.model == LoadModel::Open || headline.dropped > Some(0)
    };
    let content =
        move |of: fn(Headline, Window) -> Content| Signal::derive(move || of(headline.get(), window.get()));
    view! {
        <section class="tiles" aria-label="Figures at a glance">
            <Tile name="tile-rps" label="Requests" unit="/s" content=content(rate)
                title="Requests that ended per second: over the last two seconds, or the whole run once it is over" />
            <Tile name="tile-failures" label="Failures" unit="%" content=content(failures)
                title="Requests without a complete response, or with a status of 400 or more, of the whole run" />
            <Tile name="tile-p50" label="p50" unit="ms" content=quantile(|q| q.p50)
                title="Half of all requests took at most this long, from sent (corrected: scheduled) to last byte" />
            <Tile name="tile-p95" label="p95" unit="ms" content=quantile(|q| q.p95)
                title="95 in 100 requests took at most this long, from sent (corrected: scheduled) to last byte" />
            <Tile name="tile-p99" label="p99" unit="ms" content=quantile(|q| q.p99)
                title="99 in 100 requests took at most this long, from sent (corrected: scheduled) to last byte" />
            <Show when=may_drop>
                <Tile name="tile-dropped" label="Dropped" unit="" content=content(dropped)
                    title="Arrivals that started no request, because every user was busy or the machine slept" />
            </Show>
            <Tile name="tile-users" label="Users" unit="" content=content(users)
                title="Virtual users running now; the most there were once the run is over" />
            <Tile name="tile-in-flight" label="In flight" unit="" content=content(in_flight)
                title="Requests sent and not yet answered, and how long the oldest has been waiting; marked when that is over a second and longer than such requests take in this run" />
        </section>
    }
}

#[component]
fn Tile(
    /// The name that tests and styles use.
    name: &'static str,
    label: &'static str,
    /// The unit; empty for counts.
    unit: &'static str,
    content: Signal<Content>,
    /// The explanation that the pointer shows.
    title: &'static str,
) -> impl IntoView {
    let alarm = move || content.with(|content| content.tone == Tone::Alarm);
    view! {
        <dl class=format!("tile {name}") class:is-alarm=alarm title=title>
            <dt><span class="tile-label">{label}</span><span class="tile-span" data-testid=format!("{name}-span")>{move || content.get().span}</span></dt>
            <dd class="tile-figure">
                <span data-testid=name>{move || content.get().figure}</span>
                <span class="tile-unit">{unit}</span>
            </dd>
            <dd class="tile-note" data-testid=format!("{name}-note")>{move || content.get().note}</dd>
        </dl>
    }
}

fn rate(headline: Headline, window: Window) -> Content {
    let span = if window == Window::Now { "last 2 s" } else { summed_up(headline.since, window) };
    let note = format!("{} {}", group_thousands(headline.requests), in_all(window));
    Content::new(headline.rps.map(format_rate), span, note, Tone::Quiet)
}

const fn in_all(window: Window) -> &'static str {
    match window {
        Window::Now => "so far",
        Window::Whole | Window::Part => "in all",
    }
}

fn failures(headline: Headline, window: Window) -> Content {
    let (failures, requests) = (group_thousands(headline.failures), group_thousands(headline.requests));
    let share = headline.failure_ratio.map(|ratio| format!("{:.2}", ratio * 100.0));
    let tone = if headline.failures > 0 { Tone::Alarm } else { Tone::Quiet };
    Content::new(share, summed_up(headline.since, window), format!("{failures} of {requests}"), tone)
}

fn dropped(headline: Headline, window: Window) -> Content {
    let tone = if headline.dropped > Some(0) { Tone::Alarm } else { Tone::Quiet };
    Content::new(headline.dropped.map(group_thousands), summed_up(headline.since, window), "arrivals", tone)
}

fn users(headline: Headline, window: Window) -> Content {
    let (span, note) = match window {
        Window::Now => ("now", "running"),
        Window::Whole | Window::Part => (summed_up(headline.since, window), "at most"),
    };
    let users = headline.users.map(|users| group_thousands(u64::from(users)));
    Content::new(users, span, note, Tone::Quiet)
}

fn in_flight(headline: Headline, window: Window) -> Content {
    let oldest = headline.oldest_ms.filter(|oldest| *oldest >= OLD_MS);
    let age = oldest.map(|oldest| format!("{:.1}\u{202f}s", oldest / 1e3));
    let note = match (window, age) {
        (Window::Now, Some(age)) => format!("oldest {age}"),
        (Window::Now, None) if headline.in_flight == Some(0) => "nobody waits".to_owned(),
        (Window::Now, None) => "oldest under 1\u{202f}s".to_owned(),
        (Window::Whole | Window::Part, Some(age)) => format!("waited up to {age}"),
        (Window::Whole | Window::Part, None) => "unanswered".to_owned(),
    };
    let span = if window == Window::Now { "now" } else { "at the end" };
    let tone = if headline.waiting == Waiting::Long { Tone::Alarm } else { Tone::Quiet };
    Content::new(headline.in_flight.map(group_thousands), span, note, tone)
}
