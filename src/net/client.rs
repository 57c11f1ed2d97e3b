//! What all lanes of one shard share for one host: how to connect, the run's clock, deadlines, kept connections, buffers.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::clock::RunClock;
use super::deadlines::Deadlines;
use super::dial::Dialer;
use super::http1::RequestWriter;
use super::options::ClientOptions;
use super::pool::Pool;

/// The size of the receive buffer in bytes: as much as a socket commonly hands over at once.
const READ_BUFFER_BYTES: usize = 64 * 1024;

/// The clients of a shard, one for each service. A [`ServiceId`](crate::core::scenario::ServiceId) is an index.
pub type Clients = Rc<[Rc<HttpClient>]>;

/// The HTTP client of one shard for one host.
pub struct HttpClient {
    pub dialer: Arc<Dialer>,
    pub options: ClientOptions,
    pub clock: RunClock,
    pub writer: RequestWriter,
    pub deadlines: Rc<Deadlines>,
    pub pool: Pool,
    /// Where received bytes pass through. One buffer serves all lanes, because a shard reads for one lane at a time.
    pub read_buffer: RefCell<Vec<u8>>,
}

impl HttpClient {
    pub fn new(dialer: Arc<Dialer>, options: ClientOptions, clock: RunClock) -> Self {
        Self {
            writer: RequestWriter::new(dialer.host(), options.reuse),
            pool: Pool::new(dialer.only_version()),
            deadlines: Deadlines::new(clock),
            read_buffer: RefCell::new(vec![0; READ_BUFFER_BYTES]),
            dialer,
            options,
            clock,
        }
    }
}
