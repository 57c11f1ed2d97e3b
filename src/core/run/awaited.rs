//! Requests that have ended and whose figures the companion still has to send, matched to its records by id.
//!
//! A request and its record come over different connections, so either may be first. A record that nobody asks for
//! belongs to a request that the page gave up. Nothing is counted here.

use std::collections::BTreeMap;

use crate::core::base::units::Micros;
use crate::core::http::exchange::Exchange;
use crate::core::http::relay_record::RelayRecord;
use crate::core::http::request_id::RequestId;
use crate::core::scenario::EntryId;

/// How long a record is waited for. Batches come ten times a second, but a browser at its limit reads them late.
pub const PATIENCE: Micros = Micros::from_secs(2);
/// How many records are kept that no request has asked for. The oldest ones go first.
const MAX_EARLY: usize = 65_536;

/// A request that has ended.
#[derive(Clone, Debug)]
pub struct Ended {
    pub entry: EntryId,
    /// When it was due.
    pub due: Micros,
    /// What the page saw.
    pub exchange: Exchange,
    /// The second in which it ended, and in which it counts.
    pub second: u64,
}

#[derive(Debug, Default)]
pub struct Awaited {
    ended: BTreeMap<RequestId, Ended>,
    early: BTreeMap<RequestId, RelayRecord>,
}

impl Awaited {
    /// A request has ended; gives it back with its record, if that has come.
    pub fn on_ended(&mut self, id: RequestId, ended: Ended) -> Option<(Ended, RelayRecord)> {
        match self.early.remove(&id) {
            Some(record) => Some((ended, record)),
            None => {
                self.ended.insert(id, ended);
                None
            }
        }
    }

    /// A record has come; gives it back with its request, if that has ended.
    pub fn on_record(&mut self, record: RelayRecord) -> Option<(Ended, RelayRecord)> {
        if let Some(ended) = self.ended.remove(&record.id) {
            return Some((ended, record));
        }
        self.early.insert(record.id, record);
        if self.early.len() > MAX_EARLY {
            self.early.pop_first();
        }
        None
    }

    /// Whether requests of that second or an earlier one still await their record.
    pub fn is_awaiting(&self, second: u64) -> bool {
        self.ended.values().any(|ended| ended.second <= second)
    }

    /// Gives up waiting for the records of that second and of earlier ones.
    pub fn give_up(&mut self, second: u64) -> Vec<Ended> {
        let (late, kept) = std::mem::take(&mut self.ended).into_iter().partition(|(_, e)| e.second <= second);
        self.ended = kept;
        let late: BTreeMap<RequestId, Ended> = late;
        late.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::http::exchange::Timing;

    const fn id(number: u32) -> RequestId {
        RequestId::new(1, number)
    }

    fn ended(second: u64) -> Ended {
        let exchange = Exchange::new(Ok(200), Timing::default(), 0);
        Ended { entry: EntryId(0), due: Micros::ZERO, exchange, second }
    }

    fn record(number: u32) -> RelayRecord {
        RelayRecord::of(id(number), Exchange::new(Ok(200), Timing::default(), 0))
    }

    #[test]
    fn a_request_and_its_record_find_each_other_whichever_comes_first() {
        let mut awaited = Awaited::default();
        assert!(awaited.on_ended(id(1), ended(0)).is_none());
        assert!(awaited.on_record(record(2)).is_none());
        assert!(awaited.on_record(record(1)).is_some_and(|(_, record)| record.id == id(1)));
        assert!(awaited.on_ended(id(2), ended(0)).is_some());
        assert!(!awaited.is_awaiting(9));
    }

    #[test]
    fn only_the_records_of_a_second_that_is_over_are_given_up() {
        let mut awaited = Awaited::default();
        (0..4).for_each(|number| drop(awaited.on_ended(id(number), ended(u64::from(number)))));
        assert_eq!(awaited.give_up(1).len(), 2);
        assert!(!awaited.is_awaiting(1) && awaited.is_awaiting(2));
    }

    #[test]
    fn records_that_nobody_asks_for_do_not_pile_up() {
        let mut awaited = Awaited::default();
        (0..MAX_EARLY as u32 + 10).for_each(|number| drop(awaited.on_record(record(number))));
        assert_eq!(awaited.early.len(), MAX_EARLY);
        assert!(awaited.on_ended(id(MAX_EARLY as u32), ended(0)).is_some());
    }
}
