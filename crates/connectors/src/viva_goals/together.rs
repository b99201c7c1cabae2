//! Refuses sets of which part belongs to another export.

use super::failure::ReadError;
use super::recognise::{Content, Entity, Recognised};

pub(super) fn check(found: &[Recognised<'_>]) -> Result<(), ReadError> {
    let Some(first) = found.first() else { return Err(ReadError::new("", "no file to import")) };
    let mut seen: Vec<(Entity, &str)> = Vec::new();
    let mut organisation: Option<(&str, &str)> = None;
    for file in found {
        if let Content::Json(entity) = file.content {
            if let Some((_, other)) = seen.iter().find(|(e, _)| *e == entity) {
                return Err(ReadError::new(
                    &file.name,
                    format!("lists the same as {other}: these are parts of two exports"),
                ));
            }
            seen.push((entity, &file.name));
        }
        match (organisation, organisation_of(&file.name)) {
            (Some((one, other)), Some(this)) if one != this => {
                return Err(ReadError::new(
                    &file.name,
                    format!(
                        "its name says organisation {this}, that of {other} says {one}: these two files are of different organisations"
                    ),
                ));
            }
            (None, Some(this)) => organisation = Some((this, &file.name)),
            _ => {}
        }
    }
    if found.len() > 1 && found.iter().any(|file| matches!(file.content, Content::Template(_))) {
        return Err(ReadError::new(
            &first.name,
            "import a template by itself: its references mean something in one file alone",
        ));
    }
    let northing = found.iter().any(|file| file.content == Content::Northing);
    if northing && found.iter().any(|file| matches!(file.content, Content::View(_))) {
        return Err(ReadError::new(
            &first.name,
            "an export of Northing is complete: import it without tables beside it",
        ));
    }
    Ok(())
}

/// The organisation's number that Viva Goals puts into the names of its files; nothing where a name is other.
pub(super) fn organisation_of(name: &str) -> Option<&str> {
    let name = name.rsplit(['/', '\\']).next()?;
    let rest = match name.strip_prefix("VivaGoals_") {
        Some(rest) => rest,
        None => name.split_once("_export_file_")?.1,
    };
    let number = rest.split('_').next()?;
    // Viva Goals numbers them; Northing's own identifiers are longer.
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let is_own = number.len() == 36 && number.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    (is_number || is_own).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::organisation_of;

    #[test]
    fn names_tell_the_organisation() {
        assert_eq!(
            organisation_of("a.zip/objectives_export_file_70731_29_Organization_70731_2025.json"),
            Some("70731")
        );
        assert_eq!(organisation_of("VivaGoals_70731_all_2025_12_12_1.csv"), Some("70731"));
        assert_eq!(organisation_of("goals.csv"), None);
    }
}
