//! The file beside an imported one: what became of each line. Written as lines are done, so that it
//! tells the truth also of an import that was cut off.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use uuid::Uuid;

use super::Fault;

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was recorded now, in this row.
    Recorded(Uuid),
    /// The same was recorded before, in this row.
    Known(Uuid),
    /// It is not taken.
    Refused(Vec<Fault>),
    /// It is sound, and was not taken because others are not.
    Held,
}

/// How many lines came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) recorded: u64,
    pub(crate) known: u64,
    pub(crate) refused: u64,
    pub(crate) held: u64,
}

/// The file, open.
pub(crate) struct Results {
    out: csv::Writer<BufWriter<File>>,
    pub(crate) counts: Counts,
}

impl Results {
    /// Begins the file, with a byte order mark: without it spreadsheets take it for the code page of
    /// their country.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let mut file = BufWriter::new(File::create(path)?);
        file.write_all("\u{feff}".as_bytes())?;
        let mut out = csv::Writer::from_writer(file);
        out.write_record(["line", "outcome", "id", "column", "code", "reason", "说明"])?;
        Ok(Self {
            out,
            counts: Counts::default(),
        })
    }

    /// Tells what became of a line.
    pub(crate) fn tell(&mut self, number: u32, outcome: &Outcome) -> io::Result<()> {
        let counts = &mut self.counts;
        let (count, word, id, faults) = match outcome {
            Outcome::Recorded(id) => (&mut counts.recorded, "recorded", Some(*id), &[][..]),
            Outcome::Known(id) => (&mut counts.known, "known", Some(*id), &[][..]),
            Outcome::Refused(faults) => (&mut counts.refused, "refused", None, faults.as_slice()),
            Outcome::Held => (&mut counts.held, "held", None, &[][..]),
        };
        *count = count.saturating_add(1);
        let all = |of: &dyn Fn(&Fault) -> String| {
            let told: Vec<String> = faults.iter().map(of).collect();
            told.join("; ")
        };
        self.out.write_record([
            number.to_string(),
            word.to_owned(),
            id.map(|id| id.to_string()).unwrap_or_default(),
            all(&|fault| fault.column.unwrap_or_default().to_owned()),
            all(&|fault| fault.code.to_string()),
            all(&|fault| fault.detail.en.to_string()),
            all(&|fault| fault.detail.zh.to_string()),
        ])?;
        Ok(())
    }

    /// Brings what was told so far to the file.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
