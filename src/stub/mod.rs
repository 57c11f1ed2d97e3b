//! `oddiya-load stub`: an embedded stand-in for an Oddiya host.
//!
//! Its answers are those of the real host: routes, statuses, bodies, headers, event sequences, idempotency, connection
//! pools that run out. Beyond the real host it repeats (`--seed`), fails on demand (`/__stub/faults`) and counts its
//! requests (`/__stub/stats`). The layers, from the outside in:
//!
//! | file | what it does |
//! |---|---|
//! | `server`, `socket` | listeners, connections, resets |
//! | `dispatch`, `body`, `reply` | one request from head to last byte |
//! | `control`, `faults`, `stats` | `/__stub` |
//! | `routes`, `identity` | the endpoint and the user of a request; pure |
//! | `services`, `llm` | the answers of each service |
//! | `app`, `pool`, `store`, `timing` | database connections, data, service times |

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

/// Serves until Ctrl-C.
pub async fn serve(args: Args) -> anyhow::Result<()> {
    let stub = start(args.into()).await?;
    announce::started(&stub);
    tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")
}
