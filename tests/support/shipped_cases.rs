//! The scenarios inside the program as tests run them: in each Oddiya in which they can work, without the pauses of people.

use std::collections::BTreeMap;

use oddiya_load::core::report::Report;
use oddiya_load::core::scenario::shipped;
use oddiya_load::stub::{Front, Profile};
use serde_json::Value;

/// A scenario, the profiles in which it works, and settings without the pauses of people.
pub struct Case {
    pub name: &'static str,
    pub profiles: &'static [Profile],
    pub settings: &'static [&'static str],
}

const ALL: &[Profile] = &[Profile::Locust, Profile::Gateway, Profile::Direct];

pub const CASES: [Case; 9] = [
    Case { name: "app-browse", profiles: ALL, settings: &["form=0s", "old_start=true"] },
    Case { name: "app-login", profiles: ALL, settings: &["typing=0s", "sign_ups=40 %"] },
    Case { name: "app-create", profiles: ALL, settings: &["form=0s"] },
    Case { name: "app-token-expiry", profiles: &[Profile::Gateway], settings: &[] },
    Case { name: "video", profiles: ALL, settings: &["wait_for=push", "until_push=0s", "replays=50 %"] },
    Case { name: "web-app", profiles: &[Profile::Locust, Profile::Gateway], settings: &["every=1s"] },
    Case { name: "plan-lifecycle", profiles: ALL, settings: &[] },
    Case { name: "idempotency", profiles: ALL, settings: &[] },
    Case { name: "mobile-day", profiles: ALL, settings: &["form=0s", "typing=0s", "until_push=0s"] },
];

pub const fn word(profile: Profile) -> &'static str {
    match profile {
        Profile::Locust => "locust",
        Profile::Gateway => "gateway",
        Profile::Direct => "direct",
    }
}

impl Case {
    /// The listener of the main service.
    pub fn main(&self, profile: Profile) -> Front {
        match (profile, self.name) {
            (Profile::Direct, "video" | "idempotency") => Front::Video,
            (Profile::Direct, _) => Front::Plan,
            _ => Front::Gateway,
        }
    }

    /// The further services, each with its listener.
    pub fn services(&self) -> Vec<(&'static str, Front)> {
        let text = shipped::named(self.name).unwrap().text;
        let all =
            [("auth", Front::Auth), ("user", Front::User), ("video", Front::Video), ("llm", Front::Llm)];
        all.into_iter().filter(|(name, _)| text.contains(&format!("\n  {name}: http"))).collect()
    }
}

/// How many answers each method and status has, by the report and by the stub. Names are left out, because a scenario gives
/// some requests a name of its own.
pub fn both_counts(report: &Report, stats: &Value) -> [BTreeMap<(String, u16), u64>; 2] {
    let (mut of_report, mut of_stub) = (BTreeMap::new(), BTreeMap::new());
    for entry in &report.requests {
        for (status, count) in entry.statuses.iter().flatten() {
            *of_report.entry((entry.method.clone(), *status)).or_default() += count;
        }
    }
    for route in stats["routes"].as_array().unwrap() {
        for (status, count) in route["statuses"].as_object().unwrap() {
            let key = (route["method"].as_str().unwrap().to_owned(), status.parse().unwrap());
            *of_stub.entry(key).or_default() += count.as_u64().unwrap();
        }
    }
    [of_report, of_stub]
}

/// The failures in lines.
pub fn failures(report: &Report) -> Vec<String> {
    let failures = report.failures.iter();
    failures
        .map(|row| format!("{} {}: {:?} {} x{}", row.method, row.name, row.kind, row.detail, row.count))
        .collect()
}
