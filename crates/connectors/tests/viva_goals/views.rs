//! Format A as CSV and XLSX: what the samples say, which files go together, and what a view leaves open.

use std::collections::HashMap;

use northing_connectors::import_model::{CheckIn, Goal, ImportSet, Record};
use northing_connectors::viva_goals::{Content, InputFile, Table, recognise};
use northing_core::goal::ProgressMode;
use northing_core::metric::MetricKind;

use crate::support::{brindlewick_json, import, sample};

const ALL: &str = "brindlewick/csv/VivaGoals_70731_all_objectives_2025_12_12_1765548309.csv";
const VIEW: &str = "brindlewick/csv/VivaGoals_70731_at_risk_or_behind_2025_12_12_1765548309.csv";
const WORKBOOK: &str = "brindlewick/xlsx/VivaGoals_70731_all_objectives_2025_12_12_1765548309.xlsx";

fn csv(name: &str, text: &str) -> InputFile {
    InputFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

fn by_id(set: &ImportSet) -> HashMap<&str, &Record<Goal>> {
    set.goals.iter().map(|it| (it.source_id.as_deref().unwrap(), it)).collect()
}

fn names(goal: &Goal) -> Vec<&str> {
    goal.owners.iter().filter_map(|it| it.name.as_deref()).collect()
}

fn noted<T>(record: &Record<T>, field: &str) -> bool {
    record.notes.iter().any(|note| note.field == field)
}

#[test]
fn recognised_by_content_and_not_by_name() {
    for (path, table) in [(ALL, Table::Text(b',')), (VIEW, Table::Text(b',')), (WORKBOOK, Table::Workbook)] {
        let file = InputFile { name: "something.bin".to_owned(), ..sample(path) };
        assert_eq!(recognise(&[file]).unwrap()[0].content, Content::View(table));
    }
    let tabs = csv("x", "Title\tOwner\tPeriod\nA\tB\tQ1 2025\n");
    assert_eq!(recognise(&[tabs]).unwrap()[0].content, Content::View(Table::Text(b'\t')));
}

/// What a view says of every goal is what the JSON export says, up to the rounding of `Progress %`.
fn says_the_same_as_json(set: &ImportSet) {
    let json = import(&brindlewick_json()).unwrap();
    let (view, json) = (by_id(set), by_id(&json));
    assert_eq!(view.len(), 64);
    for (id, record) in &view {
        let (a, b) = (&record.value, &json[id].value);
        assert_eq!(
            (&a.title, a.kind, a.status, a.start, a.end),
            (&b.title, b.kind, b.status, b.start, b.end)
        );
        assert_eq!((&a.description, a.committed, a.created_at), (&b.description, b.committed, b.created_at));
        assert_eq!(names(a), names(b), "{id}");
        assert_eq!(a.creator.as_ref().unwrap().name, b.creator.as_ref().unwrap().name);
        let texts = |all: &[northing_connectors::import_model::Reference]| {
            all.iter().filter_map(|it| it.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(texts(&a.tags), texts(&b.tags));
        assert_eq!(texts(&a.teams), texts(&b.teams));
        let parents = |goal: &Goal| -> Vec<_> { goal.parents.iter().map(|p| p.id.clone()).collect() };
        assert_eq!(parents(a), parents(b), "{id}");
        // From 0 up to a target is the same by either name; a view holds only the numbers.
        let from_zero = a.measure.start == Some(0.0) && a.measure.kind == MetricKind::Reach;
        assert!(a.measure.kind == b.measure.kind || from_zero, "{id} {}", a.title);
        let off = (a.current.unwrap().value - b.current.unwrap().value).abs();
        assert!(off < 0.006, "{id}: {off}");
        let children = json.values().any(|it| it.value.parents.iter().any(|p| p.id.as_deref() == Some(*id)));
        if children {
            assert_eq!(a.progress_mode, b.progress_mode, "{id} {}", a.title);
        }
        assert!(record.extra.is_empty(), "{:?}", record.extra);
    }
    assert_eq!(set.check_ins.len(), 355);
}

#[test]
fn the_csv_of_all_goals_says_what_the_json_says() {
    let set = import(&[sample(ALL)]).unwrap();
    says_the_same_as_json(&set);
    assert!(set.left_out.is_empty());
}

#[test]
fn the_workbook_says_what_the_json_says() {
    let set = import(&[sample(WORKBOOK)]).unwrap();
    says_the_same_as_json(&set);
    let csv = import(&[sample(ALL)]).unwrap();
    for (a, b) in set.goals.iter().zip(&csv.goals) {
        assert_eq!(a.value, b.value);
    }
}

#[test]
fn check_ins_keep_note_author_and_dates_and_say_where_they_are_rounded() {
    let set = import(&[sample(ALL)]).unwrap();
    let arr: Vec<&Record<CheckIn>> =
        set.check_ins.iter().filter(|it| it.value.goal.id.as_deref() == Some("2990554")).collect();
    let reviewed = arr.iter().find(|it| it.value.note.as_deref().is_some_and(|n| n.contains('\n'))).unwrap();
    assert_eq!(reviewed.value.author.as_ref().unwrap().name.as_deref(), Some("Marsh, Eleanor"));
    assert_eq!(reviewed.value.metric_name.as_deref(), Some("ARR"));
    assert_eq!(reviewed.value.recorded_at.unwrap().to_string(), "2025-03-29T14:05:56Z");
    let value = reviewed.value.value.unwrap();
    assert!(value.approximate && (value.value - 5.2e6).abs() < 1.0 && noted(reviewed, "Current Value"));
    let last = arr.iter().max_by_key(|it| it.value.effective).unwrap();
    assert_eq!(
        (last.value.value.unwrap().value, last.value.value.unwrap().approximate),
        (7_141_200.5, false)
    );
}

#[test]
fn a_view_without_ids_finds_them_by_title_or_makes_them() {
    let view = import(&[sample(VIEW)]).unwrap();
    assert_eq!(view.goals.len(), 20);
    let ids = by_id(&view);
    assert!(ids.contains_key("2990540"), "named by the goals below it");
    let own: Vec<_> = ids.keys().filter(|id| id.starts_with("row-")).collect();
    assert!(!own.is_empty() && view.goals.iter().all(|it| noted(it, "Id")));
    let again = import(&[sample(VIEW)]).unwrap();
    assert!(own.iter().all(|id| by_id(&again).contains_key(**id)), "the same in a later file");
    let arr = view.goals.iter().find(|it| it.value.title.starts_with("Annual recurring")).unwrap();
    assert_eq!(names(&arr.value), ["Priya Venkataraman", "Marsh, Eleanor"]);
    assert!(
        view.goals.iter().any(|it| it
            .value
            .parents
            .iter()
            .any(|p| !ids.contains_key(p.id.as_deref().unwrap())))
    );
}

#[test]
fn two_views_are_one_set_and_account_for_every_row() {
    let set = import(&[sample(ALL), sample(VIEW)]).unwrap();
    assert_eq!((set.goals.len(), set.left_out.len(), set.check_ins.len()), (64, 20, 355));
    assert!(set.left_out.iter().all(|it| it.reason.contains("another file") && it.place.file == 1));
}

#[test]
fn views_beside_the_json_of_the_same_organisation_add_only_what_it_lacks() {
    let mut files = brindlewick_json();
    files.push(sample(ALL));
    let set = import(&files).unwrap();
    let json = import(&brindlewick_json()).unwrap();
    assert_eq!((set.goals.len(), set.left_out.len(), set.check_ins.len()), (64, 64, 355));
    for (a, b) in set.goals.iter().zip(&json.goals) {
        assert_eq!(
            (&a.value.measure, a.value.current, &a.value.owners),
            (&b.value.measure, b.value.current, &b.value.owners)
        );
    }
    // Without the file of check-ins those of the view come along.
    let mut few: Vec<InputFile> =
        brindlewick_json().into_iter().filter(|f| !f.name.starts_with("checkins")).collect();
    few.push(sample(ALL));
    assert_eq!(import(&few).unwrap().check_ins.len(), 355);
}

#[test]
fn files_of_different_organisations_are_refused() {
    let by_name =
        import(&[sample(ALL), csv("VivaGoals_9_all_2025_1_1_1.csv", "Title,Owner,Period\nA,B,C\n")])
            .unwrap_err();
    assert!(by_name.reason.contains("different organisations"), "{by_name}");
    let mut files = brindlewick_json();
    files.push(csv("goals.csv", "Id,Title,Owner,Period\n17,A,B,Q1 2025\n"));
    let by_goals = import(&files).unwrap_err();
    assert!(by_goals.reason.contains("different organisations"), "{by_goals}");
}

#[test]
fn every_header_is_accounted_for() {
    let set = import(&[csv(
        "any.csv",
        "\u{feff}Owner;Colour;Title;Tag A;Tag B;OKR type;Type name;Team;Progress %;Title;Checkins\r\n\
         Ann;red;Grow;one, two;three;Team;Sales;;50;again;Checkin Date: 2025-01-02; kept\r\n",
    )])
    .unwrap();
    let goal = &set.goals[0];
    assert_eq!(goal.extra["Colour"], "red");
    assert_eq!(goal.extra["Title (10)"], "again");
    let tags: Vec<_> = goal.value.tags.iter().map(|it| it.name.clone().unwrap()).collect();
    assert_eq!(tags, ["one, two", "three"]);
    assert_eq!(goal.value.teams[0].name.as_deref(), Some("Sales"));
    assert_eq!(goal.value.current.unwrap().value, 50.0);
    assert_eq!(set.check_ins.len(), 1, "the date is there: a semicolon ends the cell");
    assert!(goal.extra.contains_key("Checkins, column 12"), "{:?}", goal.extra);
}

#[test]
fn raw_values_are_told_from_percentages() {
    let head = "Id,Title,Owner,Period,Metric Name,Unit,Start,Target,Progress %,Actual Progress,Status\n";
    let of = |row: &str| import(&[csv("x.csv", &format!("{head}{row}\n"))]).unwrap().goals.remove(0);
    let value = |record: &Record<Goal>| record.value.current.unwrap().value;
    let both = of("1,T,O,Q1 2025,Sites,,0,12,66.67,8,Behind");
    assert_eq!((value(&both), both.value.progress.unwrap().value), (8.0, 66.67));
    let swapped = of("1,T,O,Q1 2025,Sites,,0,12,8,66.67,Behind");
    assert_eq!(value(&swapped), 8.0);
    assert!(noted(&swapped, "Progress %"));
    assert_eq!(value(&of("1,T,O,Q1 2025,Sites,,0,12,8,8,Behind")), 8.0);
    let odd = of("1,T,O,Q1 2025,Sites,,0,12,12.5,8,Behind");
    assert!(value(&odd) == 8.0 && noted(&odd, "Progress %"));
    let thousands = of("1,T,O,Q1 2025,ARR,$,\"4,200,000\",\"7,500,000\",50,\"5,850,000\",Behind");
    assert_eq!(value(&thousands), 5_850_000.0);
    let rounded = of("1,T,O,Q1 2025,ARR,$,0,7.5 M,50,3.8 M,Behind");
    assert!(rounded.value.current.unwrap().approximate && noted(&rounded, "Target"));
    let kind = |row: &str| of(row).value.measure.kind;
    assert_eq!(kind("1,T,O,Q1 2025,Old tickets,,,25,0,31,At Risk"), MetricKind::StayBelow);
    assert_eq!(kind("1,T,O,Q1 2025,Uptime,%,,99.5,99.9,99.9,On Track"), MetricKind::StayAbove);
    assert_eq!(kind("1,T,O,Q1 2025,Returns,%,,2.5,2.1,2.1,On Track"), MetricKind::StayBelow);
    let alone =
        import(&[csv("x.csv", "Title,Period,Target,Metric Name,Progress %\nT,Q1,200,Sites,25\n")]).unwrap();
    assert_eq!((value(&alone.goals[0]), alone.goals[0].value.current.unwrap().approximate), (50.0, true));
}

#[test]
fn a_last_check_in_alone_becomes_the_one_check_in() {
    let set = import(&[csv(
        "x.csv",
        "Id,Title,Period,Last Check-in,Last Check-in Note,Progress %,Status\n5,T,Q1 2025,2025-02-03,All; well,40,On Track\n",
    )])
    .unwrap();
    let only = &set.check_ins[0];
    assert_eq!((only.value.note.as_deref(), only.value.value.unwrap().value), (Some("All; well"), 40.0));
    assert!(noted(only, "Last Check-in"));
}

#[test]
fn goals_with_children_that_count_roll_up() {
    let set = import(&[csv(
        "x.csv",
        "Id,Title,Period,Progress %,\"Aligned To (weight, Objective ID)\"\n1,Up,Q1,50,\n2,Down,Q1,50,\"Up(weight: 100%, Id: 1)\"\n3,Aside,Q1,1,\n4,No,Q1,1,\"Aside(weight: 0%, Id: 3)\"\n",
    )])
    .unwrap();
    let modes: Vec<_> = set.goals.iter().map(|it| it.value.progress_mode).collect();
    assert_eq!(modes, [Some(ProgressMode::Rollup), None, None, None]);
}
