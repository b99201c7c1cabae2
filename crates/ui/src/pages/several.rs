//! Changing several goals at once (goals §9.5): which goals, what becomes of them, what would happen, what happened.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use super::entry::Typed;
use crate::components::empty::{self, Art};
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field, Segment};
use crate::components::picker::{Choice, Of, Picker, picker};
use crate::components::status::{self, Shown};
use crate::icons::{self, icon, station};
use crate::layout::{self, Page, Section};
use crate::{Ctx, format, paths};

/// A goal that can be ticked.
#[derive(Debug, Clone)]
pub struct Line {
    /// The goal.
    pub goal: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Owner, team and period: "Priya Raman · Delivery".
    pub about: String,
    /// Its status.
    pub status: Shown,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// The form. Typed fields: `act` (`edit` or `copy`), `owners_how`, `period`, `place` (`organization`, `team`, `individual`),
/// `tags_how`, `into` (the period of copies), `request`.
#[derive(Debug, Clone)]
pub struct Several {
    /// What the list is: "All goals, Q4 2026".
    pub what: String,
    /// The list it came from.
    pub back: String,
    /// What stands in the address of the list, with its filters.
    pub from: String,
    /// The goals.
    pub lines: Vec<Line>,
    /// This page with every goal ticked, or with none.
    pub tick: (String, String),
    /// The page of the goals that follow.
    pub more: Option<String>,
    /// The periods: identifier and name.
    pub periods: Vec<(String, String)>,
    /// The chosen people.
    pub owners: Vec<Choice>,
    /// The chosen teams.
    pub teams: Vec<Choice>,
    /// The chosen tags.
    pub tags: Vec<Choice>,
    /// What a search without scripts found: the picker's name and the options.
    pub found: Option<(String, Vec<Choice>)>,
    /// What was typed.
    pub typed: Typed,
}

/// What would happen, or has happened.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Goals that change, with what changes.
    pub changed: Vec<(Id, String, String)>,
    /// How many are like that already.
    pub unchanged: usize,
    /// Goals that are left out, with the reason.
    pub left_out: Vec<(Id, String, String)>,
    /// Whether it has happened.
    pub done: bool,
    /// Whether goals are copied instead.
    pub copies: bool,
}

/// The page with the form.
#[must_use]
pub fn page(ctx: &Ctx, it: &Several) -> Page {
    let main = html! {
        div.pad {
            @if it.lines.is_empty() {
                (empty::empty(Art::Lens, "No goals here", "Nothing passes the filters of the list.", &html! { a.btn href=(it.back) { "Back to the list" } }))
            } @else {
                form.several method="post" action=(paths::SEVERAL) {
                    (layout::csrf(ctx))
                    input type="hidden" name="from" value=(it.from);
                    input type="hidden" name="request" value=(it.typed.value("request"));
                    (goals(ctx, it))
                    (change(it))
                }
            }
        }
    };
    plain("Change several goals", main)
}

fn plain(title: &str, main: Markup) -> Page {
    Page {
        section: Section::Explorer,
        head: layout::head(&html! {}, title, &html! {}),
        ..Page::plain(title.to_owned(), main)
    }
}

fn goals(ctx: &Ctx, it: &Several) -> Markup {
    html! {
        fieldset {
            legend { (it.what) }
            p.flow.sm {
                a href=(it.tick.0) { "Tick all on this page" } a href=(it.tick.1) { "Tick none" }
                @if let Some(more) = &it.more { a.push href=(more) { "The goals that follow" } }
            }
            (form::error("goals", it.typed.error("goal_ids")))
            ul.frame.due {
                @for line in &it.lines { li { label.opt-l {
                    input type="checkbox" name="goal" value=(line.goal) checked[line.ticked];
                    (icons::labelled("i", station(line.kind), &ctx.terms.label(line.kind), false))
                    span { (line.title) small { (line.about) } }
                    span.push { (status::word(line.status)) }
                } } }
            }
        }
    }
}

fn change(it: &Several) -> Markup {
    let typed = &it.typed;
    let act =
        Field { name: "act", label: "What becomes of them", value: typed.value("act"), ..Field::default() };
    html! {
        fieldset.form {
            legend { "The change" }
            @if let Some(refusal) = &typed.refusal { (feedback::note(Tone::Failure, &html! { (refusal) })) }
            (form::error("change", typed.error("change")))
            (form::segments(&act, &[Segment::new("edit", "Change them", "edit"), Segment::new("copy", "Copy them", "copy")]))
            n-reveal.form for="act" when="edit" {
                (list(it, "owners", "Owners", Of::People, &it.owners, "owner_ids"))
                (select(it, "period", "Period", &[("", "Leave as it is")], &it.periods, "period_id"))
                (place(it))
                (list(it, "tags", "Tags", Of::Tags, &it.tags, "tags"))
            }
            n-reveal.form for="act" when="copy" {
                (select(it, "into", "Copy into", &[], &it.periods, "into"))
                p.hint { "Each copy starts anew, without what is below it. Closed and postponed goals are left out." }
            }
            p.flow {
                button.btn.btn-p type="submit" name="step" value="preview" { "See what would happen" }
                a.btn href=(it.back) { "Cancel" }
            }
        }
    }
}

/// A list of each goal: what becomes of it, and with which values.
fn list(it: &Several, name: &str, label: &str, of: Of, chosen: &[Choice], error: &str) -> Markup {
    let how = format!("{name}_how");
    let options =
        [("", "Leave as they are"), ("add", "Add"), ("replace", "Replace by"), ("remove", "Take away")];
    html! {
        (select(it, &how, label, &options, &[], &how))
        n-reveal for=(how) when="add replace remove" { (pick(it, name, &format!("{label} to add or take away"), of, chosen, error)) }
    }
}

fn place(it: &Several) -> Markup {
    let options = [
        ("", "Leave as it is"),
        ("organization", "The whole organisation"),
        ("team", "Teams"),
        ("individual", "Individual"),
    ];
    html! {
        (select(it, "place", "Belongs to", &options, &[], "level"))
        n-reveal for="place" when="team" { (pick(it, "teams", "Teams", Of::Teams, &it.teams, "team_ids")) }
    }
}

fn select(
    it: &Several,
    name: &str,
    label: &str,
    first: &[(&str, &str)],
    rest: &[(String, String)],
    error: &str,
) -> Markup {
    let first = first.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned()));
    let options: Vec<(String, String)> = first.chain(rest.iter().cloned()).collect();
    let field =
        Field { name, label, value: it.typed.value(name), error: it.typed.error(error), ..Field::default() };
    form::select(&field, &options)
}

fn pick(it: &Several, name: &str, label: &str, of: Of, chosen: &[Choice], error: &str) -> Markup {
    let query = format!("{name}_query");
    let field = Field {
        name,
        label,
        value: it.typed.value(&query),
        error: it.typed.error(error),
        ..Field::default()
    };
    let found = it.found.as_ref().filter(|(of, _)| of == name).map(|(_, found)| found.as_slice());
    picker(&Picker { field, of, chosen, several: true, with: "", found })
}

/// The page with what would happen: the form's fields come along, so that one click does it or goes back to the form.
#[must_use]
pub fn preview(ctx: &Ctx, it: &Outcome, fields: &[(String, String)]) -> Page {
    let count = it.changed.len();
    let verb = if it.copies { "Copy" } else { "Change" };
    let main = html! {
        div.pad {
            (told(it))
            form.flow method="post" action=(paths::SEVERAL) {
                (layout::csrf(ctx))
                @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                @if count > 0 { button.btn.btn-p type="submit" name="step" value="apply" { (verb) " " (of(count)) } }
                button.btn type="submit" name="step" value="back" { "Back" }
            }
        }
    };
    plain(&format!("{verb} {}?", of(count)), main)
}

/// The page with what has happened.
#[must_use]
pub fn report(it: &Outcome, back: &str) -> Page {
    let verb = if it.copies { "copied" } else { "changed" };
    let title = format!("{} {verb}", capital(&of(it.changed.len())));
    plain(&title, html! { div.pad { (told(it)) p { a.btn.btn-p href=(back) { "Back to the list" } } } })
}

fn told(it: &Outcome) -> Markup {
    html! {
        @if it.changed.is_empty() && !it.done {
            (feedback::note(Tone::Warning, &html! { "Nothing would change. Go back, and choose other goals or another change." }))
        }
        (group(if it.copies { "Copied" } else { "Changed" }, it.done, &it.changed))
        @if it.unchanged > 0 { p.hint { (capital(&of(it.unchanged))) @if it.unchanged == 1 { " is" } @else { " are" } " like that already." } }
        (group("Left out", true, &it.left_out))
    }
}

fn group(title: &str, done: bool, lines: &[(Id, String, String)]) -> Markup {
    html! {
        @if !lines.is_empty() {
            h2 { @if done { (title) } @else { "To be " (title.to_lowercase()) } }
            ul.frame.due {
                @for (goal, title, about) in lines { li.trash-r { div { p.tt { a href=(paths::goal(*goal)) { (title) } } p.d { (about) } } } }
            }
        }
    }
}

fn of(count: usize) -> String {
    if count == 1 { String::from("1 goal") } else { format!("{} goals", format::count(count)) }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The way from a list to this page, with what the list is of.
#[must_use]
pub fn link(address: &str) -> Markup {
    html! { a.btn.btn-q.desk href=(address) { (icon("edit")) "Change several" } }
}
