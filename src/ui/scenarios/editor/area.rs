//! The text area. Behind it lie the numbers of the lines that are in view and the marks of problems; the area itself stays the
//! browser's own, with its caret, undo and selection. Tab leaves it, as it leaves every field.

use std::ops::Range;

use leptos::prelude::*;
use leptos::web_sys::KeyboardEvent;

use super::edited::{COUNT_ID, Edited, Subject};
use crate::browser::page::size::SizeWatch;
use crate::browser::page::text_area;
use crate::core::scenario::file::problem::Problem;
use crate::core::shelf::caret::{indentation, marked, range_of};
use crate::core::shelf::check::Verdict;
use crate::core::shelf::list::Which;
use crate::ui::run::state::page_state;
use crate::ui::widgets::ids::unique_id;

/// What is in view of the text, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct InView {
    top: f64,
    left: f64,
    height: f64,
    line_height: f64,
}

impl InView {
    /// The lines that are at least partly in view, from 0.
    fn lines(self, count: usize) -> Range<usize> {
        if self.line_height <= 0.0 {
            return 0..0;
        }
        let first = (self.top / self.line_height).max(0.0) as usize;
        let last = ((self.top + self.height) / self.line_height).ceil() as usize;
        first.min(count)..last.min(count)
    }
}

#[component]
pub fn TextArea(edited: Edited) -> impl IntoView {
    let shelf = page_state().shelf;
    let (id, hint_id) = (unique_id("scenario-text"), unique_id("scenario-hint"));
    let in_view = RwSignal::new(InView::default());
    let look = move || {
        let area = edited.area.try_get_untracked().flatten();
        let seen = area.and_then(|area| {
            Some(InView {
                top: f64::from(area.scroll_top()),
                left: f64::from(area.scroll_left()),
                height: f64::from(area.client_height()),
                line_height: text_area::line_height(&area)?,
            })
        });
        if let Some(seen) = seen {
            in_view.try_set(seen);
        }
    };
    let watch = StoredValue::new_local(None);
    Effect::new(move || {
        let area = edited.area.get();
        watch.set_value(area.and_then(|area| SizeWatch::new(&area, move |_| look())));
    });
    Effect::new(move || {
        // A shorter text scrolls without an event.
        edited.text.track();
        request_animation_frame(look);
    });
    let type_into = move |text: String| {
        edited.said.set(String::new());
        if let Subject::Kept(Which::Own(id)) = edited.subject {
            shelf.type_into(id, text);
        }
    };
    // A new line is indented as YAML needs it.
    let key = move |event: KeyboardEvent| {
        let is_enter = event.key() == "Enter" && !event.is_composing() && !event.shift_key();
        let is_plain = is_enter && !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        let Some(area) = edited.area.get_untracked().filter(|_| is_plain && edited.is_own()) else { return };
        let line = format!("\n{}", indentation(&text_area::before_caret(&area)));
        if text_area::type_at_caret(&area, &line) {
            event.prevent_default();
        }
    };
    let is_wrong = move || edited.verdict.with(|verdict| matches!(verdict, Verdict::Wrong(_)));
    let hint = if edited.is_own() {
        "Checked as you type. Tab leaves the text, Ctrl+S saves it."
    } else {
        "It cannot be changed here."
    };
    view! {
        <div class="area-field">
            <label class="visually-hidden" for=id.clone()>"The text of the scenario"</label>
            <div class="area" class:is-read-only=!edited.is_own()>
                <Behind edited in_view />
                <textarea
                    id=id
                    node_ref=edited.area
                    class="area-text"
                    data-testid="scenario-text"
                    wrap="off"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    readonly=!edited.is_own()
                    aria-describedby=format!("{COUNT_ID} {hint_id}")
                    aria-invalid=move || is_wrong().to_string()
                    prop:value=edited.text
                    on:input:target=move |event| type_into(event.target().value())
                    on:keydown=key
                    on:scroll=move |_| look()
                ></textarea>
            </div>
            <p class="text-field-note" id=hint_id>{hint}</p>
        </div>
    }
}

/// The numbers and marks, hidden from screen readers, which have the list of problems.
#[component]
fn Behind(edited: Edited, in_view: RwSignal<InView>) -> impl IntoView {
    let problems = move || match edited.verdict.get() {
        Verdict::Wrong(problems) => problems.list.clone(),
        Verdict::Right(_) | Verdict::Wants(..) => Vec::new(),
    };
    let rows = move || {
        let problems = problems();
        edited.text.with(|text| {
            let count = text.split('\n').count();
            let lines = in_view.get().lines(count);
            let texts = text.split('\n').skip(lines.start);
            let row = |(number, line): (usize, &str)| row(number, line, &problems, in_view);
            lines.clone().zip(texts).map(row).collect_view()
        })
    };
    let offset = move || {
        let InView { top, line_height, .. } = in_view.get();
        if line_height > 0.0 { -(top % line_height) } else { 0.0 }
    };
    view! {
        <div class="area-behind" aria-hidden="true">
            <div style:transform=move || format!("translateY({}px)", offset())>{rows}</div>
        </div>
    }
}

/// A line, counted from 0, with the part that its first problem concerns.
fn row(index: usize, line: &str, problems: &[Problem], in_view: RwSignal<InView>) -> impl IntoView + use<> {
    let problem = problems.iter().find(|problem| problem.place.line == index + 1);
    let mark = problem.map(|problem| {
        let (before, part) = marked(line, problem);
        let (before, part) =
            (before.to_owned(), if part.is_empty() { " ".to_owned() } else { part.to_owned() });
        view! {
            <span class="area-line" style:transform=move || format!("translateX({}px)", -in_view.get().left)>
                <span class="area-before">{before}</span>
                <span class="area-mark">{part}</span>
            </span>
        }
    });
    view! {
        <div class="area-row" class:is-wrong=problem.is_some() data-line=(index + 1).to_string()>
            <span class="area-number">{index + 1}</span>
            <span class="area-room">{mark}</span>
        </div>
    }
}

/// Puts the caret where a problem is, and the area into view.
pub fn show_place(edited: Edited, problem: &Problem) {
    let Some(area) = edited.area.get_untracked() else { return };
    let part = edited.text.with_untracked(|text| range_of(problem, text));
    text_area::select(&area, part, problem.place.line.saturating_sub(1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_in_view_are_numbered() {
        let seen = InView { top: 45.0, left: 0.0, height: 100.0, line_height: 20.0 };
        assert_eq!(seen.lines(1_000), 2..8);
        assert_eq!(seen.lines(4), 2..4);
        assert_eq!(InView::default().lines(4), 0..0, "before it is drawn");
        assert_eq!(InView { top: -3.0, ..seen }.lines(9), 0..5, "a phone overscrolls");
    }
}
