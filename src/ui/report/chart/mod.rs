//! The charts over time, side by side. They share one cursor, and the range that is looked at.
//!
//! `core::present::plot` computes a chart once a second. Each line is one path, because an element for each point would
//! be slow.

mod figure;
mod heat;
mod pointing;
mod readout;
mod room;
mod save;
mod spectrum;

use leptos::prelude::*;

use super::lens::Lens;
use super::shared_report::SharedReport;
use crate::browser::page::clock::{self, ClockChoice, minutes_ahead_of_utc};
use crate::core::analyse::headline::Window;
use crate::core::present::plot::{TimeLabels, charts};
use figure::ChartFigure;
use heat::HeatMap;
use pointing::Pointing;
pub use room::Room;
pub use save::SaveMenu;
use spectrum::SpectrumFigure;

#[component]
pub fn Charts(
    report: Memo<Option<SharedReport>>,
    /// The part of the run that is under way or over.
    window: Memo<Window>,
    lens: Lens,
) -> impl IntoView {
    let pointing = Pointing::new(lens);
    let choice = RwSignal::new(clock::chosen());
    let started_at = Memo::new(move |_| {
        report.with(|report| report.as_ref().and_then(|report| report.run.started_at.clone()))
    });
    let labels = Memo::new(move |_| match choice.get() {
        ClockChoice::SinceStart => TimeLabels::SinceStart,
        ClockChoice::TimeOfDay => started_at.with(|moment| of_day(moment.as_deref())),
    });
    let model = Memo::new(move |_| report.with(|report| report.as_ref().map(|report| report.run.model())));
    let figure = move |chart| view! { <ChartFigure chart report pointing lens window labels /> };
    let figures = move || charts(model.get().unwrap_or_default()).map(figure).into_iter().collect_view();
    view! {
        <section class="charts" aria-label="Charts over time">
            {figures}
            <Show when=move || lens.is_open()>
                <HeatMap report pointing lens labels />
                <SpectrumFigure report lens />
            </Show>
            <Show when=move || started_at.with(Option::is_some)>
                <ClockButton choice />
            </Show>
        </section>
    }
}

/// Labels with the time of day, where the start of the run is known.
fn of_day(started_at: Option<&str>) -> TimeLabels {
    let labels = started_at.and_then(|moment| TimeLabels::of_day(moment, minutes_ahead_of_utc(moment)));
    labels.unwrap_or_default()
}

/// The choice between the time since the start and the time of day, for all charts.
#[component]
fn ClockButton(choice: RwSignal<ClockChoice>) -> impl IntoView {
    let is_pressed = move || choice.get() == ClockChoice::TimeOfDay;
    let toggle = move |_| {
        choice.update(|choice| *choice = choice.other());
        clock::choose(choice.get_untracked());
    };
    view! {
        <div class="charts-foot">
            <button
                type="button"
                class="shape-button"
                data-testid="time-of-day"
                title="The axes show the time of day instead of the time since the start of the run"
                aria-pressed=move || is_pressed().to_string()
                on:click=toggle
            >
                "time of day"
            </button>
        </div>
    }
}
