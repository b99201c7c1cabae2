//! Components and pages as functions from view models to HTML.
//!
//! A component takes a plain view model (and where it needs words or the date, a [`Ctx`]) and returns [`maud::Markup`].
//! The fragment that htmx swaps in is the same function that the page uses.

pub mod components;
pub mod format;
pub mod gallery;
pub mod icons;
pub mod layout;
pub mod markdown;
pub mod pages;
pub mod paths;
pub mod sentence;
mod terms;

use jiff::tz::TimeZone;
use northing_core::values::{Day, Moment};

pub use terms::{Term, Terms, capitalised};

/// What every component may need to know about the request: the date, the words and the form token.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Today in the organisation's time zone.
    pub today: Day,
    /// The moment of the request.
    pub now: Moment,
    /// The person's time zone.
    pub zone: TimeZone,
    /// The organisation's words for the kinds of goal.
    pub terms: Terms,
    /// The token that every form and every htmx request carries.
    pub csrf: String,
}
