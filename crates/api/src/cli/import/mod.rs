//! `sizhu import`: files of residents and of claims, line by line, in groups. Run again it doubles
//! nothing: what was recorded is known.

mod kinds;

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};
use sizhu_core::HospitalId;
use sizhu_store::{StoreError, Tx, hospitals};
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::Config;
use crate::import::{ClaimLine, Fault, Outcome, ResidentLine, Results, Table, faults};
use crate::policies::Policies;
use crate::problem::Text;
use crate::progress::Progress;
use crate::service::adoption::adopt;
use crate::service::importing::{IMPORTER, Importing, Keep, Taken};
use crate::state::State;
use crate::telemetry::{LogFormat, init_logs};

use kinds::{Importable, Seen};

/// Lines in one transaction: what is lost when it is cut off.
const GROUP: usize = 100;

/// Faulty lines told on standard error; the file of results has them all.
const TOLD: u64 = 20;

#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Registers the residents of a CSV file
    ///
    /// Columns, in Chinese or English: citizen_id, name, division (a village); lives_in,
    /// marital_status, spouse_citizen_id, phone, card_bank, card_number.
    Residents(FileArgs),
    /// Posts the claims of a CSV file, as their hospitals would
    ///
    /// Columns, in Chinese or English: citizen_id, patient_name, medical_record_no, admitted_on,
    /// discharged_on, diagnosis_code, diagnosis_name, total, insurance_paid, self_paid (in yuan),
    /// consent_kind, consent_reference, consent_signed_on; hospital, settlement_no, nursing_special,
    /// nursing_level_1, nursing_level_2, nursing_level_3, icu_days.
    Claims {
        #[command(flatten)]
        file: FileArgs,
        /// The hospital of lines that name none: its id or its national code
        #[arg(long, value_name = "ID")]
        hospital: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct FileArgs {
    /// The file: CSV in UTF-8 or GB 18030
    file: PathBuf,
    /// Where to tell what became of each line; beside the file if not told
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,
    /// What to do where some line cannot be taken
    #[arg(long, value_enum, default_value = "stop")]
    on_fault: OnFault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OnFault {
    /// Check the whole file first, and take nothing of it
    Stop,
    /// Take the others
    TakeSound,
}

pub(super) async fn run(command: ImportCommand) -> anyhow::Result<ExitCode> {
    init_logs(LogFormat::Readable, "warn");
    match command {
        ImportCommand::Residents(args) => import::<ResidentLine>(&args, None).await,
        ImportCommand::Claims { file, hospital } => import::<ClaimLine>(&file, hospital).await,
    }
}

/// Imports a file. Exit code 0 if all lines are sound, 1 if some are not, 2 if it was called wrongly.
async fn import<K: Importable>(
    args: &FileArgs,
    hospital: Option<String>,
) -> anyhow::Result<ExitCode> {
    let usage = ExitCode::from(2);
    let file = &args.file;
    let results = args.results.clone().unwrap_or_else(|| beside(file));
    if results == *file {
        complain("the results would take the place of the file")?;
        return Ok(usage);
    }
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let table = match Table::read::<K>(bytes) {
        Ok(table) => table,
        Err(faults) => {
            for fault in faults {
                let line = fault
                    .line
                    .map_or_else(String::new, |line| format!("line {line}: "));
                complain(&format!("{line}{}", both(&fault.detail)))?;
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    let mut import = Import::open(hospital).await?;
    if K::OF_HOSPITALS {
        let known = match import.hospital.clone() {
            Some(named) => import.find_hospital(&named).await?.is_some(),
            None => table.names_hospitals(),
        };
        if !known {
            complain("whose claims? Give --hospital, or a column of hospitals")?;
            return Ok(usage);
        }
    }
    if args.on_fault == OnFault::Stop {
        let checked = import.pass::<K>(&table, Keep::No, &results).await?;
        if checked.counts.refused > 0 {
            let refused = checked.counts.refused;
            say(&format!(
                "{refused} of {} lines are wrong; nothing was recorded. Each is told in {}\n",
                table.count,
                results.display()
            ))?;
            return Ok(ExitCode::FAILURE);
        }
    }
    let counts = import.pass::<K>(&table, Keep::Yes, &results).await?.counts;
    say(&format!(
        "{} lines: {} recorded, {} known, {} refused. Each is told in {}\n",
        table.count,
        counts.recorded,
        counts.known,
        counts.refused,
        results.display()
    ))?;
    Ok(if counts.refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// An import under way.
struct Import {
    state: State,
    /// The hospital of lines that name none.
    hospital: Option<String>,
    /// Hospitals as files call them.
    hospitals: HashMap<String, Option<HospitalId>>,
}

impl Import {
    async fn open(hospital: Option<String>) -> anyhow::Result<Self> {
        let mut config = Config::from_env()?;
        config.connections = 1;
        let policies = Policies::load(&config.policies)?;
        let state = State::open(config, Clock::system(), policies)?;
        adopt(&state.store, &state.policies, state.news("start"))
            .await
            .context("cannot use the database")?;
        Ok(Self {
            state,
            hospital,
            hospitals: HashMap::new(),
        })
    }

    /// A hospital by its id or its national code.
    async fn find_hospital(&mut self, named: &str) -> Result<Option<HospitalId>, StoreError> {
        if let Some(known) = self.hospitals.get(named) {
            return Ok(*known);
        }
        let work = async |tx: &mut Tx| match named.parse::<Uuid>() {
            Ok(id) => {
                let found = hospitals::find(tx, HospitalId::new(id)).await?;
                Ok(found.map(|hospital| hospital.id))
            }
            Err(_code) => hospitals::find_by_code(tx, named).await,
        };
        let found = self.state.store.transaction(&IMPORTER, work).await?;
        self.hospitals.insert(named.to_owned(), found);
        Ok(found)
    }

    /// Goes over the file once, and tells what became of each line.
    async fn pass<K: Importable>(
        &mut self,
        table: &Table,
        keep: Keep,
        results: &Path,
    ) -> anyhow::Result<Results> {
        let told = || format!("cannot write {}", results.display());
        let mut out = Results::create(results).with_context(told)?;
        let progress = Progress::new(K::WHAT, table.count);
        let mut seen = Seen::default();
        let today = self.state.clock.today();
        let mut lines = table.lines::<K>(today).peekable();
        while let Some(first) = lines.peek().map(|line| line.number) {
            let mut group = Vec::with_capacity(GROUP);
            for numbered in lines.by_ref().take(GROUP) {
                group.push(seen.judge(numbered));
            }
            let outcomes = self.group::<K>(group, keep).await;
            let outcomes =
                outcomes.with_context(|| format!("stopped at line {first}; run again to go on"))?;
            for (number, outcome) in &outcomes {
                out.tell(*number, outcome).with_context(told)?;
                if let Outcome::Refused(faults) = outcome
                    && out.counts.refused <= TOLD
                {
                    progress.suspend(|| tell(*number, faults))?;
                }
            }
            out.flush().with_context(told)?;
            progress.add(u64::try_from(outcomes.len())?);
        }
        progress.finish();
        Ok(out)
    }

    /// Takes some lines in one transaction.
    async fn group<K: Importable>(
        &mut self,
        group: Vec<(u32, Result<K, Vec<Fault>>)>,
        keep: Keep,
    ) -> anyhow::Result<Vec<(u32, Outcome)>> {
        let (mut outcomes, mut numbers, mut sound) = (Vec::new(), Vec::new(), Vec::new());
        for (number, line) in group {
            let ready = match line {
                Ok(line) => line.ready(self).await?,
                Err(faults) => Err(faults),
            };
            match ready {
                Ok(new) => {
                    numbers.push(number);
                    sound.push(new);
                }
                Err(faults) => outcomes.push((number, Outcome::Refused(faults))),
            }
        }
        let service = Importing {
            store: &self.state.store,
            policies: &self.state.policies,
            keep,
            news: self.state.news("import"),
        };
        let taken = K::take(service, sound).await?;
        if taken.len() != numbers.len() {
            bail!("a line has no outcome");
        }
        let outcome = |taken: Taken| match (taken, keep) {
            (Taken::Refused(problem), _) => Outcome::Refused(faults::<K>(&problem)),
            (Taken::New(_), Keep::No) => Outcome::Held,
            (Taken::New(id), Keep::Yes) => Outcome::Recorded(id),
            (Taken::Known(id), _) => Outcome::Known(id),
        };
        outcomes.extend(numbers.into_iter().zip(taken.into_iter().map(outcome)));
        outcomes.sort_unstable_by_key(|(number, _)| *number);
        Ok(outcomes)
    }
}

/// `residents.csv` has its results in `residents.results.csv`.
fn beside(file: &Path) -> PathBuf {
    file.with_extension("results.csv")
}

fn tell(number: u32, faults: &[Fault]) -> io::Result<()> {
    for fault in faults {
        let column = fault
            .column
            .map_or_else(String::new, |column| format!(", {column}"));
        complain(&format!("line {number}{column}: {}", both(&fault.detail)))?;
    }
    Ok(())
}

fn both(text: &Text) -> String {
    format!("{} {}", text.en, text.zh)
}

fn complain(text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "sizhu: {text}")
}

fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_beside_the_file() {
        assert_eq!(beside(Path::new("a/b.csv")), Path::new("a/b.results.csv"));
        assert_eq!(beside(Path::new("b")), Path::new("b.results.csv"));
    }
}
