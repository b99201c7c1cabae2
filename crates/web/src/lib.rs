//! Pages, API, live updates and sessions over HTTP.
//!
//! A handler extracts, calls one use case of `northing_app`, and hands a view model to a function of `northing_ui` (pages) or
//! answers JSON (API). It holds no rule. What goes wrong becomes a page, a fragment or problem+json in one place: [`failure`].
//! Every route stands in [`router`].

mod api;
mod assets;
mod downloads;
mod embed;
mod extract;
mod failure;
mod layers;
mod live;
mod pages;
mod router;
mod state;
mod uploads;

pub use router::{Route, router, routes};
pub use state::{AppState, SiteOptions, UploadLimit};

/// The form token that belongs to a session's secret: for tests that post forms.
#[must_use]
pub fn form_token(session: &str) -> String {
    extract::csrf_token(session)
}
