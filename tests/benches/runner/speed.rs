//! How fast ours is beside wrk and oha on one core, and what a second core adds.

use crate::figures::median;
use crate::found::{Found, table};
use crate::generators::{Cores, Ran, at_full_speed, oha, wrk};
use crate::hosts::Nginx;
use crate::shared::markdown::{self, Columns};

const OF_WRK: f64 = 0.95;

const ROUNDS: Columns<6> =
    [("round", 5), ("wrk/s", 8), ("oha/s", 8), ("ours/s", 8), ("ours / wrk", 10), ("ours / oha", 10)];
const SHARDS: Columns<4> = [
    ("shards", 6),
    ("requests/s, median", 18),
    ("cores that ours took", 20),
    ("requests/s of each round", 40),
];

/// Requests per second of each.
struct Round {
    wrk: f64,
    oha: f64,
    ours: f64,
}

/// All three in turns, once more to warm up, which is not counted.
pub fn one_core(rounds: usize, secs: u64) -> Found {
    let nginx = Nginx::start(Cores::Host);
    let mut found = counted_alike(&nginx);
    let url = nginx.url() + "/actuator/health";
    let turn = |number: usize| {
        let ours = || at_full_speed(&nginx.url(), Cores::Generator, secs, "--shards 1").report.total.rps;
        let round = Round { wrk: wrk(&url, secs), oha: oha(&url, secs), ours: ours() };
        let line = line(number, &round);
        println!("{line}");
        (round, line)
    };
    turn(0);
    let (rounds, lines): (Vec<Round>, Vec<String>) = (1..=rounds).map(turn).unzip();
    let of_wrk = median(rounds.iter().map(|round| round.ours / round.wrk)).unwrap();
    let of_oha = median(rounds.iter().map(|round| round.ours / round.oha)).unwrap();
    let figure =
        |other| format!("Requests/s on one core by those of {other}, median of {} rounds", rounds.len());
    found.target(figure("wrk"), format!("{of_wrk:.3}"), &format!("≥ {OF_WRK}"), of_wrk >= OF_WRK);
    found.target(figure("oha"), format!("{of_oha:.3}"), "> 1", of_oha > 1.0);
    found.details.push(format!("### Speed on one core\n\n{}", table(&ROUNDS, lines.into_iter())));
    found
}

/// That our count is the host's: without it, a rate says nothing.
fn counted_alike(nginx: &Nginx) -> Found {
    let before = nginx.requests();
    let ours = at_full_speed(&nginx.url(), Cores::Generator, 1, "--shards 1").report.total.sent.unwrap();
    // Its second answer counts itself.
    let theirs = nginx.requests() - before - 1;
    let mut found = Found::default();
    let measured = format!("{ours} by ours, {theirs} by nginx");
    found.target("Requests of a run, counted on both sides", measured, "equal", ours == theirs);
    found
}

fn line(number: usize, round: &Round) -> String {
    let Round { wrk, oha, ours } = round;
    let [wrk_rate, oha_rate, our_rate] = [wrk, oha, ours].map(|rate| format!("{rate:.0}"));
    let ratios = [ours / wrk, ours / oha].map(|ratio| format!("{ratio:.3}"));
    let [of_wrk, of_oha] = ratios;
    markdown::line(&ROUNDS, [number.to_string(), wrk_rate, oha_rate, our_rate, of_wrk, of_oha])
}

/// One shard against two, nothing pinned: nginx takes part of both cores, so this is reported and not judged.
pub fn both_cores(rounds: usize, secs: u64) -> Found {
    let nginx = Nginx::start(Cores::All);
    let turn = |shards: u32| at_full_speed(&nginx.url(), Cores::All, secs, &format!("--shards {shards}"));
    let (one, two): (Vec<Ran>, Vec<Ran>) = (0..rounds).map(|_| (turn(1), turn(2))).unzip();
    let lines = [one, two].into_iter().zip(1..).map(|(runs, shards)| shards_line(shards, &runs, secs));
    let details = format!("### One shard and two, nginx beside them\n\n{}", table(&SHARDS, lines));
    println!("{details}");
    Found { details: vec![details], ..Found::default() }
}

fn shards_line(shards: u32, runs: &[Ran], secs: u64) -> String {
    let rates: Vec<f64> = runs.iter().map(|ran| ran.report.total.rps).collect();
    let rate = median(rates.iter().copied()).unwrap();
    let cores = runs.iter().map(|ran| (ran.spent.user_s + ran.spent.system_s) / secs as f64);
    let each: Vec<String> = rates.iter().map(|rate| format!("{rate:.0}")).collect();
    let cores = format!("{:.2}", median(cores).unwrap());
    markdown::line(&SHARDS, [shards.to_string(), format!("{rate:.0}"), cores, each.join(", ")])
}
