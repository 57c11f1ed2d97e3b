//! The button that copies the table beside it, as it is shown: as Markdown or as CSV.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::page::clipboard;
use crate::core::convert::table;

/// Turns rows of cells into a text.
type Write = fn(&[Vec<String>]) -> String;

/// A form in which a table is copied.
struct Form {
    label: &'static str,
    testid: &'static str,
    write: Write,
}

const FORMS: [Form; 2] = [
    Form { label: "Markdown", testid: "copy-markdown", write: table::markdown },
    Form { label: "CSV", testid: "copy-csv", write: table::csv },
];

#[component]
pub fn CopyTable(
    /// The table, or an element around it.
    table: NodeRef<leptos::html::Div>,
) -> impl IntoView {
    let menu = NodeRef::<leptos::html::Details>::new();
    let said = RwSignal::new("");
    let copy = move |write: Write| {
        let rows = table.get_untracked().map(|table| clipboard::rows(&table)).unwrap_or_default();
        spawn_local(async move {
            let done = clipboard::copy(&write(&rows)).await;
            said.try_set(if done.is_ok() { "Copied" } else { "The browser did not allow it" });
        });
        menu.get_untracked().into_iter().for_each(|menu| menu.set_open(false));
    };
    let item = move |Form { label, testid, write }: Form| {
        view! { <button type="button" class="menu-item" data-testid=testid on:click=move |_| copy(write)>{label}</button> }
    };
    view! {
        <span class="copied" role="status">{said}</span>
        <details class="menu" node_ref=menu>
            <summary class="shape-button" title="Copies the rows that are shown">"Copy"</summary>
            <div class="menu-items">{FORMS.map(item).into_iter().collect_view()}</div>
        </details>
    }
}
