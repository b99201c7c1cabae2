//! The organisation's name and purpose, how people come in, and who may create what.

use maud::{Markup, html};

use super::{Form, Tab, frame, policies, save, section};
use crate::components::form::{self, Field};
use crate::layout::Page;
use crate::{Ctx, paths};

/// The labels of the form's fields, for telling what differs.
pub const LABELS: &[(&str, &str)] = &[
    ("name", "Name"),
    ("slug", "Short name in addresses"),
    ("mission", "Mission"),
    ("vision", "Vision"),
    ("values", "Values"),
    ("north_star", "North Star"),
    ("join", "Who may join"),
    ("join_requests", "People may ask to join"),
    ("invite_people", "Who may invite people"),
    ("inviters", "Named for inviting people"),
    ("default_account", "New people are"),
    ("create_organization_goals", "Who may create goals of the organisation"),
    ("organization_goal_creators", "Named for goals of the organisation"),
    ("create_team_goals", "Who may create goals of a team"),
    ("team_goal_creators", "Named for goals of a team"),
    ("create_teams", "Who may create teams"),
    ("team_creators", "Named for teams"),
    ("create_tags", "Who may create tags"),
    ("tag_creators", "Named for tags"),
    ("time_zone", "Time zone"),
    ("planning_year_start_month", "Planning year starts in"),
];

/// The pickers of the form: all of people.
pub const PEOPLE: &[&str] =
    &["inviters", "organization_goal_creators", "team_goal_creators", "team_creators", "tag_creators"];

/// The months of a year with their numbers.
#[must_use]
pub fn months() -> Vec<(String, String)> {
    let names = [
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
    names.iter().zip(1..).map(|(name, number): (_, u8)| (number.to_string(), (*name).to_owned())).collect()
}

/// The page. `zones` are the names of all time zones.
#[must_use]
pub fn page(ctx: &Ctx, it: &Form, zones: &[String]) -> Page {
    let main = html! {
        (it.notes("the organisation"))
        form.form.adm-f method="post" action=(paths::ADMIN) {
            (it.hidden(ctx))
            (section("h-name", "Name and address", "", &name(it)))
            (section("h-purpose", "Purpose", "Stands on top of the organisation's page, so that everyone sees what their goals are for.", &purpose(it)))
            (section("h-people", "Who comes in", "", &people(it)))
            (section("h-create", "Who may create what", "Owners and admins always may. Everyone may create goals of their own.", &creation(it)))
            (section("h-time", "Time", "", &time(it, zones)))
            (save("Save organisation"))
        }
    };
    frame(Tab::Organisation, None, &html! {}, &main)
}

fn name(it: &Form) -> Markup {
    html! {
        (form::input(&Field { required: true, ..it.field("name", "Name") }, "text"))
        (form::input(&Field {
            required: true,
            hint: Some("Stands in the addresses of the API and on the command line. If you change it, programs that use the old one stop working until they are told the new one."),
            ..it.field("slug", "Short name in addresses")
        }, "text"))
    }
}

fn purpose(it: &Form) -> Markup {
    let text = |name, label, hint| {
        form::textarea(&Field { optional: true, hint: Some(hint), ..it.field(name, label) }, 2)
    };
    html! {
        (text("mission", "Mission", "What you are here for."))
        (text("vision", "Vision", "Where you want to be."))
        (text("values", "Values", "One in each line, at most twenty."))
        (form::input(&Field { optional: true, hint: Some("The one figure that tells whether you are on your way."), ..it.field("north_star", "North Star") }, "text"))
    }
}

fn people(it: &Form) -> Markup {
    let two = |pairs: [(&str, &str); 2]| pairs.map(|(value, text)| (value.to_owned(), text.to_owned()));
    html! {
        (form::select(
            &Field { hint: Some("Concerns people who have an account in this installation through another organisation."), ..it.field("join", "Who may join") },
            &two([("restricted", "Only people who are let in"), ("public", "Anyone with an account here")]),
        ))
        (it.switch("join_requests", "People may ask to join", "Shows this organisation's name to people who work in another one here. Those who may manage members decide. Counts where only people who are let in may join."))
        (it.policy("invite_people", "inviters", "Who may invite people", "Whoever may invite also brings new people in by adding them to a team.", &policies()))
        (form::select(
            &Field { hint: Some("Used where an invitation says nothing else. Observers see, follow and comment; they own and change nothing."), ..it.field("default_account", "New people are") },
            &two([("regular", "Members"), ("observer", "Observers")]),
        ))
    }
}

fn creation(it: &Form) -> Markup {
    let mut of_team = policies();
    of_team.insert(1, (String::from("team_members"), String::from("Everyone in the team")));
    for (value, text) in &mut of_team {
        if value == "team_owners" {
            *text = String::from("Owners of the team");
        }
    }
    html! {
        (it.policy("create_organization_goals", "organization_goal_creators", "Goals of the organisation", "Who may put goals at the level of the whole organisation.", &policies()))
        (it.policy("create_team_goals", "team_goal_creators", "Goals of a team", "Holds for every team that has no rule of its own. A team's owners always may.", &of_team))
        (it.policy("create_teams", "team_creators", "Teams", "Who may make new teams. Whoever makes one owns it.", &policies()))
        (it.policy("create_tags", "tag_creators", "Tags", "Who may make new tags. Everyone who edits a goal may use those that are there.", &policies()))
    }
}

fn time(it: &Form, zones: &[String]) -> Markup {
    let zone = Field {
        required: true,
        hint: Some(
            "Its days are the days of expectation and of due dates, for example Europe/Berlin. People may choose their own for the times they see.",
        ),
        ..it.field("time_zone", "Time zone")
    };
    html! {
        (form::input_of(&zone, "text", "zones"))
        datalist id="zones" { @for zone in zones { option value=(zone) {} } }
        (form::select(
            &Field { hint: Some("Periods that are made from now on follow it. Those that are there keep their days."), ..it.field("planning_year_start_month", "Planning year starts in") },
            &months(),
        ))
    }
}
