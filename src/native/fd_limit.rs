//! The limit on open files. Each user's connection is an open file, and the system limits them for each process.

use crate::core::config::load::Load;
use crate::core::present::notes::RESERVED_FILE_HANDLES;
use crate::core::report::Note;

/// Raises the limit as far as this load needs. Returns a note for the report where the system does not allow that.
pub fn raise_for(load: &Load) -> Option<Note> {
    let users = u64::from(load.most_users());
    let allowed = rlimit::increase_nofile_limit(users + RESERVED_FILE_HANDLES).ok()?;
    match load {
        Load::Closed { .. } => shortage(users, allowed),
        // An open model rarely reaches its ceiling of users, and a request that finds no file left fails as `exhausted`.
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
    fn only_a_limit_that_the_users_may_reach_is_told() {
        assert_eq!(shortage(100, 1_024), None);
        assert_eq!(shortage(960, 1_024), None);
        let told = Note::FewFileHandles { allowed: 20_000, users: 20_000 };
        assert_eq!(shortage(20_000, 20_000), Some(told));
    }
}
