//! What the companion asks its hosts before a run of the page: which Oddiya they are, and for users. It asks no other hosts.

use crate::core::base::host::Host;
use crate::core::oddiya::recognition::{Part, Recognition, Target};
use crate::core::oddiya::users::UsersFound;
use crate::net::options::DialOptions;
use crate::net::preparing;

/// The hosts that may be asked, and how they are connected to.
pub struct Preparing {
    pub main: Host,
    /// The further hosts, by the names of their services.
    pub services: Vec<(String, Host)>,
    pub dial: DialOptions,
}

/// The users that the page asks for: `{token}/{profile}/{number}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsersAsked<'a> {
    pub token: &'a str,
    pub target: Target,
    pub number: u32,
}

impl<'a> UsersAsked<'a> {
    /// Reads the end of the path; `None` where it is none.
    pub fn parse(rest: &'a str) -> Option<Self> {
        let mut parts = rest.split('/');
        let (token, profile, number) = (parts.next()?, parts.next()?, parts.next()?);
        let target = Target::of_profile(profile)?;
        parts.next().is_none().then_some(Self { token, target, number: number.parse().ok()? })
    }
}

impl Preparing {
    /// Which Oddiya the main host is.
    pub async fn recognise(&self) -> Recognition {
        let may_ask =
            |host: &Host| *host == self.main || self.services.iter().any(|(_, known)| known == host);
        preparing::recognise(&self.main, self.dial, may_ask).await
    }

    /// Finds or makes users, at the user-service where the companion has one of its own.
    pub async fn find_users(&self, target: Target, number: u32) -> UsersFound {
        let own =
            self.services.iter().find(|(name, _)| target == Target::Direct && name == Part::User.name());
        let host = own.map_or(&self.main, |(_, host)| host);
        preparing::find_users(host, target, number, self.dial).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_how_many_users_of_which_profile_it_wants() {
        let asked = UsersAsked { token: "t", target: Target::Gateway, number: 10 };
        assert_eq!(UsersAsked::parse("t/gateway/10"), Some(asked));
        for rest in ["", "t", "t/gateway", "t/gateway/x", "t/staging/1", "t/gateway/1/2", "t/gateway/-1"] {
            assert_eq!(UsersAsked::parse(rest), None, "{rest}");
        }
    }
}
