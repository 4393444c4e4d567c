//! Clauses: each used, none in a circle, none too deep; and what rests on which.

use std::collections::{BTreeMap, BTreeSet};

use super::super::fault::Span;
use super::super::read::{DEEPEST, Draft, DraftClause, DraftVersion, Placed, Reader, Tree, Uses};

/// The most conditions of one version with its clauses taken apart, each use of a clause counted.
const MOST_CONDITIONS: usize = 5_000;

/// The clauses of a draft and how they rest on each other.
pub(super) struct Clauses<'d> {
    by_id: BTreeMap<&'d str, &'d DraftClause>,
    /// How many conditions a clause holds and how deep they are, with the clauses in it taken
    /// apart. Those in a circle are not in it.
    sizes: BTreeMap<&'d str, Size>,
}

/// The most searches for a circle in one text.
const MOST_WAYS: usize = 100;

/// A circle as a fault tells it: a long one by its first clauses.
fn circle_of(names: &[&str]) -> String {
    let shown: Vec<&str> = names.iter().copied().take(6).collect();
    let more = if names.len() > shown.len() {
        " > …"
    } else {
        ""
    };
    format!("a circle: {}{more}", shown.join(" > "))
}

/// How much a condition comes to with its clauses taken apart.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    conditions: usize,
    depth: usize,
}

impl<'d> Clauses<'d> {
    pub(super) fn of(draft: &'d Draft) -> Self {
        let by_id: BTreeMap<&str, &DraftClause> = draft
            .clauses
            .iter()
            .map(|clause| (clause.id.as_str(), clause))
            .collect();
        // From the clauses that use none upwards; what is left over is in a circle or rests on one.
        let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut waits: BTreeMap<&str, usize> = BTreeMap::new();
        for (id, clause) in &by_id {
            let used: BTreeSet<&str> = clause.uses.clauses.iter().map(|it| it.0.as_str()).collect();
            waits.insert(id, used.len());
            for other in used {
                users.entry(other).or_default().push(id);
            }
        }
        let mut ready: Vec<&str> = waits
            .iter()
            .filter(|(_, waits)| **waits == 0)
            .map(|(id, _)| *id)
            .collect();
        let mut sizes: BTreeMap<&str, Size> = BTreeMap::new();
        while let Some(id) = ready.pop() {
            let condition = by_id.get(id).and_then(|clause| clause.condition.as_ref());
            let size = condition.map(|condition| size_of(condition, &sizes));
            sizes.insert(id, size.unwrap_or_default());
            for user in users.get(id).into_iter().flatten() {
                if let Some(waits) = waits.get_mut(user) {
                    *waits = waits.saturating_sub(1);
                    if *waits == 0 {
                        ready.push(user);
                    }
                }
            }
        }
        Self { by_id, sizes }
    }

    /// The condition of a clause, unless it is in a circle or too deep.
    pub(super) fn condition(&self, id: &str) -> Option<&'d Placed> {
        let sound = self.sizes.get(id).is_some_and(|size| size.depth <= DEEPEST);
        let clause = self.by_id.get(id).filter(|_| sound);
        clause.and_then(|clause| clause.condition.as_ref())
    }

    /// All that rests below these uses: themselves and those of every clause they reach.
    pub(super) fn reach<'u>(&self, uses: impl IntoIterator<Item = &'u Uses>) -> Vec<&'u Uses>
    where
        'd: 'u,
    {
        let mut all: Vec<&Uses> = uses.into_iter().collect();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut next = 0_usize;
        while let Some(uses) = all.get(next).copied() {
            for (id, _) in &uses.clauses {
                if seen.insert(id)
                    && let Some(clause) = self.by_id.get(id.as_str())
                {
                    all.push(&clause.uses);
                }
            }
            next = next.saturating_add(1);
        }
        all
    }

    pub(super) fn check(&self, reader: &Reader<'_>, draft: &Draft) {
        self.circles(reader, draft);
        let versions = draft.versions.iter().flat_map(all_uses);
        let used: BTreeSet<&str> = self
            .reach(versions)
            .into_iter()
            .flat_map(|uses| uses.clauses.iter().map(|(id, _)| id.as_str()))
            .collect();
        for clause in &draft.clauses {
            if !used.contains(clause.id.as_str()) && draft.versions.iter().all(is_read) {
                let found = format!("the clause `{}`, which nothing uses", clause.id);
                reader.fault(clause.at, found, "only clauses that are used");
            }
        }
        for version in &draft.versions {
            let trees = version.eligibility.iter().chain(&version.evidence_when);
            let whens = version.components.iter().filter_map(|it| it.when.as_ref());
            let mut conditions = 0_usize;
            for tree in trees.chain(whens) {
                let size = size_of(tree, &self.sizes);
                conditions = conditions.saturating_add(size.conditions);
                self.too_deep(reader, tree.at, size);
            }
            if conditions > MOST_CONDITIONS {
                let found = format!("{conditions} conditions with the clauses taken apart");
                reader.fault(version.at, found, format!("at most {MOST_CONDITIONS}"));
            }
        }
    }

    fn too_deep(&self, reader: &Reader<'_>, at: Span, size: Size) {
        if size.depth > DEEPEST {
            let found = format!(
                "conditions {} deep with the clauses taken apart",
                size.depth
            );
            reader.fault(at, found, format!("at most {DEEPEST}"));
        }
    }

    /// Notes the use of a clause that closes a circle: the uses among clauses left over that lead
    /// back to where they stand.
    fn circles(&self, reader: &Reader<'_>, draft: &Draft) {
        let mut told: BTreeSet<&str> = BTreeSet::new();
        let mut ways = MOST_WAYS;
        for clause in &draft.clauses {
            let id = clause.id.as_str();
            if self.sizes.contains_key(id) || told.contains(id) {
                continue;
            }
            for (used, at) in &clause.uses.clauses {
                if ways == 0 {
                    // Some rest on themselves; which they are takes too long to find.
                    let found = format!("the clause `{id}`, on a circle of clauses");
                    return reader.fault(
                        clause.at,
                        found,
                        "clauses that do not rest on themselves",
                    );
                }
                ways = ways.saturating_sub(1);
                if let Some(circle) = self.way(used, id) {
                    let names: Vec<&str> = std::iter::once(id).chain(circle.clone()).collect();
                    let found = circle_of(&names);
                    reader.fault(*at, found, "clauses that do not rest on themselves");
                    told.insert(id);
                    told.extend(circle);
                    break;
                }
            }
        }
    }

    /// The clauses from one to another by their uses, both included, if there is a way.
    fn way(&self, from: &'d str, to: &str) -> Option<Vec<&'d str>> {
        let mut before: BTreeMap<&str, &str> = BTreeMap::new();
        let mut waiting = std::collections::VecDeque::from([from]);
        while let Some(id) = waiting.pop_front() {
            if id == to {
                let mut way = vec![id];
                let mut step = id;
                while step != from {
                    step = before.get(step).copied()?;
                    way.push(step);
                }
                way.reverse();
                return Some(way);
            }
            let uses = self.by_id.get(id).map(|clause| &clause.uses.clauses);
            for (next, _) in uses.into_iter().flatten() {
                if next != from && !before.contains_key(next.as_str()) {
                    before.insert(next, id);
                    waiting.push_back(next);
                }
            }
        }
        None
    }
}

/// Whether all of a version's conditions could be read.
fn is_read(version: &DraftVersion) -> bool {
    version.version.is_some()
}

/// All parts of a version that name values, clauses or facts.
pub(super) fn all_uses(version: &DraftVersion) -> impl Iterator<Item = &Uses> {
    let components = version
        .components
        .iter()
        .flat_map(|it| [&it.when_uses, &it.form_uses]);
    [&version.eligibility_uses, &version.terms_uses]
        .into_iter()
        .chain(components)
}

/// The size of a condition, given those of the clauses.
fn size_of(condition: &Placed, sizes: &BTreeMap<&str, Size>) -> Size {
    let one = Size {
        conditions: 1,
        depth: 1,
    };
    let below = match &condition.tree {
        Tree::All(parts) | Tree::Any(parts) => {
            let parts = parts.iter().map(|part| size_of(part, sizes));
            parts.fold(Size::default(), |sum, part| Size {
                conditions: sum.conditions.saturating_add(part.conditions),
                depth: sum.depth.max(part.depth),
            })
        }
        Tree::Not(part) => size_of(part, sizes),
        Tree::Clause(id) => sizes.get(id.as_str()).copied().unwrap_or_default(),
        Tree::Fact(..) => Size::default(),
    };
    Size {
        conditions: below.conditions.saturating_add(one.conditions),
        depth: below.depth.saturating_add(one.depth),
    }
}
