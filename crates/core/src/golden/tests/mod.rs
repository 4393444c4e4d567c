//! Tests of the golden cases: the reader's faults, and the cases of every pack in `policies/`.

mod reading;
pub(crate) mod tree;

use std::collections::BTreeMap;

use self::tree::{Compiled, Leaf, Tree, tell};
use super::{CaseResult, Question, read, run};

/// The fewest cases a pack may have.
const FEWEST: usize = 3;

/// All cases of all packs. `PACK=hunan/illness cargo test -p sizhu-core golden -- --nocapture`
/// runs those of the paths that hold `hunan/illness` and tells each case.
#[test]
fn every_pack_keeps_its_golden_cases() {
    let only = std::env::var("PACK").ok();
    let only = only
        .as_deref()
        .map(|path| path.trim_start_matches("policies/"));
    let tree = Tree::read();
    let mut faults: Vec<String> = match only {
        Some(_) => Vec::new(),
        None => tree.faults.clone(),
    };
    let mut count = 0;
    for leaf in &tree.leaves {
        if only.is_some_and(|only| !leaf.path.contains(only)) {
            continue;
        }
        match results(&tree, leaf) {
            Ok(results) => {
                count += results.len();
                println!("policies/{}: {} cases", leaf.path, results.len());
                for result in results {
                    if only.is_some() || !result.passed {
                        println!("  {}", describe(leaf, &result));
                    }
                    if !result.passed {
                        faults.push(describe(leaf, &result));
                    }
                }
            }
            Err(fault) => {
                println!("{fault}");
                faults.push(fault);
            }
        }
    }
    println!("{count} golden cases, {} faults", faults.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 0, "no golden case was run");
}

fn describe(leaf: &Leaf, result: &CaseResult) -> String {
    let mark = if result.passed { "ok" } else { "FAILED" };
    let place = format!("policies/{}:{}", leaf.cases_path(), result.line);
    let differences = result.differences.iter();
    let differences: String = differences.map(|line| format!("\n    {line}")).collect();
    format!("{mark} {place} \"{}\"{differences}", result.name)
}

/// The results of a file's cases, or what keeps them from being run.
fn results(tree: &Tree, leaf: &Leaf) -> Result<Vec<CaseResult>, String> {
    use crate::pack::{Document, Place};
    // The cases beside an overlay are those of its pack at the overlay's place.
    let (pack, place) = match (leaf.document, &leaf.place) {
        (Document::Pack, _) => (leaf, None),
        (Document::Overlay, Place::Division(code)) => {
            let mut packs = tree.packs();
            let pack = packs.find(|pack| {
                let overlays = tree.overlays(pack, code);
                overlays.iter().any(|overlay| overlay.path == leaf.path)
            });
            let fault = || format!("policies/{}: an overlay of no pack", leaf.path);
            (pack.ok_or_else(fault)?, Some(code))
        }
        (Document::Overlay, Place::National) => {
            return Err(format!("policies/{}: an overlay of the country", leaf.path));
        }
    };
    let Some(text) = &leaf.cases else {
        Compiled::new(tree, pack, [place].into_iter())?;
        return match leaf.document {
            Document::Pack => Err(format!("policies/{}: no golden cases", leaf.path)),
            Document::Overlay => Ok(Vec::new()),
        };
    };
    let cases = read(text).map_err(|faults| tell(&leaf.cases_path(), &faults))?;
    if cases.programme != leaf.programme {
        let (path, found) = (leaf.cases_path(), &cases.programme);
        return Err(format!("policies/{path}: cases of {found}"));
    }
    if cases.cases.len() < FEWEST {
        return Err(format!(
            "policies/{}: fewer than {FEWEST} cases",
            leaf.cases_path()
        ));
    }
    let divisions = cases
        .cases
        .iter()
        .map(|case| case.division.as_ref().or(place));
    let compiled = Compiled::new(tree, pack, divisions.chain([place]))?;
    Ok(run(|division| compiled.at(division.or(place)), &cases))
}

#[test]
fn no_two_packs_are_of_one_programme_and_place() {
    let tree = Tree::read();
    let mut seen: BTreeMap<(String, String, bool), &str> = BTreeMap::new();
    for leaf in &tree.leaves {
        let overlay = leaf.document == crate::pack::Document::Overlay;
        let key = (leaf.programme.to_string(), leaf.place.to_string(), overlay);
        let before = seen.insert(key, &leaf.path);
        assert_eq!(before, None, "and policies/{}", leaf.path);
    }
}

/// Every programme shows by its cases when it is granted, when it is refused and when a fact lacks.
#[test]
fn the_cases_of_each_pack_show_more_than_one_outcome() {
    let tree = Tree::read();
    for pack in tree.packs() {
        let Some(Ok(cases)) = pack.cases.as_deref().map(read) else {
            continue;
        };
        let mut outcomes = std::collections::BTreeSet::new();
        for case in &cases.cases {
            match &case.question {
                Question::Facts(expected) => {
                    outcomes.insert(expected.outcome);
                }
                Question::Stays { stays, .. } => {
                    outcomes.extend(stays.iter().map(|stay| stay.expect.outcome));
                }
            }
        }
        assert!(outcomes.len() >= 2, "policies/{}: {outcomes:?}", pack.path);
    }
}
