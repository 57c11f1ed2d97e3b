//! The report as a terminal shows it: the tables that Locust's users know, and a line about the generator.
//!
//! The functions here are pure: they turn a report into text. The terminal adds colours and moves the cursor.

use std::fmt::Write as _;

use super::connections::connection_line;
use super::findings::{FindingWords, finding_words};
use super::load::load_in_words;
use super::notes;
use super::phases::{Phase, phases};
use super::streams::{Milestone, milestones};
use super::table::Column;
use super::words::millis_or_dash;
use crate::core::analyse::findings::findings;
use crate::core::analyse::trust::{Trust, trust};
use crate::core::base::failure::FailureKind;
use crate::core::base::units::{format_clock, format_millis, format_rate, format_share, group_thousands};
use crate::core::base::visible::cell;
use crate::core::report::{
    Distribution, Entry, FailureRow, GeneratorKind, LoadModel, Report, RunInfo, StopReason,
};

/// The quantiles of Locust's percentile table, with Locust's names for them.
const QUANTILES: [(f64, &str); 11] = [
    (0.5, "50%"),
    (0.66, "66%"),
    (0.75, "75%"),
    (0.8, "80%"),
    (0.9, "90%"),
    (0.95, "95%"),
    (0.98, "98%"),
    (0.99, "99%"),
    (0.999, "99.9%"),
    (0.9999, "99.99%"),
    (1.0, "100%"),
];

/// Returns the text that is printed at the end of a run. The report must have its histograms.
pub fn summary(report: &Report) -> String {
    let mut parts = vec![describe_run(&report.run), requests(report)];
    if report.run.model() == LoadModel::Open {
        let (title, unit) = ("Corrected latency percentiles", "ms from the scheduled start");
        parts.push(percentiles(report, title, unit, |entry| entry.corrected_ms.as_ref()));
    }
    parts.push(percentiles(report, "Latency percentiles", "ms", |entry| entry.latency_ms.as_ref()));
    parts.extend(connecting(report));
    parts.extend(streams(report));
    parts.extend(failures(report));
    parts.push(found(report) + &health(report));
    parts.join("\n")
}

/// Describes the run, so that a reader still understands the tables a month later.
fn describe_run(run: &RunInfo) -> String {
    let unknown = || "not known".to_owned();
    let host = run.host.as_deref().map_or_else(|| "host not known".to_owned(), cell);
    let started_at = run.started_at.as_deref().map_or_else(unknown, cell);
    let seed = run.seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
    let lasted = format_clock(run.duration_s);
    let end = match run.stopped_by {
        Some(StopReason::Stopped) => format!("stopped by hand after {lasted}"),
        Some(StopReason::Unfinished) => format!("CUT OFF after {lasted}: what came then is missing"),
        Some(StopReason::RunTime | StopReason::Iterations | StopReason::Other) | None => {
            format!("for {lasted}")
        }
    };
    format!("{host}: {}, {end}\nStarted {started_at}{seed}\n", load_in_words(run))
}

/// Writes the table of counts, rates and latencies (in milliseconds), one row per name.
fn requests(report: &Report) -> String {
    let heading = [
        "Method",
        "Name",
        "# reqs",
        "# fails",
        "",
        "Avg",
        "Min",
        "Max",
        "Med",
        "p95 corr.",
        "req/s",
        "fail/s",
        "Avg bytes",
    ];
    let row = |entry: &Entry| {
        let latency = entry.latency_ms.as_ref().map(|latency| latency.figures);
        let corrected = entry.corrected_ms.as_ref().map(|corrected| corrected.figures);
        vec![
            cell(&entry.method),
            cell(&entry.name),
            group_thousands(entry.requests),
            group_thousands(entry.failures),
            entry.failure_ratio.map(format_share).unwrap_or_default(),
            millis_or_dash(latency.and_then(|f| f.mean)),
            millis_or_dash(latency.and_then(|f| f.min)),
            millis_or_dash(latency.and_then(|f| f.max)),
            millis_or_dash(latency.and_then(|f| f.p50)),
            millis_or_dash(corrected.and_then(|f| f.p95)),
            format_rate(entry.rps),
            format_rate(entry.failures_per_s),
            Column::MeanBytes.text(entry),
        ]
    };
    let title = "Requests (latency in ms, request sent to last byte)";
    table(title, &heading, used(report), row, Some(&report.total))
}

/// Writes the table of quantiles of one family of latencies, one row per name. Behind the title stand the unit and how
/// exact the quantiles are.
fn percentiles(
    report: &Report,
    title: &str,
    unit: &str,
    family: fn(&Entry) -> Option<&Distribution>,
) -> String {
    let mut heading = vec!["Method", "Name"];
    heading.extend(QUANTILES.iter().map(|(_, label)| *label));
    heading.push("# reqs");
    let row = |entry: &Entry| {
        let values = family(entry).map(|family| family.quantiles_ms(QUANTILES.map(|(quantile, _)| quantile)));
        let mut row = vec![cell(&entry.method), cell(&entry.name)];
        row.extend(values.unwrap_or([None; QUANTILES.len()]).map(millis_or_dash));
        row.push(group_thousands(entry.requests));
        row
    };
    let title = format!("{title} ({unit}, {})", resolution(report, family));
    table(&title, &heading, used(report), row, Some(&report.total))
}

/// Says how exact the quantiles of a family are: our histograms have three digits, another tool has its own.
fn resolution(report: &Report, family: fn(&Entry) -> Option<&Distribution>) -> &'static str {
    let has_histogram = |entry: &Entry| family(entry).is_some_and(|family| family.histogram.is_some());
    match (report.entries().any(has_histogram), report.generator.kind) {
        (true, GeneratorKind::Imported) => "as exact as the tool that measured them",
        (true, _) => "approximated to 0.1 %",
        (false, GeneratorKind::Imported) => "those that the tool wrote",
        (false, _) => "those that the report has",
    }
}

/// Writes the table of phases and a line about the connections to the host.
fn connecting(report: &Report) -> Option<String> {
    let rows = phases(report);
    let mut text = String::new();
    if !rows.is_empty() {
        let cells = |row: &Phase| {
            let figures = [row.figures.p50, row.figures.p95, row.figures.p99, row.figures.max];
            let mut cells = vec![row.label.to_owned(), String::new(), group_thousands(row.figures.count)];
            cells.extend(figures.map(millis_or_dash));
            cells
        };
        let heading = ["Phase", "", "# times", "Med", "p95", "p99", "Max"];
        text += &table("Phases (ms, all names together)", &heading, rows.iter(), cells, None);
    }
    if let Some(connections) = &report.connections {
        let _ = write!(text, "Connections: {}", connection_line(connections));
        let _ = match report.total.redirects {
            None | Some(0) => writeln!(text),
            Some(n) => writeln!(text, "; {} redirects followed", group_thousands(n)),
        };
    }
    (!text.is_empty()).then_some(text)
}

/// Writes the table of milestones of event streams; `None` when the run had no streams.
fn streams(report: &Report) -> Option<String> {
    let rows = milestones(report);
    if rows.is_empty() {
        return None;
    }
    let cells = |row: &Milestone<'_>| {
        let figures = [row.figures.p50, row.figures.p95, row.figures.p99, row.figures.max];
        let mut cells = [row.method, row.name, row.label].map(cell).to_vec();
        cells.push(group_thousands(row.figures.count));
        cells.extend(figures.map(millis_or_dash));
        cells
    };
    let heading = ["Method", "Name", "What", "# times", "Med", "p95", "p99", "Max"];
    Some(table("Streams (ms from request sent)", &heading, rows.iter(), cells, None))
}

fn failures(report: &Report) -> Option<String> {
    if report.failures.is_empty() {
        return None;
    }
    let cells = |row: &FailureRow| {
        let what = match (row.kind, row.detail.as_str()) {
            (FailureKind::Status, detail) => cell(detail),
            (kind, "") => kind.label().to_owned(),
            (kind, detail) => format!("{} ({})", kind.label(), cell(detail)),
        };
        vec![cell(&row.method), cell(&row.name), what, group_thousands(row.count)]
    };
    let heading = ["Method", "Name", "What", "# times"];
    Some(table("Failures", &heading, report.failures.iter(), cells, None))
}

/// Says what the host's answers say about the run; empty for an ordinary run.
fn found(report: &Report) -> String {
    findings(report).iter().map(finding_words).fold(String::new(), |mut text, FindingWords { what, next }| {
        let _ = writeln!(text, "FOUND: {what}\n  {next}");
        text
    })
}

/// Says in one or two lines whether the figures above can be trusted.
fn health(report: &Report) -> String {
    let health = &report.health;
    let mut text = format!("Generator: {}; ", delays(report));
    let seconds = report.timeline.len();
    let _ = match trust(report) {
        Trust::NotKnown => writeln!(text, "whether it kept up is NOT KNOWN: nobody watched it"),
        Trust::Clean => writeln!(text, "none of the {seconds} seconds is suspect"),
        Trust::Suspect { seconds: n, reasons } => {
            let reasons: Vec<_> =
                reasons.iter().map(|(reason, n)| format!("{} ({n})", reason.label())).collect();
            writeln!(text, "{n} of {seconds} seconds are SUSPECT: {}", reasons.join(", "))
        }
    };
    if let Some(dropped) = health.dropped.filter(|dropped| *dropped > 0) {
        let _ = writeln!(
            text,
            "DROPPED: {} arrivals started no request, because every user (of their shard) was busy or the machine slept; the \
             figures are without them. More users at a time: --max-users",
            group_thousands(dropped)
        );
    }
    if let Some(left) = report.total.in_flight_at_end.filter(|left| *left > 0) {
        let _ =
            writeln!(text, "UNANSWERED: {} requests were still in flight at the end", group_thousands(left));
    }
    for note in notes::sentences(&report.generator) {
        let _ = writeln!(text, "Note: {note}");
    }
    text
}

/// Says how late users started and how long requests queued.
fn delays(report: &Report) -> String {
    let p99 = |family: Option<&Distribution>| family.and_then(|family| family.figures.p99);
    let late = match (p99(report.health.lateness_ms.as_ref()), trust(report)) {
        (Some(late), _) => format!("users started {} ms late at p99", format_millis(late)),
        (None, Trust::NotKnown) => "how late users started is not known".to_owned(),
        (None, _) => "no user was started".to_owned(),
    };
    let queue = p99(report.total.queue_ms.as_ref());
    let queue =
        queue.map_or_else(String::new, |queue| format!(", requests queued {} ms", format_millis(queue)));
    late + &queue
}

/// The entries under whose name a request was started.
fn used(report: &Report) -> impl Iterator<Item = &Entry> {
    report.rows().filter(|entry| entry.is_used())
}

/// The rows that a table shows. A terminal is no place for more; the report's file has all of them.
const MOST_ROWS: usize = 500;

/// Lays out a table: text is aligned left, numbers (from the third column on) right, and the total stands under a rule. It
/// is known by its place, because a file can give any row the total's name.
pub(super) fn table<'a, T: 'a>(
    title: &str,
    heading: &[&str],
    mut rows: impl Iterator<Item = &'a T>,
    cells: impl Fn(&T) -> Vec<String>,
    total: Option<&T>,
) -> String {
    let shown: Vec<_> = rows.by_ref().take(MOST_ROWS).map(&cells).collect();
    let left_out = rows.count() as u64;
    let total = total.map(cells);
    let width_of = |column: usize| {
        let cells = shown.iter().chain(&total).filter_map(|row| row.get(column));
        let widths = cells.map(|cell| cell.chars().count());
        widths.chain(heading.get(column).map(|cell| cell.chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width_of).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::from(" ");
        for (column, (cell, width)) in cells.zip(&widths).enumerate() {
            let left = column < 2 || heading.get(column) == Some(&"What");
            let _ = if left { write!(text, " {cell:<width$}") } else { write!(text, "  {cell:>width$}") };
        }
        text.trim_end().to_owned() + "\n"
    };
    let rule = format!("  {}\n", "─".repeat(widths.iter().map(|w| w + 2).sum::<usize>().saturating_sub(3)));
    let mut text = format!("{title}\n{}{rule}", line(&mut heading.iter().copied()));
    for row in &shown {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    if left_out > 0 {
        let left_out = group_thousands(left_out);
        let _ = writeln!(text, "  … and {left_out} more rows, which only the report's file has");
    }
    if let Some(total) = &total {
        text.push_str(&rule);
        text.push_str(&line(&mut total.iter().map(String::as_str)));
    }
    text
}
