//! A set of recognised files as one [`ImportSet`].

use std::collections::HashSet;
use std::io::Read;

use serde_json::{Map, Value};

use crate::import_model::{ImportSet, OwnOrganization, Place, Record, SCHEMA_VERSION};
use crate::northing::{MOST_BYTES, Template, is_template};

use super::elements;
use super::entities;
use super::explorer::{self, Rows, View};
use super::failure::ReadError;
use super::fields::Fields;
use super::goals;
use super::recognise::{Content, Entity, Recognised};
use super::sheets;
use super::together::organisation_of;

/// Reads recognised files, record by record.
///
/// # Errors
/// The first record that cannot be read, with file, record and reason; an identifier that two records of an entity share.
pub fn read(files: &[Recognised<'_>]) -> Result<ImportSet, ReadError> {
    read_knowing(files, &[])
}

/// As [`read`]; `people` are names of the organisation, by which owners joined by commas are told apart.
///
/// # Errors
/// Those of [`read`].
pub fn read_knowing(files: &[Recognised<'_>], people: &[String]) -> Result<ImportSet, ReadError> {
    let mut set = ImportSet {
        files: files.iter().map(|f| f.name.clone()).collect(),
        organisation: files.iter().find_map(|file| organisation_of(&file.name)).map(str::to_owned),
        sparse: files.iter().all(|file| matches!(file.content, Content::View(_) | Content::Template(_))),
        ..ImportSet::default()
    };
    let (mut ids, mut rows) = (HashSet::new(), Rows::default());
    let mut has_views = false;
    for (number, file) in files.iter().enumerate() {
        let number = u32::try_from(number).map_err(|_| ReadError::new(&file.name, "too many files"))?;
        let mut add = |entity, row, map| {
            record(&mut set, &mut ids, entity, &file.name, Place { file: number, row }, map)
        };
        match file.content {
            Content::Json(entity) => file.source.read(&file.name, |from| {
                elements::of_array(&file.name, from, &mut |row, map| add(entity, row, map))
            })?,
            Content::Northing => {
                let own = file.source.read(&file.name, |from| own_organization(&file.name, from))?;
                set.organisation = Some(own.id.clone());
                set.own_organization = Some(own);
            }
            Content::Template(table) => {
                file.source.at_most(&file.name, MOST_BYTES)?;
                let mut template = Template::new(&file.name, number);
                sheets::rows(file, table, is_template, &mut |row| template.row(row))?;
                template.finish(&mut set);
            }
            Content::View(table) => {
                let mut view = View::new(number, &mut rows);
                sheets::rows(file, table, explorer::is_view, &mut |row| {
                    view.row(row);
                    Ok(())
                })?;
                has_views = true;
            }
        }
    }
    if has_views {
        explorer::join(&mut set, rows, people)?;
    }
    Ok(set)
}

/// The head of Northing's own export.
fn own_organization(file: &str, from: &mut dyn Read) -> Result<OwnOrganization, ReadError> {
    let head: Map<String, Value> = elements::object(file, from)?;
    if let Some(field) = elements::nul_in(&head) {
        return Err(ReadError::new(file, format!("{field} holds a NUL character: the file is damaged")));
    }
    let version = head.get("schema_version").and_then(Value::as_u64);
    if version != Some(u64::from(SCHEMA_VERSION)) {
        let reason = "the export was written by another version of Northing, which this one does not know";
        return Err(ReadError::new(file, reason));
    }
    serde_json::from_value(Value::Object(head))
        .map_err(|e| ReadError::new(file, format!("not what Northing says of an organisation: {e}")))
}

fn record(
    set: &mut ImportSet,
    ids: &mut HashSet<(Entity, String)>,
    entity: Entity,
    file: &str,
    place: Place,
    map: Map<String, Value>,
) -> Result<(), ReadError> {
    let mut fields = Fields::new(map);
    let id = fields.text("ID");
    if let Some(id) = &id
        && !ids.insert((entity, id.clone()))
    {
        return Err(ReadError::at(
            file,
            place.row,
            format!("the identifier {id} stands twice: these are parts of two exports"),
        ));
    }
    let failed = |reason: String| ReadError::at(file, place.row, reason);
    match entity {
        Entity::People => {
            push(&mut set.people, place, id, entities::person(&mut fields).map_err(failed)?, fields)
        }
        Entity::Teams => {
            push(&mut set.teams, place, id, entities::team(&mut fields).map_err(failed)?, fields)
        }
        Entity::Periods => {
            push(&mut set.periods, place, id, entities::period(&mut fields).map_err(failed)?, fields)
        }
        Entity::Tags => push(&mut set.tags, place, id, entities::tag(&mut fields).map_err(failed)?, fields),
        Entity::Goals => push(&mut set.goals, place, id, goals::goal(&mut fields).map_err(failed)?, fields),
        Entity::CheckIns => {
            push(&mut set.check_ins, place, id, entities::check_in(&mut fields).map_err(failed)?, fields)
        }
        Entity::Points => {
            let point = serde_json::from_value(Value::Object(fields.finish().0));
            set.points.push(point.map_err(|e| failed(format!("no point of a graph: {e}")))?);
        }
        Entity::Comments => {
            push(&mut set.comments, place, id, entities::comment(&mut fields).map_err(failed)?, fields)
        }
    }
    Ok(())
}

fn push<T>(records: &mut Vec<Record<T>>, place: Place, source_id: Option<String>, value: T, fields: Fields) {
    let (extra, notes) = fields.finish();
    records.push(Record { place, source_id, value, extra, notes });
}
