//! Everything that is a decision or arithmetic. Pure: no files, sockets, clocks, threads or DOM.
//!
//! Compiles with no feature on, for every target; both halves of the program stand on it.

pub mod engine;
pub mod example;
pub mod exchange;
pub mod health;
pub mod histogram;
pub mod host;
pub mod intervals;
pub mod journal;
pub mod live;
pub mod load;
pub mod order;
pub mod plan;
pub mod platform;
pub mod plot;
pub mod recorder;
pub mod relay;
pub mod report;
pub mod rng;
pub mod run;
pub mod scenario;
pub mod seconds;
pub mod sim;
pub mod sse;
pub mod stream;
pub mod tally;
pub mod timers;
pub mod units;
pub mod words;
