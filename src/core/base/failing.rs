//! What failed requests of a run mean for those who asked for it.

/// What failed requests of a run mean for the suite that it is a stage of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// The suite has failed.
    Fails,
    /// Nothing: the stage is to find a limit.
    IsAllowed,
}
