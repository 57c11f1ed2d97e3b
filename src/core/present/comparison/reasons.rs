//! Why runs cannot be compared, in sentences that say what to do.

use crate::core::base::timing_source::TimingSource;
use crate::core::base::units::format_share;
use crate::core::base::visible::cell;
use crate::core::compare::conditions::{Reason, ReasonKind, Scenario};
use crate::core::present::load::planned_load_in_words;
use crate::core::report::{GeneratorKind, Route};

/// Why runs cannot be compared, and what to do.
pub fn reason_sentence(reason: &Reason) -> String {
    let run = &reason.run;
    match &reason.kind {
        ReasonKind::Load { first, this } => format!(
            "another load: {run} had {}, the first base run {}; repeat one of them with the other's load",
            planned_load_in_words(this),
            planned_load_in_words(first)
        ),
        ReasonKind::ChangedByHand => {
            format!(
                "another load: in {run} it was changed by hand, unlike in the first base run; repeat it and leave it alone"
            )
        }
        ReasonKind::Duration { first, this } => format!(
            "another duration: {run} took {this:.0} s, the first base run {first:.0} s; repeat one of them with the other's --run-time"
        ),
        ReasonKind::Scenario { first, this } => format!(
            "another scenario: {run} ran {}, the first base run {}; repeat one of them",
            scenario(this),
            scenario(first)
        ),
        ReasonKind::Profile { first, this } => format!(
            "another profile: {run} sent what profile {} takes, the first base run what {} takes; repeat one of them with the other's --profile",
            cell(this),
            cell(first)
        ),
        ReasonKind::Generator { first, this } => format!(
            "another generator: {run} is from {}, the first base run from {}; compare runs of one kind",
            generator(*this),
            generator(*first)
        ),
        ReasonKind::Timing { first, this } => format!(
            "another timing source: latencies of {run} were taken {}, those of the first base run {}; compare runs of one kind",
            timing(*this),
            timing(*first)
        ),
        ReasonKind::Route { first, this } => format!(
            "another route: {run} went {}, the first base run {}; compare runs of one kind",
            route(*this),
            route(*first)
        ),
        ReasonKind::Suspect { seconds, of } => format!(
            "suspect seconds: in {seconds} of {of:.0} seconds of {run} the generator could not be trusted; repeat it on a quieter machine"
        ),
        ReasonKind::Frozen { seconds } => format!(
            "host frozen: in {run} nothing was answered for {seconds} seconds; find out why, or repeat it"
        ),
        ReasonKind::BaseFailed { ratio } => format!(
            "no baseline: {} of the requests of {run} failed; name the last run that went well",
            format_share(*ratio)
        ),
        ReasonKind::NothingInCommon => {
            format!("nothing in common: no endpoint of {run} is in a new run; compare runs of one scenario")
        }
    }
}

fn scenario(scenario: &Scenario) -> String {
    let name = scenario.name.clone().unwrap_or_else(|| "a scenario that is not known".to_owned());
    let classes = if scenario.classes.is_empty() {
        String::new()
    } else {
        format!(" with {}", scenario.classes.join(", "))
    };
    let think = scenario.think_time.as_ref().map_or_else(String::new, |time| format!(", think time {time}"));
    format!("{name}{classes}{think}")
}

const fn generator(kind: GeneratorKind) -> &'static str {
    match kind {
        GeneratorKind::Browser => "the page",
        GeneratorKind::Native => "the command",
        GeneratorKind::Sim => "virtual time",
        GeneratorKind::Imported => "another tool",
        GeneratorKind::Other => "a kind that this version does not know",
    }
}

const fn timing(source: TimingSource) -> &'static str {
    match source {
        TimingSource::Wire => "at the wire",
        TimingSource::Companion => "at the companion's socket",
        TimingSource::PageClock => "by the page's clock",
        TimingSource::Other => "in a way that this version does not know",
    }
}

const fn route(route: Route) -> &'static str {
    match route {
        Route::Direct => "straight to the host",
        Route::Companion => "through the companion",
        Route::Other => "in a way that this version does not know",
    }
}
