//! A report on the page. Every view here takes the report as a property and must not use runs or sessions, so that two
//! reports can stand side by side and the viewer needs no shard.
//!
//! | file | what lives there |
//! |---|---|
//! | `shared_report.rs` | a report that several views read |
//! | `bar.rs`, `csv_menu.rs`, `saved.rs` | what was run, and the buttons that save the report as files |
//! | `lens.rs`, `range_bar.rs` | what a reader looks at: a range of time, chosen endpoints |
//! | `tiles.rs` | the headline figures |
//! | `chart/` | charts over time |
//! | `statistics.rs`, `phases.rs`, `streams.rs`, `failures.rs` | the tables |
//! | `findings.rs` | what the host's answers say about the run |
//! | `trust.rs` | whether the generator could be trusted |
//! | `run_panel.rs` | what ran |

pub mod bar;
pub mod chart;
mod csv_menu;
mod failures;
mod findings;
mod lens;
mod phases;
mod range_bar;
mod run_panel;
mod saved;
mod shared_report;
mod statistics;
mod streams;
mod tiles;
mod trust;

use leptos::prelude::*;

use crate::core::analyse::headline::Window;
use chart::Charts;
use failures::Failures;
use findings::Findings;
pub use lens::Focus;
use lens::Lens;
use phases::Phases;
use range_bar::RangeBar;
use run_panel::RunPanel;
pub use shared_report::SharedReport;
use statistics::Statistics;
use streams::Streams;
use tiles::Tiles;
use trust::GeneratorTrust;

/// Tiles, charts and tables of a report. Without a report they are empty.
#[component]
pub fn ReportBody(
    report: Memo<Option<SharedReport>>,
    /// Whether the run is under way or over.
    window: Memo<Window>,
    /// What is looked at, where the caller keeps it (in the address).
    #[prop(optional)]
    focus: Option<RwSignal<Focus>>,
) -> impl IntoView {
    let lens = Lens::new(report, focus.unwrap_or_default());
    let part = lens.part;
    let part_window =
        Memo::new(move |_| if lens.range.get().is_some() { Window::Part } else { window.get() });
    view! {
        <Findings report=part />
        <RangeBar report lens />
        <Tiles report=part window=part_window />
        <Charts report=lens.charted window lens />
        <Statistics report=part lens />
        <Phases report=part />
        <Streams report=part />
        <div class="page-pair">
            <Failures report=part lens />
            <GeneratorTrust report=part />
        </div>
        <RunPanel report />
    }
}
