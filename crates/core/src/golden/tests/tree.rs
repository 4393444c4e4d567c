//! The packs below `policies/`, with their overlays and golden cases.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::division::DivisionCode;
use crate::pack::{self, Document, Fault, Place, ProgrammeId};
use crate::programme::{Policy, Programme};

/// One file of a pack or an overlay.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    /// Its path, from `policies/` on.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) document: Document,
    pub(crate) programme: ProgrammeId,
    pub(crate) place: Place,
    /// The text of its golden cases, if there are any.
    pub(crate) cases: Option<String>,
}

impl Leaf {
    /// The path of its golden cases.
    pub(crate) fn cases_path(&self) -> String {
        self.path.replace(".toml", ".cases.toml")
    }
}

/// All packs and overlays.
pub(crate) struct Tree {
    pub(crate) leaves: Vec<Leaf>,
    /// What is wrong with files that are neither.
    pub(crate) faults: Vec<String>,
}

/// The faults of a file, one a line, as an editor reads them.
pub(crate) fn tell(path: &str, faults: &[Fault]) -> String {
    let lines = faults.iter().map(|fault| {
        let Fault {
            line,
            column,
            found,
            expected,
        } = fault;
        format!("policies/{path}:{line}:{column}: found {found}, expected {expected}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

fn toml_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            toml_files(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            found.push(path);
        }
    }
}

impl Tree {
    /// Reads the folder.
    pub(crate) fn read() -> Self {
        let root = root();
        let mut paths = Vec::new();
        toml_files(&root, &mut paths);
        paths.sort();
        let mut tree = Self {
            leaves: Vec::new(),
            faults: Vec::new(),
        };
        for path in paths {
            let name = path
                .strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            if name.ends_with(".cases.toml") {
                let pack = path.to_str().unwrap().replace(".cases.toml", ".toml");
                if !Path::new(&pack).exists() {
                    tree.faults
                        .push(format!("policies/{name}: cases without a pack"));
                }
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            match pack::heading(&text) {
                Ok(heading) => tree.leaves.push(Leaf {
                    cases: fs::read_to_string(path.with_extension("cases.toml")).ok(),
                    path: name,
                    text,
                    document: heading.document,
                    programme: heading.programme,
                    place: heading.place,
                }),
                Err(faults) => tree.faults.push(tell(&name, &faults)),
            }
        }
        tree
    }

    pub(crate) fn packs(&self) -> impl Iterator<Item = &Leaf> {
        let packs = self.leaves.iter();
        packs.filter(|leaf| leaf.document == Document::Pack)
    }

    /// The overlays of a pack that apply in a division, farthest first. Overlays below a nearer
    /// pack of the same programme are that pack's.
    pub(crate) fn overlays(&self, pack: &Leaf, division: &DivisionCode) -> Vec<&Leaf> {
        let of_nearer_pack = |overlay: &Leaf| {
            self.packs().any(|other| {
                other.programme == pack.programme
                    && other.place != pack.place
                    && below(&pack.place, &other.place)
                    && below(&other.place, &overlay.place)
            })
        };
        let overlays = self.leaves.iter().filter(|leaf| {
            leaf.document == Document::Overlay
                && leaf.programme == pack.programme
                && below(&pack.place, &leaf.place)
                && leaf.place.contains(division)
                && !of_nearer_pack(leaf)
        });
        let mut overlays: Vec<&Leaf> = overlays.collect();
        overlays.sort_by_key(|leaf| leaf.place.nearness());
        overlays
    }

    /// Every overlay of a pack, farthest first; whatever else lies between them.
    pub(crate) fn all_overlays(&self, pack: &Leaf) -> Vec<&Leaf> {
        let mut places: Vec<&Leaf> = Vec::new();
        for leaf in &self.leaves {
            if let Place::Division(code) = &leaf.place
                && self
                    .overlays(pack, code)
                    .iter()
                    .any(|overlay| overlay.path == leaf.path)
            {
                places.push(leaf);
            }
        }
        places.sort_by_key(|leaf| leaf.place.nearness());
        places
    }

    /// The policy of a pack in a division.
    pub(crate) fn policy(
        &self,
        pack: &Leaf,
        division: Option<&DivisionCode>,
    ) -> Result<Policy, String> {
        let overlays = match division {
            Some(division) => self.overlays(pack, division),
            None => Vec::new(),
        };
        // Each file is read by itself, so that its faults have their own lines.
        let base = pack::read_pack(&pack.text).map_err(|faults| tell(&pack.path, &faults))?;
        let mut read = Vec::new();
        for leaf in &overlays {
            let overlay = pack::read_overlay(&leaf.text, &base);
            read.push(overlay.map_err(|faults| tell(&leaf.path, &faults))?);
        }
        let texts: Vec<&str> = overlays.iter().map(|leaf| leaf.text.as_str()).collect();
        let text = Policy::join(&pack.text, &texts);
        Ok(Policy::of_parts(&text, base, read))
    }
}

/// Whether a place is another or lies in it.
fn below(above: &Place, place: &Place) -> bool {
    match place {
        Place::National => *above == Place::National,
        Place::Division(code) => above.contains(code),
    }
}

/// The programmes of one pack by division, each compiled once.
pub(crate) struct Compiled<'t> {
    pack: &'t Leaf,
    programmes: BTreeMap<Option<DivisionCode>, Arc<Programme>>,
}

impl<'t> Compiled<'t> {
    /// Compiles a pack for its own place and for these divisions; the first error, else.
    pub(crate) fn new<'d>(
        tree: &Tree,
        pack: &'t Leaf,
        divisions: impl Iterator<Item = Option<&'d DivisionCode>>,
    ) -> Result<Self, String> {
        let mut programmes = BTreeMap::new();
        for division in divisions.chain([None]) {
            let policy = tree.policy(pack, division)?;
            let programme = Programme::compile(&policy)
                .map_err(|error| format!("policies/{}: {error}", pack.path))?;
            programmes.insert(division.cloned(), Arc::new(programme));
        }
        Ok(Self { pack, programmes })
    }

    /// The programme in a division; nothing where the pack does not hold.
    pub(crate) fn at(&self, division: Option<&DivisionCode>) -> Option<Arc<Programme>> {
        let holds = division.is_none_or(|division| self.pack.place.contains(division));
        let programme = self.programmes.get(&division.cloned());
        programme.filter(|_| holds).cloned()
    }
}
