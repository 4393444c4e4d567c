//! Near-valid packs: without a defect they are read, with one planted they are refused.

use proptest::collection::vec;
use proptest::prelude::*;

use super::grammar::Writer;
use super::{fuzz, holds};
use crate::pack::{Literal, difference, difference_overlay, read_overlay, read_pack};
use crate::programme::{Policy, Programme};
use crate::quantity::{Quantity, Unit};

/// A defect that the grammar can plant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Defect {
    BothSources,
    Circle,
    Contradiction,
    DayFact,
    Format,
    Gap,
    Hidden,
    Hole,
    Input,
    Interrupted,
    Masked,
    Memo,
    MixedUnits,
    NoDay,
    NoSource,
    Number,
    Order,
    Overlap,
    Payee,
    PublicTitle,
    Repeat,
    StepTwice,
    TwiceAnId,
    TwoTests,
    Unit,
    UnknownClause,
    UnknownFact,
    UnknownKey,
    UnknownSource,
    UnknownStep,
    UnknownValue,
    UntilFirst,
    UnusedClause,
    UnusedValue,
    VersionGap,
    Word,
}

const DEFECTS: [Defect; 36] = [
    Defect::BothSources,
    Defect::Circle,
    Defect::Contradiction,
    Defect::DayFact,
    Defect::Format,
    Defect::Gap,
    Defect::Hidden,
    Defect::Hole,
    Defect::Input,
    Defect::Interrupted,
    Defect::Masked,
    Defect::Memo,
    Defect::MixedUnits,
    Defect::NoDay,
    Defect::NoSource,
    Defect::Number,
    Defect::Order,
    Defect::Overlap,
    Defect::Payee,
    Defect::PublicTitle,
    Defect::Repeat,
    Defect::StepTwice,
    Defect::TwiceAnId,
    Defect::TwoTests,
    Defect::Unit,
    Defect::UnknownClause,
    Defect::UnknownFact,
    Defect::UnknownKey,
    Defect::UnknownSource,
    Defect::UnknownStep,
    Defect::UnknownValue,
    Defect::UntilFirst,
    Defect::UnusedClause,
    Defect::UnusedValue,
    Defect::VersionGap,
    Defect::Word,
];

#[test]
fn near_valid_packs_are_told_from_sound_ones() {
    let tape = vec(any::<u16>(), 0..120);
    let defects = proptest::sample::select(DEFECTS.to_vec());
    fuzz(2_000_000, &(tape, defects), |(tape, defect)| {
        let sound = Writer::new(&tape, None).write();
        prop_assert!(
            holds(&sound)?,
            "{:#?} of\n{sound}",
            crate::pack::read_pack(&sound)
        );
        let planted = Writer::new(&tape, Some(defect)).write();
        // Some tapes have no place for some defects: no table, no word, no number.
        if planted != sound {
            prop_assert!(!holds(&planted)?, "{defect:?} was accepted in\n{planted}");
        }
        Ok(())
    });
}

/// An overlay of one value.
fn overlay(name: &str, value: Quantity) -> String {
    format!(
        "format = 2\noverlay = \"made-up\"\nplace = \"4301\"\n\n[[values.{name}]]\n\
         from = \"2014-01-01\"\nuntil = \"2020-01-01\"\nvalue = \"{value}\"\nassumed = \"x\"\n"
    )
}

#[test]
fn overlays_fit_or_are_refused() {
    let tape = vec(any::<u16>(), 0..120);
    fuzz(3_000_000, &(tape.clone(), tape), |(tape, other)| {
        let text = Writer::new(&tape, None).write();
        let base = read_pack(&text).unwrap();
        prop_assert!(difference(&base, &base).is_empty());
        let other = read_pack(&Writer::new(&other, None).write()).unwrap();
        prop_assert_eq!(difference(&base, &other).is_empty(), base == other);
        for (name, value) in &base.values {
            let Literal::Quantity(quantity) = value.0[0].literal else {
                continue;
            };
            let nearer = overlay(name, quantity);
            let read = read_overlay(&nearer, &base);
            prop_assert!(read.is_ok(), "{read:?} of\n{nearer} upon\n{text}");
            let read = read.unwrap();
            prop_assert!(difference_overlay(Some(&read), &read, &base).is_empty());
            let policy = Policy::read(&Policy::join(&text, &[&nearer])).unwrap();
            prop_assert!(Programme::compile(&policy).is_ok());
            let is_days = quantity.unit == Unit::Day;
            let unit = if is_days { Unit::Month } else { Unit::Day };
            let wrong = overlay(name, Quantity { unit, ..quantity });
            prop_assert!(read_overlay(&wrong, &base).is_err(), "{wrong} upon\n{text}");
        }
        Ok(())
    });
}
