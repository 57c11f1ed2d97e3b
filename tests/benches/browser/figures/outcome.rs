//! What was measured: of a cell, of several ways at the same load, of the relay alone.

use super::quantiles::Quantiles;

use super::cell::Cell;
use super::deviation::Deviations;
use super::load::LoadResult;
use super::views::ShowingResult;

/// From this share of all processors' time on, the machine is the limit and not what runs on it.
const SATURATED: f64 = 0.85;

/// Everything one run of the benchmark found; parts that were not run are empty.
#[derive(Debug, Default)]
pub struct Results {
    /// The grid.
    pub cells: Vec<CellResult>,
    /// Request rates of the page and of the bare loop on an instant server.
    pub rates: Vec<Duel>,
    /// Request rates of the page with and without its live view.
    pub views: Vec<Duel>,
    /// The relay against no relay, a round each.
    pub relay: Vec<RelayRound>,
    /// How soon the page can be used, way by way.
    pub loads: Vec<LoadResult>,
    pub showings: Vec<ShowingResult>,
    /// The preset `Peak` against the stub, route by route.
    pub peak: Vec<RouteResult>,
    /// The long run, if it was made.
    pub long: Option<CellResult>,
}

impl Results {
    /// The cell, if it was run.
    pub fn cell(&self, cell: Cell) -> Option<&CellResult> {
        self.cells.iter().find(|result| result.cell == cell)
    }
}

/// Both generators in one cell.
#[derive(Debug)]
pub struct CellResult {
    /// Which one.
    pub cell: Cell,
    /// Our page, each user under a name of its own, through the companion.
    pub page: Outcome,
    /// What only our page says.
    pub notes: PageNotes,
    /// The bare loop, all users under one name, straight to the server.
    pub bare: Outcome,
}

/// What one load generator did, and what the server says of the same requests.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Requests per second after the ramp, counted by the server.
    pub rate: f64,
    /// Requests that the server answered, over the whole run.
    pub answered: u64,
    /// Requests that the generator counted, over the whole run.
    pub counted: u64,
    /// Connections that the server was opened, by the companion for our page.
    pub connections: u64,
    /// Preflights that reached the server; they are no requests.
    pub preflights: u64,
    /// The server's own delays in milliseconds.
    pub truth: Option<Quantiles>,
    /// The generator's latencies in milliseconds.
    pub measured: Option<Quantiles>,
    /// What it took.
    pub strain: Strain,
}

impl Outcome {
    /// How far off its latencies are; `None` without any.
    pub fn deviations(&self) -> Option<Deviations> {
        Some(Deviations::of(self.measured.as_ref()?, self.truth.as_ref()?))
    }
}

/// One route of the stub's: what it says of itself, and what our page says.
#[derive(Clone, Debug)]
pub struct RouteResult {
    /// Method and name.
    pub route: String,
    /// Requests that the page sent.
    pub sent: u64,
    /// Of these, how many it saw the end of.
    pub counted: u64,
    /// Requests that the stub answered.
    pub answered: u64,
    /// Head read to last byte handed over, in milliseconds.
    pub truth: Option<Quantiles>,
    /// The page's latency, in milliseconds.
    pub measured: Option<Quantiles>,
}

impl RouteResult {
    /// How far off the page is; `None` without any request.
    pub fn deviations(&self) -> Option<Deviations> {
        Some(Deviations::of(self.measured.as_ref()?, self.truth.as_ref()?))
    }

    /// Whether no request is lost on either side.
    pub const fn reconciles(&self) -> bool {
        self.sent == self.counted && self.counted == self.answered
    }
}

/// Processor time after the ramp.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Strain {
    /// All Chromium's processes, in processors: 1 is one processor all the time.
    pub browser: f64,
    /// The benchmark's own process: server, companion, clients; likewise.
    pub bench: f64,
    /// Everything else on the machine, the system's own work included; likewise.
    pub others: f64,
    /// The machine's share of busy time, in [0, 1].
    pub machine: f64,
}

impl Strain {
    /// Whether the machine itself was the limit.
    pub fn is_saturated(self) -> bool {
        self.machine > SATURATED
    }
}

/// What our page says beyond latencies.
#[derive(Clone, Debug)]
pub struct PageNotes {
    /// Scheduled start → last byte, in milliseconds.
    pub corrected: Option<Quantiles>,
    /// Ready → sent, in milliseconds.
    pub queue: Option<Quantiles>,
    /// Sent → last byte as the page saw it, in milliseconds.
    pub seen_by_page: Option<Quantiles>,
    /// Requests without a record from the companion.
    pub unrecorded: u64,
    /// Requests timed by the page's clock.
    pub page_clock: u64,
    /// Requests that failed.
    pub failures: u64,
    /// Seconds marked as suspect.
    pub suspect_seconds: u64,
    /// Whether it says that its ceiling was reached.
    pub ceiling: Ceiling,
}

/// Whether a report says that the browser and not the host was the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceiling {
    /// In plain words.
    Said,
    /// Not at all.
    NotSaid,
}

impl Ceiling {
    /// From a report's text.
    pub fn of(report: &str) -> Self {
        let text = report.to_lowercase().replace('_', " ");
        let is_said = ["ceiling reached", "held up"].iter().any(|words| text.contains(words));
        if is_said { Self::Said } else { Self::NotSaid }
    }
}

/// A load generator and its way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Our page: a name per user, through the companion.
    Page,
    /// The same with charts and tables off.
    PageViewsOff,
    /// Our page straight to the server: one name, six connections.
    PageDirect,
    /// The bare loop straight to the server: one name, six connections.
    Bare,
    /// The same with the very requests of our page, whose headers make the browser ask for leave each time.
    BareTasks,
    /// The bare loop straight to the server, a name per user.
    BareNames,
    /// The bare loop with our page's own addresses: a name per user, through the companion.
    BareRelayed,
}

impl Side {
    /// For tables.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::PageViewsOff => "page, views off",
            Self::PageDirect => "page, direct",
            Self::Bare => "bare",
            Self::BareTasks => "bare, our page's requests",
            Self::BareNames => "bare, name per user",
            Self::BareRelayed => "bare, name per user, relayed",
        }
    }
}

/// Request rates of several sides on an instant server, taken in turns: A B A B.
#[derive(Debug)]
pub struct Duel {
    /// How many users.
    pub users: u32,
    /// Each side's figures, a round each.
    pub sides: Vec<(Side, Vec<Round>)>,
}

/// One side's turn.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// Requests per second.
    pub rate: f64,
    /// What a request took of the browser's processor time, in milliseconds. It depends far less than the rate on
    /// what else the machine does.
    pub browser_ms: f64,
    /// Connections that the server was opened.
    pub connections: u64,
    /// Preflights that reached the server.
    pub preflights: u64,
}

impl From<&Outcome> for Round {
    fn from(outcome: &Outcome) -> Self {
        let Outcome { rate, connections, preflights, strain, .. } = *outcome;
        Self { rate, browser_ms: strain.browser / rate * 1e3, connections, preflights }
    }
}

impl Duel {
    /// A side's median rate; `None` if it was not run.
    pub fn rate(&self, side: Side) -> Option<f64> {
        median_of(self.rounds(side)?, |round| round.rate)
    }

    /// One side's rate by another's, round by round, and of these the median: what slows the whole machine for a
    /// while slows both sides of a round.
    pub fn ratio(&self, side: Side, to: Side) -> Option<f64> {
        let pairs: Vec<_> = self.rounds(side)?.iter().zip(self.rounds(to)?).collect();
        median_of(&pairs, |(round, other)| round.rate / other.rate)
    }

    fn rounds(&self, side: Side) -> Option<&[Round]> {
        self.sides.iter().find(|(known, _)| *known == side).map(|(_, rounds)| rounds.as_slice())
    }
}

/// The median of one figure of several.
pub fn median_of<T>(values: &[T], figure: impl Fn(&T) -> f64) -> Option<f64> {
    median(&values.iter().map(figure).collect::<Vec<_>>())
}

/// One round of the relay's own cost, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct RelayRound {
    /// Straight to the server.
    pub straight: Quantiles,
    /// Through the companion.
    pub relayed: Quantiles,
}

impl RelayRound {
    /// What the relay adds at p50 and at p99: the median over the rounds.
    pub fn added(rounds: &[Self]) -> Option<(f64, f64)> {
        let added =
            |at: fn(&Quantiles) -> f64| median_of(rounds, |round| at(&round.relayed) - at(&round.straight));
        Some((added(|quantiles| quantiles.p50)?, added(|quantiles| quantiles.p99)?))
    }
}

/// The middle value, or the mean of the two in the middle; `None` of nothing.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    Some(if sorted.len() % 2 == 1 { upper } else { f64::midpoint(sorted[middle - 1], upper) })
}

#[cfg(test)]
impl Round {
    /// A turn with this rate, for tests in which nothing else matters.
    pub fn of_rate(rate: f64) -> Self {
        Self { rate, browser_ms: 2.0, connections: 6, preflights: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 9.0]), Some(3.0));
        assert_eq!(median(&[3.0, 1.0, 9.0, 5.0]), Some(4.0));
    }

    #[test]
    fn a_slow_round_slows_both_sides() {
        let rounds = |rates: [f64; 3]| rates.map(Round::of_rate).to_vec();
        let sides =
            vec![(Side::Page, rounds([500.0, 240.0, 480.0])), (Side::Bare, rounds([500.0, 250.0, 500.0]))];
        let duel = Duel { users: 6, sides };
        assert_eq!(duel.ratio(Side::Page, Side::Bare), Some(0.96));
        assert_eq!(duel.rate(Side::Page), Some(480.0));
        assert_eq!(duel.ratio(Side::Page, Side::PageDirect), None);
    }

    #[test]
    fn what_the_relay_adds_is_the_median_of_the_rounds() {
        let round = |straight, relayed| {
            let flat = |value| Quantiles { p50: value, p95: value, p99: 2.0 * value };
            RelayRound { straight: flat(straight), relayed: flat(relayed) }
        };
        let rounds = [round(1.0, 1.5), round(1.0, 9.0), round(2.0, 2.25)];
        assert_eq!(RelayRound::added(&rounds), Some((0.5, 1.0)));
        assert_eq!(RelayRound::added(&[]), None);
    }

    #[test]
    fn the_ceiling_is_said_in_words() {
        assert_eq!(Ceiling::of(r#"{"notes": ["Ceiling reached: …"]}"#), Ceiling::Said);
        assert_eq!(Ceiling::of(r#"{"reasons": {"ceiling_reached": 3}}"#), Ceiling::Said);
        assert_eq!(Ceiling::of(r#"{"notes": [{"kind": "held_up"}]}"#), Ceiling::Said);
        assert_eq!(Ceiling::of("{}"), Ceiling::NotSaid);
    }
}
