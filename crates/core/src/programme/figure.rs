//! Figures of a programme: a number, no limit, or a table of numbers by facts.

use crate::fact::{FactSet, Sheet};

use super::moment::Moment;
use super::node::Node;
use super::test::{Test, Tri};

/// A resolved quantity. No limit is the largest number, so that the smaller of two is always the
/// one that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Figure {
    /// Always the same.
    Fixed(i64),
    /// The row whose tests all pass gives it.
    Table(Box<[Row]>),
}

/// One row of a table: its tests, all of which must pass, and its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// What must hold; nothing for a last row that takes the rest.
    pub(crate) tests: Box<[Test]>,
    /// The number then.
    pub(crate) value: i64,
}

impl Row {
    fn ask(&self, sheet: &Sheet, now: Moment) -> Tri {
        let mut all = Tri::True;
        for test in &self.tests {
            match test.ask(sheet, now) {
                Tri::False => return Tri::False,
                Tri::Unknown => all = Tri::Unknown,
                Tri::True => {}
            }
        }
        all
    }

    fn missing(&self, sheet: &Sheet, now: Moment) -> FactSet {
        if self.ask(sheet, now) != Tri::Unknown {
            return FactSet::EMPTY;
        }
        self.tests
            .iter()
            .map(|test| sheet.lacking(test.facts()))
            .fold(FactSet::EMPTY, FactSet::union)
    }
}

impl Figure {
    /// What is no limit.
    pub(crate) const UNLIMITED: Self = Self::Fixed(i64::MAX);

    /// Whether it is no limit.
    #[inline]
    pub(crate) const fn is_unlimited(&self) -> bool {
        matches!(self, Self::Fixed(i64::MAX))
    }

    /// The number; `None` while a fact that the table asks for is not known.
    #[inline]
    pub(crate) fn of(&self, sheet: &Sheet, now: Moment) -> Option<i64> {
        match self {
            Self::Fixed(number) => Some(*number),
            Self::Table(rows) => look_up(rows, sheet, now),
        }
    }

    /// The facts that keep the number from being found.
    pub(crate) fn missing(&self, sheet: &Sheet, now: Moment) -> FactSet {
        match self {
            Self::Fixed(_) => FactSet::EMPTY,
            Self::Table(_) if self.of(sheet, now).is_some() => FactSet::EMPTY,
            Self::Table(rows) => rows
                .iter()
                .map(|row| row.missing(sheet, now))
                .fold(FactSet::EMPTY, FactSet::union),
        }
    }

    /// The facts it may ask for.
    pub(crate) fn facts(&self) -> FactSet {
        let mut facts = FactSet::EMPTY;
        self.each_test(&mut |test| facts = facts.union(test.facts()));
        facts
    }

    /// Shows each test of its table.
    pub(crate) fn each_test(&self, show: &mut impl FnMut(&Test)) {
        if let Self::Table(rows) = self {
            for test in rows.iter().flat_map(|row| row.tests.iter()) {
                show(test);
            }
        }
    }

    /// The condition on facts under which the figure is above 0.
    pub(crate) fn positive(&self) -> Node {
        match self {
            Self::Fixed(number) if *number > 0 => Node::Always,
            Self::Fixed(_) => Node::Not(Box::new(Node::Always)),
            Self::Table(rows) => {
                let paying = rows.iter().filter(|row| row.value > 0);
                let tests = |row: &Row| row.tests.iter().cloned().map(Node::Test).collect();
                Node::Any(paying.map(|row| Node::All(tests(row))).collect())
            }
        }
    }
}

/// The row whose tests all pass; where none does for sure, the row without tests, unless a row
/// with tests may yet be the one.
fn look_up(rows: &[Row], sheet: &Sheet, now: Moment) -> Option<i64> {
    let mut rest = None;
    let mut open = false;
    for row in rows {
        if row.tests.is_empty() {
            rest = Some(row.value);
            continue;
        }
        match row.ask(sheet, now) {
            Tri::True => return Some(row.value),
            Tri::Unknown => open = true,
            Tri::False => {}
        }
    }
    if open { None } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::Day;
    use crate::fact::Fact;
    use crate::programme::test::Check;

    fn row(grades: Option<(i64, i64)>, value: i64) -> Row {
        let test = grades.map(|(low, high)| Test {
            fact: Fact::ComplicationGrade,
            check: Check::Between { low, high },
        });
        Row {
            tests: test.into_iter().collect(),
            value,
        }
    }

    #[test]
    fn tables_answer_three_ways() {
        let now = Moment::of(Day::parse("2026-01-01").unwrap());
        let table = Figure::Table([row(Some((1, 1)), 520), row(Some((2, 2)), 390)].into());
        let mut sheet = Sheet::EMPTY;
        assert_eq!(table.of(&sheet, now), None);
        let missing = FactSet::EMPTY.with(Fact::ComplicationGrade);
        assert_eq!(table.missing(&sheet, now), missing);
        sheet.set(Fact::ComplicationGrade, 2);
        assert_eq!(table.of(&sheet, now), Some(390));
        assert_eq!(table.missing(&sheet, now), FactSet::EMPTY);

        let with_rest = Figure::Table([row(Some((1, 1)), 520), row(None, 7)].into());
        assert_eq!(with_rest.of(&sheet, now), Some(7));
        assert_eq!(with_rest.of(&Sheet::EMPTY, now), None);
        assert_eq!(with_rest.missing(&Sheet::EMPTY, now), missing);
    }
}
