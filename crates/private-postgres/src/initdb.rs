//! Makes a data directory: `initdb` under the right account, a random superuser password, UTF-8.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::{
    SUPERUSER,
    account::Account,
    binaries::Binaries,
    error::{During as _, StartError},
    home::{self, Home},
};

/// Makes the data directory if there is none, and gives the superuser's password.
pub(crate) fn ensure(
    home: &Home,
    account: &Account,
    binaries: &Binaries,
) -> Result<String, StartError> {
    let data = home.data();
    let password_file = home.dir().join("password");
    if data.exists() {
        return match fs::read_to_string(&password_file) {
            Ok(text) => Ok(text.trim_end().to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(StartError::PasswordLost {
                    data,
                    password: password_file,
                })
            }
            Err(error) => Err(error).during("cannot read", &password_file),
        };
    }
    let password = write_password(&password_file, account)?;
    // Made beside its place and then renamed: a start that was cut short leaves no half-made data.
    let fresh = home.dir().join("data.new");
    let arguments = Arguments {
        data: &fresh,
        password_file: &password_file,
        home,
    };
    let mut output = arguments.run(account, binaries, "C.UTF-8")?;
    if output
        .as_deref()
        .is_some_and(|text| text.contains("invalid locale name"))
    {
        output = arguments.run(account, binaries, "C")?;
    }
    match output {
        Some(output) => Err(StartError::Initdb { path: data, output }),
        None => {
            fs::rename(&fresh, &data).during("cannot rename", &fresh)?;
            Ok(password)
        }
    }
}

/// Writes a new password to a file that only its owner, the server's account, can read.
fn write_password(path: &Path, account: &Account) -> Result<String, StartError> {
    remove_any(path)?;
    let password = home::random_hex(32)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .during("cannot make", path)?;
    writeln!(file, "{password}").during("cannot write", path)?;
    account
        .give(path)
        .during("cannot change the owner of", path)?;
    Ok(password)
}

struct Arguments<'a> {
    data: &'a PathBuf,
    password_file: &'a Path,
    home: &'a Home,
}

impl Arguments<'_> {
    /// Runs `initdb` once in an empty directory; gives its output if it failed.
    fn run(
        &self,
        account: &Account,
        binaries: &Binaries,
        locale: &str,
    ) -> Result<Option<String>, StartError> {
        remove_any(self.data)?;
        DirBuilder::new()
            .mode(0o700)
            .create(self.data)
            .during("cannot make", self.data)?;
        account
            .give(self.data)
            .during("cannot change the owner of", self.data)?;
        let program = binaries.program("initdb");
        let mut command = account.command(&program);
        command.arg("-D").arg(self.data).arg("-U").arg(SUPERUSER);
        command.arg("--pwfile").arg(self.password_file);
        command.args([
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--data-checksums",
        ]);
        command.args(["--no-instructions", "--text-search-config=simple"]);
        command.arg(format!("--locale={locale}"));
        if self.home.is_throwaway() {
            command.arg("--no-sync");
        }
        let output = command
            .stdin(Stdio::null())
            .output()
            .during("cannot run", &program)?;
        if output.status.success() {
            return Ok(None);
        }
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        Ok(Some(text.trim_end().to_owned()))
    }
}

fn remove_any(path: &Path) -> Result<(), StartError> {
    let gone = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    };
    gone.during("cannot remove", path)
}
