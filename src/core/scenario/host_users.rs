//! Rows of users that the host has: the columns that a scenario may use, and the rows before and after the host was asked.
//!
//! Which users there are is found out by `core::recognising`; here is what a scenario makes of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use serde::{Deserialize, Serialize};

use super::model::class::UserClass;
use super::model::data::{Cell, RowOrigin};
use super::model::scenario::Scenario;
use crate::core::base::host::Host;

/// The columns of the users' rows.
const COLUMNS: [&str; 4] = ["id", "email", "name", "authorization"];

/// How many users are supposed to exist where nobody asked the host: Oddiya's locustfile takes users 1 to 100.
const SUPPOSED: u64 = 100;

/// A user that exists on the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostUser {
    pub id: u64,
    pub email: String,
    pub name: String,
}

/// Whether requests of a user carry a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tokens {
    /// The header `X-User-Id` says who the user is.
    None,
    /// The gateway wants a token, and checks neither its signature nor its date.
    Unsigned,
}

impl Tokens {
    /// What the host of a profile takes; profiles of other names are not known to want a token.
    pub fn of_profile(name: &str) -> Self {
        if name == "gateway" { Self::Unsigned } else { Self::None }
    }
}

/// Appends the unsigned token that Oddiya's gateway takes for the user of that number.
pub fn write_minted_token(user: &str, out: &mut String) {
    let is_number = !user.is_empty() && user.bytes().all(|byte| byte.is_ascii_digit());
    let user_id = if is_number { user.to_owned() } else { serde_json::Value::from(user).to_string() };
    for part in [r#"{"alg":"none"}"#.to_owned(), format!(r#"{{"userId":{user_id}}}"#)] {
        BASE64URL.encode_string(part, out);
        out.push('.');
    }
    out.push('x');
}

/// The columns and the rows of users that may exist, for a host that nobody asked.
pub fn supposed_users(tokens: Tokens) -> (Vec<String>, Vec<Vec<Cell>>) {
    let user = |id| HostUser { id, email: format!("user-{id}@example.com"), name: format!("User {id}") };
    let rows = (1..=SUPPOSED).map(|id| row(&user(id), tokens)).collect();
    (COLUMNS.map(str::to_owned).to_vec(), rows)
}

fn row(user: &HostUser, tokens: Tokens) -> Vec<Cell> {
    let mut authorization = String::new();
    if tokens == Tokens::Unsigned {
        authorization.push_str("Bearer ");
        write_minted_token(&user.id.to_string(), &mut authorization);
    }
    vec![
        Cell::Json { json: user.id.to_string() },
        Cell::Text(user.email.clone()),
        Cell::Text(user.name.clone()),
        Cell::Text(authorization),
    ]
}

impl Scenario {
    /// Whether a class that takes part uses rows of the host's users.
    pub fn wants_host_users(&self) -> bool {
        let is_hosts =
            |data: usize| self.data.get(data).is_some_and(|set| set.origin == RowOrigin::HostUsers);
        let uses = |class: &UserClass| class.rows.iter().any(|row| is_hosts(row.data.0));
        self.classes.iter().any(uses)
    }

    /// The host that has the users: that of a service called `user` where it has one of its own.
    pub fn users_host(&self, main: &Host) -> Host {
        let own = self.services.iter().find(|service| service.name == "user");
        own.and_then(|service| service.url.clone()).unwrap_or_else(|| main.clone())
    }

    /// The scenario with these users in place of those that were supposed to exist; the same when there are none.
    pub fn with_host_users(mut self, users: &[HostUser], tokens: Tokens) -> Self {
        if !users.is_empty() {
            let sets = self.data.iter_mut().filter(|set| set.origin == RowOrigin::HostUsers);
            sets.for_each(|set| set.rows = users.iter().map(|user| row(user, tokens)).collect());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::scenario::file::read;
    use crate::core::scenario::file::surroundings::{Choices, Nothing};

    const TEXT: &str = "
scenario: users
profiles: { gateway: {}, locust: {} }
profile: locust
data:
  users: { from: host users }
users:
  Reader:
    auth: { headers: { X-User-Id: \"${users.id}\", Authorization: \"${users.authorization}\" } }
    tasks: [ get: / ]
";

    fn scenario(profile: &str) -> Scenario {
        let choices = Choices { profile: Some(profile.to_owned()), ..Choices::default() };
        read("users.yaml", TEXT, &choices, &Nothing).map_err(|problems| problems.to_string()).unwrap()
    }

    #[test]
    fn a_minted_token_is_the_gateways() {
        let mut token = String::new();
        write_minted_token("7", &mut token);
        assert_eq!(token, "eyJhbGciOiJub25lIn0.eyJ1c2VySWQiOjd9.x");
    }

    #[test]
    fn before_the_host_was_asked_there_are_the_locustfiles_hundred_users() {
        let scenario = scenario("gateway");
        let rows = &scenario.data[0].rows;
        assert_eq!((rows.len(), &rows[6][0]), (100, &Cell::Json { json: "7".to_owned() }));
        assert_eq!(rows[6][3], Cell::Text("Bearer eyJhbGciOiJub25lIn0.eyJ1c2VySWQiOjd9.x".to_owned()));
        assert!(scenario.wants_host_users());
    }

    #[test]
    fn the_hosts_users_take_their_place_with_a_token_only_where_the_host_wants_one() {
        let users =
            [HostUser { id: 41, email: "a@example.com".to_owned(), name: "Oddiya Load 1".to_owned() }];
        let scenario = scenario("locust").with_host_users(&users, Tokens::None);
        let [row] = scenario.data[0].rows.as_slice() else { panic!("{:?}", scenario.data) };
        let text = |text: &str| Cell::Text(text.to_owned());
        let id = Cell::Json { json: "41".to_owned() };
        assert_eq!(row, &[id, text("a@example.com"), text("Oddiya Load 1"), text("")]);
        let unchanged = scenario.clone().with_host_users(&[], Tokens::None);
        assert_eq!(unchanged, scenario);
    }
}
