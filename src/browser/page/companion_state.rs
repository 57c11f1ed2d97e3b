//! Whether the companion that carries a run is there.

/// The state of the companion during a run through it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CompanionState {
    /// The companion answers, or no run goes through one.
    #[default]
    Present,
    /// Nothing listens at its address: it was ended or crashed. No request is started meanwhile.
    Gone {
        /// For how many whole seconds.
        for_s: u64,
    },
    /// The companion takes connections and does not answer: it was paused, or its machine is overloaded.
    Silent {
        /// For how many whole seconds.
        for_s: u64,
    },
    /// It is back, but does not relay to all of the run's hosts, so the run cannot go on through it.
    BackWithAnotherHost {
        /// What it relays to now.
        host: String,
    },
}
