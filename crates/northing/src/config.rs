//! Options: flags win over the environment (`NORTHING_…`), the environment over `northing.toml`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::ArgMatches;
use clap::parser::ValueSource;

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
    /// Where the key for secrets is, where a flag took the folder's place.
    #[arg(skip)]
    pub(crate) keys_dir: Option<PathBuf>,
}

impl StoreArgs {
    /// Of a folder and a database, one by flag and one from the environment, the flag wins.
    pub(crate) fn weigh(&mut self, matches: &ArgMatches) {
        let mut deepest = matches;
        while let Some((_, below)) = deepest.subcommand() {
            deepest = below;
        }
        let by_flag = |name| deepest.value_source(name) == Some(ValueSource::CommandLine);
        match (by_flag("data_dir"), by_flag("database_url")) {
            (true, false) => self.database_url = None,
            (false, true) => self.keys_dir = self.data_dir.take(),
            _ => {}
        }
    }
}

/// What `northing.toml` holds: options by their names, with `_` for `-`. An unknown key is an error: a misspelt option must not
/// be silently ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct File {
    /// Folder of the embedded database.
    pub(crate) data_dir: Option<PathBuf>,
    /// Address of a PostgreSQL database.
    pub(crate) database_url: Option<String>,
    /// Address and port to listen on.
    pub(crate) listen: Option<String>,
    /// The address people use, for links and secure cookies: `https://okr.example.org`.
    pub(crate) public_url: Option<String>,
    /// Every other option with its values as texts.
    more: BTreeMap<String, Vec<String>>,
    /// What messages call it.
    name: String,
}

impl File {
    /// Reads the file that was named, or `northing.toml` of this folder where there is one.
    pub(crate) fn read(named: Option<&Path>) -> Result<Self> {
        let path = named.unwrap_or(Path::new("northing.toml"));
        match std::fs::read_to_string(path) {
            Ok(text) => Self::of(&text, path).with_context(|| format!("{} cannot be used", path.display())),
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                Ok(Self::default())
            }
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }
}

impl File {
    fn of(text: &str, path: &Path) -> Result<Self> {
        let mut more = BTreeMap::new();
        for (key, value) in
            text.parse::<toml::Table>().map_err(|error| anyhow::anyhow!("{}", error.message()))?
        {
            let values = match value {
                toml::Value::Array(values) => values.into_iter().map(|value| text_of(&key, value)).collect(),
                value => text_of(&key, value).map(|value| vec![value]),
            };
            more.insert(key, values?);
        }
        let mut take = |key: &str| more.remove(key).and_then(|values: Vec<String>| values.into_iter().next());
        Ok(Self {
            data_dir: take("data_dir").map(PathBuf::from),
            database_url: take("database_url"),
            listen: take("listen"),
            public_url: take("public_url"),
            more,
            name: path.display().to_string(),
        })
    }

    /// The command line with what the file says as defaults: flags and the environment win over it.
    ///
    /// # Errors
    /// A key that is no option of any command.
    pub(crate) fn defaults(&self, mut command: clap::Command) -> Result<clap::Command> {
        for (key, values) in &self.more {
            let mut known = false;
            command = with_default(command, key, values, &mut known);
            if !known {
                bail!("{} cannot be used: {key} is no option: see northing help", self.name);
            }
        }
        Ok(command)
    }

    /// The file that was named on the command line or by the environment, before either is read as a whole.
    pub(crate) fn named(arguments: impl Iterator<Item = OsString>) -> Option<PathBuf> {
        let mut arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
        while let Some(argument) = arguments.next() {
            match argument.strip_prefix("--config") {
                Some("") => return arguments.next().map(PathBuf::from),
                Some(rest) if rest.starts_with('=') => {
                    return Some(PathBuf::from(rest.trim_start_matches('=')));
                }
                _ => {}
            }
        }
        std::env::var_os("NORTHING_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from)
    }
}

fn text_of(key: &str, value: toml::Value) -> Result<String> {
    Ok(match value {
        toml::Value::String(text) => text,
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(is) => is.to_string(),
        _ => bail!("{key} must be a text, a whole number, true or false, or a list of such"),
    })
}

/// Gives the options of this name, wherever they stand, these values unless somebody says otherwise.
fn with_default(command: clap::Command, key: &str, values: &[String], known: &mut bool) -> clap::Command {
    let variable = format!("NORTHING_{}", key.to_uppercase());
    let here: Vec<String> = command
        .get_arguments()
        .filter(|argument| argument.get_env().is_some_and(|name| name == variable.as_str()))
        .map(|argument| argument.get_id().to_string())
        .collect();
    let below: Vec<String> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    let mut command = command;
    for id in here {
        *known = true;
        // Read once, for as long as the program runs.
        let values: Vec<&'static str> = values.iter().map(|text| &*text.clone().leak()).collect();
        command = command.mut_arg(id, |argument| argument.required(false).default_values(values));
    }
    for name in below {
        command = command.mut_subcommand(name, |below| with_default(below, key, values, known));
    }
    command
}

/// Where the store is, after flags, environment and file have been weighed. `there` says that it must be there already: a folder
/// named by mistake is not filled with an empty one.
pub(crate) fn store_url(args: &StoreArgs, file: &File, there: bool) -> Result<northing_store::StoreUrl> {
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
    let place = folder.join("northing.db");
    if there && !place.exists() {
        bail!(
            "there is no store in {}: name its folder with --data-dir, or make one with northing setup or northing serve",
            folder.display()
        );
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(northing_store::StoreUrl::file(&place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_wins_over_the_file() {
        let file = File { database_url: Some("postgres://file/db".into()), ..File::default() };
        let folder = tempfile::tempdir().unwrap();
        let args = StoreArgs { data_dir: Some(folder.path().join("new")), ..StoreArgs::default() };
        let url = store_url(&args, &file, false).unwrap();
        assert!(format!("{url:?}").contains("northing.db"), "{url:?}");
        assert!(folder.path().join("new").is_dir());
    }

    #[test]
    fn the_file_is_used_where_nothing_else_is_said() {
        let file = File { database_url: Some("postgres://somewhere/db".into()), ..File::default() };
        let url = store_url(&StoreArgs::default(), &file, false).unwrap();
        assert!(!format!("{url:?}").contains("northing.db"));
    }

    #[test]
    fn two_stores_at_once_are_refused() {
        let args = StoreArgs {
            data_dir: Some("a".into()),
            database_url: Some("postgres://b".into()),
            ..StoreArgs::default()
        };
        assert!(
            store_url(&args, &File::default(), false).unwrap_err().to_string().contains("exclude each other")
        );
    }

    #[test]
    fn what_is_no_file_of_options_is_told_in_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("northing.toml");
        for text in ["listen = ", "listen = 1.5", "[serve]\nlisten = \"127.0.0.1:1\""] {
            std::fs::write(&path, text).unwrap();
            let error = format!("{:#}", File::read(Some(&path)).unwrap_err());
            assert!(error.contains("northing.toml cannot be used") && error.lines().count() == 1, "{error}");
        }
    }

    #[test]
    fn a_named_file_must_exist() {
        assert!(File::read(Some(Path::new("/nowhere/northing.toml"))).is_err());
        assert_eq!(File::read(None).unwrap(), File::default());
    }
}
