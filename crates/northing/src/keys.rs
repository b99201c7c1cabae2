//! The key for secrets: from the environment, or from a file beside the embedded database that is made on the first start and that nobody
//! else may read.

use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use northing_app::sources::Vault;

use crate::config::{File, StoreArgs};
use crate::system::SystemRng;

const VARIABLE: &str = "NORTHING_SECRETS_KEY";

/// Where the keys are.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// In the environment.
    Environment(String),
    /// In a file.
    File(PathBuf),
}

/// Where the keys are, after flags, environment and file have been weighed.
pub(crate) fn place(args: &StoreArgs, file: &File) -> Place {
    match std::env::var(VARIABLE) {
        Ok(text) if !text.trim().is_empty() => Place::Environment(text),
        _ => {
            let folder = args.keys_dir.clone().or_else(|| args.data_dir.clone());
            let folder = folder.or_else(|| file.data_dir.clone());
            Place::File(folder.unwrap_or_else(|| PathBuf::from("northing-data")).join("secrets.key"))
        }
    }
}

/// Opens the keys; makes the file with a first key where there is none.
pub(crate) fn open(place: &Place) -> Result<Vault> {
    let source: northing_app::sources::KeySource = match place {
        Place::Environment(text) => {
            let text = text.clone();
            Arc::new(move || Ok(text.clone()))
        }
        Place::File(path) => {
            if !path.exists() {
                let first = format!("{}\n", Vault::new_key(&SystemRng));
                write_new(path, &first)?;
            }
            let path = path.clone();
            Arc::new(move || read(&path).map_err(|error| format!("{error:#}")))
        }
    };
    Vault::open(source).map_err(anyhow::Error::msg).context("the key for secrets cannot be used")
}

/// Reads the file; refuses one that others may read.
pub(crate) fn read(path: &Path) -> Result<String> {
    let about = || format!("{} cannot be read", path.display());
    let mode = std::fs::metadata(path).with_context(about)?.permissions().mode();
    if mode & 0o077 != 0 {
        bail!("{} may be read by others: chmod 600 it", path.display());
    }
    std::fs::read_to_string(path).with_context(about)
}

/// Writes a file that does not exist yet, readable for nobody else, and makes sure that it is on the disk.
fn write_new(path: &Path, text: &str) -> Result<()> {
    let about = || format!("{} cannot be written", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(about)?;
    }
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(about)?;
    file.write_all(text.as_bytes()).with_context(about)?;
    file.sync_all().with_context(about)
}

/// Keeps others from changing the file at the same time, for as long as what it returns is kept.
pub(crate) fn alone(path: &Path) -> Result<std::fs::File> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let held =
        std::fs::File::open(folder).with_context(|| format!("{} cannot be opened", folder.display()))?;
    held.try_lock().with_context(|| format!("the keys in {} are being rotated already", folder.display()))?;
    Ok(held)
}

/// Puts another text in the place of the file's, all at once.
pub(crate) fn replace(path: &Path, text: &str) -> Result<()> {
    let draft = path.with_extension("key.new");
    if draft.exists() {
        std::fs::remove_file(&draft).with_context(|| format!("{} cannot be removed", draft.display()))?;
    }
    write_new(&draft, text)?;
    std::fs::rename(&draft, path).with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_start_makes_a_key_that_nobody_else_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("secrets.key");
        open(&Place::File(path.clone())).unwrap();
        let before = read(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        open(&Place::File(path.clone())).unwrap();
        assert_eq!(read(&path).unwrap(), before, "the second start uses it");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = format!("{:#}", open(&Place::File(path)).unwrap_err());
        assert!(error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn the_file_is_changed_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.key");
        let held = alone(&path).unwrap();
        assert!(alone(&path).is_err());
        drop(held);
        alone(&path).unwrap();
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(open(&Place::Environment("nonsense".into())).is_err());
    }
}
