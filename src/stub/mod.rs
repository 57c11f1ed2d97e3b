//! `oddiya-load stub`: an embedded stand-in for an Oddiya host.
//!
//! Its answers are those of the real host: routes, statuses, bodies, headers, event sequences, idempotency, connection
//! pools that run out. Beyond the real host it repeats (`--seed`), fails on demand (`/__stub/faults`) and counts its
//! requests (`/__stub/stats`). The layers, from the outside in:
//!
//! | file | what it does |
//! |---|---|
//! | `server`, `ports`, `socket` | listeners, connections, resets |
//! | `dispatch`, `front_door`, `body`, `reply`, `finish` | one request from head to last byte |
//! | `control`, `faults`, `stats` | `/__stub` |
//! | `dependencies` | what a broken part of the host does to the services |
//! | `routes`, `identity`, `accept` | the endpoint, the user and the wishes of a request; pure |
//! | `services`, `llm`, `pages` | the answers of each service |
//! | `app`, `pool`, `store`, `timing` | database connections, data, service times |
//! | `dates`, `jackson`, `uuid`, `wallclock` | formats |

mod accept;
mod announce;
mod app;
mod body;
mod control;
mod dates;
mod dependencies;
mod dispatch;
mod faults;
mod finish;
mod front_door;
mod identity;
mod jackson;
mod llm;
mod options;
mod pages;
mod pool;
mod ports;
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

pub use options::{Args, Cache, Model, Options, Profile, ServicePorts, Speed, Videos};
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
