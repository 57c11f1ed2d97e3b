//! Light or dark: as the system says, until somebody chooses; the choice is remembered.

use super::local_storage;

const KEY: &str = "oddiya-load.theme";

/// The colours of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// What it is called, to people and in storage.
    pub const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme after a click on the button.
    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

/// The theme that was chosen last.
pub fn chosen() -> Theme {
    let word = local_storage::read(KEY);
    let known = [Theme::Light, Theme::Dark].into_iter().find(|theme| word.as_deref() == Some(theme.word()));
    known.unwrap_or_default()
}

/// Puts a theme on the page and remembers it.
pub fn choose(theme: Theme) {
    let root =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.document_element());
    if let Some(root) = root {
        // Fails only for a name that no attribute can have.
        let _ = root.set_attribute("data-theme", theme.word());
    }
    local_storage::write(KEY, theme.word());
}
