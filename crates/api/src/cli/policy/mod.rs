//! `sizhu policy`: packs checked, explained, tested and compared on one's own machine. Needs no
//! database and no configuration.

mod explain;
mod library;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};
use sizhu_core::pack::{self, Document, Place};
use sizhu_core::{Day, DivisionCode, golden};

use self::library::{Library, told};
use crate::problem::Language;
use crate::wording::told as told_in;

/// What can be done with packs.
#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Checks packs, overlays and golden cases: every fault with its file, line and column
    Check(PathsArgs),
    /// Tells a programme in words; with facts, decides and says why
    Explain(ExplainArgs),
    /// Runs the golden cases beside the packs
    Test(PathsArgs),
    /// Tells in words what changes from one text to another
    Diff(DiffArgs),
}

/// Files and folders.
#[derive(Debug, Args)]
pub(super) struct PathsArgs {
    /// Packs, overlays, golden cases, or folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Where the packs lie that overlays build upon
    #[arg(long, value_name = "DIR", default_value = "policies")]
    base: PathBuf,
}

/// What to explain.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A pack or an overlay
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// The day whose rules are told
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Day,
    /// As it holds in this division; the text's own place otherwise
    #[arg(long, value_name = "CODE")]
    division: Option<DivisionCode>,
    /// Decides for these facts: a JSON object of fact ids and values
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// The language
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    lang: Tongue,
    /// Where the packs lie that overlays build upon
    #[arg(long, value_name = "DIR", default_value = "policies")]
    base: PathBuf,
}

/// Two texts of one programme.
#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The text as it was
    before: PathBuf,
    /// The text as it is to be
    after: PathBuf,
    /// The language
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    lang: Tongue,
    /// Where the packs lie that overlays build upon
    #[arg(long, value_name = "DIR", default_value = "policies")]
    base: PathBuf,
}

/// A language of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Tongue {
    /// 中文
    Zh,
    /// English
    En,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::Zh => Self::Chinese,
            Tongue::En => Self::English,
        }
    }
}

pub(super) fn run(command: PolicyCommand) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    match command {
        PolicyCommand::Check(args) => check(&args, &mut out),
        PolicyCommand::Explain(args) => explain(&args, &mut out),
        PolicyCommand::Test(args) => test(&args, &mut out),
        PolicyCommand::Diff(args) => diff(&args, &mut out),
    }
}

fn verdict(sound: bool) -> ExitCode {
    if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn check(args: &PathsArgs, out: &mut dyn io::Write) -> anyhow::Result<ExitCode> {
    let library = Library::open(&args.paths, &args.base)?;
    let mut faults = library.faults.clone();
    let (mut packs, mut overlays) = (0_usize, 0_usize);
    for leaf in library.leaves.iter().filter(|leaf| leaf.asked) {
        match leaf.heading.document {
            Document::Pack => packs = packs.saturating_add(1),
            Document::Overlay => overlays = overlays.saturating_add(1),
        }
        faults.extend(library.check(leaf));
    }
    for path in &library.cases {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        if let Err(found) = golden::read(&text) {
            faults.extend(told(path, &found));
        }
    }
    for fault in &faults {
        writeln!(out, "{fault}")?;
    }
    let cases = library.cases.len();
    writeln!(
        out,
        "{packs} packs, {overlays} overlays, {cases} files of cases checked: {} faults",
        faults.len()
    )?;
    Ok(verdict(faults.is_empty()))
}

fn test(args: &PathsArgs, out: &mut dyn io::Write) -> anyhow::Result<ExitCode> {
    let library = Library::open(&args.paths, &args.base)?;
    let mut sound = library.faults.is_empty();
    for fault in &library.faults {
        writeln!(out, "{fault}")?;
    }
    let (mut run, mut failed) = (0_usize, 0_usize);
    let asked = library.leaves.iter().filter(|leaf| leaf.asked);
    let files = asked.map(|leaf| leaf.path.with_extension("cases.toml"));
    for path in files.filter(|path| path.exists()) {
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let cases = match golden::read(&text) {
            Ok(cases) => cases,
            Err(found) => {
                sound = false;
                for fault in told(&path, &found) {
                    writeln!(out, "{fault}")?;
                }
                continue;
            }
        };
        let own = own_place(&library, &path)?;
        let programme_for = |division: Option<&DivisionCode>| {
            let place = division.map_or(own.clone(), |code| Place::Division(code.clone()));
            library
                .programme(&cases.programme, &place)
                .ok()
                .map(Box::new)
        };
        for result in golden::run(programme_for, &cases) {
            run = run.saturating_add(1);
            if !result.passed {
                failed = failed.saturating_add(1);
                writeln!(out, "{}:{}: {}", path.display(), result.line, result.name)?;
                for difference in &result.differences {
                    writeln!(out, "    {difference}")?;
                }
            }
        }
    }
    writeln!(out, "{run} golden cases, {failed} failed")?;
    if run == 0 {
        bail!("there are no golden cases beside these packs");
    }
    Ok(verdict(sound && failed == 0))
}

/// The place of the text that a file of cases lies beside.
fn own_place(library: &Library, cases: &Path) -> anyhow::Result<Place> {
    let name = cases.to_string_lossy().replace(".cases.toml", ".toml");
    let leaf = library.leaf(Path::new(&name));
    let leaf = leaf.with_context(|| format!("{}: cases without a pack", cases.display()))?;
    Ok(leaf.heading.place.clone())
}

fn explain(args: &ExplainArgs, out: &mut dyn io::Write) -> anyhow::Result<ExitCode> {
    let library = Library::open(std::slice::from_ref(&args.path), &args.base)?;
    let Some(leaf) = library.leaf(&args.path) else {
        bail!("{}", library.faults.join("\n"));
    };
    let faults = library.check(leaf);
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    let place = match &args.division {
        Some(code) => Place::Division(code.clone()),
        None => leaf.heading.place.clone(),
    };
    let programme = library.programme(&leaf.heading.programme, &place)?;
    let teller = explain::Teller {
        programme: &programme,
        on: args.on,
        language: args.lang.into(),
    };
    teller.rules(out)?;
    if let Some(file) = &args.facts {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        teller.decision(
            &explain::sheet(&text).with_context(|| file.display().to_string())?,
            out,
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn diff(args: &DiffArgs, out: &mut dyn io::Write) -> anyhow::Result<ExitCode> {
    let library = Library::open(&[args.before.clone(), args.after.clone()], &args.base)?;
    let (Some(before), Some(after)) = (library.leaf(&args.before), library.leaf(&args.after))
    else {
        bail!("{}", library.faults.join("\n"));
    };
    let changes = match (before.heading.document, after.heading.document) {
        (Document::Pack, Document::Pack) => {
            let read = |leaf: &library::Leaf| {
                pack::read_pack(&leaf.text)
                    .map_err(|faults| anyhow::anyhow!("{}", told(&leaf.path, &faults).join("\n")))
            };
            pack::difference(&read(before)?, &read(after)?)
        }
        (Document::Overlay, Document::Overlay) => {
            let (_, old) = library.overlay(before)?;
            let (base, new) = library.overlay(after)?;
            pack::difference_overlay(Some(&old), &new, &base)
        }
        (Document::Pack, Document::Overlay) | (Document::Overlay, Document::Pack) => {
            bail!("one is a pack, the other an overlay")
        }
    };
    for change in &changes {
        writeln!(out, "{}", told_in(change, args.lang.into()))?;
    }
    writeln!(out, "{} changes", changes.len())?;
    Ok(ExitCode::SUCCESS)
}
