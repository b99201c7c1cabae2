//! Other systems, through real HTTP against faithful doubles on loopback.
//!
//! Every module stands under `cfg(test)`: there the lints let helper functions panic as tests may.

#[cfg(test)]
mod azure_devops;
#[cfg(test)]
mod trouble;
#[cfg(test)]
mod vendor_client;
