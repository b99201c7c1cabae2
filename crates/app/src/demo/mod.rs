//! The demonstration organisation: read from a text, told as an import, so that it goes through the same door as anybody's data.

mod calderfield;
mod story;

pub use calderfield::calderfield;

/// The name of the demonstration organisation.
pub const NAME: &str = "Calderfield";
/// The person whom a visitor of the demonstration signs in as.
pub const VISITOR: &str = "Priya Raman";
/// What the organisation is for, who it wants to be, how, and its North Star.
pub const MISSION: &str = "Fit heat pumps that people recommend to their neighbours.";
/// Its vision.
pub const VISION: &str = "By 2035 no household in the north chooses between warmth and the bill.";
/// Its values.
pub const VALUES: [&str; 3] =
    ["Leave the house warmer and cleaner", "Say the bad number first", "Train before you need it"];
/// Its North Star.
pub const NORTH_STAR: &str = "A warm home for every household, at half the carbon";

/// The mail address of a person of the demonstration, under the domain that is reserved for examples.
#[must_use]
pub fn address(name: &str) -> String {
    let folded = northing_core::text::fold(name).replace('ø', "o");
    format!("{}@calderfield.example", folded.split_whitespace().collect::<Vec<_>>().join("."))
}
