//! The log: lines for people on a terminal, JSON for machines elsewhere.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts the log on standard error. `NORTHING_LOG` filters it, for example `northing_web=debug`; without it a server tells what it
/// does, and a command only what is wrong, so that the one line of its failure stands alone.
pub(crate) fn start(serves: bool) {
    let otherwise = if serves { "info,sqlx=warn" } else { "warn" };
    let filter = EnvFilter::try_from_env("NORTHING_LOG").unwrap_or_else(|_| EnvFilter::new(otherwise));
    let to = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started =
        if std::io::stderr().is_terminal() { to.compact().try_init() } else { to.json().try_init() };
    if let Err(already) = started {
        tracing::debug!(%already, "the log had been started before");
    }
}
