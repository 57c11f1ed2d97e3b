//! The two groups of reports that a comparison is asked for: `#/compare?base=ID,ID&new=ID,ID`.

use super::Records;
use super::edit::baseline_of;
use super::id::ReportId;
use super::list::Listed;

/// The reports on either side of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    pub base: Vec<ReportId>,
    pub new: Vec<ReportId>,
}

impl Sides {
    /// Reads the part of an address after `#/compare`. What is no id is left out.
    pub fn at(fragment: &str) -> Self {
        let mut sides = Self::default();
        let query = fragment.split_once('?').map_or("", |(_, query)| query);
        for (name, ids) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let ids = ids.split(',').filter_map(|id| id.parse::<ReportId>().ok());
            match name {
                "base" => sides.base.extend(ids),
                "new" => sides.new.extend(ids),
                _ => {}
            }
        }
        sides
    }

    /// The page's address for this comparison, from `#` on.
    pub fn fragment(&self) -> String {
        let ids = |ids: &[ReportId]| ids.iter().map(ReportId::to_string).collect::<Vec<_>>().join(",");
        format!("#/compare?base={}&new={}", ids(&self.base), ids(&self.new))
    }

    /// How chosen reports are divided, to begin with: what is marked as a baseline is the base, and everything else is
    /// compared with it. Without a mark, the longest pause between two runs divides them, because the runs of a group are
    /// made one after the other. One report alone stands against the baseline of its scenario.
    pub fn of(chosen: &[Listed], kept: &Records) -> Self {
        if let [only] = chosen {
            let scenario = only.record.summary.scenario.as_deref();
            let baseline = baseline_of(kept, scenario).filter(|id| *id != only.id);
            return Self { base: baseline.into_iter().collect(), new: vec![only.id] };
        }
        let mut in_time: Vec<&Listed> = chosen.iter().collect();
        in_time.sort_by_key(|report| (report.record.moment_ms(report.id), report.id));
        let (marked, others): (Vec<_>, Vec<_>) =
            in_time.iter().copied().partition(|report| report.record.is_baseline);
        let (base, new) =
            if marked.is_empty() || others.is_empty() { split(&in_time) } else { (marked, others) };
        let ids = |side: Vec<&Listed>| side.into_iter().map(|report| report.id).collect();
        Self { base: ids(base), new: ids(new) }
    }
}

/// Divides reports, in the order of time, at the longest pause; the later of two equal ones.
fn split<'a>(in_time: &[&'a Listed]) -> (Vec<&'a Listed>, Vec<&'a Listed>) {
    let moment = |report: &Listed| report.record.moment_ms(report.id).unwrap_or_default();
    let pauses = in_time.iter().zip(in_time.iter().skip(1)).map(|(a, b)| moment(b).saturating_sub(moment(a)));
    let longest = pauses.enumerate().max_by_key(|(_, pause)| *pause);
    let (base, new) = in_time.split_at(longest.map_or(0, |(at, _)| at + 1));
    (base.to_vec(), new.to_vec())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::list::Place;
    use super::super::record::{Origin, Record};
    use super::super::summary::Summary;
    use super::*;

    fn run(ms: u64) -> Listed {
        let record = Record::new(Origin::Run, Summary::default(), 1);
        Listed { id: ReportId::kept_at(ms, 0), record: Arc::new(record), place: Place::Kept }
    }

    fn marked(ms: u64) -> Listed {
        let run = run(ms);
        Listed { record: Arc::new(Record { is_baseline: true, ..(*run.record).clone() }), ..run }
    }

    fn ids(moments: &[u64]) -> Vec<ReportId> {
        moments.iter().map(|ms| ReportId::kept_at(*ms, 0)).collect()
    }

    #[test]
    fn the_sides_are_read_back_from_their_address() {
        let sides = Sides { base: ids(&[1, 2]), new: ids(&[3]) };
        assert_eq!(Sides::at(&sides.fragment()), sides);
        assert_eq!(Sides::at("#/compare"), Sides::default());
        assert_eq!(
            Sides::at("#/compare?base=1,,!&old=2&new"),
            Sides { base: vec!["1".parse().unwrap()], new: vec![] }
        );
    }

    #[test]
    fn a_baseline_is_the_base_and_without_one_the_longest_pause_divides() {
        let none = Records::new();
        let sides = Sides::of(&[run(900), marked(800), run(100)], &none);
        assert_eq!((sides.base, sides.new), (ids(&[800]), ids(&[100, 900])));
        let sides = Sides::of(&[run(920), run(100), run(130), run(900)], &none);
        assert_eq!((sides.base, sides.new), (ids(&[100, 130]), ids(&[900, 920])));
        let sides = Sides::of(&[marked(200), marked(100)], &none);
        assert_eq!((sides.base, sides.new), (ids(&[100]), ids(&[200])));
    }

    #[test]
    fn one_report_stands_against_the_baseline_of_its_scenario() {
        let kept: Records = [marked(5), run(9)].map(|run| (run.id, (*run.record).clone())).into();
        let sides = Sides::of(&[run(9)], &kept);
        assert_eq!((sides.base, sides.new), (ids(&[5]), ids(&[9])));
        let sides = Sides::of(&[marked(5)], &kept);
        assert_eq!((sides.base, sides.new), (vec![], ids(&[5])), "not against itself");
    }
}
