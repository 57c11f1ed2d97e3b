//! The line above an opened report: the source of the report, and the button that closes it.

use leptos::prelude::*;

use super::open_reports::Source;
use crate::core::base::units::format_clock;
use crate::core::base::visible::cell;

#[component]
pub fn OpenedBanner(
    source: Source,
    #[prop(into)] close_label: Signal<String>,
    on_close: Callback<()>,
) -> impl IntoView {
    let what = match source {
        Source::Run => view! { <strong>"A finished run"</strong>" of this page, kept by this browser until you delete it." }.into_any(),
        Source::File(name) => {
            view! { "Report from the file " <strong data-testid="opened-file">{cell(&name)}</strong> }.into_any()
        }
        Source::Folder(name) => {
            view! { "Report from the companion's folder, the file " <strong data-testid="opened-file">{cell(&name)}</strong> }
                .into_any()
        }
        Source::Example => view! {
            <strong>"An example: "</strong>
            "virtual time and a made-up host. No request was sent."
        }
        .into_any(),
        Source::Recovered(cutoff) => {
            let at = format_clock(cutoff.at_s);
            view! {
                <strong>"Recovered: "</strong>
                {format!("a run that was cut off at {at}. Export it to keep it.")}
            }
            .into_any()
        }
    };
    view! {
        <section class="notice notice-opened" role="status" data-testid="opened" aria-label="Opened report">
            <p>{what}</p>
            <button type="button" class="button" data-testid="close-report" on:click=move |_| on_close.run(())>
                {close_label}
            </button>
        </section>
    }
}
