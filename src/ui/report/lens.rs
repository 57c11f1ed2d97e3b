//! What a reader looks at in a report: a range of time, and chosen endpoints. All views of the report share it.
//!
//! The figures follow from it: `part` is the report of the range, and `charted` the one whose timeline the charts draw.

use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::sync::Arc;

use leptos::prelude::*;

use super::shared_report::SharedReport;
use crate::core::analyse::chosen;
use crate::core::analyse::part::part;
use crate::core::analyse::stretches::Stretches;
use crate::core::analyse::time_range::TimeRange;
use crate::core::report::Report;

/// What is looked at; by default the whole run and all endpoints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Focus {
    pub range: Option<TimeRange>,
    /// Places in the report's `requests`; empty for all.
    pub endpoints: BTreeSet<usize>,
}

/// The choice in an address: `range=30-90&endpoints=0,2`. Empty for the default.
impl Display for Focus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = self.range.map(|range| format!("range={range}"));
        let places: Vec<_> = self.endpoints.iter().map(usize::to_string).collect();
        let endpoints = (!places.is_empty()).then(|| format!("endpoints={}", places.join(",")));
        let parts: Vec<_> = range.into_iter().chain(endpoints).collect();
        formatter.write_str(&parts.join("&"))
    }
}

impl Focus {
    /// Reads what an address says. What is unreadable is left out.
    pub fn read(query: &str) -> Self {
        let value = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
        };
        let places = value("endpoints").into_iter().flat_map(|text| text.split(','));
        Self {
            range: value("range").and_then(|text| text.parse().ok()),
            endpoints: places.filter_map(|place| place.parse().ok()).collect(),
        }
    }
}

/// The stretches of a report, behind a reference counter. Two are equal only when they are the same object.
#[derive(Clone)]
pub struct SharedStretches(Arc<Stretches>);

impl PartialEq for SharedStretches {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for SharedStretches {
    type Target = Stretches;
    fn deref(&self) -> &Stretches {
        &self.0
    }
}

/// What all views of one report share.
#[derive(Clone, Copy)]
pub struct Lens {
    pub focus: RwSignal<Focus>,
    pub range: Memo<Option<TimeRange>>,
    pub endpoints: Memo<BTreeSet<usize>>,
    /// `None` while the run is under way, and where a report has only sums: then there is nothing to choose.
    pub stretches: Memo<Option<SharedStretches>>,
    /// The report of the range, or of the whole run.
    pub part: Memo<Option<SharedReport>>,
    /// The report whose timeline the charts draw: of all endpoints, or of the chosen ones.
    pub charted: Memo<Option<SharedReport>>,
    /// How many seconds the whole run has.
    seconds: Memo<u64>,
}

impl Lens {
    pub fn new(report: Memo<Option<SharedReport>>, focus: RwSignal<Focus>) -> Self {
        let stretches = Memo::new(move |_| {
            let of =
                |report: &SharedReport| Stretches::of(report.shared()).map(Arc::new).map(SharedStretches);
            report.with(|report| report.as_ref().and_then(of))
        });
        let range = Memo::new(move |_| focus.with(|focus| focus.range));
        let endpoints = Memo::new(move |_| focus.with(|focus| focus.endpoints.clone()));
        let part = Memo::new(move |_| {
            let whole = report.get()?;
            let of = |range| stretches.with(|stretches| Some(part(&whole, stretches.as_ref()?, range)));
            Some(range.get().and_then(of).map_or(whole.clone(), SharedReport::new))
        });
        let charted = Memo::new(move |_| {
            let whole = report.get()?;
            let chosen = endpoints.get();
            let of_chosen = |stretches: &SharedStretches| {
                let timeline = chosen::timeline(&whole, stretches, |place| chosen.contains(&place));
                SharedReport::new(Report { timeline, intervals: None, ..(*whole).clone() })
            };
            let is_all = chosen.is_empty();
            let drawn = stretches.with(|stretches| stretches.as_ref().filter(|_| !is_all).map(of_chosen));
            Some(drawn.unwrap_or(whole.clone()))
        });
        let seconds = Memo::new(move |_| {
            let last = |report: &SharedReport| report.timeline.last().map(|row| row.second + 1);
            report.with(|report| report.as_ref().and_then(last)).unwrap_or_default()
        });
        Self { focus, range, endpoints, stretches, part, charted, seconds }
    }

    /// How many seconds the whole run has.
    pub fn seconds(self) -> u64 {
        self.seconds.get()
    }

    /// Whether there is anything to choose.
    pub fn is_open(self) -> bool {
        self.stretches.with(Option::is_some)
    }

    /// Looks at a range, as far as the report's stretches can tell.
    pub fn look_at(self, range: TimeRange) {
        let Some(period_s) = self.stretches.with_untracked(|stretches| Some(stretches.as_ref()?.period_s()))
        else {
            return;
        };
        let range = range.widened(period_s);
        if self.range.get_untracked() != Some(range) {
            self.focus.update(|focus| focus.range = Some(range));
        }
    }

    /// Looks at the whole run again.
    pub fn look_at_all(self) {
        if self.range.get_untracked().is_some() {
            self.focus.update(|focus| focus.range = None);
        }
    }

    /// Chooses an endpoint, or takes the choice back.
    pub fn toggle(self, endpoint: usize) {
        self.focus.update(|focus| {
            if !focus.endpoints.remove(&endpoint) {
                focus.endpoints.insert(endpoint);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_at_is_read_back_from_an_address() {
        let text = "range=30-90&endpoints=0,2";
        let focus = Focus::read(text);
        assert_eq!(focus.range, Some("30-90".parse().unwrap()));
        assert_eq!((focus.endpoints.len(), focus.to_string().as_str()), (2, text));
        assert_eq!(Focus::default().to_string(), "");
    }

    #[test]
    fn what_is_unreadable_in_an_address_is_left_out() {
        assert_eq!(Focus::read("range=9-3&endpoints=x&other=1&range"), Focus::default());
    }
}
