//! What is refused at the doors: contracts, events, histories; each fault by its field and code.

use super::world::{day, event_id, fuqing, holder, loan, period, principal, terms};
use crate::loan::{
    Contract, Draw, EventKind, FaultCode, Loan, LoanError, LoanEvent, RateTerms, Repayment, check,
    subsidise,
};
use crate::money::Fen;

const YEAR: (&str, &str) = ("2018-07-01", "2019-07-01");

fn one() -> Loan {
    loan(1, terms(YEAR.0, YEAR.1))
}

#[test]
fn histories_that_cannot_have_happened_are_told_by_event_and_field() {
    let amount = |fen| EventKind::Drawn {
        amount: Fen::new(fen),
    };
    let told = |loan: Loan| -> Vec<(Option<u128>, &'static str, FaultCode)> {
        let faults = check(&loan).unwrap_err().0;
        let number =
            |fault: &crate::loan::LoanFault| fault.event.map(|id| id.get().as_u128() % 1_000_000);
        faults
            .iter()
            .map(|it| (number(it), it.field, it.code))
            .collect()
    };
    let reversed = |number: u128| EventKind::Reversed {
        event: event_id(1_000_000 + number),
    };
    let mut drawn = terms(YEAR.0, YEAR.1);
    drawn.draw = Draw::ByEvents;
    let extended = |until| EventKind::Extended {
        ends_on: day(until),
    };
    let asked = |due_on| EventKind::InterestDue {
        due_on: day(due_on),
        amount: Fen::new(1),
    };
    for (loan, field, code) in [
        (
            one().with("2018-06-30", principal(1)),
            "on",
            FaultCode::BeforeStart,
        ),
        (
            one().with("2018-08-01", amount(1)),
            "kind",
            FaultCode::DrawnAtStart,
        ),
        (
            one().with("2018-08-01", principal(5_000_001)),
            "principal_fen",
            FaultCode::MoreThanOwed,
        ),
        (
            loan(1, drawn).with("2018-08-01", amount(5_000_001)),
            "amount_fen",
            FaultCode::MoreThanContract,
        ),
        (
            loan(1, drawn).with("2019-07-01", amount(1)),
            "on",
            FaultCode::AfterEnd,
        ),
        (
            loan(1, drawn).with("2018-08-01", principal(1)),
            "principal_fen",
            FaultCode::MoreThanOwed,
        ),
        (
            one().with("2019-07-02", extended("2020-01-01")),
            "on",
            FaultCode::AfterEnd,
        ),
        (
            one().with("2019-07-01", extended("2019-07-01")),
            "ends_on",
            FaultCode::NotLater,
        ),
        (
            one().with("2019-07-01", extended("2099-01-01")),
            "ends_on",
            FaultCode::OutOfRange,
        ),
        (
            one().with("2018-09-30", asked("2018-09-30")),
            "due_on",
            FaultCode::NotADueDay,
        ),
        (
            one().with("2018-09-30", reversed(7)),
            "event",
            FaultCode::UnknownEvent,
        ),
    ] {
        assert_eq!(told(loan), [(Some(1), field, code)]);
    }
    let twice = one().asked("2018-10-01", 1).asked("2018-10-01", 1);
    assert_eq!(told(twice), [(Some(2), "due_on", FaultCode::DueTwice)]);
    let back = one().paid("2018-10-01", 1).with("2018-10-02", reversed(1));
    assert_eq!(check(&back), Ok(()));
    let again = back.clone().with("2018-10-03", reversed(1));
    assert_eq!(told(again), [(Some(3), "event", FaultCode::ReversedTwice)]);
    let undone = back.with("2018-10-03", reversed(2));
    assert_eq!(
        told(undone),
        [(Some(3), "event", FaultCode::ReversalReversed)]
    );
    // A late correction repairs it.
    let wrong = one().with("2018-08-01", principal(5_000_001));
    assert_eq!(check(&wrong.with("2018-08-02", reversed(1))), Ok(()));
    let mut same = one().paid("2018-10-01", 1);
    same.events.push(same.events[0]);
    assert_eq!(told(same), [(Some(1), "id", FaultCode::SameEvent)]);
    // And what cannot be decided is refused as a value.
    let impossible = holder(vec![one().with("2018-06-30", principal(1))]);
    let refused = subsidise(
        &fuqing(),
        &impossible,
        period(YEAR.0, YEAR.1),
        day("2020-01-01"),
    );
    assert!(matches!(refused, Err(LoanError::History { .. })));
}

#[test]
fn contracts_tell_all_their_faults() {
    let mut wrong = terms("2018-07-01", "2018-07-01");
    wrong.principal = Fen::ZERO;
    wrong.every_months = 2;
    wrong.first_due_on = Some(day("2018-07-01"));
    wrong.repayment = Repayment::EqualPrincipal;
    wrong.draw = Draw::ByEvents;
    let faults = Contract::new(wrong).unwrap_err().0;
    let told: Vec<(&str, FaultCode)> = faults.iter().map(|it| (it.field, it.code)).collect();
    assert_eq!(
        told,
        [
            ("principal_fen", FaultCode::Nothing),
            ("ends_on", FaultCode::NotAfterStart),
            ("every_months", FaultCode::Months),
            ("first_due_on", FaultCode::FirstDueDay),
            ("draw", FaultCode::InstalmentsOfDraws),
        ]
    );
    assert!(faults[0].to_string().starts_with("principal_fen: "));
    let mut bullet = terms("2018-07-01", "2019-07-01");
    bullet.repayment = Repayment::Bullet;
    bullet.first_due_on = Some(day("2018-10-01"));
    assert_eq!(Contract::new(bullet).unwrap_err().0.len(), 1);
    bullet.rate = RateTerms::Prime {
        tenor: crate::loan::Tenor::OneYear,
        basis_points: 10_001,
        reset_months: Some(5),
    };
    assert_eq!(Contract::new(bullet).unwrap_err().0.len(), 3);
    for json in [
        "{}",
        r#"{"kind":"fixed","rate_ppm":-1}"#,
        r#"{"kind":"fixed","rate_ppm":1,"x":1}"#,
    ] {
        assert!(serde_json::from_str::<RateTerms>(json).is_err(), "{json}");
    }
}

#[test]
fn events_are_checked_where_they_are_made() {
    let make = |what| LoanEvent::new(event_id(1), day("2018-08-01"), what);
    let faults = make(principal(0)).unwrap_err().0;
    assert_eq!(
        (faults[0].field, faults[0].code),
        ("principal_fen", FaultCode::Nothing)
    );
    let faults = make(principal(-1)).unwrap_err().0;
    assert_eq!(
        (faults[0].field, faults[0].code),
        ("principal_fen", FaultCode::OutOfRange)
    );
    assert!(make(principal(1_000_000_000_001)).is_err());
    let json = r#"{"id":"00000000-0000-0000-0000-000000000001","on":"2018-08-01","what":{"kind":"defaulted"}}"#;
    let read: LoanEvent = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), json);
    assert!(
        serde_json::from_str::<LoanEvent>(&json.replace("defaulted\"", "defaulted\",\"x\":1"))
            .is_err()
    );
    let json = json.replace("\"defaulted\"", "\"written_off\",\"principal_fen\":0");
    assert!(serde_json::from_str::<LoanEvent>(&json).is_err());
}
