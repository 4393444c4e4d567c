//! The programmes of one place in one year, asked once for all people there.

use crate::day::Day;
use crate::fact::Fact;
use crate::pack::Period;
use crate::programme::{Asked, Programme};

use super::SimulationError;

/// Months of a year.
pub const MONTHS: usize = 12;

/// A programme of an offer, with its rules on the first day of each month.
#[derive(Debug)]
pub struct Seat<'a> {
    /// The programme; none where the place has it not.
    pub programme: Option<&'a Programme>,
    /// Whether it has places that are taken.
    pub has_quota: bool,
    /// Whether it shuts others out, or they it, in some month.
    pub is_bound: bool,
    pub(super) asked: Vec<Asked<'a>>,
}

impl Seat<'_> {
    /// Whether it is asked for stays, not for months.
    pub(super) fn by_stays(&self) -> bool {
        self.period() == Some(Period::Stay)
    }

    /// Whether it is given once in a life.
    pub(super) fn is_once(&self) -> bool {
        self.period() == Some(Period::Once)
    }

    fn period(&self) -> Option<Period> {
        self.programme.map(Programme::period)
    }

    /// Which of the year's periods of the programme a month belongs to.
    pub(super) fn window(&self, month: usize) -> usize {
        match self.period() {
            Some(Period::Month) => month,
            Some(Period::Quarter) => month.div_euclid(3),
            Some(Period::Year | Period::Once | Period::Event | Period::Stay) | None => 0,
        }
    }
}

/// The programmes of one place in one year. Places in it are those of the list it was made of, so
/// that two offers made of lists that agree place for place can be compared.
#[derive(Debug)]
pub struct Offer<'a> {
    /// The year.
    pub year: i32,
    /// The programmes.
    pub seats: Vec<Seat<'a>>,
    pub(super) days: [Day; MONTHS],
    pub(super) last_day: Day,
    shutting: [bool; MONTHS],
}

impl<'a> Offer<'a> {
    /// The programmes of a place, asked in a year.
    ///
    /// # Errors
    /// [`SimulationError::Year`] for a year that is none of the calendar's.
    pub fn new(programmes: &[Option<&'a Programme>], year: i32) -> Result<Self, SimulationError> {
        let first = Day::first_of_year(year).ok_or(SimulationError::Year)?;
        let last_day = Day::from_ymd(year, 12, 31).ok_or(SimulationError::Year)?;
        let mut days = [first; MONTHS];
        for (month, day) in (1_u32..).zip(days.iter_mut()) {
            *day = Day::from_ymd(year, month, 1).ok_or(SimulationError::Year)?;
        }
        let mut offer = Self {
            year,
            seats: programmes.iter().map(|it| seat(*it, &days)).collect(),
            days,
            last_day,
            shutting: [false; MONTHS],
        };
        offer.bind();
        Ok(offer)
    }

    /// The first day of the year.
    #[must_use]
    pub fn first_day(&self) -> Day {
        self.days.first().copied().unwrap_or(self.last_day)
    }

    /// The first day of each month.
    #[must_use]
    pub const fn days(&self) -> &[Day; MONTHS] {
        &self.days
    }

    /// Whether some programme shuts others out in a month.
    pub(super) fn shuts_out(&self, month: usize) -> bool {
        self.shutting.get(month).copied().unwrap_or(false)
    }

    /// Notes which programmes an exclusion binds.
    fn bind(&mut self) {
        let mut bound = vec![false; self.seats.len()];
        for group in self.groups() {
            for place in group {
                if let Some(it) = bound.get_mut(place) {
                    *it = true;
                }
            }
        }
        for (seat, bound) in self.seats.iter_mut().zip(bound) {
            seat.is_bound = bound;
        }
        for (day, shutting) in self.days.iter().zip(self.shutting.iter_mut()) {
            let excludes = |programme: &Programme| {
                let version = programme.version_at(*day);
                version.is_some_and(|version| version.exclusion.is_some())
            };
            *shutting = self
                .seats
                .iter()
                .filter_map(|it| it.programme)
                .any(excludes);
        }
    }

    /// The places of programmes that one exclusion of the year binds, exclusion by exclusion. One of
    /// which the place has only one programme binds nobody.
    #[must_use]
    pub fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups = Vec::new();
        for (owner, seat) in self.seats.iter().enumerate() {
            let Some(programme) = seat.programme else {
                continue;
            };
            let mut group = vec![owner];
            for day in self.days {
                let version = programme.version_at(day);
                let Some(exclusion) = version.and_then(|it| it.exclusion.as_ref()) else {
                    continue;
                };
                for (place, other) in self.seats.iter().enumerate() {
                    let named = other
                        .programme
                        .is_some_and(|it| exclusion.among.contains(it.id()));
                    if named && !group.contains(&place) {
                        group.push(place);
                    }
                }
            }
            if group.len() > 1 {
                groups.push(group);
            }
        }
        groups
    }
}

fn seat<'a>(programme: Option<&'a Programme>, days: &[Day; MONTHS]) -> Seat<'a> {
    let asked = programme.map(|it| days.iter().map(|day| it.on(*day)).collect());
    let quota = |it: &Programme| {
        days.iter()
            .any(|day| it.facts_at(*day).has(Fact::QuotaTaken))
    };
    Seat {
        programme,
        has_quota: programme.is_some_and(quota),
        is_bound: false,
        asked: asked.unwrap_or_default(),
    }
}

/// Which places may come to something else in one offer than in the other: those whose programme
/// differs, and those that an exclusion binds to such, near or far.
#[must_use]
pub fn affected(before: &Offer<'_>, after: &Offer<'_>) -> Vec<bool> {
    let hash = |seat: &Seat<'_>| seat.programme.map(|it| it.hash().clone());
    let both = before.seats.iter().zip(&after.seats);
    let mut affected: Vec<bool> = both
        .map(|(before, after)| hash(before) != hash(after))
        .collect();
    let mut groups = before.groups();
    groups.extend(after.groups());
    spread(&groups, &mut affected);
    affected
}

/// Names all of a group of which one is named, until nothing more is.
pub fn spread(groups: &[Vec<usize>], named: &mut [bool]) {
    let is_named = |named: &[bool], place: &usize| named.get(*place).copied().unwrap_or(false);
    loop {
        let partly = groups.iter().find(|group| {
            let some = group.iter().any(|place| is_named(named, place));
            some && !group.iter().all(|place| is_named(named, place))
        });
        let Some(group) = partly else {
            return;
        };
        for place in group {
            if let Some(it) = named.get_mut(*place) {
                *it = true;
            }
        }
    }
}
