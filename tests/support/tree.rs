//! The work tree: what is in it, for tests of the tree itself.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders that are made, not written.
const MADE: &[&str] = &[".git", ".sizhu", "target", "node_modules"];

/// The root of the work tree.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("the tests lie in the work tree").to_owned()
}

/// All files below a folder (`""` for the whole tree), relative to the root with `/`, in order.
/// Leaves out what is made: builds, throw-away clusters, git's own.
///
/// # Panics
/// When the folder cannot be read.
#[must_use]
pub fn files(below: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(&root().join(below), &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<String>) {
    let entries = fs::read_dir(folder);
    for entry in entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            if !MADE.contains(&name) {
                collect(&path, found);
            }
        } else if let Ok(relative) = path.strip_prefix(root()) {
            found.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
}

/// The text of a file, by its path from the root.
///
/// # Panics
/// When it is not there or not UTF-8.
#[must_use]
pub fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Writes a file that is made from the code, when asked to by the environment variable `asked`
/// (`UPDATE_SCHEMA`, say), else compares: the committed text must be the current one.
///
/// # Panics
/// When it is not.
#[track_caller]
pub fn is_current(file: &str, current: &str, asked: &str) {
    if std::env::var(asked).is_ok_and(|value| value == "1") {
        fs::write(root().join(file), current).unwrap_or_else(|error| panic!("{file}: {error}"));
        return;
    }
    let committed = read(file);
    let differs = committed
        .lines()
        .zip(current.lines())
        .position(|(old, new)| old != new);
    let at = differs.unwrap_or_else(|| committed.lines().count().min(current.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
    assert!(
        committed == current,
        "{file} is not current from line {}: it has\n  {}\nand should have\n  {}\n{asked}=1 writes it anew",
        at + 1,
        line(&committed),
        line(current),
    );
}
