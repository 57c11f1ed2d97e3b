//! A report on the page. Every view here takes the report as a property and must not use runs or sessions, so that two
//! reports can stand side by side and the viewer needs no shard.
//!
//! | file | what lives there |
//! |---|---|
//! | `shared_report.rs` | a report that several views read |
//! | `bar.rs` | what was run, and the button that saves the report |
//! | `tiles.rs` | the headline figures |
//! | `chart/` | charts over time |
//! | `statistics.rs`, `phases.rs`, `streams.rs`, `failures.rs` | the tables |
//! | `trust.rs` | whether the generator could be trusted |

pub mod bar;
mod chart;
mod failures;
mod phases;
mod shared_report;
mod statistics;
mod streams;
mod tiles;
mod trust;

use leptos::prelude::*;

use crate::core::analyse::headline::Window;
use chart::Charts;
use failures::Failures;
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
