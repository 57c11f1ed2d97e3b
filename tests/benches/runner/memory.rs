//! Peak memory: by requests, which should cost none, and by users.

use crate::found::Found;
use crate::generators::{CONNECTIONS, Cores, at_full_speed, run};
use crate::hosts::Nginx;

const FEW: u64 = 100_000;
const MANY: u64 = 10_000_000;
/// Two runs of the same kind differ by 7 % (9.1 and 9.7 MB), by how slow their slowest second was.
const NOISE: f64 = 0.1;
/// Users who start in a second.
pub const SPAWN_RATE: u32 = 2_000;

/// Ten million requests at full speed against a hundred thousand with thinking in between, in the same time: a report
/// grows with the seconds it tells of, and that is not what is asked here.
pub fn by_requests() -> Found {
    let nginx = Nginx::start(Cores::Host);
    let rate = at_full_speed(&nginx.url(), Cores::Generator, 2, "").report.total.rps;
    let secs = (MANY as f64 * 1.1 / rate).ceil() as u64;
    println!("{MANY} requests take {secs} s");
    let think_ms = f64::from(CONNECTIONS) * secs as f64 * 1e3 / FEW as f64;
    let thinking = format!("-u {CONNECTIONS} -r 1000 -t {secs}s --think-time {think_ms:.1}ms --shards 1");
    let few = run(&nginx.url(), Cores::Generator, &thinking);
    let many = at_full_speed(&nginx.url(), Cores::Generator, secs, "--shards 1");
    let requests = [&few, &many].map(|ran| ran.report.total.requests);
    let [small, large] = [few, many].map(|ran| ran.spent.peak_mb);
    let times = large / small;
    let measured =
        format!("{times:.2} ({large:.1} MB for {}, {small:.1} MB for {})", requests[1], requests[0]);
    let mut found = Found::default();
    let figure = "Peak memory of 10 million requests by that of 100 thousand in the same time";
    found.target(figure, measured, "≤ 1.1", requests[1] >= MANY && times <= 1.0 + NOISE);
    found
}

/// As many users as think for 1 to 3 seconds, all of them there for ten.
pub fn by_users() -> Found {
    let nginx = Nginx::start(Cores::Host);
    let mut found = Found::default();
    for (users, limit_mb) in [(2_000, 40.0), (most_users(), 250.0)] {
        let secs = users / SPAWN_RATE + 10;
        let arguments = format!("-u {users} -r {SPAWN_RATE} -t {secs}s --think-time 1s..3s");
        let ran = run(&nginx.url(), Cores::Generator, &arguments);
        let there = ran.report.timeline.iter().filter_map(|row| row.users).max().unwrap_or(0);
        let peak = ran.spent.peak_mb;
        let holds = there == users && peak <= limit_mb;
        let figure = format!("Peak memory of {users} users who think 1–3 s");
        found.target(
            figure,
            format!("{peak:.1} MB, {there} users there"),
            &format!("≤ {limit_mb} MB"),
            holds,
        );
    }
    found
}

/// 20 000, or as many as the system's limit of open files leaves beside what else a process opens.
pub fn most_users() -> u32 {
    let (_, most_files) = rlimit::Resource::NOFILE.get().unwrap();
    20_000.min(most_files.saturating_sub(100)) as u32
}
