//! What is promised to programs and withheld from strangers: every route of the router, the API's document, rights, and input
//! that means harm. Lists of routes are compared with the router's own, so that a new route fails here until it is thought of.
//!
//! Every module stands under `cfg(test)`: there the lints let helper functions panic as tests may.

#[cfg(test)]
mod broken;
#[cfg(test)]
mod document;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod files;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod found;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod once;
#[cfg(test)]
mod parity;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod scopes;
#[cfg(test)]
mod snapshot;
#[cfg(test)]
mod spec;
#[cfg(test)]
mod strangers;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod world;
