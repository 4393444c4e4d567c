//! What holds whatever the holder: splitting, lateness, order of arrival, reversal, replay.

use super::book::Book;
use super::chance::{Dice, random_book, random_holder};
use super::world::{compiled, day, event_id};
use crate::day::Day;
use crate::loan::{
    EventKind, HolderFacts, LoanDecision, LoanEvent, SubsidyPeriod, check, subsidise,
};
use crate::programme::Programme;
use crate::trace::Outcome;

/// Some holders under some book, each with a period and a day on which it is decided.
fn each(seeds: u64, mut law: impl FnMut(&mut Dice, &Programme, &HolderFacts, SubsidyPeriod, Day)) {
    let mut programme = None;
    for seed in 0..seeds {
        let mut dice = Dice(seed + 1_000_000);
        if seed % 25 == 0 {
            let book: Book = random_book(&mut dice);
            programme = Some(compiled(&book.pack()));
        }
        let holder = random_holder(&mut dice);
        let days = |dice: &mut Dice, most| u32::try_from(dice.below(most)).unwrap();
        let from = day("2018-05-01").plus_days(days(&mut dice, 900)).unwrap();
        let until = from.plus_days(2 + days(&mut dice, 400)).unwrap();
        let as_of = until.plus_days(days(&mut dice, 90)).unwrap();
        let period = SubsidyPeriod { from, until };
        law(
            &mut dice,
            programme.as_ref().unwrap(),
            &holder,
            period,
            as_of,
        );
    }
}

fn of(
    programme: &Programme,
    holder: &HolderFacts,
    period: SubsidyPeriod,
    as_of: Day,
) -> Vec<LoanDecision> {
    subsidise(programme, holder, period, as_of).unwrap()
}

fn bytes(decisions: &[LoanDecision]) -> String {
    serde_json::to_string(decisions).unwrap()
}

#[test]
fn splitting_a_period_changes_no_sum_by_more_than_half_a_fen_a_part() {
    let mut paid = 0;
    each(1_500, |dice, programme, holder, period, as_of| {
        let whole = of(programme, holder, period, as_of);
        let span = period.from.days_until(period.until);
        let mut cuts: Vec<Day> = (0..1 + dice.below(4))
            .map(|_| u32::try_from(dice.between(1, span - 1)).unwrap())
            .map(|days| period.from.plus_days(days).unwrap())
            .collect();
        cuts.extend([period.from, period.until]);
        cuts.sort();
        cuts.dedup();
        let parts: Vec<Vec<LoanDecision>> = cuts
            .windows(2)
            .map(|pair| SubsidyPeriod {
                from: pair[0],
                until: pair[1],
            })
            .map(|part| of(programme, holder, part, as_of))
            .collect();
        for (place, whole) in whole.iter().enumerate() {
            // One part may be decided while another lacks a fact.
            if parts
                .iter()
                .any(|part| part[place].outcome == Outcome::Undetermined)
            {
                assert_eq!(whole.outcome, Outcome::Undetermined);
                continue;
            }
            let sum: i64 = parts.iter().map(|part| part[place].amount.get()).sum();
            let off = (sum - whole.amount.get()).abs() * 2;
            let most = i64::try_from(parts.len()).unwrap() + 1;
            assert!(
                off <= most,
                "{sum} in {} parts, {}",
                parts.len(),
                whole.amount
            );
            paid += i64::from(sum > 0);
        }
    });
    assert!(paid > 200, "{paid}");
}

#[test]
fn interest_paid_later_never_raises_any_subsidy() {
    let (mut moved, mut less) = (0, 0);
    each(2_500, |dice, programme, holder, period, as_of| {
        let before = of(programme, holder, period, as_of);
        let mut later = holder.clone();
        let mut late = false;
        for loan in &mut later.loans {
            let mut events = Vec::new();
            for event in &loan.events {
                let EventKind::Repaid {
                    due_on,
                    principal,
                    interest,
                    penalty,
                } = *event.what()
                else {
                    events.push(*event);
                    continue;
                };
                // All of the interest, or a part, is paid on a later day. Of a payment that is
                // reversed a part under another id would be a payment made, not one moved.
                let part = dice.between(0, interest.get());
                let undone = loan.events.iter().any(
                    |it| matches!(it.what(), EventKind::Reversed { event: it } if *it == event.id()),
                );
                if part == 0 || undone || dice.one_in(2) {
                    events.push(*event);
                    continue;
                }
                let kept = crate::money::Fen::new(interest.get() - part);
                let what = EventKind::Repaid {
                    due_on,
                    principal,
                    interest: kept,
                    penalty,
                };
                events.extend(LoanEvent::new(event.id(), event.on(), what));
                let days = u32::try_from(dice.between(1, 40)).unwrap();
                let zero = crate::money::Fen::ZERO;
                let what = EventKind::Repaid {
                    due_on,
                    principal: zero,
                    interest: crate::money::Fen::new(part),
                    penalty: zero,
                };
                let id = event_id(event.id().get().as_u128() + 900_000_000);
                let on = event.on().plus_days(days).unwrap();
                events.push(LoanEvent::new(id, on, what).unwrap());
                late = true;
            }
            loan.events = events;
            assert_eq!(check(loan), Ok(()));
        }
        let after = of(programme, &later, period, as_of);
        for (before, after) in before.iter().zip(&after) {
            assert!(after.amount <= before.amount, "{before:#?} {after:#?}");
            less += i32::from(after.amount < before.amount);
        }
        moved += i32::from(late);
    });
    assert!(moved > 300 && less > 50, "{moved} moved, {less} less");
}

#[test]
fn interest_paid_after_the_last_due_day_changes_nothing_of_the_period() {
    each(800, |dice, programme, holder, period, as_of| {
        let before = of(programme, holder, period, as_of);
        let mut more = holder.clone();
        for loan in &mut more.loans {
            let of_loan = before.iter().find(|it| it.loan == loan.id).unwrap();
            let Some(last) = of_loan.segments.iter().map(|it| it.due_on).max() else {
                continue;
            };
            // Beyond every grace of the books.
            let on = last
                .plus_days(11 + u32::try_from(dice.below(50)).unwrap())
                .unwrap();
            let what = EventKind::Repaid {
                due_on: None,
                principal: crate::money::Fen::ZERO,
                interest: crate::money::Fen::new(5_000_000),
                penalty: crate::money::Fen::ZERO,
            };
            let id = event_id(loan.id.get().as_u128() + 800_000_000);
            loan.events.push(LoanEvent::new(id, on, what).unwrap());
        }
        let after = of(programme, &more, period, as_of);
        let amounts = |all: &[LoanDecision]| super::world::amounts(all);
        assert_eq!(amounts(&before), amounts(&after));
    });
}

#[test]
fn the_order_of_arrival_changes_no_byte() {
    each(600, |dice, programme, holder, period, as_of| {
        let mut shuffled = holder.clone();
        shuffled.loans.reverse();
        for loan in &mut shuffled.loans {
            for place in (1..loan.events.len()).rev() {
                let other = dice.below(u64::try_from(place).unwrap() + 1);
                loan.events.swap(place, usize::try_from(other).unwrap());
            }
        }
        let one = bytes(&of(programme, holder, period, as_of));
        assert_eq!(one, bytes(&of(programme, &shuffled, period, as_of)));
    });
}

#[test]
fn an_event_and_its_reversal_leave_what_was_before() {
    let mut done = 0;
    each(1_200, |dice, programme, holder, period, as_of| {
        let mut corrected = holder.clone();
        for loan in &mut corrected.loans {
            let reversible: Vec<LoanEvent> = loan
                .events
                .iter()
                .filter(|event| !matches!(event.what(), EventKind::Reversed { .. }))
                .copied()
                .collect();
            if reversible.is_empty() {
                continue;
            }
            // The same again under another id, and taken back.
            let event = dice.of(&reversible);
            let again = event_id(event.id().get().as_u128() + 700_000_000);
            let back = event_id(event.id().get().as_u128() + 750_000_000);
            loan.events
                .push(LoanEvent::new(again, event.on(), *event.what()).unwrap());
            let what = EventKind::Reversed { event: again };
            loan.events.push(LoanEvent::new(back, as_of, what).unwrap());
            if check(loan).is_err() {
                loan.events.truncate(loan.events.len() - 2);
            } else {
                done += 1;
            }
        }
        let one = bytes(&of(programme, holder, period, as_of));
        assert_eq!(one, bytes(&of(programme, &corrected, period, as_of)));
    });
    assert!(done > 300, "{done}");
}

#[test]
fn what_is_kept_with_a_decision_gives_it_again() {
    each(400, |_, programme, holder, period, as_of| {
        let kept = serde_json::to_string(holder).unwrap();
        let read: HolderFacts = serde_json::from_str(&kept).unwrap();
        assert_eq!(&read, holder);
        assert_eq!(serde_json::to_string(&read).unwrap(), kept);
        let first = of(programme, holder, period, as_of);
        let again = of(programme, &read, period, as_of);
        assert_eq!(bytes(&first), bytes(&again));
        let decided: Vec<LoanDecision> = serde_json::from_str(&bytes(&first)).unwrap();
        assert_eq!(decided, first);
    });
}

#[test]
fn no_more_is_given_than_was_paid() {
    each(1_500, |_, programme, holder, period, as_of| {
        for decision in of(programme, holder, period, as_of) {
            let paid = decision.trace.clause("interest_paid").unwrap();
            let dues = paid.saw["due_days"].as_array().unwrap();
            let counted: i64 = dues
                .iter()
                .filter_map(|it| it["counted_fen"].as_i64())
                .sum();
            assert!(decision.amount.get() <= counted, "{decision:#?}");
        }
    });
}
