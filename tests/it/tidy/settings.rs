//! Laws of configuration: what is read is documented, and what is documented is read.

use std::collections::BTreeSet;

use saphyr::{LoadableYamlNode as _, Yaml};
use sizhu_tests::tree;

/// The variables of `.env.example`, those that are commented out too.
fn documented() -> BTreeSet<String> {
    let text = tree::read(".env.example");
    let names = text.lines().filter_map(|line| {
        let (name, _) = line.trim_start_matches('#').split_once('=')?;
        is_name(name).then(|| name.to_owned())
    });
    names.collect()
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// The variables that the programs read: every string in their code that is such a name.
fn read() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in tree::files("crates")
        .iter()
        // What only tests read is told in the Makefile.
        .filter(|file| file.contains("/src/") && !file.contains("/tests/"))
    {
        for literal in tree::read(file).split('"').skip(1).step_by(2) {
            // The demo keeps some of its own in a file; nobody sets them.
            let ours = literal.starts_with("SIZHU_") && !literal.starts_with("SIZHU_DEMO_");
            if is_name(literal)
                && (ours || ["DATABASE_URL", "PG_BIN_DIR", "PORT"].contains(&literal))
            {
                names.insert(literal.to_owned());
            }
        }
    }
    names
}

/// The `${VARIABLE}`s of the compose file.
fn composed() -> BTreeSet<String> {
    let text = tree::read("docker-compose.yml");
    let names = text.split("${").skip(1).map(|rest| {
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect::<String>()
    });
    names.collect()
}

#[test]
fn every_variable_is_documented_and_every_documented_one_is_read() {
    let (documented, read, composed) = (documented(), read(), composed());
    let undocumented: Vec<_> = read
        .union(&composed)
        .filter(|it| !documented.contains(*it))
        .collect();
    assert_eq!(undocumented, [""; 0], "missing in .env.example");
    let unread: Vec<_> = documented
        .iter()
        .filter(|it| !read.contains(*it) && !composed.contains(*it))
        .collect();
    assert_eq!(unread, [""; 0], "nothing reads these of .env.example");
    assert!(
        read.len() > 10 && composed.len() > 5,
        "{read:?} {composed:?}"
    );
}

#[test]
fn no_secret_has_a_value_in_the_example() {
    for line in tree::read(".env.example")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let is_secret = ["KEY", "KEYS", "PASSWORD", "URL"]
            .iter()
            .any(|it| name.ends_with(it));
        assert!(
            !is_secret || value.is_empty() || value.contains("change-me"),
            "{name}"
        );
    }
}

#[test]
fn the_compose_file_is_whole() {
    let text = tree::read("docker-compose.yml");
    let documents = Yaml::load_from_str(&text).unwrap();
    assert_eq!(documents.len(), 1);
    let services = &documents[0]["services"];
    let names: BTreeSet<&str> = services
        .as_mapping()
        .unwrap()
        .keys()
        .filter_map(|name| name.as_str())
        .collect();
    assert_eq!(names, BTreeSet::from(["migrate", "postgres", "sizhu"]));
    for name in names {
        let service = &services[name];
        assert!(service.contains_mapping_key("image"), "{name} has no image");
        // The image of the service brings its own health check; a task that ends has none.
        let checked = service.contains_mapping_key("healthcheck");
        let inherited = name == "sizhu" && tree::read("Dockerfile").contains("HEALTHCHECK");
        assert!(checked || inherited, "{name} has no health check");
    }
    let depends = &services["sizhu"]["depends_on"];
    assert_eq!(
        depends["postgres"]["condition"].as_str(),
        Some("service_healthy")
    );
    assert_eq!(
        depends["migrate"]["condition"].as_str(),
        Some("service_completed_successfully")
    );
    let environment = &services["sizhu"]["environment"];
    let seen = [
        "SIZHU_OWNER_DATABASE_URL",
        "SIZHU_ADMIN_DATABASE_URL",
        "POSTGRES_PASSWORD",
    ];
    for name in seen {
        assert!(
            !environment.contains_mapping_key(name),
            "the service never sees {name}"
        );
    }
}

/// No secret has a default in the compose file: `${NAME:?why}`, never `${NAME:-value}`.
#[test]
fn the_compose_file_has_no_secret_of_its_own() {
    for part in tree::read("docker-compose.yml").split("${").skip(1) {
        let inside = part.split('}').next().unwrap_or_default();
        let name: String = inside
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        let is_secret = ["KEY", "KEYS", "PASSWORD", "URL"]
            .iter()
            .any(|it| name.ends_with(it));
        assert!(
            !is_secret || inside[name.len()..].starts_with(":?"),
            "{inside}"
        );
    }
}
