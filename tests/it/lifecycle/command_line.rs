//! The command line: it explains itself, and says all that is wrong at once.

use std::collections::BTreeSet;

use crate::program::{NOTHING, environment, run, sizhu, texts};

#[test]
fn every_command_explains_itself() {
    let top = run(&["--help"], NOTHING);
    let (help, _) = texts(&top);
    assert!(
        top.status.success() && help.contains(".env.example"),
        "{help}"
    );
    let commands: [&[&str]; 17] = [
        &["serve"],
        &["demo"],
        &["migrate"],
        &["policy"],
        &["policy", "check"],
        &["policy", "explain"],
        &["policy", "test"],
        &["policy", "diff"],
        &["import"],
        &["import", "residents"],
        &["import", "claims"],
        &["replay"],
        &["openapi"],
        &["client"],
        &["client", "add"],
        &["keys"],
        &["health"],
    ];
    for command in commands {
        assert!(
            help.contains(command[0]),
            "{command:?} is not listed: {help}"
        );
        let output = run(&[command, &["--help"]].concat(), NOTHING);
        let (text, _) = texts(&output);
        assert!(output.status.success(), "{command:?}");
        let about = text.lines().next().unwrap_or_default();
        assert!(
            about.len() > 20 && text.contains("Usage: sizhu"),
            "{command:?}: {text}"
        );
        // Each option says what it is for, beside its name or below it.
        let mut lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .peekable();
        while let Some(line) = lines.next() {
            if !line.starts_with("--") {
                continue;
            }
            let beside = line.split_once("  ").map(|(_, rest)| rest.trim());
            let said = beside.or_else(|| lines.peek().copied()).unwrap_or_default();
            assert!(
                said.len() > 8 && !said.starts_with("--"),
                "{command:?} {line}: {said}"
            );
        }
    }
    for wrong in [&["serve", "--port", "1"][..], &["demon"], &[]] {
        let output = run(wrong, NOTHING);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn all_that_is_missing_is_named_at_once() {
    let required = [
        "DATABASE_URL",
        "SIZHU_ENCRYPTION_KEYS",
        "SIZHU_FINGERPRINT_KEY",
        "SIZHU_INDEX_KEY",
        "SIZHU_ISSUER",
        "SIZHU_TOKEN_KEYS",
    ];
    let named = |text: &str| {
        let missing = text.lines().filter(|line| line.contains(" is missing"));
        let names = missing.filter_map(|line| line.split_whitespace().next());
        names.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let output = run(&["serve"], NOTHING);
    let (printed, complaint) = texts(&output);
    assert_eq!((output.status.code(), printed.as_str()), (Some(1), ""));
    assert_eq!(named(&complaint), required.map(str::to_owned).into());
    assert!(
        complaint.contains(".env.example") && complaint.contains("sizhu keys"),
        "{complaint}"
    );

    let some = run(
        &["serve"],
        [("SIZHU_ISSUER", "http://x"), ("SIZHU_WORKERS", "hunter2")],
    );
    let (_, complaint) = texts(&some);
    assert_eq!(named(&complaint).len(), required.len() - 1, "{complaint}");
    assert!(complaint.contains("SIZHU_WORKERS is wrong"), "{complaint}");
    assert!(!complaint.contains("hunter2"), "{complaint}");

    let migrate = run(&["migrate", "--bootstrap"], NOTHING);
    let (_, complaint) = texts(&migrate);
    assert_eq!(migrate.status.code(), Some(1));
    let expected = [
        "DATABASE_URL",
        "SIZHU_ADMIN_DATABASE_URL",
        "SIZHU_OWNER_DATABASE_URL",
    ];
    assert_eq!(named(&complaint), expected.map(str::to_owned).into());
}

#[test]
fn a_database_that_is_away_fails_the_start() {
    let away = "postgres://nobody:hunter2@127.0.0.1:1/none";
    let output = run(&["serve"], environment(away));
    let (_, complaint) = texts(&output);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(
        complaint.contains("database") && !complaint.contains("hunter2"),
        "{complaint}"
    );
}

/// The program serves the very document that is committed, and `openapi` prints it.
#[test]
fn the_program_prints_the_document() {
    let output = sizhu(&["openapi"]).output().expect("the program runs");
    assert!(output.status.success());
    let expected = sizhu_api::document::document_text().expect("the document");
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}
