//! The charts over time, side by side, with one cursor for all of them.
//!
//! A chart is one path per line, redrawn once a second from `core::plot`; no element per point.

mod figure;
mod readout;

use leptos::prelude::*;

use super::state::page_state;
use crate::core::plot::CHARTS;
use figure::ChartFigure;

/// All charts.
#[component]
pub fn Charts() -> impl IntoView {
    let state = page_state();
    let cursor = RwSignal::new(None);
    let figures =
        CHARTS.map(|chart| view! { <ChartFigure chart report=state.shown cursor span=state.span /> });
    view! {
        <section class="charts" aria-label="Charts over time">
            {figures.into_iter().collect_view()}
        </section>
    }
}
