//! `--cleanup`: the plans that a run made are gathered while it goes on, and deleted after it.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::LocalSet;

use super::interrupts::Interrupts;
use super::say::tell;
use crate::core::base::host::Host;
use crate::core::http::exchange::Exchange;
use crate::core::http::request::Request;
use crate::core::oddiya::made_plans::MadePlan;
use crate::core::oddiya::words::cleanup_words;
use crate::core::run::session::common::Reader;
use crate::net::options::DialOptions;
use crate::net::preparing;

/// The plans that all shards of a run made. Clones share them.
#[derive(Clone, Default)]
pub struct MadePlans(Arc<Mutex<Vec<MadePlan>>>);

impl Reader for MadePlans {
    fn on_exchange(&self, request: &Request, exchange: &Exchange) {
        if let Some(plan) = MadePlan::of(request, exchange) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(plan);
        }
    }
}

impl MadePlans {
    /// Deletes them, until Ctrl-C, and says how many are gone.
    pub async fn delete(&self, hosts: &[Host], dial: DialOptions, interrupts: &mut Interrupts) {
        let plans = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let made = plans.len() as u64;
        let local = LocalSet::new();
        tokio::select! {
            deleted = local.run_until(preparing::delete_plans(plans, hosts, dial)) => {
                tell(&cleanup_words(deleted, made));
            }
            () = interrupts.next() => {
                tell("Cleanup: interrupted; some of the plans that the run made are left.");
            }
        }
    }
}
