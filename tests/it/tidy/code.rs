//! Laws of the source files.

use sizhu_tests::tree;

/// Longest source file. A longer one has two subjects.
const MOST_LINES: usize = 400;

/// Files that are made from something else and as long as that makes them.
const GENERATED: &[&str] = &["crates/store/src/schema.rs"];

fn rust_files() -> Vec<(String, String)> {
    let files = tree::files("")
        .into_iter()
        .filter(|file| file.ends_with(".rs"));
    let found: Vec<_> = files
        .map(|file| (tree::read(&file), file))
        .map(|(a, b)| (b, a))
        .collect();
    assert!(found.len() > 50, "the walk finds the tree");
    found
}

#[test]
fn every_source_file_says_what_lives_in_it() {
    let silent = |text: &str| {
        let first = text.lines().next().unwrap_or_default();
        !first.starts_with("//! ") || first.len() < 12
    };
    let files = rust_files().into_iter().filter(|(_, text)| silent(text));
    assert_eq!(files.map(|(file, _)| file).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn no_source_file_is_long() {
    let long = rust_files().into_iter().filter_map(|(file, text)| {
        let lines = text.lines().count();
        let is_long = lines > MOST_LINES && !GENERATED.contains(&file.as_str());
        is_long.then(|| format!("{file}: {lines} lines"))
    });
    assert_eq!(long.collect::<Vec<_>>(), [""; 0]);
}

/// The lines of `files` that have one of the `words`, as `file:line`.
fn lines_with(files: impl Fn(&str) -> bool, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in rust_files().into_iter().filter(|(file, _)| files(file)) {
        for (index, line) in text.lines().enumerate() {
            let is_comment = line.trim_start().starts_with("//");
            if !is_comment && words.iter().any(|word| line.contains(word)) {
                found.push(format!("{file}:{}", index + 1));
            }
        }
    }
    found
}

/// `.route()` serves what the OpenAPI document does not know.
#[test]
fn every_operation_is_declared_once() {
    let route = ".route(";
    let found = lines_with(|file| file.starts_with("crates/api/"), &[route]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn services_speak_no_http() {
    let found = lines_with(
        |file| file.starts_with("crates/api/src/service/"),
        &["actix_web"],
    );
    assert_eq!(found, [""; 0]);
}

/// The clock is injected; only its own file asks the system. `clippy.toml` says the same, where it
/// is not told otherwise.
#[test]
fn one_file_asks_the_system_for_the_time() {
    let words = ["Utc::now()", "Local::now()", "SystemTime::now()"];
    let mut found = lines_with(|file| file.starts_with("crates/"), &words);
    found.dedup_by_key(|place| place.split(':').next().unwrap_or_default().to_owned());
    let files: Vec<&str> = found
        .iter()
        .filter_map(|place| place.split(':').next())
        .collect();
    assert_eq!(files, ["crates/api/src/clock.rs"]);
}

#[test]
fn every_migration_can_be_undone() {
    let files = tree::files("migrations");
    let mut folders: Vec<&str> = files
        .iter()
        .filter_map(|it| it.rsplit_once('/'))
        .map(|it| it.0)
        .filter(|folder| *folder != "migrations")
        .collect();
    folders.dedup();
    assert!(folders.len() >= 10, "{folders:?}");
    for folder in folders {
        for half in ["up.sql", "down.sql"] {
            let text = tree::read(&format!("{folder}/{half}"));
            assert!(text.contains(';'), "{folder}/{half} says nothing");
        }
    }
}

/// Words that are of one machine: hosts of package registries, and where somebody works.
#[test]
fn no_file_is_of_one_machine() {
    // In parts, so that this file has none of them.
    let hosts = [
        ["crates", ".io"],
        ["py", "pi.org"],
        ["python", "hosted.org"],
        ["registry.", "npmjs"],
        ["deb.", "debian.org"],
        ["arti", "factory"],
        ["proxy.", "golang.org"],
    ];
    let homes = [
        ["/ho", "me/"],
        ["/ro", "ot/"],
        ["/wo", "rk/"],
        ["/Us", "ers/"],
    ];
    let mut found = Vec::new();
    for file in tree::files("")
        .iter()
        .filter(|file| !file.ends_with("Cargo.lock"))
    {
        let Ok(text) = std::fs::read_to_string(tree::root().join(file)) else {
            continue;
        };
        for (index, line) in text.lines().enumerate() {
            let host = hosts.iter().any(|host| line.contains(&host.concat()));
            let home = homes.iter().any(|home| starts_a_path(line, &home.concat()));
            if host || home {
                found.push(format!("{file}:{}", index + 1));
            }
        }
    }
    assert_eq!(found, [""; 0]);
}

/// Whether `folder` begins an absolute path in the line, rather than standing inside a longer one.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-}/*".contains(c))
    })
}
