//! All rows of all views together, and with the JSON files of the same organisation where those are there too.

use std::collections::{HashMap, HashSet};

use northing_core::goal::ProgressMode;
use northing_core::metric::MetricKind;
use northing_core::text::fold;

use super::super::ReadError;
use super::super::identity::identity;
use super::super::values;
use super::Rows;
use super::check_in_cell::{self, CheckInCell};
use super::names::Names;
use super::row::Draft;
use crate::import_model::{
    Amount, CheckIn, Effect, FieldNote, Goal, ImportSet, LeftOut, PersonRef, Place, Record, Reference,
};

/// Adds the rows of views to a set. `people` are names that are known besides.
///
/// # Errors
/// Views and JSON files that are of different organisations.
pub(in crate::viva_goals) fn join(
    set: &mut ImportSet,
    rows: Rows,
    people: &[String],
) -> Result<(), ReadError> {
    let Rows { mut drafts, left_out } = rows;
    set.left_out.extend(left_out);
    same_organisation(set, &drafts)?;
    settle_owners(set, &mut drafts, people);
    settle_ids(set, &mut drafts);
    let from_json = set.goals.len();
    let with_check_ins: HashSet<String> =
        set.check_ins.iter().filter_map(|it| it.value.goal.id.clone()).collect();
    let mut at: HashMap<String, usize> = HashMap::new();
    for (position, record) in set.goals.iter().enumerate() {
        at.extend(record.source_id.clone().map(|id| (id, position)));
    }
    let mut seen = HashSet::new();
    for draft in drafts {
        let Draft { mut record, check_ins, last_note, has_check_in_column, .. } = draft;
        let id = record.source_id.clone().unwrap_or_default();
        let check_ins = check_ins_of(
            &mut record,
            &check_ins,
            last_note,
            has_check_in_column,
            with_check_ins.contains(&id),
        );
        for check_in in check_ins {
            // A check-in that two views hold is one.
            if seen.insert(serde_json::to_string(&check_in.value).unwrap_or_default()) {
                set.check_ins.push(check_in);
            }
        }
        match at.get(&id).copied().and_then(|position| Some((position, set.goals.get_mut(position)?))) {
            Some((position, known)) => {
                let same_file = known.place.file == record.place.file;
                let reason = match (same_file, position < from_json) {
                    (true, _) => format!("the goal {id} stands twice in this file; the first row counts"),
                    (false, true) => "the JSON export holds this goal".to_owned(),
                    (false, false) => "another file holds this goal too".to_owned(),
                };
                let place = record.place;
                let title = record.value.title.clone();
                if !same_file {
                    fill(&mut known.value, record.value);
                }
                set.left_out.push(LeftOut { place, title, reason });
            }
            None => {
                at.insert(id, set.goals.len());
                set.goals.push(record);
            }
        }
    }
    settle_progress(set, from_json);
    Ok(())
}

/// Views and JSON files belong together when a goal that the views name stands in the JSON files.
fn same_organisation(set: &ImportSet, drafts: &[Draft]) -> Result<(), ReadError> {
    let listed: HashSet<&str> = set.goals.iter().filter_map(|it| it.source_id.as_deref()).collect();
    let named = || {
        let rows = drafts.iter().filter_map(|draft| draft.record.source_id.as_deref());
        rows.chain(
            drafts.iter().flat_map(|draft| &draft.record.value.parents).filter_map(|it| it.id.as_deref()),
        )
    };
    let strangers = !listed.is_empty() && named().next().is_some() && !named().any(|id| listed.contains(id));
    if !strangers {
        return Ok(());
    }
    let name = |place: Option<Place>| {
        let at = place.and_then(|place| usize::try_from(place.file).ok());
        at.and_then(|at| set.files.get(at)).cloned().unwrap_or_default()
    };
    let table = name(drafts.first().map(|it| it.record.place));
    let json = name(set.goals.first().map(|it| it.place));
    Err(ReadError::new(
        table,
        format!("shares no goal with {json}: these two files are of different organisations"),
    ))
}

fn settle_owners(set: &ImportSet, drafts: &mut [Draft], people: &[String]) {
    let mut names = Names::default();
    for name in people.iter().chain(set.people.iter().map(|person| &person.value.name)) {
        names.add(name);
    }
    for draft in &*drafts {
        let creator = draft.record.value.creator.as_ref().and_then(|it| it.name.as_deref());
        let users = draft.check_ins.iter().filter_map(|it| it.user.as_deref());
        let alone = draft.owners.as_deref().filter(|cell| !cell.contains(','));
        creator.into_iter().chain(users).chain(alone).for_each(|name| names.add(name));
    }
    for draft in drafts {
        let (found, known) = names.split(draft.owners.as_deref().unwrap_or_default());
        if !known && found.len() > 1 {
            let reason =
                "names are joined by commas; one that holds a comma itself is told apart only where it \
                          also stands alone"
                    .to_owned();
            let note = FieldNote { field: "Owner".to_owned(), effect: Effect::Kept, reason };
            draft.record.notes.push(note);
        }
        let emails = std::mem::take(&mut draft.owner_emails);
        let paired = emails.len() == found.len();
        draft.record.value.owners = if emails.is_empty() || paired {
            let mut emails = emails.into_iter();
            found
                .into_iter()
                .map(|name| PersonRef { id: None, name: Some(name), email: emails.next() })
                .collect()
        } else {
            emails.into_iter().map(|email| PersonRef { email: Some(email), ..PersonRef::default() }).collect()
        };
    }
}

/// Gives every row an identity: its own, that by which other rows name it, or one made of what it says.
fn settle_ids(set: &ImportSet, drafts: &mut [Draft]) {
    let mut by_title: HashMap<String, HashSet<String>> = HashMap::new();
    let mut note = |title: Option<&String>, id: Option<&String>| {
        if let (Some(title), Some(id)) = (title, id) {
            by_title.entry(fold(title)).or_default().insert(id.clone());
        }
    };
    for record in set.goals.iter().chain(drafts.iter().map(|draft| &draft.record)) {
        note(Some(&record.value.title), record.source_id.as_ref());
        for parent in &record.value.parents {
            note(parent.title.as_ref(), parent.id.as_ref());
        }
    }
    let mut rows: HashMap<(String, u32), u32> = HashMap::new();
    for draft in drafts.iter().filter(|draft| draft.record.source_id.is_none()) {
        let count = rows.entry((fold(&draft.record.value.title), draft.record.place.file)).or_default();
        *count = count.saturating_add(1);
    }
    for draft in drafts.iter_mut().filter(|draft| draft.record.source_id.is_none()) {
        let title = fold(&draft.record.value.title);
        let alone = rows.get(&(title.clone(), draft.record.place.file)) == Some(&1);
        let known = by_title.get(&title).filter(|ids| ids.len() == 1 && alone);
        let (id, reason) = match known.and_then(|ids| ids.iter().next()) {
            Some(id) => (id.clone(), "found by the title: other rows name the goal with its Id"),
            None => (
                identity(&draft.record.value, ""),
                "none in the file: the goal is known by title, owner and period",
            ),
        };
        draft.record.source_id = Some(id);
        let note = FieldNote { field: "Id".to_owned(), effect: Effect::Changed, reason: reason.to_owned() };
        draft.record.notes.push(note);
    }
}

fn check_ins_of(
    record: &mut Record<Goal>,
    cells: &[CheckInCell],
    last_note: Option<String>,
    has_column: bool,
    known: bool,
) -> Vec<Record<CheckIn>> {
    let mut say = |field: &str, effect, reason: &str| {
        let reason = reason.to_owned();
        record.notes.push(FieldNote { field: field.to_owned(), effect, reason });
    };
    if known {
        if !cells.is_empty() || last_note.is_some() {
            say("Checkins", Effect::Dropped, "the JSON export holds them, and not rounded");
        }
        return Vec::new();
    }
    let goal = Reference { id: record.source_id.clone(), name: Some(record.value.title.clone()) };
    let add = |value: CheckIn, notes: Vec<FieldNote>| Record {
        place: record.place,
        source_id: None,
        value,
        extra: serde_json::Map::new(),
        notes,
    };
    if !has_column {
        let Some(day) = record.value.last_check_in else { return Vec::new() };
        let check_in = CheckIn {
            goal,
            effective: Some(day),
            recorded_at: None,
            author: None,
            note: last_note,
            note_html: None,
            metric_name: record.value.measure.name.clone(),
            status: record.value.status,
            value: record.value.current,
            own: None,
        };
        let made = FieldNote {
            field: "Last Check-in".to_owned(),
            effect: Effect::Changed,
            reason: "the only check-in that the file tells of; who entered it is not said".to_owned(),
        };
        return vec![add(check_in, vec![made])];
    }
    if last_note.is_some() && cells.is_empty() {
        say("Last Check-in Note", Effect::Dropped, "the row holds no check-in to which it belongs");
    }
    let last = cells.iter().enumerate().max_by_key(|(at, it)| (it.date, it.entered, *at)).map(|(at, _)| at);
    let mut found = Vec::new();
    for (at, cell) in cells.iter().enumerate() {
        let current = record.value.current.filter(|_| Some(at) == last);
        found.push(check_in(cell, goal.clone(), current, &add));
    }
    found
}

fn check_in(
    cell: &CheckInCell,
    goal: Reference,
    current: Option<Amount>,
    add: &dyn Fn(CheckIn, Vec<FieldNote>) -> Record<CheckIn>,
) -> Record<CheckIn> {
    let mut notes = Vec::new();
    let mut say = |field: &str, effect, reason: String| {
        notes.push(FieldNote { field: field.to_owned(), effect, reason });
    };
    let status = cell.status.as_deref().and_then(|word| {
        let status = values::status(word);
        if status.is_none() {
            say("Status", Effect::Dropped, format!("unknown status {word}"));
        }
        status
    });
    let value = cell.value.as_deref().and_then(|text| match check_in_cell::value(text) {
        Some((shown, off)) => match current.filter(|it| (it.value - shown.value).abs() <= off * 1.01) {
            Some(exact) if shown.approximate => {
                say(
                    "Current Value",
                    Effect::Changed,
                    format!("{text} is rounded: the goal's own value instead"),
                );
                Some(exact)
            }
            _ => {
                if shown.approximate {
                    say("Current Value", Effect::Kept, format!("{text} is rounded for display"));
                }
                Some(shown)
            }
        },
        None => {
            say(
                "Current Value",
                Effect::Dropped,
                format!("not understood: {}", text.chars().take(60).collect::<String>()),
            );
            None
        }
    });
    let author = cell.user.clone().map(|name| PersonRef { name: Some(name), ..PersonRef::default() });
    let check_in = CheckIn {
        goal,
        effective: cell.date,
        recorded_at: cell.entered,
        author,
        note: cell.note.clone(),
        note_html: None,
        metric_name: cell.metric_name.clone(),
        status,
        value,
        own: None,
    };
    add(check_in, notes)
}

/// Fields of a goal that one file lacks and another has.
fn fill(known: &mut Goal, other: Goal) {
    macro_rules! options {
        ($($field:ident),+) => { $( if known.$field.is_none() { known.$field = other.$field; } )+ };
    }
    macro_rules! lists {
        ($($field:ident),+) => { $( if known.$field.is_empty() { known.$field = other.$field; } )+ };
    }
    options!(
        type_name,
        kind,
        creator,
        delegate,
        period,
        start,
        end,
        description,
        progress_mode,
        status,
        score,
        committed,
        created_at,
        last_check_in
    );
    lists!(owners, check_in_owners, teams, parents, tags);
    if known.current.is_none() {
        (known.measure, known.current, known.progress) = (other.measure, other.current, other.progress);
    }
}

/// A view does not say where progress comes from: goals in per cent with children that count roll up.
fn settle_progress(set: &mut ImportSet, from_json: usize) {
    let mut above = HashSet::new();
    for parent in set.goals.iter().flat_map(|record| &record.value.parents) {
        if parent.weight != Some(0.0) {
            above.extend(parent.id.clone());
        }
    }
    for record in set.goals.iter_mut().skip(from_json) {
        let goal = &mut record.value;
        let counted = record.source_id.as_ref().is_some_and(|id| above.contains(id));
        if goal.progress_mode.is_none() && goal.measure.kind == MetricKind::Percent && counted {
            goal.progress_mode = Some(ProgressMode::Rollup);
            let reason =
                "the file does not say where progress comes from; taken from the goals below".to_owned();
            record.notes.push(FieldNote { field: "Progress %".to_owned(), effect: Effect::Changed, reason });
        }
    }
}
