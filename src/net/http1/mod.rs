//! HTTP/1.1: a request as bytes, a response out of pieces as they arrive, and both on one connection.
//!
//! Our own rather than a client library's, because it is what measures: bodies are counted and dropped, nothing is
//! kept per response, and the caller learns the moment of each byte.

mod exchange;
mod framing;
mod request;
mod response;

pub use exchange::Http1Exchange;
pub use request::RequestWriter;
