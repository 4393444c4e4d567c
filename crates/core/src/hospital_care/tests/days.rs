//! Which days are paid and at what rate: caps, shared days, rates.

use super::*;

#[test]
fn the_cap_per_stay_is_for_each_stay() {
    let cap: &[Values<'_>] = &[("cap_days_per_stay", &[(START, "{ days = 5 }")])];
    let case = |to| {
        let person = member(vec![
            stay(1, "2026-03-10", to),
            stay(2, "2026-05-01", "2026-05-31"),
        ]);
        let decisions = decide(&pack(cap), &person).unwrap();
        assert_eq!(decisions[1].payable_days, 5);
        (
            decisions[0].payable_days,
            result(&decisions[0], "cap_per_stay"),
        )
    };
    assert_eq!(case("2026-03-14"), (4, ClauseResult::Pass));
    assert_eq!(case("2026-03-15"), (5, ClauseResult::Pass));
    assert_eq!(case("2026-03-16"), (5, ClauseResult::Note));
}

#[test]
fn the_cap_per_year_is_for_all_stays_and_by_day() {
    let cap: &[Values<'_>] = &[(
        "cap_days_per_year",
        &[(START, "{ days = 90 }"), ("2026-07-01", "{ days = 100 }")],
    )];
    let case = |to| {
        let person = member(vec![
            stay(1, "2026-01-01", "2026-03-22"), // 80 days
            stay(2, "2026-05-01", to),
            stay(3, "2026-06-21", "2026-07-21"),
        ]);
        let decisions = decide(&pack(cap), &person).unwrap();
        [decisions[1].payable_days, decisions[2].payable_days]
    };
    assert_eq!(case("2026-05-10"), [9, 11]); // the last day of the old cap, ten of the new
    assert_eq!(case("2026-05-11"), [10, 10]);
    assert_eq!(case("2026-05-12"), [10, 10]);
}

#[test]
fn a_used_up_year_refuses() {
    let person = member(vec![
        stay(1, "2026-01-01", "2026-04-01"),
        stay(2, "2026-05-01", "2026-05-11"),
    ]);
    let decisions = decide(&hunan(), &person).unwrap();
    assert_eq!(decisions[0].payable_days, 90);
    assert_eq!(decisions[1].outcome, Outcome::Refused);
    assert_eq!(result(&decisions[1], "cap_per_year"), ClauseResult::Fail);
}

#[test]
fn rates_are_those_of_each_day() {
    let rates: &[Values<'_>] = &[(
        "rate",
        &[
            (START, r#"{ form = "flat", fen = 100 }"#),
            ("2026-03-15", r#"{ form = "flat", fen = 300 }"#),
        ],
    )];
    let case = |from, to| {
        one(&pack(rates), &member(vec![stay(1, from, to)]))
            .amount
            .get()
    };
    assert_eq!(case("2026-03-10", "2026-03-15"), 500);
    assert_eq!(case("2026-03-10", "2026-03-16"), 800);
    assert_eq!(case("2026-03-15", "2026-03-17"), 600);
}

#[test]
fn nursing_levels_and_intensive_care_are_laid_most_intensive_first() {
    let nursing = NursingDays {
        special: 2,
        level_1: 3,
        level_2: 1,
        level_3: 4,
    };
    let stay = StayFacts {
        nursing,
        icu_days: Some(1),
        ..stay(1, "2026-03-10", "2026-03-20")
    };
    let decision = one(
        &pack(&[("rate", &[(START, BY_NURSING)])]),
        &member(vec![stay]),
    );
    assert_eq!(
        decision.amount.get(),
        9000 + 4000 + 3 * 3000 + 2000 + 4 * 1000
    );
}

#[test]
fn unreported_nursing_is_undetermined_and_uses_up_no_cap() {
    let pack = pack(&[
        ("rate", &[(START, BY_NURSING)]),
        ("cap_days_per_year", &[(START, "{ days = 10 }")]),
    ]);
    let nursing = NursingDays {
        special: 0,
        level_1: 0,
        level_2: 10,
        level_3: 0,
    };
    let person = member(vec![
        stay(1, "2026-03-01", "2026-03-10"),
        StayFacts {
            nursing,
            ..stay(2, "2026-03-10", "2026-03-20")
        },
        StayFacts {
            icu_days: Some(5),
            ..stay(3, "2026-01-01", "2026-01-06")
        },
    ]);
    let decisions = decide(&pack, &person).unwrap();
    assert_eq!(
        (decisions[0].outcome, decisions[0].amount.get()),
        (Outcome::Granted, 45_000)
    );
    assert_eq!(
        (decisions[1].outcome, decisions[1].amount),
        (Outcome::Undetermined, Fen::ZERO)
    );
    assert_eq!(decisions[1].payable_days, 0);
    let rate = decisions[1].trace.clause("daily_rate").unwrap();
    assert_eq!(rate.result, ClauseResult::Undetermined);
    assert_eq!(rate.needs["missing_facts"][0], "nursing_level");
    assert_eq!(
        (decisions[2].outcome, decisions[2].payable_days),
        (Outcome::Granted, 5)
    );
}

#[test]
fn a_shared_day_is_paid_once() {
    let both: &[Values<'_>] = &[("day_counting", &[(START, r#""both_ends""#)])];
    let person = member(vec![
        stay(1, "2026-03-10", "2026-03-20"),
        stay(2, "2026-03-20", "2026-03-25"),
    ]);
    let decisions = decide(&pack(both), &person).unwrap();
    assert_eq!(
        [decisions[0].payable_days, decisions[1].payable_days],
        [11, 5]
    );
    assert_eq!(result(&decisions[1], "shared_day"), ClauseResult::Note);
    let one_day = StayFacts {
        yields_day: true,
        ..stay(1, "2026-03-10", "2026-03-10")
    };
    let decisions = decide(
        &hunan(),
        &member(vec![one_day, stay(2, "2026-03-10", "2026-03-20")]),
    )
    .unwrap();
    assert_eq!(
        [decisions[0].payable_days, decisions[1].payable_days],
        [0, 10]
    );
    assert_eq!(decisions[0].outcome, Outcome::Refused);
    assert_eq!(result(&decisions[0], "shared_day"), ClauseResult::Fail);
}

#[test]
fn days_are_shared_out_in_calendar_order() {
    // The store refuses overlaps; should one ever come through, no day is paid twice and the year's
    // cap goes to the earlier days, though the stay that has them was admitted later.
    let pack = pack(&[
        ("free_days", &[(START, "8"), ("2026-03-12", "0")]),
        ("cap_days_per_year", &[(START, "{ days = 9 }")]),
    ]);
    let person = member(vec![
        stay(1, "2026-03-10", "2026-03-25"),
        stay(2, "2026-03-12", "2026-03-20"),
    ]);
    let decisions = decide(&pack, &person).unwrap();
    // The second has 12 to 17 March, the first 18 to 20 March; then the year is used up.
    assert_eq!(
        [decisions[0].payable_days, decisions[1].payable_days],
        [3, 6]
    );
    assert_eq!(result(&decisions[1], "shared_day"), ClauseResult::Note);
    assert_eq!(result(&decisions[0], "cap_per_year"), ClauseResult::Note);
}
