//! From the text of a pack to its checked values: the TOML form, and where each fault stands.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::day::Day;
use crate::diagnosis::DiagnosisRange;
use crate::division::DivisionCode;
use crate::hospital::{HospitalLevel, Ownership};
use crate::money::Fen;
use crate::schedule::{Citation, Dated, Provenance, Schedule, ScheduleError};
use crate::trace::Bilingual;

use super::{
    DailyRate, DayCounting, DiagnosisSet, HOSPITAL_CARE, Help, HospitalCarePack, HospitalRule,
    PackError, Parameters, PolicyHash, RateForm,
};

/// The most a day may pay: 10,000 yuan. More is a slip of the pen.
const MOST_FEN: i64 = 1_000_000;
/// The longest count of days within a year.
const YEAR_DAYS: i64 = 366;
/// The longest claim deadline: ten years.
const DEADLINE_DAYS: i64 = 3_660;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPack {
    format: Spanned<i64>,
    programme: Spanned<String>,
    division: Spanned<String>,
    help: Help,
    title: Bilingual,
    rate: Values<RawRate>,
    day_counting: Values<DayCounting>,
    waiting_days: Values<i64>,
    free_days: Values<i64>,
    cap_days_per_stay: Values<RawLimit>,
    cap_days_per_year: Values<RawLimit>,
    diagnoses: Values<Vec<Spanned<String>>>,
    hospital: Values<RawHospital>,
    claim_deadline_days: Values<RawLimit>,
}

type Values<T> = Spanned<Vec<Spanned<RawDated<T>>>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDated<T> {
    from: Spanned<String>,
    value: Spanned<T>,
    citation: Option<Citation>,
    assumed: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawRateForm {
    Flat,
    ByNursingLevel,
    ByHospitalLevel,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRate {
    form: RawRateForm,
    fen: Option<Spanned<i64>>,
    special_fen: Option<Spanned<i64>>,
    unrated_fen: Option<Spanned<i64>>,
    level_1_fen: Option<Spanned<i64>>,
    level_2_fen: Option<Spanned<i64>>,
    level_3_fen: Option<Spanned<i64>>,
    icu_fen: Option<Spanned<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimit {
    days: Option<Spanned<i64>>,
    none: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHospital {
    minimum_level: HospitalLevel,
    ownership: Vec<Ownership>,
}

pub(super) fn parse(text: &str) -> Result<HospitalCarePack, PackError> {
    let raw: RawPack = toml::from_str(text).map_err(|error| from_toml(text, &error))?;
    let reader = Reader {
        text,
        first_day: None,
    };
    reader.pack(raw)
}

/// Splits a message of the TOML reader ("…, expected …") into what it found and what it expected.
fn from_toml(text: &str, error: &toml::de::Error) -> PackError {
    let message = error.message().trim();
    let (found, expected) = message
        .split_once(", expected ")
        .unwrap_or((message, "a valid pack"));
    fault(text, error.span().unwrap_or(0..0), found, expected)
}

fn fault(text: &str, span: Range<usize>, found: &str, expected: &str) -> PackError {
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |line| line.chars().count());
    PackError {
        line,
        column: column.saturating_add(1),
        found: found.to_owned(),
        expected: expected.to_owned(),
    }
}

/// Turns raw values into checked ones. Remembers the programme's first day once the rate told it.
struct Reader<'a> {
    text: &'a str,
    first_day: Option<Day>,
}

impl Reader<'_> {
    fn pack(mut self, raw: RawPack) -> Result<HospitalCarePack, PackError> {
        if *raw.format.get_ref() != 1 {
            return Err(self.fault(&raw.format, raw.format.get_ref(), "format = 1"));
        }
        if raw.programme.get_ref() != HOSPITAL_CARE {
            return Err(self.fault(&raw.programme, raw.programme.get_ref(), HOSPITAL_CARE));
        }
        let division = DivisionCode::parse(raw.division.get_ref())
            .ok()
            .ok_or_else(|| {
                self.fault(
                    &raw.division,
                    raw.division.get_ref(),
                    "a division code such as 43",
                )
            })?;
        let rate = self.schedule(raw.rate, Self::rate)?;
        self.first_day = Some(rate.first().from);
        let parameters = Parameters {
            rate,
            day_counting: self.schedule(raw.day_counting, |_, value| Ok(value.into_inner()))?,
            waiting_days: self.schedule(raw.waiting_days, |r, v| r.days(&v, 0..=YEAR_DAYS))?,
            free_days: self.schedule(raw.free_days, |r, v| r.days(&v, 0..=YEAR_DAYS))?,
            cap_days_per_stay: self
                .schedule(raw.cap_days_per_stay, |r, v| r.limit(&v, 1..=YEAR_DAYS))?,
            cap_days_per_year: self
                .schedule(raw.cap_days_per_year, |r, v| r.limit(&v, 1..=YEAR_DAYS))?,
            diagnoses: self.schedule(raw.diagnoses, |r, v| r.diagnoses(&v))?,
            hospital: self.schedule(raw.hospital, |r, v| r.hospital(v))?,
            claim_deadline_days: self.schedule(raw.claim_deadline_days, |r, v| {
                r.limit(&v, 0..=DEADLINE_DAYS)
            })?,
        };
        let hash = PolicyHash::of(self.text);
        Ok(HospitalCarePack {
            hash,
            division,
            help: raw.help,
            title: raw.title,
            parameters,
        })
    }

    fn fault<T>(
        &self,
        place: &Spanned<T>,
        found: impl std::fmt::Display,
        expected: &str,
    ) -> PackError {
        fault(self.text, place.span(), &format!("`{found}`"), expected)
    }

    fn schedule<T, U>(
        &self,
        values: Values<T>,
        read: impl Fn(&Self, Spanned<T>) -> Result<U, PackError>,
    ) -> Result<Schedule<U>, PackError> {
        let place = values.span();
        let mut dated = Vec::new();
        let mut starts = Vec::new();
        for value in values.into_inner() {
            let provenance = self.provenance(&value)?;
            let value = value.into_inner();
            let from = self.day(&value.from)?;
            starts.push(value.from.span());
            dated.push(Dated {
                from,
                value: read(self, value.value)?,
                provenance,
            });
        }
        let first = dated.first().map(|first| first.from);
        let schedule = Schedule::new(dated).map_err(|error| match error {
            ScheduleError::Empty => fault(self.text, place.clone(), "no value", "at least one"),
            ScheduleError::NotAscending(at) => {
                let span = starts.get(at).cloned().unwrap_or(place.clone());
                fault(
                    self.text,
                    span,
                    "a day not after the one before",
                    "ascending days",
                )
            }
        })?;
        match (self.first_day, first) {
            (Some(programme), Some(own)) if programme != own => {
                let span = starts.first().cloned().unwrap_or(place);
                let expected = format!("`{programme}`, the programme's first day (of its rate)");
                Err(fault(self.text, span, &format!("`{own}`"), &expected))
            }
            (_, _) => Ok(schedule),
        }
    }

    fn provenance<T>(&self, value: &Spanned<RawDated<T>>) -> Result<Provenance, PackError> {
        let raw = value.get_ref();
        match (&raw.citation, &raw.assumed) {
            (Some(citation), None) if citation.instrument.trim().is_empty() => Err(fault(
                self.text,
                value.span(),
                "an empty instrument",
                "the source's name",
            )),
            (Some(citation), None) => Ok(Provenance::Cited(citation.clone())),
            (None, Some(reason)) if reason.get_ref().trim().is_empty() => {
                Err(self.fault(reason, "", "the reason of the assumption"))
            }
            (None, Some(reason)) => Ok(Provenance::Assumed(reason.get_ref().clone())),
            (found, _) => {
                let found = if found.is_some() { "both" } else { "neither" };
                let expected = "exactly one of citation and assumed";
                Err(fault(self.text, value.span(), found, expected))
            }
        }
    }

    fn day(&self, from: &Spanned<String>) -> Result<Day, PackError> {
        Day::parse(from.get_ref())
            .ok()
            .ok_or_else(|| self.fault(from, from.get_ref(), "a real day written YYYY-MM-DD"))
    }

    fn number(
        &self,
        value: &Spanned<i64>,
        range: std::ops::RangeInclusive<i64>,
        unit: &str,
    ) -> Result<i64, PackError> {
        if range.contains(value.get_ref()) {
            return Ok(*value.get_ref());
        }
        let expected = format!("{} to {} {unit}", range.start(), range.end());
        Err(self.fault(value, value.get_ref(), &expected))
    }

    fn days(
        &self,
        value: &Spanned<i64>,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<u32, PackError> {
        let days = self.number(value, range, "days")?;
        u32::try_from(days)
            .ok()
            .ok_or_else(|| self.fault(value, days, "a number of days"))
    }

    fn limit(
        &self,
        value: &Spanned<RawLimit>,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<Option<u32>, PackError> {
        let raw = value.get_ref();
        match (&raw.days, raw.none) {
            (Some(days), None) => self.days(days, range).map(Some),
            (None, Some(true)) => Ok(None),
            (_, _) => {
                let expected = "exactly one of days = N and none = true";
                Err(fault(self.text, value.span(), "another limit", expected))
            }
        }
    }

    fn diagnoses(&self, value: &Spanned<Vec<Spanned<String>>>) -> Result<DiagnosisSet, PackError> {
        if value.get_ref().is_empty() {
            return Err(fault(
                self.text,
                value.span(),
                "no diagnosis",
                "at least one range",
            ));
        }
        let mut ranges = Vec::new();
        for text in value.get_ref() {
            let range = DiagnosisRange::parse(text.get_ref()).ok().ok_or_else(|| {
                self.fault(text, text.get_ref(), "a range such as C00-C97 or N18")
            })?;
            if ranges.contains(&range) {
                return Err(self.fault(text, text.get_ref(), "each range once"));
            }
            ranges.push(range);
        }
        Ok(DiagnosisSet(ranges))
    }

    fn hospital(&self, value: Spanned<RawHospital>) -> Result<HospitalRule, PackError> {
        let span = value.span();
        let RawHospital {
            minimum_level,
            mut ownership,
        } = value.into_inner();
        let given = ownership.len();
        ownership.sort_unstable();
        ownership.dedup();
        if ownership.is_empty() || ownership.len() != given {
            let expected = "at least one of public and private, each once";
            return Err(fault(self.text, span, "another list of owners", expected));
        }
        Ok(HospitalRule {
            minimum_level,
            ownership,
        })
    }

    fn rate(&self, value: Spanned<RawRate>) -> Result<DailyRate, PackError> {
        let span = value.span();
        let mut raw = value.into_inner();
        let amount = |slot: &mut Option<Spanned<i64>>, name: &str| {
            let missing = || fault(self.text, span.clone(), "a rate without it", name);
            let given = slot.take().ok_or_else(missing)?;
            self.number(&given, 0..=MOST_FEN, "fen").map(Fen::new)
        };
        let form = match raw.form {
            RawRateForm::Flat => RateForm::Flat(amount(&mut raw.fen, "fen")?),
            RawRateForm::ByNursingLevel => RateForm::ByNursingLevel {
                special: amount(&mut raw.special_fen, "special_fen")?,
                level_1: amount(&mut raw.level_1_fen, "level_1_fen")?,
                level_2: amount(&mut raw.level_2_fen, "level_2_fen")?,
                level_3: amount(&mut raw.level_3_fen, "level_3_fen")?,
            },
            RawRateForm::ByHospitalLevel => RateForm::ByHospitalLevel {
                unrated: amount(&mut raw.unrated_fen, "unrated_fen")?,
                level_1: amount(&mut raw.level_1_fen, "level_1_fen")?,
                level_2: amount(&mut raw.level_2_fen, "level_2_fen")?,
                level_3: amount(&mut raw.level_3_fen, "level_3_fen")?,
            },
        };
        let icu = raw
            .icu_fen
            .map(|given| self.number(&given, 0..=MOST_FEN, "fen").map(Fen::new))
            .transpose()?;
        let rest = [
            raw.fen,
            raw.special_fen,
            raw.unrated_fen,
            raw.level_1_fen,
            raw.level_2_fen,
            raw.level_3_fen,
        ];
        match rest.into_iter().flatten().next() {
            Some(stray) => Err(self.fault(
                &stray,
                stray.get_ref(),
                "only the amounts of the rate's form",
            )),
            None => Ok(DailyRate { form, icu }),
        }
    }
}
