//! Interest on a loan as a screening tells it: one balance, one rate, in one subsidy year. What a
//! loan with all its events gets is worked out by [`crate::loan`] from the same terms.

use crate::day::Day;
use crate::fact::{Fact, FactSet, Sheet};
use crate::loan::{DayCount, PARTS_A_YEAR, Paid};
use crate::money::Fen;

use super::figure::Figure;
use super::form::OutOfRange;
use super::moment::{Moment, ordinal};
use super::round::{half_up, rounded};

const MILLION: i64 = 1_000_000;

/// The terms of a subsidy of interest. Amounts are fen, rates parts per million.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interest {
    /// The most principal that counts.
    pub(crate) principal_cap: Figure,
    /// The most of a co-operative or firm, for each household it leads, in place of it.
    pub(crate) per_household_led: Option<Figure>,
    /// The highest rate that counts.
    pub(crate) rate_cap: Figure,
    /// How days become parts of a year.
    pub(crate) day_count: DayCount,
    /// Month and day on which the subsidy's years begin, as `701`.
    pub(crate) window: i64,
    /// When it is paid.
    pub(crate) paid: Paid,
    /// Days after the due day on which interest still counts as paid in time.
    pub(crate) grace: u32,
}

impl Interest {
    /// The facts whose numbers it always counts with.
    pub(super) const COUNTED: [Fact; 4] = [
        Fact::LoanPrincipal,
        Fact::LoanRate,
        Fact::LoanFrom,
        Fact::LoanUntil,
    ];

    /// Whether the borrower leads households, by whose number the cap goes; `None` while that is
    /// not known.
    fn leads(&self, sheet: &Sheet) -> Option<bool> {
        if self.per_household_led.is_none() {
            return Some(false);
        }
        let borrower = sheet.get(Fact::LoanBorrower)?;
        Some(Fact::LoanBorrower.word_number("cooperative") == Some(borrower))
    }

    /// The most principal that counts, in fen; `None` while a fact is not known. What is too large
    /// to be counted limits nothing.
    pub(crate) fn most_principal(&self, sheet: &Sheet, now: Moment) -> Option<i64> {
        match (self.leads(sheet)?, &self.per_household_led) {
            (true, Some(cap)) => {
                let led = sheet.get(Fact::LoanHouseholdsLed)?;
                Some(cap.of(sheet, now)?.saturating_mul(led))
            }
            (_, _) => self.principal_cap.of(sheet, now),
        }
    }

    /// The facts that keep the caps from being known.
    pub(crate) fn missing_of_caps(&self, sheet: &Sheet, now: Moment) -> FactSet {
        let of_principal = match (self.leads(sheet), &self.per_household_led) {
            (None, _) => FactSet::EMPTY.with(Fact::LoanBorrower),
            (Some(true), Some(cap)) => {
                let led = FactSet::EMPTY.with(Fact::LoanHouseholdsLed);
                sheet.lacking(led).union(cap.missing(sheet, now))
            }
            (Some(_), _) => self.principal_cap.missing(sheet, now),
        };
        of_principal.union(self.rate_cap.missing(sheet, now))
    }

    /// The facts of leading households that it may ask for.
    pub(super) fn facts_of_led(&self) -> FactSet {
        match self.per_household_led {
            None => FactSet::EMPTY,
            Some(_) => [Fact::LoanBorrower, Fact::LoanHouseholdsLed]
                .into_iter()
                .collect(),
        }
    }

    pub(crate) fn each_figure(&self, show: &mut impl FnMut(&Figure)) {
        show(&self.principal_cap);
        self.per_household_led.iter().for_each(&mut *show);
        show(&self.rate_cap);
    }

    /// Interest over the loan's days in the subsidy year of the day decided on, rounded once.
    #[inline]
    pub(super) fn amount(&self, sheet: &Sheet, now: Moment) -> Result<Option<Fen>, OutOfRange> {
        let loan = (
            sheet.get(Fact::LoanPrincipal),
            sheet.get(Fact::LoanRate),
            sheet.get(Fact::LoanFrom),
            sheet.get(Fact::LoanUntil),
        );
        let (Some(principal), Some(rate), Some(from), Some(until)) = loan else {
            return Ok(None);
        };
        let caps = (
            self.most_principal(sheet, now),
            self.rate_cap.of(sheet, now),
        );
        let (Some(most), Some(highest)) = caps else {
            return Ok(None);
        };
        let (principal, rate) = (principal.min(most), rate.min(highest));
        let (parts, of_a_year) = match self.day_count {
            DayCount::Actual365 => (self.days(from, until, now), 365),
            DayCount::Actual360 => (self.days(from, until, now), 360),
            DayCount::ActualActualIsda
            | DayCount::Thirty360
            | DayCount::Thirty360E
            | DayCount::Thirty360EIsda
            | DayCount::Thirty360Us
            | DayCount::MonthsAndDays => (self.parts(from, until, now), PARTS_A_YEAR),
        };
        let divisor = of_a_year.checked_mul(MILLION).ok_or(OutOfRange)?;
        // Loans of households stay far within 64 bits, which divide much faster than 128.
        let product = principal
            .checked_mul(rate)
            .and_then(|product| product.checked_mul(parts));
        if let Some(product) = product
            && let Some(amount) = half_up(product, divisor)
        {
            return Ok(Some(Fen::new(amount)));
        }
        let product = i128::from(principal)
            .checked_mul(i128::from(rate))
            .and_then(|product| product.checked_mul(i128::from(parts)));
        rounded(product.ok_or(OutOfRange)?, divisor).map(Some)
    }

    /// The loan's days in the subsidy year.
    #[inline]
    fn days(&self, from: i64, until: i64, now: Moment) -> i64 {
        let (first, end) = now.window(self.window);
        ordinal(until)
            .min(end)
            .saturating_sub(ordinal(from).max(first))
            .max(0)
    }

    /// The loan's part of a year in the subsidy year.
    fn parts(&self, from: i64, until: i64, now: Moment) -> i64 {
        let (Some(from), Some(until)) = (Day::of_number(from), Day::of_number(until)) else {
            return 0;
        };
        let Some((first, end)) = now.window_days(self.window) else {
            return 0;
        };
        let part = self.day_count.part(from.max(first), until.min(end), until);
        part.get()
    }
}
