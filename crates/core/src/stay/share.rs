//! Sharing days out: each day of an entitlement goes to one stay, until a cap is used up.
//!
//! A day is paid while every cap has something left, and pays its rate or, if less is left of a
//! cap in yuan, that.

use crate::day::Day;
use crate::money::Fen;
use crate::programme::StayCap;

use super::EngineError;
use super::engine::{Scratch, Sink};
use super::run::{Run, Stop, Worth};

/// What all stays have had of an entitlement.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Account {
    /// All days before this one that any stay is paid for. Runs of different stays either cover
    /// the same days or none in common, so one day is enough to remember.
    taken_until: Option<Day>,
    year: i32,
    of_year: Had,
    of_life: Had,
}

/// Days and fen that count against a cap.
#[derive(Debug, Clone, Copy, Default)]
struct Had {
    days: u32,
    fen: i64,
}

impl Had {
    fn add(&mut self, days: u32, fen: i64) -> Option<()> {
        self.days = self.days.checked_add(days)?;
        self.fen = self.fen.checked_add(fen)?;
        Some(())
    }

    /// Days and fen left of a cap.
    fn left(self, cap: Option<StayCap>) -> Left {
        match cap {
            None => Left::ALL,
            Some(StayCap::Days(most)) => Left {
                days: most.saturating_sub(self.days),
                fen: i64::MAX,
            },
            Some(StayCap::Money(most)) => Left {
                days: u32::MAX,
                fen: most.get().saturating_sub(self.fen).max(0),
            },
        }
    }
}

/// What is left of a cap; the largest number where that is not limited.
#[derive(Clone, Copy)]
struct Left {
    days: u32,
    fen: i64,
}

impl Left {
    const ALL: Self = Self {
        days: u32::MAX,
        fen: i64::MAX,
    };

    const fn is_used_up(self) -> bool {
        self.days == 0 || self.fen == 0
    }
}

/// Days of a stay as an entitlement treats them at last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Treated {
    pub(super) order: usize,
    /// The entitlement's place in the rules at admission.
    pub(super) place: usize,
    /// The first day of the run they are of.
    pub(super) run_from: Day,
    pub(super) from: Day,
    pub(super) days: u32,
    /// What each pays, or why it pays nothing.
    pub(super) daily: Result<Fen, Stop>,
    /// The cap that left less than the rate.
    pub(super) cut_by: Option<Stop>,
}

/// How far a run of days is paid.
struct Paid {
    whole: u32,
    /// What the one day after them is paid, if it is paid in part.
    part: Option<(i64, Stop)>,
}

/// Gives the days of the runs to their stays until a cap or another stay has them.
pub(super) fn share_out<S: Sink>(scratch: &mut Scratch, sink: &mut S) -> Result<(), EngineError> {
    // Sharing out follows the calendar, then the order of the stays.
    scratch
        .runs
        .sort_unstable_by_key(|run| (run.from, run.order, run.shape));
    for place in 0..scratch.runs.len() {
        if let Some(run) = scratch.runs.get(place).copied() {
            treat(scratch, &run, sink)?;
        }
    }
    for place in 0..scratch.once.len() {
        let given = scratch.once.get(place).copied();
        let span = given.and_then(|given| scratch.spans.get(given.order));
        if let (Some(mut given), Some(span)) = (given, span) {
            if span.undetermined && matches!(given.worth, Worth::Payable(_)) {
                given.worth = Worth::Unknown;
            }
            sink.given(&given);
        }
    }
    Ok(())
}

fn treat<S: Sink>(scratch: &mut Scratch, run: &Run, sink: &mut S) -> Result<(), EngineError> {
    let entries = (
        scratch.spans.get(run.order),
        scratch.shapes.get_mut(run.shape),
        scratch.accounts.get_mut(run.key),
    );
    let (Some(span), Some(shape), Some(account)) = entries else {
        return Ok(());
    };
    let place = shape.place;
    let mut tell = |from: Day, days: u32, daily, cut_by| {
        if days == 0 {
            return Ok(());
        }
        let treated = Treated {
            order: run.order,
            place,
            run_from: run.from,
            from,
            days,
            daily,
            cut_by,
        };
        sink.treated(span, &treated)
    };
    let daily = match run.worth {
        Worth::Unpaid(stop) => return tell(run.from, run.days, Err(stop), None),
        Worth::Unknown => return tell(run.from, run.days, Err(Stop::Unknown), None),
        Worth::Payable(_) if span.undetermined => {
            return tell(run.from, run.days, Err(Stop::Unknown), None);
        }
        Worth::Payable(daily) => daily,
    };
    let out_of_range = || EngineError::OutOfRange(span.claim);
    let year = run.from.year();
    if account.year != year {
        account.year = year;
        account.of_year = Had::default();
    }
    let taken = account
        .taken_until
        .map_or(0, |until| run.from.days_until(until).max(0));
    let taken = u32::try_from(taken).unwrap_or(u32::MAX).min(run.days);
    let free = run.days.saturating_sub(taken);
    let of_stay = Had {
        days: shape.had_days,
        fen: shape.had_fen,
    };
    let left = |account: &Account, of_stay: Had| {
        [
            (of_stay.left(shape.cap), Stop::CapPerStay),
            (account.of_year.left(run.cap_per_year), Stop::CapPerYear),
            (account.of_life.left(run.cap_lifetime), Stop::CapLifetime),
        ]
    };
    let paid = pay(&left(account, of_stay), free, daily);
    let from = run.from.plus_days(taken).ok_or_else(out_of_range)?;
    let part_from = from.plus_days(paid.whole).ok_or_else(out_of_range)?;
    let days = paid.whole.saturating_add(u32::from(paid.part.is_some()));
    let rest_from = from.plus_days(days).ok_or_else(out_of_range)?;
    let whole = daily.times_count(paid.whole).ok_or_else(out_of_range)?;
    let fen = paid
        .part
        .map_or(Some(whole.get()), |(part, _)| whole.get().checked_add(part));
    let fen = fen.ok_or_else(out_of_range)?;
    let mut had = of_stay;
    for had in [&mut had, &mut account.of_year, &mut account.of_life] {
        had.add(days, fen).ok_or_else(out_of_range)?;
    }
    if days > 0 {
        account.taken_until = Some(rest_from);
    }
    let used_up = left(account, had)
        .into_iter()
        .find(|(left, _)| left.is_used_up());
    let stopped = used_up.map_or(Stop::CapPerYear, |(_, stop)| stop);
    (shape.had_days, shape.had_fen) = (had.days, had.fen);
    tell(run.from, taken, Err(Stop::SharedDay), None)?;
    tell(from, paid.whole, Ok(daily), None)?;
    if let Some((part, cap)) = paid.part {
        tell(part_from, 1, Ok(Fen::new(part)), Some(cap))?;
    }
    tell(rest_from, free.saturating_sub(days), Err(stopped), None)
}

/// How many of so many days are paid at a rate, given what is left of each cap.
fn pay(caps: &[(Left, Stop); 3], days: u32, daily: Fen) -> Paid {
    let least = |left: fn(&Left) -> i64| caps.iter().map(|(it, _)| left(it)).min();
    let most_days = least(|left| i64::from(left.days)).unwrap_or(0);
    let days = days.min(u32::try_from(most_days).unwrap_or(u32::MAX));
    let fen = least(|left| left.fen).unwrap_or(0);
    let unpaid = Paid {
        whole: 0,
        part: None,
    };
    if fen == 0 || days == 0 {
        return unpaid;
    }
    let all = Paid {
        whole: days,
        part: None,
    };
    // A day that pays nothing uses up no money.
    let (Some(whole), Some(rest)) = (fen.checked_div(daily.get()), fen.checked_rem(daily.get()))
    else {
        return all;
    };
    match u32::try_from(whole) {
        Ok(whole) if whole < days => {
            let cap = caps.iter().find(|(left, _)| left.fen == fen);
            let part = cap.filter(|_| rest > 0).map(|(_, cap)| (rest, *cap));
            Paid { whole, part }
        }
        Ok(_) | Err(_) => all,
    }
}
