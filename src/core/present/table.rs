//! The columns of the statistics table, which page and terminal share.
//!
//! The list here says for each column what it is called, which field of the report it shows and how it sorts.

use super::words::NO_DATA;
use crate::core::base::units::{format_millis, format_rate, group_thousands};
use crate::core::base::visible::cell;
use crate::core::report::{Distribution, Entry, LoadModel, Report};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Method,
    Name,
    Requests,
    Failures,
    Rps,
    CorrectedP50,
    CorrectedP95,
    CorrectedP99,
    Mean,
    Min,
    P50,
    P75,
    P90,
    P95,
    P99,
    P999,
    Max,
    PageP95,
    UpstreamP95,
    InFlight,
    MeanBytes,
}

/// The columns for a run of the closed model, in order.
const OF_CLOSED: [Column; 16] = [
    Column::Method,
    Column::Name,
    Column::Requests,
    Column::Failures,
    Column::Rps,
    Column::Mean,
    Column::Min,
    Column::P50,
    Column::P95,
    Column::P99,
    Column::Max,
    Column::CorrectedP99,
    Column::PageP95,
    Column::UpstreamP95,
    Column::InFlight,
    Column::MeanBytes,
];

/// The columns for a run of the open model, in order: corrected latency comes before latency.
const OF_OPEN: [Column; 18] = [
    Column::Method,
    Column::Name,
    Column::Requests,
    Column::Failures,
    Column::Rps,
    Column::CorrectedP50,
    Column::CorrectedP95,
    Column::CorrectedP99,
    Column::Mean,
    Column::Min,
    Column::P50,
    Column::P95,
    Column::P99,
    Column::Max,
    Column::PageP95,
    Column::UpstreamP95,
    Column::InFlight,
    Column::MeanBytes,
];

/// The columns for which the report has data. Only a run of the page through the companion has what the page saw.
pub fn columns(report: Option<&Report>) -> Vec<Column> {
    let has = |column: Column| match column {
        Column::PageP95 => report.is_some_and(|report| report.total.page_ms.is_some()),
        Column::UpstreamP95 => report.is_some_and(|report| report.total.upstream_ms.is_some()),
        _ => true,
    };
    let of_model = match report.map(|report| report.run.model()).unwrap_or_default() {
        LoadModel::Closed => OF_CLOSED.as_slice(),
        LoadModel::Open => &OF_OPEN,
    };
    of_model.iter().copied().filter(|column| has(*column)).collect()
}

/// The columns that a reader may turn on: those of [`columns`], and more quantiles between them.
pub fn choices(report: Option<&Report>) -> Vec<Column> {
    let with_more = |column: Column| match column {
        Column::P50 => vec![Column::P50, Column::P75, Column::P90],
        Column::P99 => vec![Column::P99, Column::P999],
        other => vec![other],
    };
    columns(report).into_iter().flat_map(with_more).collect()
}

/// Whether a row belongs to a reader's search: its method and name have all of the words in it, whatever their case.
pub fn fits(entry: &Entry, search: &str) -> bool {
    let text = format!("{} {}", entry.method, entry.name).to_lowercase();
    search.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

impl Column {
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Method => "Method",
            Self::Name => "Name",
            Self::Requests => "Requests",
            Self::Failures => "Failures",
            Self::Rps => "Req/s",
            Self::Mean => "Mean ms",
            Self::Min => "Min ms",
            Self::P50 => "p50 ms",
            Self::P75 => "p75 ms",
            Self::P90 => "p90 ms",
            Self::P95 => "p95 ms",
            Self::P99 => "p99 ms",
            Self::P999 => "p99.9 ms",
            Self::Max => "Max ms",
            Self::CorrectedP50 => "Corr. p50 ms",
            Self::CorrectedP95 => "Corr. p95 ms",
            Self::CorrectedP99 => "Corr. p99 ms",
            Self::PageP95 => "Page p95 ms",
            Self::UpstreamP95 => "Head p95 ms",
            Self::InFlight => "In flight",
            Self::MeanBytes => "Mean bytes",
        }
    }

    /// One sentence that explains the heading.
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Method => "HTTP method",
            Self::Name => "Path, with its variable parts in braces",
            Self::Requests => "Requests that ended, well or not",
            Self::Failures => "Requests that failed: no complete response, or a status of 400 or more",
            Self::Rps => "Requests per second of the run so far",
            Self::Mean => "Mean latency: request sent to last byte",
            Self::Min => "The fastest request",
            Self::P50 => "Half of all requests were at most this slow",
            Self::P75 => "75 in 100 requests were at most this slow",
            Self::P90 => "90 in 100 requests were at most this slow",
            Self::P95 => "95 in 100 requests were at most this slow",
            Self::P99 => "99 in 100 requests were at most this slow",
            Self::P999 => "999 in 1000 requests were at most this slow",
            Self::Max => "The slowest request",
            Self::CorrectedP50 | Self::CorrectedP95 | Self::CorrectedP99 => {
                "From the scheduled start: what a user who should have been served waited"
            }
            Self::PageP95 => "p95 as the page saw it: what is above p95 is the page's own cost",
            Self::UpstreamP95 => {
                "p95 of the host's time to the head of its response, as the companion saw it"
            }
            Self::InFlight => "Sent and not yet answered",
            Self::MeanBytes => "Mean size of a response's body, in bytes",
        }
    }

    /// The name of the report's field that the column shows, or of what is computed from it. The page writes it into each
    /// cell.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Name => "name",
            Self::Requests => "requests",
            Self::Failures => "failures",
            Self::Rps => "rps",
            Self::Mean => "latency_ms.mean",
            Self::Min => "latency_ms.min",
            Self::P50 => "latency_ms.p50",
            Self::P75 => "latency_ms.p75",
            Self::P90 => "latency_ms.p90",
            Self::P95 => "latency_ms.p95",
            Self::P99 => "latency_ms.p99",
            Self::P999 => "latency_ms.p999",
            Self::Max => "latency_ms.max",
            Self::CorrectedP50 => "corrected_ms.p50",
            Self::CorrectedP95 => "corrected_ms.p95",
            Self::CorrectedP99 => "corrected_ms.p99",
            Self::PageP95 => "page_ms.p95",
            Self::UpstreamP95 => "upstream_ms.p95",
            Self::InFlight => "in_flight_at_end",
            Self::MeanBytes => "mean_bytes",
        }
    }

    /// The text of a cell; a dash where there is no data.
    pub fn text(self, entry: &Entry) -> String {
        let format: fn(f64) -> String = match self {
            Self::Method => return cell(&entry.method),
            Self::Name => return cell(&entry.name),
            Self::Requests | Self::Failures | Self::InFlight => |count| group_thousands(count as u64),
            Self::MeanBytes => |bytes| group_thousands(bytes.round() as u64),
            Self::Rps => format_rate,
            _ => format_millis,
        };
        self.number(entry).map_or_else(|| NO_DATA.to_owned(), format)
    }

    /// The number in a cell; `None` where there is no data, and in columns of text.
    pub fn number(self, entry: &Entry) -> Option<f64> {
        let figures = |family: &Option<Distribution>| family.as_ref().map(|family| family.figures);
        let latency = || figures(&entry.latency_ms);
        match self {
            Self::Method | Self::Name => None,
            Self::Requests => Some(entry.requests as f64),
            Self::Failures => Some(entry.failures as f64),
            Self::InFlight => entry.in_flight_at_end.map(|n| n as f64),
            Self::Rps => Some(entry.rps),
            Self::Mean => latency()?.mean,
            Self::Min => latency()?.min,
            Self::P50 => latency()?.p50,
            Self::P75 => latency()?.p75,
            Self::P90 => latency()?.p90,
            Self::P95 => latency()?.p95,
            Self::P99 => latency()?.p99,
            Self::P999 => latency()?.p999,
            Self::Max => latency()?.max,
            Self::CorrectedP50 => figures(&entry.corrected_ms)?.p50,
            Self::CorrectedP95 => figures(&entry.corrected_ms)?.p95,
            Self::CorrectedP99 => figures(&entry.corrected_ms)?.p99,
            Self::PageP95 => figures(&entry.page_ms)?.p95,
            Self::UpstreamP95 => figures(&entry.upstream_ms)?.p95,
            Self::MeanBytes => entry.mean_bytes(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

/// Sorts rows by a column of their entry. Rows with equal cells keep their order.
pub fn sort_by<T>(rows: &mut [T], entry: impl Fn(&T) -> &Entry, column: Column, direction: Direction) {
    let rule = |a: &T, b: &T| {
        let (a, b) = (entry(a), entry(b));
        let order = if column == Column::Method {
            a.method.cmp(&b.method)
        } else if column == Column::Name {
            a.name.cmp(&b.name)
        } else {
            // An entry without data counts as smaller than every number.
            let number = |entry| column.number(entry).unwrap_or(f64::NEG_INFINITY);
            number(a).total_cmp(&number(b))
        };
        if direction == Direction::Ascending { order } else { order.reverse() }
    };
    rows.sort_by(rule);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::read;

    #[test]
    fn minimum_and_mean_size_are_columns_of_both_models_and_a_size_that_is_not_known_is_a_dash() {
        let report = read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap();
        for columns in [columns(Some(&report)), OF_OPEN.to_vec()] {
            assert!(columns.contains(&Column::Min) && columns.contains(&Column::MeanBytes));
        }
        let mut total = report.total.clone();
        (total.requests, total.received_bytes) = (4, Some(10_002));
        assert_eq!(Column::Min.text(&total), "1.37");
        assert_eq!(Column::MeanBytes.text(&total), "2\u{202f}501");
        total.received_bytes = None;
        assert_eq!(Column::MeanBytes.text(&total), NO_DATA);
        (total.requests, total.received_bytes) = (0, Some(0));
        assert_eq!(Column::MeanBytes.text(&total), NO_DATA, "no response, no size");
    }

    #[test]
    fn a_reader_may_turn_on_more_quantiles_and_each_choice_has_a_field_of_its_own() {
        let choices = choices(None);
        let place = |column: Column| choices.iter().position(|choice| *choice == column).unwrap();
        assert!(place(Column::P50) < place(Column::P75) && place(Column::P90) < place(Column::P95));
        assert!(place(Column::P99) < place(Column::P999));
        let fields: std::collections::BTreeSet<_> = choices.iter().map(|choice| choice.field()).collect();
        assert_eq!(fields.len(), choices.len());
        assert!(columns(None).iter().all(|column| choices.contains(column)));
    }

    #[test]
    fn a_search_finds_words_of_method_and_name_in_any_case() {
        let entry = Entry { method: "GET".into(), name: "/api/v1/plans/{id}".into(), ..Entry::default() };
        for search in ["", "plans", "get PLANS", "v1  {id}"] {
            assert!(fits(&entry, search), "{search}");
        }
        assert!(!fits(&entry, "post plans"));
    }
}
