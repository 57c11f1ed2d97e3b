//! `/__stub`: what the stub tells about itself, and the faults it is asked for.
//!
//! Never counted, never stalled, never cut. No part of Oddiya.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::app::{App, Phase};
use super::faults::{BadFault, Fault};
use super::pool::{PoolName, PoolState};
use super::reply::Reply;
use super::stats::Report;

/// Prefix of the control paths.
pub const PREFIX: &str = "/__stub";

/// Time for the answer to `refuse` to leave before its own connection is reset.
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

/// Answers a control request.
pub fn answer(app: &Arc<App>, method: &Method, path: &str, body: &[u8]) -> Reply {
    match (path, method) {
        ("/__stub/stats", &Method::GET) => Reply::json(StatusCode::OK, &stats(app)),
        ("/__stub/stats", &Method::DELETE) => {
            app.stats.reset();
            Reply::empty(StatusCode::NO_CONTENT)
        }
        ("/__stub/faults", &Method::GET) => active(app),
        ("/__stub/faults", &Method::POST) => match Fault::parse(body) {
            Ok(fault) => start(app, fault),
            Err(bad) => refused(&bad),
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

fn active(app: &App) -> Reply {
    Reply::json(StatusCode::OK, &json!({"active": app.faults.list()}))
}

fn refused(bad: &BadFault) -> Reply {
    Reply::json(StatusCode::BAD_REQUEST, &json!({"error": bad.to_string()}))
}

fn start(app: &Arc<App>, fault: Fault) -> Reply {
    let closes = matches!(fault, Fault::Refuse { .. });
    app.faults.start(fault);
    let mut reply = active(app);
    if closes {
        let app = Arc::clone(app);
        reply.afterwards = Some(Box::new(move || {
            tokio::spawn(refuse(app));
        }));
    }
    reply
}

/// Closes the door until the last `refuse` fault is over.
async fn refuse(app: Arc<App>) {
    tokio::time::sleep(BEFORE_REFUSING).await;
    while let Some(until) = app.faults.refused_until() {
        turn(&app, Phase::Open, Phase::Refusing);
        tokio::time::sleep_until(until.into()).await;
    }
    turn(&app, Phase::Refusing, Phase::Open);
}

fn turn(app: &App, from: Phase, to: Phase) {
    app.phase.send_if_modified(|phase| {
        let turns = *phase == from;
        if turns {
            *phase = to;
        }
        turns
    });
}
