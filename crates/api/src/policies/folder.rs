//! Policy texts as files below a folder.

use std::fs;
use std::path::{Path, PathBuf};

use super::{PolicyFaults, Source};

/// Every pack and overlay below a folder, in the order of the paths. Golden cases (`.cases.toml`)
/// are no packs, and what lies in a folder named `examples` is in force nowhere.
///
/// # Errors
/// [`PolicyFaults`] with every file and folder that cannot be read; no pack at all.
pub fn read_folder(folder: &Path) -> Result<Vec<Source>, PolicyFaults> {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    collect(folder, &mut files, &mut faults);
    files.sort();
    let mut sources = Vec::new();
    for file in files {
        match fs::read_to_string(&file) {
            Ok(text) => sources.push(Source {
                name: file.display().to_string(),
                text,
            }),
            Err(error) => faults.push(format!("{}: {error}", file.display())),
        }
    }
    if sources.is_empty() && faults.is_empty() {
        faults.push(format!(
            "{}: no policy pack below this folder",
            folder.display()
        ));
    }
    if faults.is_empty() {
        Ok(sources)
    } else {
        Err(PolicyFaults(faults))
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>, faults: &mut Vec<String>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return faults.push(format!("{}: {error}", folder.display())),
    };
    for entry in entries {
        match entry {
            Ok(entry) if entry.path().is_dir() => {
                if entry.file_name() != "examples" {
                    collect(&entry.path(), files, faults);
                }
            }
            Ok(entry) if is_pack(&entry.file_name().to_string_lossy()) => {
                files.push(entry.path());
            }
            Ok(_) => {}
            Err(error) => faults.push(format!("{}: {error}", folder.display())),
        }
    }
}

/// Whether a file of this name is a pack or an overlay.
fn is_pack(name: &str) -> bool {
    name.ends_with(".toml") && !name.ends_with(".cases.toml")
}
