//! A report that several views read.

use std::ops::Deref;
use std::sync::Arc;

use crate::core::report::Report;

/// A report behind a reference counter. Two of them are equal only when they are the same object, so that comparing
/// them costs nothing.
#[derive(Clone, Debug)]
pub struct SharedReport(Arc<Report>);

impl SharedReport {
    pub fn new(report: Report) -> Self {
        Self(Arc::new(report))
    }

    /// The same report, for code that knows nothing of views.
    pub fn shared(&self) -> Arc<Report> {
        Arc::clone(&self.0)
    }
}

impl Deref for SharedReport {
    type Target = Report;
    fn deref(&self) -> &Report {
        &self.0
    }
}

impl PartialEq for SharedReport {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
