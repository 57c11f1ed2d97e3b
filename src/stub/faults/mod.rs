//! Faults on demand: which are active, and which requests they affect.
//!
//! This file only decides. `dispatch`, `body`, `control` and `dependencies` ask it and carry the faults out; `server`
//! closes listeners.

mod bad;
mod fields;
mod kinds;
mod outage;

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::core::base::rng::Rng;

pub use bad::BadFault;
pub use kinds::{Fault, Shown};
pub use outage::Outage;

/// The active faults.
#[derive(Debug)]
pub struct Faults {
    active: Mutex<Vec<ActiveFault>>,
    /// The outage that was started last and whose recovery no request has felt yet.
    recovering: Mutex<Option<Outage>>,
    draws: Mutex<Rng>,
    /// Wakes stalled requests when the list changes.
    changed: watch::Sender<()>,
}

#[derive(Clone, Debug)]
struct ActiveFault {
    fault: Fault,
    until: Option<Instant>,
}

impl ActiveFault {
    fn is_over(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// One active fault, as `GET /__stub/faults` lists it.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    #[serde(flatten)]
    fault: Shown,
    /// Seconds until it ends by itself; absent when it does not.
    remaining_s: Option<f64>,
}

impl Faults {
    /// An empty list. `seed` decides which requests a share affects.
    pub fn new(seed: u64) -> Self {
        let draws = Mutex::new(Rng::new(seed ^ 0x0fa1_75ee_dfa1_75ee));
        Self {
            active: Mutex::default(),
            recovering: Mutex::default(),
            draws,
            changed: watch::Sender::new(()),
        }
    }

    pub fn start(&self, fault: Fault) {
        let until = fault.duration().map(|duration| Instant::now() + duration);
        if let Fault::Outage { outage, .. } = &fault {
            *self.recovering.lock().unwrap_or_else(PoisonError::into_inner) = Some(*outage);
        }
        self.active().push(ActiveFault { fault, until });
        self.changed.send_replace(());
    }

    pub fn end_all(&self) {
        self.active().clear();
        self.changed.send_replace(());
    }

    pub fn list(&self) -> Vec<Listed> {
        let now = Instant::now();
        let remaining = |active: &ActiveFault| active.until.map(|until| (until - now).as_secs_f64());
        let listed =
            |active: &ActiveFault| Listed { fault: active.fault.shown(), remaining_s: remaining(active) };
        self.current(now).iter().map(listed).collect()
    }

    /// Waits while requests to this route are stalled.
    pub async fn wait_while_stalled(&self, name: &str) {
        self.wait_for_none(
            |fault| matches!(fault, Fault::Stall { route, .. } if applies_to(route.as_deref(), name)),
        )
        .await;
    }

    /// Waits while such an outage lasts.
    pub async fn wait_while(&self, holds: impl Fn(&Outage) -> bool) {
        self.wait_for_none(|fault| matches!(fault, Fault::Outage { outage, .. } if holds(outage))).await;
    }

    async fn wait_for_none(&self, is_one: impl Fn(&Fault) -> bool) {
        if !self.current(Instant::now()).iter().any(|active| is_one(&active.fault)) {
            return;
        }
        let mut changes = self.changed.subscribe();
        loop {
            changes.borrow_and_update();
            let found =
                self.current(Instant::now()).iter().find(|active| is_one(&active.fault)).map(|one| one.until);
            let Some(until) = found else { return };
            let over = async {
                match until {
                    Some(until) => tokio::time::sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = over => {}
                _ = changes.changed() => {}
            }
        }
    }

    /// The part of the host that is broken.
    pub fn outage(&self) -> Option<Outage> {
        self.current(Instant::now()).iter().find_map(|active| match active.fault {
            Fault::Outage { outage, .. } => Some(outage),
            _ => None,
        })
    }

    /// Whether this is the first request since such an outage ended.
    pub fn take_recovery(&self, of: Outage) -> bool {
        let mut recovering = self.recovering.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = *recovering == Some(of) && self.outage().is_none();
        if is_first {
            *recovering = None;
        }
        is_first
    }

    /// Whether the model fails this generation.
    pub fn model_fails(&self) -> bool {
        let failure = |fault: &Fault| match fault {
            Fault::Outage { outage: Outage::ModelFailing { share }, .. } => Some((*share, ())),
            _ => None,
        };
        self.hit(failure).is_some()
    }

    /// When the last stall of this route ends; `None` without a stall.
    pub fn stalled_until(&self, name: &str) -> Option<Instant> {
        let stall = |active: &ActiveFault| match &active.fault {
            Fault::Stall { route, .. } if applies_to(route.as_deref(), name) => active.until,
            _ => None,
        };
        self.current(Instant::now()).iter().filter_map(stall).max()
    }

    /// When the last refusal ends; `None` without one.
    pub fn refused_until(&self) -> Option<Instant> {
        let refusal = |active: &ActiveFault| match active.fault {
            Fault::Refuse { .. } => active.until,
            _ => None,
        };
        self.current(Instant::now()).iter().filter_map(refusal).max()
    }

    /// Whether a call from one service to another fails. Only faults that name its route count: faults of every route
    /// were applied to the client's own request already.
    pub fn inner_failure(&self, name: &str) -> bool {
        let failure = |fault: &Fault| match fault {
            Fault::Fail { share, route: Some(route), .. } if route == name => Some((*share, ())),
            _ => None,
        };
        self.hit(failure).is_some()
    }

    /// The status of the injected failure; `None` when the request is served.
    pub fn failure(&self, name: &str) -> Option<StatusCode> {
        self.hit(|fault| match fault {
            Fault::Fail { share, status, route } if applies_to(route.as_deref(), name) => {
                StatusCode::from_u16(*status).ok().map(|status| (*share, status))
            }
            _ => None,
        })
    }

    /// Whether this request's body is cut in the middle.
    pub fn cuts_body(&self, name: &str) -> bool {
        let cut = |fault: &Fault| match fault {
            Fault::ResetMidBody { share, route } if applies_to(route.as_deref(), name) => Some((*share, ())),
            _ => None,
        };
        self.hit(cut).is_some()
    }

    fn hit<T>(&self, chance: impl Fn(&Fault) -> Option<(f64, T)>) -> Option<T> {
        let chances: Vec<(f64, T)> =
            self.current(Instant::now()).iter().filter_map(|active| chance(&active.fault)).collect();
        let mut draws = self.draws.lock().unwrap_or_else(PoisonError::into_inner);
        chances.into_iter().find(|(share, _)| draws.unit() < *share).map(|(_, harm)| harm)
    }

    /// The list without faults that have ended.
    fn current(&self, now: Instant) -> MutexGuard<'_, Vec<ActiveFault>> {
        let mut active = self.active();
        active.retain(|one| !one.is_over(now));
        active
    }

    fn active(&self) -> MutexGuard<'_, Vec<ActiveFault>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn applies_to(route: Option<&str>, name: &str) -> bool {
    route.is_none_or(|route| route == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_hits_about_that_share_of_its_route() {
        let faults = Faults::new(1);
        faults.start(Fault::Fail { share: 0.2, status: 503, route: Some("/a".to_owned()) });
        let hits = (0..5000).filter(|_| faults.failure("/a").is_some()).count();
        assert!((850..1150).contains(&hits), "{hits}");
        assert_eq!(faults.failure("/b"), None);
        faults.end_all();
        assert_eq!(faults.failure("/a"), None);
    }

    #[test]
    fn a_fault_whose_time_is_over_is_gone() {
        let faults = Faults::new(1);
        faults.start(Fault::Stall { seconds: 0.0, route: None });
        assert!(faults.list().is_empty());
        assert_eq!(faults.stalled_until("/a"), None);
    }
}
