//! The curves of both groups over each other: latency by quantile, and a figure by second. A group of several runs has a band
//! from its lowest to its highest.

use leptos::prelude::*;

use super::state::Comparing;
use crate::browser::page::size::Size;
use crate::core::compare::curves::{Aligned, BySecond, STEPS, seconds, spectrum, timeline};
use crate::core::compare::groups::Groups;
use crate::core::compare::outcome::Comparison;
use crate::core::compare::sample::Endpoint;
use crate::core::present::plot::overlay::{Overlay, Values, overlay};
use crate::core::present::plot::{Frame, Shape, Tick, TimeLabels};
use crate::ui::report::SharedReport;
use crate::ui::report::chart::{Room, SaveMenu};

/// The labelled steps of the axis of quantiles.
const QUANTILES: [(usize, &str); 5] =
    [(0, "0"), (STEPS / 4, "90"), (STEPS / 2, "99"), (STEPS * 3 / 4, "99.9"), (STEPS, "99.99\u{202f}%")];

#[component]
pub fn Curves(comparing: Comparing) -> impl IntoView {
    let has_outcome = move || comparing.outcome.with(Option::is_some);
    view! { <Show when=has_outcome><Charts comparing /></Show> }
}

/// The endpoint whose curves are drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Drawn {
    /// The endpoint that changed most.
    #[default]
    MostChanged,
    All,
    One(Endpoint),
}

#[component]
fn Charts(comparing: Comparing) -> impl IntoView {
    let drawn = RwSignal::new(Drawn::default());
    let endpoints = Memo::new(move |_| {
        let of = |outcome: &Comparison| outcome.entries.iter().map(|entry| entry.endpoint.clone()).collect();
        comparing.outcome.with(|outcome| outcome.as_ref().map_or_else(Vec::<Endpoint>::new, of))
    });
    let endpoint = Memo::new(move |_| match drawn.get() {
        Drawn::MostChanged => endpoints.with(|endpoints| endpoints.first().cloned()),
        Drawn::All => None,
        Drawn::One(endpoint) => Some(endpoint),
    });
    let choose = move |event| {
        let place = event_target_value(&event).parse::<usize>().ok();
        let one = place.and_then(|place| endpoints.with_untracked(|all| all.get(place).cloned()));
        drawn.set(one.map_or(Drawn::All, Drawn::One));
    };
    let options = move || {
        let option = |(place, one): (usize, Endpoint)| {
            let name = format!("{} {}", one.method, one.name);
            let is_drawn = move || endpoint.with(|endpoint| endpoint.as_ref() == Some(&one));
            view! { <option value=place.to_string() prop:selected=is_drawn>{name}</option> }
        };
        endpoints.get().into_iter().enumerate().map(option).collect_view()
    };
    view! {
        <div class="compare-curves">
            <label class="compare-drawn">
                "Curves of "
                <select data-testid="compared-endpoint" on:change=choose>
                    {options}
                    <option value="" prop:selected=move || endpoint.with(Option::is_none)>"all requests"</option>
                </select>
            </label>
            <section class="charts compare-charts" aria-label="Both groups over each other">
                <Spectra comparing endpoint />
                <Timelines comparing endpoint />
            </section>
        </div>
    }
}

#[component]
fn Spectra(comparing: Comparing, endpoint: Memo<Option<Endpoint>>) -> impl IntoView {
    let values = Memo::new(move |_| {
        let endpoint = endpoint.get();
        comparing.reports.with(|reports| reports.map(|report| spectrum(report, endpoint.as_ref())))
    });
    let ticks = |frame: Frame, _: usize| {
        QUANTILES
            .map(|(step, label)| Tick { at: frame.x(step as f64 / STEPS as f64), label: label.to_owned() })
            .to_vec()
    };
    view! {
        <Figure title="Percentiles" name="compared-percentiles" unit="ms" values ticks />
    }
}

#[component]
fn Timelines(comparing: Comparing, endpoint: Memo<Option<Endpoint>>) -> impl IntoView {
    let (what, aligned) = (RwSignal::new(BySecond::P95), RwSignal::new(Aligned::AtStart));
    let timelines = Memo::new(move |_| {
        let endpoint = endpoint.get();
        let of = |report: &SharedReport| (report.clone(), timeline(&report.shared(), endpoint.as_ref()));
        comparing.reports.with(|reports| reports.map(of))
    });
    let values = Memo::new(move |_| {
        let (what, aligned) = (what.get(), aligned.get());
        timelines
            .with(|timelines| timelines.map(|(report, timeline)| seconds(report, timeline, what, aligned)))
    });
    let choose = move |event| {
        what.set(match event_target_value(&event).as_str() {
            "requests" => BySecond::Requests,
            "failures" => BySecond::Failures,
            _ => BySecond::P95,
        });
    };
    let is_level = move || aligned.get() == Aligned::AtEndOfRamp;
    let align = move |_| aligned.set(if is_level() { Aligned::AtStart } else { Aligned::AtEndOfRamp });
    let ticks = |frame: Frame, positions: usize| {
        let end = positions.saturating_sub(1).max(1) as f64;
        let mut ticks = TimeLabels::SinceStart.ticks(end, frame.width);
        ticks.iter_mut().for_each(|tick| tick.at = frame.x(tick.at / end));
        ticks
    };
    let unit = Signal::derive(move || if what.get() == BySecond::P95 { "ms" } else { "/s" });
    view! {
        <Figure title="By second" name="compared-timelines" unit values ticks>
            <select class="chart-choice" aria-label="Figure" data-testid="compared-figure" on:change=choose>
                <option value="p95">"p95"</option>
                <option value="requests">"requests"</option>
                <option value="failures">"failures"</option>
            </select>
            <button type="button" class="shape-button" data-testid="align-ramp" aria-pressed=move || is_level().to_string()
                title="Second 0 is the end of each run's ramp" on:click=align>"from the end of the ramp"</button>
        </Figure>
    }
}

/// One chart of both groups.
#[component]
fn Figure(
    title: &'static str,
    /// The test id, and the name of the picture's file.
    name: &'static str,
    #[prop(into)] unit: Signal<&'static str>,
    values: Memo<Groups<Values>>,
    /// The ticks of the axis, in pixels, for so many positions.
    ticks: fn(Frame, usize) -> Vec<Tick>,
    /// The choices of the menu.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let figure = NodeRef::<leptos::html::Figure>::new();
    let (size, shape) = (RwSignal::new(Size::default()), RwSignal::new(Shape::Linear));
    let drawing = Memo::new(move |_| {
        let Size { width, height } = size.get();
        values.with(|values| overlay([&values.base, &values.new], Frame { width, height }, shape.get()))
    });
    let positions = move || values.with(|values| values.all().map(Vec::len).max().unwrap_or_default());
    let is_log = move || shape.get() == Shape::Log;
    let key = |side: &'static str| {
        view! {
            <li class="legend-key">
                <svg class="legend-swatch" width="22" height="8" aria-hidden="true"><path class=format!("line line-{side}") d="M1 4H21" /></svg>
                <span class="legend-label">{side}</span>
            </li>
        }
    };
    view! {
        <figure class="chart" data-testid=name node_ref=figure>
            <figcaption class="chart-head">
                <h3 class="chart-title">{title}</h3>
                {children.map(|children| children())}
                <button type="button" class="shape-button" title="Logarithmic axis: equal factors are equally far apart"
                    aria-pressed=move || is_log().to_string()
                    on:click=move |_| shape.set(if is_log() { Shape::Linear } else { Shape::Log })>"log"</button>
                <SaveMenu figure name=name />
                <ul class="legend">{key("base")}{key("new")}</ul>
            </figcaption>
            <Room size><Plot drawing positions=Signal::derive(positions) ticks unit /></Room>
        </figure>
    }
}

#[component]
fn Plot(
    drawing: Memo<Overlay>,
    positions: Signal<usize>,
    ticks: fn(Frame, usize) -> Vec<Tick>,
    unit: Signal<&'static str>,
) -> impl IntoView {
    let content = move || {
        let Overlay { frame, value_ticks, groups: [base, new] } = drawing.get();
        let value = |tick: Tick| {
            view! {
                <path class="grid" d=format!("M{} {:.1}H{:.1}", Frame::LEFT, tick.at, frame.right()) />
                <text class="tick tick-value" x=format!("{:.1}", Frame::LEFT - 6.0) y=format!("{:.1}", tick.at + 3.5)>{tick.label}</text>
            }
        };
        let bottom = frame.bottom();
        let across = |tick: Tick| {
            view! {
                <path class="axis" d=format!("M{:.1} {bottom:.1}v4", tick.at) />
                <text class="tick tick-time" x=format!("{:.1}", tick.at) y=format!("{:.1}", bottom + 15.0)>{tick.label}</text>
            }
        };
        view! {
            <g>{value_ticks.into_iter().map(value).collect_view()}</g>
            <g>{ticks(frame, positions.get()).into_iter().map(across).collect_view()}</g>
            <path class="band-base" d=base.band />
            <path class="band-new" d=new.band />
            <path class="line line-base" d=base.line />
            <path class="line line-new" d=new.line />
        }
    };
    let size = move |of: fn(Frame) -> f64| format!("{:.1}", drawing.with(|drawing| of(drawing.frame)));
    view! {
        <svg class="chart-plot" width=move || size(|frame| frame.width) height=move || size(|frame| frame.height) aria-hidden="true">
            {content}
            <text class="tick tick-value" x=format!("{:.1}", Frame::LEFT - 6.0) y="9">{unit}</text>
        </svg>
    }
}
