//! Counts what came of requests, or holds it back for a poll that decides.

use super::common::Common;
use super::held::{Held, Pending, Ticket};
use super::user::{Channel, User};
use super::walk::Walk;
use crate::core::base::units::Micros;
use crate::core::http::exchange::Exchange;
use crate::core::http::stream::Freshness;
use crate::core::run::platform::Platform;
use crate::core::scenario::EntryId;
use crate::core::scenario::model::request::RequestStep;

impl<P: Platform> User<P> {
    /// Takes over the request that a branch held back, because a poll decides about the last request of all its branches.
    pub fn hold_last(&self, of_branch: Held, walk: &mut Walk<'_>) {
        if let (Held::Yes(held), Held::Yes(Some(ticket))) = (&mut walk.held, of_branch) {
            let before = held.replace(ticket);
            before.and_then(Ticket::take).into_iter().for_each(|before| self.common.count_held(&before));
        }
    }

    /// Counts what came of a request, or holds it back for the poll that decides.
    pub fn count(
        &self,
        step: &RequestStep,
        channel: &Channel<P>,
        due: Micros,
        mut exchange: Exchange,
        walk: &mut Walk<'_>,
    ) {
        if let Some(reader) = &self.common.reader {
            reader.on_exchange(&channel.request, &exchange);
        }
        exchange.answer = None;
        let entry = entry_of(step, &exchange);
        match &mut walk.held {
            Held::No => self.common.count(entry, step.entry, due, &exchange),
            Held::Yes(held) => {
                let pending = Pending { entry, sent_as: step.entry, due, exchange };
                let before = held.replace(self.common.held.hold(pending));
                before.and_then(Ticket::take).into_iter().for_each(|before| self.common.count_held(&before));
            }
        }
    }
}

impl<P: Platform> Common<P> {
    /// Counts a request that was sent under the entry `sent_as`.
    pub fn count(&self, entry: EntryId, sent_as: EntryId, due: Micros, exchange: &Exchange) {
        let mut recorder = self.recorder.borrow_mut();
        if entry != sent_as {
            recorder.moved(sent_as, entry);
        }
        recorder.ended(entry, due, exchange, self.platform.now());
    }

    /// Counts a request that was held back.
    pub fn count_held(&self, Pending { entry, sent_as, due, exchange }: &Pending) {
        self.count(*entry, *sent_as, *due, exchange);
    }

    /// Counts the requests that were held back for users that are gone.
    pub fn count_left(&self) {
        self.held.take_left().iter().for_each(|pending| self.count_held(pending));
    }

    /// Counts everything that is still held back, at the end of the run.
    pub fn count_all_held(&self) {
        self.held.take_all().iter().for_each(|pending| self.count_held(pending));
    }
}

/// The entry that counts a request: streams that say `"cached": true` have one of their own.
fn entry_of(step: &RequestStep, exchange: &Exchange) -> EntryId {
    let is_cached = exchange.streamed.as_ref().is_some_and(|seen| seen.freshness == Freshness::Cached);
    step.stream.as_ref().filter(|_| is_cached).map_or(step.entry, |stream| stream.cached_entry)
}
