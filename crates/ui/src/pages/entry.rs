//! The ways in: signing in, and setting up a new installation. Pages without navigation.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::components::form::{self, Field};
use crate::icons::{icon, logo};
use crate::layout::{self, Assets};

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

    fn password<'a>(&'a self, label: &'a str, hint: Option<&'a str>) -> Field<'a> {
        Field {
            name: "password",
            label,
            error: self.error("password"),
            hint,
            required: true,
            ..Field::default()
        }
    }
}

/// The sign-in page. `next` is the page that was asked for.
#[must_use]
pub fn sign_in(assets: &Assets, csrf: &str, typed: &Typed, next: &str) -> Markup {
    let body = html! {
        div.signin {
            (terrain())
            main.signin-f #main { div {
                p.logo-word { (logo()) "Northing" }
                div { h1 { "Sign in" } p.mut { "Goals, aligned from the work up." } }
                (refusal(typed))
                form.form method="post" action="/sign-in" {
                    input type="hidden" name="csrf" value=(csrf);
                    input type="hidden" name="next" value=(next);
                    (credential(&Field { required: true, ..typed.field("email", "Work email") }, "email", "username"))
                    (credential(&typed.password("Password", None), "password", "current-password"))
                    button.btn.btn-p.btn-l.btn-w type="submit" { "Sign in" }
                }
                p.xs.dim { "Forgotten your password? Ask an administrator." }
            } }
        }
    };
    layout::bare(assets, "Sign in", csrf, &body)
}

/// The set-up of a new installation: the first owner, the organisation with its purpose, and how it plans.
#[must_use]
pub fn setup(assets: &Assets, csrf: &str, typed: &Typed) -> Markup {
    let months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let months: Vec<(String, String)> =
        months.iter().enumerate().map(|(at, name)| ((at + 1).to_string(), (*name).to_owned())).collect();
    let classic = typed.value("okr_model") != "interchangeable";
    let body = html! {
        div.signin {
            (terrain())
            main.signin-f #main { div {
                p.logo-word { (logo()) "Northing" }
                div {
                    h1 { "Set up Northing" }
                    p.mut { "Three things, and you are in: who you are, what your organisation is for, and how it plans. All of it can be changed later." }
                }
                (refusal(typed))
                form.form method="post" action="/setup" {
                    input type="hidden" name="csrf" value=(csrf);
                    fieldset.form {
                        legend.sec-h { h2 { "You" } }
                        (form::input(&Field { required: true, ..typed.field("name", "Your name") }, "text"))
                        (credential(&Field { required: true, ..typed.field("email", "Work email") }, "email", "username"))
                        (credential(&typed.password("Password", Some("At least ten characters. A sentence is good.")), "password", "new-password"))
                    }
                    fieldset.form {
                        legend.sec-h { h2 { "Your organisation" } }
                        (form::input(&Field { required: true, ..typed.field("organization", "Name") }, "text"))
                        (form::textarea(&Field { optional: true, hint: Some("What you are here for."), ..typed.field("mission", "Mission") }, 2))
                        (form::textarea(&Field { optional: true, hint: Some("Where you want to be."), ..typed.field("vision", "Vision") }, 2))
                        (form::textarea(&Field { optional: true, hint: Some("One in each line."), ..typed.field("values", "Values") }, 3))
                        (form::input(&Field { optional: true, hint: Some("The one figure that tells whether you are on your way."), ..typed.field("north_star", "North Star") }, "text"))
                    }
                    fieldset.form {
                        legend.sec-h { h2 { "How you plan" } }
                        (form::select(&typed.field("start_month", "Planning year starts in"), &months))
                        fieldset.field {
                            legend { "OKR model" }
                            label.opt-l { input type="radio" name="okr_model" value="classic" checked[classic]; span { "Objectives aspire, key results measure" small { "Only key results carry a number. Objectives roll up from them." } } }
                            label.opt-l { input type="radio" name="okr_model" value="interchangeable" checked[!classic]; span { "Either can measure" small { "Any objective or key result may have its own metric." } } }
                        }
                        (form::input(&Field { hint: Some("Its days are the days of expectation, for example Europe/Berlin."), ..typed.field("time_zone", "Time zone") }, "text"))
                    }
                    button.btn.btn-p.btn-l.btn-w type="submit" { "Set up" }
                }
            } }
        }
    };
    layout::bare(assets, "Set up", csrf, &body)
}

/// A field for what a password manager fills in.
fn credential(field: &Field<'_>, kind: &str, autocomplete: &str) -> Markup {
    let described = field.error.map(|_| format!("{}-error", field.name));
    form::wrap(
        field,
        &html! {
            input.in id=(field.name) name=(field.name) type=(kind) value=(field.value) autocomplete=(autocomplete) required[field.required]
                aria-invalid=[field.error.map(|_| "true")] aria-describedby=[described];
        },
    )
}

fn refusal(typed: &Typed) -> Markup {
    html! { @if let Some(text) = &typed.refusal { div.note data-st="risk" role="alert" { (icon("warn")) span { (text) } } } }
}

/// The contour lines beside the form: rings around two summits, drawn by rule.
fn terrain() -> Markup {
    html! {
        div.terrain { svg viewBox="0 0 960 1000" preserveAspectRatio="xMidYMid slice" aria-hidden="true" {
            @for ring in 0..16_u8 { path class=(if ring % 4 == 0 { "ci" } else { "c" }) fill="none" d=(contour(ring)) {} }
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
