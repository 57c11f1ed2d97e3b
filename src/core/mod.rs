//! Everything that is a decision or arithmetic. Pure: no files, sockets, clocks, threads or DOM.
//!
//! Compiles with no feature on, for every target; both halves of the program stand on it. The rooms form a ladder:
//! a room uses only rooms above it in this table. `tests/layers.rs` checks that.
//!
//! | room | what lives there |
//! |---|---|
//! | `base` | units, random numbers, the host's address, the histogram, kinds of failure |
//! | `report` | a report as data: its types, reading it, upgrading old versions |
//! | `scenario` | what virtual users do: the model, and reading it from files |
//! | `config` | what to run: as typed, and checked; the load over time |
//! | `http` | one exchange with the host: its timing, its event stream; the relay's wire format |
//! | `oddiya` | which Oddiya a host is, its users, and the plans that a run leaves |
//! | `run` | the shard loop, its two load models, counting, merging |
//! | `analyse` | what a report says: headline figures, trust |
//! | `compare` | groups of reports compared: what changed, how sure that is |
//! | `present` | words, columns and plots of a report, for page and terminal alike |
//! | `convert` | other tools' formats |
//! | `library` | many reports: their records, search, the file of all |
//! | `shelf` | the scenarios that the page keeps: records, drafts, links, what a text says in words |

pub mod analyse;
pub mod base;
pub mod compare;
pub mod config;
pub mod convert;
pub mod http;
pub mod library;
pub mod oddiya;
pub mod present;
pub mod report;
pub mod run;
pub mod scenario;
pub mod shelf;
