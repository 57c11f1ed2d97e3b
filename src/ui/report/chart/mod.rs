//! The charts over time, side by side, with one cursor for all of them.
//!
//! A chart is one path per line, redrawn once a second from `core::plot`; no element per point.

mod figure;
mod readout;

use leptos::prelude::*;

use super::state::page_state;
use crate::core::present::plot::charts;
use figure::ChartFigure;

/// All charts.
#[component]
pub fn Charts() -> impl IntoView {
    let state = page_state();
    let cursor = RwSignal::new(None);
    let model =
        Memo::new(move |_| state.shown.with(|report| report.as_ref().map(|report| report.run.model())));
    let figure = move |chart| view! { <ChartFigure chart report=state.shown cursor span=state.span /> };
    let figures = move || charts(model.get().unwrap_or_default()).map(figure).into_iter().collect_view();
    view! {
        <section class="charts" aria-label="Charts over time">
            {move || figures()}
        </section>
    }
}
