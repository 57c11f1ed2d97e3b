//! Comparing on the page: two groups of reports, what changed between them, and their curves over each other.
//! `core::compare` decides; nothing is computed here.
//!
//! | file | what lives there |
//! |---|---|
//! | `state.rs` | the two groups, as the address has them, and the reports that were read for them |
//! | `view.rs` | the view at `#/compare` |
//! | `sides.rs` | the two groups: what is in them, and moving reports between them |
//! | `offers.rs` | the reports of the library, by like runs, that can be added |
//! | `outcome.rs` | the verdict in words, and the table |
//! | `curves.rs` | spectra and timelines of both groups over each other |

mod curves;
mod offers;
mod outcome;
mod sides;
mod state;
pub mod view;
