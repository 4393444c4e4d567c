//! Which account the server runs as: our own, or another one when we are root, which it refuses.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

/// The `nobody` of every Linux, should `/etc/passwd` not list one.
const NOBODY: u32 = 65534;

/// Who runs `initdb` and `postgres`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// The account of this process.
    Own,
    /// Another account, since this process is root.
    Other { uid: u32, gid: u32, name: String },
}

impl Account {
    /// Chooses the account: as root whoever owns the existing `data`, else `postgres`, else `nobody`.
    pub(crate) fn choose(data: &Path) -> Self {
        if !rustix::process::geteuid().is_root() {
            return Self::Own;
        }
        if let Some(owner) = fs::metadata(data).ok().filter(|meta| meta.uid() != 0) {
            let (uid, gid) = (owner.uid(), owner.gid());
            return Self::Other {
                uid,
                gid,
                name: format!("user {uid}"),
            };
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        find(&passwd, "postgres")
            .or_else(|| find(&passwd, "nobody"))
            .unwrap_or_else(|| Self::Other {
                uid: NOBODY,
                gid: NOBODY,
                name: "nobody".to_owned(),
            })
    }

    /// A command that runs as this account, in `/`, with an environment that holds nothing which
    /// could change what PostgreSQL does or the language it speaks.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .current_dir("/")
            .env("LC_ALL", "C")
            .env("TZ", "UTC");
        command.env(
            "PATH",
            std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()),
        );
        if let Self::Other { uid, gid, .. } = self {
            // Supplementary groups of root are dropped with the user id by the standard library.
            command.uid(*uid).gid(*gid);
        }
        command
    }

    /// Whether the account can go to a directory, by trying: modes alone do not tell (ACLs, mounts).
    pub(crate) fn can_enter(&self, dir: &Path) -> bool {
        self.try_shell("cd -- \"$1\"", dir)
    }

    /// Whether the account can run a program.
    pub(crate) fn can_run(&self, program: &Path) -> bool {
        self.try_shell("test -x \"$1\"", program)
    }

    fn try_shell(&self, script: &str, argument: &Path) -> bool {
        if matches!(self, Self::Own) {
            return true;
        }
        self.command(Path::new("/bin/sh"))
            .args(["-c", script, "sh"])
            .arg(argument)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// Gives the account a file or directory.
    pub(crate) fn give(&self, path: &Path) -> std::io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Other { uid, gid, .. } => std::os::unix::fs::chown(path, Some(*uid), Some(*gid)),
        }
    }

    /// What to call it in a message.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Own => "this user",
            Self::Other { name, .. } => name,
        }
    }
}

/// Finds an account in the text of `/etc/passwd`, passing over one that is root in disguise.
fn find(passwd: &str, wanted: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| *name == wanted)?;
        let uid = fields.nth(1)?.parse().ok().filter(|uid| *uid != 0)?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account::Other {
            uid,
            gid,
            name: name.to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n\
        broken\n\
        nobody:x:65534:65533:nobody:/:/usr/sbin/nologin\n\
        toor:x:0:0::/:/bin/sh\n";

    #[test]
    fn finds_accounts_but_never_root() {
        let nobody = Account::Other {
            uid: 65534,
            gid: 65533,
            name: "nobody".to_owned(),
        };
        assert_eq!(find(PASSWD, "nobody"), Some(nobody));
        assert_eq!(find(PASSWD, "postgres"), None);
        assert_eq!(find(PASSWD, "toor"), None);
    }
}
