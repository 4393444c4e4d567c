//! Laws of the documents: what they say of the tree is so.
//!
//! `docs/ARCHITECTURE.md` has a fenced block right after the line `<!-- tree -->`. Its lines are
//! names, each two spaces deeper than the folder it is in, folders with a `/` at the end; what
//! follows the name after two or more spaces is for the reader:
//!
//! ```text
//! crates/
//!   core/              decides
//!     src/
//!       money.rs       fen, and how they are rounded
//!       stay/          the stay engine
//! ```
//!
//! Listed are all folders two levels deep, but for the single migrations, and under the `src` of
//! each crate its modules two levels deep (a `mod.rs` is its folder). More may be listed, if it is there.

use std::collections::BTreeSet;

use sizhu_tests::tree;

const ARCHITECTURE: &str = "docs/ARCHITECTURE.md";

/// What the tree block must list.
fn tree_as_is() -> BTreeSet<String> {
    let mut listed = BTreeSet::new();
    for file in tree::files("").iter().filter(|file| !file.starts_with('.')) {
        let parts: Vec<&str> = file.split('/').collect();
        let (name, folders) = parts.split_last().expect("a name");
        let in_source = folders.first() == Some(&"crates") && folders.get(2) == Some(&"src");
        let deepest = match folders.first() {
            Some(&"migrations") => 1,
            Some(&"crates") if in_source => 4,
            _ => 2,
        };
        for depth in 1..=folders.len().min(deepest) {
            listed.insert(format!("{}/", folders[..depth].join("/")));
        }
        if in_source && folders.len() <= 4 && name.ends_with(".rs") && *name != "mod.rs" {
            listed.insert(file.clone());
        }
    }
    listed
}

/// The block that lists just that, for pasting.
fn block(tree: &BTreeSet<String>) -> String {
    let line = |entry: &String| {
        let path = entry.trim_end_matches('/');
        let depth = path.matches('/').count();
        let name = path.rsplit('/').next().unwrap_or_default();
        let end = if entry.ends_with('/') { "/" } else { "" };
        format!("{:indent$}{name}{end}\n", "", indent = depth * 2)
    };
    tree.iter().map(line).collect()
}

/// What it does list, as paths from the root.
fn tree_as_written(document: &str) -> BTreeSet<String> {
    let (_, block) = document
        .split_once("<!-- tree -->\n```")
        .expect("a block after <!-- tree -->");
    let (_, block) = block.split_once('\n').expect("lines");
    let (block, _) = block.split_once("\n```").expect("the end of the block");
    let mut folders: Vec<String> = Vec::new();
    let mut listed = BTreeSet::new();
    for line in block.lines().filter(|line| !line.trim().is_empty()) {
        let depth = line.chars().take_while(|c| *c == ' ').count() / 2;
        let name = line
            .trim_start()
            .split("  ")
            .next()
            .unwrap_or_default()
            .trim_end();
        assert!(depth <= folders.len(), "`{line}` is too deep");
        folders.truncate(depth);
        let path = format!("{}{name}", folders.concat());
        if name.ends_with('/') {
            folders.push(name.to_owned());
        }
        assert!(listed.insert(path), "`{line}` is there twice");
    }
    listed
}

#[test]
fn the_tree_in_the_architecture_is_the_tree() {
    let (is, written) = (tree_as_is(), tree_as_written(&tree::read(ARCHITECTURE)));
    let missing: Vec<_> = is.difference(&written).collect();
    let surplus: Vec<_> = written
        .difference(&is)
        // What lies deeper, and files of folders without modules, may be listed if they are there.
        .filter(|entry| !tree::root().join(entry).exists())
        .collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "missing: {missing:#?}\nsurplus: {surplus:#?}\nThe bare block:\n{}",
        block(&is),
    );
}

#[test]
fn a_tree_block_is_read_as_it_is_written() {
    let is = tree_as_is();
    let document = format!("# Map\n\n<!-- tree -->\n```text\n{}```\n", block(&is));
    assert_eq!(tree_as_written(&document), is);
    let described = "<!-- tree -->\n```\na/      first\n  b/    second\n    c.rs  third\nd/\n```\n";
    let paths = ["a/", "a/b/", "a/b/c.rs", "d/"].map(str::to_owned);
    assert_eq!(tree_as_written(described), BTreeSet::from(paths));
}

#[test]
fn tests_are_found_in_prose() {
    let document = "1. A law (test: `one`).\n2. Another\n   (tests: `two`, `it::three`), (testing)";
    assert_eq!(tests_named(document), ["one", "two", "it::three"]);
}

/// The tests named as `(test: `name`)` or `(tests: `one`, `two`)`.
fn tests_named(document: &str) -> Vec<String> {
    let parts = document.split("(test").skip(1).filter_map(|part| {
        let (list, _) = part
            .strip_prefix('s')
            .unwrap_or(part)
            .strip_prefix(": ")?
            .split_once(')')?;
        Some(list)
    });
    parts
        .flat_map(|list| list.split('`').skip(1).step_by(2).map(str::to_owned))
        .collect()
}

#[test]
fn every_test_that_a_document_names_is_there() {
    let files = tree::files("");
    let code: String = files
        .iter()
        .filter(|it| it.ends_with(".rs"))
        .map(|it| tree::read(it))
        .collect();
    let mut named = 0;
    for file in files.iter().filter(|it| it.ends_with(".md")) {
        for test in tests_named(&tree::read(file)) {
            let name = test.rsplit("::").next().unwrap_or_default();
            assert!(
                code.contains(&format!("fn {name}(")),
                "{file} names `{test}`"
            );
            named += 1;
        }
    }
    assert!(named > 0, "{ARCHITECTURE} names a test for each invariant");
}

/// Each numbered invariant of the architecture names the test that holds it.
#[test]
fn every_invariant_names_a_test() {
    let document = tree::read(ARCHITECTURE);
    let (_, section) = document
        .split_once("\n## Invariants\n")
        .expect("a section of invariants");
    let section = section.split("\n## ").next().unwrap_or_default();
    let is_number = |line: &str| {
        line.split_once(". ")
            .is_some_and(|(no, _)| no.parse::<u32>().is_ok())
    };
    let mut invariants: Vec<String> = Vec::new();
    for line in section.lines() {
        if is_number(line) {
            invariants.push(String::new());
        }
        if let Some(invariant) = invariants.last_mut() {
            invariant.push_str(line);
            invariant.push('\n');
        }
    }
    assert!(invariants.len() > 5, "numbered `1. `, `2. ` and so on");
    for invariant in invariants {
        assert!(
            !tests_named(&invariant).is_empty(),
            "no (test: `…`) in: {invariant}"
        );
    }
}
