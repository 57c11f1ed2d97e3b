//! Writes Locust's four CSV files with Locust's headers, so that programs which read Locust's files can read these.
//!
//! The functions here are pure: they turn a report into the text of each file. Locust rounds latencies to two digits
//! and measures over its own sliding windows; these files carry our figures instead. `docs/coming-from-locust.md` says
//! how they differ.

use std::fmt::Write as _;
use std::io;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::core::base::buckets::Unpacker;
use crate::core::base::failure::FailureKind;
use crate::core::base::histogram::{Figures, Histogram};
use crate::core::base::units::Micros;
use crate::core::base::visible::shortened;
use crate::core::report::{IntervalRow, Report};

/// The quantiles of Locust's tables.
const QUANTILES: [f64; 11] = [0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1.0];
const STATS_HEADER: &str = "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,\
Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,\
99.9%,99.99%,100%";
const HISTORY_HEADER: &str = "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,\
99.9%,99.99%,100%,Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time,\
Total Min Response Time,Total Max Response Time,Total Average Content Size";
const FAILURES_HEADER: &str = "Method,Name,Error,Occurrences,First Seen,Last Seen";
const EXCEPTIONS_HEADER: &str = "Count,Message,Traceback,Nodes";
/// What Locust writes for a quantile that it does not have; here it stands for every figure that is not known.
const UNKNOWN: &str = "N/A";
/// The number of seconds over which Locust's "current" rates are means.
const WINDOW_S: u64 = 10;

/// One of Locust's four files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Stats,
    History,
    Failures,
    Exceptions,
}

impl Table {
    pub const ALL: [Self; 4] = [Self::Stats, Self::History, Self::Failures, Self::Exceptions];

    /// What follows the prefix in the file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Stats => "_stats.csv",
            Self::History => "_stats_history.csv",
            Self::Failures => "_failures.csv",
            Self::Exceptions => "_exceptions.csv",
        }
    }

    const fn header(self) -> &'static str {
        match self {
            Self::Stats => STATS_HEADER,
            Self::History => HISTORY_HEADER,
            Self::Failures => FAILURES_HEADER,
            Self::Exceptions => EXCEPTIONS_HEADER,
        }
    }
}

/// The four files. Each has the part of its name that follows the prefix, and its text.
pub fn files(report: &Report) -> [(&'static str, String); 4] {
    Table::ALL.map(|table| {
        let mut bytes = Vec::new();
        // Cannot fail: the sink is memory.
        let _ = write(report, table, &mut bytes);
        (table.ending(), String::from_utf8(bytes).unwrap_or_default())
    })
}

/// Writes a file row by row: the whole text of a large report would take as much memory again. Each row ends with CR LF, as
/// Locust's do.
///
/// # Errors
/// Those of the sink.
pub fn write(report: &Report, table: Table, sink: &mut dyn io::Write) -> io::Result<()> {
    let rows: Box<dyn Iterator<Item = String>> = match table {
        Table::Stats => Box::new(stats(report)),
        Table::History => Box::new(history(report)),
        Table::Failures => Box::new(failures(report)),
        Table::Exceptions => Box::new(std::iter::empty()),
    };
    std::iter::once(table.header().to_owned()).chain(rows).try_for_each(|row| {
        sink.write_all(row.as_bytes())?;
        sink.write_all(b"\r\n")
    })
}

fn stats(report: &Report) -> impl Iterator<Item = String> {
    report.entries().map(|entry| {
        let latency = entry.latency_ms.as_ref();
        let mut row = format!("{},{}", field(&entry.method), field(&entry.name));
        let _ = write!(
            row,
            ",{},{},{}",
            entry.requests,
            entry.failures,
            summary(entry.requests, latency.map(|latency| latency.figures))
        );
        let bytes = mean_bytes(entry.requests, entry.received_bytes, entry.requests);
        let _ = write!(row, ",{bytes},{},{}", entry.rps, entry.failures_per_s);
        row + &quantiles(latency.map(|latency| latency.quantiles_ms(QUANTILES)))
    })
}

/// Writes one row per second for all requests together. What is called total is that of the run so far, and so are the
/// quantiles, as in Locust's default. Latencies and sizes are known at the ends of intervals; between these, in a run of
/// more than ten minutes, they are those of the last interval that has ended.
fn history(report: &Report) -> impl Iterator<Item = String> {
    let origin = started_at(report).unix_timestamp();
    let mut ends = ends_of_intervals(report).into_iter().peekable();
    let mut so_far = SoFar::default();
    // Kept from row to row: between two ends of intervals it is the same.
    let mut latency = Latency::default();
    let (mut requests, mut failures) = (0, 0);
    report.timeline.iter().enumerate().map(move |(i, row)| {
        let mut has_more = false;
        while let Some((_, ended)) = ends.next_if(|(second, _)| *second <= row.second) {
            so_far.add(ended);
            has_more = true;
        }
        if has_more {
            report.total.latency_ms.iter().for_each(|whole| whole.bound(&mut so_far.latency));
            latency = Latency::of(&so_far.latency);
        }
        requests += row.requests;
        failures += row.failures;
        let (rps, failing) = current_rates(report, i);
        let users = row.users.map_or_else(String::new, |users| users.to_string());
        let mut line = format!("{},{users},,Aggregated", origin + row.second as i64 + 1);
        let _ = write!(line, ",{rps:.6},{failing:.6}{}", quantiles(Some(latency.quantiles)));
        let summary = summary(requests, Some(latency.figures));
        let bytes = mean_bytes(requests, so_far.received_bytes, so_far.requests);
        let _ = write!(line, ",{requests},{failures},{summary},{bytes}");
        line
    })
}

/// What all entries together have counted since the start.
#[derive(Default)]
struct SoFar {
    requests: u64,
    /// The bytes of these requests; a sum that lacks some of them is not known.
    received_bytes: Option<u64>,
    latency: Histogram,
    unpacker: Unpacker,
}

impl SoFar {
    fn add(&mut self, more: &IntervalRow) {
        self.received_bytes = match self.requests {
            0 => more.received_bytes,
            _ => self.received_bytes.zip(more.received_bytes).map(|(sum, more)| sum.saturating_add(more)),
        };
        self.requests += more.requests;
        let latency = more.latency.as_ref().map(|latency| latency.buckets(&mut self.unpacker));
        if let Some(Ok(latency)) = latency {
            self.latency.add(&latency);
        }
    }
}

fn failures(report: &Report) -> impl Iterator<Item = String> {
    let origin = started_at(report);
    let at = move |secs: Option<f64>| {
        let Some(secs) = secs else { return String::new() };
        let moment = origin.checked_add(time::Duration::seconds(secs as i64)).unwrap_or(origin);
        moment.replace_nanosecond(0).unwrap_or(moment).format(&Rfc3339).unwrap_or_default()
    };
    report.failures.iter().map(move |row| {
        let detail = shortened(&row.detail, MOST_CELL_CHARS);
        let error = match row.kind {
            FailureKind::Status => detail,
            kind if detail.is_empty() => kind.label().to_owned(),
            kind => format!("{}: {detail}", kind.label()),
        };
        let (method, name) = (field(&row.method), field(&row.name));
        format!("{method},{name},{},{},{},{}", field(&error), row.count, at(row.first_s), at(row.last_s))
    })
}

/// Requests and failures per second over the `WINDOW_S` seconds that end with the `i`-th row, or since the first row.
fn current_rates(report: &Report, i: usize) -> (f64, f64) {
    let Some(last) = report.timeline.get(i) else { return (0.0, 0.0) };
    let first = report.timeline.get(0).map_or(0, |row| row.second);
    let from = (last.second + 1).saturating_sub(WINDOW_S).max(first);
    let window = (0..=i).rev().filter_map(|i| report.timeline.get(i)).take_while(|row| row.second >= from);
    let (requests, failures) = window.fold((0, 0), |(r, f), row| (r + row.requests, f + row.failures));
    let secs = (last.second + 1 - from) as f64;
    (requests as f64 / secs, failures as f64 / secs)
}

/// The start of the run; the Unix epoch when the report does not have it.
fn started_at(report: &Report) -> OffsetDateTime {
    let started_at = report.run.started_at.as_deref().unwrap_or_default();
    OffsetDateTime::parse(started_at, &Rfc3339).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// The rows of the intervals by the second in which they end, because they are complete only then. That is the last second
/// of the interval, or of the report, when everything is. They are added up one by one: a histogram for each second of a
/// long run would fill the memory.
fn ends_of_intervals(report: &Report) -> Vec<(u64, &IntervalRow)> {
    let Some(intervals) = &report.intervals else { return Vec::new() };
    let last = report.timeline.last().map_or(u64::MAX, |row| row.second);
    let last_second =
        |row: &IntervalRow| (row.index + 1).saturating_mul(intervals.period_s).saturating_sub(1).min(last);
    let counted = intervals.rows.iter().filter(|row| row.requests > 0);
    let mut ends: Vec<_> = counted.map(|row| (last_second(row), row)).collect();
    ends.sort_by_key(|(second, _)| *second);
    ends
}

/// Writes median, mean, minimum and maximum in milliseconds. Before the first request they are zeros, as in Locust.
fn summary(requests: u64, figures: Option<Figures>) -> String {
    let Figures { p50, mean, min, max, .. } = figures.unwrap_or_default();
    let or_else = if requests == 0 { "0" } else { UNKNOWN };
    [p50, mean, min, max].map(|ms| ms.map_or_else(|| or_else.to_owned(), |ms| ms.to_string())).join(",")
}

/// What a row of the history has of a histogram, in milliseconds.
#[derive(Clone, Copy, Default)]
struct Latency {
    quantiles: [Option<f64>; QUANTILES.len()],
    /// Median, mean, minimum and maximum.
    figures: Figures,
}

impl Latency {
    fn of(histogram: &Histogram) -> Self {
        let quantiles = histogram.quantiles(QUANTILES).map(|value| value.map(Micros::as_millis_f64));
        let [p50, ..] = quantiles;
        let [min, max] = [histogram.min(), histogram.max()].map(|value| value.map(Micros::as_millis_f64));
        let mean = histogram.mean_millis();
        Self { quantiles, figures: Figures { p50, mean, min, max, ..Figures::default() } }
    }
}

/// Writes the quantiles in milliseconds. Without data they are `N/A`, as in Locust.
fn quantiles(millis: Option<[Option<f64>; QUANTILES.len()]>) -> String {
    millis.unwrap_or_default().iter().fold(String::new(), |mut row, millis| {
        let _ = match millis {
            Some(millis) => write!(row, ",{millis}"),
            None => write!(row, ",{UNKNOWN}"),
        };
        row
    })
}

/// Writes the mean of `bytes`, those of `of` requests. Before the first of all `requests` it is zero, as in Locust.
fn mean_bytes(requests: u64, bytes: Option<u64>, of: u64) -> String {
    match bytes.filter(|_| of > 0) {
        _ if requests == 0 => "0".to_owned(),
        Some(bytes) => (bytes as f64 / of as f64).to_string(),
        None => UNKNOWN.to_owned(),
    }
}

/// The most characters of a cell; a spreadsheet holds 32 767.
const MOST_CELL_CHARS: usize = 32_000;

/// Text of a report as a field: in one line, harmless to a spreadsheet, and quoted where RFC 4180 requires it.
///
/// A spreadsheet computes what begins with one of four signs, so such a text gets an apostrophe in front, as OWASP advises.
/// Names that are paths, words or methods stay as Locust writes them.
pub fn field(text: &str) -> String {
    let shown = shortened(text, MOST_CELL_CHARS);
    let apostrophe = if shown.trim_start().starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if shown.contains([',', '"']) {
        format!("\"{apostrophe}{}\"", shown.replace('"', "\"\""))
    } else {
        format!("{apostrophe}{shown}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::{Intervals, Recorded, read};

    fn file(ending: &str) -> Vec<Vec<String>> {
        let report = read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap();
        let (_, text) = files(&report).into_iter().find(|(name, _)| *name == ending).unwrap();
        assert!(text.ends_with("\r\n"));
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn headers_are_the_same_as_locusts() {
        assert_eq!(
            file("_stats.csv")[0].join(","),
            "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,\
             Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,\
             99.99%,100%"
        );
        assert_eq!(
            file("_stats_history.csv")[0].join(","),
            "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,\
             100%,Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time,\
             Total Min Response Time,Total Max Response Time,Total Average Content Size"
        );
        assert_eq!(file("_failures.csv")[0].join(","), "Method,Name,Error,Occurrences,First Seen,Last Seen");
        assert_eq!(file("_exceptions.csv")[0].join(","), "Count,Message,Traceback,Nodes");
    }

    #[test]
    fn no_quantile_is_outside_the_exact_minimum_and_maximum() {
        for (ending, quantiles, [min, max]) in
            [("_stats.csv", 11..22, [6, 7]), ("_stats_history.csv", 6..17, [21, 22])]
        {
            for row in file(ending).iter().skip(1).filter(|row| row[quantiles.start] != "N/A") {
                let number = |column: usize| row[column].parse::<f64>().unwrap();
                let within = |column: usize| (number(min)..=number(max)).contains(&number(column));
                assert!(quantiles.clone().all(within), "{row:?}");
                assert_eq!(number(quantiles.end - 1), number(max), "100 % is the maximum");
            }
        }
    }

    #[test]
    fn every_row_has_a_value_for_every_heading() {
        for ending in ["_stats.csv", "_stats_history.csv", "_failures.csv"] {
            let rows = file(ending);
            assert!(rows.len() > 1);
            assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{ending}");
        }
    }

    #[test]
    fn the_history_adds_up_to_the_total() {
        let history = file("_stats_history.csv");
        let stats = file("_stats.csv");
        let (last, total) = (history.last().unwrap(), stats.last().unwrap());
        assert_eq!((&last[17], &last[18]), (&total[2], &total[3]), "counts");
        assert_eq!(last[0], (1_767_225_600 + history.len() - 1).to_string(), "2026-01-01 and a second each");
        assert_eq!((total[0].as_str(), total[1].as_str()), ("", "Aggregated"));
    }

    /// A report of three seconds with one request in each, of these latencies and sizes, in intervals of `period_s`.
    fn three_seconds(period_s: u64, millis: [u64; 3], bytes: Option<[u64; 3]>) -> Report {
        let mut report = read::read(include_bytes!("../../../tests/fixtures/reports/v2/sim.json")).unwrap();
        report.timeline.truncate(3);
        let rows = (0..3).map(|second: usize| {
            report.timeline.update(second, |row| row.requests = 1);
            let mut latency = Histogram::new();
            latency.record(Micros::from_millis(millis[second]));
            let (received_bytes, latency) = (bytes.map(|bytes| bytes[second]), Recorded::of(&latency));
            let index = second as u64 / period_s;
            IntervalRow { index, requests: 1, received_bytes, latency, ..IntervalRow::default() }
        });
        report.intervals = Some(Intervals { period_s, rows: rows.collect() });
        report.total.latency_ms = None;
        report
    }

    /// `Total Request Count`, and then mean, minimum and maximum latency and mean size, row by row.
    fn totals(report: &Report) -> Vec<String> {
        let rows: Vec<String> = history(report).collect();
        let cells = rows.iter().map(|line| line.split(',').collect::<Vec<_>>());
        cells.map(|cells| format!("{}: {}", cells[17], cells[20..].join(" "))).collect()
    }

    #[test]
    fn each_row_of_the_history_holds_what_was_true_then() {
        let report = three_seconds(1, [10, 20, 90], Some([10, 10, 100]));
        assert_eq!(totals(&report), ["1: 10 10 10 10", "2: 15 10 20 10", "3: 40 10 90 40"]);
    }

    #[test]
    fn within_an_interval_the_history_holds_what_was_true_at_the_end_of_the_last_one() {
        let report = three_seconds(2, [10, 20, 90], Some([10, 30, 110]));
        assert_eq!(totals(&report), ["1: N/A N/A N/A N/A", "2: 15 10 20 20", "3: 40 10 90 50"]);
    }

    #[test]
    fn a_size_that_is_not_known_is_no_zero() {
        let report = three_seconds(1, [10, 20, 90], None);
        assert_eq!(totals(&report)[2], "3: 40 10 90 N/A");
    }

    #[test]
    fn text_with_commas_and_quotes_is_quoted() {
        assert_eq!(field("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(field("plain"), "plain");
    }

    #[test]
    fn no_cell_is_a_formula_and_ordinary_names_stay_as_they_are() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\u{3000}@x"] {
            assert_eq!(field(formula), format!("'{formula}"));
        }
        assert_eq!(field("=HYPERLINK(\"http://x\",\"y\")"), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
        for name in ["/api/plans?a=1", "GET", "/a-b+c@d", "Aggregated", "plan 1 = 2", "서울"] {
            assert_eq!(field(name), name);
        }
    }

    #[test]
    fn no_text_of_a_report_begins_a_row() {
        assert_eq!(field("a\r\nGET,/forged,9"), "\"a\\r\\nGET,/forged,9\"");
        assert_eq!(field("\t=1"), "\\t=1", "a tab is an escape, which is no formula");
    }
}
