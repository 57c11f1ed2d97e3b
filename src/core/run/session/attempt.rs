//! Judges one of several requests with the same idempotency key: its answer must have the same effect as the others', and
//! the first one may be given up on purpose.

use std::cell::{Cell, RefCell};

use super::json::select;
use super::judge::check_failure;
use crate::core::base::failure::FailureKind;
use crate::core::http::exchange::{Exchange, Judged};
use crate::core::scenario::model::request::RequestStep;

/// How the answer to a request is judged beyond what its step says.
#[derive(Clone, Copy)]
pub enum Attempt<'a> {
    Usual,
    /// The first of several with the same key: no answer in time is no failure, and any other is compared as theirs.
    GivenUpOnPurpose(&'a Same<'a>),
    /// One of several with the same key; these statuses are no failure, and its answer must equal the first one.
    Same(&'a Same<'a>),
}

/// What the answers to several requests with the same key have shown so far.
pub struct Same<'a> {
    /// The name of the check that fails when they differ.
    pub check: &'a str,
    /// The value at the compared place of the first answer of success.
    pub first: RefCell<Option<String>>,
    /// How many answers are still to come.
    pub left: Cell<u32>,
}

impl Attempt<'_> {
    /// Judges an answer once more.
    pub fn judge(self, step: &RequestStep, exchange: &mut Exchange) {
        match self {
            Self::Usual => {}
            Self::GivenUpOnPurpose(same) => {
                let timed_out = |kind| kind == FailureKind::RequestTimeout;
                if exchange.outcome.as_ref().is_err_and(|failure| timed_out(failure.kind)) {
                    same.left.set(same.left.get().saturating_sub(1));
                    exchange.judged = Judged::Success;
                } else {
                    same.judge(step, exchange);
                }
            }
            Self::Same(same) => same.judge(step, exchange),
        }
    }
}

impl Same<'_> {
    /// Compares an answer with those before it.
    fn judge(&self, step: &RequestStep, exchange: &mut Exchange) {
        let left = self.left.get().saturating_sub(1);
        self.left.set(left);
        let Some(again) = step.again.as_ref() else { return };
        let differs = || Judged::Failure(Box::new(check_failure(self.check)));
        if exchange.failure().is_some() {
            let tolerated = again.tolerated.as_ref();
            let is_tolerated = exchange
                .outcome
                .as_ref()
                .is_ok_and(|status| tolerated.is_some_and(|all| all.contain(*status)));
            // At least one answer must be a success.
            if is_tolerated {
                let is_last_hope = left == 0 && self.first.borrow().is_none();
                exchange.judged = if is_last_hope { differs() } else { Judged::Success };
            }
            return;
        }
        let json = exchange.answer.as_ref().and_then(|answer| answer.json());
        let found = json.map(|json| select(&again.same, json)).unwrap_or_default();
        let text = found.first().map(|value| value.to_string());
        let mut first = self.first.borrow_mut();
        match (text, &*first) {
            // The compared value is missing in this answer.
            (None, _) => exchange.judged = differs(),
            (Some(text), None) => *first = Some(text),
            (Some(text), Some(known)) if text == *known => {}
            (Some(_), Some(_)) => exchange.judged = differs(),
        }
    }
}
