//! The invented company of the gallery, small enough to read.

use maud::html;
use northing_core::goal::{GoalKind, Level};
use northing_core::metric::{Metric, MetricKind};
use northing_core::preferences::Preferences;
use northing_core::score::ScoreBand;
use northing_core::status::Status;
use northing_core::values::{Day, Id, Moment};

use super::Sample;
use crate::components::activity::{self, Activity};
use crate::components::add_row::Add;
use crate::components::alert::{self, Alert, Gravity};
use crate::components::alignment::{self, Ladder, Step};
use crate::components::chart::{self, History, Point};
use crate::components::children::{self, Child, Parts, Rest};
use crate::components::confirm::{self, Confirm};
use crate::components::donut::{self, Part};
use crate::components::empty::{self, Art};
use crate::components::feedback::{self, Action, Tone};
use crate::components::filter::{
    self, Chip, ChipValue, FilterBar, FilterField, FilterOption, FilterPicker, ViewOptions,
};
use crate::components::form::{self, Field, Segment};
use crate::components::goal_list::{self, Brief};
use crate::components::menu::{self, Entry, Item};
use crate::components::notices::{self, Notice, Said};
use crate::components::palette::{self, Group, Hit};
use crate::components::period::{self, Choice, Strip, Time};
use crate::components::person::{self, Person};
use crate::components::picker;
use crate::components::progress::{self, Progress, Size};
use crate::components::status::{self, Health, Shown};
use crate::components::summary::{self, Summary};
use crate::components::tree::{self, Branch, Column, Grid, Heading, Mode, Row, Sort};
use crate::components::views::{self, View};
use crate::components::{crumbs, loading, score, tag};
use crate::layout::{Assets, NavTeam, Page, Shell};
use crate::pages::entity;
use crate::pages::explorer::{self, Explorer};
use crate::pages::failure::{self, Failure};
use crate::pages::goal::{self, Around, Goal, May};
use crate::pages::home::{self, Due, Home, TeamGoals};
use crate::pages::organisation::{self, Organisation, Purpose};
use crate::pages::people::{self, PersonLine};
use crate::pages::team::{self, Member, SubTeams, Tab, Team, Tie};
use crate::pages::teams::{self, TeamLine};
use crate::pages::{person as person_page, search};
use crate::{Ctx, Terms};

const EXPECTED: f64 = 55.4;

/// What a person was told of data sources.
fn told() -> Vec<Notice> {
    let at = moment("2026-11-20T10:08:00Z");
    let failed = Said::Failed(
        "The query no longer exists".into(),
        "Choose another query in the link, or restore it in Azure DevOps.".into(),
    );
    let goal = Some((id(2), String::from("Cut jobs waiting over 30 days from 410 to 90")));
    let firmware = Some(String::from("Firmware"));
    let (nudged, owned) = (goal.clone(), goal.clone());
    let person = |n, said| Notice { id: id(n), said, goal: None, connection: None, at };
    vec![
        Notice { id: id(71), said: failed, goal: goal.clone(), connection: firmware.clone(), at },
        Notice { id: id(72), said: Said::Recovered, goal, connection: firmware.clone(), at },
        Notice { id: id(73), said: Said::Ending(day("2026-11-27")), goal: None, connection: firmware, at },
        Notice {
            goal: nudged,
            ..person(77, Said::Nudge("Ruth Adeyemi".into(), Some("The board meets on Monday.".into())))
        },
        Notice { goal: owned, ..person(78, Said::Owns("Ruth Adeyemi".into(), 1, String::new())) },
        person(79, Said::Owns("Ruth Adeyemi".into(), 12, crate::paths::person(id(9)))),
        person(74, Said::Asks("Noor Haddad".into(), Some("I run the pilot at Northern Grid.".into()))),
        person(75, Said::Accepted("Northern Grid".into())),
        person(76, Said::Declined("Moor Hydro".into(), Some("Only for the pilot".into()))),
    ]
}

/// The gallery's day: 20 November 2026, a little after one o'clock.
#[must_use]
pub fn ctx() -> Ctx {
    let now = moment("2026-11-20T13:08:00Z");
    Ctx {
        today: now.day_in(&jiff::tz::TimeZone::UTC),
        now,
        zone: jiff::tz::TimeZone::UTC,
        terms: Terms::default(),
        csrf: "token".to_owned(),
    }
}

/// Who looks at the gallery's pages.
#[must_use]
pub fn shell() -> Shell {
    let team = |n, name: &str, status: Status, open, children: Vec<NavTeam>| NavTeam {
        id: id(n),
        name: name.to_owned(),
        status: Some(status.into()),
        has_children: open || !children.is_empty(),
        open,
        children,
        current: false,
    };
    Shell {
        assets: Assets::default(),
        organisation: "Calderfield".to_owned(),
        me: who(40, "Priya Raman"),
        due: 2,
        requests: 0,
        teams: vec![
            team(
                60,
                "Field Operations",
                Status::Behind,
                true,
                vec![
                    team(61, "Installations North", Status::OnTrack, false, vec![]),
                    team(62, "Installations South", Status::Behind, false, vec![]),
                ],
            ),
            NavTeam {
                has_children: true,
                ..team(63, "Product & Technology", Status::OnTrack, false, vec![])
            },
            team(64, "Finance & Legal", Status::AtRisk, false, vec![]),
        ],
        more_teams: false,
        admin: true,
        may_create_teams: true,
        may_create_goals: true,
        several_organisations: true,
        preferences: Preferences::default(),
    }
}

pub(super) fn id(n: u8) -> Id {
    Id::new(Moment::from_millis(1_790_000_000_000), [n; 10])
}

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap_or_else(|_| Day::from(jiff::civil::Date::default()))
}

pub(super) fn moment(text: &str) -> Moment {
    text.parse().unwrap_or(Moment::from_millis(0))
}

pub(super) fn who(n: u8, name: &str) -> Person {
    Person { id: id(n), name: name.to_owned() }
}

pub(super) fn progress(actual: f64, status: Status) -> Progress {
    Progress {
        actual: Some(actual),
        expected: Some(EXPECTED),
        status: Shown::new(status, None, Some(actual)),
    }
}

fn decrease(start: f64, current: f64, target: f64) -> Option<Metric> {
    Some(Metric {
        kind: MetricKind::Decrease,
        name: Some("Jobs waiting".into()),
        unit: Some("jobs".into()),
        start,
        target: Some(target),
        risk_threshold: None,
        current: Some(current),
    })
}

fn strip() -> Strip {
    let choice = |n, name: &str, chosen, time| Choice {
        id: id(n),
        name: name.to_owned(),
        href: format!("/explorer?period={n}"),
        chosen,
        also: (!chosen).then(|| format!("/explorer?period=80&period={n}")),
        time,
        note: chosen.then(|| "Current".to_owned()),
    };
    Strip {
        name: "Q4 2026".to_owned(),
        start: day("2026-10-01"),
        end: day("2026-12-31"),
        choices: vec![
            choice(80, "Q4 2026", true, Time::Active),
            choice(81, "Q1 2027", false, Time::Upcoming),
            choice(82, "Q3 2026", false, Time::Previous),
        ],
    }
}

fn row(n: u8, kind: GoalKind, level: usize, title: &str, progress: Progress) -> Row {
    Row {
        goal: id(n),
        parent: None,
        again: false,
        kind,
        title: title.to_owned(),
        level,
        position: 1,
        siblings: 1,
        branch: Branch::Leaf,
        owners: vec![who(40, "Priya Raman")],
        team: "Installations South".to_owned(),
        metric: None,
        progress,
        last_check_in: Some(day("2026-11-17")),
        stale: false,
        follows: false,
        weight: (level > 1).then_some(45.0),
        mode: None,
        other_parents: vec![],
        alert: None,
        restricted: false,
        committed: false,
        score: None,
        selected: false,
        may_check_in: false,
        may_move: true,
        moved: false,
        add: None,
        heading: None,
        last: None,
        info: false,
    }
}

fn rows() -> Vec<Row> {
    use GoalKind::{Initiative, KeyResult, Objective};
    let open = Branch::Open { href: "/explorer".to_owned() };
    let closed = Branch::Closed { children: 2, href: "/explorer?open=4".to_owned() };
    vec![
        Row {
            branch: open,
            last_check_in: None,
            follows: true,
            alert: Some(Alert {
                gravity: Gravity::AtRisk,
                below: true,
                texts: vec!["26 points less than expected".into()],
            }),
            ..row(
                1,
                Objective,
                1,
                "Clear the southern backlog before the frost",
                progress(51.0, Status::Behind),
            )
        },
        Row {
            metric: decrease(410.0, 262.0, 90.0),
            selected: true,
            may_check_in: true,
            position: 1,
            siblings: 3,
            mode: Some(Mode::Source),
            ..row(
                2,
                KeyResult,
                2,
                "Cut jobs waiting over 30 days from 410 to 90",
                progress(46.3, Status::Behind),
            )
        },
        Row {
            metric: decrease(96.0, 87.0, 65.0),
            position: 2,
            siblings: 3,
            weight: Some(35.0),
            owners: vec![who(41, "Elin Sørby"), who(42, "Kwame Boateng")],
            last_check_in: Some(day("2026-11-03")),
            stale: true,
            alert: Some(Alert {
                gravity: Gravity::AtRisk,
                below: false,
                texts: vec!["26 points less than expected".into()],
            }),
            ..row(
                3,
                KeyResult,
                2,
                "Bring crew travel from 96 to 65 minutes a job",
                progress(29.0, Status::AtRisk),
            )
        },
        Row {
            position: 3,
            siblings: 3,
            weight: Some(0.0),
            last_check_in: None,
            owners: vec![],
            ..row(5, Initiative, 2, "Trial Sunday surveys in Dartford", progress(0.0, Status::NotStarted))
        },
        Row {
            branch: closed,
            other_parents: vec!["Cut first-week faults".into()],
            team: "Service & Warranty".into(),
            position: 2,
            siblings: 4,
            committed: true,
            ..row(4, Objective, 1, "Halve the number of second visits", progress(54.7, Status::OnTrack))
        },
        Row {
            score: Some((1.0, ScoreBand::Orange)),
            position: 3,
            siblings: 4,
            ..row(6, Objective, 1, "Split the Kent and Sussex rounds", progress(100.0, Status::Closed))
        },
        Row {
            restricted: true,
            moved: true,
            position: 4,
            siblings: 4,
            ..row(7, Objective, 1, "Retire the legacy ingest cluster", progress(20.0, Status::Postponed))
        },
    ]
}

fn grid() -> Grid {
    Grid {
        list: "explorer".to_owned(),
        label: "All goals, Q4 2026".to_owned(),
        total: 60,
        expected: Some(EXPECTED),
        sort: Some(Sort { by: Column::Progress, descending: false }),
        rows: rows(),
        add: Some(Add { kinds: vec![GoalKind::Objective], depth: 1, ..Add::default() }),
        marks: None,
        more: Some("/explorer/rows?after=7".to_owned()),
    }
}

/// A list in one level: by team, with last check-ins.
fn grouped() -> Grid {
    let last = super::lifecycle::check_ins().into_iter().map(Box::new);
    let said = last.map(Some).chain([None]);
    let teams = ["Installations South", "Service & Warranty"].map(|team| Some(Heading::Text(team.into())));
    let headings = teams.into_iter().chain([None]);
    let rows = rows().into_iter().filter(|row| row.level == 1).zip(said.zip(headings));
    let rows =
        rows.map(|(row, (last, heading))| Row { info: true, last, heading, branch: Branch::Leaf, ..row });
    Grid { rows: rows.collect(), add: None, more: None, sort: None, ..grid() }
}

fn counts() -> Summary {
    let counts = [
        (Status::OnTrack, 31),
        (Status::Behind, 14),
        (Status::AtRisk, 6),
        (Status::NotStarted, 2),
        (Status::Postponed, 2),
        (Status::Closed, 5),
    ];
    Summary {
        total: 60,
        counts: counts.into_iter().map(|(status, n)| (status.into(), n)).collect(),
        expected: Some(EXPECTED),
        initiatives: false,
    }
}

fn tabs() -> Vec<View> {
    let view = |name: &str, count, current| View {
        name: name.to_owned(),
        href: format!("/explorer?view={}", name.to_lowercase().replace(' ', "-")),
        count,
        current,
    };
    vec![
        view("All goals", Some(60), true),
        view("Behind or at risk", Some(20), false),
        view("Unaligned", None, false),
    ]
}

fn filters(active: bool) -> FilterBar {
    let option = |value: &str, text: &str, chosen| FilterOption {
        value: value.to_owned(),
        text: text.to_owned(),
        chosen,
    };
    FilterBar {
        action: "/explorer".to_owned(),
        query: String::new(),
        kept: vec![("period".into(), "80".into())],
        chips: if active {
            vec![
                Chip {
                    label: "Status is".into(),
                    values: vec![
                        ChipValue::Status(Status::Behind.into()),
                        ChipValue::Status(Status::AtRisk.into()),
                    ],
                    remove: "/explorer?owner=40".into(),
                },
                Chip {
                    label: "Owner".into(),
                    values: vec![ChipValue::Text("Priya Raman".into())],
                    remove: "/explorer?status=behind".into(),
                },
            ]
        } else {
            vec![]
        },
        fields: vec![FilterField {
            name: "status".into(),
            label: "Status".into(),
            one: false,
            options: vec![
                option("on_track", "On track", false),
                option("behind", "Behind", active),
                option("at_risk", "At risk", active),
            ],
        }],
        view: ViewOptions {
            flat: false,
            info: false,
            groups: vec![option("team", "Team", false), option("status", "Status", false)],
            print: true,
        },
        clear: active.then(|| "/explorer".to_owned()),
        pickers: vec![FilterPicker {
            of: picker::Of::Teams,
            name: "team",
            label: "Team",
            chosen: vec![],
            query: String::new(),
            found: None,
        }],
        levels: (!active).then(|| (Some("/explorer?open=2".to_owned()), None)),
    }
}

pub(super) fn history() -> History {
    let values = [
        ("2026-10-09", 395.0, Status::Behind),
        ("2026-10-23", 350.0, Status::Behind),
        ("2026-11-06", 301.0, Status::AtRisk),
        ("2026-11-17", 262.0, Status::Behind),
    ];
    History {
        name: "Jobs waiting".into(),
        unit: Some("jobs".into()),
        start: day("2026-10-01"),
        end: day("2026-12-31"),
        from: 410.0,
        target: Some(90.0),
        points: values
            .into_iter()
            .map(|(on, value, status)| Point { day: day(on), value, status: status.into() })
            .collect(),
        expected: vec![(day("2026-10-01"), 410.0), (day("2026-10-31"), 340.0), (day("2026-12-31"), 90.0)],
        expected_now: Some(258.0),
    }
}

fn ladder() -> Ladder {
    let step = |n, title: &str, team: &str, status: Status, additional| Step {
        id: id(n),
        kind: GoalKind::Objective,
        title: title.into(),
        team: team.into(),
        status: status.into(),
        additional,
    };
    Ladder {
        north_star: Some("A warm home for every household, at half the carbon".into()),
        above: vec![
            step(
                10,
                "Make a heat pump the easy choice for 4,000 homes",
                "Calderfield",
                Status::OnTrack,
                false,
            ),
            step(11, "Cut first-week faults from 38 to 12", "Controls & Firmware", Status::AtRisk, true),
            step(
                1,
                "Clear the southern backlog before the frost",
                "Installations South",
                Status::Behind,
                false,
            ),
        ],
        here: (GoalKind::KeyResult, "Cut jobs waiting over 30 days from 410 to 90".into()),
        below: vec![step(12, "Replan the M25 rounds", "Installations South", Status::AtRisk, false)],
    }
}

fn parts() -> Parts {
    let child = |n, title: &str, share: f64, fixed, progress: f64| Child {
        id: id(n),
        kind: GoalKind::KeyResult,
        title: title.into(),
        share: Some(share),
        fixed,
        progress: Some(progress),
        adds: share * progress / 100.0,
    };
    Parts {
        rows: vec![
            child(2, "Cut jobs waiting over 30 days from 410 to 90", 50.0, true, 46.0),
            child(3, "Bring crew travel from 96 to 65 minutes a job", 25.0, false, 29.0),
        ],
        elsewhere: Some((
            Rest { goals: 37, share: Some(15.0), adds: 9.2 },
            "/goals/2/contributing".to_owned(),
        )),
        hidden: Some(Rest { goals: 1, share: Some(10.0), adds: 4.1 }),
        summed: None,
        total: 43.55,
        shown: Some(46.3),
    }
}

fn briefs() -> Vec<Brief> {
    vec![
        Brief {
            id: id(12),
            kind: GoalKind::Objective,
            title: "Replan the M25 rounds".into(),
            team: String::new(),
            progress: progress(26.9, Status::AtRisk),
        },
        Brief {
            id: id(13),
            kind: GoalKind::Initiative,
            title: "Open a second bay at Gateshead".into(),
            team: String::new(),
            progress: progress(100.0, Status::Closed),
        },
    ]
}

fn entries() -> Vec<Entry> {
    let item = |icon, label: &str, key, danger| Item {
        icon,
        label: label.into(),
        href: "/goals/2/edit".into(),
        key,
        danger,
    };
    vec![
        Entry::Link(item("panel", "Open", Some("↵"), false)),
        Entry::Dialog(item("edit", "Edit", Some("E"), false)),
        Entry::Rule,
        Entry::Post(item("st-closed", "Reopen", None, false)),
        Entry::Dialog(item("trash", "Delete", None, true)),
    ]
}

fn activities() -> Vec<Activity> {
    vec![
        Activity {
            at: moment("2026-11-11T10:00:00Z"),
            parts: vec![
                activity::Part::Text("Callum Reid aligned ".into()),
                activity::Part::Link("Replan the M25 rounds".into(), "/goals/12".into()),
                activity::Part::Text(" to this goal".into()),
            ],
        },
        Activity {
            at: moment("2025-09-28T10:00:00Z"),
            parts: vec![activity::Part::Text("Priya Raman created this goal".into())],
        },
    ]
}

fn a_goal(kind: GoalKind) -> Goal {
    let rolled = kind == GoalKind::Objective;
    Goal {
        id: id(2),
        kind,
        level: Level::Team,
        title: "Cut jobs waiting over 30 days from 410 to 90".into(),
        description: "Jobs that wait longer than a month cost us **trust**.".into(),
        progress: progress(46.3, Status::Behind),
        metric: if rolled { None } else { decrease(410.0, 262.0, 90.0) },
        change: Some((-39.0, day("2026-11-06"))),
        start: day("2026-10-01"),
        end: day("2026-12-31"),
        period: "Q4 2026".into(),
        owners: vec![who(40, "Priya Raman")],
        check_in_owner: Some(who(40, "Priya Raman")),
        teams: vec![(id(62), "Installations South".into())],
        source: if rolled {
            "Rolled up from 40 of 42 goals below".into()
        } else {
            "Checked in by hand".into()
        },
        outside: (kind == GoalKind::KeyResult).then(super::link_source::source),
        resume_from: rolled.then(|| "children".into()),
        tags: vec!["Winter".into(), "Backlog".into()],
        committed: true,
        restricted: false,
        guidance: "0.7 is a good result.".into(),
        score: None,
        closing_note: String::new(),
        alerts: vec![Alert {
            gravity: Gravity::NeedsAttention,
            below: false,
            texts: vec!["Not aligned to any goal".into()],
        }],
        history: Some(history()),
        parts: if rolled { parts() } else { Parts::default() },
        below: if rolled { 42 } else { 2 },
        supporting: briefs(),
        tasks: (kind == GoalKind::Initiative).then(super::lifecycle::tasks),
        ladder: ladder(),
        check_ins: super::lifecycle::check_ins(),
        check_in_count: 8,
        comments: vec![],
        activity: activities(),
        more_activity: true,
        may: May {
            check_in: true,
            nudge: true,
            edit: true,
            contribute: true,
            align: true,
            add_child: true,
            comment: true,
            close: true,
        },
        actions: entries(),
    }
}

fn team_lines() -> Vec<TeamLine> {
    let line = |n, name: &str, depth, actual, status| TeamLine {
        id: id(n),
        name: name.into(),
        depth,
        lead: Some(who(43, "Callum Reid")),
        goals: 9,
        progress: Some(progress(actual, status)),
        archived: false,
    };
    vec![
        line(61, "Installations North", 0, 64.6, Status::OnTrack),
        line(62, "Installations South", 1, 51.0, Status::Behind),
        TeamLine {
            lead: None,
            progress: None,
            archived: true,
            ..line(65, "Storm desk", 1, 0.0, Status::NotStarted)
        },
    ]
}

fn hits() -> Vec<Group> {
    vec![
        Group {
            name: "Goals".into(),
            hits: vec![Hit {
                icon: "objective",
                text: vec![
                    ("Clear the southern ".into(), false),
                    ("backlog".into(), true),
                    (" before the frost".into(), false),
                ],
                detail: "51%".into(),
                status: Some(Status::Behind.into()),
                key: None,
                href: "/goals/1".into(),
                dialog: false,
            }],
        },
        Group {
            name: "Go to".into(),
            hits: vec![Hit {
                icon: "team",
                text: vec![("Installations South".into(), false)],
                detail: "Team".into(),
                status: None,
                key: Some("G"),
                href: "/teams/62".into(),
                dialog: false,
            }],
        },
        Group {
            name: "Do".into(),
            hits: vec![Hit {
                icon: "checkin",
                text: vec![("Check in: Clear the southern ".into(), false), ("backlog".into(), true)],
                detail: String::new(),
                status: None,
                key: Some("I"),
                href: "/goals/1/check-ins/new".into(),
                dialog: true,
            }],
        },
    ]
}

pub(super) fn pages(ctx: &Ctx) -> Vec<(&'static str, Page)> {
    let explorer = |rows: Grid, active, panel| Explorer {
        strip: strip(),
        views: tabs(),
        views_load: "/explorer/views".into(),
        filters: filters(active),
        grid: rows,
        summary: counts(),
        panel,
        several: Some("/goals/several?period=4".into()),
        may_create: true,
        may_import: true,
        live: Some("/live".into()),
    };
    let none = || Grid { rows: vec![], more: None, ..grid() };
    let around = Around { close: "/explorer".into(), previous: Some(id(1)), next: Some(id(3)) };
    let member = |n, name: &str| Member {
        person: who(n, name),
        title: "Crew planning lead".into(),
        owner: n == 40,
        goals: 3,
        last_check_in: Some(day("2026-11-17")),
    };
    let person = PersonLine {
        person: who(40, "Priya Raman"),
        title: "Head of Installations South".into(),
        teams: vec![(id(62), "Installations South".into())],
        goals: 2,
        deactivated: false,
    };
    let own = || Grid { sort: None, more: None, ..grid() };
    vec![
        ("explorer", explorer::page(ctx, &explorer(grid(), false, None))),
        (
            "explorer-panel",
            explorer::page(
                ctx,
                &explorer(grid(), true, Some(goal::panel(ctx, &a_goal(GoalKind::KeyResult), &around))),
            ),
        ),
        ("explorer-empty", explorer::page(ctx, &explorer(none(), false, None))),
        ("explorer-nothing-found", explorer::page(ctx, &explorer(none(), true, None))),
        ("goal", goal::page(ctx, &a_goal(GoalKind::Objective), Some(strip()), Some("/live".into()))),
        (
            "home",
            home::page(
                ctx,
                &Home {
                    strip: strip(),
                    notices: told(),
                    due: vec![
                        Due {
                            goal: id(2),
                            version: 3,
                            kind: GoalKind::KeyResult,
                            title: "Cut jobs waiting over 30 days from 410 to 90".into(),
                            detail: "262 at last check-in, 3 days ago".into(),
                            value: "262".into(),
                            unit: "of 410 → 90".into(),
                            statuses: vec![Status::OnTrack, Status::Behind, Status::AtRisk],
                            error: None,
                        },
                        Due {
                            goal: id(5),
                            version: 1,
                            kind: GoalKind::Initiative,
                            title: "Trial Sunday surveys in Dartford".into(),
                            detail: "Not started".into(),
                            value: "some".into(),
                            unit: "%".into(),
                            statuses: vec![Status::OnTrack, Status::Behind, Status::AtRisk],
                            error: Some("Enter a number, for example 40.".into()),
                        },
                    ],
                    due_all: 34,
                    troubled: vec![super::admin::troubled()],
                    owned: own(),
                    owned_counts: vec![(GoalKind::Objective, 1), (GoalKind::KeyResult, 2)],
                    close: "/closing?list=person".into(),
                    teams: vec![
                        TeamGoals { id: id(62), name: "Installations South".into(), all: 9, goals: briefs() },
                        TeamGoals { id: id(65), name: "Storm desk".into(), all: 0, goals: vec![] },
                    ],
                    teams_all: 2,
                    ladder: Some(ladder()),
                    may_create: true,
                    panel: None,
                    live: Some("/live".into()),
                },
            ),
        ),
        (
            "organisation",
            organisation::page(
                ctx,
                &Organisation {
                    filters: filters(false),
                    name: "Calderfield".into(),
                    purpose: Purpose {
                        mission: "Make low-carbon heat ordinary.".into(),
                        vision: "Half of all homes by 2035.".into(),
                        values: vec!["Finish properly".into(), "Say it early".into()],
                        north_star: "A warm home for every household, at half the carbon".into(),
                    },
                    strip: strip(),
                    progress: Some(progress(55.0, Status::OnTrack)),
                    summary: counts(),
                    grid: own(),
                    teams: team_lines(),
                    all_teams: 64,
                    more_teams: Some("/teams/rows?below=top&cursor=40".into()),
                    several: Some("/goals/several?list=organization".into()),
                    views: tabs(),
                    part: entity::Part::Goals,
                    close: Some("/closing?list=organization".into()),
                    due: Some("/check-ins?due=organization".into()),
                    may_create: true,
                    may_edit: true,
                    panel: None,
                    live: None,
                },
            ),
        ),
        (
            "team",
            team::page(
                ctx,
                &Team {
                    filters: filters(false),
                    id: id(62),
                    name: "Installations South".into(),
                    description: "Hold *Leeds and Hull* at 14 installs a day.".into(),
                    above: vec![("Field Operations".into(), "/teams/60".into())],
                    strip: strip(),
                    progress: Some(progress(51.0, Status::Behind)),
                    summary: counts(),
                    checked_in: 17,
                    owners: vec![who(40, "Priya Raman")],
                    views: tabs(),
                    tab: Tab::Goals {
                        grid: own(),
                        sub_teams: SubTeams { lines: team_lines(), all: 3, more: None },
                        ties: vec![
                            Tie {
                                own: (id(3), "Bring crew travel from 96 to 65 minutes a job".into()),
                                other: (id(14), "Cut first-week faults".into()),
                                team: "Controls and Firmware".into(),
                                status: Status::AtRisk.into(),
                                serves: true,
                            },
                            Tie {
                                own: (id(2), "Cut jobs waiting over 30 days from 410 to 90".into()),
                                other: (id(15), "Certify every lead by Christmas".into()),
                                team: "People".into(),
                                status: Status::OnTrack.into(),
                                serves: false,
                            },
                        ],
                        all_ties: 14,
                        owners: vec![member(40, "Priya Raman"), member(41, "Elin Sørby")],
                    },
                    actions: entries(),
                    may_create: true,
                    may_manage: true,
                    archived: false,
                    panel: None,
                    live: None,
                },
            ),
        ),
        (
            "person",
            person_page::page(
                ctx,
                &person_page::Person {
                    filters: filters(false),
                    who: person.clone(),
                    email: Some("priya@calderfield.example".into()),
                    manager: Some(who(44, "Ruth Adeyemi")),
                    reports: vec![who(41, "Elin Sørby")],
                    all_reports: 41,
                    strip: strip(),
                    grid: own(),
                    summary: counts(),
                    actions: vec![],
                    views: tabs(),
                    part: entity::Part::CheckIns {
                        list: super::lifecycle::check_ins()
                            .into_iter()
                            .map(|each| (String::from("Clear the repair backlog"), each))
                            .collect(),
                        more: Some("/people/40?tab=check-ins&before=x".into()),
                    },
                    panel: None,
                    live: None,
                },
            ),
        ),
        (
            "people",
            people::page(&people::People {
                query: "",
                of: "",
                views: vec![
                    View { name: "Everyone".into(), href: "/people".into(), count: None, current: true },
                    View {
                        name: "Direct reports".into(),
                        href: "/people?of=reports".into(),
                        count: None,
                        current: false,
                    },
                ],
                lines: &[person],
                more: Some("/people?after=40"),
                may_invite: true,
            }),
        ),
        ("teams", teams::page(ctx, &team_lines(), None, true)),
        ("search", search::page("backlog", &hits())),
        ("not-found", failure::page(Failure::NotFound, None, Some("0192-4f"))),
    ]
}

pub(super) fn all(ctx: &Ctx) -> Vec<Sample> {
    let mut out = marks();
    out.extend(controls(ctx));
    out.extend(lists(ctx));
    out.extend(goals(ctx));
    out.extend(super::lifecycle::samples(ctx));
    out.extend(messages(ctx));
    out
}

fn marks() -> Vec<Sample> {
    let shown: Vec<Shown> = Status::ALL
        .iter()
        .map(|status| Shown::from(*status))
        .chain([Shown::new(Status::Closed, Some(1.0), None)])
        .collect();
    let bars: Vec<(&str, Progress)> = vec![
        ("On track", progress(62.0, Status::OnTrack)),
        ("Behind", progress(46.0, Status::Behind)),
        ("At risk", progress(29.0, Status::AtRisk)),
        ("Not started", progress(0.0, Status::NotStarted)),
        ("Achieved", progress(100.0, Status::Closed)),
        ("Closed at 75%", progress(75.0, Status::Closed)),
        ("Postponed", progress(20.0, Status::Postponed)),
        ("Beyond the target", progress(120.0, Status::OnTrack)),
        ("Worse than the start", progress(-25.0, Status::AtRisk)),
        ("No end date", Progress { expected: None, ..progress(33.0, Status::OnTrack) }),
    ];
    vec![
        Sample {
            name: "status",
            text: "Icon and word. The pill is for a single goal's heading; the icon alone for navigation.",
            markup: html! {
                div.row { @for each in &shown { (status::word(*each)) } }
                div.row { @for each in &shown { (status::pill(*each)) } (status::pill_link(Status::Behind.into(), "/goals/2/check-ins/new")) }
                div.row { @for each in &shown { (status::icon_only(*each)) } }
                div.row { @for each in [Health::Works, Health::Warns, Health::Failed, Health::Off] { (status::system(each, "Connection")) } }
            },
        },
        Sample {
            name: "progress",
            text: "The dark mark is where the calendar expects the goal to be.",
            markup: html! {
                div.stack { @for (name, each) in &bars { div.pl3 { span.sm { (name) } (progress::bar(each, Size::Medium)) span.sm.r { (progress::sentence(each)) } } } }
                div.stack { (progress::bar_preview(&progress(46.0, Status::OnTrack), 56.0)) (progress::scale(&progress(54.4, Status::Behind), "240 on 1 Oct", "420 by 31 Dec", false)) (progress::cell(&progress(54.4, Status::Behind))) }
            },
        },
        Sample {
            name: "people",
            text: "Initials beside a name, or with the name for screen readers.",
            markup: html! {
                div.row { (person::who(&who(40, "Priya Raman"))) (person::avatar_large("Elin Sørby")) (person::avatars(&[])) (person::avatars(&[who(40, "Priya Raman"), who(41, "Elin Sørby")])) }
            },
        },
        Sample {
            name: "tags-and-scores",
            text: "Tags are words; a score carries its band.",
            markup: html! {
                div.row { (tag::tags(&["Winter".into(), "Backlog".into()])) @for (value, band) in [(0.4, ScoreBand::Red), (0.5, ScoreBand::Yellow), (0.75, ScoreBand::Green), (1.0, ScoreBand::Orange)] { (score::badge(value, band)) } }
            },
        },
        Sample {
            name: "alerts",
            text: "Solid: this goal. Outlined: a goal below it.",
            markup: html! {
                @for below in [false, true] { @for gravity in [Gravity::NeedsAttention, Gravity::AtRisk] {
                    @let each = Alert { gravity, below, texts: vec!["No owner".into()] };
                    div.row { (alert::mark(&each, if each.below { "below" } else { "own" })) (alert::notes(std::slice::from_ref(&each))) }
                } }
            },
        },
    ]
}

pub(super) fn notices_of_sources(ctx: &Ctx) -> Sample {
    Sample {
        name: "notices",
        text: "What a person is told once, at the top of My OKRs: of data sources, and of requests to join.",
        markup: notices::notices(ctx, &told()),
    }
}

fn controls(ctx: &Ctx) -> Vec<Sample> {
    let refused = Field {
        name: "target",
        label: "Target",
        value: "ninety",
        error: Some("Enter a number, for example 90."),
        ..Field::default()
    };
    let choice = picker::Choice {
        value: id(40).to_string(),
        text: "Priya Raman".into(),
        detail: "Installations South".into(),
        kind: None,
    };
    let goal = picker::Choice {
        value: id(2).to_string(),
        text: "Cut jobs waiting".into(),
        detail: "46%".into(),
        kind: Some(GoalKind::KeyResult),
    };
    let segment = |status: Status, suggested| Segment {
        suggested,
        ..Segment::of_status(status, Shown::from(status).word())
    };
    vec![
        Sample {
            name: "form-controls",
            text: "Label, control, hint; where it was refused, the reason at the field.",
            markup: html! {
                div.form {
                    (form::input(&Field { name: "title", label: "Title", value: "Cut jobs waiting", required: true, ..Field::default() }, "text"))
                    (form::number(&refused, "jobs"))
                    (form::select(&Field { name: "period", label: "Period", value: "b", optional: true, hint: Some("Dates follow the period."), ..Field::default() }, &[("a".into(), "Q4 2026".into()), ("b".into(), "Q1 2027".into())]))
                    (form::textarea(&Field { name: "note", label: "What changed, what is next", optional: true, ..Field::default() }, 3))
                    (form::input(&Field { name: "ident", label: "Identifier", value: "K-7", disabled: true, ..Field::default() }, "text"))
                    (form::segments(&Field { name: "status-choice", label: "Status", value: "behind", ..Field::default() }, &[segment(Status::OnTrack, false), segment(Status::Behind, true), segment(Status::AtRisk, false)]))
                    (form::checkbox("counts", "Counts towards its parent", None, true)) (form::switch("remind", "Remind owners", Some("On Friday at 09:00."), true))
                    div.row { (form::drag_handle("Cut jobs waiting")) }
                }
            },
        },
        Sample {
            name: "pickers",
            text: "Searches on the server; what is chosen is a ticked box.",
            markup: html! {
                div.form {
                    (picker::picker(&picker::Picker { field: Field { name: "owners", label: "Owners", ..Field::default() }, of: picker::Of::People, chosen: std::slice::from_ref(&choice), several: true, with: "", found: None }))
                    (picker::options("parent", picker::Of::Goals, "jobs", &[goal])) (picker::options("parent", picker::Of::Goals, "jbos", &[]))
                }
            },
        },
        Sample {
            name: "filters",
            text: "One form: the address holds the whole view.",
            markup: html! { div.frame.spec-f { (views::views("Views", &tabs())) (filter::bar(&filters(true))) } },
        },
        Sample {
            name: "period-strip",
            text: "On every page that depends on a period. The pointer is today.",
            markup: html! {
                div.frame { (period::strip(ctx, &Strip { choices: vec![], ..strip() })) }
                div.frame { (period::strip(ctx, &Strip { name: "Annual 2026".into(), start: day("2026-01-01"), choices: vec![], ..strip() })) }
                div.frame { (period::strip(ctx, &Strip { name: "Q1 2027".into(), start: day("2027-01-01"), end: day("2027-03-31"), ..strip() })) }
            },
        },
        Sample {
            name: "menus",
            text: "A short list at a control.",
            markup: html! { div.row { (menu::more(ctx, "sample-menu", "Goal actions", &entries())) div.menu role="menu" aria-label="Goal actions, shown open" { (menu::entries(ctx, &entries())) } } },
        },
        Sample {
            name: "palette",
            text: "Goals, people, teams and actions in one list.",
            markup: html! { div.pal { div.pal-l { (palette::results("backlog", &hits())) } } },
        },
    ]
}

fn lists(ctx: &Ctx) -> Vec<Sample> {
    vec![
        Sample {
            name: "tree-grid",
            text: "Open, selected, stale, not started, two parents, achieved, postponed; the last row loads more.",
            markup: html! { div.frame { (tree::grid(ctx, &grid())) } (summary::foot(ctx, &counts(), false)) },
        },
        Sample {
            name: "tree-grid-groups",
            text: "In groups, with what the last check-in said.",
            markup: html! { div.frame { (tree::grid(ctx, &grouped())) } },
        },
        Sample {
            name: "goal-list",
            text: "Short lists in panels.",
            markup: html! { div.frame.gl-f { (goal_list::list(ctx, &briefs(), true)) } },
        },
        Sample {
            name: "distribution",
            text: "One band for each status.",
            markup: html! { div.kpi { (summary::distribution(&counts())) } },
        },
        Sample {
            name: "teams-table",
            text: "Sub-teams with their figures.",
            markup: teams::table(ctx, "Sub-teams", &team_lines(), 3, None),
        },
        Sample {
            name: "loading",
            text: "The exact height of what replaces it.",
            markup: html! { div.frame { (loading::panel()) } ul { (loading::more_items("/more")) } },
        },
    ]
}

fn goals(ctx: &Ctx) -> Vec<Sample> {
    let part = |name: &str, share, status: Status| Part { name: name.into(), share, status: status.into() };
    vec![
        Sample {
            name: "history",
            text: "What was reached, what was expected, today; the finding in words and as a table.",
            markup: html! {
                (chart::history(ctx, &history())) (chart::history(ctx, &History { points: vec![], expected: vec![], expected_now: None, target: None, ..history() }))
            },
        },
        Sample {
            name: "alignment",
            text: "Read upwards. Dashed: additional alignments, which count in full.",
            markup: alignment::ladder(ctx, &ladder()),
        },
        Sample {
            name: "contributions",
            text: "Weights total 100%; what each adds is the goal's progress.",
            markup: html! {
                (children::table(ctx, &parts()))
                (donut::donut("Weights", "3", "goals", &[part("Backlog", 50.0, Status::Behind), part("Travel", 30.0, Status::AtRisk), part("Rounds", 20.0, Status::OnTrack)]))
                (donut::donut("One weight", "1", "goal", &[part("Backlog", 100.0, Status::Behind)]))
            },
        },
        Sample {
            name: "activity",
            text: "What happened, one line each.",
            markup: activity::list(ctx, &activities(), Some("/goals/2/activity?after=1")),
        },
        Sample {
            name: "breadcrumbs",
            text: "The way up.",
            markup: crumbs::crumbs(&[
                ("Calderfield".into(), "/organisation".into()),
                ("Field Operations".into(), "/teams/60".into()),
            ]),
        },
    ]
}

fn messages(ctx: &Ctx) -> Vec<Sample> {
    let undo = Action { label: "Undo".into(), href: "/goals/2/restoration".into(), csrf: ctx.csrf.clone() };
    vec![
        Sample {
            name: "toasts",
            text: "For what just happened, with Undo where it can be undone.",
            markup: html! { div.stack { (feedback::toast(Tone::Good, "Deleted Cut jobs waiting.", Some(&undo))) (feedback::toast(Tone::Failure, "Not saved. The server did not answer.", None)) (feedback::toast_swap(Tone::Info, "Checked in. Two parents moved.", None)) } },
        },
        Sample {
            name: "notes",
            text: "For what stays, at the place it matters.",
            markup: html! { div.stack { @for tone in [Tone::Info, Tone::Good, Tone::Warning, Tone::Failure] { (feedback::note(tone, &html! { b { "Ruth Adeyemi changed this goal two minutes ago." } " Your target of 90 and hers of 100 differ." })) } (feedback::pencil("Preview, not saved yet", &html! { p.sm { "46.3% → 56.3%" } })) } },
        },
        Sample {
            name: "empty-states",
            text: "Say what is missing and offer the next step.",
            markup: html! { (explorer::first_goal(ctx, "Q1 2027", true, true)) (empty::empty(Art::Lens, "No goals match", "No goal passes all the filters.", &html! { a.btn href="/explorer" { "Clear filters" } })) },
        },
        Sample {
            name: "failures",
            text: "What to do next.",
            markup: html! { @for each in [Failure::NotFound, Failure::Forbidden, Failure::BadRequest, Failure::TooMany, Failure::TooLarge, Failure::Internal] { (failure::message(each, None, None)) } },
        },
        Sample {
            name: "confirmation",
            text: "Before something is lost.",
            markup: html! { div.frame { (confirm::dialog(ctx, &Confirm { title: "Delete “Cut jobs waiting”?".into(), text: "Its 2 children stay and lose this parent. You can restore it for 30 days.".into(), verb: "Delete goal".into(), href: "/goals/2/deletion".into(), back: "/goals/2".into(), extra: Some(form::checkbox("children", "Delete its 2 children too", None, false)) })) } },
        },
    ]
}
