//! The HTTP client: connects to a host, sends requests, times what comes back. Runner and companion share it.
//!
//! Both send through `lane.rs`, where the moment of each byte is measured; the companion passes the response on by a tap
//! (`tap.rs`). No command, no output and no listening socket here.
//! A file uses only files above it in this table; `tests/layers.rs` checks that there is no circle.
//!
//! | file | what lives there |
//! |---|---|
//! | `clock.rs` | the clock of a run |
//! | `options.rs` | how to connect and send |
//! | `handles.rs` | how many connections there may be at the same time |
//! | `stream.rs` | the bytes of a connection, with and without TLS |
//! | `failure.rs` | typed failures from the errors of sockets |
//! | `resolve.rs` | the addresses of a name |
//! | `ports.rs` | the local port of a connection |
//! | `tls.rs` | roots, sessions, certificates |
//! | `dial.rs` | look-up, TCP and TLS, each timed |
//! | `redirect.rs` | the request that follows a redirect |
//! | `cookies.rs` | one user's cookies |
//! | `unpack.rs` | the codings of a body |
//! | `body.rs` | the events of a body, unpacked |
//! | `kept.rs` | what a scenario looks at in a response |
//! | `deadlines.rs` | the time limits of requests in flight |
//! | `tap.rs` | passes a response on while it arrives |
//! | `partial.rs` | what is known of an exchange while it runs |
//! | `http1/` | HTTP/1.1 |
//! | `frames.rs` | the frames that HTTP/2 reads |
//! | `http2.rs` | HTTP/2 |
//! | `pool.rs` | idle connections, and those that users share |
//! | `client.rs` | what all lanes of a shard share |
//! | `keepalive.rs` | one user's connections between requests |
//! | `lane.rs` | one user's requests |
//! | `preparing.rs` | what a host is asked before a run and after it |

mod body;
pub mod client;
pub mod clock;
pub mod cookies;
mod deadlines;
pub mod dial;
pub mod failure;
mod frames;
pub mod handles;
mod http1;
mod http2;
mod keepalive;
mod kept;
pub mod lane;
pub mod options;
mod partial;
mod pool;
mod ports;
pub mod preparing;
mod redirect;
mod resolve;
mod stream;
pub mod tap;
pub mod tls;
mod unpack;
