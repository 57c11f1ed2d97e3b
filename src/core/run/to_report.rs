//! Makes a report from the merged state of a run. The state itself is kept in `merged_run.rs`.
//!
//! The cost depends on the number of endpoints and not on the length of the run, except that a full report also copies
//! the intervals.

use std::collections::BTreeMap;
use std::ops::Range;

use super::intervals::Placeholders;
use super::merged_run::{Kind, MergedRun};
use super::plan_tally::PlanTally;
use super::reset::Reset;
use super::tally::{ConnectingTally, StreamTally, Tally};
use crate::core::base::histogram::Histogram;
use crate::core::base::timing_source::TimingSource;
use crate::core::config::{connections as connect, load as config};
use crate::core::report::connections::{Certificates, ConnectionReuse, Cookies};
use crate::core::report::load::{ArrivalProcess, Level, Load};
use crate::core::report::{
    Detail, Distribution, Entry, FailureRow, Generator, Health, Note, Report, SCHEMA, StreamFigures,
    SuspectReason, TOTAL_NAME, Timeline, VERSION,
};
use crate::core::scenario::EntryKey;

impl MergedRun {
    /// The report of the run so far.
    pub fn report(&self, detail: Detail) -> Report {
        let placeholders = self.placeholders();
        let convicted = |tally: &Tally| match placeholders {
            Placeholders::Pass => None,
            Placeholders::Fail => tally.convicted(),
        };
        let tallies: Vec<_> = self.tallies.iter().map(|tally| (tally, convicted(tally))).collect();
        let tallies: Vec<&Tally> =
            tallies.iter().map(|(tally, convicted)| convicted.as_ref().unwrap_or(tally)).collect();
        let mut total = Tally::default();
        self.of_kind(Kind::Request, &tallies).for_each(|(_, _, tally)| total.merge(tally));
        let rows = |kind| {
            let of_kind = self.of_kind(kind, &tallies);
            of_kind.map(|(place, key, tally)| {
                self.entry(key.kind.as_str(), &key.name, tally, place..place + 1, detail)
            })
        };
        Report {
            schema: SCHEMA.to_owned(),
            version: VERSION,
            run: self.info.clone(),
            generator: self.generator_with_notes(&total),
            total: Entry {
                dropped: Some(self.dropped),
                ..self.entry("", TOTAL_NAME, &total, 0..self.entries.len(), detail)
            },
            requests: rows(Kind::Request).collect(),
            // A journey has no answer of its own: a size of 0 would say that it had an empty one.
            groups: rows(Kind::Group).map(|group| Entry { received_bytes: None, ..group }).collect(),
            failures: self.failures(&tallies),
            timeline: self.timeline_with(placeholders),
            intervals: (detail == Detail::Full).then(|| self.intervals.rows(placeholders)),
            health: Health {
                lateness_ms: Distribution::of(&self.lateness, detail),
                suspect_seconds: Some(self.suspect.seconds),
                held_back_seconds: (self.held_back_seconds > 0).then_some(self.held_back_seconds),
                reasons: self.suspect.reasons.clone(),
                dropped: Some(self.dropped),
            },
            connections: self.connections.map(|summary| summary.with(&total.connections)),
            series: self.retries.series(),
        }
    }

    /// The entries of a kind, each with its place among all and its counts.
    fn of_kind<'a>(
        &'a self,
        kind: Kind,
        tallies: &'a [&'a Tally],
    ) -> impl Iterator<Item = (usize, &'a EntryKey, &'a Tally)> {
        let all = self.entries.iter().zip(tallies).enumerate();
        all.map(|(place, (key, tally))| (place, key, *tally)).filter(move |(_, key, _)| Kind::of(key) == kind)
    }

    /// Whether placeholder plans are failures, as all plans of the run show.
    fn placeholders(&self) -> Placeholders {
        let mut plans = PlanTally::default();
        self.tallies.iter().filter_map(|tally| tally.plans.as_ref()).for_each(|more| plans.merge(more));
        if plans.convicts() { Placeholders::Fail } else { Placeholders::Pass }
    }

    fn timeline_with(&self, placeholders: Placeholders) -> Timeline {
        let mut timeline = self.timeline.clone();
        if placeholders == Placeholders::Fail {
            for (second, unsure) in &self.unsure_plans {
                if let Ok(place) = timeline.place_of(*second) {
                    timeline.update(place, |row| row.failures += unsure);
                }
            }
        }
        timeline
    }

    /// The generator, with the notes that follow from the counts.
    fn generator_with_notes(&self, total: &Tally) -> Generator {
        let mut generator = self.generator.clone();
        let best_rps = generator.calibration.map(|calibration| calibration.ceiling_rps);
        generator.notes.extend(self.reset.as_ref().map(Reset::note));
        generator.notes.extend(self.ceiling.note(best_rps));
        if total.page_clock > 0 {
            let of_requests = total.completed();
            generator.notes.push(Note::TimingWithheld { requests: total.page_clock, of_requests });
            if total.page_clock * 2 > of_requests {
                generator.timing = Some(TimingSource::PageClock);
            }
        }
        if total.unrecorded > 0 {
            let (requests, of_requests) = (total.unrecorded, total.completed());
            generator.notes.push(Note::RecordsMissing { requests, of_requests });
            if requests * 2 > of_requests {
                generator.timing = Some(TimingSource::Wire);
            }
        }
        let gone_seconds =
            self.suspect.reasons.get(&SuspectReason::CompanionGone).copied().unwrap_or_default();
        if gone_seconds > 0 || total.lost > 0 {
            generator.notes.push(Note::RequestsLost { requests: total.lost, gone_seconds });
        }
        if total.untimed > 0 {
            generator.notes.push(Note::SleptInFlight { requests: total.untimed });
        }
        if let Some(plans) = total.plans.as_ref().filter(|plans| plans.placeholders() > 0) {
            let (placeholders, of_plans) = (plans.placeholders(), plans.all());
            generator.notes.push(Note::PlaceholderPlans { placeholders, of_plans, failed: plans.failed });
        }
        generator
    }

    /// The figures of `tally`, which counts the entries at these `places`.
    fn entry(&self, method: &str, name: &str, tally: &Tally, places: Range<usize>, detail: Detail) -> Entry {
        let requests = tally.completed();
        let at_reset: u64 =
            self.reset.as_ref().map_or(0, |reset| places.map(|place| reset.in_flight(place)).sum());
        let per_second = |count: u64| Entry::per_second(count, self.info.duration_s);
        let connecting = |phase: fn(&ConnectingTally) -> &Histogram| {
            tally.connecting.as_ref().and_then(|phases| Distribution::of(phase(phases), detail))
        };
        let some = |count: u64| (count > 0).then_some(count);
        Entry {
            method: method.to_owned(),
            name: name.to_owned(),
            sent: Some(tally.sent_here()),
            requests,
            failures: tally.failed,
            in_flight_at_end: Some(
                (tally.sent + at_reset).saturating_sub(requests + tally.lost + tally.moved_out),
            ),
            rps: per_second(requests),
            failures_per_s: per_second(tally.failed),
            failure_ratio: Entry::ratio(tally.failed, requests),
            dropped: None,
            received_bytes: Some(tally.received_bytes),
            statuses: Some(tally.statuses.clone()),
            placeholder_plans: some(tally.plans.as_ref().map_or(0, |plans| plans.placeholders())),
            page_clock: some(tally.page_clock),
            untimed: some(tally.untimed),
            lost: some(tally.lost),
            unrecorded: some(tally.unrecorded),
            latency_ms: Distribution::of(&tally.latency, detail),
            corrected_ms: Distribution::of(&tally.corrected, detail),
            ttfb_ms: Distribution::of(&tally.ttfb, detail),
            queue_ms: Distribution::of(&tally.queue, detail),
            page_ms: Distribution::of(&tally.seen_by_page, detail),
            upstream_ms: None,
            dns_ms: connecting(|phases| &phases.dns),
            connect_ms: connecting(|phases| &phases.connect),
            tls_ms: connecting(|phases| &phases.tls),
            download_ms: Distribution::of(&tally.download, detail),
            redirects: some(tally.redirects),
            stream_events: tally.streams.as_ref().map(|streams| streams.events),
            stream_ms: tally.streams.as_ref().map(|streams| stream_figures(streams, detail)),
        }
    }

    /// The failures by falling frequency; equally frequent ones by name and detail.
    fn failures(&self, tallies: &[&Tally]) -> Vec<FailureRow> {
        let rows = self.of_kind(Kind::Request, tallies).flat_map(|(_, key, tally)| failure_rows(key, tally));
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|a, b| {
            b.count.cmp(&a.count).then_with(|| (&a.name, &a.detail).cmp(&(&b.name, &b.detail)))
        });
        rows
    }
}

fn failure_rows<'a>(key: &'a EntryKey, tally: &'a Tally) -> impl Iterator<Item = FailureRow> + 'a {
    tally.failures.iter().map(|(failure, occurrences)| FailureRow {
        method: key.kind.as_str().to_owned(),
        name: key.name.clone(),
        kind: failure.kind,
        detail: failure.detail.clone(),
        count: occurrences.count,
        first_s: Some(occurrences.first.as_secs_f64()),
        last_s: Some(occurrences.last.as_secs_f64()),
    })
}

fn stream_figures(streams: &StreamTally, detail: Detail) -> StreamFigures {
    let of = |histogram| Distribution::of(histogram, detail);
    let by_type = streams.by_type.iter().filter_map(|(kind, histogram)| Some((kind, of(histogram)?)));
    StreamFigures {
        first_event: of(&streams.first_event),
        largest_gap: of(&streams.largest_gap),
        complete: of(&streams.complete),
        done: of(&streams.done),
        by_type: by_type.collect::<BTreeMap<_, _>>(),
    }
}

impl From<&config::Load> for Load {
    fn from(load: &config::Load) -> Self {
        match load {
            config::Load::Closed { users, spawn_rate } => {
                Self::Closed { users: Level::from(users), spawn_rate: Some(*spawn_rate) }
            }
            config::Load::Open { rate, process, max_users } => Self::Open {
                rate: Level::from(rate),
                process: Some((*process).into()),
                max_users: Some(*max_users),
            },
        }
    }
}

impl From<config::ArrivalProcess> for ArrivalProcess {
    fn from(process: config::ArrivalProcess) -> Self {
        match process {
            config::ArrivalProcess::Constant => Self::Constant,
            config::ArrivalProcess::Poisson => Self::Poisson,
        }
    }
}

impl From<connect::ConnectionReuse> for ConnectionReuse {
    fn from(reuse: connect::ConnectionReuse) -> Self {
        match reuse {
            connect::ConnectionReuse::PerUser => Self::PerUser,
            connect::ConnectionReuse::None => Self::None,
            connect::ConnectionReuse::Shared => Self::Shared,
        }
    }
}

impl From<connect::Cookies> for Cookies {
    fn from(cookies: connect::Cookies) -> Self {
        match cookies {
            connect::Cookies::Kept => Self::Kept,
            connect::Cookies::Ignored => Self::Ignored,
        }
    }
}

impl From<connect::Certificates> for Certificates {
    fn from(certificates: connect::Certificates) -> Self {
        match certificates {
            connect::Certificates::Checked => Self::Checked,
            connect::Certificates::Unchecked => Self::Unchecked,
        }
    }
}
