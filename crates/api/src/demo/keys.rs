//! The demo's keys and passwords: made once and kept beside its data, for its owner's eyes only.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use sizhu_store::Vault;

use crate::auth::{Keys, generate_secret};
use crate::config::Config;
use crate::setup::fresh_keys;

/// All secrets of one demo.
pub(super) struct DemoKeys {
    pub(super) vault: Arc<Vault>,
    pub(super) tokens: Arc<Keys>,
    /// Name and password of the role that owns the database.
    pub(super) owner: (String, SecretString),
    /// Name and password of the service's role.
    pub(super) service: (String, SecretString),
}

/// The keys of the demo in `data`, from `keys.env` (mode 0600), made if it is not there.
pub(super) fn load_or_make(data: &Path) -> anyhow::Result<DemoKeys> {
    fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
    let file = data.join("keys.env");
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => make(&file)?,
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", file.display()));
        }
    };
    parse(&text).with_context(|| {
        format!(
            "{} is damaged; without it the demo's data cannot be read",
            file.display()
        )
    })
}

/// Writes a new file whole or not at all: a half-written one would lock the data away.
fn make(file: &Path) -> anyhow::Result<String> {
    let password = || generate_secret().context("no random bytes");
    let text = format!(
        "# Keys of the demo. The database beside this file cannot be read without them.\n\
         {}SIZHU_DEMO_OWNER_PASSWORD={}\nSIZHU_DEMO_SERVICE_PASSWORD={}\n",
        fresh_keys()?,
        password()?.expose_secret(),
        password()?.expose_secret(),
    );
    let draft = file.with_extension("new");
    let mut out = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .with_context(|| format!("cannot write {}", draft.display()))?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    fs::rename(&draft, file)?;
    Ok(text)
}

fn parse(text: &str) -> anyhow::Result<DemoKeys> {
    let mut vars: HashMap<&str, &str> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .collect();
    let password = |name: &str| -> anyhow::Result<SecretString> {
        let value = vars.get(name).copied();
        Ok(value.with_context(|| format!("{name} is missing"))?.into())
    };
    let owner = (
        "sizhu_owner".to_owned(),
        password("SIZHU_DEMO_OWNER_PASSWORD")?,
    );
    let service = (
        "sizhu_demo".to_owned(),
        password("SIZHU_DEMO_SERVICE_PASSWORD")?,
    );
    // Addresses are not part of the file; any will do to have the keys read as `serve` does.
    vars.insert("DATABASE_URL", "postgres://nobody:none@127.0.0.1/none");
    vars.insert("SIZHU_ISSUER", "http://127.0.0.1");
    let config = Config::from_vars(&|name| vars.get(name).map(|&value| value.to_owned()))?;
    Ok(DemoKeys {
        vault: config.vault,
        tokens: config.token_keys,
        owner,
        service,
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn keys_are_made_once_for_their_owner_only() {
        let data = std::env::temp_dir().join(format!("sizhu-keys-{}", uuid::Uuid::now_v7()));
        let first = load_or_make(&data).unwrap();
        let file = data.join("keys.env");
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let again = load_or_make(&data).unwrap();
        assert_eq!(first.owner.1.expose_secret(), again.owner.1.expose_secret());
        fs::write(&file, "SIZHU_INDEX_KEY=x\n").unwrap();
        assert!(load_or_make(&data).is_err());
        fs::remove_dir_all(&data).unwrap();
    }
}
