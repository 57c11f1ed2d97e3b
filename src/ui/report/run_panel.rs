//! The panel that says what ran, and what was changed while it ran. `core::present::run_facts` has the words.

use leptos::prelude::*;

use super::shared_report::SharedReport;
use crate::core::present::run_facts::{Fact, changes, facts};
use crate::ui::widgets::ids::unique_id;

#[component]
pub fn RunPanel(report: Memo<Option<SharedReport>>) -> impl IntoView {
    let of = Memo::new(move |_| {
        report
            .with(|report| report.as_ref().map(|report| (facts(report), changes(report))))
            .unwrap_or_default()
    });
    let fact = |(name, value): Fact| view! { <dt>{name}</dt><dd>{value}</dd> };
    let list = move || of.with(|(facts, _)| facts.clone().into_iter().map(fact).collect_view());
    let change = |change: String| view! { <li>{change}</li> };
    let changed = move || {
        of.with(|(_, changes)| {
            let items = || changes.clone().into_iter().map(change).collect_view();
            (!changes.is_empty())
                .then(|| view! { <dt>"Changed while it ran"</dt><dd><ul>{items()}</ul></dd> })
        })
    };
    let title_id = unique_id("run-title");
    view! {
        <Show when=move || report.with(Option::is_some)>
            <section class="panel" aria-labelledby=title_id.clone()>
                <h2 class="panel-title" id=title_id.clone()>"What ran"</h2>
                <dl class="facts" data-testid="facts">{list}{changed}</dl>
            </section>
        </Show>
    }
}
