//! What it ran on and when: a figure without its machine says nothing.

use std::fs;
use std::process::Command;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// One line: processor, how many, kernel, browser.
pub fn description() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, name)| name);
    let count = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{model}, {count} CPUs; Linux {}; {}", kernel.trim(), browser())
}

/// The date and minute, in UTC.
pub fn now() -> String {
    let text = OffsetDateTime::now_utc().format(&Rfc3339).unwrap();
    format!("{} UTC", text[..16].replace('T', " "))
}

fn browser() -> String {
    let command = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let said = Command::new(command).arg("--version").output();
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    said.ok().filter(|said| !said.is_empty()).unwrap_or_else(|| "Chromium of unknown version".to_owned())
}
