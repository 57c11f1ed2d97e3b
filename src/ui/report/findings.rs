//! The notices above a report when most of its requests were refused or failed. `core::analyse` decides what was found.

use leptos::prelude::*;

use super::shared_report::SharedReport;
use crate::core::analyse::findings::findings;
use crate::core::present::findings::{FindingWords, finding_words};

/// One notice for each finding; none in an ordinary report.
#[component]
pub fn Findings(report: Memo<Option<SharedReport>>) -> impl IntoView {
    // The report changes every second. The notices are drawn anew only when their words change.
    let found = Memo::new(move |_| {
        let found = report.with(|report| report.as_ref().map(|report| findings(report)));
        found.unwrap_or_default().iter().map(finding_words).collect::<Vec<_>>()
    });
    let notice = |FindingWords { what, next }: FindingWords| {
        view! {
            <div class="notice notice-finding" data-testid="finding">
                <p><strong>{what}</strong>" "{next}</p>
            </div>
        }
    };
    view! { <div class="findings" role="status">{move || found.get().into_iter().map(notice).collect_view()}</div> }
}
