//! Where the store is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::failure::Failure;

/// The place of a store: a file or a directory (embedded SQLite), or a PostgreSQL address.
///
/// As text: `postgres://…` or `postgresql://…`; `sqlite:PATH`; or a bare path. A path that is a directory, or that ends in
/// `/`, holds the file `northing.db`.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// The file of an embedded SQLite database.
    Sqlite(PathBuf),
    /// The address of a PostgreSQL database, with its password.
    Postgres(String),
}

impl StoreUrl {
    /// The embedded store in a file or directory.
    #[must_use]
    pub fn file(path: &Path) -> Self {
        let is_directory = path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/");
        Self::Sqlite(if is_directory { path.join("northing.db") } else { path.to_owned() })
    }
}

impl FromStr for StoreUrl {
    type Err = Failure;
    fn from_str(text: &str) -> Result<Self, Failure> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.contains("://") || path.contains('\0') {
            return Err(Failure::Address);
        }
        Ok(Self::file(Path::new(path)))
    }
}

/// Never shows a password.
impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                let place = rest.split(['?', '#']).next().unwrap_or_default();
                let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
                write!(f, "postgres://{place}")
            }
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_shown_without_secrets() {
        let url: StoreUrl = "postgres://ann:s3cret@db.example:5432/okr?password=s3cret".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://db.example:5432/okr");
        assert_eq!(format!("{url:?}"), "postgres://db.example:5432/okr");
        assert_eq!("sqlite:a.db".parse::<StoreUrl>().unwrap(), StoreUrl::Sqlite("a.db".into()));
        assert_eq!("sqlite:///x/a.db".parse::<StoreUrl>().unwrap(), StoreUrl::Sqlite("/x/a.db".into()));
        assert_eq!("data/".parse::<StoreUrl>().unwrap(), StoreUrl::Sqlite("data/northing.db".into()));
        assert!("mysql://x".parse::<StoreUrl>().is_err());
        assert!("".parse::<StoreUrl>().is_err());
    }
}
