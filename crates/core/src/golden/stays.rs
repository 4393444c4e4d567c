//! The stays and statuses of golden cases.

use toml::de::DeTable;

use crate::day::{Day, Period};
use crate::diagnosis::DiagnosisCode;
use crate::hospital::{HospitalClass, HospitalGrade, HospitalLevel, Ownership};
use crate::money::Fen;
use crate::status::{Grade, StatusKind};
use crate::stay::{Charges, NursingDays};

use super::dom::{Node, Reader, integer};
use super::read::{A_DAY, expected};
use super::{CaseStatus, CaseStay};

const STAY_KEYS: &[&str] = &[
    "admitted_on",
    "discharged_on",
    "claimed_on",
    "diagnosis",
    "hospital_level",
    "hospital_grade",
    "hospital_ownership",
    "nursing_days",
    "icu_days",
    "cost_total",
    "cost_insured",
    "cost_self_paid",
    "expect",
];

/// The person's statuses.
pub(super) fn statuses<'t>(reader: &mut Reader<'t>, node: &Node<'t>) -> Vec<CaseStatus> {
    let parts = reader.list(node);
    let status = |part| status(reader, part);
    parts.into_iter().filter_map(status).collect()
}

fn status<'t>(reader: &mut Reader<'t>, node: &Node<'t>) -> Option<CaseStatus> {
    let table = reader.table(node)?;
    reader.keys(table, &["kind", "grade", "from", "until"]);
    let kind = reader.required(table, &node.span(), "kind");
    let kind: Option<StatusKind> = kind.and_then(|node| reader.parse(node, "a kind of status"));
    let from = day(reader, table, node, "from");
    let until = match table.get("until") {
        Some(node) => Some(reader.parse::<Day>(node, A_DAY)?),
        None => None,
    };
    let grade = match table.get("grade") {
        Some(node) => Some(grade(reader, node)?),
        None => None,
    };
    let kind = kind?;
    if kind.has_grade() != grade.is_some() {
        let expected = match kind.has_grade() {
            true => "a grade from 1 to 4",
            false => "no grade: the kind has none",
        };
        reader.unlike(node, expected);
    }
    let period = Period::new(from?, until);
    if period.is_none() {
        reader.unlike(node, "`until` after `from`");
    }
    Some(CaseStatus {
        kind,
        grade,
        period: period?,
    })
}

fn grade(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Grade> {
    let grade = integer(node).and_then(|grade| u8::try_from(grade).ok());
    let grade = grade.and_then(Grade::new);
    if grade.is_none() {
        reader.unlike(node, "a grade from 1 to 4");
    }
    grade
}

fn day<'t>(
    reader: &mut Reader<'t>,
    table: &DeTable<'t>,
    node: &Node<'t>,
    key: &str,
) -> Option<Day> {
    let value = reader.required(table, &node.span(), key)?;
    reader.parse(value, A_DAY)
}

/// The person's stays.
pub(super) fn stays<'t>(reader: &mut Reader<'t>, node: &Node<'t>) -> Vec<CaseStay> {
    let parts = reader.list(node);
    if parts.is_empty() {
        reader.unlike(node, "at least one stay");
    }
    let stay = |part| stay(reader, part);
    parts.into_iter().filter_map(stay).collect()
}

fn stay<'t>(reader: &mut Reader<'t>, node: &Node<'t>) -> Option<CaseStay> {
    let table = reader.table(node)?;
    let span = node.span();
    reader.keys(table, STAY_KEYS);
    let admitted_on = day(reader, table, node, "admitted_on");
    let discharged_on = day(reader, table, node, "discharged_on");
    let claimed_on = match table.get("claimed_on") {
        Some(node) => reader.parse(node, A_DAY),
        None => discharged_on,
    };
    let diagnosis: Option<DiagnosisCode> = reader
        .required(table, &span, "diagnosis")
        .and_then(|node| reader.parse(node, "an ICD-10 code such as I63.900"));
    let hospital = hospital(reader, table, node);
    let nursing = match table.get("nursing_days") {
        Some(node) => nursing(reader, node),
        None => Some(NursingDays::default()),
    };
    let icu_days = match table.get("icu_days") {
        Some(node) => reader.number(node),
        None => Some(0),
    };
    let charges = charges(reader, table, node)?;
    let expect = reader
        .required(table, &span, "expect")
        .and_then(|node| expected(reader, node));
    Some(CaseStay {
        line: reader.place(span.start).0,
        admitted_on: admitted_on?,
        discharged_on: discharged_on?,
        claimed_on: claimed_on?,
        diagnosis: diagnosis?,
        hospital: hospital?,
        nursing: nursing?,
        icu_days: icu_days?,
        charges,
        expect: expect?,
    })
}

/// What the stay cost: all three facts, or none. `None` for a fault.
#[expect(
    clippy::option_option,
    reason = "a fault is told from charges that are not given"
)]
fn charges<'t>(
    reader: &mut Reader<'t>,
    table: &DeTable<'t>,
    node: &Node<'t>,
) -> Option<Option<Charges>> {
    let keys = ["cost_total", "cost_insured", "cost_self_paid"];
    if !keys.iter().any(|key| table.contains_key(*key)) {
        return Some(None);
    }
    let [total, insurance_paid, self_paid] = keys.map(|key| {
        let node = reader.required(table, &node.span(), key)?;
        let fen = integer(node).filter(|fen| *fen >= 0);
        if fen.is_none() {
            reader.unlike(node, "a whole number of fen, not below 0");
        }
        fen.map(Fen::new)
    });
    Some(Some(Charges {
        total: total?,
        insurance_paid: insurance_paid?,
        self_paid: self_paid?,
    }))
}

fn hospital<'t>(
    reader: &mut Reader<'t>,
    table: &DeTable<'t>,
    node: &Node<'t>,
) -> Option<HospitalClass> {
    let level: Option<HospitalLevel> = reader
        .required(table, &node.span(), "hospital_level")
        .and_then(|node| reader.parse(node, "unrated, level_1, level_2 or level_3"));
    let ownership: Option<Ownership> = reader
        .required(table, &node.span(), "hospital_ownership")
        .and_then(|node| reader.parse(node, "public or private"));
    let grade = match table.get("hospital_grade") {
        Some(node) => reader.parse(node, "none, c, b, a or special"),
        None => Some(HospitalGrade::None),
    };
    Some(HospitalClass {
        level: level?,
        grade: grade?,
        ownership: ownership?,
    })
}

/// Days by level; a level left out has none.
fn nursing<'t>(reader: &mut Reader<'t>, node: &Node<'t>) -> Option<NursingDays> {
    let table = reader.table(node)?;
    let levels = ["special", "level_1", "level_2", "level_3"];
    reader.keys(table, &levels);
    let [special, level_1, level_2, level_3] = levels.map(|level| match table.get(level) {
        Some(node) => reader.number(node),
        None => Some(0),
    });
    Some(NursingDays {
        special: special?,
        level_1: level_1?,
        level_2: level_2?,
        level_3: level_3?,
    })
}
