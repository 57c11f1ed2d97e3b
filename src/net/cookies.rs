//! The cookies of one user: kept as RFC 6265 says, sent back with the requests that they belong to, and bounded.
//!
//! The rules are the crate `cookie_store`'s. A jar belongs to one user, as on a phone, and reads no body.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::rc::Rc;

use cookie_store::{Cookie, CookieStore};
use url::Url;

/// How many cookies a jar keeps: as many as RFC 6265, §6.1, asks for per host. The oldest give way.
const MAX_COOKIES: usize = 50;
/// A longer `Set-Cookie` is ignored: the size that RFC 6265, §6.1, asks for.
const MAX_COOKIE_BYTES: usize = 4_096;

/// One user's cookies. Clones are the same jar.
#[derive(Clone, Default)]
pub struct CookieJar {
    /// `None` until the host sets a cookie: most hosts never do.
    store: Rc<RefCell<Option<Box<CookieStore>>>>,
}

impl CookieJar {
    /// Whether the host has set no cookie yet, so that no address needs to be looked at.
    pub fn is_empty(&self) -> bool {
        self.store.borrow().is_none()
    }

    /// The value of `Cookie` for a request to `url`: those of longer paths first, then the older ones (RFC 6265, §5.4).
    /// `None` where no cookie belongs to it.
    pub fn header(&self, url: &Url) -> Option<String> {
        let store = self.store.borrow();
        let mut cookies = store.as_ref()?.matches(url);
        cookies.sort_by_key(|cookie| Reverse(cookie.path.len()));
        let pair = |cookie: &&Cookie<'_>| {
            let (name, value) = cookie.name_value();
            format!("{name}={value}")
        };
        let pairs: Vec<String> = cookies.iter().map(pair).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Takes the values of `Set-Cookie` of a response that came from `url`. What the rules refuse is not kept.
    pub fn take<'a>(&self, set_cookies: impl IntoIterator<Item = &'a str>, url: &Url) {
        let mut store = self.store.borrow_mut();
        for set_cookie in set_cookies.into_iter().filter(|text| is_acceptable(text)) {
            let store = store.get_or_insert_default();
            if store.parse(set_cookie, url).is_ok() {
                shrink(store);
            }
        }
    }
}

/// Neither too long nor with a control character, which would end the header that the cookie is sent back in.
fn is_acceptable(set_cookie: &str) -> bool {
    set_cookie.len() <= MAX_COOKIE_BYTES && !set_cookie.contains(|c: char| c.is_control() && c != '\t')
}

/// Removes what is over the limit, the expired ones first.
fn shrink(store: &mut CookieStore) {
    while store.iter_any().count() > MAX_COOKIES {
        let Some(oldest) = store.iter_any().find(|cookie| cookie.is_expired()).or(store.iter_any().next())
        else {
            return;
        };
        let (domain, path, name) =
            (String::from(&oldest.domain), String::from(&oldest.path), oldest.name().to_owned());
        if store.remove(&domain, &path, &name).is_none() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    /// What is sent to `to` after the cookies were set by `https://host.example/a/b`.
    fn sent(set_cookies: &[&str], to: &str) -> Option<String> {
        let jar = CookieJar::default();
        jar.take(set_cookies.iter().copied(), &url("https://host.example/a/b"));
        jar.header(&url(to))
    }

    #[test]
    fn a_cookie_goes_back_where_its_path_domain_and_secure_allow() {
        let root = "https://host.example/";
        for (set_cookie, to, expected) in [
            ("s=1; Path=/", root, Some("s=1")),
            ("s=1", "https://host.example/a/c", Some("s=1")),
            ("s=1", root, None),
            ("s=1; Path=/x", "https://host.example/xy", None),
            ("s=1; Path=/; Secure", "http://host.example/", None),
            ("s=1; Path=/; Secure; HttpOnly", root, Some("s=1")),
            ("s=1; Path=/; Domain=host.example", root, Some("s=1")),
            ("s=1; Path=/; Domain=example", "https://host.example/", Some("s=1")),
            ("s=1; Path=/; Domain=other.example", root, None),
            ("s=1; Path=/; Domain=other.example", "https://other.example/", None),
            ("s=1; Path=/; Max-Age=0", root, None),
            ("s=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", root, None),
            ("s=\"a b\"; Path=/", root, Some("s=\"a b\"")),
        ] {
            assert_eq!(sent(&[set_cookie], to).as_deref(), expected, "{set_cookie} to {to}");
        }
    }

    #[test]
    fn a_cookie_is_replaced_by_name_and_removed_by_its_age() {
        let root = "https://host.example/";
        assert_eq!(sent(&["s=1; Path=/", "s=2; Path=/"], root).as_deref(), Some("s=2"));
        assert_eq!(sent(&["s=1; Path=/", "s=; Path=/; Max-Age=0"], root), None);
        let longer_first = sent(&["a=1; Path=/", "b=2; Path=/a"], "https://host.example/a/");
        assert_eq!(longer_first.as_deref(), Some("b=2; a=1"));
    }

    #[test]
    fn a_jar_is_bounded_and_its_oldest_cookies_give_way() {
        let jar = CookieJar::default();
        let all: Vec<String> = (0..200).map(|number| format!("c{number}=x; Path=/")).collect();
        let root = url("https://host.example/");
        jar.take(all.iter().map(String::as_str), &root);
        let header = jar.header(&root).unwrap();
        assert_eq!(header.split("; ").count(), MAX_COOKIES);
        assert!(header.starts_with("c150=x; ") && header.ends_with("; c199=x"), "{header}");
        let long = format!("long={}; Path=/", "x".repeat(MAX_COOKIE_BYTES));
        jar.take([long.as_str()], &root);
        assert_eq!(jar.header(&root).as_ref(), Some(&header));
    }

    #[test]
    fn no_cookie_carries_a_line_break_into_a_request() {
        assert_eq!(sent(&["s=1\r\n X: y; Path=/"], "https://host.example/"), None);
    }

    #[test]
    fn a_clone_is_the_same_jar_and_another_jar_is_another_users() {
        let (jar, root) = (CookieJar::default(), url("https://host.example/"));
        let (same, other) = (jar.clone(), CookieJar::default());
        jar.take(["s=1"], &root);
        assert_eq!(same.header(&root).as_deref(), Some("s=1"));
        assert!(other.is_empty() && other.header(&root).is_none());
    }
}
