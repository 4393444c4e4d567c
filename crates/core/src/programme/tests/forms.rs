//! The interpreter's second half: what each form pays, and the limits on the sum.

use std::cmp::{max, min};

use crate::day::Day;
use crate::fact::Fact;
use crate::loan::tests::slow_part;
use crate::pack::{Form, Limits, Literal, StayUnits, Tier};
use crate::quantity::{Quantity, Unit};
use crate::trace::Outcome;

use super::interpreter::{Answer, Known, Missing, World, both};

/// What an entitlement gives.
pub(super) enum Given {
    /// Fen.
    Money(i128),
    /// A service.
    Service,
}

/// What a form gives.
pub(super) fn given(world: &World<'_>, form: &Form) -> Known<Given> {
    let money = match form {
        Form::InKind { .. } => return Ok(Given::Service),
        Form::Flat { amount } | Form::Premium { amount, .. } => number(world, amount)?,
        Form::PerUnit {
            rate,
            units,
            free,
            cap,
        } => {
            let caps = [cap.as_deref()];
            per_unit(world, rate, *units, free.as_deref(), &caps)?
        }
        Form::PerStayDay(units) => stay_days(world, units)?,
        Form::ShareOfCost {
            cost,
            deductible,
            share,
            ceiling,
        } => {
            let (deductible, ceiling) = (deductible.as_deref(), ceiling.as_deref());
            share_of_cost(world, *cost, deductible, share, ceiling)?
        }
        Form::Interest { .. } => interest(world, form)?,
        Form::Quota { amount, places } => {
            let taken = world.fact(Fact::QuotaTaken).map(i128::from);
            let amount = number(world, amount);
            match both(taken, number(world, places)) {
                Ok((taken, places)) if taken < places => amount?,
                Ok(_) => 0,
                // As long as a place may be left, the amount may matter too.
                Err(missing) => {
                    return Err(missing
                        .union(&amount.err().unwrap_or_default())
                        .copied()
                        .collect());
                }
            }
        }
    };
    Ok(Given::Money(money))
}

/// The number of a value that is no limit.
fn number(world: &World<'_>, name: &str) -> Known<i128> {
    let quantity = world.quantity(name)?;
    Ok(i128::from(quantity.expect("it is no limit").number))
}

/// The quantity of a limit, if one is set.
fn limit(world: &World<'_>, name: Option<&str>) -> Known<Option<Quantity>> {
    match name {
        Some(name) => world.quantity(name),
        None => Ok(None),
    }
}

fn per_unit(
    world: &World<'_>,
    rate: &str,
    units: Fact,
    free: Option<&str>,
    caps: &[Option<&str>],
) -> Known<i128> {
    let mut known = both(number(world, rate), world.fact(units));
    let free = limit(world, free).map(|free| free.map_or(0, |free| i128::from(free.number)));
    let mut limits: Known<Vec<Quantity>> = Ok(Vec::new());
    for cap in caps {
        limits = both(limits, limit(world, *cap)).map(|(mut limits, cap)| {
            limits.extend(cap);
            limits
        });
    }
    let rest = both(free, limits);
    if let (Err(missing), Err(more)) = (&mut known, &rest) {
        missing.extend(more);
    }
    let ((rate, units), (free, limits)) = (known?, rest?);
    let mut paid = max(i128::from(units) - free, 0);
    for cap in limits.iter().filter(|cap| cap.unit != Unit::Yuan) {
        paid = min(paid, i128::from(cap.number));
    }
    let mut amount = rate * paid;
    for cap in limits.iter().filter(|cap| cap.unit == Unit::Yuan) {
        amount = min(amount, i128::from(cap.number));
    }
    Ok(amount)
}

/// One described stay.
fn stay_days(world: &World<'_>, units: &StayUnits) -> Known<i128> {
    let StayUnits {
        rate,
        counting,
        free,
        cap_per_stay,
        cap_per_year,
        cap_lifetime,
    } = units;
    assert!(matches!(world.value(counting), Literal::Words(_)));
    let caps = [cap_per_stay, cap_per_year, cap_lifetime].map(|cap| cap.as_deref());
    per_unit(world, rate, Fact::StayDays, free.as_deref(), &caps)
}

fn share_of_cost(
    world: &World<'_>,
    cost: Fact,
    deductible: Option<&str>,
    share: &str,
    ceiling: Option<&str>,
) -> Known<i128> {
    let money = |limit: Option<Quantity>| limit.map(|limit| i128::from(limit.number));
    let deductible = limit(world, deductible).map(money);
    let ceiling = limit(world, ceiling).map(money);
    let shares: Known<Vec<(i128, i128)>> = if let Literal::Tiers(tiers) = world.value(share) {
        let tier = |tier: &Tier| {
            let (above, share) = (tier.above.number, tier.share.number);
            (i128::from(above), i128::from(share))
        };
        Ok(tiers.iter().map(tier).collect())
    } else {
        number(world, share).map(|share| vec![(0, share)])
    };
    let cost = both(world.fact(cost), deductible);
    let ((cost, deductible), (shares, ceiling)) = both(cost, both(shares, ceiling))?;
    let above = max(i128::from(cost) - deductible.unwrap_or(0), 0);
    let mut millionths = 0;
    for (place, (from, share)) in shares.iter().enumerate() {
        let until = shares
            .get(place + 1)
            .map_or(above, |(next, _)| min(above, *next));
        millionths += max(until - from, 0) * share;
    }
    let amount = half_up(millionths, 1_000_000);
    Ok(ceiling.map_or(amount, |ceiling| min(amount, ceiling)))
}

fn interest(world: &World<'_>, form: &Form) -> Known<i128> {
    let Form::Interest {
        principal_cap,
        principal_cap_per_household_led,
        rate_cap,
        day_count,
        window_start,
        ..
    } = form
    else {
        unreachable!("only interest is asked for");
    };
    let leads = match principal_cap_per_household_led {
        // `cooperative` is the second word of the fact.
        Some(_) => world.fact(Fact::LoanBorrower).map(|it| it == 1),
        None => Ok(false),
    };
    let of_principal = match (leads, principal_cap_per_household_led) {
        (Err(missing), _) => Err(missing),
        (Ok(true), Some(cap)) => both(number(world, cap), world.fact(Fact::LoanHouseholdsLed))
            .map(|(cap, led)| cap * i128::from(led)),
        (Ok(_), _) => number(world, principal_cap),
    };
    let caps = both(of_principal, number(world, rate_cap));
    let loan = both(world.fact(Fact::LoanPrincipal), world.fact(Fact::LoanRate));
    let days = both(world.fact(Fact::LoanFrom), world.fact(Fact::LoanUntil));
    let (((principal_cap, rate_cap), (principal, rate)), (from, until)) =
        both(both(caps, loan), days)?;
    let Literal::Words(convention) = world.value(day_count) else {
        panic!("{day_count} is no day count");
    };
    let Literal::MonthDay(month, day) = world.value(window_start) else {
        panic!("{window_start} is no day of a year");
    };
    let start_in = |year: i32| {
        let start = Day::from_ymd(year, *month, *day);
        start.or_else(|| Day::from_ymd(year, 3, 1)).unwrap()
    };
    let mut year = world.day.year();
    if start_in(year) > world.day {
        year -= 1;
    }
    let first = max(start_in(year), Day::of_number(from).unwrap());
    let last = Day::of_number(until).unwrap();
    let end = min(start_in(year + 1), last);
    let (part, year) = slow_part(&convention.join(" "), first, end, last);
    let interest = min(principal.into(), principal_cap) * min(rate.into(), rate_cap) * part;
    Ok(half_up(interest, 1_000_000 * year))
}

/// The quotient of numbers from 0, halves upwards.
fn half_up(numerator: i128, denominator: i128) -> i128 {
    (2 * numerator + denominator).div_euclid(2 * denominator)
}

/// What is left of a sum under the limits.
pub(super) fn limited(world: &World<'_>, limits: &Limits, sum: i128, service: bool) -> Answer {
    let mut missing = Missing::new();
    let mut amount = sum;
    let caps = [
        (&limits.per_period, None),
        (&limits.per_year, Some(Fact::ReceivedThisYear)),
        (&limits.lifetime, Some(Fact::ReceivedInAll)),
    ];
    for (name, record) in caps {
        match room(world, name.as_deref(), record) {
            Ok(Some(room)) => amount = min(amount, room),
            Ok(None) => {}
            Err(more) => missing.extend(more),
        }
    }
    let used_up = match room(world, limits.times.as_deref(), Some(Fact::TimesReceived)) {
        Ok(room) => room == Some(0),
        Err(more) => {
            missing.extend(more);
            false
        }
    };
    if !missing.is_empty() {
        return Answer {
            outcome: Outcome::Undetermined,
            amount: 0,
            missing,
        };
    }
    let granted = !used_up && (amount > 0 || service);
    Answer {
        outcome: if granted {
            Outcome::Granted
        } else {
            Outcome::Refused
        },
        amount: if granted { amount } else { 0 },
        missing,
    }
}

/// What a limit leaves after what was received before; nothing where no limit is set.
fn room(world: &World<'_>, name: Option<&str>, record: Option<Fact>) -> Known<Option<i128>> {
    let limit = limit(world, name);
    if limit == Ok(None) {
        return Ok(None);
    }
    let received = record.map_or(Ok(0), |record| world.fact(record));
    let (limit, received) = both(limit, received)?;
    Ok(limit.map(|limit| max(i128::from(limit.number) - i128::from(received), 0)))
}

#[test]
fn halves_of_a_fen_go_up() {
    for (numerator, denominator, rounded) in [
        (0, 3, 0),
        (1, 3, 0),
        (1, 2, 1),
        (3, 2, 2),
        (5, 3, 2),
        (7, 7, 1),
    ] {
        assert_eq!(
            half_up(numerator, denominator),
            rounded,
            "{numerator}/{denominator}"
        );
    }
}
