//! The pages of those who run the invented company, and the components that only they meet.

use maud::html;
use northing_core::goal::GoalKind;
use northing_core::people::{MemberStatus, Role};
use northing_core::period::PeriodKind;
use northing_core::settings::{ScoreBands, Settings};

use super::Sample;
use super::samples::{day, id, moment, who};
use crate::Ctx;
use crate::components::activity::Part;
use crate::components::conflict::{self, Difference};
use crate::components::picker::Choice;
use crate::components::secret;
use crate::components::views::View;
use crate::layout::Page;
use crate::pages::admin::embedding::{self, EmbeddingForm};
use crate::pages::admin::goals::{self, Rules};
use crate::pages::admin::integrations::{self, Integration, Managed, Troubled};
use crate::pages::admin::invite::{self, Told};
use crate::pages::admin::member::{self, Member, Traces};
use crate::pages::admin::members::{self, MemberLine, Narrowed};
use crate::pages::admin::periods::{self, Line, Year};
use crate::pages::admin::requests::{self, Asking};
use crate::pages::admin::teams::{self, Branch};
use crate::pages::admin::{Form, audit, export, model, organisation};
use crate::pages::connection::{self, ConnectionForm, ConnectionLine, Found, Tested};
use crate::pages::entry::Typed;
use crate::pages::sync_log::{self, Run};
use crate::pages::team_form::{self, Head};

fn form(values: &[(&str, &str)]) -> Form {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Form { typed: Typed { values, ..Typed::default() }, ..Form::default() }
}

fn those_who_ask(ctx: &Ctx) -> maud::Markup {
    let asking = |n, name: &str, message: Option<&str>, refused| Asking {
        id: id(n),
        name: name.into(),
        email: format!("{}@northgrid.example", name.to_lowercase().replace(' ', ".")),
        message: message.map(str::to_owned),
        at: moment("2026-11-19T09:30:00Z"),
        refused,
    };
    let refused = Some(("x".repeat(20), String::from("must be at most 500 characters long")));
    let all = [
        asking(
            81,
            "Noor Haddad",
            Some("I run the pilot at Northern Grid and share two goals with you."),
            None,
        ),
        asking(82, "Sam Ortiz", None, refused),
    ];
    requests::requests(ctx, &all, false)
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

fn branches() -> Vec<Branch> {
    let branch = |n, name: &str, depth, toggle: Option<&str>, archived: bool| Branch {
        id: id(n),
        name: name.to_owned(),
        depth,
        team_type: String::from(if depth == 0 { "Department" } else { "" }),
        lead: (!archived).then(|| String::from("Ruth Adeyemi")),
        people: if archived { 0 } else { 4 },
        goals: 6,
        archived,
        toggle: toggle.map(str::to_owned),
        open: toggle.is_some(),
    };
    vec![
        branch(1, "Field Operations", 0, Some("/admin/teams"), false),
        branch(2, "Installations North", 1, None, false),
        branch(3, "Gas boilers", 0, None, true),
    ]
}

fn years() -> Vec<Year> {
    let line = |n, name: &str, kind, start: &str, end: &str, current| Line {
        id: id(n),
        name: name.to_owned(),
        kind,
        start: day(start),
        end: day(end),
        goals: 57,
        deleted: 0,
        current,
        overlaps: if kind == PeriodKind::Custom { vec![String::from("Q4 2026")] } else { Vec::new() },
        version: 1,
    };
    vec![Year {
        name: String::from("2026"),
        periods: vec![
            line(60, "Q4 2026", PeriodKind::Quarterly, "2026-10-01", "2026-12-31", true),
            line(61, "Launch", PeriodKind::Custom, "2026-11-01", "2026-12-15", false),
        ],
    }]
}

fn changes() -> Vec<audit::Line> {
    let changed =
        |label: &str, before: &str, after: &str| (label.to_owned(), before.to_owned(), after.to_owned());
    vec![audit::Line {
        id: id(70),
        at: now(),
        via: Some("by the API"),
        what: vec![
            Part::Text(String::from("Priya Raman changed the membership of ")),
            Part::Link(String::from("Tom Baines"), String::from("/people/45")),
        ],
        changes: vec![changed("Role", "Member", "Observer"), changed("Reports to", "", "Ruth Adeyemi")],
    }]
}

fn now() -> northing_core::values::Moment {
    super::samples::ctx().now
}

fn a_team() -> Head {
    let tab = |name: &str, current| View {
        name: name.to_owned(),
        href: format!("/teams/1?tab={name}"),
        count: None,
        current,
    };
    Head {
        id: id(2),
        name: String::from("Installations North"),
        above: vec![(String::from("Field Operations"), String::from("/teams/1"))],
        views: vec![tab("Goals", false), tab("Members", false), tab("Settings", true)],
        archived: false,
        in_use: true,
        sub_teams: 0,
        people: 4,
        version: 2,
    }
}

fn team_values() -> Form {
    let mut form = form(&[
        ("version", "2"),
        ("name", "Installations North"),
        ("team_type", "Crew"),
        ("goal_creation", "named"),
        ("note_template", "What moved? What is next?"),
    ]);
    let ruth = who(41, "Ruth Adeyemi");
    let choice = Choice { value: ruth.id.to_string(), text: ruth.name, ..Choice::default() };
    form.chosen.insert(String::from("creators"), vec![choice.clone()]);
    form.chosen.insert(String::from("owners"), vec![choice]);
    form
}

fn a_source() -> Integration {
    Integration {
        kind: "azure_devops",
        enabled: true,
        forbidden: false,
        known: true,
        connections: 3,
        troubled: 1,
        links: 6,
        has_hook: true,
        write_back: false,
    }
}

fn a_connection(n: u8, name: &str, place: &str) -> ConnectionLine {
    ConnectionLine {
        id: id(n),
        name: name.to_owned(),
        place: place.to_owned(),
        owner: String::from("Ruth Adeyemi"),
        mine: n == 80,
        shared: n != 80,
        links: 4,
        last_ok_at: Some(moment("2026-11-20T13:04:00Z")),
        error: None,
        expires_on: None,
        off: false,
        may_manage: true,
    }
}

fn connections() -> Vec<ConnectionLine> {
    let ending = Some(day("2026-11-29"));
    let error = (
        String::from("Azure DevOps does not accept the token."),
        String::from("Enter a new one in the connection."),
    );
    vec![
        a_connection(81, "Field work orders", "calderfield / Installations"),
        ConnectionLine { expires_on: ending, ..a_connection(82, "Firmware", "calderfield / Controls") },
        ConnectionLine {
            links: 0,
            error: Some(error),
            expires_on: Some(day("2026-11-18")),
            ..a_connection(80, "Line 2 quality", "server/tfs/Plant / Line2")
        },
    ]
}

/// A goal whose data source cannot be read.
pub(super) fn troubled() -> Troubled {
    Troubled {
        goal: id(12),
        kind: GoalKind::KeyResult,
        title: String::from("Take two-day installs from 22% to 60% of jobs"),
        source: String::from("Shared Queries/Installs by Line 2 quality"),
        message: String::from("The query no longer exists."),
        remedy: String::from("Choose another query in the link."),
        synced_at: Some(moment("2026-11-18T09:00:00Z")),
    }
}

fn managed() -> Managed {
    Managed {
        integration: a_source(),
        connections: connections(),
        troubled: vec![troubled()],
        troubled_count: 214,
        troubled_part: (None, Some(id(2).to_string())),
        hook: Some(String::from("c2VjcmV0")),
        hook_address: String::from("https://okr.example.org/hooks/azure-devops"),
        tab: (true, true),
    }
}

fn an_embedding() -> EmbeddingForm {
    EmbeddingForm {
        kind: String::from("azure_devops"),
        typed: form(&[("origins", "https://dev.azure.com"), ("version", "2")]).typed,
        has_key: true,
        open: true,
        address: String::from("https://okr.example.org"),
        organisation: String::from("calderfield"),
        saved: true,
    }
}

fn runs() -> Vec<Run> {
    let run = Run {
        at: moment("2026-11-20T13:04:00Z"),
        connection: (String::from("Firmware"), String::from("/connections/81/log")),
        asked_by: None,
        millis: 2_340,
        requests: 14,
        goals: 4,
        changed: 2,
        failed: 0,
        error: None,
    };
    let error =
        (String::from("The query no longer exists."), String::from("Choose another query in the link."));
    vec![
        Run { asked_by: Some(String::from("Ruth Adeyemi")), millis: 40, goals: 1, changed: 0, ..run.clone() },
        Run { at: moment("2026-11-19T12:02:00Z"), failed: 1, error: Some(error), ..run },
    ]
}

fn a_connection_form() -> ConnectionForm {
    let form = form(&[
        ("name", "Service desk"),
        ("account", "https://dev.azure.com/calderfield"),
        ("project", "Controls"),
        ("auth", "app"),
        ("tenant_id", "8f1d7c52-0b5e-4c8e-9a3d-5f6e2b7c1a90"),
        ("shared", "true"),
    ]);
    let mut typed = form.typed;
    typed.errors = vec![(String::from("client_id"), String::from("Give the application's identifier"))];
    ConnectionForm {
        typed,
        found: Found::Projects(vec![String::from("Controls"), String::from("Field Work")]),
        tested: Some(Tested::Good {
            identity: String::from("Northing reader"),
            server: String::from("Azure DevOps Services"),
            project: String::from("Controls"),
            queries: 38,
        }),
        back: String::from("/connections"),
        ..ConnectionForm::default()
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
    let kinds = [(String::new(), String::from("Everything"))];
    let narrowed = Narrowed {
        text: String::from("a"),
        manager: Some((who(41, "Ruth Adeyemi"), String::from("/admin/members?q=a"))),
        ..Narrowed::default()
    };
    vec![
        ("admin-export", export::page(ctx)),
        ("admin-organisation", organisation::page(ctx, &an_organisation(), &zones)),
        ("admin-model", model::page(ctx, &model_form, &Settings::default())),
        ("admin-goals", goals::page(ctx, &goal_form, Some(rules()))),
        (
            "admin-members",
            members::page(
                ctx,
                &narrowed,
                &lines(),
                Some("/admin/members/rows?cursor=x"),
                &[],
                &those_who_ask(ctx),
            ),
        ),
        ("admin-member", member::page(ctx, &a_member(), &member_form, &zones)),
        ("admin-invited", invite::outcome_page(&told(), "/admin/members")),
        ("admin-teams", teams::page("", &branches(), None)),
        ("admin-periods", periods::page(ctx, &years(), false, Some(2027))),
        (
            "admin-audit",
            audit::page(ctx, &form(&[("since", "2026-11-01")]), &kinds, &changes(), None, "/admin/audit.csv"),
        ),
        ("admin-integrations", integrations::page(ctx, &[a_source()])),
        (
            "admin-integrations-forbidden",
            integrations::page(ctx, &[Integration { enabled: false, forbidden: true, ..a_source() }]),
        ),
        ("admin-integration", integrations::manage(ctx, &managed())),
        ("admin-embedding", embedding::page(ctx, &an_embedding())),
        ("admin-sync-log", sync_log::of_integration(ctx, "azure_devops", &runs())),
        ("connection-log", sync_log::of_connection(ctx, id(81), "Firmware", &runs())),
        ("connections", connection::list(ctx, &connections(), true)),
        ("connection-form", connection::page(ctx, &a_connection_form())),
        ("team-settings", team_form::settings(ctx, &a_team(), &team_values(), "owners of the team")),
        ("team-people", team_form::people(ctx, &a_team(), &team_values(), true)),
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
