//! `make bench-browser`: how true and how fast our page is, beside a bare `fetch` loop in the same browser.
//!
//! | file | what lives there |
//! |---|---|
//! | `server.rs` | the server of known delay |
//! | `drive.rs`, `window.rs`, `companion.rs` | one load by either generator, and what is seen of it from outside |
//! | `relay.rs` | the relay's own cost |
//! | `load.rs` | how soon the page can be used |
//! | `views.rs` | how quickly reports are shown |
//! | `peak.rs` | the preset `Peak`, route by route |
//! | `figures/` | all arithmetic, words and tables, with tests |
//!
//! Prints as it goes, and writes tests/benches/RESULTS.md. Talks to loopback only.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark may stop at a surprise, and prints"
)]

#[allow(dead_code, reason = "the end-to-end tests use the rest")]
#[path = "../../support/chromium/mod.rs"]
mod chromium;
mod companion;
mod drive;
mod figures;
mod load;
#[path = "../../support/long_report.rs"]
mod long_report;
mod machine;
mod options;
mod peak;
mod relay;
mod results;
mod server;
#[path = "../../support/sim_report.rs"]
mod sim_report;
mod views;
mod window;

use std::time::Duration;

use clap::Parser as _;
use oddiya_load::core::http::relay::relay_url;

use drive::World;
use figures::cell::{Cell, Delay};
use figures::markdown::{self, CELLS, DUELS, LOADS, NOTES, RELAY, ROUTES, SHOWINGS, TARGETS};
use figures::outcome::{CellResult, Duel, Results, Side};
use figures::target::targets;
use options::{Options, Part};

/// The relay is measured with and without for this long each, a round.
const RELAY_LASTS: Duration = Duration::from_secs(10);
const RELAY_LASTS_QUICK: Duration = Duration::from_secs(3);

/// Where the browser reaches its highest rate, several hundred requests a second.
const LONG_CELL: Cell = Cell { delay: Delay::NONE, users: 6 };
const LONG_LASTS: Duration = Duration::from_secs(160);

fn main() {
    let options = Options::parse();
    // Each of the browser's sockets is three here: the companion's two ends and the server's.
    let _ = rlimit::increase_nofile_limit(4_096);
    println!("{}\n{}\n", results::machine_and_browser(), machine::now());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let results = runtime.block_on(measure(&options));
    println!("\n{}", markdown::head(&TARGETS));
    targets(&results).iter().for_each(|target| println!("{}", markdown::target_line(target)));
    if let Some(file) = options.out() {
        results::write(&file, &results);
        println!("\nWritten to {}", file.display());
    }
}

async fn measure(options: &Options) -> Results {
    let world = World::start();
    let mut results = Results::default();
    let (lasts, rounds) = (Duration::from_secs(options.secs()), options.rounds());
    if options.has(Part::Relay) {
        measure_relay(&world, options, &mut results);
    }
    if options.has(Part::Load) {
        println!("\nUntil the page can be used\n\n{}", markdown::head(&LOADS));
        results.loads = load::measure(&world, rounds).await;
        results.loads.iter().for_each(|load| println!("{}", markdown::load_line(load)));
    }
    if options.has(Part::Reports) {
        println!("\nUntil reports are shown\n\n{}", markdown::head(&SHOWINGS));
        results.showings = views::measure(&world, rounds).await;
        results.showings.iter().for_each(|showing| println!("{}", markdown::showing_line(showing)));
    }
    if options.has(Part::Rates) {
        println!("\nRates on an instant server, in turns\n\n{}", markdown::head(&DUELS));
        let straight = [Side::Bare, Side::BareTasks, Side::PageDirect];
        let sides = [straight, [Side::BareNames, Side::BareRelayed, Side::Page]].concat();
        for users in [1, 6] {
            results.rates.push(duel(&world, users, &sides, lasts, rounds).await);
        }
    }
    if options.has(Part::Views) {
        println!("\nThe live view's cost, in turns\n\n{}", markdown::head(&DUELS));
        for users in [6, 50] {
            let sides = [Side::Page, Side::PageViewsOff];
            results.views.push(duel(&world, users, &sides, lasts, rounds).await);
        }
    }
    if options.has(Part::Grid) {
        measure_grid(&world, options, lasts, &mut results).await;
    }
    if options.has(Part::Peak) {
        println!(
            "\nThe preset Peak for a minute, the stub as slow as a t2.micro\n\n{}",
            markdown::head(&ROUTES)
        );
        results.peak = peak::run(world.page_folder()).await;
        results.peak.iter().for_each(|route| println!("{}", markdown::route_line(route)));
    }
    if options.has(Part::Long) && !options.quick {
        println!("\nA hundred thousand requests in one run\n\n{}", markdown::head(&CELLS));
        results.long = Some(measure_cell(&world, LONG_CELL, LONG_LASTS).await);
    }
    results
}

/// Blocks this thread, which has nothing else to do: server and companion have threads of their own.
fn measure_relay(world: &World, options: &Options, results: &mut Results) {
    println!("\nThe relay alone, 200 requests a second\n\n{}", markdown::head(&RELAY));
    let (server, companion) = (&world.server, world.companion());
    server.reset(Delay::NONE);
    let url = relay_url("", &companion.token, "-", "/actuator/health");
    let path = url.trim_start_matches("http://").to_owned();
    let relayed = relay::Way { port: companion.port, path };
    let straight = relay::Way { port: server.port, path: "/actuator/health".to_owned() };
    let lasts = if options.quick { RELAY_LASTS_QUICK } else { RELAY_LASTS };
    for number in 1..=options.rounds() {
        let round = relay::round(&straight, &relayed, lasts);
        println!("{}", markdown::relay_line(number, &round));
        results.relay.push(round);
    }
}

async fn duel(world: &World, users: u32, sides: &[Side], lasts: Duration, rounds: usize) -> Duel {
    let mut duel = Duel { users, sides: sides.iter().map(|side| (*side, Vec::new())).collect() };
    for _ in 0..rounds {
        for (side, turns) in &mut duel.sides {
            turns.push(world.turn(*side, users, lasts).await);
        }
    }
    markdown::duel_lines(&duel).iter().for_each(|line| println!("{line}"));
    duel
}

async fn measure_cell(world: &World, cell: Cell, lasts: Duration) -> CellResult {
    let bare = world.bare(Side::Bare, cell, lasts).await;
    let run = world.page(Side::Page, cell, lasts).await;
    let result = CellResult { cell, page: run.outcome, notes: run.notes, bare };
    markdown::cell_lines(&result).iter().for_each(|line| println!("{line}"));
    result
}

async fn measure_grid(world: &World, options: &Options, lasts: Duration, results: &mut Results) {
    println!("\nThe grid\n\n{}", markdown::head(&CELLS));
    for cell in options.cells() {
        results.cells.push(measure_cell(world, cell, lasts).await);
    }
    println!("\nWhat only our page says\n\n{}", markdown::head(&NOTES));
    results.cells.iter().for_each(|result| println!("{}", markdown::notes_line(result.cell, &result.notes)));
}
