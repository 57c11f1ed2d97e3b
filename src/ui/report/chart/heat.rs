//! The heat map: how many requests took how long, when. It follows the chosen endpoints, and a range can be dragged on it.

use leptos::ev::PointerEvent;
use leptos::prelude::*;

use super::pointing::Pointing;
use super::room::Room;
use super::save::SaveMenu;
use crate::browser::page::size::Size;
use crate::core::analyse::stretches::Family;
use crate::core::base::units::{format_millis, group_thousands};
use crate::core::present::plot::heat::{Heat, heat};
use crate::core::present::plot::{Frame, Tick, TimeLabels};
use crate::core::report::LoadModel;
use crate::ui::report::lens::Lens;
use crate::ui::report::shared_report::SharedReport;

#[component]
pub fn HeatMap(
    report: Memo<Option<SharedReport>>,
    pointing: Pointing,
    lens: Lens,
    labels: Memo<TimeLabels>,
) -> impl IntoView {
    let figure = NodeRef::<leptos::html::Figure>::new();
    let size = RwSignal::new(Size::default());
    let at = RwSignal::new(None::<(f64, f64)>);
    let seconds = Memo::new(move |_| {
        report
            .with(|report| report.as_ref().and_then(|report| Some(report.timeline.last()?.second + 1)))
            .unwrap_or(1)
    });
    let model =
        Memo::new(move |_| report.with(|r| r.as_ref().map(|report| report.run.model())).unwrap_or_default());
    let drawing = Memo::new(move |_| {
        let Size { width, height } = size.get();
        let chosen = lens.endpoints.get();
        let family = if model.get() == LoadModel::Open { Family::Corrected } else { Family::Latency };
        let fits = |place: usize| chosen.is_empty() || chosen.contains(&place);
        lens.stretches.with(|stretches| {
            let stretches = stretches.as_ref()?;
            Some(heat(stretches, seconds.get(), family, fits, Frame { width, height }, labels.get()))
        })
    });
    let second = move |event: &PointerEvent| {
        let across = (f64::from(event.offset_x()) - Frame::LEFT)
            / drawing
                .with_untracked(|heat| heat.as_ref().map_or(1.0, |heat| heat.frame.right() - Frame::LEFT));
        let second = (across * seconds.get_untracked() as f64) as u64;
        (0.0..1.0).contains(&across).then_some(second)
    };
    let point =
        move |event: &PointerEvent| at.set(Some((f64::from(event.offset_x()), f64::from(event.offset_y()))));
    let words = move || {
        drawing.with(|heat| {
            let (heat, (x, y)) = heat.as_ref().zip(at.get())?;
            let (column, row) = heat.cell_at(x, y, seconds.get())?;
            let (from, to) = heat.grid.span_ms(row);
            let count = group_thousands(heat.grid.count(column, row));
            let begin = labels.get().name(column as u64 * heat.grid.column_s);
            Some(format!("{begin}: {count} took {}–{} ms", format_millis(from), format_millis(to)))
        })
    };
    let title = move || {
        if model.get() == LoadModel::Open { "Corrected latency, all answers" } else { "Latency, all answers" }
    };
    view! {
        <figure class="chart chart-heat" data-testid="heat-map" node_ref=figure>
            <figcaption class="chart-head">
                <h3 class="chart-title">{title}</h3>
                <span class="chart-moment">{words}</span>
                <SaveMenu figure name="heat-map" />
            </figcaption>
            <Room size>
                <Plot drawing lens seconds />
                <div class="chart-surface" aria-hidden="true"
                    on:pointerdown=move |event| pointing.press(&event, second(&event))
                    on:pointermove=move |event| { point(&event); pointing.move_to(second(&event)); }
                    on:pointerup=move |_| pointing.release()
                    on:pointercancel=move |_| pointing.release()
                    on:pointerleave=move |_| { at.set(None); pointing.leave(); }
                ></div>
            </Room>
            <p class="visually-hidden">
                {move || drawing.with(|heat| heat.as_ref().map(|heat| format!(
                    "At most {} requests in one cell. The table of percentiles over time has the same as figures.",
                    group_thousands(heat.most)
                )))}
            </p>
        </figure>
    }
}

#[component]
fn Plot(drawing: Memo<Option<Heat>>, lens: Lens, seconds: Memo<u64>) -> impl IntoView {
    let content = move || {
        let heat = drawing.get()?;
        let (frame, bottom) = (heat.frame, heat.frame.bottom());
        let value = |tick: Tick| {
            view! {
                <path class="grid" d=format!("M{left} {y}H{right}", left = px(Frame::LEFT), y = px(tick.at), right = px(frame.right())) />
                <text class="tick tick-value" x=px(Frame::LEFT - 6.0) y=px(tick.at + 3.5)>{tick.label}</text>
            }
        };
        let time = |tick: Tick| {
            view! {
                <path class="axis" d=format!("M{x} {y}v4", x = px(tick.at), y = px(bottom)) />
                <text class="tick tick-time" x=px(tick.at) y=px(bottom + 15.0)>{tick.label}</text>
            }
        };
        let level = |(place, d): (usize, String)| view! { <path class=format!("heat heat-{place}") d=d /> };
        Some(view! {
            <g>{heat.value_ticks.into_iter().map(value).collect_view()}</g>
            <g>{heat.time_ticks.into_iter().map(time).collect_view()}</g>
            <g>{heat.levels.into_iter().enumerate().map(level).collect_view()}</g>
        })
    };
    let outside = move || {
        let (range, frame) = (lens.range.get()?, drawing.with(|heat| heat.as_ref().map(|heat| heat.frame))?);
        let x = |second: u64| frame.x((second as f64 / seconds.get() as f64).min(1.0));
        let height = px(frame.bottom() - Frame::TOP);
        let dim = |(from, to): (f64, f64)| {
            view! { <rect class="outside-range" x=px(from) width=px((to - from).max(0.0)) y=px(Frame::TOP) height=height.clone() /> }
        };
        let spans = [(frame.x(0.0), x(range.from())), (x(range.until()), frame.right())];
        Some(spans.map(dim).into_iter().collect_view())
    };
    let size =
        move |of: fn(Frame) -> f64| px(drawing.with(|heat| heat.as_ref().map_or(0.0, |heat| of(heat.frame))));
    view! {
        <svg class="chart-plot" width=move || size(|frame| frame.width) height=move || size(|frame| frame.height) aria-hidden="true">
            {content}
            <g>{outside}</g>
            <text class="tick tick-value" x=px(Frame::LEFT - 6.0) y="9">"ms"</text>
        </svg>
    }
}

fn px(length: f64) -> String {
    format!("{length:.1}")
}
