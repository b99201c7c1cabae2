//! Icons from the sprite. The sprite is one cached file: later pages then send only names.

use std::sync::OnceLock;

use maud::{Markup, html};
use northing_core::goal::GoalKind;

static SPRITE: OnceLock<String> = OnceLock::new();

/// Sets the address of the sprite once, at start, so that it can carry the hash of its content.
/// Returns whether this call set it; later calls change nothing.
pub fn serve_sprite_at(url: &str) -> bool {
    SPRITE.set(url.to_owned()).is_ok()
}

/// The address of a symbol in the sprite.
#[must_use]
pub fn href(name: &str) -> String {
    format!("{}#i-{name}", SPRITE.get().map_or("/assets/icons.svg", String::as_str))
}

/// An icon of 16 px beside a text that says the same.
#[must_use]
pub fn icon(name: &str) -> Markup {
    with_class("i", name)
}

/// An icon of 14 px.
#[must_use]
pub fn small(name: &str) -> Markup {
    with_class("i i-s", name)
}

/// An icon of 20 px.
#[must_use]
pub fn large(name: &str) -> Markup {
    with_class("i i-l", name)
}

/// An icon with classes of one's own.
#[must_use]
pub fn with_class(class: &str, name: &str) -> Markup {
    html! { svg class=(class) aria-hidden="true" { use href=(href(name)) {} } }
}

/// An icon that stands alone and says what it means; with a tooltip where `title` is set.
#[must_use]
pub fn labelled(class: &str, name: &str, label: &str, title: bool) -> Markup {
    html! { svg class=(class) role="img" aria-label=(label) { @if title { title { (label) } } use href=(href(name)) {} } }
}

/// The station of a kind of goal: triangle, circle, square.
#[must_use]
pub const fn station(kind: GoalKind) -> &'static str {
    match kind {
        GoalKind::Objective => "objective",
        GoalKind::KeyResult => "keyresult",
        GoalKind::Initiative => "initiative",
    }
}

/// The mark of Northing.
#[must_use]
pub fn logo() -> Markup {
    html! {
        svg class="logo" viewBox="0 0 24 24" aria-hidden="true" {
            path stroke="none" d="M12 1.500V17.500L4.5 22.500Z" {}
            path fill="none" d="M12.750 4.2 18.6 20.6 12.750 16.800Z" {}
        }
    }
}
