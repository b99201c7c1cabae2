//! The tables of text files and workbooks: which sheet is meant, and its rows.

use super::archive::Archive;
use super::failure::ReadError;
use super::recognise::{Content, Recognised, Source, Table, by_headers};
use crate::tables::workbook::Workbook;
use crate::tables::{Row, text};

/// Rows at the top of a sheet among which the header is looked for.
const TOP: u64 = 20;

/// What an office document is, by the headers of its sheets.
pub(super) fn recognise(file: &str, bytes: &[u8], zip: &Archive<'_>) -> Result<Content, ReadError> {
    let has = |part: &str| zip.index_for_name(part).is_some();
    if has("ppt/presentation.xml") {
        return Err(ReadError::new(
            file,
            "presentations cannot be imported: export JSON, CSV or XLSX instead",
        ));
    }
    if !has("xl/workbook.xml") {
        return Err(ReadError::new(file, "an office document, but no workbook (XLSX)"));
    }
    let mut workbook = Workbook::open(file, bytes)?;
    for sheet in workbook.sheets() {
        let mut found = None;
        workbook.each_row(&sheet, &mut |row| {
            found = by_headers(&row.texts(), Table::Workbook);
            Ok(found.is_none() && row.number < TOP)
        })?;
        if let Some(content) = found {
            return Ok(content);
        }
    }
    Err(ReadError::new(file, "no sheet has the header row of an export (Title, Owner, Period, …)"))
}

/// Gives the rows of a table to `each`, from its header on. Of a workbook all sheets whose header is `wanted`.
pub(super) fn rows(
    file: &Recognised<'_>,
    table: Table,
    wanted: fn(&[String]) -> bool,
    each: &mut dyn FnMut(Row) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let delimiter = match (table, file.source) {
        (Table::Text(delimiter), _) => delimiter,
        (Table::Workbook, Source::Bytes(bytes)) => return workbook_rows(&file.name, bytes, wanted, each),
        (Table::Workbook, Source::Entry(..)) => {
            return Err(ReadError::new(
                &file.name,
                "a workbook inside an archive is not read: unpack it first",
            ));
        }
    };
    file.source.read(&file.name, |from| text::each_row(&file.name, from, delimiter, each))
}

fn workbook_rows(
    name: &str,
    bytes: &[u8],
    wanted: fn(&[String]) -> bool,
    each: &mut dyn FnMut(Row) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut workbook = Workbook::open(name, bytes)?;
    let mut header: Option<Vec<String>> = None;
    for sheet in workbook.sheets() {
        let mut begun = false;
        workbook.each_row(&sheet, &mut |row| {
            if !begun {
                let texts = row.texts();
                if !wanted(&texts) {
                    return Ok(row.number < TOP);
                }
                begun = true;
                match &header {
                    Some(first) if *first == texts => return Ok(true),
                    Some(_) => {
                        let reason = format!(
                            "the sheet {sheet} has other headers than the one before it: import one at a time"
                        );
                        return Err(ReadError::at(name, row.number, reason));
                    }
                    None => header = Some(texts),
                }
            }
            each(row).map(|()| true)
        })?;
    }
    Ok(())
}
