//! The sections `Runner` and `Stub` of tests/benches/RESULTS.md: targets first, then what they were judged by.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::found::Found;
use crate::machine;
use crate::shared::markdown;

/// A section of the file.
pub struct Section {
    title: &'static str,
    /// How it was measured.
    how: &'static str,
}

pub const RUNNER: Section = Section {
    title: "Runner",
    how: "\
nginx has one process on core 0 and answers every GET with the same 73 bytes; generators have core 1. Speed is of 50
connections in closed loop, by wrk, oha and ours in turns, a round to warm up not counted; ours writes its report every
second all the while. Memory is the largest resident set, processor time is user and system time, both as GNU time
tells them of the whole process; the two that should take the same memory last as long as each other, and 10 % are
granted. 20 000 users are as many as
the limit of open files leaves. Processor time per request leaves connecting out: from a run of 28 s one of 8 s is
subtracted, with the same users and draws; a sleep is the process waiting for something to happen. At full speed wrk's ratio stands beside ours,
because most of both is the kernel's. Instructions are of 4 s without think time, less 4 s of a user who hardly
sends. Latency is beside `/__stub/stats` of `oddiya-load stub --speed laptop` on core 0. In a run of 30 s whose host
(`--speed t2-micro`) is frozen for 10 s, every quantile q above 2/3 is in theory 10 s - (1 - q) × 30 s and an answer's time, and the others are
those of a healthy run at q × 3/2. A scenario's users
send the same requests as those it is compared with, in turns; they take a value from each answer and check it.",
};

pub const STUB: Section = Section {
    title: "Stub",
    how: "\
The stub plays `--profile gateway --services --speed laptop` on core 0. Its times alone are medians of 20 requests, one at a
time, on a kept connection; its curve is wrk's, one thread, on core 1. Beside them stands what was measured of the real
services, which shared both cores with wrk.",
};

/// What it ran on, and with what.
pub fn machine_and_tools() -> String {
    let first = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output().unwrap();
        let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
        said.concat().lines().next().unwrap_or_default().to_owned()
    };
    let wrk = first("wrk", "-v");
    let wrk = wrk.split(" [").next().unwrap_or_default();
    format!("{}; {}; {wrk}; {}", machine::description(), first("nginx", "-v"), first("oha", "--version"))
}

/// Puts the section into the file, which may not be there yet.
pub fn write(file: &Path, section: &Section, found: &Found) {
    let text = fs::read_to_string(file).unwrap_or_else(|_| machine::INTRODUCTION.to_owned());
    fs::write(file, markdown::replace_section(&text, section.title, &content(section, found))).unwrap();
}

fn content(section: &Section, found: &Found) -> String {
    let command = machine::command("make bench", "make/bench.sh");
    let mut parts = vec![format!("{}, {}: `{command}`", machine::now(), machine_and_tools()), found.table()];
    parts.extend(found.details.iter().cloned());
    parts.push(format!("### How it was measured\n\n{}", section.how));
    parts.join("\n\n")
}
