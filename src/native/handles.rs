//! Open files: every user's connection is one, and the system has a limit for each process.

use crate::core::config::load::Load;
use crate::core::present::notes::RESERVED_FILE_HANDLES;
use crate::core::report::Note;

/// Raises the limit as far as this load needs; gives a note where the system does not let it.
pub fn allow(load: &Load) -> Option<Note> {
    let users = u64::from(load.most_users());
    let allowed = rlimit::increase_nofile_limit(users + RESERVED_FILE_HANDLES).ok()?;
    match load {
        Load::Closed { .. } => shortage(users, allowed),
        // As many users as are allowed are rarely taken; an arrival that finds no connection is a failure of its own kind.
        Load::Open { .. } => None,
    }
}

fn shortage(users: u64, allowed: u64) -> Option<Note> {
    (allowed < users + RESERVED_FILE_HANDLES).then_some(Note::FewFileHandles { allowed, users })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_limit_that_may_be_met_is_told() {
        assert_eq!(shortage(100, 1_024), None);
        assert_eq!(shortage(960, 1_024), None);
        let told = Note::FewFileHandles { allowed: 20_000, users: 20_000 };
        assert_eq!(shortage(20_000, 20_000), Some(told));
    }
}
