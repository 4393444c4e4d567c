//! Pricing with all reasons: what becomes of each day of each stay, and which clause stopped it.

use std::collections::{BTreeMap, BTreeSet};

use crate::day::Day;
use crate::fact::{FactSet, Sheet};
use crate::id::ClaimId;
use crate::money::Fen;
use crate::programme::{Programme, Tri};

use super::engine::{Scratch, Sink, Stay, StayPerson, work};
use super::open::{Open, OpenEntitlement, close, join};
use super::run::{self, Asking, Given, Stop, Worth};
use super::shape::{Shape, Span, by_day};
use super::share::Treated;
use super::tally::{Tally, tally};
use super::{EngineError, PersonFacts, Segment, Unpaid, YearShare};

/// What the engine makes of one stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedStay {
    /// The claim.
    pub claim: ClaimId,
    /// The first calendar day.
    pub first: Day,
    /// The last calendar day counted.
    pub last: Day,
    /// The calendar days counted, of the entitlement that counts most.
    pub days: u32,
    /// Whether the amount turns on facts that are not known. Then nothing is paid.
    pub undetermined: bool,
    /// These facts.
    pub missing: FactSet,
    /// The days before the programme or in a pause of it.
    pub days_out_of_force: u32,
    /// What each part of the eligibility came to, in reading order.
    pub(crate) clauses: Vec<Tally>,
    /// What each entitlement comes to, in the order of the version in force at admission.
    pub entitlements: Vec<PricedEntitlement>,
    /// The stay's days, entitlement by entitlement, run by run, in order.
    pub segments: Vec<Segment>,
    /// The days on which any entitlement pays.
    pub payable_days: u32,
    /// What all pay.
    pub amount: Fen,
    /// Days and amounts by calendar year, years in which nothing is paid left out.
    pub by_year: Vec<YearShare>,
}

/// What one entitlement makes of one stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedEntitlement {
    /// Its id.
    pub id: String,
    /// Its place in the rules in force at admission.
    pub place: usize,
    /// Whether it pays by the day; else it is given once.
    pub by_day: bool,
    /// The days it counts; 0 if it is given once.
    pub days: u32,
    /// What each part of its condition came to, in reading order.
    pub(crate) clauses: Vec<Tally>,
    /// What it pays.
    pub amount: Fen,
    /// The days it pays; 0 if it is given once.
    pub payable_days: u32,
    /// How many days each clause is the first to stop; of what is given once, the one that
    /// stopped it, with 1.
    pub lost: BTreeMap<Unpaid, u32>,
    /// The caps that left less than a day's rate.
    pub cut_by: BTreeSet<Unpaid>,
    /// The facts that are missing to say what it pays where its conditions hold.
    pub missing: FactSet,
}

impl PricedEntitlement {
    /// How many days this clause is the first to stop.
    #[must_use]
    pub fn lost_to(&self, unpaid: &Unpaid) -> u32 {
        self.lost.get(unpaid).copied().unwrap_or(0)
    }
}

/// Prices all stays of a person; in order of admission, then claim id.
///
/// # Errors
/// [`EngineError`] for facts that no stays can have.
pub fn price(programme: &Programme, person: &PersonFacts) -> Result<Vec<PricedStay>, EngineError> {
    let stays: Vec<Stay> = person.stays.iter().map(Stay::from).collect();
    let mut sheet = Sheet::EMPTY;
    person.facts.tell(&mut sheet);
    let view = StayPerson {
        registered: person.registered,
        statuses: &person.statuses,
        stays: &stays,
        sheet: &sheet,
    };
    let mut scratch = Scratch::default();
    let mut telling = Telling {
        programme,
        stays: Vec::new(),
        stopped: BTreeMap::new(),
    };
    work(programme, &view, &mut scratch, &mut telling)?;
    // Stays without any entitlement at admission are told of by nobody but the runs.
    telling
        .stays
        .into_iter()
        .zip(&scratch.spans)
        .map(|(stay, span)| close(stay, span))
        .collect()
}

/// Collects what it is told into priced stays.
struct Telling<'a> {
    programme: &'a Programme,
    stays: Vec<Open>,
    /// By stay, entitlement and first day of a run: the part of a condition that stops it, or that
    /// is unknown.
    stopped: BTreeMap<(usize, Option<usize>, Day), Option<usize>>,
}

impl Telling<'_> {
    fn stay(&mut self, asking: &Asking<'_>) -> Option<&mut Open> {
        while self.stays.len() <= asking.order {
            let version = self.programme.version_of(asking.at_admission);
            let told = version.map_or(&[][..], |version| &version.components);
            let places = told.iter().enumerate();
            let entitlements = places.map(|(place, told)| OpenEntitlement {
                priced: PricedEntitlement {
                    id: told.id.clone(),
                    place,
                    by_day: asking
                        .at_admission
                        .components()
                        .get(place)
                        .is_some_and(|it| by_day(it).is_some()),
                    days: 0,
                    clauses: Vec::new(),
                    amount: Fen::ZERO,
                    payable_days: 0,
                    lost: BTreeMap::new(),
                    cut_by: BTreeSet::new(),
                    missing: FactSet::EMPTY,
                },
                segments: Vec::new(),
                once: None,
            });
            self.stays.push(Open {
                clauses: Vec::new(),
                out_of_force: 0,
                missing: FactSet::EMPTY,
                entitlements: entitlements.collect(),
            });
        }
        self.stays.get_mut(asking.order)
    }

    /// Why days are not paid.
    fn reason(&self, order: usize, place: usize, from: Day, stop: Stop) -> Unpaid {
        let by_clause = |at: Option<usize>, otherwise: Unpaid| {
            let found = self.stopped.get(&(order, at, from)).copied().flatten();
            let clause =
                found.and_then(|clause| self.programme.policy().pack().clauses.get(clause));
            clause.map_or(otherwise, |clause| Unpaid::clause(&clause.id))
        };
        match stop {
            Stop::ProgrammeInForce => Unpaid::PROGRAMME_IN_FORCE,
            Stop::Eligibility => by_clause(None, Unpaid::ELIGIBILITY),
            Stop::Registered => Unpaid::REGISTERED,
            Stop::When => by_clause(Some(place), Unpaid::WHEN),
            Stop::SharedDay => Unpaid::SHARED_DAY,
            Stop::FreeDays => Unpaid::FREE_DAYS,
            Stop::Unknown => Unpaid::DAILY_RATE,
            Stop::CapPerStay => Unpaid::CAP_PER_STAY,
            Stop::CapPerYear => Unpaid::CAP_PER_YEAR,
            Stop::CapLifetime => Unpaid::CAP_LIFETIME,
        }
    }

    fn entitlement(&mut self, order: usize, place: usize) -> Option<&mut OpenEntitlement> {
        self.stays.get_mut(order)?.entitlements.get_mut(place)
    }
}

impl Sink for Telling<'_> {
    const TELLS: bool = true;

    fn asked(&mut self, asking: &Asking<'_>, known: &Sheet) {
        let Some(stay) = self.stay(asking) else {
            return;
        };
        if !asking.in_force {
            stay.out_of_force = stay.out_of_force.saturating_add(asking.days);
        }
        let told = &asking.rules.told;
        let stopped = tally(&mut stay.clauses, told, asking, known, asking.in_force);
        self.stopped
            .insert((asking.order, None, asking.from), stopped.flatten());
    }

    fn worth(&mut self, asking: &Asking<'_>, shape: &Shape, worth: Worth, known: &Sheet) {
        let (of_conditions, of_pay) = match worth {
            Worth::Unknown => run::missing(self.programme, asking, shape.place, known),
            Worth::Payable(_) | Worth::Unpaid(_) => (FactSet::EMPTY, FactSet::EMPTY),
        };
        let reached = asking.in_force && asking.registered && asking.eligible != Tri::False;
        let told = asking.at_admission.components().get(shape.place);
        let Some(stay) = self.stays.get_mut(asking.order) else {
            return;
        };
        stay.missing = stay.missing.union(of_conditions).union(of_pay);
        let entitlement = stay.entitlements.get_mut(shape.place);
        let (Some(entitlement), Some(told)) = (entitlement, told) else {
            return;
        };
        entitlement.priced.days = shape.days;
        entitlement.priced.missing = entitlement.priced.missing.union(of_pay);
        let tallies = &mut entitlement.priced.clauses;
        let stopped = tally(tallies, &told.told, asking, known, reached);
        let key = (asking.order, Some(shape.place), asking.from);
        self.stopped.insert(key, stopped.flatten());
    }

    fn treated(&mut self, span: &Span, treated: &Treated) -> Result<(), EngineError> {
        let Treated {
            order,
            place,
            from,
            days,
            ..
        } = *treated;
        let out_of_range = EngineError::OutOfRange(span.claim);
        let (daily, unpaid) = match treated.daily {
            Ok(daily) => (daily, None),
            Err(stop) => (
                Fen::ZERO,
                Some(self.reason(order, place, treated.run_from, stop)),
            ),
        };
        let cut_by = treated
            .cut_by
            .map(|stop| self.reason(order, place, from, stop));
        let Some(entitlement) = self.entitlement(order, place) else {
            return Ok(());
        };
        let priced = &mut entitlement.priced;
        match &unpaid {
            None => priced.payable_days = priced.payable_days.saturating_add(days),
            Some(unpaid) => {
                let lost = priced.lost.entry(unpaid.clone()).or_insert(0);
                *lost = lost.saturating_add(days);
            }
        }
        priced.cut_by.extend(cut_by.clone());
        let amount = daily.times_count(days).ok_or(out_of_range)?;
        priced.amount = priced.amount.checked_add(amount).ok_or(out_of_range)?;
        let to = from.plus_days(days.saturating_sub(1)).ok_or(out_of_range)?;
        let segment = Segment {
            entitlement: Some(priced.id.clone()),
            from,
            to,
            days,
            daily,
            amount,
            unpaid,
            cut_by,
        };
        join(&mut entitlement.segments, segment).ok_or(out_of_range)
    }

    fn given(&mut self, given: &Given) {
        let Given { order, place, .. } = *given;
        let stop = match given.worth {
            Worth::Payable(amount) => {
                if let Some(entitlement) = self.entitlement(order, place) {
                    entitlement.priced.amount = amount;
                    entitlement.once = Some((given.day, amount));
                }
                return;
            }
            Worth::Unknown => Stop::Unknown,
            Worth::Unpaid(stop) => stop,
        };
        let reason = self.reason(order, place, given.run_from, stop);
        if let Some(entitlement) = self.entitlement(order, place) {
            entitlement.priced.lost.insert(reason, 1);
        }
    }
}
