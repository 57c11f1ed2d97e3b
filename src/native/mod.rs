//! The runner: the engine on real clocks, sockets and threads, and what it prints and writes.
//!
//! | file | what lives there |
//! |---|---|
//! | `args.rs` | what can be typed after `oddiya-load run` |
//! | `run.rs` | the command from first check to exit code |
//! | `shards.rs` | one thread, one runtime, one shard of the engine each |
//! | `platform.rs`, `alarm/` | the engine's clock, spawner and transport; waking up in time |
//! | `options.rs` | how to connect: flags, and what they mean |
//! | `lane.rs` | one user's way to the host: send a request, time what comes back |
//! | `conversation.rs` | a request and its response on an HTTP/1.1 connection |
//! | `connection.rs` | an open connection, and who keeps it |
//! | `dial.rs` | name look-up, TCP, TLS, each timed and typed |
//! | `resolve.rs`, `tls.rs` | addresses of a name; roots, sessions, certificates |
//! | `ports.rs`, `handles.rs` | which port a connection comes from; how many there can be |
//! | `http1/` | HTTP/1.1 as bytes, without a socket |
//! | `http2.rs` | HTTP/2 |
//! | `redirect.rs` | what goes out after a redirect |
//! | `body.rs` | looking into a body, unpacked |
//! | `deadlines.rs` | giving up in time |
//! | `terminal.rs`, `say.rs` | the live view; what is said at the end |
//! | `output.rs`, `checkpoints.rs` | report and CSV files; the report on the way |
//! | `report.rs` | the command that opens a report |

mod alarm;
pub mod args;
mod body;
mod checkpoints;
mod connection;
mod conversation;
mod deadlines;
mod dial;
mod handles;
mod http1;
mod http2;
mod lane;
mod options;
mod output;
mod platform;
mod ports;
mod redirect;
pub mod report;
mod resolve;
pub mod run;
mod say;
mod shards;
mod terminal;
mod tls;
