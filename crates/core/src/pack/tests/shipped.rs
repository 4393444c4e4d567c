//! The packs of this repository are sound.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::*;

/// The texts of packs and overlays under `policies/`, with their paths.
pub(super) fn shipped() -> Vec<(PathBuf, String)> {
    files(|name| name.ends_with(".toml") && !name.ends_with(".cases.toml"))
}

/// The files under `policies/` with such names.
pub(super) fn files(wanted: impl Fn(&str) -> bool) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let (mut folders, mut texts) = (vec![root], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if wanted(&name) {
                let text = fs::read_to_string(&path).unwrap();
                if !text.lines().any(|line| line.trim() == "format = 1") {
                    texts.push((path, text));
                }
            }
        }
    }
    texts.sort();
    texts
}

/// The pack an overlay lies upon: of those that hold at its place the one that shares most of its
/// path, then the nearest place.
pub(super) fn base_of(overlay: &Heading, path: &Path, packs: &[(PathBuf, Pack)]) -> Option<Pack> {
    let Place::Division(place) = &overlay.place else {
        return None;
    };
    let shared = |other: &Path| {
        let parts = path.components().zip(other.components());
        parts.take_while(|(one, two)| one == two).count()
    };
    packs
        .iter()
        .filter(|(_, pack)| pack.programme == overlay.programme && pack.place.contains(place))
        .max_by_key(|(path, pack)| (shared(path), pack.place.nearness()))
        .map(|(_, pack)| pack.clone())
}

#[test]
fn shipped_packs_are_sound() {
    let mut faults = Vec::new();
    let (mut packs, mut overlays) = (Vec::new(), Vec::new());
    let tell = |path: &Path, found: Vec<Fault>| {
        let place = |fault: Fault| format!("{}: {fault}", path.display());
        found.into_iter().map(place).collect::<Vec<_>>()
    };
    for (path, text) in shipped() {
        match heading(&text) {
            Ok(heading) if heading.document == Document::Overlay => {
                overlays.push((path, heading, text));
            }
            Ok(_) => match read_pack(&text) {
                Ok(pack) => packs.push((path, pack)),
                Err(found) => faults.extend(tell(&path, found)),
            },
            Err(found) => faults.extend(tell(&path, found)),
        }
    }
    for (path, heading, text) in &overlays {
        match base_of(heading, path, &packs) {
            None => faults.push(format!("{}: no sound pack below it", path.display())),
            Some(base) => {
                if let Err(found) = read_overlay(text, &base) {
                    faults.extend(tell(path, found));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    println!("{} packs and {} overlays", packs.len(), overlays.len());
}
