//! Making a team, and its settings and people for those who may change it.

use maud::{Markup, html};
use northing_core::values::Id;

use super::admin::{Form, save, section};
use crate::components::confirm::Confirm;
use crate::components::crumbs;
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field};
use crate::components::picker::Of;
use crate::components::views::{self, View};
use crate::icons::icon;
use crate::layout::{self, Page, Section};
use crate::{Ctx, format, paths};

/// The labels of the settings' fields, for telling what differs.
pub const LABELS: &[(&str, &str)] = &[
    ("name", "Name"),
    ("parent_id", "Team above"),
    ("team_type", "Type"),
    ("description", "What it is for"),
    ("goal_creation", "Who may create its goals"),
    ("creators", "Named people"),
    ("note_template", "Check-in note"),
];

/// The labels of the people's fields.
pub const PEOPLE_LABELS: &[(&str, &str)] = &[("owners", "Owners"), ("members", "Members")];

/// The button that opens the form for a new team, under another where one is given.
#[must_use]
pub fn new_button(parent: Option<Id>) -> Markup {
    let href =
        parent.map_or_else(|| paths::NEW_TEAM.to_owned(), |id| format!("{}?parent_id={id}", paths::NEW_TEAM));
    let text = if parent.is_some() { "New sub-team" } else { "New team" };
    html! { a.btn.btn-p href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" aria-haspopup="dialog" { (icon("plus")) (text) } }
}

/// The form for a new team.
#[must_use]
pub fn create(ctx: &Ctx, it: &Form) -> Markup {
    html! {
        dialog.dlg data-modal open aria-labelledby="team-title" {
            form method="post" action=(paths::TEAMS) hx-post=(paths::TEAMS) hx-target="#dialog" hx-swap="innerHTML" {
                (it.hidden(ctx))
                header.dlg-h { div { h2 #team-title { "New team" } } a.btn.btn-q.btn-x href=(paths::TEAMS) data-close aria-label="Close" { (icon("close")) } }
                div.dlg-b.form {
                    @if let Some(refusal) = &it.typed.refusal { (feedback::note(Tone::Failure, &html! { (refusal) })) }
                    (form::input(&Field { required: true, ..it.field("name", "Name") }, "text"))
                    (it.picker("parent_id", "Team above", Some("It starts with that team's rules for goals and check-in notes. Leave it empty for a team at the top."), Of::Teams, false))
                    (it.picker("owners", "Owners", Some("They run the team. A second owner is a good idea. Without any, you own it."), Of::People, true))
                    (form::input(&Field { optional: true, hint: Some("A label such as Department or Squad."), ..it.field("team_type", "Type") }, "text"))
                    (form::textarea(&Field { optional: true, ..it.field("description", "What it is for") }, 3))
                }
                footer.dlg-f { span.push {} a.btn href=(paths::TEAMS) data-close { "Cancel" } button.btn.btn-p type="submit" { "Create team" } }
            }
        }
    }
}

/// What stands above a team's settings.
#[derive(Debug, Clone)]
pub struct Head {
    /// The team.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The teams above, from the top, with addresses.
    pub above: Vec<(String, String)>,
    /// The tabs of the team's page.
    pub views: Vec<View>,
    /// Whether it was put away.
    pub archived: bool,
    /// Whether goals belong to it.
    pub in_use: bool,
    /// How many teams stand directly below it.
    pub sub_teams: usize,
    /// How many people it has.
    pub people: usize,
    /// The version that the reader sees.
    pub version: i64,
}

fn page(head: &Head, main: Markup) -> Page {
    Page {
        title: head.name.clone(),
        description: String::new(),
        section: Section::Teams,
        strip: None,
        head: layout::head(&crumbs::crumbs(&head.above), &head.name, &html! {}),
        above: views::views("Team sections", &head.views),
        main: html! { div.pad { div.form.adm-f { (main) } } },
        foot: None,
        panel: None,
        live: None,
    }
}

/// The settings. `default_creation` is the organisation's rule in words.
#[must_use]
pub fn settings(ctx: &Ctx, head: &Head, it: &Form, default_creation: &str) -> Page {
    let choices = [
        ("", format!("As the organisation has it: {default_creation}")),
        ("anyone", String::from("Every member of the organisation")),
        ("team_members", String::from("Everyone in the team")),
        ("team_owners", String::from("Owners of the team")),
        ("named", String::from("Owners of the team and named people")),
    ]
    .map(|(value, text)| (value.to_owned(), text));
    let main = html! {
        (it.notes(&head.name))
        form.form.adm-f method="post" action=(paths::team_part(head.id, "settings")) {
            (it.hidden(ctx))
            (section("h-about", "About", "", &html! {
                (form::input(&Field { required: true, ..it.field("name", "Name") }, "text"))
                (it.picker("parent_id", "Team above", Some("Leave it empty for a team at the top. The teams below come along."), Of::Teams, false))
                (form::input(&Field { optional: true, hint: Some("A label such as Department or Squad."), ..it.field("team_type", "Type") }, "text"))
                (form::textarea(&Field { optional: true, hint: Some("Stands on the team's page. Markdown works."), ..it.field("description", "What it is for") }, 3))
            }))
            (section("h-goals", "Goals", "", &html! {
                (form::select(&Field { hint: Some("Owners of the team and the organisation's admins always may. Sub-teams begin with this rule when they are made."), ..it.field("goal_creation", "Who may create its goals") }, &choices))
                n-reveal for="goal_creation" when="named" { (it.picker("creators", "Named people", None, Of::People, true)) }
            }))
            (section("h-check-ins", "Check-ins", "", &html! {
                (form::textarea(&Field { optional: true, hint: Some("Every check-in note on the team's goals begins with this text. Markdown works."), ..it.field("note_template", "Check-in note") }, 4))
            }))
            (save("Save team"))
        }
        (section("h-away", "Put away", "", &away(ctx, head)))
    };
    page(head, main)
}

fn away(ctx: &Ctx, head: &Head) -> Markup {
    let ask = |part: &str, text: &str| {
        let href = paths::team_part(head.id, part);
        html! { a.btn.btn-d href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" aria-haspopup="dialog" { (text) } }
    };
    html! {
        @if head.archived {
            p.sm { "Archived: it has no members and gets no new goals; the goals it has stay usable. Restored, it is a team at the top again, to which you add its people." }
            div.btns {
                form method="post" action=(paths::team_part(head.id, "restoration")) {
                    (layout::csrf(ctx))
                    input type="hidden" name="version" value=(head.version);
                    button.btn type="submit" { "Restore team" }
                }
                @if !head.in_use { (ask("deletion", "Delete team")) }
            }
        } @else {
            p.sm { "Archive a team that is no longer needed: its goals stay usable, and it can be restored." }
            div.btns { (ask("archive", "Archive team")) @if !head.in_use { (ask("deletion", "Delete team")) } }
        }
        @if head.in_use { p.hint { "It cannot be deleted, since goals belong to it, perhaps closed ones. Move them to another team first, or archive it." } }
    }
}

/// The team's people. `may_invite`: whether the reader brings new people into the organisation as well.
#[must_use]
pub fn people(ctx: &Ctx, head: &Head, it: &Form, may_invite: bool) -> Page {
    let hint = if may_invite {
        "A mail address in each line. Who is not in the organisation yet is invited into it as well; you get a link for each to pass on."
    } else {
        "A mail address in each line. They must be in the organisation already: ask an admin to invite others."
    };
    let main = html! {
        (it.notes(&head.name))
        @if head.archived { (feedback::note(Tone::Info, &html! { "An archived team has no members. Restore it first." })) }
        @else {
            form.form.adm-f method="post" action=(paths::team_part(head.id, "members")) {
                (it.hidden(ctx))
                (section("h-people", "People", "", &html! {
                    (it.picker("owners", "Owners", Some("They run the team: its people, its settings and all of its goals."), Of::People, true))
                    (it.picker("members", "Members", None, Of::People, true))
                }))
                (save("Save people"))
            }
            form.form.adm-f method="post" action=(paths::team_part(head.id, "invitations")) {
                (layout::csrf(ctx))
                (section("h-mail", "Add by mail address", "", &html! {
                    (form::textarea(&Field { required: true, hint: Some(hint), ..it.field("people", "Who") }, 3))
                    div.btns { button.btn type="submit" { "Add to team" } }
                }))
            }
        }
    };
    page(head, main)
}

fn question(head: &Head, part: &str, title: String, text: String, verb: &str) -> Confirm {
    Confirm {
        title,
        text,
        verb: verb.to_owned(),
        href: paths::team_part(head.id, part),
        back: paths::team_part(head.id, "settings"),
        extra: Some(html! { input type="hidden" name="version" value=(head.version); }),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {many}", format::count(count)) }
}

/// The question before a team is put away.
#[must_use]
pub fn archive(head: &Head) -> Confirm {
    let people = match head.people {
        0 => String::from("It has no members."),
        count => format!("{} out of it, for good.", counted(count, "person falls", "people fall")),
    };
    let below = match head.sub_teams {
        0 => String::new(),
        count => format!(
            " {} a team at the top.",
            counted(count, "team below it becomes", "teams below it each become")
        ),
    };
    let text = format!(
        "{people}{below} It gets no new goals and is shown in Admin ▸ Teams only. Its goals stay as they are: people check in on them, they count above, and Explorer finds them. You can restore the team."
    );
    question(head, "archive", format!("Archive {}?", head.name), text, "Archive team")
}

/// The question before a team is deleted.
#[must_use]
pub fn deletion(head: &Head) -> Confirm {
    let below = match head.sub_teams {
        0 => String::new(),
        count => format!(
            " {} a team at the top.",
            counted(count, "team below it becomes", "teams below it each become")
        ),
    };
    // With goals it can only be put away.
    if head.in_use {
        return archive(head);
    }
    let text = format!("No goal belongs to it.{below} This cannot be undone.");
    question(head, "deletion", format!("Delete {}?", head.name), text, "Delete team")
}
