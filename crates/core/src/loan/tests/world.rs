//! Loans, events and programmes as tests say them: in one line each.

use uuid::Uuid;

use crate::day::Day;
use crate::id::{HolderId, LoanEventId, LoanId};
use crate::loan::{
    Borrower, Contract, ContractTerms, DayCount, Draw, EventKind, HolderFacts, Loan, LoanDecision,
    LoanEvent, LoanPurpose, PrimeRates, Rate, RateTerms, Repayment, SubsidyPeriod, subsidise,
};
use crate::money::{Fen, Rounding};
use crate::programme::{Policy, Programme};
use crate::stay::KnownFacts;

pub(super) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(super) fn period(from: &str, until: &str) -> SubsidyPeriod {
    SubsidyPeriod {
        from: day(from),
        until: day(until),
    }
}

/// A pack of the repository.
pub(super) fn shipped(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/");
    std::fs::read_to_string(format!("{root}{path}")).unwrap()
}

pub(super) fn compiled(text: &str) -> Programme {
    let policy = Policy::read(text).unwrap_or_else(|faults| panic!("{faults:?}"));
    Programme::compile(&policy).unwrap()
}

/// The rule of Fuqing: 50,000 yuan a household, 5 %, from July to June, at most three times.
pub(super) fn fuqing() -> Programme {
    compiled(&shipped(
        "examples/fuqing/entrepreneurship-loan-interest.toml",
    ))
}

/// The rule of Fuqing with some of its words replaced.
pub(super) fn fuqing_but(changes: &[(&str, &str)]) -> Programme {
    let mut text = shipped("examples/fuqing/entrepreneurship-loan-interest.toml");
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    compiled(&text)
}

pub(super) fn rate(ppm: i64) -> RateTerms {
    RateTerms::Fixed {
        rate: Rate::new(ppm).unwrap(),
    }
}

/// Terms of 50,000 yuan at 5 % with interest each quarter, actual/365.
pub(super) fn terms(from: &str, until: &str) -> ContractTerms {
    ContractTerms {
        principal: Fen::new(5_000_000),
        draw: Draw::AtStart,
        rate: rate(50_000),
        day_count: DayCount::Actual365,
        starts_on: day(from),
        ends_on: day(until),
        repayment: Repayment::InterestOnly,
        every_months: 3,
        first_due_on: None,
        rounding: Rounding::HalfUp,
    }
}

/// A loan of a family for production, its number from 1.
pub(super) fn loan(number: u128, terms: ContractTerms) -> Loan {
    Loan {
        id: LoanId::new(Uuid::from_u128(number)),
        contract_no: format!("C{number}"),
        contract: Contract::new(terms).unwrap(),
        borrower: Borrower::Household,
        purpose: LoanPurpose::Production,
        households_led: None,
        family_kept_policy: Some(true),
        events: Vec::new(),
    }
}

pub(super) fn event_id(number: u128) -> LoanEventId {
    LoanEventId::new(Uuid::from_u128(number))
}

impl Loan {
    /// The loan with one more event.
    pub(super) fn with(mut self, on: &str, what: EventKind) -> Self {
        let number = u128::try_from(self.events.len()).unwrap() + 1;
        let number = self.id.get().as_u128() * 1_000_000 + number;
        let event = LoanEvent::new(event_id(number), day(on), what).unwrap();
        self.events.push(event);
        self
    }

    /// The loan with interest paid.
    pub(super) fn paid(self, on: &str, fen: i64) -> Self {
        self.with(
            on,
            EventKind::Repaid {
                due_on: None,
                principal: Fen::ZERO,
                interest: Fen::new(fen),
                penalty: Fen::ZERO,
            },
        )
    }

    /// The loan with all interest paid in advance of all due days.
    pub(super) fn all_paid(self) -> Self {
        let start = self.contract.terms().starts_on.to_string();
        self.paid(&start, 900_000_000_000)
    }

    /// The loan with what the bank asks on a due day.
    pub(super) fn asked(self, due_on: &str, fen: i64) -> Self {
        let on = due_on.to_owned();
        self.with(
            &on,
            EventKind::InterestDue {
                due_on: day(due_on),
                amount: Fen::new(fen),
            },
        )
    }
}

pub(super) fn holder(loans: Vec<Loan>) -> HolderFacts {
    HolderFacts {
        holder: HolderId::new(Uuid::from_u128(1)),
        facts: KnownFacts::default(),
        loans,
        prime_rates: PrimeRates::default(),
    }
}

/// Decides, and checks what holds of every answer.
pub(super) fn decide(
    programme: &Programme,
    holder: &HolderFacts,
    period: SubsidyPeriod,
    as_of: &str,
) -> Vec<LoanDecision> {
    let decisions = subsidise(programme, holder, period, day(as_of)).unwrap();
    decisions.iter().for_each(sound);
    decisions
}

/// The sums of an answer agree with each other.
pub(super) fn sound(decision: &LoanDecision) {
    let of_segments = Fen::sum(decision.segments.iter().map(|it| it.subsidised)).unwrap();
    let of_years = Fen::sum(decision.by_year.iter().map(|it| it.amount)).unwrap();
    assert_eq!(decision.amount, of_segments, "{decision:#?}");
    assert_eq!(decision.amount, of_years, "{decision:#?}");
    let days: u32 = decision.by_year.iter().map(|it| it.days).sum();
    assert_eq!(decision.days, days);
    for (one, two) in decision
        .segments
        .iter()
        .zip(decision.segments.iter().skip(1))
    {
        assert_eq!(one.until, two.from);
    }
}

/// The amounts of the loans, in fen.
pub(super) fn amounts(decisions: &[LoanDecision]) -> Vec<i64> {
    decisions.iter().map(|it| it.amount.get()).collect()
}

/// A payment of principal alone.
pub(super) fn principal(fen: i64) -> EventKind {
    EventKind::Repaid {
        due_on: None,
        principal: Fen::new(fen),
        interest: Fen::ZERO,
        penalty: Fen::ZERO,
    }
}
