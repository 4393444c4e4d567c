//! Rule content as it is shown in a decision: dated values and rates.

use serde_json::{Value, json};

use crate::day::Day;
use crate::pack::{DailyRate, RateForm};
use crate::schedule::Schedule;

/// The values of a schedule in force between two days, each with its first day. Without a first
/// day, all values up to the last; if none is, the schedule's first.
pub(super) fn dated<T>(
    schedule: &Schedule<T>,
    first: Option<Day>,
    last: Day,
    show: impl Fn(&T) -> Value,
) -> Vec<Value> {
    let since = first.map_or(schedule.first().from, |first| {
        schedule.at_or_first(first).from
    });
    let until = schedule.at_or_first(last).from;
    schedule
        .iter()
        .filter(|dated| since <= dated.from && dated.from <= until)
        .map(|dated| json!({"from": dated.from, "value": show(&dated.value)}))
        .collect()
}

/// A rate as its pack gives it.
pub(super) fn rate_value(rate: &DailyRate) -> Value {
    let mut shown = match rate.form {
        RateForm::Flat(fen) => json!({"form": "flat", "fen": fen}),
        RateForm::ByNursingLevel {
            special,
            level_1,
            level_2,
            level_3,
        } => json!({
            "form": "by_nursing_level", "special_fen": special, "level_1_fen": level_1,
            "level_2_fen": level_2, "level_3_fen": level_3,
        }),
        RateForm::ByHospitalLevel {
            unrated,
            level_1,
            level_2,
            level_3,
        } => json!({
            "form": "by_hospital_level", "unrated_fen": unrated, "level_1_fen": level_1,
            "level_2_fen": level_2, "level_3_fen": level_3,
        }),
    };
    if let (Some(icu), Some(shown)) = (rate.icu, shown.as_object_mut()) {
        shown.insert("icu_fen".to_owned(), json!(icu));
    }
    shown
}
