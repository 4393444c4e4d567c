//! Sums of a simulation, and what is held back of them.

use super::*;
use crate::Day;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn granted(fen: i64) -> Grant {
    let mut grant = Grant::NONE;
    grant.pay(0, Fen::new(fen)).unwrap();
    grant
}

#[test]
fn tallies_count_gains_losses_and_the_day_a_budget_is_used_up() {
    let offer = Offer::new(&[], 2026).unwrap();
    let mut tally = Tally::default();
    for (before, after) in [
        (granted(100), granted(150)),
        (granted(100), Grant::NONE),
        (Grant::NONE, granted(0)),
        (granted(70), granted(70)),
    ] {
        tally.add(&before, &after).unwrap();
        tally.add_months(offer.days(), &before, &after).unwrap();
    }
    assert_eq!((tally.granted_before, tally.granted_after), (3, 3));
    assert_eq!((tally.before.get(), tally.after.get()), (270, 220));
    assert_eq!((tally.gainers, tally.gain.get()), (2, 50));
    assert_eq!((tally.losers, tally.loss.get()), (1, 100));
    tally
        .add_day(day("2026-06-10"), Fen::new(30), Fen::new(81))
        .unwrap();
    let drained = tally.drains(Fen::new(300));
    assert_eq!(
        (drained.before, drained.after),
        (None, Some(day("2026-06-10")))
    );
    let drained = tally.drains(Fen::new(269));
    assert_eq!(drained.before, Some(day("2026-01-01")));
    let mut twice = tally.clone();
    twice.merge(tally.clone()).unwrap();
    assert_eq!((twice.after.get(), twice.gainers), (440, 4));
    assert_eq!(twice.days.len(), 2);
}

fn cell(granted: i64, gainers: i64, losers: i64) -> Tally {
    Tally {
        granted_before: granted,
        granted_after: granted,
        before: Fen::new(granted * 100),
        after: Fen::new(granted * 100 + gainers * 10 - losers * 10),
        gainers,
        gain: Fen::new(gainers * 10),
        losers,
        loss: Fen::new(losers * 10),
        ..Tally::default()
    }
}

fn sum(cells: &[Tally]) -> Tally {
    let mut sum = Tally::default();
    for cell in cells {
        sum.merge(cell.clone()).unwrap();
    }
    sum
}

#[test]
fn numbers_of_fewer_than_five_are_held_back() {
    let cells = [cell(100, 5, 0), cell(4, 0, 0), cell(50, 3, 9)];
    let total = sum(&cells);
    let (shown, all) = show(&cells, &total, true);
    assert_eq!(all.after, Some(total.after));
    assert!(
        shown
            .iter()
            .all(|it| it.gainers.is_some() && it.before.is_some())
    );

    let (shown, all) = show(&cells, &total, false);
    assert_eq!(shown[0].gainers, Some(5));
    assert_eq!(shown[0].difference, Some(Fen::new(50)));
    assert_eq!((shown[1].granted_before, shown[1].before), (None, None));
    // Three gain: neither they nor what the county costs after is told, what it costs before is.
    assert_eq!(
        (shown[2].gainers, shown[2].gain, shown[2].after),
        (None, None, None)
    );
    assert_eq!(
        (shown[2].before, shown[2].losers),
        (Some(Fen::new(5_000)), Some(9))
    );
    // The rest of the column would tell of the one county that is held back.
    assert_eq!(
        (all.granted_before, all.before, all.gainers, all.after),
        (None, None, None, None)
    );
    assert_eq!(all.losers, Some(9));

    // Of two that are held back, their sum tells neither.
    let cells = [cell(4, 0, 0), cell(3, 0, 0), cell(100, 0, 0)];
    let (_, all) = show(&cells, &sum(&cells), false);
    assert_eq!(all.granted_before, Some(107));
}
