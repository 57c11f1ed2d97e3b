//! One exchange with the host, as values: its timing, the events of a streamed answer, and the format in which the
//! companion relays it. No connection is opened here.

pub mod answer;
pub mod exchange;
pub mod plan;
pub mod reason;
pub mod relay;
pub mod relay_record;
pub mod request;
pub mod request_id;
pub mod sse;
pub mod stream;
pub mod target;
pub mod transcript;
