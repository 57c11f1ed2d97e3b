//! How to connect, as far as it is a choice of the user's: who keeps connections, and whether certificates are checked.

/// Who keeps a connection for the next request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConnectionReuse {
    /// Each user its own, as each phone does.
    #[default]
    PerUser,
    /// Nobody: every request opens a connection.
    None,
    /// A pool for all users of a shard, as a server that calls another does.
    Shared,
}

/// Whether the host has to prove its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificates {
    /// By a certificate that the system's roots vouch for.
    #[default]
    Checked,
    /// Not at all (`--insecure`): any certificate is accepted.
    Unchecked,
}
