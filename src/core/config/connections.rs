//! The settings for connections that a person can choose: who keeps them, and whether certificates are checked. No
//! connection is opened here.

/// Who keeps a connection open for the next request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConnectionReuse {
    /// Each virtual user keeps its own connection, as each phone does.
    #[default]
    PerUser,
    /// No connection is kept: every request opens a new one.
    None,
    /// All virtual users of a shard share a pool of connections, as a server does that calls another server.
    Shared,
}

/// Whether the host has to prove its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificates {
    /// The host needs a certificate that a root certificate of the system vouches for.
    #[default]
    Checked,
    /// Any certificate is accepted (`--insecure`).
    Unchecked,
}
