//! From a policy to its rules: cut where anything changes, every value resolved.

use std::collections::BTreeSet;

use crate::day::Day;
use crate::loan::Paid;
use crate::pack::{Component as PackComponent, Condition, Literal, Version};

use super::CompileError;
use super::asking::Asking;
use super::form::{Cap, Form, Share, StayCap, StayRate};
use super::interest::Interest;
use super::names;
use super::node::Node;
use super::operand::Resolver;
use super::plain::Plain;
use super::policy::Policy;
use super::rules::{Component, Limits, Rules};

/// The rules of every span of days on which some version is in force, oldest first.
pub(crate) fn spans(policy: &Policy) -> Result<Vec<Rules>, CompileError> {
    let mut spans = Vec::new();
    for (place, version) in policy.pack().versions.iter().enumerate() {
        let next = policy.pack().versions.get(place.saturating_add(1));
        let next = next.map(|next| next.from);
        let end = match (version.until, next) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        let cuts: Vec<Day> = cuts(policy, version, end).into_iter().collect();
        for (number, from) in cuts.iter().enumerate() {
            let until = cuts.get(number.saturating_add(1)).copied().or(end);
            spans.push(rules(policy, place, version, *from, until)?);
        }
    }
    if spans.is_empty() {
        return Err(CompileError::NoVersion);
    }
    Ok(spans)
}

/// The days on which a version or a value that it rests on changes, from its first day to before
/// its end.
fn cuts(policy: &Policy, version: &Version, end: Option<Day>) -> BTreeSet<Day> {
    let mut cuts = BTreeSet::from([version.from]);
    for name in names::of_version(policy.pack(), version) {
        for entry in policy.entries(&name) {
            cuts.insert(entry.from);
            cuts.extend(entry.until);
        }
    }
    cuts.retain(|day| version.from <= *day && end.is_none_or(|end| *day < end));
    cuts
}

fn rules(
    policy: &Policy,
    place: usize,
    version: &Version,
    from: Day,
    until: Option<Day>,
) -> Result<Rules, CompileError> {
    let resolver = Resolver { policy, day: from };
    let told = node(&resolver, &version.eligibility)?;
    let components: Result<Box<[Component]>, CompileError> = version
        .components
        .iter()
        .map(|it| component(&resolver, it))
        .collect();
    let components = components?;
    let eligibility = Asking::of(told.bare());
    let limit = |name: &Option<String>| resolver.limit(name.as_deref());
    Ok(Rules {
        from,
        until,
        version: place,
        plain: Plain::of(&eligibility, &components),
        eligibility,
        told,
        components,
        limits: Limits {
            any: version.limits != crate::pack::Limits::default(),
            per_period: limit(&version.limits.per_period)?,
            per_year: limit(&version.limits.per_year)?,
            lifetime: limit(&version.limits.lifetime)?,
            times: limit(&version.limits.times)?,
        },
    })
}

fn component(resolver: &Resolver<'_>, it: &PackComponent) -> Result<Component, CompileError> {
    let told = match &it.when {
        Some(when) => node(resolver, when)?,
        None => Node::Always,
    };
    Ok(Component {
        when: Asking::of(told.bare()),
        told,
        form: form(resolver, &it.form)?,
    })
}

/// A condition with its clauses.
pub(crate) fn node(resolver: &Resolver<'_>, it: &Condition) -> Result<Node, CompileError> {
    let parts = |parts: &[Condition]| -> Result<Box<[Node]>, CompileError> {
        parts.iter().map(|part| node(resolver, part)).collect()
    };
    match it {
        Condition::All(all) => Ok(Node::All(parts(all)?)),
        Condition::Any(any) => Ok(Node::Any(parts(any)?)),
        Condition::Not(part) => Ok(Node::Not(Box::new(node(resolver, part)?))),
        Condition::Clause(id) => {
            let clauses = &resolver.policy.pack().clauses;
            let place = clauses.iter().position(|clause| clause.id == *id);
            let found = place.and_then(|place| Some((place, clauses.get(place)?)));
            let (place, clause) = found.ok_or_else(|| CompileError::NoClause(id.clone()))?;
            let condition = node(resolver, &clause.condition)?;
            Ok(Node::Clause(place, Box::new(condition)))
        }
        Condition::Fact(fact, test) => resolver.test(*fact, test),
    }
}

fn form(resolver: &Resolver<'_>, it: &crate::pack::Form) -> Result<Form, CompileError> {
    use crate::pack::Form as Told;
    Ok(match it {
        Told::Flat { amount } | Told::Premium { amount, .. } => {
            Form::Amount(resolver.figure(amount)?)
        }
        Told::PerUnit {
            rate,
            units,
            free,
            cap,
        } => Form::PerUnit {
            rate: resolver.figure(rate)?,
            units: *units,
            free: resolver.free(free.as_deref())?,
            cap: cap
                .as_deref()
                .map(|cap| unit_cap(resolver, cap))
                .transpose()?,
        },
        Told::PerStayDay(stay) => {
            let cap = |name: &Option<String>| stay_cap(resolver, name.as_deref());
            Form::PerStayDay(Box::new(StayRate {
                rate: resolver.figure(&stay.rate)?,
                counting: resolver.word(&stay.counting)?,
                free: match &stay.free {
                    Some(free) => resolver.count(free)?,
                    None => 0,
                },
                cap_per_stay: cap(&stay.cap_per_stay)?,
                cap_per_year: cap(&stay.cap_per_year)?,
                cap_lifetime: cap(&stay.cap_lifetime)?,
            }))
        }
        Told::ShareOfCost {
            cost,
            deductible,
            share,
            ceiling,
        } => Form::ShareOfCost {
            cost: *cost,
            deductible: resolver.free(deductible.as_deref())?,
            share: self::share(resolver, share)?,
            ceiling: resolver.limit(ceiling.as_deref())?,
        },
        Told::Interest {
            principal_cap,
            principal_cap_per_household_led,
            rate_cap,
            day_count,
            window_start,
            paid,
            grace,
        } => Form::Interest(Box::new(Interest {
            principal_cap: resolver.figure(principal_cap)?,
            per_household_led: principal_cap_per_household_led
                .as_deref()
                .map(|name| resolver.figure(name))
                .transpose()?,
            rate_cap: resolver.figure(rate_cap)?,
            day_count: resolver.word(day_count)?,
            window: window(resolver, window_start)?,
            paid: match paid {
                Some(paid) => resolver.word(paid)?,
                None => Paid::YearEnd,
            },
            grace: match grace {
                Some(grace) => resolver.count(grace)?,
                None => 0,
            },
        })),
        Told::Quota { amount, places } => Form::Quota {
            amount: resolver.figure(amount)?,
            places: resolver.figure(places)?,
        },
        Told::InKind { .. } => Form::InKind,
    })
}

/// A cap in yuan or in units, by the unit of its value; none where it is `"none"`.
fn unit_cap(resolver: &Resolver<'_>, name: &str) -> Result<Cap, CompileError> {
    let figure = resolver.figure(name)?;
    Ok(if resolver.is_money(name)? {
        Cap::Money(figure)
    } else {
        Cap::Units(figure)
    })
}

fn stay_cap(resolver: &Resolver<'_>, name: Option<&str>) -> Result<Option<StayCap>, CompileError> {
    let Some(name) = name else { return Ok(None) };
    if matches!(resolver.literal(name)?, Literal::Unlimited) {
        return Ok(None);
    }
    if resolver.is_money(name)? {
        return resolver.money(name).map(StayCap::Money).map(Some);
    }
    resolver.count(name).map(StayCap::Days).map(Some)
}

fn share(resolver: &Resolver<'_>, name: &str) -> Result<Share, CompileError> {
    match resolver.literal(name)? {
        Literal::Tiers(tiers) => {
            let tier = |tier: &crate::pack::Tier| (tier.above.number, tier.share.number);
            Ok(Share::Tiers(tiers.iter().map(tier).collect()))
        }
        Literal::Quantity(_)
        | Literal::Unlimited
        | Literal::Day(_)
        | Literal::MonthDay(..)
        | Literal::Words(_)
        | Literal::Diagnoses(_)
        | Literal::Divisions(_)
        | Literal::Table(_) => resolver.figure(name).map(Share::Whole),
    }
}

fn window(resolver: &Resolver<'_>, name: &str) -> Result<i64, CompileError> {
    let number = |month: u32, day: u32| {
        i64::from(month)
            .saturating_mul(100)
            .saturating_add(i64::from(day))
    };
    match resolver.literal(name)? {
        Literal::MonthDay(month, day) => Ok(number(*month, *day)),
        Literal::Quantity(_)
        | Literal::Unlimited
        | Literal::Day(_)
        | Literal::Words(_)
        | Literal::Diagnoses(_)
        | Literal::Divisions(_)
        | Literal::Table(_)
        | Literal::Tiers(_) => Err(resolver.faulty(name)),
    }
}
