//! What may be shown of sums over people to someone who may not see the people: nothing that tells of
//! fewer than five families, neither by itself nor less the rest of its column.

use std::collections::BTreeMap;

use crate::money::Fen;

use super::Tally;

/// The fewest people whose sum is shown.
pub const FEWEST: i64 = 5;

/// A tally as it is shown; `None` is held back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// People to whom it is granted before.
    pub granted_before: Option<i64>,
    /// And after.
    pub granted_after: Option<i64>,
    /// People for whom a missing fact keeps it open before.
    pub undetermined_before: Option<i64>,
    /// And after.
    pub undetermined_after: Option<i64>,
    /// What it costs before.
    pub before: Option<Fen>,
    /// And after.
    pub after: Option<Fen>,
    /// After less before.
    pub difference: Option<Fen>,
    /// People who get more.
    pub gainers: Option<i64>,
    /// How much more.
    pub gain: Option<Fen>,
    /// People who get less.
    pub losers: Option<i64>,
    /// How much less.
    pub loss: Option<Fen>,
    /// How many people lack each fact; facts held back are left out.
    pub missing: BTreeMap<String, i64>,
}

/// Which parts of a tally are shown.
#[derive(Clone, Copy)]
struct Parts {
    before: bool,
    after: bool,
    undetermined_before: bool,
    undetermined_after: bool,
    gainers: bool,
    losers: bool,
}

const fn few(people: i64) -> bool {
    people > 0 && people < FEWEST
}

impl Parts {
    const ALL: Self = Self {
        before: true,
        after: true,
        undetermined_before: true,
        undetermined_after: true,
        gainers: true,
        losers: true,
    };

    /// What a county's tally may show. Who knows what it cost before and after knows what the few who
    /// gain or lose gained or lost.
    const fn of(tally: &Tally) -> Self {
        let (gainers, losers) = (!few(tally.gainers), !few(tally.losers));
        Self {
            before: !few(tally.granted_before),
            after: !few(tally.granted_after) && gainers && losers,
            undetermined_before: !few(tally.undetermined_before),
            undetermined_after: !few(tally.undetermined_after),
            gainers,
            losers,
        }
    }

    /// What the sum of a column may show: nothing whose difference to what is shown of the column
    /// tells of too few.
    fn of_sum(tallies: &[Tally]) -> Self {
        let tells = |of: fn(&Tally) -> i64| {
            let held_back = tallies.iter().map(of).filter(|people| few(*people));
            few(held_back.fold(0, i64::saturating_add))
        };
        let (gainers, losers) = (!tells(|it| it.gainers), !tells(|it| it.losers));
        Self {
            before: !tells(|it| it.granted_before),
            after: !tells(|it| it.granted_after) && gainers && losers,
            undetermined_before: !tells(|it| it.undetermined_before),
            undetermined_after: !tells(|it| it.undetermined_after),
            gainers,
            losers,
        }
    }

    fn show(self, tally: &Tally, missing: BTreeMap<String, i64>) -> Shown {
        let difference = tally.after.checked_sub(tally.before);
        Shown {
            granted_before: self.before.then_some(tally.granted_before),
            granted_after: self.after.then_some(tally.granted_after),
            undetermined_before: self
                .undetermined_before
                .then_some(tally.undetermined_before),
            undetermined_after: self.undetermined_after.then_some(tally.undetermined_after),
            before: self.before.then_some(tally.before),
            after: self.after.then_some(tally.after),
            difference: difference.filter(|_| self.before && self.after),
            gainers: self.gainers.then_some(tally.gainers),
            gain: self.gainers.then_some(tally.gain),
            losers: self.losers.then_some(tally.losers),
            loss: self.losers.then_some(tally.loss),
            missing,
        }
    }
}

/// What may be shown of a programme's counties and of their sum: everything to those who may see the
/// people, else nothing that tells of fewer than [`FEWEST`].
#[must_use]
pub fn show(counties: &[Tally], sum: &Tally, sees_people: bool) -> (Vec<Shown>, Shown) {
    if sees_people {
        let all = |tally: &Tally| Parts::ALL.show(tally, tally.missing.clone());
        return (counties.iter().map(all).collect(), all(sum));
    }
    let enough = |tally: &Tally| -> BTreeMap<String, i64> {
        let facts = tally.missing.iter().filter(|(_, people)| !few(**people));
        facts
            .map(|(fact, people)| (fact.clone(), *people))
            .collect()
    };
    let shown = counties
        .iter()
        .map(|tally| Parts::of(tally).show(tally, enough(tally)));
    let tells_of = |fact: &str| {
        let people = counties
            .iter()
            .filter_map(|it| it.missing.get(fact).copied());
        few(people.filter(|it| few(*it)).fold(0, i64::saturating_add))
    };
    let mut missing = enough(sum);
    missing.retain(|fact, _| !tells_of(fact));
    let total = Parts::of_sum(counties).show(sum, missing);
    (shown.collect(), total)
}
