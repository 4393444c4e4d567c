//! Synthetic residents, the same in every run.

use std::sync::Arc;

use sizhu_core::fact::{Fact, Sheet};
use sizhu_core::programme::RegistryPerson;
use sizhu_core::stay::Stay;
use sizhu_core::{
    ClaimId, Day, DiagnosisCode, DivisionCode, Grade, HospitalClass, HospitalGrade, HospitalLevel,
    MaritalStatus, NursingDays, Ownership, Period, Sex, StatusFacts, StatusId, StatusKind,
};

/// The day everyone is decided on.
pub(crate) const TODAY: (i32, u32, u32) = (2026, 7, 1);
/// The calendar year whose days are counted.
pub(crate) const YEAR: i32 = 2026;

/// A loan of a household.
pub(crate) struct Loan {
    pub(crate) principal_fen: i64,
    pub(crate) rate_ppm: i64,
    pub(crate) from: Day,
    pub(crate) until: Day,
}

/// One resident, as both the engine and the loop by hand read them.
pub(crate) struct Person {
    pub(crate) registry: RegistryPerson,
    pub(crate) stays: Vec<Stay>,
    pub(crate) loan: Option<Loan>,
    /// What else a loan's rule asks for.
    pub(crate) borrower: Arc<[(Fact, i64)]>,
}

/// Makes people, batch after batch.
pub(crate) struct People {
    state: u64,
    made: u64,
    listed: Vec<i64>,
    residence: DivisionCode,
    borrower: Arc<[(Fact, i64)]>,
}

impl People {
    pub(crate) fn new() -> Self {
        let code = |text: &str| Stay::diagnosis(&DiagnosisCode::parse(text).unwrap());
        Self {
            state: 0x9E37_79B9_7F4A_7C15,
            made: 0,
            listed: ["I63.900", "C34.900", "F20.000", "J18.900"]
                .map(code)
                .to_vec(),
            residence: DivisionCode::parse("430102001001").unwrap(),
            borrower: borrower().into(),
        }
    }

    /// Xorshift (Marsaglia 2003), below a bound.
    fn below(&mut self, bound: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state % bound
    }

    fn day(&mut self, year: i32, years: u64) -> Day {
        let first = Day::first_of_year(year).unwrap();
        first.plus_days(self.below(years * 365) as u32).unwrap()
    }

    pub(crate) fn batch(&mut self, people: u64) -> Vec<Person> {
        (0..people).map(|_| self.person()).collect()
    }

    fn person(&mut self) -> Person {
        self.made += 1;
        let born_on = self.day(1936, 60);
        let special = self.below(10) < 7;
        let statuses = if special {
            vec![self.status()]
        } else {
            Vec::new()
        };
        let stays = self.below(4).saturating_sub(1);
        let registry = RegistryPerson {
            registered: true,
            born_on,
            sex: if self.below(2) == 0 {
                Sex::Female
            } else {
                Sex::Male
            },
            residence: self.residence.clone(),
            marital_status: Some(MaritalStatus::Married),
            spouse: None,
            died_on: None,
            statuses,
        };
        Person {
            registry,
            stays: self.stays(stays),
            loan: (self.below(4) == 0).then(|| self.loan()),
            borrower: Arc::clone(&self.borrower),
        }
    }

    fn status(&mut self) -> StatusFacts {
        let kind = if self.below(2) == 0 {
            StatusKind::ChildDied
        } else {
            StatusKind::ChildDisabled
        };
        let grade = (kind == StatusKind::ChildDisabled).then(|| 1 + self.below(3) as u8);
        let from = self.day(2008, 18);
        let until = (self.below(10) == 0).then(|| self.day(2026, 1));
        StatusFacts {
            id: StatusId::new(uuid(self.made)),
            kind,
            grade: grade.and_then(Grade::new),
            period: Period::new(from, until.filter(|until| from < *until)).unwrap(),
            confirmed: true,
        }
    }

    /// Stays of one year that do not overlap, in order.
    fn stays(&mut self, count: u64) -> Vec<Stay> {
        let mut admitted_on = Day::first_of_year(YEAR).unwrap();
        let stay = |number: u64| {
            admitted_on = admitted_on.plus_days(self.below(60) as u32).unwrap();
            let discharged_on = admitted_on.plus_days(1 + self.below(70) as u32).unwrap();
            let listed = self.below(self.listed.len() as u64) as usize;
            let stay = Stay {
                claim: ClaimId::new(uuid(self.made * 8 + number)),
                admitted_on,
                discharged_on,
                yields_day: false,
                diagnosis: self.listed.get(listed).copied(),
                nursing: NursingDays::default(),
                icu_days: Some(0),
                hospital: HospitalClass {
                    level: HospitalLevel::Three,
                    grade: HospitalGrade::A,
                    ownership: Ownership::Public,
                },
                posted_on: discharged_on,
                charges: None,
            };
            admitted_on = discharged_on;
            stay
        };
        (0..count).map(stay).collect()
    }

    fn loan(&mut self) -> Loan {
        let from = self.day(2025, 2);
        Loan {
            principal_fen: 100_000 * (1 + self.below(100) as i64),
            rate_ppm: 30_000 + 100 * self.below(300) as i64,
            from,
            until: from.plus_days(30 + self.below(700) as u32).unwrap(),
        }
    }
}

fn uuid(number: u64) -> uuid::Uuid {
    uuid::Uuid::from_u128(u128::from(number))
}

/// The facts of a household's first loan for its business, its interest paid in time, but for the
/// loan itself.
fn borrower() -> Vec<(Fact, i64)> {
    let word = |fact: Fact, word: &str| (fact, fact.word_number(word).unwrap());
    vec![
        word(Fact::LoanBorrower, "household"),
        word(Fact::LoanPurpose, "production"),
        (Fact::FamilyKeptPolicy, 1),
        (Fact::LoanInterestPaid, 1),
        (Fact::LoanTimesSubsidised, 0),
    ]
}

impl Loan {
    /// The facts of the loan itself.
    pub(crate) fn tell(&self, sheet: &mut Sheet) {
        sheet.set(Fact::LoanPrincipal, self.principal_fen);
        sheet.set(Fact::LoanRate, self.rate_ppm);
        sheet.set(Fact::LoanFrom, self.from.number());
        sheet.set(Fact::LoanUntil, self.until.number());
    }
}
