//! Open files: every user's connection is one, and the system has a limit for each process.

use crate::core::config::load::Load;

/// For files, timers and everything else that is no user's connection.
const RESERVE: u64 = 64;

/// Raises the limit as far as this load needs; gives what to tell the user where the system does not let it.
pub fn allow(load: &Load) -> Option<String> {
    let users = u64::from(load.most_users());
    let allowed = rlimit::increase_nofile_limit(users + RESERVE).ok()?;
    match load {
        Load::Closed { .. } => shortage(users, allowed),
        // As many users as are allowed are rarely taken; whoever finds no connection is a failure of its own kind.
        Load::Open { .. } => None,
    }
}

fn shortage(users: u64, allowed: u64) -> Option<String> {
    (allowed < users + RESERVE).then(|| {
        let enough = allowed.saturating_sub(RESERVE);
        format!(
            "this machine lets one process open {allowed} files, enough for about {enough} users' connections; with up \
             to {users} users, requests may fail here: raise the limit (ulimit -n {}) or share the users among machines",
            users + RESERVE
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_limit_that_may_be_met_is_told() {
        assert_eq!(shortage(100, 1_024), None);
        assert_eq!(shortage(960, 1_024), None);
        let told = shortage(20_000, 20_000).unwrap();
        assert!(told.contains("about 19936 users") && told.contains("ulimit -n 20064"), "{told}");
    }
}
