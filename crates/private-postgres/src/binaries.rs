//! Finds PostgreSQL's server binaries on this machine.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::error::StartError;

/// The oldest major version that will do: the first with `CREATE DATABASE … STRATEGY` and
/// `UNIQUE NULLS NOT DISTINCT`.
pub const OLDEST_MAJOR: u32 = 15;

/// A folder with PostgreSQL's server binaries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    dir: PathBuf,
    major: u32,
}

impl Binaries {
    /// Looks at one folder; says what is wrong with it if it will not do.
    fn at(dir: &Path) -> Result<Self, String> {
        // PostgreSQL finds its libraries and share files from where it really lies.
        let dir = dir.canonicalize().map_err(|e| e.to_string())?;
        for name in ["initdb", "postgres"] {
            if !dir.join(name).is_file() {
                return Err(format!("has no {name}"));
            }
        }
        let output = Command::new(dir.join("postgres"))
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .map_err(|e| format!("its postgres does not run: {e}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let major = major_of(&text).ok_or_else(|| {
            let complaint = String::from_utf8_lossy(&output.stderr);
            format!(
                "its postgres does not tell its version: {}",
                complaint.trim()
            )
        })?;
        if major < OLDEST_MAJOR {
            return Err(format!("PostgreSQL {major} is too old"));
        }
        Ok(Self { dir, major })
    }

    /// The folder that holds `initdb` and `postgres`.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The major version, 15 or more.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The path of one program, which may not be there if it is not `initdb` or `postgres`.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// Reads the major version out of `postgres (PostgreSQL) 15.13 (Debian …)`.
fn major_of(version: &str) -> Option<u32> {
    let (_, number) = version.split_once("(PostgreSQL) ")?;
    let digits = number.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// Finds PostgreSQL 15 or newer: in `PG_BIN_DIR`, in the packages' folders (the newest first),
/// where `initdb` on `PATH` lies, and in the project's own folder that `scripts/postgres` fills.
///
/// `SIZHU_PG_FALLBACK` names another such folder (one with `bin/` in it), and
/// `SIZHU_IGNORE_SYSTEM_POSTGRES=1` passes over the machine's own PostgreSQL.
///
/// # Errors
/// [`StartError::NoBinaries`] with all places looked at, [`StartError::BadBinDir`] when `PG_BIN_DIR`
/// is set to a place that will not do.
pub fn find_binaries() -> Result<Binaries, StartError> {
    let mut looked_at = Vec::new();
    let found = find_all(&mut looked_at)?.into_iter().next();
    found.ok_or(StartError::NoBinaries { looked_at })
}

/// Finds the binaries for data of a given major version, or the best there are for new data.
pub(crate) fn find_for(data: &Path) -> Result<Binaries, StartError> {
    let mut looked_at = Vec::new();
    let all = find_all(&mut looked_at)?;
    let wanted = fs::read_to_string(data.join("PG_VERSION"))
        .ok()
        .and_then(|text| text.trim().parse::<u32>().ok());
    let found: Vec<u32> = all.iter().map(Binaries::major).collect();
    let chosen = all
        .into_iter()
        .find(|one| wanted.is_none_or(|major| major == one.major()));
    match (chosen, wanted) {
        (Some(binaries), _) => Ok(binaries),
        (None, Some(major)) if !found.is_empty() => Err(StartError::OtherMajor {
            path: data.to_owned(),
            data: major,
            found,
        }),
        (None, _) => Err(StartError::NoBinaries { looked_at }),
    }
}

/// All that will do, the best first; tells what was wrong with the others.
fn find_all(looked_at: &mut Vec<String>) -> Result<Vec<Binaries>, StartError> {
    if let Some(path) = env::var_os("PG_BIN_DIR").filter(|value| !value.is_empty()) {
        let path = PathBuf::from(path);
        return match Binaries::at(&path) {
            Ok(binaries) => Ok(vec![binaries]),
            Err(why) => Err(StartError::BadBinDir { path, why }),
        };
    }
    looked_at.push("PG_BIN_DIR: not set".to_owned());

    let mut found = Vec::new();
    let mut look = |places: Vec<PathBuf>, name: &str| {
        if places.is_empty() {
            looked_at.push(format!("{name}: nothing there"));
        }
        let mut here: Vec<Binaries> = Vec::new();
        for place in places {
            match Binaries::at(&place) {
                Ok(binaries) => here.push(binaries),
                Err(why) => looked_at.push(format!("{}: {why}", place.display())),
            }
        }
        here.sort_by_key(|one| std::cmp::Reverse(one.major()));
        found.append(&mut here);
    };
    if env::var("SIZHU_IGNORE_SYSTEM_POSTGRES").is_ok_and(|value| value == "1") {
        look(
            Vec::new(),
            "the machine's own (SIZHU_IGNORE_SYSTEM_POSTGRES=1)",
        );
    } else {
        look(packaged(), "/usr/lib/postgresql/*/bin and /usr/pgsql-*/bin");
        look(on_path().into_iter().collect(), "initdb on PATH");
    }
    look(
        fetched().into_iter().collect(),
        ".sizhu/postgres-bin/bin here or further up",
    );
    Ok(found)
}

/// Where Debian's and PostgreSQL's own packages put the server.
fn packaged() -> Vec<PathBuf> {
    let debian = folders("/usr/lib/postgresql", "").map(|dir| dir.join("bin"));
    let red_hat = folders("/usr", "pgsql-").map(|dir| dir.join("bin"));
    debian
        .chain(red_hat)
        .filter(|bin| bin.join("initdb").exists())
        .collect()
}

fn folders(parent: &str, prefix: &'static str) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter(move |entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path())
}

/// The folder of the `initdb` on `PATH`, through its links.
fn on_path() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let initdb = env::split_paths(&path)
        .map(|dir| dir.join("initdb"))
        .find(|it| it.is_file())?;
    Some(initdb.canonicalize().ok()?.parent()?.to_owned())
}

/// What `scripts/postgres` has fetched, in the working directory or above it.
fn fetched() -> Option<PathBuf> {
    let bin = match env::var_os("SIZHU_PG_FALLBACK").filter(|value| !value.is_empty()) {
        Some(place) => PathBuf::from(place).join("bin"),
        None => env::current_dir()
            .ok()?
            .ancestors()
            .map(|dir| dir.join(".sizhu/postgres-bin/bin"))
            .find(|bin| bin.exists())?,
    };
    Some(bin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_major_versions() {
        assert_eq!(
            major_of("postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major_of("postgres (PostgreSQL) 18.6\n"), Some(18));
        assert_eq!(major_of("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(major_of("initdb 15"), None);
    }

    #[test]
    fn says_what_is_wrong_with_a_folder() {
        let why = Binaries::at(Path::new("/")).unwrap_err();
        assert_eq!(why, "has no initdb");
    }
}
