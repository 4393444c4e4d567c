//! Files of residents and of claims as registries and hospitals export them: one table as CSV, a line
//! of headings, Chinese or English, then one line each. A line becomes the form that the API takes, so
//! that what the API refuses is refused here, in the same words.

mod column;
mod line;
mod result;
#[cfg(test)]
mod tests;

use std::hash::{Hash as _, Hasher as _};

use sizhu_core::Day;
use sizhu_store::residents::ResidentDetails;

pub(crate) use line::Fault;
pub(crate) use result::{Outcome, Results};

use crate::problem::{FieldError, Problem};
use crate::routes::claim_form::{ClaimForm, ParsedClaim};
use crate::routes::residents::ResidentForm;
use crate::statement::{FileFault, Rows, decode};

use column::{CLAIMS, Column, HOSPITAL, Places, RESIDENTS};

/// A person of a file.
pub(crate) struct ResidentLine {
    pub(crate) citizen_id: sizhu_core::CitizenId,
    pub(crate) details: ResidentDetails,
}

/// A claim of a file.
pub(crate) struct ClaimLine {
    /// What the file calls the hospital, if it does.
    pub(crate) hospital: Option<String>,
    pub(crate) claim: ParsedClaim,
    /// All that was said, as the API's fingerprints are made of.
    pub(crate) canonical: Vec<u8>,
}

/// A line with its number in the file, from 1.
pub(crate) struct Numbered<T> {
    pub(crate) number: u32,
    /// A digest of what it says.
    pub(crate) said: u64,
    pub(crate) line: Result<T, Vec<Fault>>,
}

/// A digest that tells texts apart within one run.
pub(crate) fn digest(text: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// What a kind of file has for lines.
pub(crate) trait Kind: Sized {
    /// Its columns.
    const COLUMNS: &'static [Column];

    /// Reads a line of the API's form.
    fn of_form(
        form: serde_json::Value,
        hospital: Option<String>,
        today: Day,
    ) -> Result<Self, Problem>;
}

impl Kind for ResidentLine {
    const COLUMNS: &'static [Column] = &RESIDENTS;

    fn of_form(form: serde_json::Value, _: Option<String>, today: Day) -> Result<Self, Problem> {
        for field in ["/card/bank", "/card/number"] {
            if form.get("card").is_some() && form.pointer(field).is_none() {
                let missing = FieldError::of_code(field, "missing_field");
                return Err(Problem::validation(vec![missing]));
            }
        }
        let form: ResidentForm = form_of(form)?;
        let (citizen_id, details) = form.parse(today)?;
        Ok(Self {
            citizen_id,
            details,
        })
    }
}

impl Kind for ClaimLine {
    const COLUMNS: &'static [Column] = &CLAIMS;

    fn of_form(
        form: serde_json::Value,
        hospital: Option<String>,
        today: Day,
    ) -> Result<Self, Problem> {
        let form: ClaimForm = form_of(form)?;
        let claim = form.parse(today)?;
        Ok(Self {
            hospital,
            canonical: form.canonical(&claim)?,
            claim,
        })
    }
}

fn form_of<T: serde::de::DeserializeOwned>(form: serde_json::Value) -> Result<T, Problem> {
    // The cells were read for their columns: nothing is left that would not fit.
    serde_json::from_value(form).map_err(|error| Problem::internal(&error))
}

/// A file, read; its lines are taken apart one by one as they are asked for.
pub(crate) struct Table {
    text: String,
    places: Places,
    /// Lines that say something, headings left out.
    pub(crate) count: u64,
}

impl Table {
    /// Reads the headings of a file.
    ///
    /// # Errors
    /// Every reason for which it is no file of this kind.
    pub(crate) fn read<K: Kind>(bytes: Vec<u8>) -> Result<Self, Vec<FileFault>> {
        let text = decode(bytes).map_err(|fault| vec![fault])?;
        let mut rows = Rows::of(&text);
        let mut headings = None;
        let mut count = 0_u64;
        for row in &mut rows {
            let row = row.map_err(|fault| vec![fault])?;
            match headings {
                _ if row.is_empty() => {}
                None => headings = Some(row),
                Some(_) => count = count.saturating_add(1),
            }
        }
        let empty = || {
            let en = "The file has no lines below its headings.";
            vec![FileFault::new("no_lines", "文件没有数据行。", en)]
        };
        let headings = headings.ok_or_else(empty)?;
        let places = column::places(K::COLUMNS, &headings)?;
        if count == 0 {
            return Err(empty());
        }
        Ok(Self {
            text,
            places,
            count,
        })
    }

    /// Whether the file says whose each claim is.
    pub(crate) fn names_hospitals(&self) -> bool {
        self.places.has(HOSPITAL)
    }

    /// Its lines, one after the other.
    pub(crate) fn lines<K: Kind>(&self, today: Day) -> impl Iterator<Item = Numbered<K>> {
        // What cannot be read as CSV was told when the headings were read.
        let rows = Rows::of(&self.text).filter_map(Result::ok);
        let rows = rows.filter(|row| !row.is_empty()).skip(1);
        rows.map(move |row| {
            let number = row.number();
            let said = match line::read(&row, &self.places) {
                Ok(said) => said,
                Err(faults) => {
                    let (said, line) = (0, Err(faults));
                    return Numbered { number, said, line };
                }
            };
            let digest = digest(&said.form.to_string());
            let line = K::of_form(said.form, said.hospital, today);
            Numbered {
                number,
                said: digest,
                line: line.map_err(|problem| faults::<K>(&problem)),
            }
        })
    }
}

/// Why the service would not take a line, by its columns.
pub(crate) fn faults<K: Kind>(problem: &Problem) -> Vec<Fault> {
    line::faults(K::COLUMNS, problem)
}
