//! The stub beside the real Oddiya: its times alone, its curve under load, and what it takes of a core for that.
//!
//! The measured figures are those of the real services on a machine like this one.

mod calls;
mod curve;
mod kept;
mod times;

use crate::found::Found;
use crate::hosts::Services;
use kept::{Kept, Request};

/// The users that exist: the first has ten plans and 25 videos, the next two have one plan and a hundred, the last has
/// what the calls make.
pub const USERS: u32 = 4;
const PLANS: [(u32, u32); 3] = [(1, 10), (2, 1), (3, 100)];
const VIDEOS: u32 = 25;

const PLAN: &str =
    r#"{"destination":"Seoul","startDate":"2025-12-01","endDate":"2025-12-03","budget":300000}"#;
const VIDEO: &str = r#"{"photoUrls":["https://e.com/1.jpg","https://e.com/2.jpg"],"template":"default"}"#;
const PERSON: &str = r#"{"name":"Lee","email":"known@example.com","password":"Secret123"}"#;

/// The part: both tables with their targets. Each step under load lasts `secs`.
pub fn beside_the_real_host(secs: u64) -> Found {
    let services = Services::start(USERS);
    furnish(&services);
    let mut found = Found::default();
    times::measure(&services, &mut found);
    curve::measure(&services, secs, &mut found);
    found
}

/// Makes the plans, the videos and the person that the calls ask for.
fn furnish(services: &Services) {
    let mut plans = Kept::open(services.port("plan"));
    for (user, count) in PLANS {
        for _ in 0..count {
            plans.answer(&Request::new("POST", "/api/v1/plans", PLAN).by(user));
        }
    }
    let mut videos = Kept::open(services.port("video"));
    for number in 0..VIDEOS {
        videos.answer(&Request::new("POST", "/api/v1/videos", VIDEO).with_key(number));
    }
    Kept::open(services.port("auth")).answer(&Request::new("POST", "/api/auth/signup", PERSON));
}
