//! One chart: axes, bands, lines, and the surface that takes the pointer and the keyboard.
//!
//! The surface is a slider over time: arrow keys move the cursor second by second, and a screen reader says the values
//! at the cursor. `pointing.rs` has what pointer and keys do.

use leptos::ev::PointerEvent;
use leptos::prelude::*;

use super::pointing::Pointing;
use super::readout::{Doubts, Legend, dot_class, line_class, sentence};
use super::room::Room;
use super::save::SaveMenu;
use crate::browser::page::size::Size;
use crate::core::analyse::headline::Window;
use crate::core::present::plot::{
    Band, Chart, Drawing, Frame, Look, Quantity, Shape, Tick, TimeAxis, TimeLabels, draw,
};
use crate::core::report::Timeline;
use crate::ui::report::lens::Lens;
use crate::ui::report::shared_report::SharedReport;
use crate::ui::widgets::ids::unique_id;

#[component]
pub fn ChartFigure(
    chart: Chart,
    report: Memo<Option<SharedReport>>,
    /// The second under the pointer, and the range: all charts share them.
    pointing: Pointing,
    lens: Lens,
    /// The part of the run that is shown. While a run is under way, the legend shows its last second.
    window: Memo<Window>,
    /// What the labels of the axis of time say, in all charts.
    labels: Memo<TimeLabels>,
) -> impl IntoView {
    let cursor = pointing.cursor;
    let figure = NodeRef::<leptos::html::Figure>::new();
    let size = RwSignal::new(Size::default());
    let shape = RwSignal::new(Shape::Linear);
    let run_time_s = Memo::new(move |_| report.with(|report| report.as_ref()?.run.run_time_s));
    let axis = move || match (window.get(), run_time_s.get()) {
        (Window::Now, Some(limit_s)) => TimeAxis::Planned(limit_s),
        (Window::Now, None) => TimeAxis::Growing,
        (Window::Whole | Window::Part, _) => TimeAxis::Whole,
    };
    let drawing = Memo::new(move |_| {
        let Size { width, height } = size.get();
        let frame = Frame { width, height };
        report.with(|report| {
            let nothing = Timeline::default();
            let rows = report.as_deref().map_or(&nothing, |report| &report.timeline);
            draw(chart, rows, frame, Look { shape: shape.get(), axis: axis(), labels: labels.get() })
        })
    });
    let moment = move || match (cursor.get(), window.get()) {
        (Some(second), _) => format!("at {}", labels.get().name(second)),
        (None, Window::Now) => "last second".to_owned(),
        (None, Window::Whole | Window::Part) => String::new(),
    };
    view! {
        <figure class="chart" class:is-empty=move || report.with(Option::is_none) data-testid=name(chart) node_ref=figure>
            <figcaption class="chart-head">
                <h3 class="chart-title">{chart.title()}</h3>
                {matches!(chart, Chart::Latency | Chart::Corrected).then(|| view! { <ShapeButton shape /> })}
                <span class="chart-moment">{moment}</span>
                <SaveMenu figure name=name(chart) />
                <Legend chart report cursor window />
            </figcaption>
            <Plot chart report drawing pointing lens size labels />
        </figure>
    }
}

const fn name(chart: Chart) -> &'static str {
    match chart {
        Chart::Throughput | Chart::Arrivals => "chart-throughput",
        Chart::Latency | Chart::Corrected => "chart-latency",
        Chart::Load => "chart-load",
    }
}

/// The choice between a linear and a logarithmic axis of values.
#[component]
fn ShapeButton(shape: RwSignal<Shape>) -> impl IntoView {
    let is_log = move || shape.get() == Shape::Log;
    let toggle = move |_| shape.set(if is_log() { Shape::Linear } else { Shape::Log });
    view! {
        <button
            type="button"
            class="shape-button"
            data-testid="log-scale"
            title="Logarithmic axis: equal factors are equally far apart"
            aria-pressed=move || is_log().to_string()
            on:click=toggle
        >
            "log"
        </button>
    }
}

/// The drawing, and the surface over it.
#[component]
fn Plot(
    chart: Chart,
    report: Memo<Option<SharedReport>>,
    drawing: Memo<Drawing>,
    pointing: Pointing,
    lens: Lens,
    /// Receives the size of the element, in pixels.
    size: RwSignal<Size>,
    labels: Memo<TimeLabels>,
) -> impl IntoView {
    let cursor = pointing.cursor;
    let second = move |event: &PointerEvent| {
        drawing.with_untracked(|drawing| drawing.second_at(f64::from(event.offset_x())))
    };
    let last = move || {
        report.with(|report| report.as_ref().and_then(|report| report.timeline.last().map(|row| row.second)))
    };
    let last = move || last().unwrap_or_default();
    view! {
        <Room size>
            <svg class="chart-plot" width=move || size.get().width.to_string() height=move || size.get().height.to_string() aria-hidden="true">
                <Backdrop chart drawing />
                <Selection drawing lens />
                <Lines chart drawing />
                <Cursor chart report drawing cursor />
            </svg>
            <div
                class="chart-surface"
                role="slider"
                tabindex="0"
                aria-label=format!("{} over time, second by second", chart.title())
                aria-valuemin="0"
                aria-valuemax=move || last().to_string()
                aria-valuenow=move || cursor.get().unwrap_or_else(last).to_string()
                aria-valuetext=move || report.with(|report| sentence(chart, report.as_deref(), cursor.get(), labels.get()))
                on:pointerdown=move |event| pointing.press(&event, second(&event))
                on:pointermove=move |event| pointing.move_to(second(&event))
                on:pointerup=move |_| pointing.release()
                on:pointercancel=move |_| pointing.release()
                on:pointerleave=move |_| pointing.leave()
                on:keydown=move |event| pointing.key(&event, last())
                on:blur=move |_| pointing.leave()
            ></div>
            <Doubts report cursor />
            <p class="chart-empty" aria-hidden="true">"no data yet"</p>
        </Room>
    }
}

/// Ticks, grid and the bands of suspect seconds.
#[component]
fn Backdrop(chart: Chart, drawing: Memo<Drawing>) -> impl IntoView {
    let hatch = unique_id("hatch");
    let fill = format!("url(#{hatch})");
    let bands = move || {
        let drawing = drawing.get();
        let height = drawing.frame.bottom() - Frame::TOP;
        let band = |band: Band| {
            view! {
                <rect class="band" x=px(band.x) width=px(band.width) y=px(Frame::TOP)
                    height=px(height) fill=fill.clone() />
            }
        };
        drawing.bands.into_iter().map(band).collect_view()
    };
    let values = move || {
        let drawing = drawing.get();
        let (left, right) = (px(Frame::LEFT), px(drawing.frame.right()));
        let tick = |tick: Tick| {
            view! {
                <path class="grid" d=format!("M{left} {y}H{right}", y = px(tick.at)) />
                <text class="tick tick-value" x=px(Frame::LEFT - 6.0) y=px(tick.at + 3.5)>{tick.label}</text>
            }
        };
        drawing.value_ticks.into_iter().map(tick).collect_view()
    };
    let times = move || {
        let drawing = drawing.get();
        let bottom = drawing.frame.bottom();
        let tick = |tick: Tick| {
            view! {
                <path class="axis" d=format!("M{x} {y}v4", x = px(tick.at), y = px(bottom)) />
                <text class="tick tick-time" x=px(tick.at) y=px(bottom + 15.0)>{tick.label}</text>
            }
        };
        drawing.time_ticks.into_iter().map(tick).collect_view()
    };
    view! {
        <defs>
            <pattern id=hatch width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <path class="hatch" d="M0 0V6" />
            </pattern>
        </defs>
        <g>{bands}</g>
        <g>{values}</g>
        <g>{times}</g>
        <text class="tick tick-value" x=px(Frame::LEFT - 6.0) y="9">{chart.unit()}</text>
    }
}

/// The dimmed parts of the chart, outside of the chosen range.
#[component]
fn Selection(drawing: Memo<Drawing>, lens: Lens) -> impl IntoView {
    let outside = move || {
        let range = lens.range.get()?;
        let drawing = drawing.get();
        let height = px(drawing.frame.bottom() - Frame::TOP);
        let dim = |(from, to): (f64, f64)| {
            view! { <rect class="outside-range" x=px(from) width=px((to - from).max(0.0)) y=px(Frame::TOP) height=height.clone() /> }
        };
        Some(drawing.outside(range).map(dim).into_iter().collect_view())
    };
    view! { <g data-testid="outside-range">{outside}</g> }
}

/// The lines. The one on top has the most gaps in its dashes, so that all lines can be seen where they meet.
#[component]
fn Lines(chart: Chart, drawing: Memo<Drawing>) -> impl IntoView {
    let line = |(place, quantity): (usize, Quantity)| {
        let path = move || drawing.with(|drawing| drawing.lines.get(place).map(|line| line.1.clone()));
        view! { <path class=line_class(quantity) d=move || path().unwrap_or_default() /> }
    };
    let quantities: Vec<_> = chart.quantities().iter().copied().enumerate().collect();
    view! { <g>{quantities.into_iter().map(line).collect_view()}</g> }
}

/// The crosshair, and a dot on each line.
#[component]
fn Cursor(
    chart: Chart,
    report: Memo<Option<SharedReport>>,
    drawing: Memo<Drawing>,
    cursor: RwSignal<Option<u64>>,
) -> impl IntoView {
    let marks = move |second: u64| {
        let drawing = drawing.get();
        let x = px(drawing.x_of(second));
        let line = format!("M{x} {top}V{bottom}", top = px(Frame::TOP), bottom = px(drawing.frame.bottom()));
        let values = report.with(|report| {
            let row = report.as_ref().and_then(|report| report.timeline.of_second(second));
            let value = |quantity: &Quantity| Some((*quantity, quantity.of(row?)?));
            chart.quantities().iter().filter_map(value).collect::<Vec<_>>()
        });
        let dot = |(quantity, value)| {
            view! {
                <circle class=dot_class(quantity) cx=x.clone() cy=px(drawing.y_of(value)) r="3" />
            }
        };
        view! {
            <path class="crosshair" d=line />
            {values.into_iter().map(dot).collect_view()}
        }
    };
    view! { <g>{move || cursor.get().map(marks)}</g> }
}

/// Formats a length in pixels for SVG.
fn px(length: f64) -> String {
    format!("{length:.1}")
}
