//! What a host is asked before a run, and after it: which Oddiya it is, for users, to delete the run's plans.
//!
//! What is asked and what the answers say is decided in `core/oddiya`. Runner and companion share this file. Its functions
//! must be called within a `LocalSet`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, timeout_at};

use super::client::{Clients, HttpClient};
use super::clock::RunClock;
use super::cookies::CookieJar;
use super::dial::Dialer;
use super::lane::HttpLane;
use super::options::{ClientOptions, DialOptions};
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::host::Host;
use crate::core::base::units::Micros;
use crate::core::config::connections::{ConnectionReuse, Cookies};
use crate::core::http::request::Request;
use crate::core::oddiya::made_plans::MadePlan;
use crate::core::oddiya::recognising::{self, Next, Question, Recognising};
use crate::core::oddiya::recognition::{Recognition, Target};
use crate::core::oddiya::reply::{Heard, Reply};
use crate::core::oddiya::users::{self, Users, UsersFound};
use crate::core::run::platform::Lane as _;

/// How long one request may take. Making a user takes tens of milliseconds on a small machine.
const REQUEST_LIMIT: Micros = Micros::from_secs(3);
/// How long deleting plans may take.
const DELETING_LIMIT: Duration = Duration::from_secs(60);
/// How many plans are deleted at the same time: fewer than plan-service has connections to its database.
const DELETING_AT_ONCE: usize = 4;

/// Finds out which Oddiya a host is. Only hosts that may be asked are.
pub async fn recognise(host: &Host, dial: DialOptions, may_ask: impl Fn(&Host) -> bool) -> Recognition {
    let mut asked = Recognising::new(host.clone());
    let mut lanes: Vec<(Host, HttpLane)> = Vec::new();
    let deadline = Instant::now() + Duration::from(recognising::TIME_LIMIT);
    loop {
        let question = match asked.next() {
            Next::Known(recognition) => return recognition,
            Next::Ask(question) => question,
        };
        let heard = if may_ask(&question.host) {
            match timeout_at(deadline, ask(&mut lanes, &question, dial)).await {
                Ok(heard) => heard,
                Err(_) => return asked.out_of_time(),
            }
        } else {
            Err(Failure::new(FailureKind::Unreachable, "it may not be asked"))
        };
        asked.heard(question, heard);
    }
}

async fn ask(lanes: &mut Vec<(Host, HttpLane)>, question: &Question, dial: DialOptions) -> Heard {
    let known = lanes.iter().position(|(host, _)| *host == question.host);
    let place = match known {
        Some(place) => place,
        None => {
            lanes.push((question.host.clone(), lane(std::slice::from_ref(&question.host), dial)?));
            lanes.len() - 1
        }
    };
    match lanes.get_mut(place) {
        Some((_, lane)) => hear(lane, &question.request()).await,
        None => Err(Failure::new(FailureKind::Other, "")),
    }
}

/// Finds or makes as many users as are wanted, one after the other.
pub async fn find_users(host: &Host, target: Target, wanted: u32, dial: DialOptions) -> UsersFound {
    let mut users = Users::new(target, wanted);
    let mut lane = match lane(std::slice::from_ref(host), dial) {
        Ok(lane) => lane,
        Err(failure) => {
            users.heard(&Err(failure));
            return users.out_of_time();
        }
    };
    let deadline = Instant::now() + Duration::from(users::TIME_LIMIT);
    while let Some(request) = users.next() {
        match timeout_at(deadline, hear(&mut lane, &request)).await {
            Ok(heard) => users.heard(&heard),
            Err(_) => return users.out_of_time(),
        }
    }
    users.end()
}

/// Deletes plans, and returns how many are gone. `hosts` are those of the run's services.
pub async fn delete_plans(plans: Vec<MadePlan>, hosts: &[Host], dial: DialOptions) -> u64 {
    let plans = RefCell::new(plans);
    let gone = Cell::new(0);
    let deadline = Instant::now() + DELETING_LIMIT;
    let one = async || {
        let Ok(mut lane) = lane(hosts, dial) else { return };
        loop {
            let Some(plan) = plans.borrow_mut().pop() else { return };
            match timeout_at(deadline, lane.exchange(&plan.deletion())).await {
                Ok(exchange) => gone.set(gone.get() + u64::from(MadePlan::is_gone(&exchange))),
                Err(_) => return,
            }
        }
    };
    join_all((0..DELETING_AT_ONCE).map(|_| one())).await;
    gone.get()
}

/// Sends a request and hears the answer.
async fn hear(lane: &mut HttpLane, request: &Request) -> Heard {
    let exchange = lane.exchange(request).await;
    let status = exchange.outcome?;
    let body = exchange.answer.map(|answer| answer.body).unwrap_or_default();
    Ok(Reply { status, body })
}

/// A user of these hosts.
fn lane(hosts: &[Host], dial: DialOptions) -> Result<HttpLane, Failure> {
    let options = ClientOptions {
        dial,
        request_timeout: REQUEST_LIMIT,
        reuse: ConnectionReuse::PerUser,
        max_redirects: 0,
        max_body: 0,
        cookies: Cookies::Ignored,
    };
    let clock = RunClock::start();
    let client = |host: &Host| {
        let dialer = Dialer::new(host.clone(), dial);
        let dialer = dialer.map_err(|error| Failure::new(FailureKind::Tls, error.to_string()))?;
        Ok(Rc::new(HttpClient::new(Arc::new(dialer), options, clock)))
    };
    let clients: Clients = hosts.iter().map(client).collect::<Result<_, Failure>>()?;
    HttpLane::new(clients, CookieJar::default()).ok_or_else(|| Failure::new(FailureKind::Other, ""))
}
