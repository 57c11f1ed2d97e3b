//! HTTP/1.1 as bytes: a request into a buffer, a response out of pieces as they arrive. Knows no socket.
//!
//! Ours rather than a client library's because it is the measuring: bodies are counted and dropped, nothing is
//! kept per response, and the moment of each byte belongs to the caller.

mod request;
mod response;

pub use request::RequestWriter;
pub use response::{Afterwards, Progress, Response};
