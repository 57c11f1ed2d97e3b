//! Matching a path with a template such as `/api/plans/{id}`. Pure.

use percent_encoding::percent_decode_str;

/// The rest of the path after a prefix of whole segments.
pub fn under<'p>(prefix: &str, path: &'p str) -> Option<&'p str> {
    path.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `Some` when the path matches the template; inside, the decoded value of the template's parameter, if it has one.
///
/// As in Spring, `;name=value` at the end of a segment is no part of it.
pub fn matched(template: &str, path: &str) -> Option<Option<String>> {
    let mut param = None;
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next().map(without_matrix)) {
            (None, None) => return Some(param),
            (Some(w), Some(g)) if w == g => {}
            (Some(w), Some(g)) if w.starts_with('{') && !g.is_empty() => {
                param = Some(percent_decode_str(g).decode_utf8_lossy().into_owned());
            }
            _ => return None,
        }
    }
}

fn without_matrix(segment: &str) -> &str {
    segment.split(';').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_decoded_and_loses_what_follows_a_semicolon() {
        let param = |path| matched("/plans/{id}", path).flatten();
        assert_eq!(param("/plans/%207;a=b").as_deref(), Some(" 7"));
        assert_eq!(param("/plans//7"), None);
        assert_eq!(matched("/plans", "/plans"), Some(None));
        assert_eq!(matched("/plans", "/plans/"), None);
    }
}
