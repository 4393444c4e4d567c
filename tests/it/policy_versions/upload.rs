//! A text is taken whole, or refused whole with every fault and its place.

use serde_json::Value;
use sizhu_tests::{
    policies::{ASSISTANCE, ASSISTANCE_CHANGSHA},
    views::text,
};

use super::{World, ZHUZHOU, upload};

#[tokio::test]
async fn a_good_text_is_a_draft_and_changes_nothing() {
    let world = World::make().await;
    let policy = world.app.policy().await;
    let before = world.monthly("430202").await;
    let reply = upload(&policy, ZHUZHOU).await.expect(201);
    let draft = reply.json();
    let path = format!("/v1/policy-versions/{}", text(&draft["id"]));
    assert_eq!(reply.header("Location"), Some(path.as_str()));
    assert_eq!(reply.header("ETag"), Some("\"v1\""));
    for (member, value) in [
        ("programme", "test-assistance"),
        ("place", "4302"),
        ("kind", "overlay"),
        ("state", "draft"),
        ("origin", "uploaded"),
        ("recorded_by", policy.id()),
        ("text", ZHUZHOU),
        ("note", "A test."),
    ] {
        assert_eq!(draft[member], value, "{member}");
    }
    assert_eq!(policy.get(&path).await.expect(200).json(), draft);
    assert_eq!(world.monthly("430202").await, before);

    let changes = policy.get(&format!("{path}/difference")).language("en");
    let changes = changes.await.expect(200).json();
    assert_eq!(changes["in_force_id"], Value::Null);
    assert!(changes["changes"].to_string().contains("700"), "{changes}");
    let events = "/v1/audit-events?kind=policy_version.uploaded";
    let events = world.app.auditor("4302").await.get(events).await;
    let events = events.expect(200).json();
    assert_eq!(events["items"][0]["actor"], policy.id(), "{events}");
}

#[tokio::test]
async fn texts_are_listed_newest_first_by_programme_place_and_state() {
    let world = World::make().await;
    let policy = world.app.policy().await;
    let first = text(&world.upload(ZHUZHOU).await["id"]);
    let second = text(&world.upload(ASSISTANCE).await["id"]);
    let listed = async |query: &str| {
        let path = format!("/v1/policy-versions?{query}");
        let page = policy.get(&path).await.expect(200).json();
        let items = page["items"].as_array().expect("items").iter();
        items.map(|it| text(&it["id"])).collect::<Vec<_>>()
    };
    assert_eq!(listed("state=draft").await, [second.clone(), first.clone()]);
    assert_eq!(listed("state=draft&place=4302").await, [first]);
    let national = "programme=test-assistance&place=national";
    assert_eq!(listed(national).await.len(), 2);
    assert_eq!(
        listed(&format!("{national}&state=draft")).await,
        [second.as_str()]
    );
    let page = policy.get("/v1/policy-versions?limit=1").await.expect(200);
    let cursor = text(&page.json()["next_cursor"]);
    let rest = listed(&format!("limit=200&cursor={cursor}")).await;
    assert!(rest.len() >= 6 && !rest.contains(&second), "{rest:?}");
    let wrong = policy.get("/v1/policy-versions?state=gone").await;
    let errors = wrong.expect(400).field_errors("invalid-parameters");
    assert_eq!(errors, ["/state unknown_variant"]);
}

/// The line of a text on which something stands, counted from 1.
fn line_of(text: &str, wanted: &str) -> usize {
    let found = text.lines().position(|line| line.contains(wanted));
    found.expect("a line") + 1
}

#[tokio::test]
async fn a_bad_text_is_refused_whole_with_the_place_of_every_fault() {
    let world = World::make().await;
    let policy = world.app.policy().await;
    let (rows, before) = (world.rows().await, world.monthly("430102").await);
    let replaced = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let bad = text.replacen(from, to, 1);
        let line = line_of(&bad, to.lines().last().unwrap_or(to));
        (bad, line)
    };
    let begins = "[[versions]]\nfrom = \"2020-01-01\"";
    assert!(ASSISTANCE.contains(begins));
    let gap = ASSISTANCE.replacen(begins, "[[versions]]\nfrom = \"2019-01-01\"", 1);
    let (mut several, first) = replaced(ASSISTANCE, "\"49 years\"", "\"49 yuan\"");
    several = several.replacen("fact = \"alive\"", "fact = \"allive\"", 1);
    let last = line_of(&several, "allive");
    let cases = [
        ("unit", replaced(ASSISTANCE, "\"49 years\"", "\"49 yuan\"")),
        (
            "fact",
            replaced(ASSISTANCE, "fact = \"alive\"", "fact = \"allive\""),
        ),
        // A version that begins before its values: told where the first of them begins.
        ("gap", (gap, line_of(ASSISTANCE, "[[values.monthly]]") + 1)),
        (
            "no TOML",
            replaced(ASSISTANCE, "format = 2", "format = = 2"),
        ),
        (
            "overlay of another unit",
            replaced(ASSISTANCE_CHANGSHA, "800 yuan/month", "800 yuan/day"),
        ),
        (
            "overlay of a value that is not there",
            replaced(ASSISTANCE_CHANGSHA, "values.monthly", "values.weekly"),
        ),
        ("several", (several.clone(), first)),
        ("several", (several, last)),
    ];
    for (name, (bad, line)) in cases {
        let reply = upload(&policy, &bad).await.expect(422);
        let problem = reply.problem("validation-failed");
        let errors = problem["errors"].as_array().expect("errors");
        let told = |error: &Value| {
            (error["pointer"] == "/text" && error["code"] == "policy_fault")
                .then(|| text(&error["detail"]))
        };
        let told: Vec<String> = errors.iter().filter_map(told).collect();
        assert_eq!(told.len(), errors.len(), "{name}: {problem}");
        let place = format!(":{line}:");
        assert!(
            told.iter()
                .any(|it| it.contains(&place) && it.contains("expected")),
            "{name}: line {line} is not told: {told:?}"
        );
        if name == "several" {
            assert!(told.len() >= 2, "{told:?}");
        }
        assert_eq!(world.rows().await, rows, "{name}");
        assert_eq!(world.monthly("430102").await, before, "{name}");
    }
}

#[tokio::test]
async fn a_pack_that_leaves_an_overlay_in_force_without_its_value_is_refused() {
    let world = World::make().await;
    let policy = world.app.policy().await;
    let rows = world.rows().await;
    let other = ASSISTANCE.replace("monthly", "per_month");
    let reply = upload(&policy, &other).await.expect(422);
    let problem = reply.problem("validation-failed");
    let told = problem["errors"][0]["detail"].to_string();
    assert!(
        told.contains("4301") && told.contains("monthly"),
        "{problem}"
    );
    assert_eq!(world.rows().await, rows);
}

#[tokio::test]
async fn a_place_that_is_no_division_is_refused() {
    let world = World::make().await;
    let policy = world.app.policy().await;
    let rows = world.rows().await;
    let reply = upload(&policy, &ZHUZHOU.replace("4302", "4377")).await;
    let errors = reply.expect(422).field_errors("validation-failed");
    assert_eq!(errors, ["/text unknown_division"]);
    let alone = ZHUZHOU.replace("test-assistance", "nothing-of-it");
    let reply = upload(&policy, &alone).await;
    let errors = reply.expect(422).field_errors("validation-failed");
    assert_eq!(errors, ["/text policy_fault"]);
    assert_eq!(world.rows().await, rows);
}
