//! What a report says of the page as a generator: what it is, by which route it sent requests, what that costs.

use super::storage::StorageError;
use crate::browser::message::{Destination, Lanes};
use crate::core::base::connections::Connections;
use crate::core::base::timing_source::TimingSource;
use crate::core::http::relay::CONNECT_LIMIT;
use crate::core::report::connections::{Certificates, ConnectionReuse};
use crate::core::report::{ConnectionSummary, Generator, GeneratorKind, Note, Route};
use crate::core::scenario::Reading;

/// This page, sending to a destination.
pub fn generator(destination: &Destination) -> Generator {
    let (route, timing) = match destination {
        Destination::Direct { .. } => (Route::Direct, TimingSource::Wire),
        Destination::Companion { .. } => (Route::Companion, TimingSource::Companion),
    };
    Generator {
        shards: Some(1),
        route: Some(route),
        timing: Some(timing),
        notes: route_note(destination).into_iter().collect(),
        ..Generator::own(GeneratorKind::Browser)
    }
}

/// How the companion connects to the host for each lane. A browser that goes straight to the host does not say how it
/// connects.
pub fn connections(destination: &Destination) -> Option<ConnectionSummary> {
    (!destination.is_direct()).then(|| ConnectionSummary {
        reuse: ConnectionReuse::PerUser,
        certificates: Certificates::Checked,
        connect_timeout_s: CONNECT_LIMIT.as_secs_f64(),
        request_timeout_s: Reading::Whole.time_limit().as_secs_f64(),
        max_redirects: 0,
        // The companion was started with or without them, and does not say.
        cookies: None,
        counted: Connections::default(),
    })
}

/// What the route to the host costs.
const fn route_note(destination: &Destination) -> Option<Note> {
    match destination {
        Destination::Companion { lanes: Lanes::PerUser, .. } => None,
        Destination::Direct { lanes: Lanes::PerUser } => Some(Note::HostNamePerUser),
        Destination::Companion { lanes: Lanes::Shared, .. }
        | Destination::Direct { lanes: Lanes::Shared } => Some(Note::SharedConnections),
    }
}

/// Why the run could not be kept for the case that the tab ends before it.
pub const fn not_kept_note(error: StorageError) -> Note {
    match error {
        StorageError::Blocked => Note::RecoveryBlocked,
        StorageError::Full | StorageError::Refused => Note::RecoveryOff,
    }
}
