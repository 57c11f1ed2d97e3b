//! `oddiya-load stub`: an embedded stand-in for an Oddiya host.
//!
//! A client cannot tell it from the real thing by its answers: routes, statuses, bodies, headers, event sequences,
//! idempotency, connection pools that run out. It also does what no real host does on demand: it repeats (`--seed`),
//! fails as told (`/__stub/faults`) and counts what it saw (`/__stub/stats`). The layers, outside in:
//!
//! | file | what it does |
//! |---|---|
//! | `server`, `socket` | listeners, connections, resets |
//! | `dispatch`, `body`, `reply` | one request from head to last byte |
//! | `control`, `faults`, `stats` | `/__stub` |
//! | `routes`, `identity` | pure: which endpoint, which user |
//! | `services`, `llm` | what each service answers |
//! | `app`, `pool`, `store`, `timing` | connections, data, service times |

mod announce;
mod app;
mod body;
mod control;
mod dispatch;
mod faults;
mod identity;
mod llm;
mod options;
mod pool;
mod reply;
mod routes;
mod server;
mod services;
mod socket;
mod stats;
mod store;
mod timing;
mod uuid;
mod wallclock;

use anyhow::Context as _;

pub use options::{Args, Options, Profile, Speed, Videos};
pub use pool::{Connection, PoolName};
pub use routes::Front;
pub use server::{RunningStub, start};
pub use timing::LlmLatency;

/// Serves until interrupted.
pub async fn serve(args: Args) -> anyhow::Result<()> {
    let stub = start(args.into()).await?;
    announce::started(&stub);
    tokio::signal::ctrl_c().await.context("Ctrl-C cannot be waited for")
}
