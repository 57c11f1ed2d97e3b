//! The view at `#/suite`: the stages side by side, each with a link to its report.

use leptos::prelude::*;

use crate::browser::page::files::{self, Format};
use crate::core::present::suite::html::html;
use crate::core::present::suite::{HEADING, StageSummary, SuiteSummary};
use crate::ui::navigation::View;
use crate::ui::run::state::page_state;

/// How many columns from the left are words.
const WORDS: usize = 3;

#[component]
pub fn SuiteView() -> impl IntoView {
    let state = page_state();
    let summary = Memo::new(move |_| state.suite.with(|suite| suite.as_ref().map(|it| it.summary.clone())));
    view! {
        <section class="panel suite-view" aria-labelledby="suite-title">
            <h2 class="panel-title" id="suite-title">
                {move || summary.with(|it| it.as_ref().map_or_else(|| "Suite".to_owned(), |it| format!("Suite {}", it.name)))}
            </h2>
            {move || match summary.get() {
                Some(summary) => view! { <Stages summary /> }.into_any(),
                None => view! {
                    <p data-testid="suite-none">
                        "No suite was run in this tab. The button is in the form, below the presets; its reports stay under Reports."
                    </p>
                }
                .into_any(),
            }}
            <Buttons />
        </section>
    }
}

#[component]
fn Stages(summary: SuiteSummary) -> impl IntoView {
    let headline = summary.headline();
    let headings = HEADING.iter().enumerate().map(|(place, heading)| {
        view! { <th scope="col" class=class_at(place)>{*heading}</th> }
    });
    let remarks: Vec<String> = summary
        .stages
        .iter()
        .flat_map(|stage| stage.remarks().into_iter().map(|remark| format!("{}: {remark}", stage.name)))
        .collect();
    let remarks = (!remarks.is_empty()).then(|| {
        let items = remarks.into_iter().map(|remark| view! { <li>{remark}</li> }).collect_view();
        view! { <ul data-testid="suite-remarks">{items}</ul> }
    });
    view! {
        <p>{summary.about.clone()}</p>
        <p role="status" data-testid="suite-headline">{headline}</p>
        <div class="table-box" tabindex="0" role="group" aria-label="Stages">
            <table class="table" data-testid="suite-table">
                <thead>
                    <tr>{headings.collect_view()}</tr>
                </thead>
                <tbody>{summary.stages.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
        {remarks}
    }
}

fn row(stage: &StageSummary) -> impl IntoView + use<> {
    let link = stage.link.clone();
    let cells = stage.cells().into_iter().enumerate().map(|(place, text)| {
        let content = match link.clone().filter(|_| place == 0) {
            Some(link) => view! { <a href=link>{text}</a> }.into_any(),
            None => text.into_any(),
        };
        view! { <td class=class_at(place)>{content}</td> }
    });
    view! { <tr>{cells.collect_view()}</tr> }
}

const fn class_at(place: usize) -> &'static str {
    if place < WORDS { "" } else { "cell-number" }
}

#[component]
fn Buttons() -> impl IntoView {
    let state = page_state();
    let save = move |_| {
        let text = state
            .suite
            .with_untracked(|suite| suite.as_ref().map(|it| html(&without_links(it.summary.clone()))));
        if let Some(text) = text
            && files::download("suite.html", &text, Format::Html).is_err()
        {
            state.reports.refuse("suite.html", "the browser did not let it be saved");
        }
    };
    view! {
        <div class="suite-buttons">
            <Show when=move || state.is_suite_under_way.get()>
                <button type="button" class="button button-stop" data-testid="suite-stop" on:click=move |_| state.stop_suite()>
                    "Stop the suite"
                </button>
            </Show>
            <button
                type="button"
                class="button"
                data-testid="suite-save"
                disabled=move || state.suite.with(Option::is_none)
                title="Saves this table as one HTML file"
                on:click=save
            >
                "Save as HTML"
            </button>
            <a class="button" href=View::Run.fragment()>"Back to the run"</a>
        </div>
    }
}

/// The links lead to views of this page, which a file elsewhere does not have.
fn without_links(mut summary: SuiteSummary) -> SuiteSummary {
    summary.stages.iter_mut().for_each(|stage| stage.link = None);
    summary
}
