//! What a link on a foreign page may do to the companion's page: fill in the form, but not start a run. Pure.
//!
//! Otherwise any page on the web could make its visitors load every host that they can reach.

use http::{HeaderMap, Uri};

const AUTOSTART: &str = "autostart";
/// In this header browsers say whose page a request comes from. `none` is the address bar or a bookmark.
const SITE: &str = "sec-fetch-site";

/// The address to send a visitor to instead, where a foreign page's link would start a run.
pub fn without_autostart(headers: &HeaderMap, address: &Uri) -> Option<String> {
    let is_foreign = headers.get(SITE).is_some_and(|site| site != "none" && site != "same-origin");
    let asked = address.query().filter(|_| is_foreign)?;
    let kept: Vec<_> = asked.split('&').filter(|pair| !may_start(pair)).collect();
    (kept.len() < asked.split('&').count()).then(|| format!("{}?{}", address.path(), kept.join("&")))
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

    fn sent_to(site: Option<&'static str>, address: &str) -> Option<String> {
        let site = site.map(|site| (http::HeaderName::from_static(SITE), HeaderValue::from_static(site)));
        without_autostart(&site.into_iter().collect(), &address.parse().unwrap())
    }

    #[test]
    fn a_foreign_link_fills_the_form_in_and_starts_nothing() {
        for site in ["cross-site", "same-site"] {
            let sent = sent_to(Some(site), "/?users=5&autostart=1&host=http://a");
            assert_eq!(sent.as_deref(), Some("/?users=5&host=http://a"));
            assert_eq!(sent_to(Some(site), "/?autostart").as_deref(), Some("/?"));
            assert_eq!(sent_to(Some(site), "/?%61utostart=1&users=5").as_deref(), Some("/?users=5"));
            assert_eq!(sent_to(Some(site), "/?users=5"), None);
            assert_eq!(sent_to(Some(site), "/"), None);
        }
    }

    #[test]
    fn the_address_bar_and_the_companions_own_page_may_start() {
        for site in [Some("none"), Some("same-origin"), None] {
            assert_eq!(sent_to(site, "/?users=5&autostart=1"), None);
        }
    }
}
