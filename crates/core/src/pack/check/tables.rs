//! Tables: every combination of the facts they ask for has exactly one row.

use std::collections::{BTreeMap, BTreeSet};

use super::super::read::{Reader, Written};
use super::super::{Literal, Operand, Row};
use super::range::{Key, Ranges, shown};

/// The most combinations of a table that are told apart.
const MOST_CELLS: usize = 2_000;

/// A fact that a table asks for: the runs of its numbers that the rows tell apart, one of each kind,
/// and which rows each passes.
struct Axis {
    key: Key,
    kinds: Vec<((i64, i64), Vec<bool>)>,
}

/// The combinations of a table.
struct Grid(Vec<Axis>);

/// Checks a literal, if it is a table.
pub(super) fn check(reader: &Reader<'_>, written: &Written) {
    let Literal::Table(rows) = &written.literal else {
        return;
    };
    let sets: Vec<BTreeMap<Key, Ranges>> = rows.iter().map(sets).collect();
    for (set, at) in sets.iter().zip(&written.parts) {
        if set.values().any(Ranges::is_empty) {
            reader.fault(
                *at,
                "a row that nothing can match",
                "ranges that hold something",
            );
            return;
        }
    }
    let Some(grid) = Grid::of(&sets) else {
        let expected = format!("at most {MOST_CELLS} combinations of what the rows tell apart");
        reader.fault(written.at, "a table of too many combinations", expected);
        return;
    };
    let has_rest = rows.last().is_some_and(|row| row.conditions.is_empty());
    let named = rows.len().saturating_sub(usize::from(has_rest));
    let (mut hole, mut overlaps) = (None, vec![None; rows.len()]);
    for cell in grid.cells() {
        let mut found = (0..named).filter(|row| grid.matches(*row, &cell));
        match (found.next(), found.next()) {
            (None, _) => hole = hole.or_else(|| Some(grid.shown(&cell))),
            (Some(first), Some(second)) => {
                if let Some(slot) = overlaps.get_mut(second) {
                    *slot = slot.take().or_else(|| Some((first, grid.shown(&cell))));
                }
            }
            (Some(_), None) => {}
        }
    }
    for (overlap, at) in overlaps.into_iter().zip(&written.parts) {
        if let Some((first, cell)) = overlap {
            let other = written.parts.get(first).map_or(0, |at| reader.line(*at));
            let found = format!("a second row for {cell}");
            let expected = format!("rows that do not overlap: line {other} has it");
            reader.fault(*at, found, expected);
        }
    }
    match (hole, has_rest, written.parts.last()) {
        (Some(cell), false, _) => {
            reader.fault(
                written.at,
                format!("no row for {cell}"),
                "a row for everything",
            );
        }
        (None, true, Some(last)) => {
            let found = "a last row for what is left, where nothing is";
            reader.fault(*last, found, "no such row");
        }
        (_, _, _) => {}
    }
}

/// The operand of a row, always written in place.
const fn written_in(operand: &Operand) -> Option<&Literal> {
    match operand {
        Operand::Literal(literal) => Some(literal),
        Operand::Value(_) => None,
    }
}

/// What each fact of a row may be.
fn sets(row: &Row) -> BTreeMap<Key, Ranges> {
    let conditions = row.conditions.iter();
    let sets = conditions.filter_map(|(fact, test)| Ranges::passing(*fact, test, &written_in));
    sets.collect()
}

impl Axis {
    /// `None` where there are too many runs.
    fn of(key: Key, sets: &[BTreeMap<Key, Ranges>]) -> Option<Self> {
        let runs = runs_of(key, sets.iter().filter_map(|set| set.get(&key)));
        if runs.len() > MOST_CELLS {
            return None;
        }
        let (mut kinds, mut seen) = (Vec::new(), BTreeSet::new());
        for run in runs {
            let lies = |set: &BTreeMap<Key, Ranges>| match set.get(&key) {
                Some(ranges) => ranges.0.iter().any(|it| it.0 <= run.0 && run.1 <= it.1),
                None => true,
            };
            let passes: Vec<bool> = sets.iter().map(lies).collect();
            if seen.insert(passes.clone()) {
                kinds.push((run, passes));
            }
        }
        Some(Self { key, kinds })
    }
}

impl Grid {
    /// `None` where there are too many combinations.
    fn of(sets: &[BTreeMap<Key, Ranges>]) -> Option<Self> {
        let keys: BTreeSet<Key> = sets.iter().flat_map(BTreeMap::keys).copied().collect();
        let axes: Option<Vec<Axis>> = keys.into_iter().map(|key| Axis::of(key, sets)).collect();
        let axes = axes?;
        let counts = axes.iter().map(|axis| axis.kinds.len());
        let cells = counts.fold(1, usize::saturating_mul);
        (cells <= MOST_CELLS).then_some(Self(axes))
    }

    /// All combinations: for each fact, the place of a run.
    fn cells(&self) -> Vec<Vec<usize>> {
        let mut cells: Vec<Vec<usize>> = vec![Vec::new()];
        for axis in &self.0 {
            let longer = cells.into_iter().flat_map(|cell| {
                (0..axis.kinds.len()).map(move |kind| {
                    let mut cell = cell.clone();
                    cell.push(kind);
                    cell
                })
            });
            cells = longer.collect();
        }
        cells
    }

    fn matches(&self, row: usize, cell: &[usize]) -> bool {
        self.0.iter().zip(cell).all(|(axis, kind)| {
            let passes = axis.kinds.get(*kind).map(|(_, passes)| passes);
            passes
                .and_then(|passes| passes.get(row))
                .copied()
                .unwrap_or_default()
        })
    }

    fn shown(&self, cell: &[usize]) -> String {
        let axes = self.0.iter().zip(cell);
        let parts = axes.filter_map(|(axis, kind)| Some(shown(axis.key, axis.kinds.get(*kind)?.0)));
        parts.collect::<Vec<String>>().join(", ")
    }
}

/// The runs that sets tell apart within all that a fact may be. Truths and words stand alone.
fn runs_of<'s>(key: Key, sets: impl Iterator<Item = &'s Ranges>) -> Vec<(i64, i64)> {
    let all = Ranges::all(key);
    let mut cuts: Vec<i64> = all.0.iter().map(|run| run.0).collect();
    for (low, high) in sets.flat_map(|set| &set.0) {
        cuts.extend([*low, high.saturating_add(1)]);
    }
    cuts.sort_unstable();
    cuts.dedup();
    let last = all.0.last().map_or(0, |run| run.1);
    cuts.retain(|cut| *cut <= last);
    let ends = cuts.iter().skip(1).map(|next| next.saturating_sub(1));
    let ends = ends.chain([last]);
    cuts.iter().copied().zip(ends).collect()
}
