//! A page of people asked, on as many threads as the machine has: pure arithmetic over what was read.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use sizhu_core::pack::ProgrammeId;
use sizhu_core::programme::{OutOfRange, Programme, RegistryPerson};
use sizhu_core::simulation::{
    Earlier, Grant, Offer, SimulationError, Tally, Who, YearOf, affected, spread,
};
use sizhu_core::{DivisionCode, Fen, Outcome, Stay};
use sizhu_store::{population::Inhabitant, simulations::Change};

use super::cursor::Taken;
use crate::policies::PolicySet;
use crate::service::knowing;

/// The rules compared, and what of them is asked for.
pub(super) struct Sets {
    pub(super) before: PolicySet,
    pub(super) after: PolicySet,
    /// Every programme of either.
    pub(super) programmes: Vec<ProgrammeId>,
    /// Which of them are asked for.
    pub(super) selected: Vec<bool>,
    pub(super) year: i32,
}

/// What a page came to.
#[derive(Default)]
pub(super) struct PageSums {
    pub(super) counties: BTreeMap<DivisionCode, CountySums>,
    pub(super) changes: Vec<Change>,
}

/// What the people of a county on a page came to.
#[derive(Default)]
pub(super) struct CountySums {
    pub(super) people: i64,
    /// By programme.
    pub(super) tallies: BTreeMap<String, Tally>,
}

/// Asks a page of people. Those who take places of a quota are asked again one after the other, in
/// their order, with the places that are taken by then.
pub(super) fn ask(
    sets: &Sets,
    people: &[Inhabitant],
    taken: &mut (Taken, Taken),
) -> Result<PageSums, SimulationError> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = people.len().div_ceil(threads).max(1);
    let parts: Vec<Result<Part, SimulationError>> = thread::scope(|scope| {
        let asked = |people| scope.spawn(move || Part::ask(sets, people));
        let handles: Vec<_> = people.chunks(share).map(asked).collect();
        let join = |handle: thread::ScopedJoinHandle<'_, _>| match handle.join() {
            Ok(part) => part,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        handles.into_iter().map(join).collect()
    });
    let mut sums = PageSums::default();
    let mut in_turn = Vec::new();
    for part in parts {
        let part = part?;
        sums.merge(part.sums)?;
        in_turn.extend(part.in_turn);
    }
    let mut asking = Asking::default();
    for inhabitant in in_turn {
        let place = Placed::of(sets, &inhabitant.division);
        let offers = place.offers(sets)?;
        asking.ask(sets, &offers, inhabitant, Some(taken))?;
        asking.take_places(sets, &offers, taken);
        asking.record(sets, &offers, inhabitant, &mut sums)?;
    }
    Ok(sums)
}

impl PageSums {
    fn merge(&mut self, other: Self) -> Result<(), OutOfRange> {
        for (county, sums) in other.counties {
            let own = self.counties.entry(county).or_default();
            own.people = own.people.saturating_add(sums.people);
            for (programme, tally) in sums.tallies {
                own.tallies.entry(programme).or_default().merge(tally)?;
            }
        }
        self.changes.extend(other.changes);
        Ok(())
    }
}

/// What one thread came to, and who is to be asked again in turn.
struct Part<'a> {
    sums: PageSums,
    in_turn: Vec<&'a Inhabitant>,
}

impl<'a> Part<'a> {
    fn ask(sets: &Sets, people: &'a [Inhabitant]) -> Result<Self, SimulationError> {
        let mut part = Self {
            sums: PageSums::default(),
            in_turn: Vec::new(),
        };
        let mut asking = Asking::default();
        // In order of division: the programmes of each are looked up once.
        for neighbours in people.chunk_by(|one, other| one.division == other.division) {
            let Some(first) = neighbours.first() else {
                continue;
            };
            let place = Placed::of(sets, &first.division);
            let offers = place.offers(sets)?;
            for inhabitant in neighbours {
                asking.ask(sets, &offers, inhabitant, None)?;
                if asking.take_places_at_all(&offers) {
                    part.in_turn.push(inhabitant);
                } else {
                    asking.record(sets, &offers, inhabitant, &mut part.sums)?;
                }
            }
        }
        Ok(part)
    }
}

/// The programmes of a division, before and after.
struct Placed {
    before: Vec<Option<Arc<Programme>>>,
    after: Vec<Option<Arc<Programme>>>,
}

impl Placed {
    fn of(sets: &Sets, division: &DivisionCode) -> Self {
        let all = |set: &PolicySet| {
            let programmes = sets.programmes.iter();
            programmes.map(|id| set.resolve(division, id)).collect()
        };
        Self {
            before: all(&sets.before),
            after: all(&sets.after),
        }
    }

    fn offers(&self, sets: &Sets) -> Result<Offers<'_>, SimulationError> {
        let before = Offer::new(&borrow(&self.before), sets.year)?;
        let after = Offer::new(&borrow(&self.after), sets.year)?;
        let mut asked = sets.selected.clone();
        let mut groups = before.groups();
        groups.extend(after.groups());
        spread(&groups, &mut asked);
        let affected = affected(&before, &after);
        Ok(Offers {
            before,
            after,
            asked,
            affected,
        })
    }
}

fn borrow(all: &[Option<Arc<Programme>>]) -> Vec<Option<&Programme>> {
    all.iter().map(Option::as_deref).collect()
}

/// The programmes of a division, ready to be asked.
struct Offers<'a> {
    before: Offer<'a>,
    after: Offer<'a>,
    /// Which are asked at all: those asked for, and those that exclusions bind to them.
    asked: Vec<bool>,
    /// Which may come to something else after than before.
    affected: Vec<bool>,
}

fn is(flags: &[bool], place: usize) -> bool {
    flags.get(place).copied().unwrap_or(false)
}

/// One person's year, before and after, and the buffers for it.
#[derive(Default)]
struct Asking {
    before: YearOf,
    after: YearOf,
    stays: Vec<Stay>,
    earlier: Vec<Earlier>,
    taken: (Vec<i64>, Vec<i64>),
}

impl Asking {
    /// Asks all programmes of one person; without `taken` as if no place of a quota were.
    fn ask(
        &mut self,
        sets: &Sets,
        offers: &Offers<'_>,
        inhabitant: &Inhabitant,
        taken: Option<&(Taken, Taken)>,
    ) -> Result<(), SimulationError> {
        let person: RegistryPerson = knowing::inhabitant(inhabitant);
        self.stays.clear();
        self.stays.extend(inhabitant.stays.iter().map(Stay::from));
        self.stays
            .sort_by_key(|stay| (stay.discharged_on, stay.claim));
        self.learn_earlier(sets, inhabitant)?;
        let none = Taken::new();
        let (before, after) = taken.map_or((&none, &none), |(before, after)| (before, after));
        self.taken.0 = places_taken(&offers.before, before);
        self.taken.1 = places_taken(&offers.after, after);
        let who = Who {
            person: &person,
            stays: &self.stays,
            earlier: &self.earlier,
            taken: &self.taken.0,
        };
        self.before
            .ask(&offers.before, |place| is(&offers.asked, place), who)?;
        let both = |place: usize| is(&offers.asked, place) && is(&offers.affected, place);
        let who = Who {
            taken: &self.taken.1,
            ..who
        };
        self.after.ask(&offers.after, both, who)
    }

    fn learn_earlier(
        &mut self,
        sets: &Sets,
        inhabitant: &Inhabitant,
    ) -> Result<(), SimulationError> {
        self.earlier.clear();
        self.earlier
            .resize(sets.programmes.len(), Earlier::default());
        for received in &inhabitant.received {
            let mut places = sets.programmes.iter().zip(&mut self.earlier);
            let own = places.find(|(id, _)| id.as_str() == received.programme);
            let Some((_, earlier)) = own.filter(|_| received.benefit_year < sets.year) else {
                continue;
            };
            earlier.times = earlier.times.saturating_add(received.times);
            let sum = earlier.amount.checked_add(received.granted);
            earlier.amount = sum.ok_or(OutOfRange)?;
        }
        Ok(())
    }

    fn take_places_at_all(&self, offers: &Offers<'_>) -> bool {
        self.before.takes_places(&offers.before) || self.after.takes_places(&offers.after)
    }

    /// Takes the places that this person is granted.
    fn take_places(&self, sets: &Sets, offers: &Offers<'_>, taken: &mut (Taken, Taken)) {
        for place in 0..sets.programmes.len() {
            let (before, after) = self.grants(offers, place);
            let each = [
                (&offers.before, before, &mut taken.0),
                (&offers.after, after, &mut taken.1),
            ];
            for (offer, grant, taken) in each {
                let key = offer.seats.get(place).and_then(|seat| {
                    seat.programme
                        .filter(|_| seat.has_quota && grant.outcome == Outcome::Granted)
                        .map(quota)
                });
                if let Some(key) = key {
                    let count = taken.entry(key).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
    }

    /// What a programme gives before and after.
    fn grants(&self, offers: &Offers<'_>, place: usize) -> (Grant, Grant) {
        let of = |year: &YearOf| year.grants.get(place).copied().unwrap_or(Grant::NONE);
        let before = of(&self.before);
        if is(&offers.affected, place) {
            (before, of(&self.after))
        } else {
            (before, before)
        }
    }

    /// Adds what the person gets to their county's sums.
    fn record(
        &self,
        sets: &Sets,
        offers: &Offers<'_>,
        inhabitant: &Inhabitant,
        sums: &mut PageSums,
    ) -> Result<(), SimulationError> {
        let Some(county) = inhabitant.division.county() else {
            return Ok(());
        };
        let own = sums.counties.entry(county.clone()).or_default();
        own.people = own.people.saturating_add(1);
        for (place, id) in sets.programmes.iter().enumerate() {
            let (before, after) = self.grants(offers, place);
            let nothing = before == Grant::NONE && after == Grant::NONE;
            if nothing || !is(&sets.selected, place) {
                continue;
            }
            let tally = match own.tallies.get_mut(id.as_str()) {
                Some(tally) => tally,
                None => own.tallies.entry(id.as_str().to_owned()).or_default(),
            };
            tally.add(&before, &after)?;
            tally.add_months(offers.before.days(), &before, &after)?;
            self.add_stays(offers, place, tally)?;
            if (before.outcome, before.amount) != (after.outcome, after.amount) {
                sums.changes.push(Change {
                    resident: inhabitant.resident,
                    programme: id.as_str().to_owned(),
                    county: county.clone(),
                    outcome_before: before.outcome,
                    outcome_after: after.outcome,
                    before: before.amount,
                    after: after.amount,
                });
            }
        }
        Ok(())
    }

    fn add_stays(
        &self,
        offers: &Offers<'_>,
        place: usize,
        tally: &mut Tally,
    ) -> Result<(), OutOfRange> {
        let affected = is(&offers.affected, place);
        let of = |year: &'_ YearOf| -> Vec<_> {
            let own = year.stays.iter().filter(|it| it.place == place);
            own.copied().collect()
        };
        for payment in of(&self.before) {
            let after = if affected { Fen::ZERO } else { payment.amount };
            tally.add_day(payment.day, payment.amount, after)?;
        }
        for payment in of(&self.after).iter().filter(|_| affected) {
            tally.add_day(payment.day, Fen::ZERO, payment.amount)?;
        }
        Ok(())
    }
}

/// The name of a programme's quota: it is one for all of the nearest place of its texts.
fn quota(programme: &Programme) -> String {
    format!("{} {}", programme.id(), programme.nearest())
}

/// How many places of each programme's quota are taken.
fn places_taken(offer: &Offer<'_>, taken: &Taken) -> Vec<i64> {
    let of = |programme: &Programme| taken.get(&quota(programme)).copied().unwrap_or(0);
    let seats = offer.seats.iter();
    seats
        .map(|seat| seat.programme.filter(|_| seat.has_quota).map_or(0, of))
        .collect()
}
