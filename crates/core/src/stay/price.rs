//! The engine: all stays of a person together, in runs of days that are treated alike.
//!
//! Days are taken in calendar order; a day that two stays have goes to the one admitted earlier
//! (then the smaller claim id), if that one is paid for it. Runs are cut wherever anything
//! changes, so within one run only the caps can stop the paying, and they stop it for its tail.

use std::collections::{BTreeMap, BTreeSet};

use crate::day::Day;
use crate::id::ClaimId;
use crate::money::Fen;
use crate::pack::HospitalCarePack;

use super::days::{Ground, Shape, Worth};
use super::{EngineError, PersonFacts, Segment, StatusFacts, Unpaid, YearShare};

/// What the engine makes of one stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedStay {
    /// The claim.
    pub claim: ClaimId,
    /// The first calendar day.
    pub first: Day,
    /// The last calendar day counted.
    pub last: Day,
    /// The calendar days counted.
    pub days: u32,
    /// Whether days would be paid but for nursing levels that are not reported.
    pub undetermined: bool,
    /// Whether the principal diagnosis counts.
    pub diagnosis: bool,
    /// Whether the hospital counts.
    pub hospital: bool,
    /// Whether the claim came in time.
    pub deadline: bool,
    /// The days a confirmed, entitling status covers.
    pub covered_days: u32,
    /// The days of these whose waiting period has passed.
    pub waited_days: u32,
    /// The covering statuses, each with the first day it pays.
    pub covering: Vec<(StatusFacts, Day)>,
    /// The stay's days, run by run, in order.
    pub segments: Vec<Segment>,
    /// The days paid.
    pub payable_days: u32,
    /// What they pay.
    pub amount: Fen,
    /// Days and amounts by calendar year, years without a paid day left out.
    pub by_year: Vec<YearShare>,
}

impl PricedStay {
    /// How many days this clause is the first to stop.
    #[must_use]
    pub fn lost_to(&self, unpaid: Unpaid) -> u32 {
        let lost = self
            .segments
            .iter()
            .filter(|segment| segment.unpaid == Some(unpaid));
        lost.fold(0, |sum, segment| sum.saturating_add(segment.days))
    }
}

/// Prices all stays of a person; in order of admission, then claim id.
///
/// # Errors
/// [`EngineError`] for facts that no stays can have.
pub fn price(
    pack: &HospitalCarePack,
    person: &PersonFacts,
) -> Result<Vec<PricedStay>, EngineError> {
    let mut seen = BTreeSet::new();
    let mut shapes = Vec::with_capacity(person.stays.len());
    for stay in &person.stays {
        if !seen.insert(stay.claim) {
            return Err(EngineError::DuplicateClaim(stay.claim));
        }
        shapes.push(Shape::new(pack, stay)?);
    }
    shapes.sort_by_key(|shape| (shape.facts.admitted_on, shape.facts.claim));
    let ground = Ground::new(pack, person);
    let edges = ground.edges(&shapes);
    let mut stays = Vec::with_capacity(shapes.len());
    let mut runs = Vec::new();
    for (order, shape) in shapes.iter().enumerate() {
        let cut = cut(&ground, shape, order, &edges)?;
        let mut stay = open(&ground, shape, &cut)?;
        stay.undetermined = cut.iter().any(|run| matches!(run.worth, Worth::Unknown));
        runs.extend(cut);
        stays.push(stay);
    }
    // Sharing out follows the calendar, then the order of the stays.
    runs.sort_by_key(|run| (run.from, run.order));
    share_out(pack, &shapes, &runs, &mut stays)?;
    for stay in &mut stays {
        close(stay)?;
    }
    Ok(stays)
}

/// A run of days of one stay within which nothing changes.
struct Run {
    order: usize,
    from: Day,
    days: u32,
    worth: Worth,
    covered: bool,
    waited: bool,
}

fn cut(
    ground: &Ground<'_>,
    shape: &Shape<'_>,
    order: usize,
    edges: &BTreeSet<Day>,
) -> Result<Vec<Run>, EngineError> {
    // The stay's own first day and end are among the edges.
    let starts = edges.range(shape.facts.admitted_on..shape.end);
    let ends = edges.range(shape.facts.admitted_on..=shape.end).skip(1);
    let run = |(from, end): (&Day, &Day)| {
        let days = u32::try_from(from.days_until(*end));
        Ok(Run {
            order,
            from: *from,
            days: days
                .ok()
                .ok_or(EngineError::OutOfRange(shape.facts.claim))?,
            worth: ground.worth(shape, *from),
            covered: ground.covered(*from),
            waited: ground.waited(*from),
        })
    };
    starts.zip(ends).map(run).collect()
}

fn open(ground: &Ground<'_>, shape: &Shape<'_>, runs: &[Run]) -> Result<PricedStay, EngineError> {
    let claim = shape.facts.claim;
    let count = |keep: fn(&&Run) -> bool| {
        runs.iter()
            .filter(keep)
            .fold(0_u32, |sum, run| sum.saturating_add(run.days))
    };
    Ok(PricedStay {
        claim,
        first: shape.facts.admitted_on,
        last: shape.end.previous().ok_or(EngineError::OutOfRange(claim))?,
        days: shape.days,
        undetermined: false,
        diagnosis: shape.diagnosis,
        hospital: shape.hospital,
        deadline: shape.deadline,
        covered_days: count(|run| run.covered),
        waited_days: count(|run| run.waited),
        covering: ground.covering(shape),
        segments: Vec::new(),
        payable_days: 0,
        amount: Fen::ZERO,
        by_year: Vec::new(),
    })
}

/// Gives the days of the runs to their stays until a cap or another stay has them.
fn share_out(
    pack: &HospitalCarePack,
    shapes: &[Shape<'_>],
    runs: &[Run],
    stays: &mut [PricedStay],
) -> Result<(), EngineError> {
    let mut used_of_year: BTreeMap<i32, u32> = BTreeMap::new();
    // All days before this one that any stay is paid for. Runs of different stays either cover
    // the same days or none in common, so one day is enough to remember.
    let mut taken_until: Option<Day> = None;
    for run in runs {
        let (Some(shape), Some(stay)) = (shapes.get(run.order), stays.get_mut(run.order)) else {
            continue;
        };
        let daily = match run.worth {
            Worth::Unpaid(unpaid) => {
                push(stay, run.from, run.days, Err(unpaid))?;
                continue;
            }
            Worth::Unknown => {
                push(stay, run.from, run.days, Err(Unpaid::DailyRate))?;
                continue;
            }
            Worth::Payable(_) if stay.undetermined => {
                push(stay, run.from, run.days, Err(Unpaid::DailyRate))?;
                continue;
            }
            Worth::Payable(daily) => daily,
        };
        let out_of_range = || EngineError::OutOfRange(stay.claim);
        let taken = taken_until.map_or(0, |until| run.from.days_until(until).max(0));
        let taken = u32::try_from(taken).unwrap_or(u32::MAX).min(run.days);
        let free = run.days.saturating_sub(taken);
        let used = used_of_year.entry(run.from.year()).or_insert(0);
        let of_stay = shape
            .cap
            .map_or(free, |cap| cap.saturating_sub(stay.payable_days));
        let of_year = pack.cap_days_per_year().at_or_first(run.from).value;
        let of_year = of_year.map_or(free, |cap| cap.saturating_sub(*used));
        let paid = free.min(of_stay).min(of_year);
        let paid_from = run.from.plus_days(taken).ok_or_else(out_of_range)?;
        let rest_from = paid_from.plus_days(paid).ok_or_else(out_of_range)?;
        *used = used.saturating_add(paid);
        if paid > 0 {
            taken_until = Some(rest_from);
        }
        let stopped = if of_stay == paid {
            Unpaid::CapPerStay
        } else {
            Unpaid::CapPerYear
        };
        push(stay, run.from, taken, Err(Unpaid::SharedDay))?;
        push(stay, paid_from, paid, Ok(daily))?;
        push(stay, rest_from, free.saturating_sub(paid), Err(stopped))?;
    }
    Ok(())
}

/// Adds days to a stay, joining them to the run before where that is treated alike.
fn push(
    stay: &mut PricedStay,
    from: Day,
    days: u32,
    treatment: Result<Fen, Unpaid>,
) -> Result<(), EngineError> {
    if days == 0 {
        return Ok(());
    }
    let out_of_range = EngineError::OutOfRange(stay.claim);
    let to = from.plus_days(days.saturating_sub(1)).ok_or(out_of_range)?;
    let (daily, unpaid) = match treatment {
        Ok(daily) => (daily, None),
        Err(unpaid) => (Fen::ZERO, Some(unpaid)),
    };
    if unpaid.is_none() {
        stay.payable_days = stay.payable_days.saturating_add(days);
    }
    if let Some(before) = stay.segments.last_mut()
        && before.to.year() == from.year()
        && (before.daily, before.unpaid) == (daily, unpaid)
    {
        before.to = to;
        before.days = before.days.saturating_add(days);
        before.amount = daily.times_count(before.days).ok_or(out_of_range)?;
        return Ok(());
    }
    let amount = daily.times_count(days).ok_or(out_of_range)?;
    stay.segments.push(Segment {
        from,
        to,
        days,
        daily,
        amount,
        unpaid,
    });
    Ok(())
}

/// Sums a stay's segments up.
fn close(stay: &mut PricedStay) -> Result<(), EngineError> {
    let out_of_range = EngineError::OutOfRange(stay.claim);
    for segment in stay
        .segments
        .iter()
        .filter(|segment| segment.unpaid.is_none())
    {
        stay.amount = stay
            .amount
            .checked_add(segment.amount)
            .ok_or(out_of_range)?;
        let year = segment.from.year();
        match stay.by_year.last_mut() {
            Some(share) if share.year == year => {
                share.days = share.days.saturating_add(segment.days);
                share.amount = share
                    .amount
                    .checked_add(segment.amount)
                    .ok_or(out_of_range)?;
            }
            Some(_) | None => {
                let (days, amount) = (segment.days, segment.amount);
                stay.by_year.push(YearShare { year, days, amount });
            }
        }
    }
    Ok(())
}
