//! Laws of what rests on what.

use std::collections::BTreeMap;

use sizhu_tests::tree;
use toml::{Table, Value};

fn manifest(name: &str) -> Table {
    tree::read(&format!("crates/{name}/Cargo.toml"))
        .parse()
        .unwrap()
}

fn dependencies(manifest: &Table, table: &str) -> BTreeMap<String, Value> {
    let found = manifest
        .get(table)
        .and_then(Value::as_table)
        .cloned()
        .unwrap_or_default();
    found.into_iter().collect()
}

/// The core is pure because it has nothing to be impure with.
#[test]
fn core_depends_on_nothing_that_reaches_out() {
    let core = manifest("core");
    let dependencies = dependencies(&core, "dependencies");
    let names: Vec<&str> = dependencies.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "chrono",
            "num-bigint",
            "num-integer",
            "num-traits",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "toml",
            "uuid"
        ]
    );
    assert!(!core.contains_key("build-dependencies") && !core.contains_key("target"));
    // Neither may bring its way to ask for the time or for randomness.
    let features = |name: &str| -> Vec<&str> {
        let list = dependencies[name].get("features").and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    };
    assert_eq!(features("chrono"), ["serde", "std"]);
    assert_eq!(
        dependencies["chrono"].get("default-features"),
        Some(&Value::Boolean(false))
    );
    assert_eq!(features("uuid"), ["serde"]);
}

/// `api -> {store, core}`, `store -> core`, `core -> nothing of ours`; never back.
#[test]
fn the_crates_depend_one_way() {
    let arrows = [
        ("core", vec![]),
        ("private-postgres", vec![]),
        ("store", vec!["sizhu-core"]),
        ("api", vec!["private-postgres", "sizhu-core", "sizhu-store"]),
    ];
    for (name, expected) in arrows {
        let dependencies = dependencies(&manifest(name), "dependencies");
        let ours = dependencies.keys().map(String::as_str);
        let ours: Vec<&str> = ours
            .filter(|it| it.starts_with("sizhu-") || *it == "private-postgres")
            .collect();
        assert_eq!(ours, expected, "{name}");
    }
}

/// SQL lives in the store alone.
#[test]
fn only_the_store_knows_diesel() {
    for name in ["core", "api", "private-postgres"] {
        let manifest = manifest(name);
        for table in ["dependencies", "dev-dependencies"] {
            for dependency in dependencies(&manifest, table).keys() {
                let is_sql = dependency.starts_with("diesel") || dependency.contains("postgres");
                assert!(
                    !is_sql || dependency == "private-postgres",
                    "{name}: {dependency}"
                );
            }
        }
    }
}

#[test]
fn every_crate_takes_the_lints_of_the_house() {
    for name in ["store", "api", "private-postgres"] {
        let manifest = manifest(name);
        assert_eq!(
            manifest["lints"]["workspace"],
            Value::Boolean(true),
            "{name}"
        );
    }
    // A crate that adds to the lints has to repeat them.
    let house: Table = tree::read("Cargo.toml").parse().unwrap();
    let house = &house["workspace"]["lints"];
    let tests: Table = tree::read("tests/Cargo.toml").parse().unwrap();
    let core = manifest("core");
    let but_panics = [
        "unwrap_used",
        "expect_used",
        "panic",
        "indexing_slicing",
        "print_stdout",
    ];
    let missing = |own: &Value, except: &[&str]| -> Vec<String> {
        let all = house["clippy"].as_table().unwrap().keys();
        let missing = all.filter(|lint| own["clippy"].get(lint.as_str()).is_none());
        missing
            .filter(|lint| !except.contains(&lint.as_str()))
            .cloned()
            .collect()
    };
    assert_eq!(missing(&core["lints"], &["large_futures"]), [""; 0]);
    assert_eq!(missing(&tests["lints"], &but_panics), [""; 0]);
    for own in [&core["lints"], &tests["lints"]] {
        assert_eq!(own["rust"], house["rust"]);
    }
}
