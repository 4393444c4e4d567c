//! Screening: what programmes say to some facts, with what is missing and what would have to
//! differ. Nothing is read and nothing is kept.

use std::sync::Arc;

use sizhu_core::fact::{Fact, FactScope, FactSet, FactValue, Sheet, division_span};
use sizhu_core::pack::ProgrammeId;
use sizhu_core::programme::{
    Explanation, OutOfRange, Programme, Settlement, Verdict, explain, settle,
};
use sizhu_core::{Day, DivisionCode, DivisionLevel, Fen, Outcome};

/// What a programme says.
#[derive(Clone, Debug)]
pub struct Screened {
    /// The programme.
    pub programme: Arc<Programme>,
    /// What it says by itself, and why.
    pub explanation: Explanation,
    /// What it comes to beside the others: granted by itself, it may be shut out.
    pub outcome: Outcome,
    /// The amount it comes to beside the others.
    pub amount: Fen,
    /// The facts that keep it from being decided.
    pub missing: FactSet,
    /// The programme that is given in its place, or, while it is undetermined, those that could be.
    pub shut_out_by: Vec<ProgrammeId>,
}

/// The sheet of some facts of someone in a division. Where they are not given themselves, the person
/// lives: forms of the living do not ask it. What the platform would have counted is nothing, the wife's day of birth follows from the sexes, and the
/// registered residence is the division if that is a village: of a wider one it is not known
/// where in it the person belongs.
#[must_use]
pub fn sheet_of(facts: &[FactValue], division: &DivisionCode) -> Sheet {
    let mut sheet = Sheet::EMPTY;
    for fact in Fact::ALL {
        if fact.info().scope == FactScope::Record {
            sheet.set(*fact, 0);
        }
    }
    sheet.set(Fact::Alive, 1);
    if division.level() == DivisionLevel::Village {
        sheet.set(Fact::Residence, division_span(division).0);
    }
    for value in facts {
        sheet.set(value.fact(), value.number());
    }
    if sheet.get(Fact::WifeBornOn).is_none() {
        let female = Fact::Sex.word_number("female");
        let born = match sheet.get(Fact::Sex) {
            None => None,
            sex if sex == female => sheet.get(Fact::BornOn),
            Some(_) => sheet.get(Fact::SpouseBornOn),
        };
        sheet.set(Fact::WifeBornOn, born);
    }
    sheet
}

/// Asks programmes about one person on one day, each with its own sheet, and settles which of them
/// shut each other out.
///
/// # Errors
/// [`OutOfRange`] when an amount is too large to be counted.
pub fn screen(
    programmes: Vec<Arc<Programme>>,
    on: Day,
    sheet: impl Fn(&Programme) -> Sheet,
) -> Result<Vec<Screened>, OutOfRange> {
    let mut screened = Vec::with_capacity(programmes.len());
    for programme in programmes {
        let explanation = explain(&programme, &sheet(&programme), on)?;
        screened.push(Screened {
            outcome: explanation.verdict.outcome,
            amount: explanation.verdict.amount,
            missing: explanation.verdict.missing,
            programme,
            explanation,
            shut_out_by: Vec::new(),
        });
    }
    settle_all(&mut screened, on);
    Ok(screened)
}

/// Applies the exclusions: what is shut out is refused, what could be is undetermined.
fn settle_all(screened: &mut [Screened], on: Day) {
    let verdicts: Vec<(&Programme, &Verdict)> = screened
        .iter()
        .map(|it| (it.programme.as_ref(), &it.explanation.verdict))
        .collect();
    for settled in settle(&verdicts, on) {
        let Some(it) = screened.get_mut(settled.place) else {
            continue;
        };
        match settled.result {
            Settlement::Keeps => {}
            Settlement::ShutOut { by } => {
                (it.outcome, it.amount) = (Outcome::Refused, Fen::ZERO);
                it.shut_out_by = vec![by];
            }
            Settlement::Open { by, missing } => {
                (it.outcome, it.amount) = (Outcome::Undetermined, Fen::ZERO);
                it.missing = missing;
                it.shut_out_by = by;
            }
        }
    }
}

/// Whether each of some programmes is granted beside the others; if so, with those that are not
/// decided yet and could be given in its place.
#[must_use]
pub fn granted(verdicts: &[(&Programme, &Verdict)], on: Day) -> Vec<Option<Vec<ProgrammeId>>> {
    let mut granted: Vec<Option<Vec<ProgrammeId>>> = verdicts
        .iter()
        .map(|(_, verdict)| (verdict.outcome == Outcome::Granted).then(Vec::new))
        .collect();
    for settled in settle(verdicts, on) {
        if let Some(it) = granted.get_mut(settled.place) {
            match settled.result {
                Settlement::Keeps => {}
                Settlement::ShutOut { .. } => *it = None,
                Settlement::Open { by, .. } => *it = Some(by),
            }
        }
    }
    granted
}
