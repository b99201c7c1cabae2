//! The program as a process: what it prints, writes and ends with.
//!
//! Every module stands under `cfg(test)`: there the lints let helper functions panic as tests may.

#[cfg(test)]
mod contract;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod export;
#[cfg(test)]
mod import;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod setup;
