//! The limit on open files. Each user's connection is an open file, and the system limits them for each process.

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

/// Raises the limit as far as this load needs and the system allows.
pub fn raise_for(load: &Load) -> FileHandles {
    let users = u64::from(load.most_users());
    let Ok(allowed) = rlimit::increase_nofile_limit(users + RESERVED_FILE_HANDLES) else {
        return FileHandles { connections: usize::MAX, shortage: None };
    };
    let shortage = match load {
        Load::Closed { .. } => shortage(users, allowed),
        // An open model rarely reaches its ceiling of users, and a request that finds no file left fails as `exhausted`.
        Load::Open { .. } => None,
    };
    FileHandles { connections: connections_within(allowed), shortage }
}

/// Where the limit is very low, half of it is for connections: the runner itself seldom needs all that are reserved.
fn connections_within(allowed: u64) -> usize {
    let connections = allowed.saturating_sub(RESERVED_FILE_HANDLES).max(allowed / 2);
    usize::try_from(connections).unwrap_or(usize::MAX)
}

fn shortage(users: u64, allowed: u64) -> Option<Note> {
    (allowed < users + RESERVED_FILE_HANDLES).then_some(Note::FewFileHandles { allowed, users })
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
        assert_eq!(shortage(100, 1_024), None);
        assert_eq!(shortage(960, 1_024), None);
        let told = Note::FewFileHandles { allowed: 20_000, users: 20_000 };
        assert_eq!(shortage(20_000, 20_000), Some(told));
    }
}
