//! Options: flags win over the environment (`NORTHING_…`), the environment over `northing.toml`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// What every command that touches a store takes.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct StoreArgs {
    /// Folder of the embedded database [default: ./northing-data]
    #[arg(long, env = "NORTHING_DATA_DIR", global = true)]
    pub(crate) data_dir: Option<PathBuf>,
    /// PostgreSQL instead of the embedded database: postgres://USER:PASSWORD@HOST/DATABASE
    #[arg(long, env = "NORTHING_DATABASE_URL", hide_env_values = true, global = true)]
    pub(crate) database_url: Option<String>,
    /// Options file [default: ./northing.toml, if there is one]
    #[arg(long, env = "NORTHING_CONFIG", global = true)]
    pub(crate) config: Option<PathBuf>,
}

/// What `northing.toml` may hold. An unknown key is an error: a misspelt option must not be silently ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// Folder of the embedded database.
    pub(crate) data_dir: Option<PathBuf>,
    /// Address of a PostgreSQL database.
    pub(crate) database_url: Option<String>,
    /// Address and port to listen on.
    pub(crate) listen: Option<String>,
    /// The address people use, for links and secure cookies: `https://okr.example.org`.
    pub(crate) public_url: Option<String>,
}

impl File {
    /// Reads the file that was named, or `northing.toml` of this folder where there is one.
    pub(crate) fn read(named: Option<&Path>) -> Result<Self> {
        let path = named.unwrap_or(Path::new("northing.toml"));
        match std::fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text).with_context(|| format!("{} cannot be used", path.display())),
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                Ok(Self::default())
            }
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }
}

/// Where the store is, after flags, environment and file have been weighed.
pub(crate) fn store_url(args: &StoreArgs, file: &File) -> Result<northing_store::StoreUrl> {
    if args.data_dir.is_some() && args.database_url.is_some() {
        bail!("--data-dir and --database-url exclude each other: leave one of them out");
    }
    let database = match (&args.database_url, &args.data_dir) {
        (Some(url), _) => Some(url.clone()),
        (None, Some(_)) => None,
        (None, None) => file.database_url.clone(),
    };
    if let Some(url) = database {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            bail!(
                "the database address must start with postgres://; for the embedded database use --data-dir"
            );
        }
        return url.parse().context("the database address cannot be used");
    }
    let folder = args
        .data_dir
        .clone()
        .or_else(|| file.data_dir.clone())
        .unwrap_or_else(|| PathBuf::from("northing-data"));
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(northing_store::StoreUrl::file(&folder.join("northing.db")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_wins_over_the_file() {
        let file = File { database_url: Some("postgres://file/db".into()), ..File::default() };
        let folder = tempfile::tempdir().unwrap();
        let args = StoreArgs { data_dir: Some(folder.path().join("new")), ..StoreArgs::default() };
        let url = store_url(&args, &file).unwrap();
        assert!(format!("{url:?}").contains("northing.db"), "{url:?}");
        assert!(folder.path().join("new").is_dir());
    }

    #[test]
    fn the_file_is_used_where_nothing_else_is_said() {
        let file = File { database_url: Some("postgres://somewhere/db".into()), ..File::default() };
        let url = store_url(&StoreArgs::default(), &file).unwrap();
        assert!(!format!("{url:?}").contains("northing.db"));
    }

    #[test]
    fn two_stores_at_once_are_refused() {
        let args = StoreArgs {
            data_dir: Some("a".into()),
            database_url: Some("postgres://b".into()),
            ..StoreArgs::default()
        };
        assert!(store_url(&args, &File::default()).unwrap_err().to_string().contains("exclude each other"));
    }

    #[test]
    fn a_misspelt_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("northing.toml");
        std::fs::write(&path, "lissten = \"127.0.0.1:1\"").unwrap();
        let error = format!("{:#}", File::read(Some(&path)).unwrap_err());
        assert!(error.contains("lissten"), "{error}");
    }

    #[test]
    fn a_named_file_must_exist() {
        assert!(File::read(Some(Path::new("/nowhere/northing.toml"))).is_err());
        assert_eq!(File::read(None).unwrap(), File::default());
    }
}
