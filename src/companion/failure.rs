//! From the errors of hyper to typed failures. Pure.
//!
//! Types and kinds decide, never a message's text: texts change with the platform and the library. The failures of
//! connecting are typed in `net`.

use std::error::Error;
use std::io;

use crate::core::base::failure::{Failure, FailureKind};
use crate::net::failure::connection_lost;

/// Why a request sent by hyper got no response. The failure of its connection counts where there was one.
pub fn from_hyper(error: &hyper::Error) -> Failure {
    let sources = std::iter::successors(error.source(), |&source| source.source());
    let io_error = sources.filter_map(|source| source.downcast_ref::<io::Error>()).next();
    match io_error {
        Some(io_error) => connection_lost(FailureKind::Reset, io_error),
        None if error.is_parse() => Failure::new(FailureKind::Malformed, error.to_string()),
        None if error.is_incomplete_message() || error.is_canceled() || error.is_closed() => {
            connection_lost(FailureKind::Reset, &io::ErrorKind::UnexpectedEof.into())
        }
        None => Failure::new(FailureKind::Other, error.to_string()),
    }
}
