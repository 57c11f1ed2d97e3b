//! Counts of the connections that requests opened and used. Only the type lives here; a transport fills it in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Connections that were opened and used: by one request, or by many together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Connections {
    /// Opened, TLS and all.
    pub opened: u64,
    /// Of these, how many speak HTTP/2; the others speak HTTP/1.1.
    pub http2: u64,
    /// Of these, how many speak TLS 1.2.
    pub tls_1_2: u64,
    /// Of these, how many speak TLS 1.3.
    pub tls_1_3: u64,
    /// Requests, redirected ones too, that went out on a connection that was open already.
    pub reused: u64,
    /// Kept connections that the host had closed when they were needed again.
    pub reconnects: u64,
    /// Requests sent a second time, because the host had closed their connection before they reached it.
    pub resent: u64,
}

impl Connections {
    /// Adds the counts of `other`.
    pub const fn merge(&mut self, other: &Self) {
        self.opened += other.opened;
        self.http2 += other.http2;
        self.tls_1_2 += other.tls_1_2;
        self.tls_1_3 += other.tls_1_3;
        self.reused += other.reused;
        self.reconnects += other.reconnects;
        self.resent += other.resent;
    }
}
