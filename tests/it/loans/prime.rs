//! Loans at the Loan Prime Rate: what the published table says holds, and what it does not know is asked.

use serde_json::json;
use sizhu_tests::{
    loans::{couple, loan, paid_on},
    views::text,
};

use super::{decided, started};

#[tokio::test]
async fn the_prime_rate_of_the_day_holds_until_it_is_reset() {
    let app = started().await;
    app.fill_loans("430102", 10_000_000, "L-1").await;
    let officer = app.officer("430102").await;
    let bank = app.bank().await;
    // 3.1 % from 2024-10-21 and 3 % from 2025-05-20, each with half a per cent more.
    let cases = [
        (
            "fixed on its first day",
            json!(null),
            [45_000, 45_500, 46_000, 46_000],
        ),
        ("reset in July", json!(6), [45_000, 45_500, 44_722, 44_722]),
        (
            "reset on a day not published",
            json!(3),
            [45_000, 45_500, 44_722, 44_722],
        ),
    ];
    for (case, reset, interest) in cases {
        let (wife, _) = couple(&app).await;
        let mut form = loan(&wife, case);
        form["contract"]["rate"] =
            json!({"kind": "prime", "tenor": "one_year", "basis_points": 50});
        if !reset.is_null() {
            form["contract"]["rate"]["reset_months"] = reset;
        }
        let id = text(&bank.lend(&form).await.expect(201).json()["id"]);
        officer.confirm_family(&id, true).await;
        let days = ["2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01"];
        let paid = (0..4).map(|number| paid_on(number, days[number], interest[number]));
        let paid: Vec<_> = paid.collect();
        bank.happened(&id, &paid).await.expect(201);
        let schedule = bank.get(&format!("/v1/loans/{id}/schedule")).await;
        let schedule = schedule.expect(200).json();
        let due: Vec<i64> = (schedule["instalments"].as_array().unwrap().iter())
            .map(|it| it["interest_fen"].as_i64().unwrap())
            .collect();
        assert_eq!(due, interest, "{case}");
        // A plan may rest on what is presumed, and says so; a subsidy may not.
        let presumed = case.contains("published").then_some("2025-10-01");
        assert_eq!(schedule["presumed_from"], json!(presumed), "{case}");
    }
    app.run("430102").await;
    assert_eq!(
        decided(&app).await,
        [
            // 5000000 x 3.6 % over the year.
            "fixed on its first day granted 180000",
            // 181 of 365 days at 3.6 % and 184 at 3.5 %.
            "reset in July granted 177479",
            "reset on a day not published undetermined 0",
        ]
    );
    app.database.check_books().await;
}
