//! A pack of format 1 as its text has it.

use serde::Deserialize;

use crate::day::Day;
use crate::hospital::{HospitalLevel, Ownership};
use crate::schedule::Citation;
use crate::trace::Bilingual;

use super::{daily, quoted};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OldPack {
    #[serde(rename = "format")]
    _format: i64,
    pub(super) programme: String,
    pub(super) division: String,
    pub(super) help: String,
    pub(super) title: Bilingual,
    pub(super) rate: Vec<OldDated<OldRate>>,
    pub(super) day_counting: Vec<OldDated<String>>,
    pub(super) waiting_days: Vec<OldDated<i64>>,
    pub(super) free_days: Vec<OldDated<i64>>,
    pub(super) cap_days_per_stay: Vec<OldDated<OldLimit>>,
    pub(super) cap_days_per_year: Vec<OldDated<OldLimit>>,
    pub(super) diagnoses: Vec<OldDated<Vec<String>>>,
    pub(super) hospital: Vec<OldDated<OldHospital>>,
    pub(super) claim_deadline_days: Vec<OldDated<OldLimit>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OldDated<T> {
    pub(super) from: Day,
    pub(super) value: T,
    pub(super) citation: Option<Citation>,
    pub(super) assumed: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "form", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum OldRate {
    Flat {
        fen: i64,
        icu_fen: Option<i64>,
    },
    ByNursingLevel {
        special_fen: i64,
        level_1_fen: i64,
        level_2_fen: i64,
        level_3_fen: i64,
        icu_fen: Option<i64>,
    },
    ByHospitalLevel {
        unrated_fen: i64,
        level_1_fen: i64,
        level_2_fen: i64,
        level_3_fen: i64,
        icu_fen: Option<i64>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OldLimit {
    pub(super) days: Option<i64>,
    #[serde(rename = "none")]
    _none: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OldHospital {
    pub(super) minimum_level: HospitalLevel,
    pub(super) ownership: Vec<Ownership>,
}

impl OldRate {
    /// The rate as `value = …` or `table = …`.
    pub(super) fn line(&self) -> String {
        let (fact, rows, icu) = match self {
            Self::Flat { fen, icu_fen: None } => {
                return format!("value = {}", quoted(&daily(*fen)));
            }
            Self::Flat { fen, icu_fen } => ("", vec![("", *fen)], *icu_fen),
            Self::ByNursingLevel {
                special_fen,
                level_1_fen,
                level_2_fen,
                level_3_fen,
                icu_fen,
            } => {
                let rows = vec![
                    ("special", *special_fen),
                    ("level_1", *level_1_fen),
                    ("level_2", *level_2_fen),
                    ("level_3", *level_3_fen),
                ];
                ("nursing_level", rows, *icu_fen)
            }
            Self::ByHospitalLevel {
                unrated_fen,
                level_1_fen,
                level_2_fen,
                level_3_fen,
                icu_fen,
            } => {
                let rows = vec![
                    ("unrated", *unrated_fen),
                    ("level_1", *level_1_fen),
                    ("level_2", *level_2_fen),
                    ("level_3", *level_3_fen),
                ];
                ("hospital_level", rows, *icu_fen)
            }
        };
        let ordinary = if icu.is_some() {
            "intensive_care = false, "
        } else {
            ""
        };
        let intensive = icu.map(|fen| {
            format!(
                "{{ intensive_care = true, value = {} }}",
                quoted(&daily(fen))
            )
        });
        let by_word = rows.into_iter().map(|(word, fen)| {
            let word = match fact {
                "" => String::new(),
                fact => format!("{fact} = {}, ", quoted(word)),
            };
            format!("{{ {ordinary}{word}value = {} }}", quoted(&daily(fen)))
        });
        let rows: Vec<String> = intensive.into_iter().chain(by_word).collect();
        format!("table = [\n  {},\n]", rows.join(",\n  "))
    }
}
