//! File handles for connections: at most so many at the same time, so that some are left for the run's report.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The handles that connections may take.
#[derive(Debug)]
pub struct Handles {
    taken: AtomicUsize,
    most: usize,
}

/// A connection's handle, taken until this is dropped.
#[derive(Debug)]
pub struct Handle(Arc<Handles>);

impl Handles {
    /// The error of one connection too many: the same as when the system has no file handle left.
    pub fn at_most(most: usize) -> Arc<Self> {
        Arc::new(Self { taken: AtomicUsize::new(0), most })
    }

    /// Takes one; `None` when all are taken.
    pub fn take(self: &Arc<Self>) -> Option<Handle> {
        // A handle that is one too many is given back when it is dropped.
        let handle = Handle(Arc::clone(self));
        let taken_before = self.taken.fetch_add(1, Ordering::Relaxed);
        (taken_before < self.most).then_some(handle)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_that_is_given_back_can_be_taken_again() {
        let handles = Handles::at_most(2);
        let taken = [handles.take().unwrap(), handles.take().unwrap()];
        assert!(handles.take().is_none() && handles.take().is_none());
        drop(taken);
        let taken_again = [handles.take(), handles.take(), handles.take()];
        assert_eq!(taken_again.map(|handle| handle.is_some()), [true, true, false]);
    }
}
