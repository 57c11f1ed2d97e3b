//! The viewer: it shows reports, and has neither a form nor a shard.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::File;

use super::files::banner::OpenedBanner;
use super::files::open::{DropTarget, OpenButton, OpeningNotice};
use super::files::open_reports::OpenReports;
use super::report::ReportBody;
use super::report::bar::{Completeness, ReportBar, Saved};
use super::widgets::theme_button::ThemeButton;
use crate::core::analyse::headline::Window;

#[component]
pub fn Viewer() -> impl IntoView {
    let reports = OpenReports::empty();
    let open = Callback::new(move |file: File| {
        spawn_local(async move {
            reports.open_file(file).await;
        });
    });
    let is_empty = move || reports.all().is_empty();
    view! {
        <header class="header">
            <h1 class="header-name">"Oddiya "<span>"Load"</span></h1>
            <ThemeButton />
        </header>
        <div class="page page-wide">
            <main class="page-report">
                <OpeningNotice reports />
                <Show when=is_empty>
                    <section class="empty-view" data-testid="viewer-empty">
                        <h2>"Read a report"</h2>
                        <p>"Open a report's file (JSON), or drop it anywhere on this page. It does not leave this browser."</p>
                        <OpenButton on_file=open />
                    </section>
                </Show>
                <Show when=move || !is_empty()>
                    <OpenedReport reports open />
                </Show>
            </main>
        </div>
        <DropTarget on_file=open />
    }
}

/// The report that was opened last.
#[component]
fn OpenedReport(
    reports: OpenReports,
    /// Called with another file that is to be opened.
    open: Callback<File>,
) -> impl IntoView {
    let report = Memo::new(move |_| reports.all().pop().map(|open| open.report));
    let banner = move || {
        reports.all().pop().map(|open| {
            let on_close = Callback::new(move |()| reports.close(open.id));
            view! { <OpenedBanner source=open.source close_label="Close".to_owned() on_close /> }
        })
    };
    let on_saved = move |saved| {
        if let Saved::Refused(name) = saved {
            reports.refuse(name, "the browser did not let it be saved");
        }
    };
    view! {
        {banner}
        <ReportBar report completeness=Completeness::Complete on_saved=Callback::new(on_saved)>
            <OpenButton on_file=open />
        </ReportBar>
        <ReportBody report window=Memo::new(|_| Window::Whole) />
    }
}
