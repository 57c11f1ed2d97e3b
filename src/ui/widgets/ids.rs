//! Ids for elements. Each id occurs once on the page, even when a component occurs several times.

use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(1);

/// Returns a new id that begins with a name.
pub fn unique_id(name: &str) -> String {
    format!("{name}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
