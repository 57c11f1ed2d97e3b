//! Opens the page in a browser, where somebody is there to see it.

use std::env;
use std::io::{IsTerminal as _, stdout};

/// Whether the companion may open the page by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// When it was started in a terminal on a machine with a display.
    Allowed,
    /// The option `--no-open` was given.
    Forbidden,
}

/// Opens an address in the person's browser. Where that fails, the address on the terminal has to do.
pub fn open(opening: Opening, address: &str) {
    let is_set = |variable: &str| env::var_os(variable).is_some_and(|value| !value.is_empty());
    if opening == Opening::Allowed && stdout().is_terminal() && has_display(env::consts::OS, is_set) {
        let _ = open::that_detached(address);
    }
}

/// Whether a window can be shown. `is_set` says whether an environment variable is.
fn has_display(system: &str, is_set: impl Fn(&str) -> bool) -> bool {
    match system {
        "windows" => true,
        // Over SSH the window would open on the other machine's screen.
        "macos" => !is_set("SSH_CONNECTION"),
        _ => is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_is_there_where_the_system_says_so() {
        let with = |variable: &'static str| move |asked: &str| asked == variable;
        assert!(has_display("linux", with("DISPLAY")) && has_display("freebsd", with("WAYLAND_DISPLAY")));
        assert!(!has_display("linux", with("SSH_CONNECTION")));
        assert!(has_display("macos", with("DISPLAY")) && !has_display("macos", with("SSH_CONNECTION")));
        assert!(has_display("windows", |_| false));
    }
}
