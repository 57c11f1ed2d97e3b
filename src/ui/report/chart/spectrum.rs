//! The percentile spectrum: latency and corrected latency of all requests or of the chosen endpoints, over one axis.

use leptos::ev::PointerEvent;
use leptos::prelude::*;

use super::room::Room;
use super::save::SaveMenu;
use crate::browser::page::size::Size;
use crate::core::analyse::stretches::Family;
use crate::core::analyse::time_range::TimeRange;
use crate::core::base::histogram::Histogram;
use crate::core::base::units::{Micros, format_millis};
use crate::core::base::visible::cell;
use crate::core::present::plot::spectrum::{Spectrum, TABLE, name, spectrum};
use crate::core::present::plot::{Frame, Shape, Tick};
use crate::core::present::words::NO_DATA;
use crate::core::report::{LoadModel, Report};
use crate::ui::report::lens::Lens;
use crate::ui::report::shared_report::SharedReport;

/// The most lines at a time: more cannot be told apart.
const MOST_LINES: usize = 6;

#[derive(Clone)]
struct Line {
    label: String,
    histogram: Histogram,
}

/// A list of lines that is never equal to another: it is made anew when the chosen range or endpoints change, and comparing
/// histograms would cost more than drawing them.
#[derive(Clone, Default)]
struct Lines(Vec<Line>);

impl PartialEq for Lines {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

#[component]
pub fn SpectrumFigure(report: Memo<Option<SharedReport>>, lens: Lens) -> impl IntoView {
    let figure = NodeRef::<leptos::html::Figure>::new();
    let (size, shape) = (RwSignal::new(Size::default()), RwSignal::new(Shape::Linear));
    let cursor = RwSignal::new(None::<f64>);
    let lines = Memo::new(move |_| {
        report.with(|report| report.as_ref().map(|report| lines(report, lens))).unwrap_or_default()
    });
    let drawing = Memo::new(move |_| {
        let Size { width, height } = size.get();
        let histograms: Vec<_> =
            lines.with(|lines| lines.0.iter().map(|line| line.histogram.clone()).collect());
        spectrum(&histograms, Frame { width, height }, shape.get())
    });
    let point = move |event: PointerEvent| {
        cursor.set(drawing.with_untracked(|drawing| drawing.quantile_at(f64::from(event.offset_x()))));
    };
    let moment = move || cursor.get().map_or_else(String::new, |quantile| format!("at {}", name(quantile)));
    let is_log = move || shape.get() == Shape::Log;
    view! {
        <figure class="chart" data-testid="spectrum" node_ref=figure>
            <figcaption class="chart-head">
                <h3 class="chart-title">"Percentiles"</h3>
                <button type="button" class="shape-button" title="Logarithmic axis: equal factors are equally far apart"
                    aria-pressed=move || is_log().to_string()
                    on:click=move |_| shape.set(if is_log() { Shape::Linear } else { Shape::Log })>"log"</button>
                <span class="chart-moment">{moment}</span>
                <SaveMenu figure name="percentiles" />
                <Legend lines cursor />
            </figcaption>
            <Room size>
                <Plot drawing cursor lines />
                <div class="chart-surface" aria-hidden="true" on:pointermove=point on:pointerdown=point
                    on:pointerleave=move |_| cursor.set(None)></div>
            </Room>
            <Table lines />
        </figure>
    }
}

/// The lines for what is looked at: all requests, or the chosen endpoints; in the open model corrected latency too.
fn lines(report: &Report, lens: Lens) -> Lines {
    let range = lens.range.get().or(TimeRange::new(0, u64::MAX));
    let chosen = lens.endpoints.get();
    lens.stretches.with(|stretches| {
        let Some((stretches, range)) = stretches.as_ref().zip(range) else { return Lines::default() };
        let of = |label: String, family, fits: &dyn Fn(usize) -> bool| Line {
            label,
            histogram: stretches.histogram(range, family, fits),
        };
        if chosen.is_empty() {
            let latency = of("latency".to_owned(), Family::Latency, &|_| true);
            let corrected = of("corrected latency".to_owned(), Family::Corrected, &|_| true);
            return Lines(vec![latency, corrected]);
        }
        let family = match report.run.model() {
            LoadModel::Closed => Family::Latency,
            LoadModel::Open => Family::Corrected,
        };
        let line = |place: &usize| {
            let entry = report.requests.get(*place)?;
            let label = format!("{} {}", cell(&entry.method), cell(&entry.name));
            Some(of(label, family, &|entry| entry == *place))
        };
        Lines(chosen.iter().filter_map(line).take(MOST_LINES).collect())
    })
}

#[component]
fn Plot(drawing: Memo<Spectrum>, cursor: RwSignal<Option<f64>>, lines: Memo<Lines>) -> impl IntoView {
    let ticks = move || {
        let drawing = drawing.get();
        let (left, right, bottom) = (px(Frame::LEFT), px(drawing.frame.right()), drawing.frame.bottom());
        let value = |tick: Tick| {
            view! {
                <path class="grid" d=format!("M{left} {y}H{right}", y = px(tick.at)) />
                <text class="tick tick-value" x=px(Frame::LEFT - 6.0) y=px(tick.at + 3.5)>{tick.label}</text>
            }
        };
        let quantile = |tick: Tick| {
            view! {
                <path class="axis" d=format!("M{x} {y}v4", x = px(tick.at), y = px(bottom)) />
                <text class="tick tick-time" x=px(tick.at) y=px(bottom + 15.0)>{tick.label}</text>
            }
        };
        let values = drawing.value_ticks.clone().into_iter().map(value).collect_view();
        (values, drawing.quantile_ticks.into_iter().map(quantile).collect_view())
    };
    let paths = move || {
        let lines = drawing.with(|drawing| drawing.lines.clone());
        let path = |(place, d): (usize, String)| view! { <path class=format!("line series-{place}") d=d /> };
        lines.into_iter().enumerate().map(path).collect_view()
    };
    let cross = move || {
        let (drawing, quantile) = (drawing.get(), cursor.get()?);
        let x = px(drawing.x_of(quantile));
        let dots = lines.with(|lines| {
            let at = |(place, line): (usize, &Line)| Some((place, line.histogram.quantile(quantile)?));
            lines.0.iter().enumerate().filter_map(at).collect::<Vec<_>>()
        });
        let dot = |(place, value): (usize, Micros)| {
            view! { <circle class=format!("dot series-dot-{place}") cx=x.clone() cy=px(drawing.y_of(value.as_millis_f64())) r="3" /> }
        };
        let line = format!("M{x} {top}V{bottom}", top = px(Frame::TOP), bottom = px(drawing.frame.bottom()));
        Some(view! { <path class="crosshair" d=line />{dots.into_iter().map(dot).collect_view()} })
    };
    view! {
        <svg class="chart-plot" width=move || px(drawing.with(|d| d.frame.width)) height=move || px(drawing.with(|d| d.frame.height)) aria-hidden="true">
            <g>{ticks}</g>
            <text class="tick tick-value" x=px(Frame::LEFT - 6.0) y="9">"ms"</text>
            <g>{paths}</g>
            <g>{cross}</g>
        </svg>
    }
}

/// The names of the lines, each with its value at the cursor.
#[component]
fn Legend(lines: Memo<Lines>, cursor: RwSignal<Option<f64>>) -> impl IntoView {
    let keys = move || {
        let key = |(place, line): (usize, &Line)| {
            let histogram = line.histogram.clone();
            let value = move || {
                let value = cursor.get().and_then(|quantile| histogram.quantile(quantile));
                value.map_or_else(String::new, |value| format_millis(value.as_millis_f64()))
            };
            view! {
                <li class="legend-key">
                    <svg class="legend-swatch" width="22" height="8" aria-hidden="true">
                        <path class=format!("line series-{place}") d="M1 4H21" />
                    </svg>
                    <span class="legend-label">{line.label.clone()}</span>
                    <span class="legend-value">{value}</span>
                </li>
            }
        };
        lines.with(|lines| lines.0.iter().enumerate().map(key).collect_view())
    };
    view! { <ul class="legend">{keys}</ul> }
}

/// The spectrum as a table.
#[component]
fn Table(lines: Memo<Lines>) -> impl IntoView {
    let rows = move || {
        let row = |line: &Line| {
            let values = line.histogram.quantiles(TABLE.map(|(quantile, _)| quantile));
            let figure = |(value, (_, field)): (Option<Micros>, (f64, &'static str))| {
                let text =
                    value.map_or_else(|| NO_DATA.to_owned(), |value| format_millis(value.as_millis_f64()));
                view! { <td class="cell-number" data-field=field>{text}</td> }
            };
            let cells = values.into_iter().zip(TABLE).map(figure).collect_view();
            view! { <tr><th scope="row" class="cell-name">{line.label.clone()}</th>{cells}</tr> }
        };
        lines.with(|lines| lines.0.iter().map(row).collect_view())
    };
    let headings = TABLE.map(|(_, label)| view! { <th scope="col" class="cell-number">{label}</th> });
    view! {
        <details class="chart-table">
            <summary>"As a table"</summary>
            <div class="table-box" tabindex="0" role="group" aria-label="Percentiles in milliseconds">
                <table class="table" data-testid="spectrum-table">
                    <caption class="visually-hidden">"Percentiles in milliseconds"</caption>
                    <thead><tr><th scope="col" class="cell-name">"ms"</th>{headings.into_iter().collect_view()}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

fn px(length: f64) -> String {
    format!("{length:.1}")
}
