//! What this page can do at its best, measured against its own companion in about a second before each run.
//!
//! One user after the other for the floor of latency, six at a time for the ceiling of the rate. The answers cost
//! the companion next to nothing, so what is measured is the browser.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::join_all;

use super::lane::FetchLane;
use super::route::Route;
use crate::core::base::histogram::Histogram;
use crate::core::base::units::Micros;
use crate::core::report::Calibration;

/// How long the floor is looked for.
const FLOOR_SPAN: Micros = Micros::from_millis(300);
/// How long the ceiling is looked for.
const CEILING_SPAN: Micros = Micros::from_millis(600);
/// As many users as a browser gives connections to one host name.
const USERS: u32 = 6;
/// Fewer answers than this are no measurement.
const ENOUGH: u64 = 10;
/// How long a slow machine is given to come to as many.
const PATIENCE: Micros = Micros::from_millis(3_000);

/// Measures; `None` without a companion, or when it does not answer.
pub async fn calibrate(route: &Rc<Route>) -> Option<Calibration> {
    let mut floor = Histogram::new();
    let mut lane = FetchLane::new(Rc::clone(route), 0);
    let began = route.now();
    while goes_on(route.now().saturating_sub(began), FLOOR_SPAN, floor.count()) {
        floor.record(lane.floor().await?);
    }
    let began = route.now();
    let answers = Rc::new(Cell::new(0_u64));
    join_all((0..USERS).map(|user| hurry(Rc::clone(route), user, began, Rc::clone(&answers)))).await;
    let took = route.now().saturating_sub(began).as_secs_f64();
    let at = |quantile| floor.quantile(quantile).map(Micros::as_millis_f64);
    (floor.count() >= ENOUGH && answers.get() >= ENOUGH).then_some(Calibration {
        floor_p50_ms: at(0.5)?,
        floor_p99_ms: at(0.99)?,
        ceiling_rps: (answers.get() as f64 / took).round(),
    })
}

/// One user who sends without thinking between requests.
async fn hurry(route: Rc<Route>, user: u32, began: Micros, answers: Rc<Cell<u64>>) {
    let mut lane = FetchLane::new(Rc::clone(&route), user);
    let is_on = || goes_on(route.now().saturating_sub(began), CEILING_SPAN, answers.get());
    while is_on() && lane.floor().await.is_some() {
        answers.set(answers.get() + 1);
    }
}

/// Whether a measurement of this span goes on after so long, with so many answers.
fn goes_on(since: Micros, span: Micros, answers: u64) -> bool {
    since < span || (answers < ENOUGH && since < PATIENCE)
}
