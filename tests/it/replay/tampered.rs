//! Rows changed behind the service's back.

use sizhu_tests::{Database, TestApp};

use super::{decided, program, replayed};
use crate::program::{run, texts};

/// Changes a decision as one who owns the database can, past its own rules.
async fn change(database: &Database, statement: &str, decision: &str) {
    let admin = database.admin().await;
    let changed = admin
        .batch_execute(&format!(
            "SET session_replication_role = replica; {}",
            statement.replace("$1", &format!("'{decision}'"))
        ))
        .await;
    changed.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
}

#[tokio::test]
async fn each_thing_a_decision_says_is_checked() {
    for (statement, member) in [
        (
            "UPDATE decisions SET amount_fen = amount_fen + 1 WHERE id = $1",
            "same_amount",
        ),
        (
            "UPDATE decisions SET outcome = 'refused', amount_fen = 0, difference_fen = 0, \
             payable_days = 0 WHERE id = $1",
            "same_outcome",
        ),
        (
            "UPDATE decisions SET payable_days = payable_days - 1 WHERE id = $1",
            "same_days",
        ),
        (
            "UPDATE decision_years SET amount_fen = amount_fen - 100 WHERE decision_id = $1",
            "same_days",
        ),
        (
            "UPDATE decisions SET policy_version = '2019-01-01' WHERE id = $1",
            "same_bytes",
        ),
        (
            "UPDATE policies SET body = replace(body, '100 yuan/day', '900 yuan/day') \
             WHERE hash = (SELECT policy_hash FROM decisions WHERE id = $1)",
            "same_outcome",
        ),
        (
            "UPDATE claim_versions SET diagnosis_sealed = '\\x00'",
            "same_outcome",
        ),
    ] {
        let app = TestApp::start().await;
        let (_, decision) = decided(&app).await;
        change(&app.database, statement, &decision).await;
        let replay = replayed(&app, &decision).await;
        assert_eq!(replay["holds"], false, "{statement}: {replay}");
        assert_eq!(replay[member], false, "{statement}: {replay}");
        let told = replay["differences"].as_array().expect("differences");
        assert!(!told.is_empty(), "{statement}");
    }
}

/// `sizhu replay --all` finds that all of so many decisions hold.
pub(super) fn all_hold(app: &TestApp, count: usize) {
    let output = run(&["replay", "--all"], program(app));
    let (told, progress) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{told}{progress}");
    assert_eq!(told, format!("{count} decisions replayed, 0 differ\n"));
}

#[tokio::test]
async fn replaying_all_names_what_does_not_hold_and_goes_on() {
    let app = TestApp::start().await;
    let (_, first) = decided(&app).await;
    let mut decisions = vec![first];
    for record in ["B", "C", "D"] {
        let person = app.special_person().await;
        let claim = person.claim().record(record);
        let claim = app.hospital(1).await.claim(&claim).await.expect(201).json();
        decisions.push(sizhu_tests::views::text(&claim["decision"]["id"]));
    }
    let vars = program(&app);
    let replay = || {
        let output = run(&["replay", "--all"], vars.clone());
        let (told, progress) = texts(&output);
        (output.status.code(), told, progress)
    };
    let (code, told, progress) = replay();
    assert_eq!(code, Some(0), "{told}{progress}");
    assert_eq!(told, "4 decisions replayed, 0 differ\n");
    assert!(progress.contains("4 of 4"), "{progress}");

    let more = "UPDATE decisions SET amount_fen = amount_fen + 100 WHERE id = $1";
    change(&app.database, more, &decisions[1]).await;
    // Facts and trace cannot be forged without the keys, but moved from row to row.
    let swap = format!(
        "UPDATE decisions d SET facts_sealed = o.facts_sealed FROM decisions o \
         WHERE d.id = $1 AND o.id = '{}'",
        decisions[0]
    );
    change(&app.database, &swap, &decisions[2]).await;
    let (code, told, progress) = replay();
    assert_eq!(code, Some(1), "{told}{progress}");
    assert!(told.ends_with("4 decisions replayed, 2 differ\n"), "{told}");
    let of = |decision: &str| {
        let lines = told.lines().filter(|line| line.starts_with(decision));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert!(
        of(&decisions[1]).contains("4601.00 yuan then, 4600.00 now"),
        "{told}"
    );
    assert!(of(&decisions[2]).contains("cannot be opened"), "{told}");
    assert_eq!((of(&decisions[0]), of(&decisions[3])), Default::default());
}
