//! What a report says of the page as a generator: what it is, by which route it sent requests, what that costs.

use super::storage::StorageError;
use crate::browser::message::{Destination, Lanes};
use crate::core::base::timing_source::TimingSource;
use crate::core::report::{Generator, GeneratorKind, Note, Route};

/// This page, sending to a destination.
pub fn generator(destination: &Destination) -> Generator {
    let route = if destination.is_direct() { Route::Direct } else { Route::Companion };
    Generator {
        shards: Some(1),
        route: Some(route),
        timing: Some(TimingSource::Wire),
        notes: route_note(destination).into_iter().collect(),
        ..Generator::own(GeneratorKind::Browser)
    }
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
        StorageError::Refused => Note::RecoveryOff,
    }
}
