//! The panel that says in plain words whether the generator itself could be trusted. `core::analyse` decides it.

use leptos::prelude::*;

use super::shared_report::SharedReport;
use crate::core::analyse::findings::{Finding, findings};
use crate::core::analyse::trust::{Trust, trust};
use crate::core::base::timing_source::TimingSource;
use crate::core::base::units::{format_millis, format_rate};
use crate::core::base::visible::cell;
use crate::core::present::findings::finding_words;
use crate::core::present::notes;
use crate::core::present::words::{delays, suspect_sentence};
use crate::core::report::{Calibration, Generator, GeneratorKind, Route, Tool};
use crate::ui::widgets::ids::unique_id;

#[component]
pub fn GeneratorTrust(report: Memo<Option<SharedReport>>) -> impl IntoView {
    let content = move || report.with(|report| report.as_ref().map(sentences));
    let title_id = unique_id("trust-title");
    view! {
        <section class="panel" aria-labelledby=title_id.clone()>
            <h2 class="panel-title" id=title_id.clone()>"Can it be trusted?"</h2>
            <Show
                when=move || report.with(Option::is_some)
                fallback=|| view! { <p class="panel-empty">"Whether the generator itself kept up, once there is a run."</p> }
            >
                <div class="trust" data-testid="trust">{content}</div>
            </Show>
        </section>
    }
}

/// The verdict on figures that contradict each other.
const CONTRADICTORY: &str = "No: its figures contradict each other.";
/// The verdict on figures that are right, of a run that did not do what it was meant to.
const FOUND_BUT_CLEAN: &str = "The times are true, but they are the times of refusals and failures.";

fn sentences(report: &SharedReport) -> impl IntoView + use<> {
    let findings = findings(report);
    let contradicts = findings.iter().any(|finding| matches!(finding, Finding::Contradictions(_)));
    let found: Vec<String> = findings.iter().map(|finding| finding_words(finding).what).collect();
    let (state, verdict) = match trust(report) {
        _ if contradicts => ("suspect", CONTRADICTORY.to_owned()),
        Trust::Clean if found.is_empty() => ("clean", clean(report.health.held_back_seconds)),
        Trust::Clean => ("suspect", FOUND_BUT_CLEAN.to_owned()),
        Trust::Suspect { .. } => {
            ("suspect", format!("Not all of it: {}", suspect_sentence(report).unwrap_or_default()))
        }
        Trust::NotKnown => (
            "unknown",
            "Not known: nobody watched the generator while these figures were measured.".to_owned(),
        ),
    };
    let dropped = report.health.dropped.filter(|dropped| *dropped > 0);
    let dropped =
        dropped.map(|dropped| view! { <p>{format!("{dropped} arrivals started no request, because every user was busy, the machine slept or the companion was gone; no figure has them.")}</p> });
    let notes: Vec<String> = notes::sentences(&report.generator).collect();
    let calibration =
        report.generator.calibration.map(|calibration| view! { <p>{calibrated(&calibration)}</p> });
    view! {
        <p class="trust-verdict" data-state=state>{verdict}</p>
        {found.into_iter().map(|found| view! { <p class="trust-note">{found}</p> }).collect_view()}
        <p>{delays(report)}</p>
        {dropped}
        <p>{generator(&report.generator)}</p>
        {calibration}
        {notes.into_iter().map(|note| view! { <p class="trust-note">{note}</p> }).collect_view()}
    }
}

/// The verdict on figures that are right. A page that is held back makes fewer requests, each of them well measured.
fn clean(held_back_seconds: Option<u64>) -> String {
    match held_back_seconds {
        None | Some(0) => "Yes: the generator kept up in every second.".to_owned(),
        Some(1) => "Yes, the times are true; the page held its rate back in 1 second.".to_owned(),
        Some(seconds) => {
            format!("Yes, the times are true; the page held its rate back in {seconds} seconds.")
        }
    }
}

fn generator(generator: &Generator) -> String {
    let kind = match (generator.kind, &generator.tool) {
        (GeneratorKind::Browser, _) => "a browser".to_owned(),
        (GeneratorKind::Native, _) => "the command".to_owned(),
        (GeneratorKind::Sim, _) => "virtual time".to_owned(),
        (_, Some(Tool { name, version: Some(version) })) => format!("{} {}", cell(name), cell(version)),
        (_, Some(Tool { name, version: None })) => cell(name),
        (_, None) => "another tool".to_owned(),
    };
    let version = generator.version.as_ref().map(|version| format!(" (version {})", cell(version)));
    let route = generator.route.map(|route| match route {
        Route::Direct => ", straight to the host",
        Route::Companion => ", through the companion",
        Route::Other => ", by a way that this version does not know",
    });
    let timing = generator.timing.map(|timing| match timing {
        TimingSource::Wire => ", timed at the socket",
        TimingSource::Companion => ", timed at the companion's socket",
        TimingSource::PageClock => ", timed by the page's clock, with the browser's queue in it",
        TimingSource::Other => ", timed in a way that this version does not know",
    });
    let [route, timing] = [route, timing].map(Option::unwrap_or_default);
    format!("Measured by {kind}{}{route}{timing}.", version.unwrap_or_default())
}

fn calibrated(calibration: &Calibration) -> String {
    format!(
        "At its best this browser answers in {} ms at p50 ({} ms at p99) and makes {} requests per second.",
        format_millis(calibration.floor_p50_ms),
        format_millis(calibration.floor_p99_ms),
        format_rate(calibration.ceiling_rps),
    )
}
