//! From the text of golden cases to [`Cases`], with all faults at once.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;
use toml::de::DeTable;

use crate::day::Day;
use crate::division::DivisionCode;
use crate::fact::{Fact, FactScope, FactValue};
use crate::money::Fen;
use crate::pack::{Fault, ProgrammeId};
use crate::quantity::{Quantity, Unit};
use crate::trace::Outcome;

use super::dom::{Node, Reader, integer};
use super::{Case, Cases, Expected, Question};

/// What a day looks like, for faults.
pub(super) const A_DAY: &str = "a day written \"YYYY-MM-DD\"";

const CASE_KEYS: &[&str] = &[
    "name", "on", "division", "facts", "statuses", "stays", "expect",
];

/// Reads the golden cases of a pack.
///
/// # Errors
/// All [`Fault`]s of the text, in its order.
pub fn read(text: &str) -> Result<Cases, Vec<Fault>> {
    let (mut reader, root) = Reader::open(text);
    let span = root.span();
    let table = root.get_ref();
    reader.keys(table, &["programme", "cases"]);
    let programme = reader
        .required(table, &span, "programme")
        .and_then(|node| programme(&mut reader, node));
    let nodes = match reader.required(table, &span, "cases") {
        Some(node) => reader.list(node),
        None => Vec::new(),
    };
    let mut cases = Vec::new();
    let mut names = BTreeSet::new();
    for node in nodes {
        let Some(case) = case(&mut reader, node) else {
            continue;
        };
        if !names.insert(case.name.clone()) {
            let found = format!("a second case named \"{}\"", case.name);
            reader.fault(&node.span(), found, "a name of its own");
        }
        cases.push(case);
    }
    let faults = reader.close();
    match programme {
        Some(programme) if faults.is_empty() => Ok(Cases { programme, cases }),
        Some(_) | None => Err(faults),
    }
}

fn programme(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<ProgrammeId> {
    let id = node.get_ref().as_str().and_then(ProgrammeId::parse);
    if id.is_none() {
        reader.unlike(node, "the id of a programme");
    }
    id
}

fn case<'t>(reader: &mut Reader<'t>, node: &Node<'t>) -> Option<Case> {
    let table = reader.table(node)?;
    let span = node.span();
    reader.keys(table, CASE_KEYS);
    let name = reader
        .required(table, &span, "name")
        .and_then(|node| name(reader, node));
    let on: Option<Day> = reader
        .required(table, &span, "on")
        .and_then(|node| reader.parse(node, A_DAY));
    let division = match table.get("division") {
        Some(node) => Some(reader.parse::<DivisionCode>(node, "the code of a division")?),
        None => None,
    };
    let facts = match table.get("facts") {
        Some(node) => facts(reader, node, table.contains_key("stays")),
        None => Vec::new(),
    };
    let question = question(reader, table, &span);
    Some(Case {
        name: name?,
        line: reader.place(span.start).0,
        on: on?,
        division,
        facts,
        question: question?,
    })
}

fn name(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<String> {
    let name = node.get_ref().as_str().filter(|name| !name.is_empty());
    if name.is_none() {
        reader.unlike(node, "what the case is called");
    }
    name.map(str::to_owned)
}

fn question<'t>(
    reader: &mut Reader<'t>,
    table: &DeTable<'t>,
    span: &Range<usize>,
) -> Option<Question> {
    if let Some(stays) = table.get("stays") {
        if let Some((key, _)) = table.get_key_value("expect") {
            reader.fault(
                &key.span(),
                "`expect` beside `stays`",
                "`expect` in each stay",
            );
        }
        return Some(Question::Stays {
            statuses: match table.get("statuses") {
                Some(node) => super::stays::statuses(reader, node),
                None => Vec::new(),
            },
            stays: super::stays::stays(reader, stays),
        });
    }
    if let Some((key, _)) = table.get_key_value("statuses") {
        reader.fault(
            &key.span(),
            "`statuses` without `stays`",
            "the facts of the statuses, such as `child_died`, in `facts`",
        );
    }
    let node = reader.required(table, span, "expect")?;
    let expected = expected(reader, node)?;
    if expected.days.is_some() {
        reader.unlike(node, "no `days`: they are of stays");
    }
    Some(Question::Facts(expected))
}

/// What a decision must be; its parts must not contradict its outcome.
pub(super) fn expected<'t>(reader: &mut Reader<'t>, node: &Node<'t>) -> Option<Expected> {
    let table = reader.table(node)?;
    let known = ["outcome", "amount", "days", "failing", "missing"];
    reader.keys(table, &known);
    let outcome = reader.required(table, &node.span(), "outcome");
    let outcome: Outcome =
        outcome.and_then(|node| reader.parse(node, "granted, refused or undetermined"))?;
    let fits: &[&str] = match outcome {
        Outcome::Granted => &["amount", "days", "failing"],
        Outcome::Refused => &["failing"],
        Outcome::Undetermined => &["missing", "failing"],
    };
    for (key, value) in table {
        let key: &str = key.get_ref().as_ref();
        if known.contains(&key) && key != "outcome" && !fits.contains(&key) {
            reader.unlike(value, format!("no `{key}` where the outcome is {outcome}"));
        }
    }
    Some(Expected {
        outcome,
        amount: match table.get("amount") {
            Some(node) => Some(amount(reader, node)?),
            None => None,
        },
        days: match table.get("days") {
            Some(node) => Some(reader.number(node)?),
            None => None,
        },
        failing: match table.get("failing") {
            Some(node) => failing(reader, node),
            None => Vec::new(),
        },
        missing: match table.get("missing") {
            Some(node) => missing(reader, node),
            None => Vec::new(),
        },
    })
}

fn amount(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Fen> {
    let quantity = reader.parse::<Quantity>(node, "an amount such as \"590 yuan\"")?;
    if quantity.unit != Unit::Yuan {
        reader.unlike(node, "an amount in yuan");
        return None;
    }
    quantity.money()
}

fn failing<'t>(reader: &mut Reader<'t>, node: &Node<'t>) -> Vec<String> {
    let mut clauses = Vec::new();
    for part in reader.list(node) {
        match part.get_ref().as_str() {
            Some(clause) => clauses.push(clause.to_owned()),
            None => reader.unlike(part, "the id of a clause"),
        }
    }
    clauses
}

fn missing<'t>(reader: &mut Reader<'t>, node: &Node<'t>) -> Vec<Fact> {
    let parts = reader.list(node);
    let fact = |part| reader.parse::<Fact>(part, "the id of a fact");
    parts.into_iter().filter_map(fact).collect()
}

/// What is known; beside stays, nothing that is of one stay or one day.
fn facts<'t>(reader: &mut Reader<'t>, node: &Node<'t>, stays: bool) -> Vec<FactValue> {
    let Some(table) = reader.table(node) else {
        return Vec::new();
    };
    let mut values = Vec::new();
    for (key, value) in table {
        let Ok(fact) = key.get_ref().parse::<Fact>() else {
            let found = format!("`{}`", key.get_ref());
            reader.fault(&key.span(), found, "the id of a fact");
            continue;
        };
        if stays && matches!(fact.info().scope, FactScope::Stay | FactScope::Day) {
            let found = format!("`{fact}` beside `stays`");
            reader.fault(
                &key.span(),
                found,
                "facts of the person; those of a stay in each stay",
            );
            continue;
        }
        match FactValue::parse(fact, &json(value)) {
            Ok(value) => values.push(value),
            Err(error) => reader.unlike(value, error.0.expected()),
        }
    }
    values
}

/// The value as the API would have it; null for what no fact is.
fn json(node: &Node<'_>) -> Value {
    let value = node.get_ref();
    if let Some(text) = value.as_str() {
        return Value::from(text);
    }
    if let Some(truth) = value.as_bool() {
        return Value::from(truth);
    }
    integer(node).map_or(Value::Null, Value::from)
}
