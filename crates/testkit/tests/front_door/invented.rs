//! Small organisations of all kinds, as Northing's own export would tell them.

use std::collections::HashSet;

use northing_connectors::import_model::{
    Amount, Audience, CheckIn, Comment, Goal, ImportSet, Measure, OwnAccess, OwnCheckIn, OwnComment, OwnGoal,
    OwnOrganization, OwnParent, OwnPeriod, OwnPerson, OwnTask, OwnTeam, ParentRef, Period, Person, PersonRef,
    Place, Record, Reference, SCHEMA_VERSION, Tag, Team,
};
use northing_core::goal::{GoalKind, Level, ProgressMode, Visibility};
use northing_core::metric::{Metric, MetricKind};
use northing_core::people::{JoinPolicy, MemberStatus, Role, TeamStatus};
use northing_core::period::PeriodKind;
use northing_core::phases::Phase;
use northing_core::settings::{CreationPolicy, Settings};
use northing_core::status::Status;
use northing_core::values::{Day, Moment};
use proptest::prelude::{Just, Strategy, any, prop};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

const FIRST: &str = "2026-01-01";
const LAST: &str = "2026-03-31";

/// So many organisations, always the same.
pub(crate) fn organisations(count: usize) -> Vec<ImportSet> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| organisation().new_tree(&mut runner).unwrap().current()).collect()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn record<T>(id: impl Into<String>, value: T) -> Record<T> {
    let extra = serde_json::Map::new();
    Record { place: Place { file: 0, row: 1 }, source_id: Some(id.into()), value, extra, notes: Vec::new() }
}

fn person(at: usize) -> PersonRef {
    PersonRef { id: Some(format!("u{at}")), ..PersonRef::default() }
}

/// Text with what breaks formats: quotes, commas, formulas, several lines, letters of every kind.
fn prose() -> impl Strategy<Value = String> {
    "[A-Za-z=@+\"',;(){}<>*_ äß漢🙂\n-]{0,40}[A-Za-z.]".prop_map(|text| format!("x{text}"))
}

fn maybe<S: Strategy>(of: S) -> impl Strategy<Value = Option<S::Value>> {
    prop::option::weighted(0.4, of)
}

fn moment() -> impl Strategy<Value = Moment> {
    // Between New Year and the day before the test's clock.
    (0..44_i64, 0..86_400_000_i64).prop_map(|(days, millis)| {
        day(FIRST).start_in(&jiff::tz::TimeZone::UTC).plus_millis(days * 86_400_000 + millis)
    })
}

fn metric() -> impl Strategy<Value = Metric> {
    let numbers = (
        0..1000_i32,
        1..1000_i32,
        prop::option::of(0..2000_i32),
        maybe(prose()),
        prop::option::of(1..50_i32),
    );
    (prop::sample::select(MetricKind::ALL), numbers).prop_map(|(kind, (start, span, current, name, risk))| {
        let (start, span) = (f64::from(start) / 4.0, f64::from(span) / 3.0);
        let at_zero = matches!(kind, MetricKind::Percent | MetricKind::Reach)
            || kind.is_control()
            || kind == MetricKind::Baseline;
        let start = if at_zero { 0.0 } else { start };
        let target = match kind {
            MetricKind::Percent => Some(100.0),
            MetricKind::Baseline => None,
            MetricKind::Decrease => Some(start - span),
            _ => Some(start + span),
        };
        let risk = risk.map(f64::from).zip(target);
        let risk_threshold = match kind {
            MetricKind::StayAbove => risk.map(|(risk, target)| target - risk),
            MetricKind::StayBelow => risk.map(|(risk, target)| target + risk),
            _ => None,
        };
        let fixed = matches!(kind, MetricKind::Percent);
        let name = name.filter(|_| !fixed).map(|name| name.replace('\n', " ").trim().to_owned());
        let unit = (!fixed && span > 100.0).then(|| "€".to_owned());
        Metric { kind, name, unit, start, target, risk_threshold, current: current.map(f64::from) }
    })
}

fn task() -> impl Strategy<Value = OwnTask> {
    (
        any::<bool>(),
        "[a-z]{1,12}",
        prop::option::of(0..3_usize),
        prop::option::of(1..100_u8),
        any::<bool>(),
        0..90_i32,
    )
        .prop_map(|(milestone, name, owner, weight, done, due)| OwnTask {
            kind: if milestone { "milestone" } else { "task" }.to_owned(),
            name,
            owner: owner.map(|at| format!("u{at}")),
            due_date: (due > 30).then(|| day(FIRST).plus_days(due)),
            weight: weight.filter(|_| milestone).map(f64::from),
            done,
            position: f64::from(due),
        })
}

/// Everything about a goal but its number and parents.
type Shape = (
    (GoalKind, Metric, bool, bool, bool, bool),
    (Option<String>, Option<String>, Option<String>, Vec<usize>, Option<usize>, Option<usize>),
    (bool, bool, Vec<OwnTask>, Vec<(usize, u8)>, Moment, Option<Moment>),
);

fn shape() -> impl Strategy<Value = Shape> {
    let flags = (
        prop::sample::select(GoalKind::ALL),
        metric(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    );
    let people = prop::collection::vec(0..3_usize, 0..3);
    let texts = (
        maybe(prose()),
        maybe(prose()),
        maybe(prose()),
        people,
        prop::option::of(0..3_usize),
        prop::option::of(0..3_usize),
    );
    let access = prop::collection::vec((0..3_usize, 1..8_u8), 0..3);
    let rest = (
        any::<bool>(),
        any::<bool>(),
        prop::collection::vec(task(), 0..3),
        access,
        moment(),
        maybe(moment()),
    );
    (flags, texts, rest)
}

fn goal(at: usize, (flags, texts, rest): Shape, parents: &[(usize, Option<u8>)]) -> Record<Goal> {
    let (kind, metric, rolls_up, stopped, contribute, committed) = flags;
    let (description, guidance, closing_note, owners, check_in_owner, delegate) = texts;
    let (restricted, align_restricted, tasks, access, created_at, closed_at) = rest;
    let mut seen = HashSet::new();
    let owners: Vec<usize> = owners.into_iter().filter(|it| seen.insert(*it)).collect();
    let phases = if metric.kind.is_journey() && committed {
        let middle = metric.value_at_progress(50.0).unwrap();
        vec![
            Phase { date: day("2026-02-15"), target: middle },
            Phase { date: day(LAST), target: metric.target.unwrap() },
        ]
    } else {
        Vec::new()
    };
    let closed = closed_at.is_some();
    let progress_mode = if rolls_up { ProgressMode::Rollup } else { ProgressMode::Manual };
    let progress_unclamped = metric.progress_unclamped(metric.current);
    let status = if closed { Status::Closed } else { Status::NotStarted };
    let parents: Vec<(usize, Option<u8>)> =
        parents.iter().copied().filter(|(parent, _)| *parent < at).collect();
    let own_parents = parents.iter().zip(1_u8..).map(|((parent, fixed), place)| OwnParent {
        id: format!("g{parent}"),
        fixed: fixed.map(|fixed| f64::from(fixed) / 7.0),
        position: f64::from(u32::try_from(at).unwrap()) + f64::from(place) / 8.0,
    });
    let own = OwnGoal {
        kind,
        level: if contribute { Level::Individual } else { Level::Organization },
        phases: phases.clone(),
        progress_mode,
        automatic_stopped: stopped,
        new_children_contribute: contribute,
        progress_unclamped,
        status,
        automatic_status: status,
        status_is_manual: false,
        closing_note: closing_note.filter(|_| closed),
        closed_at,
        closed_by: check_in_owner.filter(|_| closed).map(|it| format!("u{it}")),
        committed,
        scoring_guidance: guidance,
        visibility: if restricted { Visibility::Restricted } else { Visibility::Everyone },
        align_restricted,
        access: access
            .iter()
            .enumerate()
            .filter(|(place, (who, _))| !access[..*place].iter().any(|(other, _)| other == who))
            .map(|(_, (who, bits))| OwnAccess {
                person: format!("u{who}"),
                may_view: bits & 1 > 0,
                may_edit: bits & 2 > 0,
                may_align: bits & 4 > 0,
            })
            .collect(),
        position: f64::from(u32::try_from(at).unwrap()) * 1.5,
        parents: own_parents.collect(),
        tasks: if kind == GoalKind::Initiative { tasks } else { Vec::new() },
        last_source: closed.then(|| "close".to_owned()),
        created_at,
        last_check_in_at: None,
        metric: metric.clone(),
    };
    let shown = |ids: &[usize]| ids.iter().map(|at| person(*at)).collect::<Vec<_>>();
    let value = Goal {
        title: format!("Goal {at}"),
        type_name: None,
        kind: Some(kind),
        level: None,
        creator: check_in_owner.map(person),
        owners: shown(&owners),
        check_in_owners: check_in_owner.map(person).into_iter().collect(),
        delegate: delegate.map(person),
        teams: if stopped { vec![Reference { id: Some("t0".to_owned()), name: None }] } else { Vec::new() },
        period: Some(Reference { id: Some("p0".to_owned()), name: None }),
        start: Some(day(FIRST)),
        end: Some(day(LAST)),
        parents: parents
            .iter()
            .map(|(parent, _)| ParentRef { id: Some(format!("g{parent}")), title: None, weight: None })
            .collect(),
        view: if restricted { Audience::People(Vec::new()) } else { Audience::Everyone },
        align: if align_restricted { Audience::People(Vec::new()) } else { Audience::Everyone },
        description,
        tags: if contribute {
            vec![Reference { id: None, name: Some("focus, \"now\"".to_owned()) }]
        } else {
            Vec::new()
        },
        progress_mode: Some(progress_mode),
        linked_to: None,
        measure: Measure {
            kind: metric.kind,
            name: metric.name.clone(),
            unit: metric.unit.clone(),
            start: Some(metric.start),
            target: metric.target,
        },
        current: metric.current.map(Amount::exact),
        progress: progress_unclamped.map(Amount::exact),
        status: Some(status),
        phases,
        score: closed.then_some(0.7),
        committed: Some(committed),
        created_at: Some(created_at),
        last_check_in: None,
        own: Some(Box::new(own)),
    };
    record(format!("g{at}"), value)
}

fn check_in(
    number: usize,
    goal: usize,
    at: Moment,
    value: Option<i32>,
    note: Option<String>,
    manual: bool,
) -> Record<CheckIn> {
    let own = OwnCheckIn {
        at,
        recorded_at: at.plus_millis(5_000),
        source: if manual { "person" } else { "import" }.to_owned(),
        progress: value.map(f64::from),
        status_is_manual: manual,
        progress_mode: ProgressMode::Manual,
        automatic_stopped: manual,
        approximate: !manual,
        edited_at: manual.then(|| at.plus_millis(9_000)),
    };
    let value = CheckIn {
        goal: Reference { id: Some(format!("g{goal}")), name: None },
        effective: None,
        recorded_at: Some(own.recorded_at),
        author: manual.then(|| person(number % 3)),
        note,
        note_html: None,
        metric_name: None,
        status: Some(if manual { Status::AtRisk } else { Status::OnTrack }),
        value: value.map(|value| Amount { value: f64::from(value) / 8.0, approximate: !manual }),
        own: Some(Box::new(own)),
    };
    record(format!("c{number}"), value)
}

fn organisation() -> impl Strategy<Value = ImportSet> {
    (1..8_usize)
        .prop_flat_map(|goals| {
            let parents = prop::collection::vec((0..goals, prop::option::of(0..300_u16)), 0..3);
            let check_in =
                (0..goals, moment(), prop::option::of(-50..500_i32), maybe(prose()), any::<bool>());
            let comment = (0..goals, prop::option::of(0..6_usize), prose(), moment());
            (
                prop::collection::vec((shape(), parents), goals..=goals),
                prop::collection::vec(check_in, 0..6),
                prop::collection::vec(comment, 0..4),
                (Just(()), any::<bool>(), maybe(prose()), 0..30_u8),
            )
        })
        .prop_map(|(goals, check_ins, comments, (_, flag, text, gap))| {
            let mut set = ImportSet { files: vec!["invented".to_owned()], ..ImportSet::default() };
            ground(&mut set, flag, text, gap);
            for (at, (shape, parents)) in goals.into_iter().enumerate() {
                let mut seen = HashSet::new();
                let mut parents: Vec<(usize, Option<u8>)> = parents
                    .into_iter()
                    .map(|(parent, fixed)| (parent, fixed.and_then(|it| u8::try_from(it).ok())))
                    .collect();
                parents.retain(|(parent, _)| seen.insert(*parent));
                set.goals.push(goal(at, shape, &parents));
            }
            for (number, (goal, at, value, note, manual)) in check_ins.into_iter().enumerate() {
                set.check_ins.push(check_in(number, goal, at, value, note, manual));
            }
            for (number, (goal, about, text, at)) in comments.into_iter().enumerate() {
                let about = about.and_then(|about| set.check_ins.get(about));
                let goal = about.map_or_else(
                    || Reference { id: Some(format!("g{goal}")), name: None },
                    |it| it.value.goal.clone(),
                );
                let own = OwnComment {
                    check_in: about.and_then(|it| it.source_id.clone()),
                    created_at: at,
                    edited_at: Some(at),
                };
                let value = Comment {
                    goal,
                    text,
                    author: Some(person(number % 3)),
                    created_at: Some(at),
                    own: Some(own),
                };
                set.comments.push(record(format!("m{number}"), value));
            }
            set
        })
}

/// Everything but goals and what hangs on them.
fn ground(set: &mut ImportSet, flag: bool, text: Option<String>, gap: u8) {
    let settings =
        Settings { on_track_gap: f64::from(gap) / 4.0, private_goals: flag, ..Settings::default() };
    set.own_organization = Some(OwnOrganization {
        schema_version: SCHEMA_VERSION,
        id: "o0".to_owned(),
        name: "Invented".to_owned(),
        slug: "invented".to_owned(),
        mission: text.clone(),
        vision: None,
        values: vec!["Say it".to_owned()],
        north_star: text.clone(),
        join: if flag { JoinPolicy::Public } else { JoinPolicy::Restricted },
        settings,
    });
    let own = OwnPeriod { kind: PeriodKind::Custom, is_current: false };
    let period =
        Period { name: "Winter".to_owned(), start: Some(day(FIRST)), end: Some(day(LAST)), own: Some(own) };
    set.periods.push(record("p0", period));
    for (at, status) in
        [MemberStatus::Active, MemberStatus::Invited, MemberStatus::Deactivated].into_iter().enumerate()
    {
        let role = if flag { Role::Admin } else { Role::Member };
        let person = Person {
            name: format!("Person {at}"),
            email: Some(format!("person{at}@calder.test")),
            manager: (at > 0).then(|| person(at - 1)),
            teams: if at < 2 {
                vec![Reference { id: Some("t0".to_owned()), name: None }]
            } else {
                Vec::new()
            },
            role: Some(role),
            active: status != MemberStatus::Deactivated,
            own: Some(OwnPerson {
                role,
                status,
                title: flag.then(|| "Engineer".to_owned()),
                department: None,
                time_zone: (at == 1).then(|| "Europe/Oslo".to_owned()),
            }),
        };
        set.people.push(record(format!("u{at}"), person));
    }
    let people = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    for (id, name, parent) in [("t0", "Ops", None), ("t1", "Night", Some("Ops"))] {
        let own = OwnTeam {
            team_type: flag.then(|| "Squad".to_owned()),
            goal_creation: flag.then_some(CreationPolicy::Named),
            creators: if flag { people(&["u0"]) } else { Vec::new() },
            note_template: text.clone(),
            owners: Vec::new(),
            members: if id == "t0" { people(&["u1", "u0"]) } else { Vec::new() },
        };
        let team = Team {
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            owners: Vec::new(),
            status: if flag { TeamStatus::Active } else { TeamStatus::Archived },
            description: text.clone(),
            own: Some(own),
        };
        set.teams.push(record(id, team));
    }
    set.tags.push(record("x0", Tag { name: "unused".to_owned() }));
}
