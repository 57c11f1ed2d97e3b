//! The charts over time, side by side, with one cursor for all of them.
//!
//! A chart is one path per line, redrawn once a second from `core::present::plot`; no element per point.

mod figure;
mod readout;

use leptos::prelude::*;

use super::shared_report::SharedReport;
use crate::core::analyse::headline::Window;
use crate::core::present::plot::charts;
use figure::ChartFigure;

/// All charts.
#[component]
pub fn Charts(
    /// The report.
    report: Memo<Option<SharedReport>>,
    /// Which stretch of it the tiles show.
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
