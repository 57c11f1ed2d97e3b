//! The reports of the library that can be added, by like runs: one scenario, load and host.

use leptos::prelude::*;

use super::sides::begin_drag;
use super::state::{Comparing, Side};
use crate::core::base::units::{format_millis, format_rate};
use crate::core::library::list::Listed;
use crate::core::present::words::NO_DATA;
use crate::ui::navigation::View;

/// The most groups that are offered; the library has the rest.
const MOST_GROUPS: usize = 12;

#[component]
pub fn Offers(comparing: Comparing) -> impl IntoView {
    let groups = Memo::new(move |_| comparing.offered());
    let is_empty = move || groups.with(Vec::is_empty);
    let shown = move || {
        let group = |group: Vec<Listed>| view! { <Offer comparing group /> };
        groups.get().into_iter().take(MOST_GROUPS).map(group).collect_view()
    };
    view! {
        <section class="panel" aria-labelledby="offers-title">
            <h3 class="panel-title" id="offers-title">"Reports to compare"</h3>
            <Show when=is_empty>
                <p class="panel-empty">
                    "No reports are kept yet. Start a run, or open reports in "<a href=View::Reports.fragment()>"Reports"</a>"."
                </p>
            </Show>
            <div class="offers">{shown}</div>
        </section>
    }
}

/// One group of like runs.
#[component]
fn Offer(comparing: Comparing, group: Vec<Listed>) -> impl IntoView {
    let first = group.first().map(|listed| listed.record.summary.clone()).unwrap_or_default();
    let known = [first.scenario, first.load, first.host].into_iter().flatten().collect::<Vec<_>>();
    let name = if known.is_empty() { "Not known what ran".to_owned() } else { known.join(" · ") };
    let run = |listed: Listed| view! { <Run comparing listed /> };
    view! {
        <section class="offer">
            <h4>{name}</h4>
            <ul>{group.into_iter().map(run).collect_view()}</ul>
        </section>
    }
}

#[component]
fn Run(comparing: Comparing, listed: Listed) -> impl IntoView {
    let (id, title) = (listed.id, listed.record.title());
    let summary = &listed.record.summary;
    let rps = summary.rps.map_or_else(|| NO_DATA.to_owned(), format_rate);
    let p95 = summary.p95_ms.map_or_else(|| NO_DATA.to_owned(), format_millis);
    let add = |side: Side| {
        let title = title.clone();
        let is_in = move || {
            comparing.sides.with(|sides| match side {
                Side::Base => sides.base.contains(&id),
                Side::New => sides.new.contains(&id),
            })
        };
        view! {
            <button type="button" class="shape-button" data-testid=format!("add-{}", side.name())
                aria-pressed=move || is_in().to_string()
                on:click=move |_| if is_in() { comparing.take_out(id) } else { comparing.put(id, side) }>
                {side.name()}<span class="visually-hidden">": "{title}</span>
            </button>
        }
    };
    view! {
        <li class="compare-item" draggable="true" on:dragstart=move |event| begin_drag(&event, id)>
            <span class="compare-item-name">{title.clone()}</span>
            <span class="compare-item-figures">{format!("{rps}/s, p95 {p95} ms")}</span>
            {add(Side::Base)}
            {add(Side::New)}
        </li>
    }
}
