//! The line above the list: what happened last or what is shown, and how much room there is.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::moving::reports;
use crate::core::base::units::format_bytes;
use crate::core::library::id::ReportId;
use crate::core::library::list::Listed;
use crate::ui::run::state::page_state;
use crate::ui::widgets::status_line::{Names, kept_words, status_line};

const NAMES: Names =
    Names { count: "library-count", news: "library-news", undo: "undo-delete", dismiss: "dismiss-news" };

#[component]
pub fn Status(all: Memo<Vec<Listed>>, found: Memo<Vec<Listed>>) -> impl IntoView {
    let library = page_state().library;
    let count = Memo::new(move |_| {
        let (all, found) = (all.with(Vec::len), found.with(Vec::len));
        if all == found { reports(all) } else { format!("{found} of {}", reports(all)) }
    });
    // How much room the browser has for this page.
    let room = Memo::new(move |_| match library.estimate.get() {
        Some(estimate) => {
            let (used, limit) = (format_bytes(estimate.used), format_bytes(estimate.limit));
            format!("{used} of {limit} used in this browser")
        }
        None => "Kept in this browser".to_owned(),
    });
    let deleted = |ids: &Vec<ReportId>| reports(ids.len());
    let undo = Callback::new(move |ids| spawn_local(library.undo(ids)));
    let room = kept_words(library.kept.keeping, "room", room, ());
    status_line(library.news, NAMES, count, deleted, undo, room)
}
