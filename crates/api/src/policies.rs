//! The policy packs the service runs under, read whole at start.

use std::fs;
use std::path::{Path, PathBuf};

use sizhu_core::{DivisionCode, HospitalCarePack};

/// A pack and the text it was read from.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The rules.
    pub rules: HospitalCarePack,
    /// The text, as kept with the decisions made under it.
    pub text: String,
}

/// All packs, by division.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    packs: Vec<Pack>,
}

/// Packs that cannot be run under: every fault found, each with its file and place.
#[derive(Debug, thiserror::Error)]
#[error("the policy packs are not usable:\n{}", .0.join("\n"))]
pub struct PolicyFaults(pub Vec<String>);

impl Policies {
    /// Reads every `.toml` file below a folder.
    ///
    /// # Errors
    /// [`PolicyFaults`] with all faults at once: unreadable files, bad packs, two packs of one
    /// division, no pack at all.
    pub fn load(folder: &Path) -> Result<Self, PolicyFaults> {
        let mut files = Vec::new();
        let mut faults = Vec::new();
        collect(folder, &mut files, &mut faults);
        files.sort();
        let mut packs: Vec<Pack> = Vec::new();
        for file in files {
            match read(&file) {
                Ok(pack) => {
                    let division = pack.rules.division();
                    if packs.iter().any(|other| other.rules.division() == division) {
                        faults.push(format!(
                            "{}: division {division} has a pack already",
                            file.display()
                        ));
                    }
                    packs.push(pack);
                }
                Err(fault) => faults.push(fault),
            }
        }
        if packs.is_empty() && faults.is_empty() {
            faults.push(format!(
                "{}: no policy pack below this folder",
                folder.display()
            ));
        }
        if faults.is_empty() {
            Ok(Self { packs })
        } else {
            Err(PolicyFaults(faults))
        }
    }

    /// All packs.
    #[must_use]
    pub fn all(&self) -> &[Pack] {
        &self.packs
    }

    /// Whether some division offers a programme.
    #[must_use]
    pub fn offers(&self, programme: &str) -> bool {
        self.packs
            .iter()
            .any(|pack| pack.rules.programme() == programme)
    }

    /// The hospital-care pack in force for a division: its own, or that of the nearest division
    /// above it.
    #[must_use]
    pub fn hospital_care(&self, division: &DivisionCode) -> Option<&HospitalCarePack> {
        self.packs
            .iter()
            .map(|pack| &pack.rules)
            .filter(|rules| rules.division().contains(division))
            .max_by_key(|rules| rules.division().as_str().len())
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>, faults: &mut Vec<String>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return faults.push(format!("{}: {error}", folder.display())),
    };
    for entry in entries {
        match entry {
            Ok(entry) if entry.path().is_dir() => collect(&entry.path(), files, faults),
            Ok(entry) if entry.path().extension().is_some_and(|it| it == "toml") => {
                files.push(entry.path());
            }
            Ok(_) => {}
            Err(error) => faults.push(format!("{}: {error}", folder.display())),
        }
    }
}

fn read(file: &Path) -> Result<Pack, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    match HospitalCarePack::parse(&text) {
        Ok(rules) => Ok(Pack { rules, text }),
        Err(error) => Err(format!(
            "{}:{}:{}: found {}, expected {}",
            file.display(),
            error.line,
            error.column,
            error.found,
            error.expected
        )),
    }
}
