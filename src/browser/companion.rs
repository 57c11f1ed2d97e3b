//! Whether the page was served by a companion, and what it relays to.

/// What the page learns when it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Companion {
    /// The one host it relays to.
    pub host: String,
    /// What a request must carry to be relayed.
    pub token: String,
}

/// Asks the server that served the page; `None` when it is a plain file server, or there is none.
pub async fn find() -> Option<Companion> {
    None
}
