//! What was found out about a host before a run, in words for terminal and page alike.

use super::recognition::{NotSeen, Oddiya, Part, Recognition, Service, Target};
use super::users::{Trouble, UsersFound};
use crate::core::base::host::Host;
use crate::core::base::units::group_thousands;

/// What the host was recognised as and by what, and in which of the scenario's profiles the run is, in a few sentences.
pub fn recognition_words(recognition: &Recognition, host: &Host, profiles: &[String]) -> String {
    match recognition {
        Recognition::Oddiya(oddiya) => {
            let profile = recognition.target().map(|target| profile_words(target, profiles));
            [Some(oddiya_words(oddiya, host)), profile].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        Recognition::None(NotSeen::OutOfTime) => format!(
            "{host} answers too slowly to find out which Oddiya it is; --profile gateway, direct or locust says it."
        ),
        Recognition::None(NotSeen::NoAnswer(kind)) => format!(
            "It could not be found out which Oddiya {host} is: {}. The profile can be named: --profile gateway, direct or \
             locust.",
            kind.label()
        ),
        Recognition::None(why) => {
            format!("{host} is none of Oddiya's: {}. The load goes there all the same.", not_seen_words(*why))
        }
    }
}

fn profile_words(target: Target, profiles: &[String]) -> String {
    let name = target.profile();
    match target {
        _ if !profiles.iter().any(|known| known == name) => {
            format!(
                "The scenario has no profile {name} and stays as it is, so the host may refuse its requests."
            )
        }
        Target::Gateway => format!("Profile {name}: each user sends a token."),
        Target::Locust | Target::Direct => format!("Profile {name}."),
    }
}

fn oddiya_words(oddiya: &Oddiya, host: &Host) -> String {
    match oddiya {
        Oddiya::Gateway => format!(
            "{host} is today's Oddiya gateway: it refuses who shows no token (401 with an empty body)."
        ),
        Oddiya::Locust { user_service } => {
            let what = format!(
                "{host} is the earlier Oddiya gateway, which the locustfile knows: it lets a request without a token through."
            );
            match user_service {
                Service::Up => what,
                Service::Down(status) => {
                    format!("{what} Its user-service is down: the gateway answers {status} in its place.")
                }
            }
        }
        Oddiya::Direct { parts } => direct_words(parts, host),
        Oddiya::Agent => {
            format!("{host} is Oddiya's llm-agent, by its health page. Its users are PlanStreamUser.")
        }
    }
}

fn direct_words(parts: &[(Part, Host)], host: &Host) -> String {
    let here = parts.iter().filter(|(_, place)| place == host).map(|(part, _)| part.name().to_owned());
    let here = here.collect::<Vec<_>>().join(", ");
    let others = parts.iter().filter(|(_, place)| place != host);
    let others: Vec<_> = others.map(|(part, place)| format!("{} at {place}", part.name())).collect();
    let found = if others.is_empty() { String::new() } else { format!("; found too: {}", others.join(", ")) };
    let missing = [Part::User, Part::Plan, Part::Video].into_iter();
    let missing = missing.filter(|part| !parts.iter().any(|(known, _)| known == part)).map(Part::name);
    let missing: Vec<_> = missing.collect();
    let lacks = if missing.is_empty() {
        String::new()
    } else {
        format!(
            " Not found: {}; their requests go to {host}, unless --service NAME=URL says where they are.",
            missing.join(", ")
        )
    };
    format!("{host} is Oddiya's services without the gateway, by how they say no: {here}{found}.{lacks}")
}

fn not_seen_words(why: NotSeen) -> String {
    match why {
        NotSeen::AnswersEverything(status) => format!(
            "it answers {status} to a path that cannot be there, as a development server or a login page does"
        ),
        NotSeen::Redirects(status) => {
            format!("it sends a path that cannot be there elsewhere ({status})")
        }
        NotSeen::Another(status) => {
            format!("no service of Oddiya answers as it does ({status} to a path that cannot be there)")
        }
        NotSeen::NoAnswer(kind) => kind.label().to_owned(),
        NotSeen::OutOfTime => "it answers too slowly".to_owned(),
    }
}

/// Which users the run has, in one or two sentences.
pub fn users_words(found: &UsersFound) -> String {
    let UsersFound { users, wanted, trouble } = found;
    let there = users.len() as u64;
    let Some(trouble) = trouble else {
        let last = users.last().map_or("", |user| user.email.as_str());
        return format!("Users: {} found or made, the last one is {last}.", group_thousands(there));
    };
    let why = trouble_words(*trouble);
    if users.is_empty() {
        return format!("No user could be found or made: {why}. The run takes users 1 to 100.");
    }
    format!(
        "Users: {} of {} found or made, which the run shares: {why}.",
        group_thousands(there),
        group_thousands(u64::from(*wanted))
    )
}

fn trouble_words(trouble: Trouble) -> String {
    match trouble {
        Trouble::UserServiceDown(status) => {
            format!("the user-service is down, the gateway answers {status} in its place")
        }
        Trouble::Refused(status) => format!("the host answers {status} to POST internal/users"),
        Trouble::NoUser => "the host's answer to POST internal/users is no user".to_owned(),
        Trouble::NoAnswer(kind) => kind.label().to_owned(),
        Trouble::OutOfTime => "the time for it is over".to_owned(),
    }
}

/// What came of deleting the plans of a run.
pub fn cleanup_words(deleted: u64, made: u64) -> String {
    let deleted_words = group_thousands(deleted);
    match (made, made.saturating_sub(deleted)) {
        (0, _) => "Cleanup: the run made no plans.".to_owned(),
        (1, 0) => "Cleanup: the plan that the run made is deleted.".to_owned(),
        (_, 0) => format!("Cleanup: the {deleted_words} plans that the run made are deleted."),
        (made, left) => format!(
            "Cleanup: {deleted_words} of {} plans that the run made are deleted, {} left.",
            group_thousands(made),
            match left {
                1 => "1 is".to_owned(),
                left => format!("{} are", group_thousands(left)),
            }
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::failure::FailureKind;
    use crate::core::scenario::host_users::HostUser;

    fn host(port: u16) -> Host {
        format!("http://localhost:{port}").parse().unwrap()
    }

    fn profiles() -> Vec<String> {
        Target::ALL.map(|target| target.profile().to_owned()).to_vec()
    }

    #[test]
    fn a_scenario_without_the_hosts_profile_is_said_to_stay_as_it_is() {
        let direct = Recognition::Oddiya(Oddiya::Direct { parts: vec![(Part::Plan, host(8083))] });
        let words = recognition_words(&direct, &host(8083), &["gateway".to_owned()]);
        assert!(words.contains("The scenario has no profile direct and stays as it is"), "{words}");
    }

    #[test]
    fn a_recognised_host_is_named_with_its_sign_and_its_profile() {
        let known = |oddiya, port| recognition_words(&Recognition::Oddiya(oddiya), &host(port), &profiles());
        let words = known(Oddiya::Gateway, 8080);
        assert!(words.contains("today's Oddiya gateway") && words.contains("401"), "{words}");
        assert!(words.ends_with("Profile gateway: each user sends a token."), "{words}");
        let locust = Oddiya::Locust { user_service: Service::Down(500) };
        let words = known(locust, 8080);
        assert!(words.contains("Profile locust.") && words.contains("user-service is down"), "{words}");
        let parts = vec![(Part::User, host(8082)), (Part::Plan, host(8083))];
        let words = known(Oddiya::Direct { parts }, 8082);
        assert!(words.contains("user; found too: plan at http://localhost:8083."), "{words}");
        assert!(words.contains("Not found: video; "), "{words}");
    }

    #[test]
    fn a_host_that_is_none_of_oddiyas_is_told_why_and_still_gets_its_load() {
        let none = Recognition::None(NotSeen::AnswersEverything(200));
        let words = recognition_words(&none, &host(3000), &profiles());
        assert!(words.contains("development server") && words.ends_with("all the same."), "{words}");
        let silent = Recognition::None(NotSeen::NoAnswer(FailureKind::RequestTimeout));
        assert!(recognition_words(&silent, &host(3000), &profiles()).contains("request timeout"));
    }

    #[test]
    fn users_are_counted_and_what_kept_them_away_is_said() {
        let user = |id| HostUser { id, email: format!("oddiya-load-{id}@example.com"), name: String::new() };
        let words = |users: u64, trouble| {
            users_words(&UsersFound { users: (1..=users).map(user).collect(), wanted: 10, trouble })
        };
        assert_eq!(words(10, None), "Users: 10 found or made, the last one is oddiya-load-10@example.com.");
        assert_eq!(
            words(0, Some(Trouble::UserServiceDown(500))),
            "No user could be found or made: the user-service is down, the gateway answers 500 in its place. The run takes \
             users 1 to 100."
        );
        assert!(
            words(4, Some(Trouble::OutOfTime)).starts_with("Users: 4 of 10 found or made, which the run")
        );
    }

    #[test]
    fn plans_that_are_left_are_counted() {
        assert_eq!(cleanup_words(5, 5), "Cleanup: the 5 plans that the run made are deleted.");
        assert!(cleanup_words(3, 5).ends_with("3 of 5 plans that the run made are deleted, 2 are left."));
        assert!(cleanup_words(4, 5).ends_with("1 is left."));
        assert_eq!(cleanup_words(0, 0), "Cleanup: the run made no plans.");
    }
}
