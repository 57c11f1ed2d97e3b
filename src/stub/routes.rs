//! The routing tables: the paths of each service, and how each of the three Oddiyas exposes them.
//!
//! Pure: a method and a path in, a match out. `services` and `llm` answer; `identity` checks the user.

use http::Method;

use super::options::Profile;

/// The port that a request arrived at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Front {
    Gateway,
    Llm,
}

/// The service that answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Gateway,
    Auth,
    User,
    Plan,
    Video,
    Llm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    Page,
    Overview,
    Messages,
    Message,
    Health,
    Info,
    Signup,
    Login,
    Refresh,
    GoogleCallback,
    GoogleRedirect,
    GoogleVerify,
    AppleVerify,
    Authorize,
    Jwks,
    Me,
    PatchMe,
    FindOrCreateUser,
    CreateEmailUser,
    UserByEmail,
    CreatePlan,
    ListPlans,
    GetPlan,
    UpdatePlan,
    DeletePlan,
    ConfirmPlan,
    CompletePlan,
    AddPhoto,
    ListPhotos,
    PresignPhoto,
    Trips,
    CreateVideo,
    ListVideos,
    GetVideo,
    LlmRoot,
    LlmHealth,
    PlannerHealth,
    LlmDocument,
    Generate,
    Stream,
}

type Entry = (Method, &'static str, Endpoint);

const GATEWAY_PAGES: &[Entry] = &[
    (Method::GET, "/", Endpoint::Page),
    (Method::GET, "/app", Endpoint::Page),
    (Method::GET, "/mobile", Endpoint::Page),
    (Method::GET, "/api/overview", Endpoint::Overview),
    (Method::GET, "/api/messages/ko", Endpoint::Messages),
    (Method::GET, "/api/messages/ko/{key}", Endpoint::Message),
];

/// Every Spring service has these endpoints.
const ACTUATOR: &[Entry] =
    &[(Method::GET, "/actuator/health", Endpoint::Health), (Method::GET, "/actuator/info", Endpoint::Info)];

const AUTH: &[Entry] = &[
    (Method::POST, "/api/auth/signup", Endpoint::Signup),
    (Method::POST, "/api/auth/login", Endpoint::Login),
    (Method::POST, "/api/auth/refresh", Endpoint::Refresh),
    (Method::POST, "/api/auth/oauth2/callback/google", Endpoint::GoogleCallback),
    (Method::POST, "/api/v1/auth/google/verify", Endpoint::GoogleVerify),
    (Method::POST, "/api/v1/auth/apple/verify", Endpoint::AppleVerify),
    (Method::GET, "/api/v1/auth/oauth/google/callback", Endpoint::GoogleRedirect),
    (Method::GET, "/oauth2/authorize/google", Endpoint::Authorize),
    (Method::GET, "/.well-known/jwks.json", Endpoint::Jwks),
];

const USERS: &[Entry] = &[
    (Method::GET, "/api/v1/users/me", Endpoint::Me),
    (Method::PATCH, "/api/v1/users/me", Endpoint::PatchMe),
    (Method::POST, "/api/v1/users/internal/users", Endpoint::FindOrCreateUser),
    (Method::POST, "/api/v1/users/internal/users/email", Endpoint::CreateEmailUser),
    (Method::GET, "/api/v1/users/internal/users/email/{email}", Endpoint::UserByEmail),
];

const PLANS: &[Entry] = &[
    (Method::POST, "/api/v1/plans", Endpoint::CreatePlan),
    (Method::GET, "/api/v1/plans", Endpoint::ListPlans),
    (Method::GET, "/api/v1/plans/{id}", Endpoint::GetPlan),
    (Method::PATCH, "/api/v1/plans/{id}", Endpoint::UpdatePlan),
    (Method::DELETE, "/api/v1/plans/{id}", Endpoint::DeletePlan),
    (Method::PATCH, "/api/v1/plans/{id}/confirm", Endpoint::ConfirmPlan),
    (Method::PATCH, "/api/v1/plans/{id}/complete", Endpoint::CompletePlan),
];

/// Endpoints of the Locust era. Today's Oddiya lacks them, because their classes were renamed.
const LOCUST_ERA: &[Entry] = &[
    (Method::POST, "/api/v1/plans/{id}/photos", Endpoint::AddPhoto),
    (Method::GET, "/api/v1/plans/{id}/photos", Endpoint::ListPhotos),
    (Method::POST, "/api/v1/plans/{id}/photos/presigned-url", Endpoint::PresignPhoto),
    (Method::GET, "/api/v1/profile/trips", Endpoint::Trips),
];

const VIDEOS: &[Entry] = &[
    (Method::POST, "/api/v1/videos", Endpoint::CreateVideo),
    (Method::GET, "/api/v1/videos", Endpoint::ListVideos),
    (Method::GET, "/api/v1/videos/{id}", Endpoint::GetVideo),
];

const LLM: &[Entry] = &[
    (Method::GET, "/", Endpoint::LlmRoot),
    (Method::GET, "/health", Endpoint::LlmHealth),
    (Method::GET, "/api/v1/health", Endpoint::PlannerHealth),
    (Method::POST, "/api/v1/plans/generate", Endpoint::Generate),
    (Method::POST, "/api/v1/plans/generate/stream", Endpoint::Stream),
    (Method::GET, "/test", Endpoint::LlmDocument),
    (Method::GET, "/static/streaming-test.html", Endpoint::LlmDocument),
    (Method::GET, "/docs", Endpoint::LlmDocument),
    (Method::GET, "/openapi.json", Endpoint::LlmDocument),
];

/// A path prefix that clients use, and the prefix that the gateway rewrites it to.
#[derive(Clone, Copy, Debug)]
struct Mount {
    from: &'static str,
    to: &'static str,
    service: Service,
}

const fn mount(from: &'static str, to: &'static str, service: Service) -> Mount {
    Mount { from, to, service }
}

const LOCUST_MOUNTS: &[Mount] = &[
    mount("/api/auth", "/api/v1/auth", Service::Auth),
    mount("/api/users", "/api/v1/users", Service::User),
    mount("/api/plans", "/api/v1/plans", Service::Plan),
    mount("/api/videos", "/api/v1/videos", Service::Video),
    mount("/api/profile", "/api/v1/profile", Service::Plan),
];

const GATEWAY_MOUNTS: &[Mount] = &[
    mount("/api/auth", "/api/v1/auth", Service::Auth),
    mount("/api/v1/auth", "/api/v1/auth", Service::Auth),
    mount("/oauth2", "/oauth2", Service::Auth),
    mount("/login/oauth2", "/login/oauth2", Service::Auth),
    mount("/api/users", "/api/v1/users", Service::User),
    mount("/api/v1/users", "/api/v1/users", Service::User),
    mount("/api/plans", "/api/v1/plans", Service::Plan),
    mount("/api/v1/plans", "/api/v1/plans", Service::Plan),
    mount("/api/videos", "/api/v1/videos", Service::Video),
    mount("/api/profile", "/api/v1/profile", Service::Plan),
];

/// Without a gateway, one port serves the paths of all services, so that a client needs one base URL instead of four.
const DIRECT_MOUNTS: &[Mount] = &[
    mount("/api/auth", "/api/auth", Service::Auth),
    mount("/api/v1/auth", "/api/v1/auth", Service::Auth),
    mount("/oauth2", "/oauth2", Service::Auth),
    mount("/login/oauth2", "/login/oauth2", Service::Auth),
    mount("/.well-known", "/.well-known", Service::Auth),
    mount("/api/v1/users", "/api/v1/users", Service::User),
    mount("/api/v1/plans", "/api/v1/plans", Service::Plan),
    mount("/api/v1/videos", "/api/v1/videos", Service::Video),
];

/// One row of a routing table.
#[derive(Debug)]
pub struct Route {
    method: Method,
    name: String,
    service: Service,
    endpoint: Endpoint,
}

/// The routing table of one port.
#[derive(Debug)]
pub struct Routes {
    routes: Vec<Route>,
    mounts: &'static [Mount],
    /// The service that answers for unknown paths outside every mount.
    front: Service,
}

/// The route that a method and a path lead to.
#[derive(Debug, PartialEq, Eq)]
pub struct RouteMatch {
    pub service: Service,
    /// The path after the gateway's rewriting.
    pub service_path: String,
    /// The template in the client's form, such as `/api/plans/{id}`; `None` for an unknown path.
    pub name: Option<String>,
    pub endpoint: Result<Endpoint, NoEndpoint>,
    /// The value of the path's parameter; no path has more than one.
    pub param: Option<String>,
}

/// Why a path has no endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoEndpoint {
    /// The service has no such path.
    UnknownPath,
    /// The path exists for these methods only.
    OtherMethods(Vec<Method>),
}

impl Routes {
    /// The gateway's table in one of the three Oddiyas.
    pub fn gateway(profile: Profile) -> Self {
        let (pages, mounts) = match profile {
            Profile::Locust => (GATEWAY_PAGES, LOCUST_MOUNTS),
            Profile::Gateway => (GATEWAY_PAGES, GATEWAY_MOUNTS),
            Profile::Direct => (&[][..], DIRECT_MOUNTS),
        };
        let era: &[Entry] = if profile == Profile::Locust { LOCUST_ERA } else { &[] };
        let mut routes = own_paths(Service::Gateway, &[pages, ACTUATOR].concat());
        for mount in mounts {
            let table = match mount.service {
                Service::Auth => AUTH.to_vec(),
                Service::User => USERS.to_vec(),
                Service::Plan => [PLANS, era].concat(),
                Service::Video => VIDEOS.to_vec(),
                Service::Gateway | Service::Llm => Vec::new(),
            };
            routes.extend(table.into_iter().filter_map(|entry| mounted(*mount, entry)));
        }
        Self { routes, mounts, front: Service::Gateway }
    }

    /// The llm-agent's table, the same in every Oddiya.
    pub fn llm() -> Self {
        Self { routes: own_paths(Service::Llm, LLM), mounts: &[], front: Service::Llm }
    }

    /// Finds the route of a request. HEAD is served wherever GET is.
    pub fn find(&self, method: &Method, path: &str) -> RouteMatch {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let matching: Vec<(&Route, Option<&str>)> = self
            .routes
            .iter()
            .filter_map(|route| match_template(&route.name, path).map(|param| (route, param)))
            .collect();
        let Some((first, first_param)) = matching.first() else {
            let mount = self.mounts.iter().find(|mount| under(mount.from, path).is_some());
            let service = mount.map_or(self.front, |mount| mount.service);
            return self.route_match(service, path, None, Err(NoEndpoint::UnknownPath), None);
        };
        match matching.iter().find(|(route, _)| route.method == method) {
            Some((route, param)) => {
                self.route_match(route.service, path, Some(&route.name), Ok(route.endpoint), *param)
            }
            None => {
                let allowed = matching.iter().map(|(route, _)| route.method.clone()).collect();
                let none = Err(NoEndpoint::OtherMethods(allowed));
                self.route_match(first.service, path, Some(&first.name), none, *first_param)
            }
        }
    }

    fn route_match(
        &self,
        service: Service,
        path: &str,
        name: Option<&String>,
        endpoint: Result<Endpoint, NoEndpoint>,
        param: Option<&str>,
    ) -> RouteMatch {
        let rewritten =
            self.mounts.iter().find_map(|mount| Some(format!("{}{}", mount.to, under(mount.from, path)?)));
        RouteMatch {
            service,
            service_path: rewritten.unwrap_or_else(|| path.to_owned()),
            name: name.cloned(),
            endpoint,
            param: param.map(str::to_owned),
        }
    }
}

fn own_paths(service: Service, entries: &[Entry]) -> Vec<Route> {
    let route = |(method, name, endpoint): &Entry| Route {
        method: method.clone(),
        name: (*name).to_owned(),
        service,
        endpoint: *endpoint,
    };
    entries.iter().map(route).collect()
}

fn mounted(mount: Mount, (method, path, endpoint): Entry) -> Option<Route> {
    let name = format!("{}{}", mount.from, under(mount.to, path)?);
    Some(Route { method, name, service: mount.service, endpoint })
}

/// The rest of the path after a prefix of whole segments.
fn under<'p>(prefix: &str, path: &'p str) -> Option<&'p str> {
    path.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `Some` when the path matches the template; inside, the value of the template's parameter, if it has one.
fn match_template<'p>(template: &str, path: &'p str) -> Option<Option<&'p str>> {
    let mut param = None;
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(param),
            (Some(w), Some(g)) if w == g => {}
            (Some(w), Some(g)) if w.starts_with('{') && !g.is_empty() => param = Some(g),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(profile: Profile, method: Method, path: &str) -> RouteMatch {
        Routes::gateway(profile).find(&method, path)
    }

    #[test]
    fn the_locust_gateway_rewrites_to_the_services_paths() {
        let route_match = found(Profile::Locust, Method::GET, "/api/videos/7");
        assert_eq!(route_match.endpoint, Ok(Endpoint::GetVideo));
        assert_eq!(route_match.name.as_deref(), Some("/api/videos/{id}"));
        assert_eq!(
            (route_match.service_path.as_str(), route_match.param.as_deref()),
            ("/api/v1/videos/7", Some("7"))
        );
    }

    #[test]
    fn names_keep_the_form_that_the_client_used() {
        for path in ["/api/plans", "/api/v1/plans"] {
            assert_eq!(found(Profile::Gateway, Method::GET, path).name.as_deref(), Some(path));
        }
    }

    #[test]
    fn each_oddiya_routes_only_its_own_paths() {
        let unknown = Err(NoEndpoint::UnknownPath);
        assert_eq!(found(Profile::Locust, Method::GET, "/api/v1/users/me").service, Service::Gateway);
        assert_eq!(found(Profile::Direct, Method::GET, "/api/users/me").endpoint, unknown);
        assert_eq!(found(Profile::Gateway, Method::GET, "/api/v1/videos").service, Service::Gateway);
        assert_eq!(found(Profile::Gateway, Method::POST, "/api/plans/1/photos").endpoint, unknown);
        assert_eq!(
            found(Profile::Locust, Method::POST, "/api/plans/1/photos").endpoint,
            Ok(Endpoint::AddPhoto)
        );
        assert_eq!(found(Profile::Direct, Method::GET, "/").endpoint, unknown);
    }

    #[test]
    fn login_through_the_gateway_reaches_a_path_that_does_not_exist() {
        let route_match = found(Profile::Gateway, Method::POST, "/api/auth/login");
        assert_eq!(route_match.service, Service::Auth);
        assert_eq!(route_match.service_path, "/api/v1/auth/login");
        assert_eq!(route_match.endpoint, Err(NoEndpoint::UnknownPath));
        assert_eq!(found(Profile::Direct, Method::POST, "/api/auth/login").endpoint, Ok(Endpoint::Login));
    }

    #[test]
    fn a_trailing_slash_is_another_path() {
        assert_eq!(found(Profile::Locust, Method::GET, "/api/plans/").endpoint, Err(NoEndpoint::UnknownPath));
        assert_eq!(found(Profile::Locust, Method::GET, "/api/plansx").service, Service::Gateway);
    }

    #[test]
    fn a_wrong_method_says_which_are_right() {
        let route_match = found(Profile::Locust, Method::PUT, "/api/plans/3");
        let allowed = vec![Method::GET, Method::PATCH, Method::DELETE];
        assert_eq!(route_match.endpoint, Err(NoEndpoint::OtherMethods(allowed)));
        assert_eq!(route_match.name.as_deref(), Some("/api/plans/{id}"));
    }

    #[test]
    fn head_is_served_as_get() {
        assert_eq!(found(Profile::Locust, Method::HEAD, "/actuator/health").endpoint, Ok(Endpoint::Health));
    }
}
