//! Components, one per file. Each is a function from a plain view model to HTML; each stands in the gallery.

pub mod crumbs;
pub mod empty;
pub mod feedback;
pub mod loading;
pub mod palette;
pub mod period;
pub mod person;
pub mod progress;
pub mod score;
pub mod status;
pub mod tag;
