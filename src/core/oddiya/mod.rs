//! What is known of Oddiya's hosts: which of the three Oddiyas a host is, its users, and the plans that a run leaves behind.
//!
//! Everything here is decided from requests and answers as data; who sends them is `net` and the page.
//!
//! | file | what lives there |
//! |---|---|
//! | `reply.rs` | an answer, and whose it looks like |
//! | `recognising.rs` | which questions are asked, and what their answers say |
//! | `recognition.rs` | what was found: the Oddiya, its profile, by what it was recognised |
//! | `choice.rs` | what a recognised host changes in a run |
//! | `users.rs` | finding or making users, one after the other |
//! | `made_plans.rs` | plans that a run made, and deleting them |
//! | `words.rs` | all of this in words |

pub mod choice;
pub mod made_plans;
pub mod recognising;
pub mod recognition;
pub mod reply;
pub mod users;
pub mod words;

/// The header of requests that prepare a run, so that a host's log tells them from the load. The stub counts them apart.
pub const PREPARING: (&str, &str) = ("X-Oddiya-Load", "preparing");

/// The same as a query, for a page past the companion: for a header of its own a browser asks the host for permission first.
pub const PREPARING_QUERY: &str = "oddiya-load=preparing";
