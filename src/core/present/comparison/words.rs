//! A comparison in sentences: the verdict first, then the common shift, then what limits it.

use crate::core::base::units::format_share;
use crate::core::compare::condition::Condition;
use crate::core::compare::difference::STATED_SPREAD;
use crate::core::compare::figure::Figure;
use crate::core::compare::outcome::{
    Common, Comparison, EntryChange, FigureChange, Group, SpreadFrom, Verdict,
};

/// So many endpoints are named in a sentence; the table has the rest.
const NAMED: usize = 3;

/// `+9.3 %`, with a true minus sign.
pub fn percent(change: f64) -> String {
    let percent = change * 100.0;
    if percent >= 999.5 {
        return format!("×{:.0}", change + 1.0);
    }
    let rounded =
        if percent.abs() < 9.95 { format!("{:.1}", percent.abs()) } else { format!("{:.0}", percent.abs()) };
    let sign = match percent {
        _ if rounded.parse::<f64>() == Ok(0.0) => "",
        percent if percent < 0.0 => "−",
        _ => "+",
    };
    format!("{sign}{rounded} %")
}

/// `+4.1 to +9.0 %`.
pub fn interval(low: f64, high: f64) -> String {
    let (low, high) = (percent(low), percent(high));
    format!("{} to {high}", low.trim_end_matches(" %"))
}

/// A verdict in a word or two.
pub const fn verdict_label(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Faster => "faster",
        Verdict::Slower => "slower",
        Verdict::NoEvidence => "no evidence",
        Verdict::NotComparable => "not comparable",
    }
}

/// The figure's name for people.
pub const fn figure_label(figure: Figure) -> &'static str {
    match figure {
        Figure::Rps => "req/s",
        Figure::FailureRatio => "failures",
        Figure::Mean => "mean",
        Figure::P50 => "p50",
        Figure::P90 => "p90",
        Figure::P95 => "p95",
        Figure::P99 => "p99",
    }
}

/// The endpoint as people call it.
pub fn endpoint_name(entry: &EntryChange) -> String {
    format!("{} {}", entry.endpoint.method, entry.endpoint.name).trim().to_owned()
}

/// The overall verdict as a sentence.
pub fn headline(comparison: &Comparison) -> String {
    match comparison.verdict {
        Verdict::NotComparable => "Not comparable.".to_owned(),
        Verdict::NoEvidence => "No evidence of a difference.".to_owned(),
        verdict @ (Verdict::Faster | Verdict::Slower) => {
            let word = if verdict == Verdict::Slower { "Slower" } else { "Faster" };
            let everything = comparison.common.filter(|common| common.verdict == verdict).map(|common| {
                format!("everything that shares the common shift, {}", percent(common.shift.change))
            });
            let changed: Vec<_> =
                comparison.entries.iter().filter(|entry| entry.verdict == verdict).collect();
            let named = changed
                .iter()
                .take(NAMED)
                .map(|entry| format!("{} ({})", endpoint_name(entry), what_changed(entry)));
            let more = changed.len().saturating_sub(NAMED);
            let more = (more > 0).then(|| format!("{more} more"));
            format!(
                "{word}: {}.",
                everything.into_iter().chain(named).chain(more).collect::<Vec<_>>().join("; ")
            )
        }
    }
}

/// What got better besides, in a comparison that found something worse; `None` without any.
pub fn also_better(comparison: &Comparison) -> Option<String> {
    let better = comparison.entries.iter().filter(|entry| entry.verdict == Verdict::Faster);
    let named: Vec<_> = better
        .take(NAMED)
        .map(|entry| format!("{} ({})", endpoint_name(entry), what_changed(entry)))
        .collect();
    (comparison.verdict == Verdict::Slower && !named.is_empty())
        .then(|| format!("Faster: {}.", named.join("; ")))
}

/// The figure that says it best: the failures if they changed, or else the first latency with evidence.
fn what_changed(entry: &EntryChange) -> String {
    let evident = |change: &&FigureChange| change.verdict == entry.verdict && change.figure != Figure::Rps;
    let Some(change) = entry.figures.iter().find(evident) else { return String::new() };
    match (change.figure, change.own, change.change) {
        (Figure::FailureRatio, ..) => format!("failures {}", shares(change)),
        (figure, Some(own), _) => {
            format!("{} {}, common shift taken off", figure_label(figure), percent(own.change))
        }
        (figure, None, Some(by)) => format!("{} {}", figure_label(figure), percent(by)),
        (figure, None, None) => figure_label(figure).to_owned(),
    }
}

/// `0 % → 1.2 %`.
pub fn shares(change: &FigureChange) -> String {
    let share = |ratio: Option<f64>| ratio.map_or_else(|| "–".to_owned(), format_share);
    format!("{} → {}", share(change.base), share(change.new))
}

/// The shift that endpoints have in common, and which of them share it.
pub fn common_sentence(comparison: &Comparison) -> Option<String> {
    let Common { shift, verdict } = comparison.common?;
    let of = |shares: bool| {
        let entries = comparison.entries.iter().filter(|entry| entry.shares_common == shares);
        entries.map(endpoint_name).collect::<Vec<_>>()
    };
    let moved = format!("{} ({} with 95 %)", percent(shift.change), interval(shift.low, shift.high));
    let meaning = match verdict {
        Verdict::Slower | Verdict::Faster => "the machine or the whole host changed, not one endpoint",
        _ => "unchanged runs differ as much",
    };
    let sharing = match (of(true), of(false)) {
        (sharing, _) if sharing.is_empty() => String::new(),
        (_, apart) if apart.is_empty() => " All endpoints share it.".to_owned(),
        (_, apart) => format!(" Not shared by {}.", list(&apart)),
    };
    Some(format!("Common shift of the endpoints: {moved}: {meaning}.{sharing}"))
}

fn list(names: &[String]) -> String {
    let named = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// What the verdict rests on, and what would make it firmer.
pub fn basis(comparison: &Comparison) -> Vec<String> {
    let (base, new) = (comparison.base_runs, comparison.new_runs);
    let runs = format!("{base} base and {new} new {}", if base + new == 2 { "run" } else { "runs" });
    let spread = match comparison.spread {
        SpreadFrom::Runs => "the spread between them is the measure".to_owned(),
        SpreadFrom::LikeRuns(count) => {
            format!("a single run has no spread, so that of {count} like runs is the measure")
        }
        SpreadFrom::OtherSide => {
            "a single run has no spread, so that of the other side is the measure".to_owned()
        }
        SpreadFrom::Stated => format!(
            "a single run a side says nothing of the spread between runs, so each may be {:.0} % off",
            STATED_SPREAD * 100.0
        ),
    };
    let tests = "Holm's method keeps false alarms at 5 % for all endpoints together";
    let mut sentences =
        vec![format!("{runs}; {spread}. Changes below {} do not count. {tests}.", plain(comparison.matters))];
    sentences.extend(
        comparison.runs_to_settle.map(|runs| {
            format!("About {runs} runs a side would settle it: oddiya-load repeat {runs} -- run …")
        }),
    );
    sentences
}

fn plain(share: f64) -> String {
    percent(share).trim_start_matches('+').to_owned()
}

/// Endpoints that cannot be compared, because one side lacks them.
pub fn only_in_sentences(comparison: &Comparison) -> Vec<String> {
    let of = |group: Group| {
        let entries = comparison.only_in.iter().filter(|only| only.group == group);
        entries.map(|only| format!("{} {}", only.endpoint.method, only.endpoint.name)).collect::<Vec<_>>()
    };
    let sentence = |group, label| {
        let names = of(group);
        (!names.is_empty()).then(|| format!("Only in {label}: {}.", list(&names)))
    };
    [sentence(Group::Base, "base"), sentence(Group::New, "new")].into_iter().flatten().collect()
}

/// The endpoints for which a condition is met with evidence; `None` where it is met for none.
pub fn met_sentence(condition: &Condition, comparison: &Comparison) -> Option<String> {
    let met = condition.met_by(comparison).map(|entry| {
        let by = entry.get(condition.figure).map_or_else(String::new, |change| match condition.figure {
            Figure::FailureRatio => shares(change),
            _ => change.change.map(percent).unwrap_or_default(),
        });
        format!("{} ({by})", endpoint_name(entry))
    });
    let met: Vec<String> = met.collect();
    (!met.is_empty()).then(|| format!("{}: {}", condition.text, list(&met)))
}
