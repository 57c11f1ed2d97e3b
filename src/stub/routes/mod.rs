//! The routing table of a port: a method and a path in, a match out.
//!
//! Pure. `tables` has the paths. `services` and `llm` answer; `identity` checks the user.

mod kinds;
mod tables;
mod template;

use http::Method;

use super::options::Profile;
use tables::{
    ACTUATOR, AUTH, DIRECT_MOUNTS, Entry, GATEWAY_MOUNTS, GATEWAY_PAGES, LLM, LOCUST_ERA, LOCUST_MOUNTS,
    Mount, PLANS, USERS, VIDEOS,
};
use template::{matched, under};

pub use kinds::{Endpoint, Front, Service};

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
        // Without a gateway, health is that of a service that answers with Boot's own bodies.
        let front = if profile == Profile::Direct { Service::User } else { Service::Gateway };
        let mut routes = own_paths(front, &[pages, ACTUATOR].concat());
        for mount in mounts {
            let entries =
                [entries_of(mount.service), if mount.service == Service::Plan { era } else { &[] }].concat();
            routes.extend(entries.into_iter().filter_map(|entry| mounted(*mount, entry)));
        }
        Self { routes, mounts, front }
    }

    /// The table of a service's own port.
    pub fn service(service: Service) -> Self {
        Self {
            routes: own_paths(service, &[entries_of(service), ACTUATOR].concat()),
            mounts: &[],
            front: service,
        }
    }

    /// The llm-agent's table, the same in every Oddiya.
    pub fn llm() -> Self {
        Self { routes: own_paths(Service::Llm, LLM), mounts: &[], front: Service::Llm }
    }

    /// Finds the route of a request. HEAD is served wherever GET is, but by the agent only where it says so.
    pub fn find(&self, method: &Method, path: &str) -> RouteMatch {
        let as_get = *method == Method::HEAD && self.front != Service::Llm;
        let method = if as_get { &Method::GET } else { method };
        let matching: Vec<(&Route, Option<String>)> = self
            .routes
            .iter()
            .filter_map(|route| matched(&route.name, path).map(|param| (route, param)))
            .collect();
        let Some((first, first_param)) = matching.first() else {
            let mount = self.mounts.iter().find(|mount| under(mount.from, path).is_some());
            let service = mount.map_or(self.front, |mount| mount.service);
            return self.route_match(service, path, None, Err(NoEndpoint::UnknownPath), None);
        };
        match matching.iter().find(|(route, _)| route.method == method) {
            Some((route, param)) => {
                self.route_match(route.service, path, Some(&route.name), Ok(route.endpoint), param.clone())
            }
            None => {
                let allowed = matching.iter().map(|(route, _)| route.method.clone()).collect();
                let none = Err(NoEndpoint::OtherMethods(allowed));
                self.route_match(first.service, path, Some(&first.name), none, first_param.clone())
            }
        }
    }

    /// Whether the table has a route of this name.
    pub fn has(&self, name: &str) -> bool {
        self.routes.iter().any(|route| route.name == name)
    }

    /// Whether a prefix of the path belongs to a service.
    pub fn owns(&self, path: &str) -> bool {
        self.mounts.iter().any(|mount| under(mount.from, path).is_some())
    }

    fn route_match(
        &self,
        service: Service,
        path: &str,
        name: Option<&String>,
        endpoint: Result<Endpoint, NoEndpoint>,
        param: Option<String>,
    ) -> RouteMatch {
        let rewritten =
            self.mounts.iter().find_map(|mount| Some(format!("{}{}", mount.to, under(mount.from, path)?)));
        RouteMatch {
            service,
            service_path: rewritten.unwrap_or_else(|| path.to_owned()),
            name: name.cloned(),
            endpoint,
            param,
        }
    }
}

fn entries_of(service: Service) -> &'static [Entry] {
    match service {
        Service::Auth => AUTH,
        Service::User => USERS,
        Service::Plan => PLANS,
        Service::Video => VIDEOS,
        Service::Gateway | Service::Llm => &[],
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
        let elsewhere = found(Profile::Direct, Method::GET, "/api/users/me");
        assert_eq!((elsewhere.endpoint, elsewhere.service), (unknown.clone(), Service::Auth));
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
        let allowed = vec![Method::PATCH, Method::GET, Method::DELETE];
        assert_eq!(route_match.endpoint, Err(NoEndpoint::OtherMethods(allowed)));
        assert_eq!(route_match.name.as_deref(), Some("/api/plans/{id}"));
    }

    #[test]
    fn a_services_own_port_knows_its_paths_and_no_others() {
        let routes = Routes::service(Service::Video);
        assert_eq!(routes.find(&Method::GET, "/api/v1/videos/7").endpoint, Ok(Endpoint::GetVideo));
        let unknown = routes.find(&Method::GET, "/api/v1/plans");
        assert_eq!((unknown.endpoint, unknown.service), (Err(NoEndpoint::UnknownPath), Service::Video));
    }

    #[test]
    fn the_agent_refuses_head_where_only_get_is_named() {
        let routes = Routes::llm();
        assert_eq!(
            routes.find(&Method::HEAD, "/static/streaming-test.html").endpoint,
            Ok(Endpoint::LlmDocument)
        );
        let refused = Err(NoEndpoint::OtherMethods(vec![Method::GET]));
        assert_eq!(routes.find(&Method::HEAD, "/health").endpoint, refused);
    }

    #[test]
    fn head_is_served_as_get() {
        assert_eq!(found(Profile::Locust, Method::HEAD, "/actuator/health").endpoint, Ok(Endpoint::Health));
    }
}
