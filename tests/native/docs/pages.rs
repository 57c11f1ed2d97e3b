//! The documentation as text: its pages, their blocks of commands, their links.

use std::path::{Path, PathBuf};

pub struct Page {
    /// From the project's folder, such as `docs/stub.md`.
    pub name: String,
    pub text: String,
}

/// The commands of one fenced block, each with its line in the page.
pub struct Block {
    pub page: String,
    pub lines: Vec<(usize, String)>,
}

pub fn project_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn all() -> Vec<Page> {
    let top = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| project_folder().join(name));
    let folders = ["docs", "docs/decisions"].map(|folder| project_folder().join(folder));
    let pages = top.into_iter().chain(folders.iter().flat_map(|folder| markdown_files(folder)));
    pages.map(|path| Page::read(&path)).collect()
}

fn markdown_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

impl Page {
    fn read(path: &Path) -> Self {
        let name = path.strip_prefix(project_folder()).unwrap().to_str().unwrap().to_owned();
        Self { name, text: std::fs::read_to_string(path).unwrap() }
    }

    pub fn shell_blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut block: Option<Block> = None;
        for (index, line) in self.text.lines().enumerate() {
            match (line.trim(), &mut block) {
                ("```sh", None) => block = Some(Block { page: self.name.clone(), lines: Vec::new() }),
                ("```", Some(_)) => blocks.extend(block.take()),
                (command, Some(block)) if !command.is_empty() => {
                    block.lines.push((index + 1, command.to_owned()));
                }
                _ => {}
            }
        }
        assert!(block.is_none(), "{}: a block does not end", self.name);
        blocks
    }

    /// Links to files of the project that do not exist.
    pub fn broken_links(&self) -> Vec<String> {
        let folder = project_folder().join(&self.name).parent().unwrap().to_owned();
        let targets = self.text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(to, _)| to);
        let files = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
        let broken = files.filter(|target| !folder.join(target.split('#').next().unwrap()).exists());
        broken.map(|target| format!("{}: {target}", self.name)).collect()
    }
}
