//! What is exported, imported into an empty organisation and exported again is the same, apart from identifiers
//! (integrations §4.3): the sample, the demonstration, and organisations of all kinds.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use anyhow::{Context, Result};
use northing_app::export::ExportFormat;
use northing_app::import::{Outcome, source_of};
use northing_app::setup::NewOrganization;
use northing_app::{Actor, Via};
use northing_connectors::import_model::ImportSet;
use northing_connectors::viva_goals::{InputFile, read, recognise};
use northing_core::values::Id;
use northing_store::Store;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::{Map, Value, json};

use crate::invented;
use crate::support::{sample, whole_export};

/// The files of an export by the words that their names begin with.
fn files(zip: &InputFile) -> Result<BTreeMap<String, Value>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&zip.bytes))?;
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at)?;
        let name = entry.name()?.split('_').next().unwrap_or_default().to_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text)?;
        files.insert(name, serde_json::from_str(&text)?);
    }
    Ok(files)
}

/// Puts names in place of identifiers, so that two exports of the same things are the same text.
struct Names(HashMap<String, String>);

impl Names {
    fn of(files: &BTreeMap<String, Value>) -> Self {
        let mut names = HashMap::new();
        let keys = [
            ("TimePeriods", "Time Period Name"),
            ("Users", "Email"),
            ("Teams", "Team Name"),
            ("Tags", "Tag Name"),
            ("objectives", "Title"),
        ];
        for (file, key) in keys {
            for it in files[file].as_array().into_iter().flatten() {
                let name = format!("{file} {}", it[key].as_str().unwrap_or_default());
                names.insert(it["ID"].as_str().unwrap_or_default().to_owned(), name);
            }
        }
        let mut it = Self(names);
        for (file, says) in [("checkins", "Check In Note"), ("comments", "Comment")] {
            for record in files[file].as_array().into_iter().flatten() {
                let said = it.put(&json!([record["OKR ID"], record[says], record["Northing"]]));
                it.0.insert(record["ID"].as_str().unwrap_or_default().to_owned(), format!("{file} {said}"));
            }
        }
        it
    }

    fn put(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.0.get(text).unwrap_or(text).clone()),
            Value::Array(items) => items.iter().map(|item| self.put(item)).collect(),
            Value::Object(map) => {
                map.iter().map(|(key, value)| (key.clone(), self.put(value))).collect::<Map<_, _>>().into()
            }
            other => other.clone(),
        }
    }
}

/// The records of an export, named and in an order of their own.
fn canonical(zip: &InputFile) -> Result<BTreeMap<String, Vec<String>>> {
    let files = files(zip)?;
    let names = Names::of(&files);
    let mut all = BTreeMap::new();
    for (file, value) in &files {
        let mut named = names.put(value);
        if let Some(head) = named.as_object_mut() {
            head.remove("id");
            head.remove("name");
            head.remove("slug");
        }
        let mut lines: Vec<String> = match named {
            Value::Array(mut records) => {
                records.iter_mut().for_each(unordered);
                records.iter().map(ToString::to_string).collect()
            }
            other => vec![other.to_string()],
        };
        lines.sort();
        all.insert(file.clone(), lines);
    }
    Ok(all)
}

/// Lists that have no order of their own.
fn unordered(record: &mut Value) {
    for (of, list) in [
        ("", "Teams"),
        ("", "Tags"),
        ("Northing", "access"),
        ("Northing", "creators"),
        ("Permissions", "View"),
        ("Permissions", "Align"),
    ] {
        let place = if of.is_empty() { Some(&mut *record) } else { record.get_mut(of) };
        // The teams of a goal have an order; those of a person do not.
        if let Some(Value::Array(items)) = place.and_then(|it| it.get_mut(list)) {
            items.sort_by_key(ToString::to_string);
        }
    }
}

/// The first records that differ.
fn differences(a: &BTreeMap<String, Vec<String>>, b: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut found = Vec::new();
    for (file, lines) in a {
        let other = &b[file];
        let only = |these: &[String], those: &[String], sign: &str| -> Vec<String> {
            these
                .iter()
                .filter(|line| !those.contains(line))
                .take(2)
                .map(|line| format!("{sign} {file} {line}"))
                .collect()
        };
        found.extend(only(lines, other, "-"));
        found.extend(only(other, lines, "+"));
        if lines.len() != other.len() {
            found.push(format!("{file}: {} and {}", lines.len(), other.len()));
        }
    }
    found
}

async fn another(app: &App, number: usize) -> Result<Actor> {
    let new = NewOrganization { name: format!("Copy {number}"), ..NewOrganization::default() };
    let org = app.northing.create_organization(&app.owner.actor, new).await?;
    let actor = app.northing.operator(&app.owner.email, Some(&org.id.to_string())).await?;
    Ok(Actor { via: Via::CommandLine, ..actor })
}

/// Fills one organisation, exports it, fills another with that, exports it, and compares. Gives the first export.
async fn there_and_back(app: &App, number: usize, source: &str, set: ImportSet) -> Result<ImportSet> {
    let first = another(app, number).await?;
    let filled = app.northing.import_set(&first, source, set, false).await?;
    let failed: Vec<_> = filled
        .lines
        .iter()
        .filter(|line| line.outcome == Outcome::Failed)
        .map(|line| format!("{line:?}"))
        .collect();
    assert_eq!(failed, Vec::<String>::new());
    let one = whole_export(&app.northing, &first, ExportFormat::Json).await?;
    let second = another(app, number + 1).await?;
    let files = [one.clone()];
    let set = read(&recognise(&files)?)?;
    let source = source_of(&set);
    assert!(source.starts_with("northing:"), "{source}");
    let report = app.northing.import_set(&second, &source, set.clone(), false).await?;
    let failed: Vec<_> = report
        .lines
        .iter()
        .filter(|line| line.outcome == Outcome::Failed)
        .map(|line| format!("{line:?}"))
        .collect();
    assert_eq!(failed, Vec::<String>::new());
    let two = whole_export(&app.northing, &second, ExportFormat::Json).await?;
    let found = differences(&canonical(&one)?, &canonical(&two)?);
    assert!(found.is_empty(), "{}", found.join("\n"));
    // The same file again changes nothing.
    let again = app.northing.import_set(&second, &source, set.clone(), false).await?;
    let made = again.total(Outcome::Created) + again.total(Outcome::Updated);
    assert_eq!(made, 0, "{:?}", again.counts);
    Ok(set)
}

/// Goals whose stored progress is not what a recomputation gives.
async fn wrong(store: &Store, org: Id, app: &App) -> Result<Vec<Id>> {
    let day = app.northing.now().day_in(&jiff::tz::TimeZone::UTC);
    northing_testkit::tree::wrong(&mut store.read().await?, org, day).await
}

both_engines! {
    async fn the_sample_comes_back_as_it_was(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let set = there_and_back(&app, 1, "vivagoals:70731", sample("brindlewick/json")?).await?;
        assert_eq!((set.goals.len(), set.check_ins.len(), set.comments.len()), (64, 355, 30));
        Ok(())
    }

    async fn the_demonstration_comes_back_as_it_was(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let today = app.northing.now().day_in(&jiff::tz::TimeZone::UTC);
        there_and_back(&app, 1, "demo", northing_app::demo::calderfield(today)).await?;
        Ok(())
    }

    async fn any_organisation_comes_back_as_it_was(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        for (number, invented) in (0..).step_by(2).zip(invented::organisations(40)) {
            let given: BTreeMap<String, Value> = invented.goals.iter().map(own_part).collect::<Result<_>>()?;
            let set = there_and_back(&app, number, "invented", invented).await?;
            // What was given at first is what came out: neither way loses it.
            for record in &set.goals {
                let (title, found) = own_part(record)?;
                assert_eq!(Some(&found), given.get(&title), "{title}");
            }
        }
        let copy = app.northing.operator(&app.owner.email, Some("copy-1")).await?;
        assert_eq!(wrong(&store, copy.org_id, &app).await?, Vec::<Id>::new());
        Ok(())
    }
}

/// A goal's fields that nothing recomputes, without identifiers.
fn own_part(
    record: &northing_connectors::import_model::Record<northing_connectors::import_model::Goal>,
) -> Result<(String, Value)> {
    let own = record.value.own.as_deref().context("its own part")?;
    let mut tasks: Vec<_> = own
        .tasks
        .iter()
        .map(|it| (&it.kind, &it.name, it.due_date, it.weight, it.done, it.position))
        .collect();
    tasks.sort_by(|a, b| a.5.total_cmp(&b.5).then_with(|| a.1.cmp(b.1)));
    let mut shares: Vec<String> =
        own.parents.iter().map(|it| format!("{:?} {}", it.fixed, it.position)).collect();
    shares.sort();
    let access: usize = own.access.iter().filter(|it| it.may_edit).count();
    let mut metric = own.metric.clone();
    metric.current = None;
    Ok((
        record.value.title.clone(),
        json!({
            "kind": own.kind, "level": own.level, "metric": metric, "phases": own.phases, "mode": own.progress_mode,
            "stopped": own.automatic_stopped, "contribute": own.new_children_contribute, "closing": own.closing_note,
            "guidance": own.scoring_guidance, "committed": own.committed, "visibility": own.visibility, "align": own.align_restricted,
            "tasks": tasks, "shares": shares, "editors": access, "position": own.position, "description": record.value.description,
            "created": own.created_at,
        }),
    ))
}
