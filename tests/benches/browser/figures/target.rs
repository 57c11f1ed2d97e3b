//! The targets of issue 3, and whether they were reached. What was not measured was not reached either.

use super::cell::Cell;
use super::deviation::{Deviation, Deviations, Tolerance};
use super::load::{LoadResult, LoadWay};
use super::outcome::{Ceiling, CellResult, Duel, Outcome, RelayRound, Results, RouteResult, Side};
use super::views::{Showing, ShowingResult};

/// What the relay may add at p99, in milliseconds.
const RELAY_ADDS_AT_MOST: f64 = 0.3;
/// Of the ideal, of the bare loop, of the page without its live view.
const SHARE_TO_REACH: f64 = 0.95;

/// Requests that a run has to keep every timing entry of.
const LONG_RUN: u64 = 100_000;

/// One line of the table.
#[derive(Debug)]
pub struct Target {
    /// What is to be reached.
    pub figure: String,
    /// The bare loop's figure, where there is one.
    pub bare: String,
    /// Ours.
    pub page: String,
    /// What is enough.
    pub to_reach: String,
    /// Whether it is.
    pub verdict: Verdict,
}

/// Whether a target was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was.
    Reached,
    /// It was not.
    NotReached,
    /// There is no figure to tell by.
    NoData,
    /// Nothing was to be reached: the figure is for comparing with later ones.
    NoTarget,
}

impl Verdict {
    /// For tables.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::NotReached => "not reached",
            Self::NoData => "no data",
            Self::NoTarget => "no target",
        }
    }

    /// For targets' tables: what was not reached stands out.
    pub fn in_table(self) -> String {
        match self {
            Self::NotReached => format!("**{}**", self.label()),
            Self::Reached | Self::NoData | Self::NoTarget => self.label().to_owned(),
        }
    }

    fn of(holds: Option<bool>) -> Self {
        match holds {
            Some(true) => Self::Reached,
            Some(false) => Self::NotReached,
            None => Self::NoData,
        }
    }
}

/// All targets, in the order.
pub fn targets(results: &Results) -> Vec<Target> {
    let mut targets = main_cell(results.cell(Cell::MAIN));
    targets.push(grid(&results.cells));
    targets.push(ceiling(&results.cells));
    targets.push(off_and_said(&results.cells));
    targets.extend(results.rates.iter().flat_map(same_connections));
    targets.extend(results.views.iter().map(live_view));
    targets.push(relay(&results.relay));
    targets.extend(peak(&results.peak));
    targets.push(long(results.long.as_ref()));
    targets.extend(loads(&results.loads));
    targets.extend(showings(&results.showings));
    targets
}

const NO_FIGURE: &str = "–";

fn shown<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| NO_FIGURE.to_owned(), |value| value.to_string())
}

fn main_cell(result: Option<&CellResult>) -> Vec<Target> {
    let mut rows = vec![
        main_error("p50", result, |deviations| deviations.p50),
        main_error("p99", result, |deviations| deviations.p99),
    ];
    let share = |outcome: &Outcome| Some(outcome.rate / Cell::MAIN.ideal_rate()?);
    let page = result.and_then(|result| share(&result.page));
    rows.push(Target {
        figure: "RPS of the ideal at 50 users, 200 ms, after the ramp".to_owned(),
        bare: shown(result.and_then(|result| share(&result.bare)).map(percent)),
        page: shown(page.map(percent)),
        to_reach: format!("≥ {}", percent(SHARE_TO_REACH)),
        verdict: Verdict::of(page.map(|share| share >= SHARE_TO_REACH)),
    });
    rows
}

fn main_error(name: &str, result: Option<&CellResult>, pick: fn(Deviations) -> Deviation) -> Target {
    let page = result.and_then(|result| result.page.deviations()).map(pick);
    let bare = result.and_then(|result| result.bare.deviations()).map(pick);
    Target {
        figure: format!("{name} error at 50 users, 200 ms"),
        bare: shown(bare),
        page: shown(page),
        to_reach: Tolerance::MAIN.to_string(),
        verdict: Verdict::of(page.map(|page| Tolerance::MAIN.admits(page))),
    }
}

/// The worst of all cells: a machine at its limit holds back the rate, not the truth of what the companion measures.
fn grid(cells: &[CellResult]) -> Target {
    let deviations: Vec<(Cell, Deviation)> =
        cells.iter().filter_map(|result| Some((result.cell, worse_of_two(result)?))).collect();
    let worst = deviations
        .iter()
        .copied()
        .reduce(|worst, next| if worst.1.worse(next.1, Tolerance::GRID) == worst.1 { worst } else { next });
    let too_far = deviations.iter().filter(|(_, deviation)| !Tolerance::GRID.admits(*deviation)).count();
    let found = worst.map(|(cell, deviation)| {
        format!("{too_far} of {} cells off; worst {deviation} at {cell}", deviations.len())
    });
    Target {
        figure: format!(
            "p50 and p99 error in {} of {} cells, saturated or not",
            deviations.len(),
            cells.len()
        ),
        bare: NO_FIGURE.to_owned(),
        page: shown(found),
        to_reach: Tolerance::GRID.to_string(),
        verdict: Verdict::of(worst.map(|_| too_far == 0)),
    }
}

fn ceiling(cells: &[CellResult]) -> Target {
    let saturated = cells.iter().filter(|result| result.page.strain.is_saturated());
    said("A limit of the generator said where the machine is saturated", saturated)
}

/// A figure that is wrong is half as bad when the page says so.
fn off_and_said(cells: &[CellResult]) -> Target {
    let is_off = |result: &&CellResult| worse_of_two(result).is_some_and(|off| !Tolerance::GRID.admits(off));
    said("The same where p50 or p99 is off, saturated or not", cells.iter().filter(is_off))
}

fn said<'a>(figure: &str, cells: impl Iterator<Item = &'a CellResult>) -> Target {
    let cells: Vec<_> = cells.collect();
    let said = cells.iter().filter(|result| result.notes.ceiling == Ceiling::Said).count();
    let any = !cells.is_empty();
    Target {
        figure: figure.to_owned(),
        bare: NO_FIGURE.to_owned(),
        page: shown(any.then(|| format!("{said} of {} cells", cells.len()))),
        to_reach: "all".to_owned(),
        verdict: Verdict::of(any.then_some(said == cells.len())),
    }
}

/// Of a cell's p50 and p99, how far the one is off that is off further.
fn worse_of_two(result: &CellResult) -> Option<Deviation> {
    let deviations = result.page.deviations()?;
    Some(deviations.p50.worse(deviations.p99, Tolerance::GRID))
}

/// With up to six users, our page and the bare loop have as many connections as users on any way; so each pair
/// here differs in the generator alone, or, in the last one, in the relay too.
fn same_connections(duel: &Duel) -> Vec<Target> {
    let pairs = [
        (Side::PageDirect, Side::BareTasks, "both straight, one name, same requests"),
        (Side::Page, Side::BareRelayed, "both relayed, a name per user"),
        (Side::Page, Side::BareNames, "a name per user, page relayed, loop straight"),
    ];
    let rows = pairs.into_iter().map(|(page, bare, what)| {
        let ratio = duel.ratio(page, bare);
        Target {
            figure: format!("RPS against the bare loop, instant server, {}: {what}", users(duel)),
            bare: shown(duel.rate(bare).map(rate)),
            page: shown(ratio.zip(duel.rate(page)).map(|(ratio, r)| format!("{ratio:.3} ({})", rate(r)))),
            to_reach: format!("≥ {SHARE_TO_REACH}"),
            verdict: Verdict::of(ratio.map(|ratio| ratio >= SHARE_TO_REACH)),
        }
    });
    rows.collect()
}

fn live_view(duel: &Duel) -> Target {
    let share = duel.ratio(Side::Page, Side::PageViewsOff);
    let rates = duel.rate(Side::Page).zip(duel.rate(Side::PageViewsOff));
    let found = share
        .zip(rates)
        .map(|(share, (on, off))| format!("{} ({} on, {} off)", percent(share), rate(on), rate(off)));
    Target {
        figure: format!("RPS with charts and tables on, of that with them off, {}", users(duel)),
        bare: NO_FIGURE.to_owned(),
        page: shown(found),
        to_reach: format!("≥ {}", percent(SHARE_TO_REACH)),
        verdict: Verdict::of(share.map(|share| share >= SHARE_TO_REACH)),
    }
}

fn relay(rounds: &[RelayRound]) -> Target {
    let added = RelayRound::added(rounds);
    Target {
        figure: "What the relay itself adds at p99, at 200 RPS".to_owned(),
        bare: NO_FIGURE.to_owned(),
        page: shown(added.map(|(p50, p99)| format!("{p99:.3} ms (p50 {p50:.3} ms)"))),
        to_reach: format!("< {RELAY_ADDS_AT_MOST} ms"),
        verdict: Verdict::of(added.map(|(_, p99)| p99 < RELAY_ADDS_AT_MOST)),
    }
}

fn peak(routes: &[RouteResult]) -> [Target; 2] {
    let worst = routes.iter().filter_map(|route| {
        let deviations = route.deviations()?;
        let worst =
            deviations.p50.worse(deviations.p95, Tolerance::GRID).worse(deviations.p99, Tolerance::GRID);
        Some((&route.route, worst))
    });
    let off = worst.clone().filter(|(_, worst)| !Tolerance::GRID.admits(*worst)).count();
    let furthest = worst.reduce(|a, b| if a.1.worse(b.1, Tolerance::GRID) == a.1 { a } else { b });
    let counted: u64 = routes.iter().map(|route| route.counted).sum();
    let lost = routes.iter().filter(|route| !route.reconciles()).count();
    let any = !routes.is_empty();
    [
        Target {
            figure: "p50, p95 and p99 of each route, preset Peak for a minute, stub --speed t2-micro"
                .to_owned(),
            bare: NO_FIGURE.to_owned(),
            page: shown(furthest.map(|(route, worst)| {
                format!("{off} of {} routes off; worst {worst} at {route}", routes.len())
            })),
            to_reach: Tolerance::GRID.to_string(),
            verdict: Verdict::of(any.then_some(off == 0)),
        },
        Target {
            figure: "Requests accounted for in it, on both sides".to_owned(),
            bare: NO_FIGURE.to_owned(),
            page: shown(any.then(|| format!("{counted} requests; {lost} routes differ"))),
            to_reach: "all".to_owned(),
            verdict: Verdict::of(any.then_some(lost == 0)),
        },
    ]
}

fn long(result: Option<&CellResult>) -> Target {
    let kept = |result: &CellResult| {
        result.page.counted >= LONG_RUN
            && result.page.counted == result.page.answered
            && result.notes.page_clock + result.notes.unrecorded == 0
    };
    Target {
        figure: "Requests timed by the companion in one long run".to_owned(),
        bare: NO_FIGURE.to_owned(),
        page: shown(result.map(|result| {
            let timed = result.page.counted - result.notes.page_clock - result.notes.unrecorded;
            format!("{timed} of {} (the server answered {})", result.page.counted, result.page.answered)
        })),
        to_reach: format!("all of {LONG_RUN}"),
        verdict: Verdict::of(result.map(kept)),
    }
}

fn loads(results: &[LoadResult]) -> Vec<Target> {
    let judged = LoadWay::ALL.into_iter().filter_map(|way| Some((way, way.limit_ms()?)));
    let rows = judged.map(|(way, limit)| {
        let found = results.iter().find(|result| result.way == way).and_then(LoadResult::median_ms);
        Target {
            figure: format!("Until the page can be used, {}", way.label()),
            bare: NO_FIGURE.to_owned(),
            page: shown(found.map(|ms| format!("{ms:.0} ms"))),
            to_reach: format!("≤ {limit:.0} ms"),
            verdict: Verdict::of(found.map(|ms| ms <= limit)),
        }
    });
    rows.collect()
}

fn showings(results: &[ShowingResult]) -> Vec<Target> {
    let rows = Showing::ALL.into_iter().map(|showing| {
        let found =
            results.iter().find(|result| result.showing == showing).and_then(ShowingResult::median_ms);
        Target {
            figure: format!("Until shown: {}", showing.label()),
            bare: NO_FIGURE.to_owned(),
            page: shown(found.map(|ms| format!("{ms:.0} ms"))),
            to_reach: format!("< {:.0} ms", showing.limit_ms()),
            verdict: Verdict::of(found.map(|ms| ms < showing.limit_ms())),
        }
    });
    rows.collect()
}

fn users(duel: &Duel) -> String {
    if duel.users == 1 { "1 user".to_owned() } else { format!("{} users", duel.users) }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn rate(per_second: f64) -> String {
    format!("{per_second:.0}/s")
}

#[cfg(test)]
mod tests {
    use super::super::cell::Delay;
    use super::super::load::Load;
    use super::super::outcome::{PageNotes, Round, Strain};
    use super::super::quantiles::Quantiles;
    use super::*;

    const ALL_FLAT: fn(f64) -> Option<Quantiles> = |ms| Some(Quantiles { p50: ms, p95: ms, p99: ms });

    fn outcome(rate: f64, measured: f64, machine: f64) -> Outcome {
        let strain = Strain { machine, ..Strain::default() };
        Outcome {
            rate,
            answered: 9,
            counted: 9,
            connections: 9,
            preflights: 0,
            truth: ALL_FLAT(200.0),
            measured: ALL_FLAT(measured),
            strain,
        }
    }

    fn result(cell: Cell, measured: f64, machine: f64, ceiling: Ceiling) -> CellResult {
        let notes = PageNotes {
            corrected: None,
            queue: None,
            seen_by_page: None,
            unrecorded: 0,
            page_clock: 0,
            failures: 0,
            suspect_seconds: 0,
            ceiling,
        };
        let (page, bare) = (outcome(240.0, measured, machine), outcome(30.0, 1600.0, 0.5));
        CellResult { cell, page, notes, bare }
    }

    fn verdicts(results: &Results) -> Vec<Verdict> {
        targets(results).iter().map(|target| target.verdict).collect()
    }

    #[test]
    fn what_was_not_measured_has_no_verdict() {
        assert_eq!(verdicts(&Results::default()), [Verdict::NoData; 16]);
    }

    #[test]
    fn the_main_cell_is_judged_by_its_own_tolerance() {
        use Verdict::*;
        let of = |measured| {
            let cells = vec![result(Cell::MAIN, measured, 0.5, Ceiling::NotSaid)];
            verdicts(&Results { cells, ..Results::default() })
        };
        assert_eq!(of(203.0)[..4], [Reached; 4]);
        assert_eq!(of(204.5)[..4], [NotReached, NotReached, Reached, Reached], "2.25 % and 4.5 ms");
        assert_eq!(of(300.0)[..4], [NotReached, NotReached, Reached, NotReached]);
    }

    #[test]
    fn a_saturated_cell_is_judged_too_and_has_to_say_so() {
        let busy = Cell { delay: Delay::NONE, users: 200 };
        for (ceiling, verdict) in [(Ceiling::Said, Verdict::Reached), (Ceiling::NotSaid, Verdict::NotReached)]
        {
            let cells =
                vec![result(Cell::MAIN, 201.0, 0.5, Ceiling::NotSaid), result(busy, 900.0, 0.99, ceiling)];
            let verdicts = verdicts(&Results { cells, ..Results::default() });
            assert_eq!(verdicts[3..5], [Verdict::NotReached, verdict]);
        }
    }

    #[test]
    fn a_route_with_a_lost_request_is_no_peak_that_reconciles() {
        let route = |answered| RouteResult {
            route: "GET /".to_owned(),
            sent: 5,
            counted: 5,
            answered,
            truth: ALL_FLAT(100.0),
            measured: ALL_FLAT(102.0),
        };
        let of = |routes| verdicts(&Results { peak: routes, ..Results::default() })[7..9].to_vec();
        assert_eq!(of(vec![route(5)]), [Verdict::Reached; 2]);
        assert_eq!(of(vec![route(5), route(6)]), [Verdict::Reached, Verdict::NotReached]);
        let far = RouteResult { measured: ALL_FLAT(106.0), ..route(5) };
        assert_eq!(of(vec![far]), [Verdict::NotReached, Verdict::Reached]);
    }

    #[test]
    fn the_median_loading_is_judged_by_the_limit_of_its_way() {
        let rounds = |times: [f64; 3]| {
            times.map(|interactive_ms| Load { interactive_ms, received_bytes: 400_000.0 }).to_vec()
        };
        let loads = vec![
            LoadResult { way: LoadWay::Companion, rounds: rounds([900.0, 480.0, 450.0]) },
            LoadResult { way: LoadWay::CompanionAgain, rounds: rounds([9_000.0; 3]) },
            LoadResult { way: LoadWay::SlowLink, rounds: rounds([2_501.0, 2_600.0, 2_400.0]) },
        ];
        let verdicts = verdicts(&Results { loads, ..Results::default() });
        assert_eq!(verdicts[10..12], [Verdict::Reached, Verdict::NotReached]);
    }

    #[test]
    fn the_median_showing_is_judged_by_its_own_limit() {
        let of = |showing, rounds: [f64; 3]| ShowingResult { showing, rounds: rounds.to_vec() };
        let showings = vec![
            of(Showing::TenMinutes, [500.0, 199.0, 150.0]),
            of(Showing::Brush, [50.0, 50.0, 9.0]),
            of(Showing::Library, [100.0; 3]),
        ];
        let verdicts = verdicts(&Results { showings, ..Results::default() });
        let expected = [Verdict::Reached, Verdict::NoData, Verdict::NotReached, Verdict::Reached];
        assert_eq!(verdicts[12..], expected);
    }

    #[test]
    fn rates_are_compared_pair_by_pair() {
        let round = |rate| vec![Round::of_rate(rate)];
        let sides = [(Side::Page, 480.0), (Side::BareRelayed, 500.0), (Side::BareNames, 600.0)];
        let sides = sides.map(|(side, rate)| (side, round(rate))).to_vec();
        let views = vec![(Side::Page, round(94.0)), (Side::PageViewsOff, round(100.0))];
        let duel = |users, sides| vec![Duel { users, sides }];
        let results = Results { rates: duel(6, sides), views: duel(50, views), ..Results::default() };
        use Verdict::*;
        assert_eq!(verdicts(&results)[6..10], [NoData, Reached, NotReached, NotReached]);
    }
}
