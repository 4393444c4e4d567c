//! The rule book as a clerk with endless patience would follow it: one day after the other, every
//! balance looked up anew, fractions never rounded before the end. Written from `docs/LOANS.md`
//! and the pack's words, not from the engine.

use num_bigint::BigInt;

use super::days::slow_part;
use crate::day::Day;
use crate::loan::{
    ContractTerms, Draw, EventKind, HolderFacts, Loan, LoanEvent, RateTerms, Repayment,
};
use crate::money::Rounding;

/// A part of a year is counted in 360 x 365 x 366ths.
pub(super) const YEAR: i128 = 360 * 365 * 366;

pub(super) fn years(count: &str, from: Day, until: Day, end: Day) -> i128 {
    let (part, whole) = slow_part(count, from, until, end);
    part * (YEAR / whole)
}

pub(super) fn ratio_half_up(above: &BigInt, below: &BigInt) -> i128 {
    let twice: BigInt = (above * 2 + below) / (below * 2);
    i128::try_from(twice).unwrap()
}

/// One loan, day by day from its first.
pub(super) struct Diary<'a> {
    pub(super) loan: &'a Loan,
    pub(super) terms: &'a ContractTerms,
    pub(super) live: Vec<&'a LoanEvent>,
    pub(super) end: Day,
    pub(super) dues: Vec<Day>,
    /// Regular balance of each day from the first.
    regular: Vec<i128>,
}

fn live(loan: &Loan) -> Vec<&LoanEvent> {
    let undone = |event: &&LoanEvent| {
        loan.events.iter().any(
            |other| matches!(other.what(), EventKind::Reversed { event: it } if *it == event.id()),
        )
    };
    let reversal = |event: &&LoanEvent| matches!(event.what(), EventKind::Reversed { .. });
    let mut live: Vec<&LoanEvent> = loan.events.iter().collect();
    live.retain(|event| !undone(event) && !reversal(event));
    live
}

impl<'a> Diary<'a> {
    pub(super) fn of(loan: &'a Loan, holder: &HolderFacts) -> Self {
        let terms = loan.contract.terms();
        let mut book = Self {
            loan,
            terms,
            live: live(loan),
            end: terms.ends_on,
            dues: Vec::new(),
            regular: Vec::new(),
        };
        book.end = book.end_on(day_far());
        book.dues = book.due_days();
        book.walk(holder);
        book
    }

    pub(super) fn end_on(&self, day: Day) -> Day {
        let mut end = self.terms.ends_on;
        for event in &self.live {
            if let EventKind::Extended { ends_on } = event.what()
                && event.on() <= day
            {
                end = end.max(*ends_on);
            }
        }
        end
    }

    fn due_days(&self) -> Vec<Day> {
        let mut dues = vec![self.end];
        if self.terms.repayment != Repayment::Bullet {
            let every = self.terms.every_months;
            // Every due day is so many months after the first day, or after the first due day.
            let mut number = if self.terms.first_due_on.is_some() {
                0
            } else {
                1
            };
            let anchor = self.terms.first_due_on.unwrap_or(self.terms.starts_on);
            loop {
                let due = anchor.plus_months(number * every).unwrap();
                if due >= self.end {
                    break;
                }
                dues.push(due);
                number += 1;
            }
        }
        let mut ends = vec![self.terms.ends_on];
        for event in &self.live {
            if let EventKind::Extended { ends_on } = event.what() {
                ends.push(*ends_on);
            }
        }
        for event in &self.live {
            if let EventKind::InterestDue { due_on, .. } = event.what()
                && ends.contains(due_on)
            {
                dues.push(*due_on);
            }
        }
        dues.sort();
        dues.dedup();
        dues
    }

    /// The rate of a day; `None` where no table knows it.
    pub(super) fn rate(&self, holder: &HolderFacts, day: Day) -> Option<i128> {
        let mut told: Option<&LoanEvent> = None;
        for event in &self.live {
            let counts = matches!(event.what(), EventKind::RateChanged { .. }) && event.on() <= day;
            if counts && told.is_none_or(|it| (it.on(), it.id()) < (event.on(), event.id())) {
                told = Some(event);
            }
        }
        if let Some(EventKind::RateChanged { rate }) = told.map(LoanEvent::what) {
            return Some(rate.get().into());
        }
        match self.terms.rate {
            RateTerms::Fixed { rate } => Some(rate.get().into()),
            RateTerms::Prime {
                tenor,
                basis_points,
                reset_months,
            } => {
                let mut reset = self.terms.starts_on;
                if let Some(months) = reset_months {
                    let mut number = 0;
                    while reset <= day {
                        number += 1;
                        let next = self.terms.starts_on.plus_months(number * months).unwrap();
                        if next > day {
                            break;
                        }
                        reset = next;
                    }
                }
                let mut found = None;
                for entry in holder.prime_rates.entries() {
                    if entry.tenor == tenor && entry.valid_from <= reset {
                        let known = entry.known_until.is_none_or(|until| reset < until);
                        found = known.then_some(entry.rate.get());
                    }
                }
                let sum = i128::from(found?) + i128::from(basis_points) * 100;
                Some(sum.clamp(0, 1_000_000))
            }
        }
    }

    /// What is owed at the end of a day.
    pub(super) fn owed(&self, day: Day) -> i128 {
        let mut owed = match self.terms.draw {
            Draw::AtStart => i128::from(self.terms.principal.get()),
            Draw::ByEvents => 0,
        };
        for event in &self.live {
            if event.on() > day {
                continue;
            }
            owed += match *event.what() {
                EventKind::Drawn { amount } => i128::from(amount.get()),
                EventKind::Repaid { principal, .. }
                | EventKind::Prepaid { principal, .. }
                | EventKind::WrittenOff { principal } => -i128::from(principal.get()),
                _ => 0,
            };
        }
        owed
    }

    /// Walks from the first day to the last, taking off what falls due.
    fn walk(&mut self, holder: &HolderFacts) {
        let mut stands = match self.terms.draw {
            Draw::AtStart => i128::from(self.terms.principal.get()),
            Draw::ByEvents => 0,
        };
        let mut even: Option<i128> = None;
        let mut since = self.terms.starts_on;
        let mut accrued: Option<i128> = Some(0);
        let mut day = self.terms.starts_on;
        while day < self.end {
            if self.dues.contains(&day) {
                if day >= self.end_on(day) {
                    stands = 0;
                } else {
                    let interest = accrued.map(|it| self.rounded(it));
                    let off = self.falls_due(holder, stands, interest, day, &mut even);
                    stands -= off.min(stands);
                }
                since = day;
                accrued = Some(0);
            }
            self.happened(day, &mut stands, &mut even);
            let end = self.end;
            let count = self.terms.day_count.as_str();
            let next = day.next().unwrap();
            let part = years(count, since, next, end) - years(count, since, day, end);
            accrued = match (accrued, self.rate(holder, day)) {
                (Some(sum), Some(rate)) => Some(sum + stands * rate * part),
                (Some(sum), None) if stands == 0 => Some(sum),
                _ => None,
            };
            self.regular.push(stands.min(self.owed(day)));
            day = next;
        }
    }

    fn happened(&self, day: Day, stands: &mut i128, even: &mut Option<i128>) {
        let mut today: Vec<&&LoanEvent> = self.live.iter().filter(|it| it.on() == day).collect();
        today.sort_by_key(|event| (event.what().name(), event.id()));
        for event in today {
            match *event.what() {
                EventKind::Drawn { amount } => *stands += i128::from(amount.get()),
                EventKind::Prepaid { principal, .. } => {
                    *stands = (*stands - i128::from(principal.get())).max(0);
                }
                EventKind::WrittenOff { .. } => *stands = (*stands).min(self.owed(day)),
                EventKind::Extended { .. } | EventKind::RateChanged { .. } => {}
                EventKind::InterestDue { .. }
                | EventKind::Repaid { .. }
                | EventKind::Defaulted {}
                | EventKind::PurposeFailed {}
                | EventKind::Reversed { .. } => continue,
            }
            *even = None;
        }
    }

    fn falls_due(
        &self,
        holder: &HolderFacts,
        stands: i128,
        interest: Option<i128>,
        day: Day,
        even: &mut Option<i128>,
    ) -> i128 {
        let end = self.end_on(day);
        let mut dues = 1;
        for due in &self.dues {
            if *due >= day && *due < end {
                dues += 1;
            }
        }
        match self.terms.repayment {
            Repayment::Bullet | Repayment::InterestOnly => 0,
            Repayment::EqualPrincipal => *even
                .get_or_insert_with(|| ratio_half_up(&BigInt::from(stands), &BigInt::from(dues))),
            Repayment::EqualInstalments => {
                let rate = self.rate(holder, day.previous().unwrap());
                let (Some(rate), Some(interest)) = (rate, interest) else {
                    return 0;
                };
                let payment = *even.get_or_insert_with(|| {
                    worth(stands, rate * i128::from(self.terms.every_months), dues)
                });
                (payment - interest).max(0)
            }
        }
    }

    /// Interest in fen: a balance times parts per million times parts of a year.
    pub(super) fn rounded(&self, units: i128) -> i128 {
        let whole = 1_000_000 * YEAR;
        match self.terms.rounding {
            Rounding::HalfUp => (units * 2 + whole) / (whole * 2),
            Rounding::Down => units / whole,
            Rounding::Up => (units + whole - 1) / whole,
        }
    }

    pub(super) fn regular_on(&self, day: Day) -> i128 {
        let place = usize::try_from(self.terms.starts_on.days_until(day));
        let found = place.ok().and_then(|place| self.regular.get(place));
        found.copied().unwrap_or(0)
    }
}

/// The sum that, paid so many times, is worth what stands: stands / (v + v^2 + … + v^n) with
/// v = 1 / (1 + i) and i in twelve-millionths.
fn worth(stands: i128, i: i128, dues: u32) -> i128 {
    let (above, below) = (BigInt::from(12_000_000), BigInt::from(12_000_000 + i));
    let mut worth = BigInt::from(0);
    for number in 1..=dues {
        worth += above.pow(number) * below.pow(dues - number);
    }
    ratio_half_up(&(BigInt::from(stands) * below.pow(dues)), &worth)
}

fn day_far() -> Day {
    Day::from_ymd(2400, 1, 1).unwrap()
}
