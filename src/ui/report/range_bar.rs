//! The line above the figures that says which part of the run they are of, and the ways to another part.

use leptos::ev;
use leptos::prelude::*;

use super::lens::Lens;
use super::shared_report::SharedReport;
use crate::core::analyse::ramp::after_ramp;
use crate::core::base::units::format_clock;

/// The line. It is there in every report that has parts, so that nothing moves when one is chosen.
#[component]
pub fn RangeBar(report: Memo<Option<SharedReport>>, lens: Lens) -> impl IntoView {
    let level =
        Memo::new(move |_| report.with(|report| report.as_ref().and_then(|report| after_ramp(report))));
    let is_part = move || lens.range.get().is_some();
    let has_ramp = move || level.get().is_some() && level.get() != lens.range.get();
    let words = move || match lens.range.get() {
        None => "The whole run. Drag over a chart to look at a part of it.".to_owned(),
        Some(range) => {
            let (from, until) = (format_clock(range.from() as f64), format_clock(range.until() as f64));
            format!("From {from} to {until}: {} s. All figures are of this part.", range.seconds())
        }
    };
    let escape = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && !event.default_prevented() {
            lens.look_at_all();
        }
    });
    on_cleanup(move || escape.remove());
    view! {
        <Show when=move || lens.is_open()>
            <div class="range-bar" class:is-part=is_part>
                <p role="status" data-testid="range">{words}</p>
                <button type="button" class="button" data-testid="without-ramp" disabled=move || !has_ramp()
                    title="Leaves out the time in which users were still being started"
                    on:click=move |_| level.get_untracked().into_iter().for_each(|range| lens.look_at(range))>
                    "Without the ramp"
                </button>
                <button type="button" class="button" data-testid="whole-run" disabled=move || !is_part()
                    title="Escape does the same" on:click=move |_| lens.look_at_all()>
                    "Whole run"
                </button>
            </div>
        </Show>
    }
}
