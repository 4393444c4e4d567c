//! Conditions in their compiled form: trees of tests, asked with short circuits.

use crate::fact::{FactSet, Sheet};

use super::moment::Moment;
use super::test::{Test, Tri};

/// A condition. What it comes to follows Kleene's three-valued logic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// All of them hold.
    All(Box<[Node]>),
    /// At least one of them holds.
    Any(Box<[Node]>),
    /// It does not hold.
    Not(Box<Node>),
    /// The clause at this place in the pack, and its condition.
    Clause(usize, Box<Node>),
    /// A fact passes a test.
    Test(Test),
    /// It holds whatever is known: a limit that is not set.
    Always,
}

impl Node {
    /// What the condition comes to.
    #[inline]
    pub(crate) fn ask(&self, sheet: &Sheet, now: Moment) -> Tri {
        match self {
            Self::Test(test) => test.ask(sheet, now),
            Self::Always => Tri::True,
            Self::All(_) | Self::Any(_) | Self::Not(_) | Self::Clause(..) => {
                self.ask_parts(sheet, now)
            }
        }
    }

    fn ask_parts(&self, sheet: &Sheet, now: Moment) -> Tri {
        match self {
            Self::All(parts) => {
                let mut all = Tri::True;
                for part in parts {
                    match part.ask(sheet, now) {
                        Tri::False => return Tri::False,
                        Tri::Unknown => all = Tri::Unknown,
                        Tri::True => {}
                    }
                }
                all
            }
            Self::Any(parts) => {
                let mut any = Tri::False;
                for part in parts {
                    match part.ask(sheet, now) {
                        Tri::True => return Tri::True,
                        Tri::Unknown => any = Tri::Unknown,
                        Tri::False => {}
                    }
                }
                any
            }
            Self::Not(part) => match part.ask(sheet, now) {
                Tri::True => Tri::False,
                Tri::False => Tri::True,
                Tri::Unknown => Tri::Unknown,
            },
            Self::Clause(_, part) => part.ask(sheet, now),
            Self::Test(test) => test.ask(sheet, now),
            Self::Always => Tri::True,
        }
    }

    /// What the condition comes to, with the facts that keep it from being decided: those of its
    /// unknown parts, none where it is decided.
    pub(crate) fn weigh(&self, sheet: &Sheet, now: Moment) -> (Tri, FactSet) {
        match self {
            Self::All(parts) => joined(parts, Tri::False, Tri::True, sheet, now),
            Self::Any(parts) => joined(parts, Tri::True, Tri::False, sheet, now),
            Self::Not(part) => match part.weigh(sheet, now) {
                (Tri::True, missing) => (Tri::False, missing),
                (Tri::False, missing) => (Tri::True, missing),
                open @ (Tri::Unknown, _) => open,
            },
            Self::Clause(_, part) => part.weigh(sheet, now),
            Self::Test(test) => match test.ask(sheet, now) {
                Tri::Unknown => (Tri::Unknown, sheet.lacking(test.facts())),
                known @ (Tri::True | Tri::False) => (known, FactSet::EMPTY),
            },
            Self::Always => (Tri::True, FactSet::EMPTY),
        }
    }

    /// Shows each test in it, those of its clauses too.
    pub(crate) fn each_test(&self, show: &mut impl FnMut(&Test)) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.each_test(show);
                }
            }
            Self::Not(part) | Self::Clause(_, part) => part.each_test(show),
            Self::Test(test) => show(test),
            Self::Always => {}
        }
    }

    /// Shows each test that stands in it directly and in none of its clauses.
    pub(crate) fn each_own_test(&self, show: &mut impl FnMut(&Test)) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.each_own_test(show);
                }
            }
            Self::Not(part) => part.each_own_test(show),
            Self::Clause(..) | Self::Always => {}
            Self::Test(test) => show(test),
        }
    }

    /// Shows each clause in it, from the outside in, as it is read.
    pub(crate) fn each_clause<'a>(&'a self, show: &mut impl FnMut(usize, &'a Self)) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.each_clause(show);
                }
            }
            Self::Not(part) => part.each_clause(show),
            Self::Clause(place, part) => {
                show(*place, part);
                part.each_clause(show);
            }
            Self::Test(_) | Self::Always => {}
        }
    }

    /// The facts it may ask for.
    pub(crate) fn facts(&self) -> FactSet {
        let mut facts = FactSet::EMPTY;
        self.each_test(&mut |test| facts = facts.union(test.facts()));
        facts
    }

    /// The same condition without the boundaries of clauses and with `all` in `all`, `any` in
    /// `any` made one: what is asked where nobody wants to be told.
    pub(crate) fn bare(&self) -> Self {
        match self {
            Self::All(parts) => {
                let mut flat = Vec::new();
                for part in parts {
                    match part.bare() {
                        Self::All(inner) => flat.extend(inner),
                        Self::Always => {}
                        other
                        @ (Self::Any(_) | Self::Not(_) | Self::Clause(..) | Self::Test(_)) => {
                            flat.push(other);
                        }
                    }
                }
                Self::one_of(flat, Self::All)
            }
            Self::Any(parts) => {
                let mut flat = Vec::new();
                for part in parts {
                    match part.bare() {
                        Self::Any(inner) => flat.extend(inner),
                        other @ (Self::All(_)
                        | Self::Not(_)
                        | Self::Clause(..)
                        | Self::Test(_)
                        | Self::Always) => flat.push(other),
                    }
                }
                Self::one_of(flat, Self::Any)
            }
            Self::Not(part) => Self::Not(Box::new(part.bare())),
            Self::Clause(_, part) => part.bare(),
            Self::Test(test) => Self::Test(test.clone()),
            Self::Always => Self::Always,
        }
    }

    /// The only part, or the parts joined.
    fn one_of(mut parts: Vec<Self>, join: impl FnOnce(Box<[Self]>) -> Self) -> Self {
        if parts.len() == 1
            && let Some(only) = parts.pop()
        {
            return only;
        }
        join(parts.into_boxed_slice())
    }
}

/// Parts of which one that comes to `decides` decides alone, and which come to `otherwise` where
/// none does and none is open.
fn joined(
    parts: &[Node],
    decides: Tri,
    otherwise: Tri,
    sheet: &Sheet,
    now: Moment,
) -> (Tri, FactSet) {
    let mut all = (otherwise, FactSet::EMPTY);
    for part in parts {
        match part.weigh(sheet, now) {
            (answer, _) if answer == decides => return (decides, FactSet::EMPTY),
            (Tri::Unknown, missing) => all = (Tri::Unknown, all.1.union(missing)),
            (Tri::True | Tri::False, _) => {}
        }
    }
    all
}
