//! Matches the browser's timing entries to requests: an entry belongs to the request for the same address that was
//! called right before the entry began. Pure.

use std::collections::HashMap;

use futures_channel::oneshot;

/// How many entries are kept that no request has claimed: those of requests that were given up, and early ones.
const MAX_UNCLAIMED: usize = 4_096;
/// The browser rounds moments, by 100 µs at most; nothing else makes an entry begin before its call.
const ROUNDING_MS: f64 = 0.1;

/// Entries that wait for their request, and requests that wait for their entry.
pub struct Entries<T> {
    /// The entries by address, each with the moment at which its request began.
    unclaimed: HashMap<String, Vec<(f64, T)>>,
    unclaimed_count: usize,
    /// The waiting requests by address, each with the moment of its call and the sender for its entry.
    waiting: HashMap<String, Vec<(f64, oneshot::Sender<T>)>>,
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self { unclaimed: HashMap::new(), unclaimed_count: 0, waiting: HashMap::new() }
    }
}

impl<T> Entries<T> {
    /// Hands an entry to its request, or keeps it until the request claims it.
    pub fn add(&mut self, url: String, start_ms: f64, entry: T) {
        if let Some(sender) = self.waiter(&url, start_ms) {
            // A request that gave up meanwhile was counted by the page's clock.
            let _ = sender.send(entry);
            return;
        }
        if self.unclaimed_count >= MAX_UNCLAIMED {
            self.unclaimed.clear();
            self.unclaimed_count = 0;
        }
        self.unclaimed.entry(url).or_default().push((start_ms, entry));
        self.unclaimed_count += 1;
    }

    /// The entry of the request for `url` that was called at `called_ms`, if it has come; otherwise a way to wait.
    pub fn claim(&mut self, url: &str, called_ms: f64) -> Result<T, oneshot::Receiver<T>> {
        if let Some(entry) = self.take(url, called_ms) {
            return Ok(entry);
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.entry(url.to_owned()).or_default().push((called_ms, sender));
        Err(receiver)
    }

    fn waiter(&mut self, url: &str, start_ms: f64) -> Option<oneshot::Sender<T>> {
        let waiting = self.waiting.get_mut(url)?;
        waiting.retain(|(_, sender)| !sender.is_canceled());
        let delays = waiting.iter().map(|(called_ms, _)| start_ms - called_ms);
        let sender = soonest(delays).map(|index| waiting.swap_remove(index).1);
        if waiting.is_empty() {
            self.waiting.remove(url);
        }
        sender
    }

    fn take(&mut self, url: &str, called_ms: f64) -> Option<T> {
        let unclaimed = self.unclaimed.get_mut(url)?;
        let index = soonest(unclaimed.iter().map(|(start_ms, _)| start_ms - called_ms))?;
        let (_, entry) = unclaimed.swap_remove(index);
        self.unclaimed_count -= 1;
        if unclaimed.is_empty() {
            self.unclaimed.remove(url);
        }
        Some(entry)
    }
}

/// The index of the shortest possible delay between a call and its start.
fn soonest(delays_ms: impl Iterator<Item = f64>) -> Option<usize> {
    let possible = delays_ms.enumerate().filter(|(_, delay)| *delay >= -ROUNDING_MS);
    possible.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(added: &[(&str, f64)]) -> Entries<f64> {
        let mut entries = Entries::default();
        for (url, start_ms) in added {
            entries.add((*url).to_owned(), *start_ms, *start_ms);
        }
        entries
    }

    #[test]
    fn a_request_gets_the_entry_that_began_right_after_its_call_and_only_once() {
        let mut entries = entries(&[("a", 10.0), ("a", 20.2), ("a", 30.1), ("b", 20.1)]);
        assert_eq!(entries.claim("a", 20.0).unwrap(), 20.2);
        assert_eq!(entries.claim("a", 20.0).unwrap(), 30.1);
        assert!(entries.claim("a", 20.0).is_err(), "10 began before the call: it is of a request given up");
        assert_eq!(entries.claim("b", 20.15).unwrap(), 20.1, "the browser's clock is coarse");
    }

    #[test]
    fn an_entry_goes_to_the_last_request_called_before_it() {
        let mut entries = Entries::default();
        let [mut early, mut late, mut later] =
            [1.0, 2.0, 3.0].map(|called| entries.claim("a", called).unwrap_err());
        entries.add("a".to_owned(), 2.5, 2.5);
        assert_eq!(late.try_recv(), Ok(Some(2.5)));
        assert_eq!((early.try_recv(), later.try_recv()), (Ok(None), Ok(None)));
        drop(early);
        entries.add("a".to_owned(), 2.6, 2.6);
        assert_eq!(later.try_recv(), Ok(None), "it began before that was called");
        assert_eq!(entries.claim("a", 2.55).unwrap(), 2.6, "kept for who asks");
    }

    #[test]
    fn what_nobody_asks_for_does_not_pile_up_whatever_its_address() {
        let mut entries = entries(&[]);
        for start in 0..10 * MAX_UNCLAIMED {
            entries.add("a".to_owned(), start as f64, 0.0);
        }
        let kept: usize = entries.unclaimed.values().map(Vec::len).sum();
        assert_eq!(kept, entries.unclaimed_count);
        assert!(kept <= MAX_UNCLAIMED, "{kept}");
    }
}
