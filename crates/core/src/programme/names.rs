//! Which values a version's parts name.

use std::collections::BTreeSet;

use crate::pack::{Condition, Form, Operand, Pack, Test, Version};

/// The values that a condition names itself, without those of its clauses.
pub(crate) fn of_condition(condition: &Condition, names: &mut BTreeSet<String>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                of_condition(part, names);
            }
        }
        Condition::Not(part) => of_condition(part, names),
        Condition::Clause(_) => {}
        Condition::Fact(_, test) => of_test(test, names),
    }
}

/// The values that a condition and all its clauses name.
fn of_whole(pack: &Pack, condition: &Condition, names: &mut BTreeSet<String>) {
    of_condition(condition, names);
    each_clause(condition, &mut |id| {
        if let Some(clause) = pack.clause(id) {
            of_whole(pack, &clause.condition, names);
        }
    });
}

/// The ids of the clauses that a condition names itself.
fn each_clause(condition: &Condition, show: &mut impl FnMut(&str)) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                each_clause(part, show);
            }
        }
        Condition::Not(part) => each_clause(part, show),
        Condition::Clause(id) => show(id),
        Condition::Fact(..) => {}
    }
}

fn of_test(test: &Test, names: &mut BTreeSet<String>) {
    let operands: [Option<&Operand>; 2] = match test {
        Test::Is(_) | Test::AtLeastFact(_) | Test::BelowFact(_) => [None, None],
        Test::In(one)
        | Test::AtLeast(one)
        | Test::AtMost(one)
        | Test::Above(one)
        | Test::Below(one)
        | Test::OnOrAfter(one)
        | Test::Before(one)
        | Test::AgeAtLeast(one)
        | Test::AgeBelow(one)
        | Test::DaysSinceAtLeast(one)
        | Test::DaysSinceAtMost(one) => [Some(one), None],
        Test::Between(one, two) | Test::AgeBetween(one, two) => [Some(one), Some(two)],
    };
    for operand in operands.into_iter().flatten() {
        match operand {
            Operand::Value(name) => {
                names.insert(name.clone());
            }
            Operand::Literal(_) => {}
        }
    }
}

/// The values that a form names, the one that matters most first.
pub(crate) fn of_form(form: &Form) -> Vec<&str> {
    let (required, optional): (Vec<&String>, Vec<&Option<String>>) = match form {
        Form::Flat { amount } | Form::Premium { amount, .. } => (vec![amount], vec![]),
        Form::PerUnit {
            rate, free, cap, ..
        } => (vec![rate], vec![free, cap]),
        Form::PerStayDay(stay) => (
            vec![&stay.rate, &stay.counting],
            vec![
                &stay.free,
                &stay.cap_per_stay,
                &stay.cap_per_year,
                &stay.cap_lifetime,
            ],
        ),
        Form::ShareOfCost {
            deductible,
            share,
            ceiling,
            ..
        } => (vec![share], vec![deductible, ceiling]),
        Form::Interest {
            principal_cap,
            principal_cap_per_household_led,
            rate_cap,
            day_count,
            window_start,
            paid,
            grace,
        } => (
            vec![principal_cap, rate_cap, day_count, window_start],
            vec![principal_cap_per_household_led, paid, grace],
        ),
        Form::Quota { amount, places } => (vec![amount, places], vec![]),
        Form::InKind { .. } => (vec![], vec![]),
    };
    let optional = optional.into_iter().flatten();
    required
        .into_iter()
        .chain(optional)
        .map(String::as_str)
        .collect()
}

/// Every value that a version rests on.
pub(crate) fn of_version(pack: &Pack, version: &Version) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    of_whole(pack, &version.eligibility, &mut names);
    for component in &version.components {
        if let Some(when) = &component.when {
            of_whole(pack, when, &mut names);
        }
        names.extend(of_form(&component.form).into_iter().map(str::to_owned));
    }
    for evidence in &version.evidence {
        if let Some(when) = &evidence.when {
            of_whole(pack, when, &mut names);
        }
    }
    let limits = &version.limits;
    let limits = [
        &limits.per_period,
        &limits.per_year,
        &limits.lifetime,
        &limits.times,
    ];
    let others = limits.into_iter().chain([&version.publicity.days]);
    names.extend(others.flatten().cloned());
    names
}
