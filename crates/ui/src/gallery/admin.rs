//! The pages of those who run the invented company, and the components that only they meet.

use maud::html;
use northing_core::people::{MemberStatus, Role};
use northing_core::settings::{ScoreBands, Settings};

use super::Sample;
use super::samples::{day, id, who};
use crate::Ctx;
use crate::components::conflict::{self, Difference};
use crate::components::picker::Choice;
use crate::components::secret;
use crate::layout::Page;
use crate::pages::admin::goals::{self, Rules};
use crate::pages::admin::invite::{self, Told};
use crate::pages::admin::member::{self, Member, Traces};
use crate::pages::admin::members::{self, MemberLine, Narrowed};
use crate::pages::admin::{Form, model, organisation};
use crate::pages::entry::Typed;

fn form(values: &[(&str, &str)]) -> Form {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Form { typed: Typed { values, ..Typed::default() }, ..Form::default() }
}

fn an_organisation() -> Form {
    let mut form = form(&[
        ("version", "3"),
        ("name", "Calderfield"),
        ("slug", "calderfield"),
        ("mission", "Fit heat pumps that people recommend to their neighbours."),
        ("values", "Leave the house warmer\nSay the bad number first"),
        ("join", "restricted"),
        ("invite_people", "team_owners"),
        ("default_account", "regular"),
        ("create_organization_goals", "named"),
        ("create_team_goals", "team_owners"),
        ("create_teams", "team_owners"),
        ("create_tags", "anyone"),
        ("time_zone", "Europe/London"),
        ("planning_year_start_month", "1"),
    ]);
    let ruth = who(41, "Ruth Adeyemi");
    let choice = Choice { value: ruth.id.to_string(), text: ruth.name, ..Choice::default() };
    form.chosen.insert(String::from("organization_goal_creators"), vec![choice]);
    form
}

fn rules() -> Rules {
    Rules { on_track_gap: 0.0, behind_gap: 25.0, bands: ScoreBands { yellow_from: 0.5, green_from: 0.7 } }
}

fn differences() -> Vec<Difference> {
    let difference = |label: &str, now: &str, typed: &str| Difference {
        label: label.to_owned(),
        now: now.to_owned(),
        typed: typed.to_owned(),
    };
    vec![difference("Mission", "", "Fit heat pumps."), difference("Tags", "Every member", "Owners of teams")]
}

fn told() -> Vec<Told> {
    let told = |name: &str, text: &str, done, link: Option<&str>| Told {
        name: name.to_owned(),
        text: text.to_owned(),
        done,
        link: link.map(str::to_owned),
    };
    vec![
        told(
            "Ada Byron",
            "Invited, until 27 November 2026, 13:08",
            true,
            Some("https://okr.example.org/invitation/c2VjcmV0"),
        ),
        told("nobody", "There is no mail address that could be one.", false, None),
    ]
}

fn lines() -> Vec<MemberLine> {
    let line = |n, name: &str, role, status, link: Option<&str>| MemberLine {
        person: who(n, name),
        email: format!("{}@calderfield.example", name.to_lowercase().replace(' ', ".")),
        role,
        status,
        link: link.map(day),
        manager: (n != 41).then(|| who(41, "Ruth Adeyemi")),
    };
    vec![
        line(44, "Ada Byron", Role::Member, MemberStatus::Invited, Some("2026-11-27")),
        line(40, "Priya Raman", Role::Admin, MemberStatus::Active, None),
        line(41, "Ruth Adeyemi", Role::Owner, MemberStatus::Active, None),
        line(45, "Tom Baines", Role::Observer, MemberStatus::Deactivated, None),
    ]
}

fn a_member() -> Member {
    Member {
        id: id(42),
        name: String::from("Marta Oliveira"),
        role: Role::Member,
        status: MemberStatus::Active,
        teams: vec![(id(2), String::from("Service & Warranty"))],
        traces: Traces { goals: 3, check_ins: 1, teams: 1, teams_alone: 1, reports: 2 },
        link: None,
        may_manage: true,
        may_make_owner: false,
        version: 4,
    }
}

/// The pages.
pub(super) fn pages(ctx: &Ctx) -> Vec<(&'static str, Page)> {
    let model_form = form(&[
        ("version", "3"),
        ("okr_model", "classic"),
        ("initiatives", "true"),
        ("initiative_contribution", "do_not_contribute"),
    ]);
    let goal_form = form(&[
        ("version", "3"),
        ("shared_goals", "true"),
        ("on_track_gap", "0"),
        ("behind_gap", "25"),
        ("status_source", "progress"),
        ("yellow_from", "0.5"),
        ("green_from", "0.7"),
    ]);
    let member_form = form(&[
        ("version", "4"),
        ("name", "Marta Oliveira"),
        ("email", "marta.oliveira@calderfield.example"),
        ("role", "member"),
    ]);
    let zones = [String::from("Europe/London")];
    let narrowed = Narrowed {
        text: String::from("a"),
        manager: Some((who(41, "Ruth Adeyemi"), String::from("/admin/members?q=a"))),
        ..Narrowed::default()
    };
    vec![
        ("admin-organisation", organisation::page(ctx, &an_organisation(), &zones)),
        ("admin-model", model::page(ctx, &model_form, &Settings::default())),
        ("admin-goals", goals::page(ctx, &goal_form, Some(rules()))),
        ("admin-members", members::page(ctx, &narrowed, &lines(), Some("/admin/members/rows?cursor=x"), &[])),
        ("admin-member", member::page(ctx, &a_member(), &member_form, &zones)),
        ("admin-invited", invite::outcome_page(&told(), "/admin/members")),
    ]
}

/// The components.
pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample {
            name: "conflict",
            text: "Above a form that somebody else was quicker with: both versions, nothing lost.",
            markup: conflict::conflict("the organisation", &differences()),
        },
        Sample {
            name: "secret-shown-once",
            text: "For a link or a token that is never shown again.",
            markup: secret::once(
                "sample-secret",
                "Link for Ada Byron",
                "https://okr.example.org/invitation/c2VjcmV0",
            ),
        },
        Sample {
            name: "status-rules",
            text: "What the cut points and score bands mean for a goal of today.",
            markup: html! { (goals::examples(Some(rules()))) },
        },
    ]
}
