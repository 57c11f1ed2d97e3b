//! The settings for connections that a person can choose: who keeps them, whether cookies are kept, and whether certificates
//! are checked. No connection is opened here.

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

/// What a user does with the cookies that the host sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cookies {
    /// Each user keeps its own and sends them back, as the app and a browser do.
    #[default]
    Kept,
    /// No cookie is kept (`--no-cookies`).
    Ignored,
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
