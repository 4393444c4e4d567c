//! What those are told who have no desk: borrowers of their loans, anyone of the Loan Prime Rate.

use serde_json::json;
use sizhu_tests::{TestApp, loans::loan};

#[tokio::test]
async fn borrowers_see_their_own_loans() {
    let app = TestApp::start().await;
    let (one, other) = (
        app.special_person().await,
        app.special_person_in("430102001002").await,
    );
    let posted = app.bank().await.lend(&loan(&one, "C-1")).await.expect(201);
    let own = app.resident(&one.resident_id).await.get("/v1/me/loans");
    let own = own.await.expect(200).json();
    assert_eq!(own["items"][0]["id"], posted.json()["id"], "{own}");
    assert_eq!(own["items"].as_array().map(Vec::len), Some(1), "{own}");
    let others = app.resident(&other.resident_id).await.get("/v1/me/loans");
    assert_eq!(others.await.expect(200).json()["items"], json!([]));
}

#[tokio::test]
async fn a_prime_rate_is_published_once() {
    let app = TestApp::start().await;
    let policy = app.policy().await;
    let mut form = json!({
        "tenor": "one_year", "valid_from": "2026-11-20", "rate_ppm": 30_000,
        "instrument": "公告", "class": "official",
    });
    let known = async || {
        let all = app.anon().get("/v1/prime-rates").await.expect(200).json();
        let rates = all["items"].as_array().expect("rates").clone();
        let of_the_day = rates
            .into_iter()
            .filter(|it| it["valid_from"] == "2026-11-20");
        of_the_day
            .map(|it| it["rate_ppm"].clone())
            .collect::<Vec<_>>()
    };
    assert!(known().await.is_empty());
    policy.post("/v1/prime-rates", &form).await.expect(201);
    policy.post("/v1/prime-rates", &form).await.expect(200);
    form["rate_ppm"] = json!(31_000);
    let differs = policy.post("/v1/prime-rates", &form).await.expect(409);
    differs.problem("already-exists");
    assert_eq!(known().await, [json!(30_000)]);
}
