//! Which headers of the host's response are passed to the page, and under which status. Pure.
//!
//! The page gets the host's response without its effects on a browser: the browser sets no cookie, follows no redirect
//! and repeats no request behind the load generator's back.

use http::{HeaderMap, HeaderName, StatusCode, header};

use crate::core::base::header::HOP_BY_HOP;
use crate::core::http::relay::{COOKIES_HEADER, FAILURE_HEADER, REFUSAL_HEADER, STATUS_HEADER};

/// Headers of the host that are not passed on: those that would change the browser's state, those that the relay sets by
/// itself, and names that only the companion uses.
const WITHHELD: [&str; 15] = [
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "alt-svc",
    "clear-site-data",
    "set-cookie",
    "strict-transport-security",
    "timing-allow-origin",
    FAILURE_HEADER,
    REFUSAL_HEADER,
    STATUS_HEADER,
    COOKIES_HEADER,
];

/// Removes the headers that are not meant for the page.
pub fn retain_end_to_end(headers: &mut HeaderMap) {
    let named_by_connection: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    named_by_connection.iter().for_each(|name| drop(headers.remove(name)));
    HOP_BY_HOP.iter().chain(&WITHHELD).for_each(|name| drop(headers.remove(*name)));
}

/// How a status of the host is passed to the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The status itself.
    Plain,
    /// As [`WRAPPED_STATUS`](crate::core::http::relay::WRAPPED_STATUS), with the real one in [`STATUS_HEADER`], because
    /// a browser would act on it.
    Wrapped,
}

impl Delivery {
    /// Browsers follow 3xx. Chromium takes 407 from anyone but a proxy for an attack, and sends a request again
    /// by itself after 408 on a kept connection and after 421 (`HttpNetworkTransaction`).
    pub fn of(status: StatusCode) -> Self {
        match status {
            status if status.is_redirection() => Self::Wrapped,
            StatusCode::NON_AUTHORITATIVE_INFORMATION
            | StatusCode::PROXY_AUTHENTICATION_REQUIRED
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::MISDIRECTED_REQUEST => Self::Wrapped,
            _ => Self::Plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_the_connection_and_of_the_browsers_state_are_removed() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Hop"),
            ("x-hop", "1"),
            ("transfer-encoding", "chunked"),
            ("set-cookie", "a=b"),
            ("access-control-allow-origin", "*"),
            ("x-oddiya-load-failure", "refused"),
            ("content-type", "application/json"),
            ("retry-after", "3"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        retain_end_to_end(&mut headers);
        let mut left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["content-type", "retry-after"]);
    }

    #[test]
    fn a_status_that_a_browser_would_act_on_is_wrapped() {
        for (code, delivery) in [
            (200, Delivery::Plain),
            (203, Delivery::Wrapped),
            (204, Delivery::Plain),
            (302, Delivery::Wrapped),
            (304, Delivery::Wrapped),
            (401, Delivery::Plain),
            (408, Delivery::Wrapped),
            (421, Delivery::Wrapped),
            (503, Delivery::Plain),
        ] {
            assert_eq!(Delivery::of(StatusCode::from_u16(code).unwrap()), delivery, "{code}");
        }
    }
}
