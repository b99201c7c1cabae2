//! The set-up of a new installation: a page of steps, each a plain form. Nothing is kept before the last one.

use maud::{Markup, html};
use northing_core::password::Strength;
use northing_core::period::NewPeriod;
use northing_core::settings::OkrModel;
use northing_core::values::Day;

use super::entry::{Typed, credential, new_password, refusal};
use crate::components::feedback;
use crate::components::form::{self, Field};
use crate::components::period::{self, Strip};
use crate::format;
use crate::icons::{icon, logo};
use crate::layout::{self, Assets};
use crate::paths;

/// A step of the set-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The first owner.
    You,
    /// The organisation's name and address.
    Organisation,
    /// What it is for.
    Purpose,
    /// When its year starts, and how it sets goals.
    Planning,
    /// Everything once more, and the button.
    Check,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::You, Self::Organisation, Self::Purpose, Self::Planning, Self::Check];

    const fn label(self) -> &'static str {
        match self {
            Self::You => "You",
            Self::Organisation => "Organisation",
            Self::Purpose => "Purpose",
            Self::Planning => "Planning",
            Self::Check => "Check",
        }
    }

    /// Its address.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::You => "/setup/you",
            Self::Organisation => "/setup/organisation",
            Self::Purpose => "/setup/purpose",
            Self::Planning => "/setup/planning",
            Self::Check => "/setup/check",
        }
    }

    /// The one before; none before the first.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|step| *step < self)
    }

    /// The one after; none after the last.
    #[must_use]
    pub fn after(self) -> Option<Self> {
        Self::ALL.into_iter().find(|step| *step > self)
    }
}

/// What surrounds every step.
#[derive(Debug, Clone)]
pub struct Frame<'a> {
    /// Style sheets and scripts.
    pub assets: &'a Assets,
    /// The form token.
    pub csrf: &'a str,
    /// The steps that are done.
    pub done: &'a [Step],
    /// What was typed into this step and why it was refused.
    pub typed: &'a Typed,
}

fn page(frame: &Frame<'_>, step: Step, title: &str, lede: &str, inside: &Markup) -> Markup {
    let body = html! {
        div.wiz {
            header.wiz-top { span.logo-word { (logo()) "Northing" } span.mut.sm { "First-run set-up" } }
            main.wiz-b #main tabindex="-1" {
                ol.steps aria-label="Set-up steps" {
                    @for each in Step::ALL {
                        @let done = frame.done.contains(&each);
                        li.done[done && each != step] aria-current=[(each == step).then_some("step")] {
                            @if each != step && (done || each.before().is_some_and(|before| frame.done.contains(&before))) {
                                a href=(each.path()) { (each.label()) }
                            } @else { (each.label()) }
                            @if done && each != step { span.sr { " done" } }
                        }
                    }
                }
                div { h1 { (title) } p.lede { (lede) } }
                (refusal(frame.typed))
                form.form.setup-f method="post" action=(step.path()) {
                    input type="hidden" name="csrf" value=(frame.csrf);
                    (inside)
                    // The first button of a form is what Enter presses; the order of sight is turned by the style.
                    div.btns.turned {
                        @match step.after() {
                            Some(next) => button.btn.btn-p.btn-l type="submit" { "Continue to " (next.label().to_lowercase()) },
                            None => button.btn.btn-p.btn-l type="submit" { (icon("check")) "Set up Northing" },
                        }
                        @if step.before().is_some() { button.btn.btn-l type="submit" name="go" value="back" formnovalidate { "Back" } }
                    }
                }
            }
        }
    };
    layout::bare(frame.assets, &format!("Set up: {}", step.label()), frame.csrf, &body)
}

/// The first owner. `known` where a password was told already: empty keeps it.
#[must_use]
pub fn you(frame: &Frame<'_>, known: bool) -> Markup {
    let typed = frame.typed;
    let hint = if known {
        "Leave it empty to keep the one you chose a moment ago."
    } else {
        Strength::TooShort.advice()
    };
    page(
        frame,
        Step::You,
        "Who are you?",
        "You become the first owner: you may do everything, and make others owners and admins later.",
        &html! {
            (credential(&Field { required: true, ..typed.field("name", "Your name") }, "text", "name"))
            (credential(&Field { required: true, hint: Some("You sign in with it."), ..typed.field("email", "Work email") }, "email", "username"))
            (new_password(&Field { required: !known, hint: Some(hint), ..typed.field("password", "Password") }, "/setup/advice"))
        },
    )
}

/// The organisation's name and its short name in addresses.
#[must_use]
pub fn organisation(frame: &Frame<'_>) -> Markup {
    let typed = frame.typed;
    let field =
        Field { required: true, hint: Some("As everybody calls it."), ..typed.field("organization", "Name") };
    let name = form::wrap(
        &field,
        &html! {
            input.in #organization name="organization" type="text" value=(field.value) autocomplete="organization" required
                aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.described_by()]
                hx-get="/setup/slug" hx-include="closest form" hx-trigger="input changed delay:300ms" hx-target="#slug-field" hx-swap="outerHTML" hx-sync="this:replace";
        },
    );
    page(
        frame,
        Step::Organisation,
        "What is your organisation called?",
        "Teams, people and goals live in it. You can add further organisations later.",
        &html! { (name) (slug(typed)) },
    )
}

/// The field of the short name, with the suggestion it was made from; the fragment that follows the name.
#[must_use]
pub fn slug(typed: &Typed) -> Markup {
    let hint = "Used by the command line and the API. Small letters, digits and hyphens. Left empty, it is made from the name.";
    html! {
        div #slug-field {
            input type="hidden" name="suggested" value=(typed.value("suggested"));
            (form::input(&Field { optional: true, hint: Some(hint), ..typed.field("slug", "Short name") }, "text"))
        }
    }
}

/// What the organisation is for.
#[must_use]
pub fn purpose(frame: &Frame<'_>) -> Markup {
    let typed = frame.typed;
    let prose = |name, label, hint, rows| {
        form::textarea(&Field { optional: true, hint: Some(hint), ..typed.field(name, label) }, rows)
    };
    page(
        frame,
        Step::Purpose,
        "What is it for?",
        "Goals point somewhere. What you write here stands on top of your organisation's page and above every goal that leads to it. Leave out what you do not have yet.",
        &html! {
            (prose("north_star", "North Star", "The one thing that tells whether you are on your way. For example: A warm home for every household, at half the carbon.", 1))
            (prose("mission", "Mission", "What you are here to do. For example: Fit heat pumps that people recommend to their neighbours.", 2))
            (prose("vision", "Vision", "Where that leads in ten years. For example: No household chooses between warmth and the bill.", 2))
            (prose("values", "Values", "What you hold to, one in each line. For example: Say the bad number first.", 3))
        },
    )
}

/// What the preview of the periods shows.
#[derive(Debug, Clone)]
pub struct Periods {
    /// Today in the time zone that was chosen.
    pub today: Day,
    /// The periods that the set-up makes.
    pub periods: Vec<NewPeriod>,
}

/// When the year starts, and how goals are set. `zones` are the names to choose from.
#[must_use]
pub fn planning(frame: &Frame<'_>, periods: &Periods, zones: &[String]) -> Markup {
    let typed = frame.typed;
    let months: Vec<(String, String)> =
        (1_u8..).zip(format::LONG_MONTHS).map(|(at, name)| (at.to_string(), (*name).to_owned())).collect();
    let month = typed.field("start_month", "Planning year starts in");
    let classic = typed.value("okr_model") != OkrModel::Interchangeable.name();
    let card = |model: OkrModel, chosen: bool, mark: &str, title: &str, text: &str| {
        html! {
            label.card-o {
                input type="radio" name="okr_model" value=(model.name()) checked[chosen];
                b { (icon(mark)) (title) }
                span.mut { (text) }
            }
        }
    };
    page(
        frame,
        Step::Planning,
        "How do you plan?",
        "These choices decide which fields people see. You can change them later. Goals already written keep their own settings.",
        &html! {
            fieldset.field {
                legend { "OKR model" }
                div.cards {
                    (card(OkrModel::Classic, classic, "objective", "Objectives aspire, key results measure", "Only key results carry a number. Objectives roll up from them."))
                    (card(OkrModel::Interchangeable, !classic, "keyresult", "Either can measure", "Any objective or key result may have its own metric. Useful when you come from Viva Goals with this setting."))
                }
                (form::error("okr_model", typed.error("okr_model")))
            }
            div.form-2 {
                (form::wrap(&month, &html! {
                    select.in #start_month name="start_month" aria-invalid=[month.error.map(|_| "true")] aria-describedby=[month.described_by()]
                        hx-get="/setup/planning/periods" hx-include="closest form" hx-trigger="change" hx-target="#periods" hx-swap="outerHTML" {
                        @for (value, text) in &months { option value=(value) selected[value == month.value] { (text) } }
                    }
                }))
                (zone(&Field { required: true, hint: Some("Its days are the days of expectation."), ..typed.field("time_zone", "Time zone") }, zones, !frame.done.contains(&Step::Planning)))
            }
            (preview(periods))
            noscript { button.btn type="submit" name="go" value="stay" { "Show the periods of this month" } }
        },
    )
}

/// A time zone, found by typing a part of its name. With `guess` an untouched field takes the browser's own.
#[must_use]
pub fn zone(field: &Field<'_>, zones: &[String], guess: bool) -> Markup {
    let list = format!("{}-zones", field.name);
    form::wrap(
        field,
        &html! {
            input.in id=(field.name) name=(field.name) type="text" value=(field.value) list=(list) required[field.required] autocomplete="off" spellcheck="false"
                placeholder="Europe/Berlin" data-zone-guess=[guess.then_some("UTC")] aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.described_by()];
            datalist id=(list) { @for zone in zones { option value=(zone) {} } }
        },
    )
}

/// The periods that will be made, in pencil; the fragment that follows the month.
#[must_use]
pub fn preview(it: &Periods) -> Markup {
    let now = it.periods.iter().skip(1).find(|period| period.start <= it.today && it.today <= period.end);
    html! {
        div #periods {
            (feedback::pencil("Preview, not saved yet", &html! {
                @if let Some(now) = now {
                    @let strip = Strip { name: now.name.clone(), start: now.start, end: now.end, choices: Vec::new() };
                    @let days = now.end.days_since(now.start) + 1;
                    p.sm {
                        b { (now.name) } ", " (format::day_long(now.start)) " to " (format::day_long(now.end)) ". Today is day "
                        (it.today.days_since(now.start) + 1) " of " (days) ", so a goal that moves evenly is expected at "
                        (format::percent(period::elapsed(it.today, &strip))) "."
                    }
                    (period::ruler(it.today, &strip, days))
                }
                (periods(it))
            }))
        }
    }
}

fn periods(it: &Periods) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Periods that will be made" {
            table.tbl {
                thead { tr { th scope="col" { "Period" } th scope="col" { "From" } th scope="col" { "To" } } }
                tbody { @for period in &it.periods { tr { th scope="row" { (period.name) } td { (format::day_long(period.start)) } td { (format::day_long(period.end)) } } } }
            }
        }
    }
}

/// Everything that was told, for the last look.
#[derive(Debug, Clone)]
pub struct Told {
    /// The first owner: name and mail address.
    pub owner: (String, String),
    /// The organisation's name and short name.
    pub organization: (String, String),
    /// North Star, mission, vision and values, as far as told.
    pub purpose: Vec<(&'static str, String)>,
    /// The month in which the year starts, the time zone and the OKR model.
    pub planning: Vec<(&'static str, String)>,
    /// The periods that will be made.
    pub periods: Periods,
}

/// Everything once more.
#[must_use]
pub fn check(frame: &Frame<'_>, told: &Told) -> Markup {
    let line = |label: &str, text: &str| html! { tr { th scope="row" { (label) } td { (text) } } };
    let part = |step: Step, lines: Markup| {
        html! {
            section.frame aria-labelledby=(format!("h-{}", step.label().to_lowercase())) {
                div.frame-h { h2 id=(format!("h-{}", step.label().to_lowercase())) { (step.label()) } a.btn.btn-q.push href=(step.path()) { "Change" span.sr { " " (step.label().to_lowercase()) } } }
                table.tbl.tbl-l { tbody { (lines) } }
            }
        }
    };
    page(
        frame,
        Step::Check,
        "Is this right?",
        "Nothing is kept before you press the button. All of it can be changed later.",
        &html! {
            (part(Step::You, html! { (line("Name", &told.owner.0)) (line("Work email", &told.owner.1)) }))
            (part(Step::Organisation, html! { (line("Name", &told.organization.0)) (line("Short name", &told.organization.1)) }))
            (part(Step::Purpose, html! {
                @for (label, text) in &told.purpose { (line(label, text)) }
                @if told.purpose.is_empty() { tr { td.mut { "Nothing yet. It can be written later, on the organisation's page." } } }
            }))
            (part(Step::Planning, html! { @for (label, text) in &told.planning { (line(label, text)) } }))
            (feedback::pencil("These periods will be made", &periods(&told.periods)))
        },
    )
}

/// What one can begin with, once the set-up is done.
#[derive(Debug, Clone, Copy)]
pub struct Welcome<'a> {
    /// The organisation's name.
    pub organisation: &'a str,
    /// Where each beginning leads: address, icon, title, text.
    pub ways: &'a [(&'static str, &'static str, String, String)],
}

/// The page after the set-up.
#[must_use]
pub fn welcome(it: &Welcome<'_>) -> layout::Page {
    layout::Page {
        title: String::from("Welcome"),
        description: String::new(),
        section: layout::Section::Elsewhere,
        strip: None,
        head: layout::head(&html! {}, &format!("{} is ready", it.organisation), &html! {}),
        above: html! {},
        main: html! {
            div.pad.stack-l {
                p.lede { "What would you like to begin with? Each of these can be done later as well." }
                div.cards { @for (href, mark, title, text) in it.ways { a.card-o href=(href) { b { (icon(mark)) (title) } span.mut { (text) } } } }
                p.mut.sm { a href=(paths::HOME) { "Skip this and go to My OKRs" } }
            }
        },
        foot: None,
        panel: None,
        live: None,
    }
}
