//! Conditions on facts: a tree of tests, and clauses, which are conditions with a name.

use crate::fact::Fact;
use crate::schedule::Provenance;
use crate::trace::Bilingual;

use super::value::Literal;

/// A condition on facts, three-valued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Every one holds.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// The clause of this id holds.
    Clause(String),
    /// A fact passes a test.
    Fact(Fact, Test),
}

/// What a fact is tested for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// A truth is this.
    Is(bool),
    /// A word is among these, a diagnosis or division lies in one of these.
    In(Operand),
    /// A number is at least this.
    AtLeast(Operand),
    /// A number is at most this.
    AtMost(Operand),
    /// A number is above this.
    Above(Operand),
    /// A number is below this.
    Below(Operand),
    /// A number lies between the two, both included. For rows of tables.
    Between(Operand, Operand),
    /// A day is this or later.
    OnOrAfter(Operand),
    /// A day is earlier than this.
    Before(Operand),
    /// So many full years have passed since the day: an age reached.
    AgeAtLeast(Operand),
    /// Fewer full years have passed since the day.
    AgeBelow(Operand),
    /// At least so many years have passed, and fewer than so many. For rows of tables.
    AgeBetween(Operand, Operand),
    /// At least so many days have passed since the day.
    DaysSinceAtLeast(Operand),
    /// At most so many days have passed since the day, and the day is not to come.
    DaysSinceAtMost(Operand),
    /// A number is at least that of another fact of the same type.
    AtLeastFact(Fact),
    /// A number is below that of another fact of the same type.
    BelowFact(Fact),
}

/// What a test compares with: a value of the pack by name, or one written in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// The named value in force on the day decided on.
    Value(String),
    /// A value that never changes, under the clause's own source.
    Literal(Literal),
}

/// A condition with a name: what a trace tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its stable id.
    pub id: String,
    /// What it is called, in words that do not give anyone away.
    pub title: Bilingual,
    /// The condition.
    pub condition: Condition,
    /// Where it comes from.
    pub provenance: Provenance,
}
