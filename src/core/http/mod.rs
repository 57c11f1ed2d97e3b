//! One exchange with the host, as values: its timing, the events of a streamed answer, and how the companion's relay
//! wraps it. Opens no connection.

pub mod exchange;
pub mod relay;
pub mod sse;
pub mod stream;
