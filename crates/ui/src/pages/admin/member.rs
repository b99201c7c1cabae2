//! One member as admins manage them: who they are, how they come in, and what stays when they go.

use maud::{Markup, html};
use northing_core::people::{MemberStatus, Role};
use northing_core::values::Id;

use super::members::{role, state};
use super::{Form, Tab, frame, save, section};
use crate::components::confirm::Confirm;
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field};
use crate::components::picker::Of;
use crate::layout::{self, Page};
use crate::{Ctx, format, paths};

/// The labels of the form's fields, for telling what differs.
pub const LABELS: &[(&str, &str)] = &[
    ("name", "Name"),
    ("email", "Work email"),
    ("role", "Role"),
    ("manager_id", "Reports to"),
    ("time_zone", "Time zone"),
];

/// What hangs on a member.
#[derive(Debug, Clone, Copy, Default)]
pub struct Traces {
    /// Open goals that they own.
    pub goals: usize,
    /// Open goals that they are to check in on.
    pub check_ins: usize,
    /// Teams that they own.
    pub teams: usize,
    /// Of those, the ones without another owner.
    pub teams_alone: usize,
    /// Members who report to them.
    pub reports: usize,
}

/// A member.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub id: Id,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Whether they can sign in.
    pub status: MemberStatus,
    /// Their teams.
    pub teams: Vec<(Id, String)>,
    /// What hangs on them.
    pub traces: Traces,
    /// What their open link is for (`invitation`, `reset`), and when it ends.
    pub link: Option<(String, String)>,
    /// Whether the reader may change them.
    pub may_manage: bool,
    /// Whether the reader may make them an owner.
    pub may_make_owner: bool,
    /// The version that the reader sees.
    pub version: i64,
}

/// The page.
#[must_use]
pub fn page(ctx: &Ctx, it: &Member, form: &Form, zones: &[String]) -> Page {
    let main = html! {
        (form.notes(&it.name))
        @if !it.may_manage { (feedback::note(Tone::Info, &html! { "Only owners of the organisation change owners." })) }
        (facts(it))
        @if it.may_manage {
            form.form.adm-f method="post" action=(paths::member(it.id, "")) {
                (form.hidden(ctx))
                (section("h-who", "Who they are", "", &fields(it, form, zones)))
                (save("Save member"))
            }
            div.form.adm-f {
                (section("h-in", "How they come in", "", &way_in(ctx, it)))
                (section("h-go", "Leaving", "", &leaving(ctx, it)))
            }
        }
    };
    let actions = html! { a.btn.btn-q href=(paths::person(it.id)) { "Their goals" } };
    frame(Tab::Members, Some(&it.name), &actions, &main)
}

fn facts(it: &Member) -> Markup {
    let fact = |label: &str, value: &Markup| html! { div.kpi { p.l { (label) } p.k { (value) } } };
    html! {
        section.facts.adm-k aria-label="At a glance" {
            (fact("Role", &html! { (role(it.role)) }))
            (fact("Status", &html! { (state(it.status)) }))
            (fact("Open goals", &html! { a.pl href=(paths::person(it.id)) { (format::count(it.traces.goals)) } }))
            @if it.traces.reports > 0 { (fact("Reports", &html! { a.pl href=(format!("{}?manager={}", paths::MEMBERS, it.id)) { (format::count(it.traces.reports)) } })) }
            @if !it.teams.is_empty() { (fact("Teams", &html! { @for (at, (id, name)) in it.teams.iter().enumerate() { @if at > 0 { ", " } a.pl href=(paths::team(*id)) { (name) } } })) }
        }
    }
}

fn fields(it: &Member, form: &Form, zones: &[String]) -> Markup {
    let offered = Role::ALL.iter().filter(|each| **each != Role::Owner || it.may_make_owner);
    let roles: Vec<_> = offered.map(|each| (each.name().to_owned(), role(*each).to_owned())).collect();
    html! {
        (form::input(&Field { required: true, ..form.field("name", "Name") }, "text"))
        (form::input(&Field { required: true, hint: Some("They sign in with it."), ..form.field("email", "Work email") }, "text"))
        (form::select(&Field { hint: Some("Owners do everything. Admins do everything but make owners. Members work on goals. Observers see and comment."), ..form.field("role", "Role") }, &roles))
        (form.picker("manager_id", "Reports to", Some("May edit and check in on their goals. Leave it empty for nobody."), Of::People, false))
        (form::input_of(&Field { optional: true, hint: Some("Only where it differs from the organisation's, for example Europe/Lisbon."), ..form.field("time_zone", "Time zone") }, "text", "zones"))
        datalist id="zones" { @for zone in zones { option value=(zone) {} } }
    }
}

fn way_in(ctx: &Ctx, it: &Member) -> Markup {
    let post = |part: &str, text: &str| {
        html! {
            form method="post" action=(paths::member(it.id, part)) { (layout::csrf(ctx)) button.btn type="submit" { (text) } }
        }
    };
    let invited = it.status == MemberStatus::Invited;
    html! {
        @if it.status == MemberStatus::Deactivated { p.sm { "They cannot sign in while they are deactivated." } }
        @else {
            p.sm {
                @match (&it.link, invited) {
                    (Some((kind, until)), _) => { @if kind == "reset" { "A link for a new password" } @else { "An invitation" } " is open until " (until) ". It was shown when it was made and cannot be shown again." }
                    (None, true) => { "They have not come in yet, and no link of theirs is open." }
                    (None, false) => { "They sign in with their mail address and password. Where they have forgotten it, make them a link for a new one." }
                }
            }
            div.btns {
                @if invited { (post("link", if it.link.is_some() { "Make a new invitation link" } else { "Make an invitation link" })) }
                @else { (post("link", "Make a link for a new password")) }
                @if it.link.is_some() { (post("link/cancellation", "Cancel the open link")) }
            }
        }
    }
}

fn leaving(ctx: &Ctx, it: &Member) -> Markup {
    let ask = |part: &str, class: &str, text: &str| {
        let href = paths::member(it.id, part);
        html! { a class=(class) href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" aria-haspopup="dialog" { (text) } }
    };
    html! {
        @if it.status == MemberStatus::Deactivated {
            p.sm { "Deactivated. Everything of theirs stayed and is still theirs." }
            div.btns {
                form method="post" action=(paths::member(it.id, "activation")) {
                    (layout::csrf(ctx))
                    input type="hidden" name="version" value=(it.version);
                    button.btn type="submit" { "Bring back" }
                }
                (ask("deletion", "btn btn-d", "Delete"))
            }
        } @else {
            p.sm { "Deactivate somebody who leaves: they can no longer sign in, and everything of theirs stays theirs. Delete only a record that should not be there." }
            div.btns { (ask("deactivation", "btn btn-d", "Deactivate")) (ask("deletion", "btn btn-d", "Delete")) }
        }
    }
}

/// What stays undone when somebody goes: sentences.
fn undone(it: &Traces) -> String {
    let counted = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{} {many}", format::count(count))),
    };
    let parts: Vec<String> = [
        counted(it.goals, "open goal keeps them as an owner", "open goals keep them as an owner"),
        counted(it.check_ins, "open goal waits for their check-in", "open goals wait for their check-ins"),
        counted(it.teams_alone, "team has no other owner", "teams have no other owner"),
        counted(it.reports, "person reports to them", "people report to them"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        String::from("Nothing waits for them.")
    } else {
        format!("{}. You may want to hand these over first.", parts.join(", "))
    }
}

fn question(it: &Member, part: &str, title: String, text: String, verb: &str) -> Confirm {
    Confirm {
        title,
        text,
        verb: verb.to_owned(),
        href: paths::member(it.id, part),
        back: paths::member(it.id, ""),
        extra: Some(html! { input type="hidden" name="version" value=(it.version); }),
    }
}

/// The question before somebody is deactivated.
#[must_use]
pub fn deactivation(it: &Member) -> Confirm {
    let text = format!(
        "They are signed out everywhere at once and their API tokens end. Their goals, check-ins and comments stay and stay theirs. \
         You can bring them back at any time. {}",
        undone(&it.traces)
    );
    question(it, "deactivation", format!("Deactivate {}?", it.name), text, "Deactivate")
}

/// The question before somebody is deleted.
#[must_use]
pub fn deletion(it: &Member) -> Confirm {
    let text = format!(
        "This cannot be undone. Their name, address and sign-in are removed, and they leave their teams. Goals, check-ins and comments stay and show “Deleted user”. \
         If they come back, they are a new person. {}",
        undone(&it.traces)
    );
    question(it, "deletion", format!("Delete {}?", it.name), text, "Delete person")
}
