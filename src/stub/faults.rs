//! Faults on demand: which ones `POST /__stub/faults` accepts, which are active, and which requests they affect.
//!
//! This file only decides. `dispatch`, `body` and `control` ask it and carry the faults out; `server` closes listeners.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::core::base::rng::Rng;

/// The longest duration of a fault, in seconds: a day.
const LONGEST_SECS: f64 = 86_400.0;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// Requests wait without an answer; connections stay open.
    Stall {
        seconds: f64,
        /// The only route that is affected; every route when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        route: Option<String>,
    },
    /// New connections are refused and open ones are reset.
    Refuse { seconds: f64 },
    /// The head and half the body are sent, then the connection is reset.
    ResetMidBody {
        /// Share of the requests that are affected, in [0, 1].
        share: f64,
        /// The only route that is affected; every route when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        route: Option<String>,
    },
    /// The request is answered with an error status and has no effect.
    Fail {
        /// Share of the requests that are affected, in [0, 1].
        share: f64,
        /// From 400 to 599.
        status: u16,
        /// The only route that is affected; every route when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        route: Option<String>,
    },
}

/// Why a request body does not describe a fault. The message names the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFault {
    #[error("the body must be a JSON object such as {{\"kind\":\"stall\",\"seconds\":10}}: {0}")]
    NotAnObject(String),
    #[error("`kind` must be stall, refuse, reset_mid_body or fail")]
    Kind,
    /// A field has a wrong value or is missing.
    #[error("`{field}` must be {wanted}")]
    Field { field: &'static str, wanted: &'static str },
    /// This kind of fault has no such field.
    #[error("`{0}` is not a field of this kind of fault; leave it out")]
    Unknown(String),
}

impl Fault {
    /// Reads the body of `POST /__stub/faults`.
    pub fn parse(body: &[u8]) -> Result<Self, BadFault> {
        let value = serde_json::from_slice(body).map_err(|e| BadFault::NotAnObject(e.to_string()))?;
        let Value::Object(mut fields) = value else {
            return Err(BadFault::NotAnObject("it is another kind of value".to_owned()));
        };
        let kind = fields.remove("kind").ok_or(BadFault::Kind)?;
        let fault = match kind.as_str().ok_or(BadFault::Kind)? {
            "stall" => Self::Stall { seconds: take_seconds(&mut fields)?, route: take_route(&mut fields)? },
            "refuse" => Self::Refuse { seconds: take_seconds(&mut fields)? },
            "reset_mid_body" => {
                Self::ResetMidBody { share: take_share(&mut fields)?, route: take_route(&mut fields)? }
            }
            "fail" => Self::Fail {
                share: take_share(&mut fields)?,
                status: take_status(&mut fields)?,
                route: take_route(&mut fields)?,
            },
            _ => return Err(BadFault::Kind),
        };
        match fields.into_iter().next() {
            Some((unknown, _)) => Err(BadFault::Unknown(unknown)),
            None => Ok(fault),
        }
    }

    /// How long it lasts; `None` when it lasts until `DELETE /__stub/faults`.
    pub fn duration(&self) -> Option<Duration> {
        match self {
            Self::Stall { seconds, .. } | Self::Refuse { seconds } => Some(Duration::from_secs_f64(*seconds)),
            Self::ResetMidBody { .. } | Self::Fail { .. } => None,
        }
    }
}

fn take_number(
    fields: &mut Map<String, Value>,
    field: &'static str,
    range: std::ops::RangeInclusive<f64>,
    wanted: &'static str,
) -> Result<f64, BadFault> {
    let number = fields.remove(field).and_then(|value| value.as_f64());
    number.filter(|number| range.contains(number)).ok_or(BadFault::Field { field, wanted })
}

fn take_seconds(fields: &mut Map<String, Value>) -> Result<f64, BadFault> {
    take_number(fields, "seconds", 0.0..=LONGEST_SECS, "a number of seconds from 0 to 86400")
}

fn take_share(fields: &mut Map<String, Value>) -> Result<f64, BadFault> {
    take_number(fields, "share", 0.0..=1.0, "a number from 0 to 1")
}

fn take_status(fields: &mut Map<String, Value>) -> Result<u16, BadFault> {
    let wanted = "a whole HTTP status from 400 to 599";
    let status = take_number(fields, "status", 400.0..=599.0, wanted)?;
    if status.fract() == 0.0 { Ok(status as u16) } else { Err(BadFault::Field { field: "status", wanted }) }
}

fn take_route(fields: &mut Map<String, Value>) -> Result<Option<String>, BadFault> {
    let wanted = "a route's name as /__stub/stats shows it, such as /api/plans/{id}";
    match fields.remove("route") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(route)) => Ok(Some(route)),
        Some(_) => Err(BadFault::Field { field: "route", wanted }),
    }
}

/// The active faults.
#[derive(Debug)]
pub struct Faults {
    active: Mutex<Vec<ActiveFault>>,
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
    fault: Fault,
    /// Seconds until it ends by itself; absent when it does not.
    remaining_s: Option<f64>,
}

impl Faults {
    /// An empty list. `seed` decides which requests a share affects.
    pub fn new(seed: u64) -> Self {
        let draws = Mutex::new(Rng::new(seed ^ 0x0fa1_75ee_dfa1_75ee));
        Self { active: Mutex::default(), draws, changed: watch::Sender::new(()) }
    }

    pub fn start(&self, fault: Fault) {
        let until = fault.duration().map(|duration| Instant::now() + duration);
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
            |active: &ActiveFault| Listed { fault: active.fault.clone(), remaining_s: remaining(active) };
        self.current(now).iter().map(listed).collect()
    }

    /// Waits while requests to this route are stalled.
    pub async fn wait_while_stalled(&self, name: &str) {
        let mut changes = self.changed.subscribe();
        loop {
            changes.borrow_and_update();
            let Some(until) = self.stalled_until(name) else { return };
            tokio::select! {
                () = tokio::time::sleep_until(until.into()) => {}
                _ = changes.changed() => {}
            }
        }
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
    fn reads_every_kind() {
        let stall = Fault::parse(br#"{"kind":"stall","seconds":10}"#).unwrap();
        assert_eq!(stall, Fault::Stall { seconds: 10.0, route: None });
        assert_eq!(Fault::parse(br#"{"kind":"refuse","seconds":0.5}"#), Ok(Fault::Refuse { seconds: 0.5 }));
        let route = Some("/api/plans".to_owned());
        let cut = Fault::parse(br#"{"kind":"reset_mid_body","share":0.1,"route":"/api/plans"}"#).unwrap();
        assert_eq!(cut, Fault::ResetMidBody { share: 0.1, route });
        let fail = Fault::parse(br#"{"kind":"fail","share":0.2,"status":503}"#).unwrap();
        assert_eq!(fail, Fault::Fail { share: 0.2, status: 503, route: None });
    }

    #[test]
    fn a_bad_body_is_told_which_field_is_wrong() {
        for (body, field) in [
            ("", "body"),
            ("[]", "body"),
            ("{}", "`kind`"),
            (r#"{"kind":"melt"}"#, "`kind`"),
            (r#"{"kind":"stall"}"#, "`seconds`"),
            (r#"{"kind":"stall","seconds":"x"}"#, "`seconds`"),
            (r#"{"kind":"stall","seconds":-1}"#, "`seconds`"),
            (r#"{"kind":"fail","share":2,"status":503}"#, "`share`"),
            (r#"{"kind":"fail","share":1,"status":503.5}"#, "`status`"),
            (r#"{"kind":"fail","share":1,"status":503,"route":5}"#, "`route`"),
            (r#"{"kind":"refuse","seconds":1,"route":"/"}"#, "`route`"),
        ] {
            let error = Fault::parse(body.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(field), "{body}: {error}");
        }
    }

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
