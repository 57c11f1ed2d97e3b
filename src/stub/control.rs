//! `/__stub`: the stub's own interface to its counters and faults. Oddiya has none.
//!
//! Control requests are never counted, stalled or cut.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::app::{App, ListenState};
use super::faults::{BadFault, Fault};
use super::pool::{PoolName, PoolState};
use super::reply::Reply;
use super::stats::Report;

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
        ("/__stub/faults", &Method::POST) => match Fault::parse(body) {
            Ok(fault) => start_fault(app, fault),
            Err(bad) => bad_request(&bad),
        },
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

fn start_fault(app: &Arc<App>, fault: Fault) -> Reply {
    let refuses_connections = matches!(fault, Fault::Refuse { .. });
    app.faults.start(fault);
    let mut reply = list_faults(app);
    if refuses_connections {
        let app = Arc::clone(app);
        reply.on_sent = Some(Box::new(move || {
            tokio::spawn(refuse_connections(app));
        }));
    }
    reply
}

/// Refuses connections until the last `refuse` fault ends.
async fn refuse_connections(app: Arc<App>) {
    tokio::time::sleep(BEFORE_REFUSING).await;
    while let Some(until) = app.faults.refused_until() {
        switch(&app, ListenState::Open, ListenState::Refusing);
        tokio::time::sleep_until(until.into()).await;
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
