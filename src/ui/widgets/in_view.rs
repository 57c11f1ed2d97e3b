//! Scrolls an element into view, as little as necessary.

use leptos::web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};

pub fn bring_into_view(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}
