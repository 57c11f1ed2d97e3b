//! The limit on open files. Each user's connection is an open file, and the system limits them for each process.

use crate::core::config::load::Load;

/// Open files that are no user's connection: timers, reports, the terminal.
const RESERVE: u64 = 64;

/// Raises the limit as far as this load needs. Returns a warning for the user where the system does not allow that.
pub fn raise_for(load: &Load) -> Option<String> {
    let users = u64::from(load.most_users());
    let allowed = rlimit::increase_nofile_limit(users + RESERVE).ok()?;
    match load {
        Load::Closed { .. } => shortage(users, allowed),
        // An open model rarely reaches its ceiling of users, and a request that finds no file left fails as `exhausted`.
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
    fn only_a_limit_that_the_users_may_reach_is_told() {
        assert_eq!(shortage(100, 1_024), None);
        assert_eq!(shortage(960, 1_024), None);
        let told = shortage(20_000, 20_000).unwrap();
        assert!(told.contains("about 19936 users") && told.contains("ulimit -n 20064"), "{told}");
    }
}
