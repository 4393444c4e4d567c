//! Eligibility checks: some facts in, each programme's answer out, nothing kept.

use chrono::TimeDelta;
use serde_json::{Map, Value, json};
use sizhu_core::fact::{Fact, FactType};
use sizhu_tests::{Client, TestApp, fixtures, ids};

/// Everything known that the test assistance asks for, of a woman born on a day.
fn facts(born_on: &str) -> Value {
    json!({"alive": true, "child_died": true, "child_disabled": false, "sex": "female",
           "born_on": born_on, "hukou": "rural"})
}

async fn check(client: &Client, form: &Value) -> Value {
    let reply = client.post("/v1/eligibility-checks", form);
    reply
        .header("Accept-Language", "en")
        .await
        .expect(200)
        .json()
}

fn answer<'a>(checked: &'a Value, programme: &str) -> &'a Value {
    let items = checked["items"].as_array().expect("items");
    let found = items.iter().find(|it| it["programme"] == programme);
    found.unwrap_or_else(|| panic!("no {programme} in {checked}"))
}

#[tokio::test]
async fn each_programme_answers_on_its_boundary_day() {
    let app = TestApp::start_with_programmes().await;
    let anyone = app.anon();
    for (division, on, outcome, amount) in [
        ("430202", "2026-11-22", "refused", 0),
        ("430202", "2026-11-23", "granted", 30_000),
        ("430102", "2026-11-22", "refused", 0),
        ("430102", "2026-11-23", "granted", 80_000),
        ("430102", "2026-11-24", "granted", 80_000),
    ] {
        let form = json!({"division": division, "on": on, "facts": facts("1977-11-23")});
        let checked = check(&anyone, &form).await;
        let it = answer(&checked, "test-assistance");
        assert_eq!(
            (&it["outcome"], &it["amount_fen"]),
            (&json!(outcome), &json!(amount)),
            "{division} {on}: {it}"
        );
    }
}

#[tokio::test]
async fn what_is_missing_is_named_with_how_to_say_it() {
    let app = TestApp::start_with_programmes().await;
    let mut some = facts("1970-01-01");
    some.as_object_mut().unwrap().remove("hukou");
    let form = json!({"division": "430202", "facts": some});
    let checked = check(&app.anon(), &form).await;
    let it = answer(&checked, "test-assistance");
    assert_eq!(it["outcome"], "undetermined", "{it}");
    let missing = it["missing"].as_array().unwrap();
    assert_eq!(missing.len(), 1, "{it}");
    assert_eq!(missing[0]["fact"], "hukou");
    assert_eq!(missing[0]["type"], "word");
    assert_eq!(missing[0]["words"][0]["word"], "urban");
    // Nothing at all is known, and still everyone answers.
    let nothing = check(&app.anon(), &json!({"division": "430202"})).await;
    let items = nothing["items"].as_array().unwrap();
    assert!(items.len() >= 4, "{nothing}");
    assert!(items.iter().all(|it| it["outcome"] == "undetermined"));
}

#[tokio::test]
async fn whoever_is_asked_about_lives_unless_it_is_said_otherwise() {
    let app = TestApp::start_with_programmes().await;
    let asked = async |alive: Option<bool>| {
        let mut some = facts("1970-01-01");
        match alive {
            None => some.as_object_mut().unwrap().remove("alive"),
            Some(alive) => some
                .as_object_mut()
                .unwrap()
                .insert("alive".into(), alive.into()),
        };
        let checked = check(&app.anon(), &json!({"division": "430202", "facts": some})).await;
        answer(&checked, "test-assistance")["outcome"].clone()
    };
    assert_eq!(asked(None).await, "granted");
    assert_eq!(asked(Some(true)).await, "granted");
    assert_eq!(asked(Some(false)).await, "refused");
}

#[tokio::test]
async fn a_refusal_says_what_would_have_to_differ() {
    let app = TestApp::start_with_programmes().await;
    let form = json!({"division": "430102", "on": "2026-11-23", "facts": facts("1977-11-24"),
                      "programmes": ["test-assistance"]});
    let checked = check(&app.anon(), &form).await;
    assert_eq!(checked["items"].as_array().unwrap().len(), 1);
    let it = answer(&checked, "test-assistance");
    assert_eq!(it["failing"][0]["clause"], "minimum_age", "{it}");
    assert_eq!(
        it["failing"][0]["citation"]["instrument"],
        "测试〔2020〕1号"
    );
    let way = &it["would_grant"][0];
    assert_eq!(way[0]["on"], "2026-11-24", "{it}");
    // It is as it says.
    let form = json!({"division": "430102", "on": "2026-11-24", "facts": facts("1977-11-24")});
    let checked = check(&app.anon(), &form).await;
    assert_eq!(answer(&checked, "test-assistance")["outcome"], "granted");
}

#[tokio::test]
async fn of_programmes_that_shut_each_other_out_one_is_given() {
    let app = TestApp::start_with_programmes().await;
    // 300 yuan a month are more than 960 a year.
    let form = json!({"division": "430202", "facts": facts("1960-01-01")});
    let checked = check(&app.anon(), &form).await;
    assert_eq!(answer(&checked, "test-assistance")["outcome"], "granted");
    let reward = answer(&checked, "test-reward");
    assert_eq!(reward["outcome"], "refused", "{reward}");
    assert_eq!(reward["shut_out_by"], json!(["test-assistance"]));
    // As long as the one is not known, the other is not either.
    let mut open = facts("1960-01-01");
    open.as_object_mut().unwrap().remove("hukou");
    let form = json!({"division": "430202", "facts": open});
    let checked = check(&app.anon(), &form).await;
    let reward = answer(&checked, "test-reward");
    assert_eq!(reward["outcome"], "undetermined", "{reward}");
    assert_eq!(reward["missing"][0]["fact"], "hukou");
}

#[tokio::test]
async fn what_cannot_be_so_is_named_and_not_repeated() {
    let app = TestApp::start_with_programmes().await;
    let anyone = app.anon();
    let refused = async |form: Value| {
        let reply = anyone
            .post("/v1/eligibility-checks", &form)
            .await
            .expect(422);
        assert!(!reply.text().contains("430102196"), "{}", reply.text());
        reply.field_errors("validation-failed")
    };
    let division = "430102";
    let form = json!({"division": division, "facts":
        {"alive": "430102196", "born_on": "2026-02-30", "hukou": "nowhere", "children_born": -1}});
    assert_eq!(
        refused(form).await,
        [
            "/facts/alive fact_value",
            "/facts/born_on fact_value",
            "/facts/children_born fact_value",
            "/facts/hukou fact_value"
        ]
    );
    for (form, error) in [
        (
            json!({"division": division, "facts": {"shoe_size": 38}}),
            "/facts/shoe_size unknown_field",
        ),
        (
            json!({"division": division, "facts": {"430102196805120044": true}}),
            "/facts unknown_field",
        ),
        (
            json!({"division": division, "facts": {"alive": {"430102196": 1}}}),
            "/facts/alive invalid_type",
        ),
        (
            json!({"division": division, "facts": [true]}),
            "/facts invalid_type",
        ),
        (json!({"division": "4"}), "/division division_code"),
        (
            json!({"division": division, "programmes": ["test-visit", "of-nobody"]}),
            "/programmes/1 unknown_programme",
        ),
        (
            json!({"division": "3501", "programmes": ["test-visit"]}),
            "/programmes/0 unknown_programme",
        ),
        (
            json!({"division": division, "day": 1}),
            "/day unknown_field",
        ),
    ] {
        assert_eq!(refused(form.clone()).await, [error], "{form}");
    }
}

#[tokio::test]
async fn nothing_is_kept_of_a_check() {
    let app = TestApp::start_with_programmes().await;
    let tables = "SELECT relname FROM pg_class WHERE relkind = 'r' \
                  AND relnamespace = 'public'::regnamespace ORDER BY 1";
    let tables = app.database.texts(tables, &[]).await;
    assert!(tables.len() > 10, "{tables:?}");
    let rows = async || {
        let counts: Vec<String> = tables
            .iter()
            .map(|table| format!("(SELECT count(*) FROM {table})"))
            .collect();
        app.database
            .number(&format!("SELECT {}", counts.join(" + ")))
            .await
    };
    let before = rows().await;
    for _ in 0..3 {
        let form = json!({"division": "430102", "facts": facts("1960-01-01")});
        check(&app.anon(), &form).await;
    }
    assert_eq!(rows().await, before);
}

#[tokio::test]
async fn an_address_may_ask_so_often_and_no_more() {
    let app = TestApp::start_with_programmes().await;
    let anyone = app.anon();
    let form = json!({"division": "430102", "programmes": ["test-visit"]});
    for _ in 0..60 {
        check(&anyone, &form).await;
    }
    let reply = anyone.post("/v1/eligibility-checks", &form).await;
    let reply = reply.expect(429);
    reply.problem("too-many-requests");
    assert_eq!(reply.header("Retry-After"), Some("2"));
    app.clock.advance(TimeDelta::seconds(2));
    check(&anyone, &form).await;
    anyone
        .post("/v1/eligibility-checks", &form)
        .await
        .expect(429);
    // What needs no counting is answered as ever.
    anyone.get("/v1/programmes").await.expect(200);
}

#[tokio::test]
async fn a_resident_adds_to_what_the_registry_knows_and_overrides_nothing() {
    let app = TestApp::start_with_programmes().await;
    let person = app.special_person().await;
    let me = app.resident(&person.resident_id).await;
    let path = "/v1/me/eligibility-checks";
    let checked = me.post(path, &json!({})).await.expect(200).json();
    // Changsha pays alike whatever the registration.
    let it = answer(&checked, "test-assistance");
    assert_eq!(
        (&it["outcome"], &it["amount_fen"]),
        (&json!("granted"), &json!(80_000)),
        "{it}"
    );
    let before = json!({"on": "2023-12-31"});
    let checked = me.post(path, &before).await.expect(200).json();
    let it = answer(&checked, "test-assistance");
    assert_eq!(it["missing"][0]["fact"], "hukou", "{it}");
    let told = json!({"on": "2023-12-31", "facts": {"hukou": "urban"}});
    let checked = me.post(path, &told).await.expect(200).json();
    assert_eq!(
        answer(&checked, "test-assistance")["amount_fen"],
        json!(50_000)
    );
    let lie = json!({"facts": {"child_died": false, "received_in_all": 0}});
    let errors = me.post(path, &lie).await.expect(422);
    assert_eq!(
        errors.field_errors("validation-failed"),
        [
            "/facts/child_died fact_on_record",
            "/facts/received_in_all fact_on_record"
        ]
    );
    // The day before the status began it was not there.
    let early = json!({"on": "2020-01-01"});
    me.post(path, &early).await.expect(200);
    let nobody = app
        .register(&fixtures::resident(
            &ids::woman("1960-05-01"),
            "李梅",
            fixtures::VILLAGE,
        ))
        .await;
    let other = app.resident(&nobody.resident_id).await;
    let checked = other.post(path, &json!({})).await.expect(200).json();
    let it = answer(&checked, "test-assistance");
    assert_eq!(it["outcome"], "refused", "{it}");
}

/// The extreme value of each fact: whatever is asked, a programme answers or says what is too much.
#[tokio::test]
async fn the_shipped_programmes_answer_whatever_they_are_asked() {
    let app = TestApp::start().await;
    let anyone = app.anon();
    let extreme = |fact: Fact, least: bool| match fact.info().kind {
        FactType::Truth => json!(!least),
        FactType::Day if least => json!("0001-01-01"),
        FactType::Day => json!("9999-12-31"),
        FactType::Word(words) if least => json!(words[0].0),
        FactType::Word(words) => json!(words[words.len() - 1].0),
        FactType::Money | FactType::Count(_) | FactType::Share if least => json!(0),
        FactType::Money | FactType::Count(_) | FactType::Share => json!(1_000_000_000_000_i64),
        FactType::Between(_, first, last) => json!(if least { first } else { last }),
        FactType::Division => json!("430102001001"),
        FactType::Diagnosis => json!("I63.900"),
    };
    for least in [true, false] {
        for skipped in [0, 2, 3, 7] {
            let facts: Map<String, Value> = Fact::ALL
                .iter()
                .enumerate()
                .filter(|(place, _)| skipped == 0 || place % skipped != 0)
                .map(|(_, fact)| (fact.info().id.to_owned(), extreme(*fact, least)))
                .collect();
            for on in ["0001-01-01", "2024-02-29", "2026-11-23", "9999-12-31"] {
                let form = json!({"division": "430102001001", "on": on, "facts": facts});
                let reply = anyone.post("/v1/eligibility-checks", &form).await;
                match reply.status {
                    200 => {}
                    422 => {
                        let errors = reply.field_errors("validation-failed");
                        assert_eq!(errors, ["/facts range"], "{on}");
                    }
                    other => panic!("{other} on {on}, {least}, {skipped}: {}", reply.text()),
                }
            }
        }
    }
}
