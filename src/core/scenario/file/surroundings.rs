//! What a scenario's text needs from outside: other files, the environment, and what the command line or the page says.

/// The longest file that a scenario may name.
pub const LARGEST_FILE: usize = 64 << 20;
/// The most bytes of all files of a scenario together.
pub const LARGEST_FILES: usize = 256 << 20;

/// What surrounds a scenario's text.
pub trait Surroundings {
    /// The content of a file that the scenario names, relative to its own place; or why it cannot be read. What is longer than
    /// [`LARGEST_FILE`] may end anywhere beyond it.
    fn file(&self, path: &str) -> Result<Vec<u8>, String>;

    /// The value of an environment variable.
    fn environment(&self, name: &str) -> Option<String>;
}

/// What was chosen for a run beside the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The profile; `None` for the one that the text chooses.
    pub profile: Option<String>,
    /// The values of settings by name: `--set NAME=VALUE`.
    pub settings: Vec<(String, String)>,
    /// The addresses of services by name: `--service NAME=URL`.
    pub services: Vec<(String, String)>,
}

impl Choices {
    /// These choices with the profile and the addresses of services that the host was found to have. An address that a person gave
    /// goes before one that was found.
    pub fn with_found(mut self, profile: Option<&str>, services: &[(String, String)]) -> Self {
        self.profile = profile.map(str::to_owned).or(self.profile);
        // What comes last counts.
        self.services = services.iter().cloned().chain(self.services).collect();
        self
    }
}

/// Nothing around: no files, no environment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Surroundings for Nothing {
    fn file(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("files cannot be read here; write the rows into the scenario, under `rows`".to_owned())
    }

    fn environment(&self, _: &str) -> Option<String> {
        None
    }
}
