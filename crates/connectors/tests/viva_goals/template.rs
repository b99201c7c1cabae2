//! Northing's own import template: empty, filled in by people, and filled in wrongly.

use northing_connectors::import_model::{Audience, ImportSet};
use northing_connectors::northing::template;
use northing_connectors::viva_goals::{Content, InputFile, Table, recognise};
use northing_core::goal::{GoalKind, Level};
use northing_core::metric::MetricKind;

use crate::support::import;

fn csv(text: &str) -> InputFile {
    InputFile { name: "goals.csv".to_owned(), bytes: text.as_bytes().to_vec() }
}

/// A template with the required columns and some more; each row is the text after its reference and kind.
fn rows(more: &str, rows: &[&str]) -> ImportSet {
    let head = format!("OKR Reference,Object type,Title,Owner,Type,Time period{more}\n");
    import(&[csv(&(head + &rows.join("\n")))]).unwrap()
}

#[test]
fn the_empty_template_is_recognised_and_holds_nothing() {
    let file = InputFile { name: "any.name".to_owned(), bytes: template().unwrap() };
    let files = [file];
    assert_eq!(recognise(&files).unwrap()[0].content, Content::Template(Table::Workbook));
    let set = import(&files).unwrap();
    assert!(set.goals.is_empty() && set.left_out.is_empty() && set.sparse);
}

#[test]
fn headers_are_found_whatever_their_spelling() {
    let set =
        import(&[csv("okr_reference;OBJECT-TYPE;title;Owner e-mail;Owner;Level;period;Parent;Colour\n\
         O1;Objective;Grow;x;ann@a.test; Team;Q1 2026;;red\n")]);
    // "Owner e-mail" is the owner's column as well: the second one is kept beside.
    let set = set.unwrap();
    let goal = &set.goals[0];
    assert_eq!(goal.extra["Colour"], "red");
    assert_eq!(goal.value.owners[0].name.as_deref(), Some("x"));
    assert_eq!(goal.extra["Owner"], "ann@a.test");
}

#[test]
fn a_filled_in_row_says_everything() {
    let set = rows(
        ",Team,Parent OKR,Weight %,Metric name,Metric type,Unit,Target type,Start,Target,Current,Goal type,Tags,Visibility,Start date",
        &[
            "O1,Objective,Grow,ann@a.test; Bo,Organization,Q1 2026,,,,,,,,,,,committed,,,",
            "K1,Key result,Sites,bo@a.test,Team,Q1 2026,Ops; Night,O1,40,Sites,number,sites,increase to,2,\"1,200\",30,aspirational,a; b,restricted,2026-01-05",
            "I1,Initiative,Build,bo@a.test,Individual,Q1 2026,,O1;K1,,,boolean,,,,,yes,,,,",
        ],
    );
    assert_eq!((set.goals.len(), set.organisation.as_deref()), (3, Some("template")));
    let [up, kr, initiative] = &set.goals[..] else { panic!("three goals") };
    assert_eq!(
        (up.value.kind, up.value.level, up.value.committed),
        (Some(GoalKind::Objective), Some(Level::Organization), Some(true))
    );
    assert_eq!(up.value.owners[0].email.as_deref(), Some("ann@a.test"));
    assert_eq!(up.value.owners[1].name.as_deref(), Some("Bo"));
    assert_eq!(up.value.measure.kind, MetricKind::Percent);
    assert!(up.value.parents.is_empty());
    let measure = &kr.value.measure;
    assert_eq!(
        (measure.kind, measure.start, measure.target),
        (MetricKind::Increase, Some(2.0), Some(1200.0))
    );
    assert_eq!(kr.value.current.unwrap().value, 30.0);
    assert_eq!(
        (kr.value.parents[0].id.clone(), kr.value.parents[0].weight),
        (up.source_id.clone(), Some(40.0))
    );
    assert_eq!((kr.value.teams.len(), kr.value.tags.len()), (2, 2));
    assert_eq!(kr.value.view, Audience::People(Vec::new()));
    assert_eq!(kr.value.start.unwrap().to_string(), "2026-01-05");
    assert_eq!((initiative.value.level, initiative.value.parents.len()), (Some(Level::Individual), 2));
    assert_eq!((initiative.value.measure.target, initiative.value.current.unwrap().value), (Some(1.0), 1.0));
}

#[test]
fn a_goal_is_the_same_in_a_later_file_whatever_its_reference() {
    let id = |reference: &str, title: &str| {
        let row = format!("{reference},Objective,{title},ann@a.test,Organization,Q1 2026");
        rows("", &[&row]).goals.remove(0).source_id
    };
    assert_eq!(id("O1", "Grow"), id("X9", "grow"));
    assert_ne!(id("O1", "Grow"), id("O1", "Shrink"));
}

#[test]
fn what_is_wrong_is_named_by_row_and_column() {
    let set = rows(
        ",Parent OKR,Status,Start date",
        &[
            ",Objective,No owner,,Organization,Q1 2026,,,",
            "O1,Objective,Grow,ann@a.test,Organization,Q1 2026,Elsewhere,Sleeping,5/6/26",
            "O1,Thing,Other,ann@a.test,Planet,Q1 2026,O1,,",
            "O2,Objective,Grow,ann@a.test,Organization,Q1 2026,,,",
        ],
    );
    let left: Vec<_> = set.left_out.iter().map(|it| (it.place.row, it.reason.as_str())).collect();
    assert!(left.contains(&(2, "Owner must be filled in")), "{left:?}");
    assert!(left.iter().any(|(row, why)| *row == 5 && why.contains("twice")), "{left:?}");
    let noted = |at: usize, field: &str| set.goals[at].notes.iter().any(|note| note.field == field);
    assert!(noted(0, "Status") && noted(0, "Start date"));
    assert!(noted(1, "Object type") && noted(1, "Type") && noted(1, "OKR Reference"));
    assert_eq!(set.goals[0].value.parents[0].title.as_deref(), Some("Elsewhere"));
    assert_eq!(set.goals[1].value.parents[0].id, set.goals[0].source_id);
}

#[test]
fn a_template_without_a_required_column_or_too_long_is_refused() {
    let missing = import(&[csv("OKR Reference,Title,Owner,Type\nO1,A,B,Team\n")]).unwrap_err();
    assert!(missing.reason.contains("Object type, Time period"), "{missing}");
    let row = "O,Objective,T,a@a.test,Organization,Q1\n".repeat(10_001);
    let long = import(&[csv(&format!("OKR Reference,Object type,Title,Owner,Type,Time period\n{row}"))])
        .unwrap_err();
    assert!(long.reason.contains("10000 rows") && long.row == Some(10_002), "{long}");
    let big = format!(
        "OKR Reference,Object type,Title,Owner,Type,Time period\nO,Objective,{},a,Team,Q1\n",
        "x".repeat(21 * 1024 * 1024)
    );
    assert!(import(&[csv(&big)]).unwrap_err().reason.contains("20 MB"));
    let two =
        [csv("OKR Reference,Object type,Title,Owner,Type,Time period\n"), csv("Title,Owner,Period\nA,B,C\n")];
    assert!(import(&two).unwrap_err().reason.contains("by itself"));
}
