//! `/__stub`: the stub's own interface to its counters and faults. Oddiya has none.
//!
//! Control requests are never counted, stalled or cut.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::app::{App, ListenState};
use super::faults::{BadFault, Fault, Outage};
use super::options::Profile;
use super::pool::{PoolName, PoolState};
use super::reply::Reply;
use super::routes::Front;
use super::stats::{Report, UNROUTED};

pub const PREFIX: &str = "/__stub";

/// Pause before `refuse` resets all connections, so that its own answer leaves first.
const BEFORE_REFUSING: Duration = Duration::from_millis(50);

#[derive(Serialize)]
struct StatsBody {
    #[serde(flatten)]
    report: Report,
    pools: PoolsBody,
}

#[derive(Serialize)]
struct PoolsBody {
    user: PoolState,
    plan: PoolState,
    video: PoolState,
}

pub fn answer(app: &Arc<App>, method: &Method, path: &str, body: &[u8]) -> Reply {
    match (path, method) {
        ("/__stub/stats", &Method::GET) => Reply::json(StatusCode::OK, &stats(app)),
        ("/__stub/stats", &Method::DELETE) => {
            app.stats.reset();
            Reply::empty(StatusCode::NO_CONTENT)
        }
        ("/__stub/faults", &Method::GET) => list_faults(app),
        ("/__stub/faults", &Method::POST) => {
            match Fault::parse(body).and_then(|fault| accepted(app, fault)) {
                Ok(fault) => start_fault(app, fault),
                Err(bad) => bad_request(&bad),
            }
        }
        ("/__stub/faults", &Method::DELETE) => {
            app.faults.end_all();
            Reply::empty(StatusCode::NO_CONTENT)
        }
        ("/__stub/stats" | "/__stub/faults", _) => Reply::empty(StatusCode::METHOD_NOT_ALLOWED),
        _ => {
            let error =
                json!({"error": "use GET or DELETE /__stub/stats, or GET, POST or DELETE /__stub/faults"});
            Reply::json(StatusCode::NOT_FOUND, &error)
        }
    }
}

fn stats(app: &App) -> StatsBody {
    let pools = PoolsBody {
        user: app.pools.state(PoolName::User),
        plan: app.pools.state(PoolName::Plan),
        video: app.pools.state(PoolName::Video),
    };
    StatsBody { report: app.stats.report(&app.options), pools }
}

fn list_faults(app: &App) -> Reply {
    Reply::json(StatusCode::OK, &json!({"active": app.faults.list()}))
}

fn bad_request(bad: &BadFault) -> Reply {
    Reply::json(StatusCode::BAD_REQUEST, &json!({"error": bad.to_string()}))
}

/// Refuses a fault that this stub cannot play as things stand.
fn accepted(app: &App, fault: Fault) -> Result<Fault, BadFault> {
    if let Some(route) = fault.route().filter(|route| *route != UNROUTED && !app.has_route(route)) {
        return Err(BadFault::Route(route.to_owned()));
    }
    match fault {
        Fault::Outage { outage, .. } => can_break(app, outage)?,
        Fault::Refuse { .. } => no_port_is_closed(app)?,
        _ => {}
    }
    Ok(fault)
}

/// Whether this part of the host can be broken now.
fn can_break(app: &App, outage: Outage) -> Result<(), BadFault> {
    if let Some(other) = app.faults.outage() {
        return Err(BadFault::Another(other.name()));
    }
    if outage.closes_a_port() && app.faults.refused_until().is_some() {
        return Err(BadFault::Refusing("refuse"));
    }
    if outage == Outage::GatewayFrozen && app.options.profile == Profile::Direct {
        return Err(BadFault::NoGateway);
    }
    Ok(())
}

fn no_port_is_closed(app: &App) -> Result<(), BadFault> {
    match app.faults.outage().filter(|outage| outage.closes_a_port()) {
        Some(dead) => Err(BadFault::Refusing(dead.name())),
        None => Ok(()),
    }
}

fn start_fault(app: &Arc<App>, fault: Fault) -> Reply {
    let refusal = match fault {
        Fault::Refuse { .. } => Some(Refusal::Everywhere),
        Fault::Outage { outage: Outage::UserDead, .. } => Some(Refusal::Dead(Front::User, Outage::UserDead)),
        Fault::Outage { outage: Outage::AgentDead, .. } => Some(Refusal::Dead(Front::Llm, Outage::AgentDead)),
        _ => None,
    };
    app.faults.start(fault);
    let mut reply = list_faults(app);
    if let Some(refusal) = refusal {
        let app = Arc::clone(app);
        reply.on_sent = Some(Box::new(move || {
            tokio::spawn(refuse(app, refusal));
        }));
    }
    reply
}

/// What no longer accepts connections.
#[derive(Clone, Copy)]
enum Refusal {
    Everywhere,
    /// A service's own port, as long as the outage lasts.
    Dead(Front, Outage),
}

async fn refuse(app: Arc<App>, refusal: Refusal) {
    tokio::time::sleep(BEFORE_REFUSING).await;
    match refusal {
        Refusal::Everywhere => refuse_connections(app).await,
        // It may have been ended meanwhile.
        Refusal::Dead(_, outage) if app.faults.outage() != Some(outage) => {}
        Refusal::Dead(front, outage) => {
            switch(&app, ListenState::Open, ListenState::Dead(front));
            app.faults.wait_while(|active| *active == outage).await;
            switch(&app, ListenState::Dead(front), ListenState::Open);
        }
    }
}

/// Refuses connections until the last `refuse` fault ends.
async fn refuse_connections(app: Arc<App>) {
    while let Some(until) = app.faults.refused_until() {
        switch(&app, ListenState::Open, ListenState::Refusing);
        tokio::time::sleep_until(until).await;
    }
    switch(&app, ListenState::Refusing, ListenState::Open);
}

fn switch(app: &App, from: ListenState, to: ListenState) {
    app.listen_state.send_if_modified(|listen_state| {
        let is_from = *listen_state == from;
        if is_from {
            *listen_state = to;
        }
        is_from
    });
}

#[cfg(test)]
mod tests {
    use super::super::options::Options;
    use super::*;

    fn second(first: &str, second: &str) -> Result<Fault, BadFault> {
        let app = App::open(Options::default()).unwrap();
        app.faults.start(Fault::parse(first.as_bytes()).unwrap());
        accepted(&app, Fault::parse(second.as_bytes()).unwrap())
    }

    #[test]
    fn two_faults_that_close_ports_are_not_started_together() {
        let (dead, refuse) = (r#"{"kind":"user_dead"}"#, r#"{"kind":"refuse","seconds":60}"#);
        assert_eq!(second(dead, refuse), Err(BadFault::Refusing("user_dead")));
        assert_eq!(second(refuse, dead), Err(BadFault::Refusing("refuse")));
        // One that leaves the ports open goes with either.
        let queue = r#"{"kind":"queue_dead"}"#;
        assert!(second(refuse, queue).is_ok() && second(queue, refuse).is_ok());
    }

    #[test]
    fn a_second_broken_part_is_refused_and_another_failure_is_not() {
        let queue = r#"{"kind":"queue_dead"}"#;
        assert_eq!(second(queue, r#"{"kind":"redis_down"}"#), Err(BadFault::Another("queue_dead")));
        assert_eq!(second(queue, queue), Err(BadFault::Another("queue_dead")));
        assert!(second(queue, r#"{"kind":"fail","share":0.5,"status":503}"#).is_ok());
    }
}
