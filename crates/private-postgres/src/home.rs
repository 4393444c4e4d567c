//! Where a cluster lives on disk, and who holds it: one lock per cluster, directories that the
//! server's account can reach, and the removal of what dead owners left.
//!
//! ```text
//! kept:       DIR/owner.lock           throw-away:  PARENT/NAME.lock
//!             DIR/data, password, …                 PARENT/NAME/data, password, …
//! ```
//! Where the server's account cannot reach the directory (a work tree in root's home), the same
//! files live under [`MOVED_KEPT`] or [`MOVED_THROWAWAY`] instead, and only the lock stays.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use crate::{
    account::Account,
    error::{During as _, StartError},
    postmaster,
};

/// Where kept data go that cannot stay where they were asked for. Only root comes here, and
/// `/var/tmp` would not do: it is swept by age on many machines.
const MOVED_KEPT: &str = "/var/lib";
/// Where throw-away data go in that case.
const MOVED_THROWAWAY: &str = "/var/tmp";
/// How long a killed owner may take to be gone.
const DYING: Duration = Duration::from_secs(1);

/// The directory of one cluster, held by its lock for as long as this value lives.
#[derive(Debug)]
pub(crate) struct Home {
    dir: PathBuf,
    lock_path: PathBuf,
    moved: bool,
    throwaway: bool,
    lock: File,
}

impl Home {
    /// Takes a kept directory, which is made if need be.
    pub(crate) fn kept(asked: &Path) -> Result<(Self, Account), StartError> {
        fs::create_dir_all(asked).during("cannot make", asked)?;
        let asked = &asked.canonicalize().during("cannot open", asked)?;
        let lock_path = asked.join("owner.lock");
        let Some(lock) = await_lock(&lock_path)? else {
            let owner = fs::read_to_string(&lock_path)
                .ok()
                .and_then(|it| it.trim().parse().ok());
            return Err(StartError::AlreadyRunning {
                path: asked.clone(),
                owner,
            });
        };
        let account = Account::choose(&asked.join("data"));
        // Data that were moved once stay there: a later start as someone else must find them.
        let pointer = asked.join("location");
        let known = read_pointer(&pointer).during("cannot read", &pointer)?;
        let (dir, account) = match known {
            Some(dir) => {
                let account = Account::choose(&dir.join("data"));
                (dir, account)
            }
            None if account.can_enter(asked) => (asked.clone(), account),
            None => {
                let prefix = format!("private-postgres-{:016x}", fnv1a(asked));
                let base = Path::new(MOVED_KEPT);
                // The directory that was asked for has been emptied since: so is what it stood for.
                remove_orphans(base, &prefix)?;
                let dir = base.join(format!("{prefix}-{}", random_hex(4)?));
                fs::write(&pointer, dir.as_os_str().as_encoded_bytes())
                    .during("cannot write", &pointer)?;
                (dir, account)
            }
        };
        let moved = dir != *asked;
        if moved {
            make_own(&dir)?;
        }
        Ok((
            Self {
                dir,
                lock_path,
                moved,
                throwaway: false,
                lock,
            },
            account,
        ))
    }

    /// Makes a new throw-away directory under `parent`, after removing those of dead owners.
    pub(crate) fn throwaway(parent: &Path) -> Result<(Self, Account), StartError> {
        fs::create_dir_all(parent).during("cannot make", parent)?;
        let parent = &parent.canonicalize().during("cannot open", parent)?;
        let elsewhere =
            Path::new(MOVED_THROWAWAY).join(format!("private-postgres-{:016x}", fnv1a(parent)));
        sweep(parent, &elsewhere)?;

        let (name, lock_path, lock) = loop {
            let name = format!("throwaway-{}", random_hex(6)?);
            let lock_path = parent.join(&name).with_extension("lock");
            if let Some(lock) = try_lock(&lock_path)? {
                break (name, lock_path, lock);
            }
        };
        let account = Account::choose(&parent.join(&name).join("data"));
        let moved = !account.can_enter(parent);
        if moved {
            make_own(&elsewhere)?;
        }
        let dir = if moved {
            elsewhere.join(name)
        } else {
            parent.join(name)
        };
        let home = Self {
            dir,
            lock_path,
            moved,
            throwaway: true,
            lock,
        };
        make_own(&home.dir)?;
        Ok((home, account))
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    pub(crate) fn is_moved(&self) -> bool {
        self.moved
    }

    pub(crate) fn is_throwaway(&self) -> bool {
        self.throwaway
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if self.throwaway {
            // What cannot be removed now is swept at the next start.
            let gone = fs::remove_dir_all(&self.dir);
            if gone.is_ok() || !self.dir.exists() {
                let _ = fs::remove_file(&self.lock_path);
            }
        }
        // Closing is not enough: a child that another thread is just starting has the file, too.
        let _ = self.lock.unlock();
    }
}

/// Takes a lock whose owner may be dying just now: that takes a moment, and is no reason to refuse.
fn await_lock(path: &Path) -> Result<Option<File>, StartError> {
    let deadline = Instant::now() + DYING;
    loop {
        let lock = try_lock(path)?;
        if lock.is_some() || Instant::now() >= deadline {
            return Ok(lock);
        }
        thread::sleep(postmaster::POLL);
    }
}

/// Where a kept cluster was moved to, if it was.
fn read_pointer(pointer: &Path) -> io::Result<Option<PathBuf>> {
    match fs::read_to_string(pointer) {
        // Empty if the machine went down while it was written: nothing was moved yet.
        Ok(text) => Ok(Some(PathBuf::from(text.trim_end())).filter(|dir| dir.is_absolute())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes a lock file, which then holds this process's id; nothing if another one holds it.
fn try_lock(path: &Path) -> Result<Option<File>, StartError> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .during("cannot open", path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error).during("cannot lock", path),
    }
    // A sweep may have removed the file between our opening and locking it.
    let ours = file.metadata().during("cannot read", path)?;
    if !fs::metadata(path).is_ok_and(|now| (now.dev(), now.ino()) == (ours.dev(), ours.ino())) {
        return Ok(None);
    }
    file.set_len(0).during("cannot write", path)?;
    writeln!(file, "{}", std::process::id()).during("cannot write", path)?;
    Ok(Some(file))
}

/// Removes the throw-away clusters whose owners are dead, and stops their servers if they run.
fn sweep(parent: &Path, elsewhere: &Path) -> Result<(), StartError> {
    for entry in fs::read_dir(parent)
        .during("cannot read", parent)?
        .flatten()
    {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let Some(name) = name
            .strip_suffix(".lock")
            .filter(|it| it.starts_with("throwaway-"))
        else {
            continue;
        };
        // Another user's, or gone by now, or alive: none of them is ours to remove.
        let Ok(Some(lock)) = try_lock(&path) else {
            continue;
        };
        let mut clean = true;
        for dir in [parent.join(name), elsewhere.join(name)] {
            clean &= remove_cluster(&dir).is_ok();
        }
        if clean {
            let _ = fs::remove_file(&path);
        }
        drop(lock);
    }
    Ok(())
}

/// Removes moved kept clusters of which the directory that pointed to them has gone.
/// The caller holds the lock of that directory, so none of them has a live owner.
fn remove_orphans(base: &Path, prefix: &str) -> Result<(), StartError> {
    for entry in fs::read_dir(base).during("cannot read", base)?.flatten() {
        let suffixed = format!("{prefix}-");
        if entry.file_name().to_string_lossy().starts_with(&suffixed) {
            remove_cluster(&entry.path()).during("cannot remove", &entry.path())?;
        }
    }
    Ok(())
}

fn remove_cluster(dir: &Path) -> io::Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    if postmaster::end(&dir.join("data"))?.is_some() {
        return Err(io::ErrorKind::ResourceBusy.into());
    }
    fs::remove_dir_all(dir)
}

/// Makes a directory that others can pass through, or checks that it is ours alone to write:
/// in a shared place somebody else may have been there first.
fn make_own(dir: &Path) -> Result<(), StartError> {
    match DirBuilder::new().mode(0o755).create(dir) {
        // Whatever the umask says, the server's account must get through.
        Ok(()) => fs::set_permissions(dir, fs::Permissions::from_mode(0o755))
            .during("cannot set the mode of", dir),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(dir).during("cannot read", dir)?;
            let ours = found.uid() == rustix::process::geteuid().as_raw();
            if found.is_dir() && ours && found.mode() & 0o022 == 0 {
                Ok(())
            } else {
                Err(StartError::Untrusted {
                    path: dir.to_owned(),
                })
            }
        }
        Err(error) => Err(error).during("cannot make", dir),
    }
}

/// Random bytes from the system, in hexadecimal.
pub(crate) fn random_hex(bytes: usize) -> Result<String, StartError> {
    let source = Path::new("/dev/urandom");
    let mut buffer = vec![0; bytes];
    File::open(source)
        .and_then(|mut file| file.read_exact(&mut buffer))
        .during("cannot read", source)?;
    Ok(buffer.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// FNV-1a, 64 bits, of a path: names a directory, so it must be the same in every build.
fn fnv1a(path: &Path) -> u64 {
    path.as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_published() {
        assert_eq!(fnv1a(Path::new("")), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(Path::new("foobar")), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn sweeps_only_what_nobody_holds() {
        let parent = std::env::temp_dir().join(format!("pg-sweep-{}", random_hex(6).unwrap()));
        let elsewhere = parent.join("elsewhere");
        fs::create_dir_all(parent.join("throwaway-dead/data")).unwrap();
        fs::create_dir_all(parent.join("throwaway-live/data")).unwrap();
        fs::create_dir_all(parent.join("throwaway-odd")).unwrap();
        fs::write(parent.join("throwaway-dead.lock"), "1\n").unwrap();
        let live = try_lock(&parent.join("throwaway-live.lock"))
            .unwrap()
            .unwrap();
        sweep(&parent, &elsewhere).unwrap();
        assert!(!parent.join("throwaway-dead").exists());
        assert!(!parent.join("throwaway-dead.lock").exists());
        assert!(parent.join("throwaway-live/data").exists());
        assert!(
            parent.join("throwaway-odd").exists(),
            "no lock: not made by us"
        );
        drop(live);
        fs::remove_dir_all(parent).unwrap();
    }
}
