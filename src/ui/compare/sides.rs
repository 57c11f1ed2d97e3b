//! The two groups: which reports are in them, and how they are moved: by their buttons, or by dragging.

use leptos::ev::DragEvent;
use leptos::prelude::*;

use super::state::{Comparing, Side};
use crate::core::library::id::ReportId;
use crate::ui::navigation::{ReportRef, View};

/// The type of the dragged data, which is a report's id.
const DRAGGED: &str = "application/x-oddiya-report";

/// Begins to drag a report.
pub fn begin_drag(event: &DragEvent, id: ReportId) {
    if let Some(transfer) = event.data_transfer() {
        // Fails only for events that are over.
        let _ = transfer.set_data(DRAGGED, &id.to_string());
    }
}

fn carries_report(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|transfer| transfer.types().includes(&DRAGGED.into(), 0))
}

fn dragged(event: &DragEvent) -> Option<ReportId> {
    event.data_transfer()?.get_data(DRAGGED).ok()?.parse().ok()
}

#[component]
pub fn SideList(comparing: Comparing, side: Side) -> impl IntoView {
    let ids = move || {
        comparing.sides.with(|sides| match side {
            Side::Base => sides.base.clone(),
            Side::New => sides.new.clone(),
        })
    };
    let is_over = RwSignal::new(false);
    let over = move |event: DragEvent| {
        if carries_report(&event) {
            event.prevent_default();
            is_over.set(true);
        }
    };
    let dropped = move |event: DragEvent| {
        is_over.set(false);
        if let Some(id) = dragged(&event) {
            event.prevent_default();
            comparing.put(id, side);
        }
    };
    let title = match side {
        Side::Base => "Base: before",
        Side::New => "New: now",
    };
    let item = move |id: ReportId| view! { <Item comparing side id /> };
    view! {
        <section class="compare-side" class:is-over=is_over data-testid=format!("side-{}", side.name()) data-side=side.name()
            on:dragover=over on:dragleave=move |_| is_over.set(false) on:drop=dropped aria-label=title>
            <h3 class="panel-title"><span class="side-swatch" aria-hidden="true"></span>{title}</h3>
            <ul>{move || ids().into_iter().map(item).collect_view()}</ul>
            <Show when=move || ids().is_empty()>
                <p class="panel-empty">"Drop reports here, or add them from the list below."</p>
            </Show>
        </section>
    }
}

#[component]
fn Item(comparing: Comparing, side: Side, id: ReportId) -> impl IntoView {
    let title = move || comparing.title(id);
    let is_missing = move || comparing.missing.with(|missing| missing.contains(&id));
    let to = side.other();
    view! {
        <li class="compare-item" draggable="true" on:dragstart=move |event| begin_drag(&event, id)>
            <a href=View::Report(ReportRef::Opened(id)).fragment()>{title}</a>
            <Show when=is_missing><span class="is-missing">"is not here any longer"</span></Show>
            <button type="button" class="shape-button" data-testid="move" on:click=move |_| comparing.put(id, to)>
                {format!("to {}", to.name())}<span class="visually-hidden">": "{title}</span>
            </button>
            <button type="button" class="shape-button" data-testid="take-out" on:click=move |_| comparing.take_out(id)>
                "×"<span class="visually-hidden">"Take out "{title}</span>
            </button>
        </li>
    }
}
