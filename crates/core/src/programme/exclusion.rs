//! Programmes that shut each other out: which of the granted ones stays.

use crate::day::Day;
use crate::fact::FactSet;
use crate::money::Fen;
use crate::pack::{Exclusion, ExclusionRule, Period, ProgrammeId};
use crate::trace::Outcome;

use super::Programme;
use super::evaluate::Verdict;

/// What becomes of a granted programme that others could shut out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Its place in the list that was settled.
    pub place: usize,
    /// The rule.
    pub rule: ExclusionRule,
    /// What becomes of it.
    pub result: Settlement,
}

/// What becomes of one programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It stays.
    Keeps,
    /// Another is given in its place.
    ShutOut {
        /// That other.
        by: ProgrammeId,
    },
    /// Another that is not decided yet could shut it out.
    Open {
        /// Those that could.
        by: Vec<ProgrammeId>,
        /// The facts that decide them.
        missing: FactSet,
    },
}

/// Settles the programmes of one person or household on a day: for each granted one whose version
/// in force names others, whether it stays. Programmes that no rule touches are left out: they
/// stay.
///
/// A rule binds the programme that has it and all that it names, also where they do not name it
/// back. A programme that is shut out shuts nobody out itself.
#[must_use]
pub fn settle(programmes: &[(&Programme, &Verdict)], day: Day) -> Vec<Settled> {
    let mut settled: Vec<Settled> = Vec::new();
    let mut gone: Vec<usize> = Vec::new();
    for (owner, (programme, _)) in programmes.iter().enumerate() {
        let version = programme.version_at(day);
        let Some(exclusion) = version.and_then(|version| version.exclusion.as_ref()) else {
            continue;
        };
        let group = group(owner, exclusion, programmes);
        let results = settle_group(&group, exclusion.rule, programmes, &gone);
        for one in results {
            if matches!(one.result, Settlement::ShutOut { .. }) {
                gone.push(one.place);
            }
            merge(&mut settled, one);
        }
    }
    settled.sort_by_key(|one| one.place);
    settled
}

/// The places of a rule's programmes, in its order. One that the list has not is left out.
fn group(owner: usize, exclusion: &Exclusion, programmes: &[(&Programme, &Verdict)]) -> Vec<usize> {
    let place = |id: &ProgrammeId| programmes.iter().position(|(it, _)| it.id() == id);
    let named: Vec<usize> = exclusion.among.iter().filter_map(place).collect();
    if named.contains(&owner) {
        return named;
    }
    [owner].into_iter().chain(named).collect()
}

/// What becomes of the granted ones of a group.
fn settle_group(
    group: &[usize],
    rule: ExclusionRule,
    programmes: &[(&Programme, &Verdict)],
    gone: &[usize],
) -> Vec<Settled> {
    let members: Vec<Member<'_>> = group
        .iter()
        .filter(|place| !gone.contains(place))
        .filter_map(|place| {
            let (programme, verdict) = programmes.get(*place)?;
            Some(Member {
                place: *place,
                programme,
                verdict,
            })
        })
        .collect();
    let granted = |member: &&Member<'_>| member.verdict.outcome == Outcome::Granted;
    let Some(best) = members.iter().filter(granted).reduce(|best, other| {
        let better = match rule {
            ExclusionRule::OneOf => false,
            ExclusionRule::HigherOf => other.in_a_year() > best.in_a_year(),
        };
        if better { other } else { best }
    }) else {
        return Vec::new();
    };
    let order = |place: usize| members.iter().position(|member| member.place == place);
    let open: Vec<&Member<'_>> = members
        .iter()
        .filter(|member| member.verdict.outcome == Outcome::Undetermined)
        .filter(|member| match rule {
            // Only one that stands before the first granted one could take its place.
            ExclusionRule::OneOf => order(member.place) < order(best.place),
            ExclusionRule::HigherOf => true,
        })
        .collect();
    let result = |member: &Member<'_>| {
        if member.place != best.place {
            return Settlement::ShutOut {
                by: best.programme.id().clone(),
            };
        }
        if open.is_empty() {
            return Settlement::Keeps;
        }
        Settlement::Open {
            by: open.iter().map(|it| it.programme.id().clone()).collect(),
            missing: open
                .iter()
                .map(|it| it.verdict.missing)
                .fold(FactSet::EMPTY, FactSet::union),
        }
    };
    let settled = |member: &Member<'_>| Settled {
        place: member.place,
        rule,
        result: result(member),
    };
    members.iter().filter(granted).map(settled).collect()
}

struct Member<'a> {
    place: usize,
    programme: &'a Programme,
    verdict: &'a Verdict,
}

impl Member<'_> {
    /// What it pays in a year; what is given once counts as it is.
    fn in_a_year(&self) -> Fen {
        let times = match self.programme.period() {
            Period::Month => 12,
            Period::Quarter => 4,
            Period::Year | Period::Once | Period::Event | Period::Stay => 1,
        };
        let amount = self.verdict.amount;
        amount.times_count(times).unwrap_or(Fen::new(i64::MAX))
    }
}

/// Joins what two rules say of one programme: shut out before open before staying.
fn merge(settled: &mut Vec<Settled>, one: Settled) {
    let rank = |result: &Settlement| match result {
        Settlement::ShutOut { .. } => 2,
        Settlement::Open { .. } => 1,
        Settlement::Keeps => 0,
    };
    match settled.iter_mut().find(|known| known.place == one.place) {
        Some(known) if rank(&known.result) >= rank(&one.result) => {}
        Some(known) => *known = one,
        None => settled.push(one),
    }
}
