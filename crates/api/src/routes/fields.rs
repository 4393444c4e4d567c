//! Parsing at the door: text of a DTO into core types, every fault collected with its pointer.

use sizhu_core::name::is_unseen;
use sizhu_core::{CitizenId, Day, DiagnosisCode, DivisionCode, DivisionLevel, Fen, PersonName};

use unicode_normalization::UnicodeNormalization as _;

use crate::problem::{FieldError, Problem, Text};

/// The largest amount taken, in fen: ten billion yuan.
pub(crate) const MAX_FEN: i64 = 1_000_000_000_000;

/// A form being parsed. Each method answers the value, or notes what is wrong with it.
#[derive(Debug)]
pub(super) struct Fields {
    errors: Vec<FieldError>,
    today: Day,
}

impl Fields {
    pub(super) const fn on(today: Day) -> Self {
        Self {
            errors: Vec::new(),
            today,
        }
    }

    /// Notes that a field is wrong.
    pub(super) fn refuse(&mut self, pointer: &str, code: &'static str) {
        self.errors.push(FieldError::of_code(pointer, code));
    }

    /// Notes that a field is wrong, in its own words.
    pub(super) fn explain(
        &mut self,
        pointer: &str,
        code: &'static str,
        zh: &'static str,
        en: &'static str,
    ) {
        self.errors
            .push(FieldError::new(pointer, code, Text::new(zh, en)));
    }

    fn parsed<T>(&mut self, pointer: &str, value: Result<T, &'static str>) -> Option<T> {
        value.map_err(|code| self.refuse(pointer, code)).ok()
    }

    pub(super) fn citizen_id(&mut self, pointer: &str, text: &str) -> Option<CitizenId> {
        let parsed = self.parsed(
            pointer,
            CitizenId::parse(text).map_err(|error| error.code()),
        )?;
        if parsed.born_on() > self.today {
            self.refuse(pointer, "citizen_id_birth_date");
            return None;
        }
        Some(parsed)
    }

    pub(super) fn name(&mut self, pointer: &str, text: &str) -> Option<PersonName> {
        self.parsed(
            pointer,
            PersonName::parse(text).map_err(|error| error.code()),
        )
    }

    pub(super) fn diagnosis(&mut self, pointer: &str, text: &str) -> Option<DiagnosisCode> {
        self.parsed(
            pointer,
            DiagnosisCode::parse(text).map_err(|error| error.code()),
        )
    }

    /// A division of a level.
    pub(super) fn division(
        &mut self,
        pointer: &str,
        text: &str,
        level: DivisionLevel,
    ) -> Option<DivisionCode> {
        let code = DivisionCode::parse(text).map_err(|error| error.code());
        let code = self.parsed(pointer, code)?;
        if code.level() != level {
            self.explain(
                pointer,
                "division_level",
                "区划层级不对。",
                "This is a division of another level than is asked for here.",
            );
            return None;
        }
        Some(code)
    }

    /// Text of 1 to `max` characters, none of them a control character; trimmed after it was counted,
    /// as its schema counts.
    pub(super) fn text(&mut self, pointer: &str, text: &str, max: usize) -> Option<String> {
        if text.trim().is_empty() || text.chars().count() > max {
            self.refuse(pointer, "length");
            return None;
        }
        if text.chars().any(|c| c.is_control() || is_unseen(c)) {
            self.refuse(pointer, "invalid_value");
            return None;
        }
        Some(text.trim().to_owned())
    }

    /// The number of a budget document, in the one form it is kept in: compatible characters are
    /// one character (NFKC), letters are capitals, brackets are 〔〕. A document fills an account
    /// once, however it is typed.
    pub(super) fn document_no(&mut self, pointer: &str, text: &str) -> Option<String> {
        // Counted and looked at as it was typed, as its schema does: one form may be longer.
        let typed = self.text(pointer, text, 100)?;
        let one_form: String = typed
            .nfkc()
            .flat_map(char::to_uppercase)
            .map(|c| match c {
                '[' | '【' | '(' | '〈' => '〔',
                ']' | '】' | ')' | '〉' => '〕',
                other => other,
            })
            .filter(|c| !c.is_whitespace())
            .collect();
        Some(one_form)
    }

    /// Digits, perhaps with `extra` characters between them, of a length.
    pub(super) fn digits(
        &mut self,
        pointer: &str,
        text: &str,
        extra: &str,
        length: std::ops::RangeInclusive<usize>,
    ) -> Option<String> {
        let known = |c: char| c.is_ascii_digit() || extra.contains(c);
        if !length.contains(&text.chars().count()) || !text.chars().all(known) {
            self.refuse(pointer, "invalid_value");
            return None;
        }
        Some(text.to_owned())
    }

    /// A day that is not after today.
    pub(super) fn past(&mut self, pointer: &str, day: Day) -> Option<Day> {
        if day > self.today {
            self.refuse(pointer, "date_in_future");
            return None;
        }
        Some(day)
    }

    /// An amount that is not negative.
    pub(super) fn fen(&mut self, pointer: &str, fen: i64) -> Option<Fen> {
        if !(0..=MAX_FEN).contains(&fen) {
            self.refuse(pointer, "range");
            return None;
        }
        Some(Fen::new(fen))
    }

    /// A word of a closed vocabulary.
    pub(super) fn word<T: std::str::FromStr>(&mut self, pointer: &str, text: &str) -> Option<T> {
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.refuse(pointer, "unknown_variant");
        }
        parsed
    }

    /// A unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters, the last of
    /// which checks the others.
    pub(super) fn credit_code(&mut self, pointer: &str, text: &str) -> Option<String> {
        const CHARACTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        let values: Option<Vec<usize>> = text.chars().map(|c| CHARACTERS.find(c)).collect();
        let sums = |values: &[usize]| {
            let (check, others) = values.split_last()?;
            let mut weight = 1_usize;
            let mut sum = *check;
            for value in others {
                sum = sum.checked_add(value.checked_mul(weight)?)?;
                weight = weight.checked_mul(3)?.checked_rem(31)?;
            }
            (values.len() == 18 && sum.checked_rem(31)? == 0).then_some(())
        };
        if values.and_then(|values| sums(&values)).is_none() {
            self.explain(
                pointer,
                "credit_code",
                "统一社会信用代码不正确。",
                "This is no unified social credit code.",
            );
            return None;
        }
        Some(text.to_owned())
    }

    /// Notes what the core found wrong.
    pub(super) fn note(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// The parsed form, or all faults at once.
    pub(super) fn finish<T>(self, form: impl FnOnce() -> Option<T>) -> Result<T, Problem> {
        if !self.errors.is_empty() {
            return Err(Problem::validation(self.errors));
        }
        // A value is missing only where a fault was noted.
        form().ok_or_else(|| Problem::validation(Vec::new()))
    }
}
