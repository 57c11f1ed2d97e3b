//! Peak memory: by requests, which should cost none, and by users.

use crate::found::Found;
use crate::generators::{Cores, at_full_speed, run};
use crate::hosts::Nginx;

const MANY: u64 = 10_000_000;
/// Two runs of the same length differ by this.
const NOISE: f64 = 0.05;
const SPAWN_RATE: u32 = 2_000;

/// Ten million requests against about a hundred thousand, both at full speed.
pub fn by_requests() -> Found {
    let nginx = Nginx::start(Cores::Host);
    let few = at_full_speed(&nginx.url(), Cores::Generator, 1, "");
    let secs = (MANY as f64 * 1.1 / few.report.total.rps).ceil() as u64;
    println!("{} requests: {:.1} MB; {MANY} take {secs} s", few.report.total.requests, few.spent.peak_mb);
    let many = at_full_speed(&nginx.url(), Cores::Generator, secs, "");
    let requests = [&few, &many].map(|ran| ran.report.total.requests);
    let [small, large] = [few, many].map(|ran| ran.spent.peak_mb);
    let measured = format!("{large:.1} MB for {}, {small:.1} MB for {}", requests[1], requests[0]);
    let flat = requests[1] >= MANY && large <= small * (1.0 + NOISE);
    let mut found = Found::default();
    found.target(
        "Peak memory of 10 million requests by that of 100 thousand",
        measured,
        "≤ 1.05 times",
        flat,
    );
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
        let there = ran.report.timeline.iter().map(|row| row.users).max().unwrap_or(0);
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
fn most_users() -> u32 {
    let (_, most_files) = rlimit::Resource::NOFILE.get().unwrap();
    20_000.min(most_files.saturating_sub(100)) as u32
}
