//! What it ran on, when, and by which command: a figure without its machine says nothing.
//!
//! For both benchmarks; what each has measured is not known here.

use std::fs;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How RESULTS.md begins.
pub const INTRODUCTION: &str =
    "# Results\n\nWhat the benchmarks found, each section written by the command it names.\n";

/// One line: processor, how many, kernel.
pub fn description() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, name)| name);
    let count = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{model}, {count} CPUs; Linux {}", kernel.trim())
}

/// The date and minute, in UTC.
pub fn now() -> String {
    let text = OffsetDateTime::now_utc().format(&Rfc3339).unwrap();
    format!("{} UTC", text[..16].replace('T', " "))
}

/// As it was typed: the whole benchmark, or its script with arguments.
pub fn command(whole: &str, script: &str) -> String {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.is_empty() {
        true => whole.to_owned(),
        false => format!("{script} {}", arguments.join(" ")),
    }
}
