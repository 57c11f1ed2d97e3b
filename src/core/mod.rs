//! Everything that is a decision or arithmetic. Pure: no files, sockets, clocks, threads or DOM.
//!
//! Compiles with no feature on, for every target; both halves of the program stand on it.

pub mod histogram;
pub mod relay;
pub mod units;
