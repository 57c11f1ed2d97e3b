//! A report on the page. Every view here takes the report as a property and must not use runs or sessions, so that two
//! reports can stand side by side and the viewer needs no shard.
//!
//! | file | what lives there |
//! |---|---|
//! | `shared_report.rs` | a report that several views read |
//! | `bar.rs`, `csv_menu.rs`, `saved.rs` | what was run, and the buttons that save the report as files |
//! | `tiles.rs` | the headline figures |
//! | `chart/` | charts over time |
//! | `statistics.rs`, `phases.rs`, `streams.rs`, `failures.rs` | the tables |
//! | `findings.rs` | what the host's answers say about the run |
//! | `trust.rs` | whether the generator could be trusted |

pub mod bar;
mod chart;
mod csv_menu;
mod failures;
mod findings;
mod phases;
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
use phases::Phases;
pub use shared_report::SharedReport;
use statistics::Statistics;
use streams::Streams;
use tiles::Tiles;
use trust::GeneratorTrust;

/// Tiles, charts and tables of a report. Without a report they are empty.
#[component]
pub fn ReportBody(
    report: Memo<Option<SharedReport>>,
    /// The part of the run that the tiles are computed from.
    window: Memo<Window>,
) -> impl IntoView {
    view! {
        <Findings report />
        <Tiles report window />
        <Charts report window />
        <Statistics report />
        <Phases report />
        <Streams report />
        <div class="page-pair">
            <Failures report />
            <GeneratorTrust report />
        </div>
    }
}
