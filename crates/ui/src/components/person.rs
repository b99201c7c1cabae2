//! People: avatars of initials, and links to their pages.

use maud::{Markup, html};
use northing_core::values::Id;

use crate::{format, paths};

/// A person as others see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The person.
    pub id: Id,
    /// The name; "Deleted user" for people who were deleted.
    pub name: String,
}

/// The initials with the name for screen readers.
#[must_use]
pub fn avatar(name: &str) -> Markup {
    html! { span.av title=(name) aria-hidden="true" { (format::initials(name)) } span.sr { (name) } }
}

/// The initials beside a visible name.
#[must_use]
pub fn avatar_silent(name: &str) -> Markup {
    html! { span.av title=(name) aria-hidden="true" { (format::initials(name)) } }
}

/// The large initials beside a visible name.
#[must_use]
pub fn avatar_large(name: &str) -> Markup {
    html! { span.av.av-l title=(name) aria-hidden="true" { (format::initials(name)) } }
}

/// The initials of the one who is signed in.
#[must_use]
pub fn avatar_own(me: &Person) -> Markup {
    html! { span.av.av-me title=(me.name) aria-hidden="true" { (format::initials(&me.name)) } }
}

/// Initials and name, linked to the person's page.
#[must_use]
pub fn who(person: &Person) -> Markup {
    html! { a.who href=(paths::person(person.id)) { (avatar_silent(&person.name)) (person.name) } }
}

/// People where there is room for one: the first, and how many more; every name for screen readers.
#[must_use]
pub fn avatars_short(people: &[Person]) -> Markup {
    html! {
        @match people {
            [] => { span.dim title="No owner" aria-hidden="true" { "–" } span.sr { "No owner" } }
            [one] => { (avatar(&one.name)) }
            [first, rest @ ..] => {
                (avatar(&first.name))
                @let names = rest.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ");
                span.dim.xs title=(names) aria-hidden="true" { "+" (rest.len()) } span.sr { ", " (names) }
            }
        }
    }
}

/// Several people as overlapping initials; names for screen readers and as tooltips.
#[must_use]
pub fn avatars(people: &[Person]) -> Markup {
    html! {
        @match people {
            [] => { span.dim { "No owner" } }
            [one] => { (avatar(&one.name)) }
            several => { span.avs { @for person in several { (avatar(&person.name)) } } }
        }
    }
}
