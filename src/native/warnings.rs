//! Says while a run goes on what its answers mean, once for each: that the host refuses the requests, or has not their paths.

use std::collections::BTreeSet;

use crate::core::analyse::findings::{Finding, findings, is_about_refusals};
use crate::core::base::units::Micros;
use crate::core::present::findings::{FindingWords, finding_words};
use crate::core::report::Report;

/// How often the answers are looked at.
const EVERY_S: u64 = 2;

/// What has been said of a run.
#[derive(Default)]
pub struct Warnings {
    looked_at: u64,
    said: BTreeSet<String>,
}

impl Warnings {
    /// What is to be said now.
    pub fn look(&mut self, now: Micros, report: &Report) -> Vec<String> {
        let place = now.second() / EVERY_S;
        if place == self.looked_at {
            return Vec::new();
        }
        self.looked_at = place;
        let found = findings(report).into_iter().filter(is_about_refusals);
        found.filter_map(|finding| self.say(&finding)).collect()
    }

    fn say(&mut self, finding: &Finding) -> Option<String> {
        let FindingWords { what, next } = finding_words(finding);
        // The same advice once: shares and scopes change from second to second.
        self.said.insert(next.clone()).then(|| format!("{what} {next}"))
    }
}
