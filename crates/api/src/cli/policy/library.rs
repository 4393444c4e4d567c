//! Policy texts as files: what lies below the paths that were given, and the packs beside them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use sizhu_core::pack::{self, Document, Fault, Heading, Overlay, Pack, Place, ProgrammeId};
use sizhu_core::programme::{Policy, Programme};

/// One pack or overlay.
pub(super) struct Leaf {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) heading: Heading,
    /// Whether it was asked for, and is not only there to be built upon.
    pub(super) asked: bool,
}

/// All texts at hand.
#[derive(Default)]
pub(super) struct Library {
    pub(super) leaves: Vec<Leaf>,
    /// Files of golden cases that were asked for.
    pub(super) cases: Vec<PathBuf>,
    /// What is wrong with what was asked for, a line each.
    pub(super) faults: Vec<String>,
    seen: BTreeSet<PathBuf>,
}

impl Library {
    /// What lies below the paths, and the packs below `base` to build upon.
    ///
    /// # Errors
    /// A path that cannot be read, or holds nothing.
    pub(super) fn open(paths: &[PathBuf], base: &Path) -> anyhow::Result<Self> {
        let mut library = Self::default();
        for path in paths {
            if library.add(path, true)? == 0 {
                bail!("{}: no policy text here", path.display());
            }
        }
        if base.is_dir() {
            library.add(base, false)?;
        }
        Ok(library)
    }

    /// Adds a file, or what lies below a folder; answers how many files that is.
    fn add(&mut self, path: &Path, asked: bool) -> anyhow::Result<usize> {
        if path.is_dir() {
            let entries = fs::read_dir(path).with_context(|| path.display().to_string())?;
            let mut entries = entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<Result<Vec<_>, _>>()
                .with_context(|| path.display().to_string())?;
            entries.sort();
            let mut files = 0_usize;
            for entry in entries {
                // Examples are other places' rules: they are nothing to build upon.
                let example = entry.file_name().is_some_and(|name| name == "examples");
                let toml = entry
                    .extension()
                    .is_some_and(|extension| extension == "toml");
                if (entry.is_dir() && (asked || !example)) || toml {
                    files = files.saturating_add(self.add(&entry, asked)?);
                }
            }
            return Ok(files);
        }
        let real = path
            .canonicalize()
            .with_context(|| path.display().to_string())?;
        if !self.seen.insert(real) {
            return Ok(1);
        }
        if let Some(pack) = path.to_string_lossy().strip_suffix(".cases.toml") {
            if asked {
                self.cases.push(path.to_owned());
                let pack = PathBuf::from(format!("{pack}.toml"));
                if pack.is_file() {
                    self.add(&pack, true)?;
                }
            }
            return Ok(1);
        }
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        match pack::heading(&text) {
            Ok(heading) => self.leaves.push(Leaf {
                path: path.to_owned(),
                text,
                heading,
                asked,
            }),
            Err(faults) if asked => self.faults.extend(told(path, &faults)),
            Err(_) => {}
        }
        Ok(1)
    }

    /// Reads a text that was asked for, and compiles what holds at its place; every fault, if it has
    /// any.
    pub(super) fn check(&self, leaf: &Leaf) -> Vec<String> {
        let mut faults = self.read(leaf);
        let twin = self
            .leaves
            .iter()
            .find(|other| other.asked && other.heading == leaf.heading && other.path < leaf.path);
        if let Some(twin) = twin {
            faults.push(format!(
                "{}: found another text of this programme, place and kind, expected only {}",
                leaf.path.display(),
                twin.path.display()
            ));
        }
        if faults.is_empty()
            && let Err(error) = self.programme(&leaf.heading.programme, &leaf.heading.place)
        {
            faults.push(format!("{}: {error:#}", leaf.path.display()));
        }
        faults
    }

    fn read(&self, leaf: &Leaf) -> Vec<String> {
        match leaf.heading.document {
            Document::Pack => match pack::read_pack(&leaf.text) {
                Ok(_) => Vec::new(),
                Err(faults) => told(&leaf.path, &faults),
            },
            Document::Overlay => {
                match self.pack_above(&leaf.heading.programme, &leaf.heading.place) {
                    Some(base) => match pack::read_pack(&base.text) {
                        Ok(base) => match pack::read_overlay(&leaf.text, &base) {
                            Ok(_) => Vec::new(),
                            Err(faults) => told(&leaf.path, &faults),
                        },
                        Err(_) => vec![format!(
                            "{}: its pack {} has faults",
                            leaf.path.display(),
                            base.path.display()
                        )],
                    },
                    None => vec![format!(
                        "{}: found no pack of {} above {}, expected one below --base",
                        leaf.path.display(),
                        leaf.heading.programme,
                        leaf.heading.place
                    )],
                }
            }
        }
    }

    /// The pack of a programme that holds at a place: the nearest.
    pub(super) fn pack_above<'a>(
        &'a self,
        programme: &'a ProgrammeId,
        place: &Place,
    ) -> Option<&'a Leaf> {
        self.of(Document::Pack, programme)
            .filter(|leaf| holds(&leaf.heading.place, place))
            .max_by_key(|leaf| (leaf.asked, leaf.heading.place.nearness()))
    }

    fn of<'a>(
        &'a self,
        document: Document,
        programme: &'a ProgrammeId,
    ) -> impl Iterator<Item = &'a Leaf> {
        self.leaves.iter().filter(move |leaf| {
            leaf.heading.document == document && leaf.heading.programme == *programme
        })
    }

    /// A programme as it holds at a place, its overlays applied.
    pub(super) fn policy(&self, programme: &ProgrammeId, place: &Place) -> anyhow::Result<Policy> {
        let pack = self.pack_above(programme, place);
        let pack = pack.with_context(|| format!("no pack of {programme} holds at {place}"))?;
        let mut overlays: Vec<&Leaf> = self
            .of(Document::Overlay, programme)
            .filter(|leaf| {
                holds(&leaf.heading.place, place) && holds(&pack.heading.place, &leaf.heading.place)
            })
            .collect();
        overlays.sort_by_key(|leaf| leaf.heading.place.nearness());
        let texts: Vec<&str> = overlays.iter().map(|leaf| leaf.text.as_str()).collect();
        Policy::read(&Policy::join(&pack.text, &texts))
            .map_err(|faults| anyhow::anyhow!("{}", told(&pack.path, &faults).join("\n")))
    }

    /// That programme, compiled.
    pub(super) fn programme(
        &self,
        programme: &ProgrammeId,
        place: &Place,
    ) -> anyhow::Result<Programme> {
        Ok(Programme::compile(&self.policy(programme, place)?)?)
    }

    /// The text of a path that was asked for.
    pub(super) fn leaf(&self, path: &Path) -> Option<&Leaf> {
        let real = path.canonicalize().ok()?;
        self.leaves
            .iter()
            .find(|leaf| leaf.path.canonicalize().is_ok_and(|it| it == real))
    }

    /// An overlay of this library, read upon its pack.
    pub(super) fn overlay(&self, leaf: &Leaf) -> anyhow::Result<(Pack, Overlay)> {
        let base = self.pack_above(&leaf.heading.programme, &leaf.heading.place);
        let base = base.context("no pack above the overlay")?;
        let read = |faults: Vec<Fault>| anyhow::anyhow!("{}", told(&leaf.path, &faults).join("\n"));
        let pack = pack::read_pack(&base.text).map_err(read)?;
        let overlay = pack::read_overlay(&leaf.text, &pack).map_err(read)?;
        Ok((pack, overlay))
    }
}

/// Whether what holds at the first place holds at the second.
fn holds(place: &Place, at: &Place) -> bool {
    match (place, at) {
        (Place::National, _) => true,
        (Place::Division(_), Place::Division(code)) => place.contains(code),
        (Place::Division(_), Place::National) => false,
    }
}

/// Faults as an editor reads them: `file:line:column: found …, expected …`.
pub(super) fn told(path: &Path, faults: &[Fault]) -> Vec<String> {
    faults
        .iter()
        .map(|fault| {
            format!(
                "{}:{}:{}: found {}, expected {}",
                path.display(),
                fault.line,
                fault.column,
                fault.found,
                fault.expected
            )
        })
        .collect()
}
