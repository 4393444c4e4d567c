//! For a refusal, the smallest changes that would grant it.
//!
//! The condition under which the programme grants is one tree. What would have to come out
//! otherwise follows from it part by part; every set of changes that is told has been tried: with
//! the changed facts, on the day named, the programme grants.

use serde_json::{Value, json};

use crate::day::Day;
use crate::fact::{Fact, FactValue, Sheet};
use crate::trace::{Bilingual, Outcome};

use super::evaluate::{Silent, evaluate};
use super::figure::Figure;
use super::form::{Form, Share};
use super::moment::Moment;
use super::node::Node;
use super::rules::{Component, Rules, clauses_of};
use super::test::{Check, Test, Tri};
use super::witness::{Flip, number_for};
use super::{Programme, show};

/// One thing that would have to be otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The clause that it would turn, or `eligibility`, `entitlement`, `programme_in_force` or a
    /// `limit:`.
    pub clause: String,
    /// The fact, unless it is the rules that would have to change.
    pub fact: Option<Fact>,
    /// What the clause, or the fact, is called.
    pub title: Bilingual,
    /// What the fact is now; null where it is not known.
    pub has: Value,
    /// What it would have to be, as rule content.
    pub needs: Value,
    /// The same in words.
    pub words: Bilingual,
    /// The first day on which the passing of time alone brings it about.
    pub on: Option<Day>,
}

/// How many alternatives are told.
const TOLD: usize = 8;
/// How many are tried.
const TRIED: usize = 64;

/// Sets of changes each of which would grant a refusal, smallest first; the passing of time is
/// one. Empty where nothing would.
pub(crate) fn would_grant(programme: &Programme, sheet: &Sheet, day: Day) -> Vec<Vec<Change>> {
    let Some(rules) = programme.rules_at(day) else {
        return from_next_start(programme, sheet, day);
    };
    let mut told = by_changes(programme, rules, sheet, day, TOLD);
    if let Some(change) = by_rules_to_come(programme, rules, sheet, day) {
        let sooner = |set: &Vec<Change>| matches!(set.as_slice(), [only] if only.on.is_some_and(|on| Some(on) <= change.on));
        if !told.iter().any(sooner) {
            let singles = told.iter().take_while(|set| set.len() <= 1).count();
            told.insert(singles, vec![change]);
            told.truncate(TOLD);
        }
    }
    told
}

/// Where no rules are in force: the day on which some will be, and what else it would need then.
fn from_next_start(programme: &Programme, sheet: &Sheet, day: Day) -> Vec<Vec<Change>> {
    let begins = |start: &Day| *start > day && programme.rules_at(*start).is_some();
    let Some(start) = programme.starts().find(begins) else {
        return Vec::new();
    };
    let begun = Change {
        clause: "programme_in_force".to_owned(),
        fact: None,
        title: Bilingual::of("项目执行期内", "The programme is in force"),
        has: Value::Null,
        needs: json!({"from": start}),
        words: from_words(start),
        on: Some(start),
    };
    let sheet = moved(sheet, day, start);
    if grants(programme, &sheet, start) {
        return vec![vec![begun]];
    }
    let Some(rules) = programme.rules_at(start) else {
        return Vec::new();
    };
    let with_start = |set: Vec<Change>| [begun.clone()].into_iter().chain(set).collect();
    let sets = by_changes(programme, rules, &sheet, start, TOLD);
    sets.into_iter().map(with_start).collect()
}

/// The sets of changed facts and awaited days that grant under these rules, smallest first.
fn by_changes(
    programme: &Programme,
    rules: &Rules,
    sheet: &Sheet,
    day: Day,
    most: usize,
) -> Vec<Vec<Change>> {
    let goal = granting(rules);
    let mut told: Vec<(Vec<Flip<'_>>, Vec<Change>)> = Vec::new();
    for way in ways(&goal, true, None, sheet, day) {
        let covered = |(known, _): &(Vec<Flip<'_>>, _)| known.iter().all(|flip| way.contains(flip));
        if told.len() >= most || told.iter().any(covered) {
            continue;
        }
        if let Some(changes) = tried(programme, &way, sheet, day) {
            told.push((way, changes));
        }
    }
    told.into_iter().map(|(_, changes)| changes).collect()
}

/// The condition under which rules grant, without their limits.
fn granting(rules: &Rules) -> Node {
    let pays =
        |component: &Component| Node::All([component.told.clone(), paying(&component.form)].into());
    let any = Node::Any(rules.components.iter().map(pays).collect());
    Node::All([rules.told.clone(), any].into())
}

/// The condition under which a form pays something.
fn paying(form: &Form) -> Node {
    let above = |fact: Fact, least: i64| {
        let high = i64::MAX;
        Node::Test(Test {
            fact,
            check: Check::Between { low: least, high },
        })
    };
    let after = |figure: &Figure| match figure {
        Figure::Fixed(number) => number.saturating_add(1),
        Figure::Table(_) => 1,
    };
    let both = |one: Node, two: Node| Node::All([one, two].into());
    match form {
        Form::Amount(amount) => amount.positive(),
        Form::InKind => Node::Always,
        Form::PerUnit {
            rate, units, free, ..
        } => both(above(*units, after(free)), rate.positive()),
        Form::PerStayDay(stay) => both(
            above(Fact::StayDays, i64::from(stay.free).saturating_add(1)),
            stay.rate.positive(),
        ),
        Form::ShareOfCost {
            cost,
            deductible,
            share,
            ..
        } => {
            // The first fen is paid once the share of the rest comes to half a fen.
            let share = match share {
                Share::Whole(Figure::Fixed(share)) => *share,
                Share::Whole(Figure::Table(_)) => 1_000_000,
                Share::Tiers(tiers) => tiers.first().map_or(0, |(_, share)| *share),
            };
            let half = share
                .checked_sub(1)
                .and_then(|rest| rest.checked_add(500_000)?.checked_div(share));
            let least = after(deductible)
                .saturating_sub(1)
                .saturating_add(half.unwrap_or(1));
            above(*cost, least)
        }
        Form::Interest(_) => both(above(Fact::LoanPrincipal, 1), above(Fact::LoanRate, 1)),
        Form::Quota { amount, places } => {
            let taken = match places {
                Figure::Fixed(places) => places.saturating_sub(1),
                Figure::Table(_) => i64::MAX,
            };
            let check = Check::Between {
                low: i64::MIN,
                high: taken,
            };
            let fact = Fact::QuotaTaken;
            both(Node::Test(Test { fact, check }), amount.positive())
        }
    }
}

/// The sets of tests that would have to come out otherwise for a condition to come to `wanted`,
/// smallest first, at most [`TRIED`].
fn ways<'a>(
    node: &'a Node,
    wanted: bool,
    clause: Option<usize>,
    sheet: &Sheet,
    day: Day,
) -> Vec<Vec<Flip<'a>>> {
    if node.ask(sheet, Moment::of(day)) == Tri::from(wanted) {
        return vec![Vec::new()];
    }
    let part_ways = |part: &'a Node| ways(part, wanted, clause, sheet, day);
    let mut sets = match (node, wanted) {
        (Node::Test(test), _) => {
            let flip = Flip {
                test,
                wanted,
                clause,
            };
            let possible = flip.is_possible(sheet, day);
            possible.then(|| vec![flip]).into_iter().collect()
        }
        (Node::Always, _) => Vec::new(),
        (Node::Not(part), _) => ways(part, !wanted, clause, sheet, day),
        (Node::Clause(place, part), _) => ways(part, wanted, Some(*place), sheet, day),
        (Node::All(parts), true) | (Node::Any(parts), false) => {
            let none = vec![Vec::new()];
            parts
                .iter()
                .fold(none, |sets, part| joined(&sets, &part_ways(part)))
        }
        (Node::Any(parts), true) | (Node::All(parts), false) => {
            parts.iter().flat_map(part_ways).collect()
        }
    };
    sets.sort_by_key(Vec::len);
    sets.truncate(TRIED);
    sets
}

/// Every set of the one list joined with every set of the other.
fn joined<'a>(one: &[Vec<Flip<'a>>], two: &[Vec<Flip<'a>>]) -> Vec<Vec<Flip<'a>>> {
    let mut sets: Vec<Vec<Flip<'a>>> = Vec::new();
    for (left, right) in one
        .iter()
        .flat_map(|left| two.iter().map(move |right| (left, right)))
    {
        let mut set = left.clone();
        set.extend(right.iter().filter(|flip| !left.contains(flip)));
        sets.push(set);
    }
    sets.sort_by_key(Vec::len);
    sets.truncate(TRIED);
    sets
}

/// The changes of a set, if with them the programme grants.
fn tried(programme: &Programme, way: &[Flip<'_>], sheet: &Sheet, day: Day) -> Option<Vec<Change>> {
    let awaited: Vec<Option<Day>> = way.iter().map(|flip| flip.by_time(sheet, day)).collect();
    let then = awaited.iter().flatten().max().copied().unwrap_or(day);
    let mut changed = moved(sheet, day, then);
    for (flip, on) in way.iter().zip(&awaited) {
        if on.is_none() {
            let fact = flip.test.fact;
            changed.set(fact, number_for(fact, way, &changed, then)?);
        }
    }
    if !grants(programme, &changed, then) {
        return None;
    }
    let changes = way.iter().zip(awaited);
    Some(
        changes
            .map(|(flip, on)| change(programme, flip, sheet, on))
            .collect(),
    )
}

fn change(programme: &Programme, flip: &Flip<'_>, sheet: &Sheet, on: Option<Day>) -> Change {
    let clauses = &programme.policy().pack().clauses;
    let clause = flip.clause.and_then(|place| clauses.get(place));
    let fact = flip.test.fact;
    let has = sheet.get(fact);
    let needs = show::test(flip.test);
    Change {
        clause: clause.map_or_else(|| "eligibility".to_owned(), |clause| clause.id.clone()),
        fact: Some(fact),
        title: clause.map_or_else(|| fact.info().bilingual(), |clause| clause.title.clone()),
        has: has.map_or(Value::Null, |has| FactValue::show(fact, has)),
        needs: if flip.wanted {
            needs
        } else {
            json!({"not": needs})
        },
        words: show::wish(flip.test, flip.wanted),
        on,
    }
}

/// The first day on which rules or values to come, or a new year of a yearly limit, grant with the
/// facts as they are.
fn by_rules_to_come(
    programme: &Programme,
    rules: &Rules,
    sheet: &Sheet,
    day: Day,
) -> Option<Change> {
    let new_year = Day::first_of_year(day.year().checked_add(1)?);
    let limited = !rules.limits.per_year.is_unlimited();
    let starts = programme.starts().chain(new_year.filter(|_| limited));
    let dates = rules.facts().iter().filter_map(|fact| {
        let is_day = matches!(fact.info().kind, crate::fact::FactType::Day);
        sheet.get(fact).filter(|_| is_day).and_then(Day::of_number)
    });
    let mut days: Vec<Day> = starts.chain(dates).filter(|it| *it > day).collect();
    days.sort_unstable();
    days.truncate(TRIED);
    let granted = |on: &Day| grants(programme, &moved(sheet, day, *on), *on);
    let on = days.into_iter().find(granted)?;
    let (clause, title) = failing(programme, rules, sheet, day);
    Some(Change {
        clause,
        fact: None,
        title,
        has: Value::Null,
        needs: json!({"from": on}),
        words: from_words(on),
        on: Some(on),
    })
}

/// The first clause that fails, or what else refuses.
fn failing(programme: &Programme, rules: &Rules, sheet: &Sheet, day: Day) -> (String, Bilingual) {
    let now = Moment::of(day);
    let clauses = clauses_of(&rules.told, sheet, now);
    let failing = clauses.iter().find(|(_, answer)| *answer == Tri::False);
    let pack = programme.policy().pack();
    if let Some(clause) = failing.and_then(|(place, _)| pack.clauses.get(*place)) {
        return (clause.id.clone(), clause.title.clone());
    }
    if rules.eligibility.ask(sheet, now) == Tri::False {
        let title = Bilingual::of("资格条件", "Eligibility");
        return ("eligibility".to_owned(), title);
    }
    let reached = rules.limits.per_year.of(sheet, now) <= sheet.get(Fact::ReceivedThisYear);
    if !rules.limits.per_year.is_unlimited() && reached {
        let title = Bilingual::of("年度上限", "Limit of a calendar year");
        return ("limit:per_year".to_owned(), title);
    }
    ("entitlement".to_owned(), programme.title().clone())
}

fn from_words(on: Day) -> Bilingual {
    Bilingual {
        zh: format!("自{on}起").into(),
        en: format!("from {on} on").into(),
    }
}

/// The sheet on a later day: in another calendar year nothing has been received yet.
fn moved(sheet: &Sheet, day: Day, to: Day) -> Sheet {
    let mut sheet = *sheet;
    if to.year() > day.year() && sheet.get(Fact::ReceivedThisYear).is_some() {
        sheet.set(Fact::ReceivedThisYear, 0);
    }
    sheet
}

fn grants(programme: &Programme, sheet: &Sheet, day: Day) -> bool {
    evaluate(programme, sheet, day, &mut Silent)
        .is_ok_and(|verdict| verdict.outcome == Outcome::Granted)
}
