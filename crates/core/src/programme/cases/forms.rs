//! What each form pays, at and around its free units, caps, tiers, windows and roundings.

use serde_json::{Value, json};

use super::{PLAIN, Parts, registered, short, value};

fn paid(period: &str, values: &[(&str, &str)], entitlement: &str, facts: &Value) -> String {
    let values: String = values
        .iter()
        .map(|(name, text)| value(name, text))
        .collect();
    let programme = Parts {
        period,
        values: &values,
        entitlements: &[entitlement],
        ..PLAIN
    }
    .programme();
    short(&programme, registered(facts.clone()), "2026-01-15")
}

#[test]
fn units_above_the_free_ones_are_paid_up_to_the_cap() {
    let form = r#"form = "per_unit"
rate = "rate"
units = "service_days"
free = "free"
cap = "cap""#;
    let days = [
        ("rate", "\"80.50 yuan/day\""),
        ("free", "\"3 days\""),
        ("cap", "\"10 days\""),
    ];
    let yuan = [
        ("rate", "\"80.50 yuan/day\""),
        ("free", "\"3 days\""),
        ("cap", "\"100 yuan\""),
    ];
    for (units, by_days, by_yuan) in [
        (0, "refused", "refused"),
        (3, "refused", "refused"),
        (4, "8050", "8050"),
        (5, "16100", "10000"),
        (12, "72450", "10000"),
        (13, "80500", "10000"),
        (14, "80500", "10000"),
    ] {
        let facts = json!({"service_days": units});
        assert_eq!(paid("month", &days, form, &facts), by_days, "{units}");
        assert_eq!(paid("month", &yuan, form, &facts), by_yuan, "{units}");
    }
    assert_eq!(paid("month", &days, form, &json!({})), "service_days");
}

#[test]
fn shares_are_of_what_is_above_the_deductible_and_rounded_once() {
    let form = r#"form = "share_of_cost"
cost = "cost_self_paid"
deductible = "deductible"
share = "share"
ceiling = "ceiling""#;
    let whole = [
        ("deductible", "\"500 yuan\""),
        ("share", "\"90 %\""),
        ("ceiling", "\"900 yuan\""),
    ];
    for (cost, expected) in [
        (50_000, "refused"),
        (50_001, "1"),
        (50_005, "5"),
        (149_999, "89999"),
        (150_000, "90000"),
        (150_001, "90000"),
    ] {
        let facts = json!({"cost_self_paid": cost});
        assert_eq!(paid("event", &whole, form, &facts), expected, "{cost}");
    }
    let tiers = r#"[{ above = "0 yuan", share = "60 %" }, { above = "100 yuan", share = "80 %" }]"#;
    let tiered = [
        ("deductible", "\"0 yuan\""),
        ("share", tiers),
        ("ceiling", "\"none\""),
    ];
    for (cost, expected) in [
        (0, "refused"),
        (10_000, "6000"),
        (10_001, "6001"),
        (20_000, "14000"),
    ] {
        let facts = json!({"cost_self_paid": cost});
        assert_eq!(paid("event", &tiered, form, &facts), expected, "{cost}");
    }
    assert_eq!(paid("event", &whole, form, &json!({})), "cost_self_paid");
}

const INTEREST: &str = r#"form = "interest"
principal_cap = "most"
rate_cap = "highest"
day_count = "convention"
window_start = "window""#;

fn interest(convention: &str, loan: Value) -> String {
    let values = [
        ("most", "\"50000 yuan\""),
        ("highest", "\"5 %\""),
        ("convention", convention),
        ("window", "\"07-01\""),
    ];
    paid("event", &values, INTEREST, &loan)
}

#[test]
fn interest_runs_over_the_days_of_the_subsidy_year() {
    let loan = |principal: i64, rate: i64, from: &str, until: &str| json!({"loan_principal": principal, "loan_rate": rate, "loan_from": from, "loan_until": until});
    let by_365 = |it| interest("\"actual/365\"", it);
    // 50,000 yuan at 5 % over the 365 days from 1 July 2025.
    assert_eq!(
        by_365(loan(5_000_000, 50_000, "2025-07-01", "2026-07-01")),
        "250000"
    );
    assert_eq!(
        by_365(loan(6_000_000, 60_000, "2020-01-01", "2030-01-01")),
        "250000"
    );
    // One day: 5,000,000 x 5 % / 365 = 684.93 fen.
    assert_eq!(
        by_365(loan(5_000_000, 50_000, "2026-06-30", "2026-07-01")),
        "685"
    );
    assert_eq!(
        by_365(loan(5_000_000, 50_000, "2026-07-01", "2026-08-01")),
        "refused"
    );
    assert_eq!(
        by_365(loan(5_000_000, 50_000, "2025-06-01", "2025-07-01")),
        "refused"
    );
    assert_eq!(
        by_365(loan(5_000_000, 50_000, "2025-06-30", "2025-07-02")),
        "685"
    );
    let by_360 = interest(
        "\"actual/360\"",
        loan(5_000_000, 50_000, "2025-07-01", "2026-07-01"),
    );
    assert_eq!(by_360, "253472");
    let mut unknown = loan(5_000_000, 50_000, "2025-07-01", "2026-07-01");
    unknown.as_object_mut().unwrap().remove("loan_until");
    assert_eq!(by_365(unknown), "loan_until");
}

#[test]
fn a_quota_pays_while_places_are_left() {
    let form = "form = \"quota\"\namount = \"amount\"\nplaces = \"places\"";
    let values = [("amount", "\"10000 yuan\""), ("places", "\"100 places\"")];
    for (taken, expected) in [(99, "1000000"), (100, "refused"), (101, "refused")] {
        assert_eq!(
            paid("once", &values, form, &json!({"quota_taken": taken})),
            expected
        );
    }
    assert_eq!(paid("once", &values, form, &json!({})), "quota_taken");
}

#[test]
fn a_premium_and_a_service_are_granted() {
    let premium = r#"form = "premium"
amount = "amount"
insurer = { zh = "保险公司", en = "The insurer" }"#;
    assert_eq!(
        paid(
            "year",
            &[("amount", "\"150 yuan/year\"")],
            premium,
            &json!({})
        ),
        "15000"
    );
    let service = r#"form = "in_kind"
service = { zh = "签约服务", en = "A doctor" }"#;
    assert_eq!(paid("year", &[], service, &json!({})), "0");
}

#[test]
fn a_described_stay_is_paid_by_the_day() {
    let form = r#"form = "per_unit"
rate = "rate"
units = "stay_days"
counting = "counting"
free = "free"
cap_per_stay = "per_stay"
cap_per_year = "per_year""#;
    let values = [
        ("rate", "\"100 yuan/day\""),
        ("counting", "\"both_ends\""),
        ("free", "\"1 day\""),
        ("per_stay", "\"40 days\""),
        ("per_year", "\"3950 yuan\""),
    ];
    for (days, expected) in [
        (1, "refused"),
        (2, "10000"),
        (40, "390000"),
        (41, "395000"),
        (90, "395000"),
    ] {
        assert_eq!(
            paid("stay", &values, form, &json!({"stay_days": days})),
            expected,
            "{days}"
        );
    }
}

#[test]
fn limits_count_what_was_received() {
    let values: String = [
        ("amount", "\"100 yuan\""),
        ("year", "\"250 yuan\""),
        ("life", "\"1000 yuan\""),
        ("times", "\"3 times\""),
    ]
    .iter()
    .map(|(name, text)| value(name, text))
    .collect();
    let limited = |limits: &str, facts: Value| {
        let terms = format!("limits = {limits}");
        let programme = Parts {
            values: &values,
            terms: &terms,
            ..PLAIN
        };
        short(&programme.programme(), registered(facts), "2026-01-15")
    };
    let all = r#"{ per_year = "year", lifetime = "life", times = "times" }"#;
    let received = |year: i64, all: i64, times: i64| json!({"received_this_year": year, "received_in_all": all, "times_received": times});
    for (facts, expected) in [
        (received(0, 0, 0), "10000"),
        (received(15_000, 0, 0), "10000"),
        (received(20_000, 0, 0), "5000"),
        (received(25_000, 0, 0), "refused"),
        (received(30_000, 0, 0), "refused"),
        (received(0, 99_999, 0), "1"),
        (received(0, 100_000, 0), "refused"),
        (received(0, 0, 2), "10000"),
        (received(0, 0, 3), "refused"),
        (
            json!({}),
            "times_received received_this_year received_in_all",
        ),
    ] {
        assert_eq!(limited(all, facts.clone()), expected, "{facts}");
    }
}
