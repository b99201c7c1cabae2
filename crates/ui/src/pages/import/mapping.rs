//! Matching what the files name to what is here.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use super::{At, counted, frame, number, post, station, steps};
use crate::icons::icon;
use crate::layout::{self, Page};
use crate::{Ctx, paths};

/// A person of the files who is nobody here.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// Their mail address in the files.
    pub email: Option<String>,
    /// Whether they could sign in there.
    pub active: bool,
    /// `create`, `skip` or `match`.
    pub choice: &'static str,
    /// The mail address of a member, where one is chosen or has the same name.
    pub member: String,
}

/// The people of the files.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// Those to look at.
    pub shown: Vec<Person>,
    /// How many more are made members as they are.
    pub more: u64,
    /// `as_in_file`, `invited` or `deactivated`.
    pub become_: String,
}

/// A word for a kind of goal.
#[derive(Debug, Clone)]
pub struct Type {
    /// The word.
    pub word: String,
    /// How many goals have it.
    pub goals: u64,
    /// What it becomes.
    pub kind: GoalKind,
    /// Whether the word itself says so.
    pub certain: bool,
}

/// A period that is not here.
#[derive(Debug, Clone)]
pub struct Period {
    /// Its name.
    pub name: String,
    /// How many goals are in it.
    pub goals: u64,
    /// The period here that is chosen; empty makes a new one.
    pub chosen: String,
    /// First and last day of the new one.
    pub days: (String, String),
}

/// A status that nobody knows.
#[derive(Debug, Clone)]
pub struct Status {
    /// The word.
    pub word: String,
    /// How many records have it.
    pub count: u64,
    /// The status it becomes.
    pub chosen: String,
}

/// Everything to be matched.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The import.
    pub id: Id,
    /// The files with what was recognised in each: name, sentence.
    pub files: Vec<(String, String)>,
    /// People.
    pub people: People,
    /// Words for kinds.
    pub types: Vec<Type>,
    /// Periods.
    pub periods: Vec<Period>,
    /// The periods here, to choose from.
    pub here: Vec<String>,
    /// Statuses.
    pub statuses: Vec<Status>,
    /// The statuses here: name and words.
    pub all_statuses: Vec<(String, String)>,
    /// Why something was refused.
    pub error: Option<String>,
}

/// The page.
#[must_use]
pub fn mapping(ctx: &Ctx, it: &Mapping) -> Page {
    let actions = html! { (post(ctx, &paths::import(it.id, "discard"), "btn btn-q", &html! { "Discard" })) };
    let nothing = it.people.shown.is_empty() && it.periods.is_empty() && it.statuses.is_empty();
    let main = html! {
        (steps(Some(it.id), At::Mapping))
        (files(it))
        form.form.imp-g method="post" action=(paths::import(it.id, "check")) {
            (layout::csrf(ctx))
            @if let Some(error) = &it.error { p.err role="alert" { (icon("warn")) (error) } }
            @if nothing { p.mut { "Everything in these files matches something here." } }
            (types(ctx, it))
            (periods(it))
            (statuses(it))
            (people(it))
            div.flow { button.btn.btn-p type="submit" { "Try the import" } span.sm.mut { "A dry run: nothing is kept." } }
        }
    };
    frame("Match names", &actions, &main)
}

fn files(it: &Mapping) -> Markup {
    html! {
        section aria-labelledby="h-files" {
            div.sec-h { h2 #h-files { "Recognised" } span.n { (counted(u64::try_from(it.files.len()).unwrap_or(0), "file", "files")) } }
            ul.imp-files { @for (name, what) in &it.files { li { (icon("check")) b { (what) } " " span.xs.dim { (name) } } } }
        }
    }
}

fn types(ctx: &Ctx, it: &Mapping) -> Markup {
    html! {
        @if !it.types.is_empty() {
            section aria-labelledby="h-types" {
                div.sec-h { h2 #h-types { "Kinds of goal" } span.n { "the organisation's own words" } }
                div.frame.scroll-x tabindex="0" role="region" aria-label="Kinds of goal, table" { table.tbl.map-t {
                    thead { tr { th scope="col" { "In the files" } th.r scope="col" { "Goals" } th scope="col" { span.sr { "becomes" } } th scope="col" { "In Northing" } th scope="col" { "Check" } } }
                    tbody {
                        @for (at, one) in it.types.iter().enumerate() {
                            tr {
                                th scope="row" { (one.word) }
                                td.r { (number(one.goals)) }
                                td.ar { (icon("arrow")) }
                                td {
                                    select.in.ms name=(format!("type.{at}")) aria-label=(format!("What {} becomes", one.word)) {
                                        @for kind in GoalKind::ALL { option value=(kind.name()) selected[*kind == one.kind] { (ctx.terms.label(*kind)) } }
                                    }
                                }
                                td { @if one.certain { span.st data-st="track" { (icon("check")) "Known word" } } @else { span.st data-st="behind" { (station(one.kind)) "Guessed from its goals" } } }
                            }
                        }
                    }
                } }
            }
        }
    }
}

fn periods(it: &Mapping) -> Markup {
    html! {
        @if !it.periods.is_empty() {
            section aria-labelledby="h-periods" {
                div.sec-h { h2 #h-periods { "Periods" } span.n { "not here yet" } }
                div.frame.scroll-x tabindex="0" role="region" aria-label="Periods, table" { table.tbl.map-t {
                    thead { tr { th scope="col" { "In the files" } th.r scope="col" { "Goals" } th scope="col" { span.sr { "becomes" } } th scope="col" { "In Northing" } th scope="col" { "First day of a new one" } th scope="col" { "Last day" } } }
                    tbody {
                        @for (at, one) in it.periods.iter().enumerate() {
                            tr {
                                th scope="row" { (one.name) }
                                td.r { (number(one.goals)) }
                                td.ar { (icon("arrow")) }
                                td {
                                    select.in.ms name=(format!("period.{at}")) aria-label=(format!("What {} becomes", one.name)) {
                                        option value="" selected[one.chosen.is_empty()] { "A new period" }
                                        @for name in &it.here { option value=(name) selected[*name == one.chosen] { (name) } }
                                    }
                                }
                                td { input.in.ms type="date" name=(format!("period.{at}.start")) value=(one.days.0) aria-label=(format!("First day of {}", one.name)); }
                                td { input.in.ms type="date" name=(format!("period.{at}.end")) value=(one.days.1) aria-label=(format!("Last day of {}", one.name)); }
                            }
                        }
                    }
                } }
            }
        }
    }
}

fn statuses(it: &Mapping) -> Markup {
    html! {
        @if !it.statuses.is_empty() {
            section aria-labelledby="h-statuses" {
                div.sec-h { h2 #h-statuses { "Statuses" } span.n { "that nobody knows" } }
                div.frame.scroll-x tabindex="0" role="region" aria-label="Statuses, table" { table.tbl.map-t {
                    thead { tr { th scope="col" { "In the files" } th.r scope="col" { "Records" } th scope="col" { span.sr { "becomes" } } th scope="col" { "In Northing" } } }
                    tbody {
                        @for (at, one) in it.statuses.iter().enumerate() {
                            tr {
                                th scope="row" { (one.word) }
                                td.r { (number(one.count)) }
                                td.ar { (icon("arrow")) }
                                td {
                                    select.in.ms name=(format!("status.{at}")) aria-label=(format!("What {} becomes", one.word)) {
                                        @for (value, text) in &it.all_statuses { option value=(value) selected[*value == one.chosen] { (text) } }
                                    }
                                }
                            }
                        }
                    }
                } }
            }
        }
    }
}

fn people(it: &Mapping) -> Markup {
    let people = &it.people;
    let become_ = [
        (
            "as_in_file",
            "As in the files",
            "Active people are invited; the others keep what is theirs and cannot sign in.",
        ),
        ("invited", "Invited, all of them", "Each can be let in with a link."),
        (
            "deactivated",
            "Deactivated, all of them",
            "They keep what is theirs. You let them in when you are ready.",
        ),
    ];
    let count = u64::try_from(people.shown.len()).unwrap_or(0).saturating_add(people.more);
    html! {
        @if count > 0 {
            section aria-labelledby="h-people" {
                div.sec-h { h2 #h-people { "People" } span.n { (number(count)) " who are nobody here" } }
                fieldset.field {
                    legend { "New people become" }
                    @for (value, text, small) in become_ {
                        label.opt-l { input type="radio" name="new_people" value=(value) checked[people.become_ == value]; span { (text) small { (small) } } }
                    }
                }
                div.frame.scroll-x tabindex="0" role="region" aria-label="People, table" { table.tbl.map-t {
                    thead { tr { th scope="col" { "In the files" } th scope="col" { "Mail" } th scope="col" { span.sr { "becomes" } } th scope="col" { "In Northing" } th scope="col" { "Mail address of a member" } } }
                    tbody {
                        @for (at, one) in people.shown.iter().enumerate() {
                            tr {
                                th scope="row" { (one.name) @if !one.active { " " span.xs.dim { "not active" } } }
                                td.mut.cut { (one.email.as_deref().unwrap_or("none")) }
                                td.ar { (icon("arrow")) }
                                td {
                                    select.in.ms name=(format!("person.{at}")) aria-label=(format!("Who {} is", one.name)) {
                                        option value="create" selected[one.choice == "create"] { "A new person" }
                                        option value="match" selected[one.choice == "match"] { "Somebody here" }
                                        option value="skip" selected[one.choice == "skip"] { "Left out" }
                                    }
                                }
                                td { input.in.ms type="email" name=(format!("person.{at}.email")) value=(one.member) aria-label=(format!("Mail address of the member who is {}", one.name)); }
                            }
                        }
                    }
                } }
                @if people.more > 0 { p.xs.dim { "And " (number(people.more)) " more, who become new people. Who of them is somebody here can be said with " code { "northing import --mapping" } "." } }
            }
        }
    }
}
