//! What a report says of the page as a generator: what it is, by which route it sent requests, what that costs.

use super::storage::StorageError;
use crate::browser::message::{Destination, Lanes};
use crate::core::http::exchange::TimingSource;
use crate::core::report::{Generator, GeneratorKind, Route};

/// This page, sending to a destination.
pub fn generator(destination: &Destination) -> Generator {
    let route = if destination.is_direct() { Route::Direct } else { Route::Companion };
    Generator {
        kind: GeneratorKind::Browser,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        shards: 1,
        route,
        timing: TimingSource::Wire,
        calibration: None,
        notes: Vec::new(),
    }
}

/// What the route to the host costs.
pub fn route_note(destination: &Destination) -> Option<String> {
    match destination {
        Destination::Companion { lanes: Lanes::PerUser, .. } => None,
        Destination::Companion { lanes: Lanes::Shared, .. } => Some(
            "Names under .localhost do not resolve in this browser, so all users share six connections: more than \
             six requests at a time wait in the browser's queue."
                .to_owned(),
        ),
        Destination::Direct { lanes: Lanes::PerUser } => Some(
            "Requests went straight to the host, each user's to a name of its own (u0.localhost, u1.localhost, …), \
             which is also what the host reads in Host. The browser asks the host for permission by OPTIONS before \
             requests with headers of their own; through the companion it need not."
                .to_owned(),
        ),
        Destination::Direct { lanes: Lanes::Shared } => Some(
            "Requests went straight to the host, where the browser allows six connections for all users together; \
             through the companion each user has its own."
                .to_owned(),
        ),
    }
}

/// Why the run could not be kept for the case that the tab ends before it.
pub const fn not_kept_note(error: StorageError) -> &'static str {
    match error {
        StorageError::Blocked => {
            "Had the tab closed or crashed, the run would have been lost: another tab of this page, perhaps of an \
             older version, kept the browser's database busy. Close it before the next run."
        }
        StorageError::Refused => {
            "Had the tab closed or crashed, the run would have been lost: this browser keeps nothing for this page."
        }
    }
}

/// Added when the browser stopped keeping seconds during the run.
pub const SECONDS_NOT_KEPT_NOTE: &str =
    "Had the tab closed or crashed, seconds would have been lost: this browser could not keep all of them.";
