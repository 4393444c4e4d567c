//! The values of a programme on a day: what holds, from which place, and which paper says so.

use serde::Serialize;
use sizhu_core::{Day, Provenance};
use utoipa::ToSchema;

use super::decision_view::CitationView;
use crate::problem::Language;
use crate::wording::{Values, literal};

/// A value of one place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ValueOfPlace)]
pub struct LevelView {
    /// `national`, or the code of the division.
    #[schema(example = "4301")]
    place: String,
    /// First day in force.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// First day no longer in force, if it ends by itself.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Day>,
    /// The value in words.
    #[schema(example = "590元/月")]
    shown: String,
    /// Its source.
    citation: Option<CitationView>,
    /// Why the value is assumed, where no source gives it.
    assumed: Option<String>,
    /// Whether it is the one that holds: the nearest place's.
    holds: bool,
}

/// A named value of a programme.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NamedValue)]
pub struct ValueView {
    /// Its name in the policy pack.
    #[schema(example = "monthly_amount")]
    name: String,
    /// What it is on the day, in words.
    #[schema(example = "590元/月")]
    shown: String,
    /// What each place says, the nearest first.
    chain: Vec<LevelView>,
}

/// Where a rule comes from, as two members of a view.
pub(super) fn provenance(it: &Provenance) -> (Option<CitationView>, Option<String>) {
    (
        it.citation().map(CitationView::of),
        it.assumed().map(ToOwned::to_owned),
    )
}

/// All values in force, by name.
pub(super) fn values(values: &Values<'_>, language: Language) -> Vec<ValueView> {
    let names = values.pack().values.keys();
    names
        .filter_map(|name| {
            let chain: Vec<LevelView> = values
                .chain(name)
                .into_iter()
                .enumerate()
                .map(|(distance, (place, entry))| {
                    let (citation, assumed) = provenance(&entry.provenance);
                    LevelView {
                        place: place.to_string(),
                        from: entry.from,
                        until: entry.until,
                        shown: literal(&entry.literal, language),
                        citation,
                        assumed,
                        holds: distance == 0,
                    }
                })
                .collect();
            let shown = chain.first()?.shown.clone();
            Some(ValueView {
                name: name.clone(),
                shown,
                chain,
            })
        })
        .collect()
}
