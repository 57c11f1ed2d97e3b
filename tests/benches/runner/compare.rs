//! How long `oddiya-load compare` takes for two reports of ten minutes.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::found::Found;
use crate::generators::TOOL;
use crate::long_report::long_report;

const AT_MOST: Duration = Duration::from_millis(300);

/// The whole process, files read and verdict printed; the median of the rounds.
pub fn two_reports(rounds: usize) -> Found {
    let folder = tempfile::tempdir().unwrap();
    let files = [1, 2].map(|seed| {
        let file = folder.path().join(format!("{seed}.json"));
        fs::write(&file, long_report(Duration::from_secs(600), 10, seed).to_json()).unwrap();
        file
    });
    let mut took: Vec<Duration> = (0..rounds.max(1))
        .map(|_| {
            let began = Instant::now();
            let ended =
                Command::new(TOOL).arg("compare").args(&files).stdout(Stdio::null()).status().unwrap();
            assert!(ended.success(), "compare ended with {ended}");
            began.elapsed()
        })
        .collect();
    took.sort_unstable();
    let median = took[took.len() / 2];
    let each: Vec<_> = took.iter().map(|took| took.as_millis().to_string()).collect();
    let mut found = Found::default();
    let measured = format!("{} ms, median of {}", median.as_millis(), each.join(", "));
    found.target(
        "Comparing two reports of 10 minutes and 10 endpoints",
        measured,
        "< 300 ms",
        median < AT_MOST,
    );
    found
}
