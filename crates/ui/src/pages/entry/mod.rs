//! The ways in, without navigation: signing in, the pages behind one-time links, and what a form keeps of what was typed.

pub mod link;
pub mod sign_in;

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::components::form::{self, Field};
use crate::icons::{icon, logo};
use crate::layout::{self, Assets};
use crate::terms::{Terms, capitalised};
use northing_core::password::Strength;

/// What somebody typed into a form, and why fields of it were refused: `(field, sentence)`.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The fields as they came.
    pub values: Vec<(String, String)>,
    /// What was wrong with them.
    pub errors: Vec<(String, String)>,
    /// What was wrong with the whole.
    pub refusal: Option<String>,
}

impl Typed {
    /// The first value of a field; empty where there is none.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Why a field was refused.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|(key, _)| key == name).map(|(_, message)| message.as_str())
    }

    /// A field with what was typed and why it was refused.
    #[must_use]
    pub(crate) fn field<'a>(&'a self, name: &'a str, label: &'a str) -> Field<'a> {
        Field { name, label, value: self.value(name), error: self.error(name), ..Field::default() }
    }
}

/// A field for what a password manager fills in.
pub(crate) fn credential(field: &Field<'_>, kind: &str, autocomplete: &str) -> Markup {
    form::wrap(
        field,
        &html! {
            input.in id=(field.name) name=(field.name) type=(kind) value=(field.value) autocomplete=(autocomplete) required[field.required]
                aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.described_by()];
        },
    )
}

/// A field for a new password, with advice that follows what is typed. `advice` is the address that gives it.
pub(crate) fn new_password(field: &Field<'_>, advice: &str) -> Markup {
    let name = field.name;
    let note = format!("{name}-advice");
    html! {
        div.field {
            label for=(name) { (field.label) }
            input.in id=(name) name=(name) type="password" autocomplete="new-password" required[field.required] minlength="10"
                hx-post=(advice) hx-trigger="input changed delay:300ms" hx-target=(format!("#{note}")) hx-swap="innerHTML" hx-sync="this:replace"
                aria-invalid=[field.error.map(|_| "true")] aria-describedby=(match field.error { Some(_) => format!("{name}-error {note}"), None => note.clone() });
            (form::error(name, field.error))
            p.hint id=(note) role="status" { (field.hint.unwrap_or_default()) }
        }
    }
}

/// What is said of a password while it is typed; the fragment that [`new_password`] loads.
#[must_use]
pub fn password_advice(strength: Strength) -> Markup {
    let (tone, mark) = match strength {
        Strength::Good => ("track", "check"),
        Strength::Fair => ("none", "check"),
        _ => ("behind", "warn"),
    };
    html! { span.st data-st=(tone) { (icon(mark)) (strength.advice()) } }
}

/// The frame of all ways in: contours on one side, the form on the other.
pub(crate) fn front(assets: &Assets, title: &str, csrf: &str, inside: &Markup) -> Markup {
    let body = html! {
        div.signin {
            (terrain())
            main.signin-f #main tabindex="-1" { div {
                p.logo-word { (logo()) "Northing" }
                (inside)
            } }
        }
    };
    layout::bare(assets, title, csrf, &body)
}

/// What was wrong with the whole of a form.
pub(crate) fn refusal(typed: &Typed) -> Markup {
    html! { @if let Some(text) = &typed.refusal { div.note data-st="risk" role="alert" { (icon("warn")) span { (text) } } } }
}

/// The contour lines beside the form, and the way up: from the work to the North Star, by the signs of the kinds of goal.
fn terrain() -> Markup {
    let terms = Terms::default();
    let lettering = [
        (218, 873, capitalised(&terms.initiative.many)),
        (298, 673, capitalised(&terms.key_result.one)),
        (474, 565, format!("Team {}", terms.objective.one)),
        (426, 413, format!("Company {}", terms.objective.one)),
    ];
    html! {
        div.terrain { svg viewBox="0 0 960 1000" preserveAspectRatio="xMidYMid slice" aria-hidden="true" {
            @for ring in 0..16_u8 { path class=(if ring % 4 == 0 { "ci" } else { "c" }) fill="none" d=(contour(ring)) {} }
            path.leg d="M196 868 276 668 452 560 404 408 518 290" {}
            path.stn d="M188 860h16v16h-16z" {} circle.dot cx="196" cy="868" r="2.5" {}
            circle.stn cx="276" cy="668" r="9" {} circle.dot cx="276" cy="668" r="2.5" {}
            path.stn d="m452 549 11 19h-22z" {} circle.dot cx="452" cy="562" r="2.5" {}
            path.stn d="m404 397 11 19h-22z" {} circle.dot cx="404" cy="410" r="2.5" {}
            g transform="translate(518 290)" { path.dot d="M0-34V6l-13 9z" {} path.stn stroke-linejoin="miter" d="M1.5-27 12.5 14 1.5 6z" {} }
            @for (x, y, text) in &lettering { text x=(x) y=(y) { (text) } }
            text.hd x="540" y="292" { "North Star" }
        } }
    }
}

/// A closed line around the summit, a little different from ring to ring.
fn contour(ring: u8) -> String {
    let ring = f64::from(ring) + 0.8;
    let mut path = String::new();
    for step in 0..48_u8 {
        let angle = f64::from(step) / 48.0 * std::f64::consts::TAU;
        let radius = 26.0
            + ring * 44.0
            + 12.0 * (3.0 * angle + ring * 0.35).sin()
            + 20.0 * (2.0 * angle - ring * 0.2).cos();
        let (x, y) = (520.0 + radius * angle.cos() * 0.9, 290.0 + radius * angle.sin() * 1.15);
        // Writing to a String cannot fail.
        let _always = write!(path, "{}{x:.0} {y:.0}", if step == 0 { 'M' } else { 'L' });
    }
    path.push('Z');
    path
}
