//! Who may start a run by an address: the person at this browser, and the companion's own page. Pure.
//!
//! Otherwise any page on the web could make its visitors load every host that they can reach. Any other visit fills in
//! the form, and the run waits for a click.

use http::{HeaderMap, Uri};

const AUTOSTART: &str = "autostart";
/// In this header browsers say whose page a request comes from. They send it to a companion on this machine. They send
/// none to one at another address over plain http, and nobody can tell then whose page the visitor comes from.
const SITE: &str = "sec-fetch-site";
/// The address bar or a bookmark, and the companion's own page.
const TRUSTED: [&str; 2] = ["none", "same-origin"];

/// The address to send a visitor to instead, where a link would start a run and may be a foreign page's.
///
/// It is a query alone, so that it stays on this host whatever the path is: `//evil.example/` is an address elsewhere.
pub fn without_autostart(headers: &HeaderMap, address: &Uri) -> Option<String> {
    let mut sites = headers.get_all(SITE).iter();
    let is_trusted = sites.next().is_some_and(|site| TRUSTED.iter().any(|trusted| site == trusted));
    if is_trusted && sites.next().is_none() {
        return None;
    }
    let asked = address.query()?;
    let kept: Vec<_> = asked.split('&').filter(|pair| !may_start(pair)).collect();
    (kept.len() < asked.split('&').count()).then(|| format!("?{}", kept.join("&")))
}

/// Whether a parameter may start a run. A percent-encoded name counts, because none of the page's parameters needs one.
fn may_start(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default();
    name == AUTOSTART || name.contains('%')
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn sent_to(sites: &[&'static str], address: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        for site in sites {
            headers.append(SITE, HeaderValue::from_static(site));
        }
        without_autostart(&headers, &address.parse().unwrap())
    }

    #[test]
    fn a_link_of_a_stranger_or_of_nobody_known_fills_the_form_in_and_starts_nothing() {
        for sites in [&["cross-site"][..], &["same-site"], &["none", "cross-site"], &["none", "none"], &[]] {
            let sent = sent_to(sites, "/?users=5&autostart=1&host=http://a");
            assert_eq!(sent.as_deref(), Some("?users=5&host=http://a"), "{sites:?}");
            assert_eq!(sent_to(sites, "/?autostart").as_deref(), Some("?"));
            assert_eq!(sent_to(sites, "/?%61utostart=1&users=5").as_deref(), Some("?users=5"));
            assert_eq!(sent_to(sites, "/?users=5"), None);
            assert_eq!(sent_to(sites, "/"), None);
        }
    }

    #[test]
    fn nobody_is_sent_to_another_host() {
        for path in
            ["//evil.example/", "//evil.example/x", "/\\\\evil.example/", "http://localhost//evil.example/"]
        {
            let sent = sent_to(&["cross-site"], &format!("{path}?autostart=1&users=5"));
            assert_eq!(sent.as_deref(), Some("?users=5"), "{path}");
        }
    }

    #[test]
    fn the_address_bar_and_the_companions_own_page_may_start() {
        for site in TRUSTED {
            assert_eq!(sent_to(&[site], "/?users=5&autostart=1"), None);
        }
    }
}
