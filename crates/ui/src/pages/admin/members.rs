//! Everyone in the organisation: found, filtered, and changed together.

use maud::{Markup, html};
use northing_core::people::{MemberStatus, Role};
use northing_core::values::{Day, Id};

use super::{Tab, frame};
use crate::components::empty::{self, Art};
use crate::components::feedback::{self, Tone};
use crate::components::loading;
use crate::components::person::{self, Person};
use crate::components::status::{self, Health};
use crate::icons::icon;
use crate::layout::{self, Page};
use crate::{Ctx, format, paths};

/// A member in the list.
#[derive(Debug, Clone)]
pub struct MemberLine {
    /// Who.
    pub person: Person,
    /// Their mail address.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// Whether they can sign in.
    pub status: MemberStatus,
    /// The last day on which their link lets them in, where there is one.
    pub link: Option<Day>,
    /// Who they report to.
    pub manager: Option<Person>,
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Narrowed {
    /// Part of the name or mail address.
    pub text: String,
    /// A role by name; empty for all.
    pub role: String,
    /// A status by name; empty for all.
    pub status: String,
    /// Those who report to this person, with the list without that.
    pub manager: Option<(Person, String)>,
}

impl Narrowed {
    fn any(&self) -> bool {
        !self.text.is_empty() || !self.role.is_empty() || !self.status.is_empty() || self.manager.is_some()
    }
}

/// The word for a role.
#[must_use]
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::Member => "Member",
        Role::Observer => "Observer",
    }
}

/// The word for a status.
#[must_use]
pub const fn state(status: MemberStatus) -> &'static str {
    match status {
        MemberStatus::Invited => "Invited",
        MemberStatus::Active => "Active",
        MemberStatus::Deactivated => "Deactivated",
    }
}

fn new() -> Markup {
    let href = format!("{}/new", paths::MEMBERS);
    html! { a.btn.btn-p href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" aria-haspopup="dialog" { (icon("plus")) "Invite people" } }
}

/// The page; `requests` are those to join, above the list. `told` says what became of members that were changed together: a name and, where it could not be, the reason.
#[must_use]
pub fn page(
    ctx: &Ctx,
    narrowed: &Narrowed,
    lines: &[MemberLine],
    more: Option<&str>,
    told: &[(String, Option<String>)],
    requests: &Markup,
) -> Page {
    let main = html! {
        (requests)
        @if !told.is_empty() { (outcome(told)) }
        (filters(narrowed))
        @if lines.is_empty() {
            @if narrowed.any() {
                (empty::empty(Art::Lens, "Nobody found", "No member fits these filters.", &html! { a.btn href=(paths::MEMBERS) { "Show everyone" } }))
            } @else {
                (empty::empty(Art::Summit, "Nobody here yet", "Invite the people whose goals you want to see.", &new()))
            }
        } @else {
            form method="post" action=(format!("{}/bulk", paths::MEMBERS)) {
                (layout::csrf(ctx))
                div.frame {
                    div.scroll-x tabindex="0" role="region" aria-label="Members" { table.tbl {
                        thead { tr { th scope="col" { span.sr { "Choose" } } th scope="col" { "Name" } th scope="col" { "Role" } th scope="col" { "Status" } th scope="col" { "Reports to" } th scope="col" { span.sr { "Actions" } } } }
                        tbody { (rows(ctx, lines, more)) }
                    } }
                    (together())
                }
            }
        }
    };
    frame(Tab::Members, None, &new(), &main)
}

fn filters(it: &Narrowed) -> Markup {
    let option = |value: &str, text: &str, chosen: &str| html! { option value=(value) selected[value == chosen] { (text) } };
    html! {
        form.filters.adm-q role="search" action=(paths::MEMBERS) {
            label.find { (icon("search")) span.sr { "Find members" } input type="search" name="q" value=(it.text) placeholder="Name or mail" data-filter; kbd { "/" } }
            select.in name="role" aria-label="Role" { (option("", "Any role", &it.role)) @for each in Role::ALL { (option(each.name(), role(*each), &it.role)) } }
            select.in name="status" aria-label="Status" { (option("", "Any status", &it.status)) @for each in MemberStatus::ALL { (option(each.name(), state(*each), &it.status)) } }
            @if let Some((manager, without)) = &it.manager {
                input type="hidden" name="manager" value=(manager.id);
                span.chip { span.pad-c { span.f { "Reports to" } " " (manager.name) } a href=(without) aria-label="Remove filter: reports to" { (icon("close")) } }
            }
            button.btn type="submit" { "Find" }
            @if it.any() { a.btn.btn-q href=(paths::MEMBERS) { "Clear" } }
        }
    }
}

/// Rows of the table: the fragment that loads as one scrolls.
#[must_use]
pub fn rows(ctx: &Ctx, lines: &[MemberLine], more: Option<&str>) -> Markup {
    html! {
        @for line in lines {
            tr {
                td { input type="checkbox" name="member" value=(line.person.id) aria-label=(format!("Choose {}", line.person.name)); }
                th scope="row" { a.who href=(paths::member(line.person.id, "")) { (person::avatar_silent(&line.person.name)) span { (line.person.name) br; span.dim.xs { (line.email) } } } }
                td { (role(line.role)) }
                td { (standing(ctx, line)) }
                td { @if let Some(manager) = &line.manager { a.pl href=(paths::member(manager.id, "")) { (manager.name) } } @else { span.dim { "Nobody" } } }
                td.r { a.btn.btn-q href=(paths::member(line.person.id, "")) aria-label=(format!("Edit {}", line.person.name)) { "Edit" } }
            }
        }
        @if let Some(more) = more { (loading::more_rows(more, 6)) }
    }
}

fn standing(ctx: &Ctx, line: &MemberLine) -> Markup {
    match (line.status, line.link) {
        (MemberStatus::Active, _) => status::system(Health::Works, "Active"),
        (MemberStatus::Deactivated, _) => status::system(Health::Off, "Deactivated"),
        (MemberStatus::Invited, Some(until)) => {
            status::system(Health::Warns, &format!("Invited, until {}", format::day(until, ctx.today)))
        }
        (MemberStatus::Invited, None) => status::system(Health::Warns, "Invited, no open link"),
    }
}

fn together() -> Markup {
    html! {
        div.adm-t {
            span.mut.sm { "With those chosen:" }
            select.in name="role" aria-label="New role" {
                option value="" { "Change role to" }
                @for each in [Role::Member, Role::Admin, Role::Observer] { option value=(each.name()) { (role(each)) } }
            }
            button.btn type="submit" name="act" value="role" { "Change role" }
            button.btn type="submit" name="act" value="deactivate" { "Deactivate" }
            button.btn type="submit" name="act" value="activate" { "Bring back" }
        }
    }
}

fn outcome(told: &[(String, Option<String>)]) -> Markup {
    let done = told.iter().filter(|(_, reason)| reason.is_none()).count();
    let tone = if done == told.len() { Tone::Good } else { Tone::Warning };
    let body = html! {
        b { (done) " of " (told.len()) " changed. " }
        @if done < told.len() { ul { @for (name, reason) in told { @if let Some(reason) = reason { li { (name) ": " (reason) } } } } }
    };
    html! { div role="status" { (feedback::note(tone, &body)) } }
}

/// The question before several people are deactivated.
#[must_use]
pub fn deactivation(ctx: &Ctx, people: &[(Id, String)]) -> Page {
    let main = html! {
        form.form.adm-f method="post" action=(format!("{}/bulk", paths::MEMBERS)) {
            (layout::csrf(ctx))
            input type="hidden" name="act" value="deactivate";
            input type="hidden" name="confirmed" value="true";
            (feedback::note(Tone::Warning, &html! { "They are signed out everywhere at once and their API tokens end. Their goals, check-ins and comments stay and stay theirs. They can be brought back at any time." }))
            ul { @for (id, name) in people { li { input type="hidden" name="member" value=(id); (name) } } }
            div.btns {
                button.btn.btn-d.btn-l type="submit" { "Deactivate " (people.len()) @if people.len() == 1 { " person" } @else { " people" } }
                a.btn.btn-l href=(paths::MEMBERS) { "Keep" }
            }
        }
    };
    frame(Tab::Members, Some("Deactivate?"), &html! {}, &main)
}
