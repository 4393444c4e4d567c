//! Overlaps: which stays stop counting, or yield their day, when an officer lets a held one count.

use crate::day::Day;
use crate::id::ClaimId;
use crate::word::words;

words! {
    /// How a stay stands among those of its person.
    pub enum StayStanding {
        /// It counts.
        Counted = "counted",
        /// It overlaps one that counts, and an officer has to settle which.
        Held = "held",
        /// An officer let another count in its place.
        NotCounted = "not_counted",
        /// An officer refused it.
        Refused = "refused",
        /// The hospital withdrew the claim.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// How an officer settles a held stay.
    pub enum Resolution {
        /// It counts; those that it overlaps no longer do.
        Count = "count",
        /// Those that it overlaps go on counting; it does not count.
        KeepOther = "keep_other",
        /// It is refused, whatever it overlaps.
        Refuse = "refuse",
    }
}

/// A stay by its days. Where it counts, whether it yields its one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedStay {
    /// The claim.
    pub claim: ClaimId,
    /// The day of admission.
    pub admitted_on: Day,
    /// The day of discharge, not before admission.
    pub discharged_on: Day,
    /// Whether its one day is the first of another, longer stay.
    pub yields_day: bool,
}

impl PlacedStay {
    /// Whether admission and discharge are on one day.
    #[must_use]
    pub fn is_one_day(&self) -> bool {
        self.admitted_on == self.discharged_on
    }

    /// The last day that the stay holds against others: the one before discharge, or its only one.
    #[must_use]
    pub fn last_day(&self) -> Day {
        let end = self.discharged_on.previous().unwrap_or(self.discharged_on);
        end.max(self.admitted_on)
    }

    /// Whether two stays have a day in common, each `[admitted, discharged)` or one day.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.admitted_on <= other.last_day() && other.admitted_on <= self.last_day()
    }

    /// Whether a one-day stay lies on the first day of a longer one: both can count, and the one-day
    /// stay yields its day.
    #[must_use]
    pub fn can_yield_to(&self, longer: &Self) -> bool {
        self.is_one_day() && !longer.is_one_day() && self.admitted_on == longer.admitted_on
    }
}

/// What letting a held stay count does to those that count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counting {
    /// These no longer count.
    pub displaced: Vec<ClaimId>,
    /// These go on counting and yield their day to it.
    pub yielding: Vec<ClaimId>,
    /// These yielded their day to one that is displaced, and have it back.
    pub released: Vec<ClaimId>,
    /// It yields its own day to a longer stay, as the only one that does.
    pub yields_day: bool,
}

/// What has to give way so that a held stay counts. Those that count satisfy, before and after, what
/// the database asks of them: no two overlap but where one yields its day, and of those that yield
/// there is one a day. What can yield its day is not displaced.
#[must_use]
pub fn let_count(stay: &PlacedStay, counted: &[PlacedStay]) -> Counting {
    let mut plan = Counting::default();
    let met: Vec<&PlacedStay> = counted
        .iter()
        .filter(|other| other.claim != stay.claim && other.overlaps(stay))
        .collect();
    plan.yields_day = met
        .iter()
        .any(|other| !other.yields_day && stay.can_yield_to(other));
    for other in &met {
        let longer = plan.yields_day && !other.yields_day && stay.can_yield_to(other);
        if longer {
            continue;
        }
        if other.can_yield_to(stay) && plan.yielding.is_empty() {
            plan.yielding.push(other.claim);
        } else {
            plan.displaced.push(other.claim);
        }
    }
    let gone = |claim: &ClaimId| plan.displaced.contains(claim);
    plan.released = counted
        .iter()
        .filter(|other| other.yields_day && !gone(&other.claim))
        .filter(|other| !plan.yielding.contains(&other.claim))
        .filter(|other| {
            let mut longer = counted.iter().filter(|it| !it.yields_day);
            longer.any(|it| gone(&it.claim) && other.can_yield_to(it))
        })
        .map(|other| other.claim)
        .collect();
    plan
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow panics and so fails the test"
)]
mod tests {
    use super::*;
    use crate::stay::tests::dice::Dice;

    fn day(number: u32) -> Day {
        Day::parse("2026-03-01").unwrap().plus_days(number).unwrap()
    }

    fn stay(number: u128, from: u32, to: u32, yields_day: bool) -> PlacedStay {
        PlacedStay {
            claim: ClaimId::new(uuid::Uuid::from_u128(number)),
            admitted_on: day(from),
            discharged_on: day(to),
            yields_day,
        }
    }

    fn ids(numbers: &[u128]) -> Vec<ClaimId> {
        let id = |number: &u128| ClaimId::new(uuid::Uuid::from_u128(*number));
        numbers.iter().map(id).collect()
    }

    #[test]
    fn all_that_it_overlaps_give_way_and_nothing_else_does() {
        let counted = [
            stay(1, 0, 5, false),
            stay(2, 5, 8, false),
            stay(3, 9, 12, false),
        ];
        let plan = let_count(&stay(9, 4, 9, false), &counted);
        assert_eq!(plan.displaced, ids(&[1, 2]));
        assert!(plan.yielding.is_empty() && plan.released.is_empty() && !plan.yields_day);
    }

    #[test]
    fn a_day_that_was_yielded_to_a_displaced_stay_comes_back() {
        let counted = [stay(1, 5, 15, false), stay(2, 5, 5, true)];
        let plan = let_count(&stay(9, 10, 20, false), &counted);
        assert_eq!((plan.displaced, plan.released), (ids(&[1]), ids(&[2])));
        // One that begins on that day takes it over instead.
        let plan = let_count(&stay(9, 5, 9, false), &counted);
        assert_eq!((plan.displaced, plan.yielding), (ids(&[1]), ids(&[2])));
        assert!(plan.released.is_empty());
        // And one that runs over it displaces both.
        let plan = let_count(&stay(9, 3, 8, false), &counted);
        assert_eq!(plan.displaced, ids(&[1, 2]));
    }

    #[test]
    fn a_one_day_stay_takes_the_place_of_the_one_that_yields() {
        let counted = [stay(1, 5, 15, false), stay(2, 5, 5, true)];
        let plan = let_count(&stay(9, 5, 5, false), &counted);
        assert!(plan.yields_day);
        assert_eq!(plan.displaced, ids(&[2]));
        // In the middle of a longer one it cannot yield.
        let plan = let_count(&stay(9, 7, 7, false), &counted);
        assert!(!plan.yields_day);
        assert_eq!((plan.displaced, plan.released), (ids(&[1]), ids(&[2])));
    }

    /// What the constraints of the database ask of those that count.
    fn allowed(counted: &[PlacedStay]) -> bool {
        counted.iter().enumerate().all(|(place, one)| {
            let others = counted.iter().skip(place + 1);
            let mut clashes = others.filter(|other| match (one.yields_day, other.yields_day) {
                (false, false) => one.overlaps(other),
                (true, true) => one.admitted_on == other.admitted_on,
                (true, false) | (false, true) => false,
            });
            clashes.next().is_none()
        })
    }

    /// Whether each that yields its day yields it to one that has it.
    fn nothing_is_yielded_to_nobody(counted: &[PlacedStay]) -> bool {
        let mut yielding = counted.iter().filter(|it| it.yields_day);
        yielding.all(|it| counted.iter().any(|longer| it.can_yield_to(longer)))
    }

    #[test]
    fn what_counts_stays_allowed_over_random_resolutions() {
        let mut dice = Dice(20_261_128);
        let (mut displaced, mut yielded, mut released) = (0, 0, 0);
        for _ in 0..20_000 {
            let mut counted: Vec<PlacedStay> = Vec::new();
            for number in 0..u128::from(dice.below(8)) + 2 {
                let from = dice.below(12);
                let held = stay(number, from, from + dice.below(5), false);
                let plan = let_count(&held, &counted);
                displaced += plan.displaced.len();
                yielded += plan.yielding.len() + usize::from(plan.yields_day);
                released += plan.released.len();
                counted.retain(|it| !plan.displaced.contains(&it.claim));
                for it in &mut counted {
                    it.yields_day |= plan.yielding.contains(&it.claim);
                    it.yields_day &= !plan.released.contains(&it.claim);
                }
                counted.push(PlacedStay {
                    yields_day: plan.yields_day,
                    ..held
                });
                assert!(allowed(&counted), "{counted:?}");
                assert!(nothing_is_yielded_to_nobody(&counted), "{counted:?}");
            }
        }
        assert!(
            displaced > 1_000 && yielded > 1_000 && released > 100,
            "{displaced} {yielded} {released}"
        );
    }
}
