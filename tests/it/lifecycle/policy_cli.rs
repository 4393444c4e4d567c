//! `sizhu policy` as those who write packs run it: without a database, without a configuration.

use std::{fs, path::PathBuf};

use sizhu_tests::policies::{ASSISTANCE, ASSISTANCE_CHANGSHA};

use crate::program::{NOTHING, run, texts};

/// A folder of a test's own.
struct Desk(PathBuf);

impl Desk {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("sizhu-desk-{}", uuid::Uuid::now_v7()));
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    /// Writes a file; answers its path.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a file");
        path.to_str().expect("a path").to_owned()
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("a path")
    }

    /// Runs `sizhu policy` with this folder as what packs build upon: exit code, output, complaint.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let all = [&["policy"], arguments, &["--base", self.path()]].concat();
        let output = run(&all, NOTHING);
        let (told, complaint) = texts(&output);
        (output.status.code(), told, complaint)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn line_of(text: &str, wanted: &str) -> usize {
    let found = text.lines().position(|line| line.contains(wanted));
    found.expect("a line") + 1
}

#[test]
fn check_finds_all_that_is_shipped_sound() {
    let output = run(&["policy", "check", "policies"], NOTHING);
    let (told, complaint) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{told}{complaint}");
    assert!(told.ends_with("checked: 0 faults\n"), "{told}");
    let output = run(&["policy", "test", "policies"], NOTHING);
    let (told, complaint) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{told}{complaint}");
    assert!(told.ends_with("golden cases, 0 failed\n"), "{told}");
}

#[test]
fn check_tells_every_fault_of_every_file_with_its_place() {
    let desk = Desk::new();
    let bad = ASSISTANCE
        .replacen("\"49 years\"", "\"49 yuan\"", 1)
        .replacen("fact = \"alive\"", "fact = \"allive\"", 1);
    let pack = desk.file("pack.toml", &bad);
    let broken = desk.file("broken.toml", "format = = 2\n");
    let (code, told, _) = desk.run(&["check", desk.path()]);
    assert_eq!(code, Some(1), "{told}");
    for (file, line) in [
        (&pack, line_of(&bad, "49 yuan")),
        (&pack, line_of(&bad, "allive")),
        (&broken, 1),
    ] {
        let place = format!("{file}:{line}:");
        let found = told.lines().find(|it| it.starts_with(&place));
        let found = found.unwrap_or_else(|| panic!("{place} is not in {told}"));
        let column = found[place.len()..].split(':').next().unwrap();
        assert!(column.parse::<usize>().is_ok(), "{found}");
        assert!(
            found.contains(": found ") && found.contains(", expected "),
            "{found}"
        );
    }
    let (code, _, complaint) = desk.run(&["check", "/nowhere/at/all.toml"]);
    assert_eq!(code, Some(1));
    assert!(complaint.contains("/nowhere/at/all.toml"), "{complaint}");
}

#[test]
fn an_overlay_is_checked_upon_its_pack() {
    let desk = Desk::new();
    let alone = Desk::new();
    let overlay = alone.file("changsha.toml", ASSISTANCE_CHANGSHA);
    let (code, told, _) = desk.run(&["check", &overlay]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("no pack of test-assistance"), "{told}");
    desk.file("pack.toml", ASSISTANCE);
    let (code, told, _) = desk.run(&["check", &overlay]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("0 packs, 1 overlays"), "{told}");
    let days = ASSISTANCE_CHANGSHA.replace("yuan/month", "yuan/day");
    let wrong = alone.file("changsha.toml", &days);
    let (code, told, _) = desk.run(&["check", &wrong]);
    assert_eq!(code, Some(1), "{told}");
    let line = line_of(&days, "800 yuan/day");
    assert!(told.contains(&format!("{wrong}:{line}:")), "{told}");
    // Two texts for one place: the service would not start.
    desk.file("again.toml", ASSISTANCE);
    let (code, told, _) = desk.run(&["check", desk.path()]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("another text"), "{told}");
}

#[test]
fn explain_tells_the_rules_in_either_language() {
    let desk = Desk::new();
    let pack = desk.file("pack.toml", ASSISTANCE);
    desk.file("changsha.toml", ASSISTANCE_CHANGSHA);
    let explain = |more: &[&str]| {
        let arguments = [&["explain", &pack, "--on", "2026-11-23"], more].concat();
        let (code, told, complaint) = desk.run(&arguments);
        assert_eq!(code, Some(0), "{complaint}");
        told
    };
    let english = explain(&[]);
    for said in [
        "Test assistance",
        "500 yuan/month",
        "测试〔2020〕1号",
        "assumed: A test.",
    ] {
        assert!(english.contains(said), "{said}: {english}");
    }
    assert!(!english.contains("800"), "{english}");
    let chinese = explain(&["--lang", "zh"]);
    for said in ["测试扶助", "本人健在", "500", "假定"] {
        assert!(chinese.contains(said), "{said}: {chinese}");
    }
    assert!(!chinese.contains("Test assistance"), "{chinese}");
    let there = explain(&["--division", "430102"]);
    assert!(there.contains("800 yuan/month"), "{there}");
    assert!(there.contains("(overlaid)"), "{there}");
    let before = [&["explain", &pack, "--on", "2019-12-31"][..]].concat();
    let (code, told, _) = desk.run(&before);
    assert_eq!(code, Some(0));
    assert!(told.contains("Not in force"), "{told}");
}

#[test]
fn explain_decides_for_facts_and_says_why() {
    let desk = Desk::new();
    let pack = desk.file("pack.toml", ASSISTANCE);
    let decide = |facts: &str, language: &str| {
        let facts = desk.file("facts.json", facts);
        let options = ["--on", "2026-11-23", "--facts", &facts, "--lang", language];
        desk.run(&[&["explain", &pack][..], &options].concat())
    };
    let facts =
        r#"{"alive": true, "child_died": true, "wife_born_on": "1970-01-01", "hukou": "rural"}"#;
    let (code, told, complaint) = decide(facts, "en");
    assert_eq!(code, Some(0), "{complaint}");
    assert!(told.contains("Decision: granted, 300.00 yuan"), "{told}");
    assert!(told.contains("  + The person is alive (alive)"), "{told}");
    let young = facts.replace("1970-01-01", "1990-01-01");
    let (_, told, _) = decide(&young, "en");
    assert!(told.contains("Decision: refused"), "{told}");
    assert!(told.contains("Granted if: "), "{told}");
    let (_, told, _) = decide(&young, "zh");
    assert!(told.contains("若: "), "{told}");
    let (_, told, _) = decide(r#"{"alive": true}"#, "en");
    assert!(told.contains("Decision: undetermined"), "{told}");
    assert!(told.contains("Missing: "), "{told}");
    for (facts, said) in [
        (r#"{"allive": true}"#, "no such fact: allive"),
        (r#"{"alive": 1}"#, "alive"),
        (r#"{"hukou": "suburban"}"#, "hukou"),
        (r#"["alive"]"#, "object"),
        ("{", "facts.json"),
    ] {
        let (code, _, complaint) = decide(facts, "en");
        assert_eq!(code, Some(1), "{facts}");
        assert!(complaint.contains(said), "{facts}: {complaint}");
    }
}

#[test]
fn test_runs_the_cases_beside_a_pack_and_shows_what_differs() {
    let desk = Desk::new();
    let shipped = "policies/national/hardship/special-assistance.cases.toml";
    let output = run(&["policy", "test", shipped], NOTHING);
    let (told, complaint) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{told}{complaint}");
    assert!(!told.starts_with("0 golden"), "{told}");

    let pack = desk.file("pack.toml", ASSISTANCE);
    let cases = |amount: &str| {
        format!(
            "programme = \"test-assistance\"\n\n[[cases]]\nname = \"rural\"\non = \"2026-01-01\"\n\
             facts = {{ alive = true, child_died = true, wife_born_on = \"1970-01-01\", hukou = \"rural\" }}\n\
             expect = {{ outcome = \"granted\", amount = \"{amount}\" }}\n"
        )
    };
    let path = desk.file("pack.cases.toml", &cases("300 yuan"));
    let (code, told, complaint) = desk.run(&["test", &pack]);
    assert_eq!(code, Some(0), "{told}{complaint}");
    assert_eq!(told, "1 golden cases, 0 failed\n");
    desk.file("pack.cases.toml", &cases("301 yuan"));
    let (code, told, _) = desk.run(&["test", desk.path()]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains(&format!("{path}:3: rural")), "{told}");
    assert!(told.contains("301") && told.contains("300"), "{told}");
    let bad = cases("300 yuan").replace("alive =", "allive =");
    let line = line_of(&bad, "allive");
    desk.file("pack.cases.toml", &bad);
    for command in ["test", "check"] {
        let (code, told, _) = desk.run(&[command, desk.path()]);
        assert_eq!(code, Some(1), "{told}");
        assert!(
            told.contains(&format!("{path}:{line}:")),
            "{command}: {told}"
        );
    }
}

#[test]
fn diff_tells_the_changes_in_words() {
    let desk = Desk::new();
    let before = desk.file("before.toml", ASSISTANCE);
    let apart = Desk::new();
    let changed = ASSISTANCE.replacen("500 yuan", "520 yuan", 1);
    let after = apart.file("after.toml", &changed);
    let (code, told, complaint) = desk.run(&["diff", &before, &after]);
    assert_eq!(code, Some(0), "{complaint}");
    assert!(told.contains("500") && told.contains("520"), "{told}");
    assert!(told.ends_with("1 changes\n"), "{told}");
    let (_, chinese, _) = desk.run(&["diff", &before, &after, "--lang", "zh"]);
    assert_ne!(told, chinese);
    assert!(chinese.contains("520"), "{chinese}");
    let (code, told, _) = desk.run(&["diff", &before, &before]);
    assert_eq!((code, told.as_str()), (Some(0), "0 changes\n"));
    let one = apart.file("one.toml", ASSISTANCE_CHANGSHA);
    let other = apart.file("other.toml", &ASSISTANCE_CHANGSHA.replace("800", "850"));
    let (code, told, complaint) = desk.run(&["diff", &one, &other]);
    assert_eq!(code, Some(0), "{complaint}");
    assert!(told.contains("800") && told.contains("850"), "{told}");
    let (code, _, complaint) = desk.run(&["diff", &before, &one]);
    assert_eq!(code, Some(1));
    assert!(complaint.contains("overlay"), "{complaint}");
}
