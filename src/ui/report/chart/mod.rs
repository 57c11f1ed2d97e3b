//! The charts over time, side by side. They share one cursor.
//!
//! `core::present::plot` computes a chart once a second. Each line is one path, because an element for each point would
//! be slow.

mod figure;
mod readout;

use leptos::prelude::*;

use super::shared_report::SharedReport;
use crate::core::analyse::headline::Window;
use crate::core::present::plot::charts;
use figure::ChartFigure;

#[component]
pub fn Charts(
    report: Memo<Option<SharedReport>>,
    /// The part of the run that the tiles are computed from.
    window: Memo<Window>,
) -> impl IntoView {
    let cursor = RwSignal::new(None);
    let model = Memo::new(move |_| report.with(|report| report.as_ref().map(|report| report.run.model())));
    let figure = move |chart| view! { <ChartFigure chart report cursor window /> };
    let figures = move || charts(model.get().unwrap_or_default()).map(figure).into_iter().collect_view();
    view! {
        <section class="charts" aria-label="Charts over time">
            {figures}
        </section>
    }
}
