//! How many residents the demo of a folder has: said at its first start, the same ever after.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::plan::MEMBERS;

/// The file that keeps the number.
const FILE: &str = "residents";

/// The number of residents of this folder. A folder that was not begun is begun with those asked for.
///
/// # Errors
/// Another number was asked for than the folder was begun with.
pub(super) fn settle(data: &Path, asked: Option<u32>, begun: bool) -> anyhow::Result<u32> {
    let file = data.join(FILE);
    let known = match fs::read_to_string(&file) {
        Ok(text) => Some(text.trim().parse().with_context(|| unreadable(&file))?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => begun.then_some(MEMBERS),
        Err(error) => return Err(error).with_context(|| unreadable(&file)),
    };
    if let (Some(known), Some(asked)) = (known, asked)
        && known != asked
    {
        bail!(
            "{} holds a province of {known} residents: name another folder by --data for {asked}, \
             or remove it (`make clean-demo`)",
            data.display()
        );
    }
    let residents = known.or(asked).unwrap_or(MEMBERS);
    if known.is_none() {
        fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
        fs::write(&file, format!("{residents}\n"))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(residents)
}

fn unreadable(file: &Path) -> String {
    format!("cannot read {}", file.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_its_size() {
        let folder = std::env::temp_dir().join(format!("sizhu-size-{}", uuid::Uuid::now_v7()));
        assert_eq!(settle(&folder, Some(300), false).unwrap(), 300);
        assert_eq!(settle(&folder, None, true).unwrap(), 300);
        assert_eq!(settle(&folder, Some(300), true).unwrap(), 300);
        let refused = settle(&folder, Some(301), true).unwrap_err().to_string();
        assert!(refused.contains("300 residents"), "{refused}");
        fs::remove_file(folder.join(FILE)).unwrap();
        // A folder of a time when all were alike.
        assert_eq!(settle(&folder, None, true).unwrap(), MEMBERS);
        fs::remove_dir_all(folder).unwrap();
    }
}
