//! Format B and its ZIP: the counts of the samples, and what damaged and hostile files meet.

use northing_connectors::import_model::{Audience, ImportSet};
use northing_connectors::viva_goals::InputFile;
use northing_core::metric::MetricKind;
use northing_core::status::Status;
use std::io::Write;

use crate::support::{brindlewick_json, import, sample};

fn counts(set: &ImportSet) -> [usize; 8] {
    let alignments = set.goals.iter().map(|g| g.value.parents.len()).sum();
    [
        set.people.len(),
        set.teams.len(),
        set.periods.len(),
        set.tags.len(),
        set.goals.len(),
        alignments,
        set.check_ins.len(),
        set.comments.len(),
    ]
}

#[test]
fn brindlewick_has_the_stated_counts() {
    let set = import(&brindlewick_json()).unwrap();
    assert_eq!(counts(&set), [25, 8, 6, 6, 64, 62, 355, 30]);
    let of = |word: &str| set.goals.iter().filter(|g| g.value.type_name.as_deref() == Some(word)).count();
    assert_eq!((of("Objective"), of("Key result"), of("Project")), (19, 40, 5));
    assert!(set.goals.iter().all(|g| g.value.kind.is_some() && g.extra.is_empty()));
    assert_eq!(set.goals.iter().filter(|g| g.value.parents.len() > 1).count(), 3);
    assert_eq!(set.goals.iter().filter(|g| g.value.measure.kind != MetricKind::Percent).count(), 34);
    assert_eq!(set.goals.iter().filter(|g| !g.value.phases.is_empty()).count(), 3);
    assert_eq!(set.goals.iter().filter(|g| g.value.view != Audience::Everyone).count(), 3);
    assert_eq!(set.goals.iter().filter(|g| g.value.delegate.is_some()).count(), 1);
    let status = |s| set.goals.iter().filter(|g| g.value.status == Some(s)).count();
    let all = [
        Status::Closed,
        Status::Behind,
        Status::OnTrack,
        Status::AtRisk,
        Status::Postponed,
        Status::NotStarted,
    ]
    .map(status);
    assert_eq!(all, [31, 13, 10, 7, 2, 1]);
    assert_eq!(set.goals.iter().filter(|g| g.value.linked_to.is_some()).count(), 3);
}

#[test]
fn the_archive_reads_like_its_files() {
    let mut zipped = import(&[sample("brindlewick/brindlewick_goals_export.zip")]).unwrap();
    let loose = import(&brindlewick_json()).unwrap();
    assert_eq!(counts(&zipped), counts(&loose));
    for (a, b) in zipped.goals.iter_mut().zip(&loose.goals) {
        a.place = b.place;
        assert_eq!(a, b);
    }
}

#[test]
fn the_large_company_has_the_stated_counts() {
    let set = import(&[sample("large_2000_goals.zip")]).unwrap();
    assert_eq!(counts(&set), [333, 55, 10, 12, 2000, 2178, 6097, 975]);
    let goals = || set.goals.iter().map(|g| &g.value);
    assert_eq!(goals().filter(|g| g.type_name.as_deref() == Some("Deliverable")).count(), 256);
    assert_eq!(goals().filter(|g| g.parents.len() > 1).count(), 196);
    assert_eq!(goals().filter(|g| !g.phases.is_empty()).count(), 108);
    assert_eq!(goals().filter(|g| g.view != Audience::Everyone).count(), 57);
    assert_eq!(goals().filter(|g| g.delegate.is_some()).count(), 73);
    let first = &set.check_ins[0];
    let entered = first.value.recorded_at.unwrap();
    assert!(entered.millis() % 86_400_000 != 0, "the only time of day is the time of entry");
    assert_eq!(first.notes.iter().filter(|n| n.field == "CheckIn Date").count(), 1);
}

#[test]
fn a_metric_goal_keeps_its_raw_value() {
    let set = import(&brindlewick_json()).unwrap();
    let arr = set.goals.iter().find(|g| g.value.title.starts_with("Annual recurring")).unwrap();
    assert_eq!(arr.value.current.unwrap().value, 7_141_200.5);
    assert_eq!(arr.value.progress, None);
    assert_eq!(arr.value.measure.unit.as_deref(), Some("$"));
    assert_eq!(arr.value.parents[0].weight, Some(40.0));
}

#[test]
fn a_file_cut_off_names_itself_and_the_record() {
    let mut files = brindlewick_json();
    let goals = files.iter_mut().find(|f| f.name.starts_with("objectives")).unwrap();
    goals.bytes.truncate(60_000);
    let error = import(&files).unwrap_err();
    assert!(
        error.file.starts_with("objectives") && error.row > Some(1) && error.reason.contains("cut off"),
        "{error}"
    );
}

#[test]
fn two_exports_at_once_are_refused() {
    let mut files = brindlewick_json();
    files.push(sample("large_2000_goals.zip"));
    assert!(import(&files).unwrap_err().reason.contains("two exports"));
}

fn zip_of(entries: &[(&str, &[u8])]) -> InputFile {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    InputFile { name: "set.zip".to_owned(), bytes: zip.finish().unwrap().into_inner() }
}

#[test]
fn hostile_archives_are_refused() {
    let bomb = vec![b' '; 40 * 1024 * 1024];
    let inner = zip_of(&[("Tags_x.json", b"[]")]);
    let many: Vec<String> = (0..300).map(|n| format!("Tags_{n}.json")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|n| (n.as_str(), &b"[]"[..])).collect();
    let refused = |file: InputFile, word: &str| {
        let error = import(&[file]).unwrap_err();
        assert!(error.reason.contains(word), "{error}");
    };
    refused(zip_of(&[("Tags_x.json", &bomb)]), "times its size");
    refused(zip_of(&[("inner.zip", &inner.bytes)]), "inside an archive");
    refused(zip_of(&[("../Tags_x.json", b"[]")]), "leads out");
    refused(zip_of(&many), "entries");
    let mut cut = sample("brindlewick/brindlewick_goals_export.zip");
    cut.bytes.truncate(9_000);
    refused(cut, "damaged");
}

#[test]
fn odd_shapes_are_kept_with_a_reason() {
    let goal = br#"[{"ID":"7","Title":"T","Type":"Kpi thing","Outcome":{"Outcome Type":"Metric","Start":"1,000","Target":"25,000","Target Type":"Odd"},
        "Progress":"12,500.5","Delegated To":{},"Owner":null,"Teams":null,"Alignment":[{"ID":3,"Title":"P","Weight":"14.3%"}],"Parent IDs":[3,4],
        "Start Date":"2025-12-31","End Date":"2025-01-01","Score":7,"Future Field":{"a":1},"Status":"Sleeping"}]"#;
    let set = import(&[InputFile { name: "anything.json".to_owned(), bytes: goal.to_vec() }]).unwrap();
    let record = &set.goals[0];
    assert_eq!(record.value.current.unwrap().value, 12_500.5);
    assert_eq!((record.value.measure.kind, record.value.measure.start), (MetricKind::Increase, Some(1000.0)));
    assert_eq!(record.value.parents.iter().map(|p| p.weight).collect::<Vec<_>>(), [Some(14.3), None]);
    assert!(record.value.start < record.value.end && record.value.delegate.is_none());
    assert!(record.extra.contains_key("Future Field"));
    for field in ["Score", "Status", "End Date", "Type", "Progress"] {
        assert!(record.notes.iter().any(|n| n.field == field), "{field}");
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400), head in 0..4_usize) {
        let mut all = [&b""[..], b"[{\"OKR ID\":1,\"Comment\":", b"PK\x03\x04", b"{\"schema_version\":1,\"tags\":["][head].to_vec();
        all.extend(bytes);
        let _outcome = import(&[InputFile { name: "x".to_owned(), bytes: all }]);
    }
}
