//! The limit on open files. Each connection of a user is an open file, and the system limits them for each process.

use crate::core::config::load::Load;
use crate::core::present::notes::RESERVED_FILE_HANDLES;
use crate::core::report::Note;

/// What the system allows.
pub struct FileHandles {
    /// How many connections may be open at the same time, so that some files are left for the report.
    pub connections: usize,
    /// A note for the report where users may find no file left.
    pub shortage: Option<Note>,
}

/// Raises the limit as far as this load needs and the system allows. A user may keep so many connections.
pub fn raise_for(load: &Load, connections_per_user: u64) -> FileHandles {
    let users = u64::from(load.most_users());
    let Ok(allowed) = rlimit::increase_nofile_limit(needed(users, connections_per_user)) else {
        return FileHandles { connections: usize::MAX, shortage: None };
    };
    let shortage = match load {
        Load::Closed { .. } => shortage(users, connections_per_user, allowed),
        // An open model rarely reaches its ceiling of users, and a request that finds no file left fails as `exhausted`.
        Load::Open { .. } => None,
    };
    FileHandles { connections: connections_within(allowed), shortage }
}

const fn needed(users: u64, connections_per_user: u64) -> u64 {
    users.saturating_mul(connections_per_user).saturating_add(RESERVED_FILE_HANDLES)
}

/// Where the limit is very low, half of it is for connections: the runner itself seldom needs all that are reserved.
fn connections_within(allowed: u64) -> usize {
    let connections = allowed.saturating_sub(RESERVED_FILE_HANDLES).max(allowed / 2);
    usize::try_from(connections).unwrap_or(usize::MAX)
}

fn shortage(users: u64, connections_per_user: u64, allowed: u64) -> Option<Note> {
    let is_short = allowed < needed(users, connections_per_user);
    is_short.then_some(Note::FewFileHandles { allowed, users, connections_per_user })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_files_are_kept_for_the_report_however_low_the_limit_is() {
        assert_eq!([80, 128, 1_024, 20_000].map(connections_within), [40, 64, 960, 19_936]);
    }

    #[test]
    fn only_a_limit_that_the_users_may_reach_is_told() {
        assert_eq!(shortage(100, 1, 1_024), None);
        assert_eq!(shortage(960, 1, 1_024), None);
        let told = |users, connections_per_user, allowed| {
            Some(Note::FewFileHandles { allowed, users, connections_per_user })
        };
        assert_eq!(shortage(20_000, 1, 20_000), told(20_000, 1, 20_000));
        assert_eq!(shortage(400, 3, 1_024), told(400, 3, 1_024));
    }
}
