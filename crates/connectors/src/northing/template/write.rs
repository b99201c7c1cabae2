//! The empty template as a workbook.

use rust_xlsxwriter::{DataValidation, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::columns::HEADINGS;
use super::{MOST_ROWS, SHEET};
use crate::northing::WriteError;

/// Writes the empty template: what it is, what each column means, and a sheet to fill in.
///
/// # Errors
/// Where it cannot be written.
pub fn template() -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    read_me(book.add_worksheet())?;
    fields(book.add_worksheet())?;
    goals(book.add_worksheet())?;
    Ok(book.save_to_buffer()?)
}

fn read_me(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("Read me")?;
    sheet.set_column_width(0, 110)?;
    let title = Format::new().set_bold().set_font_size(14);
    sheet.write_string_with_format(0, 0, "Import goals into Northing", &title)?;
    let most = format!("At most {MOST_ROWS} rows and 20 MB; the file must not be protected by a password.");
    let lines = [
        "Fill in the sheet “Goals”: one row for each objective, key result and initiative. The sheet “Fields” says what each column means.",
        "Columns may be moved and those that you do not need removed; the ones in bold must be there.",
        "To put a goal under another, write the OKR Reference of the upper one into the Parent OKR of the lower one.",
        "People, teams and time periods must exist in Northing before the import.",
        "Import the same file again after a correction: a row with the same title, owner, type and time period is the same goal.",
        most.as_str(),
    ];
    for (line, row) in lines.iter().zip(2_u32..) {
        sheet.write_string(row, 0, *line)?;
    }
    Ok(())
}

fn fields(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("Fields")?;
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (width, column) in [(20, 0_u16), (10, 1), (70, 2), (60, 3)] {
        sheet.set_column_width(column, width)?;
    }
    for (header, column) in ["Column", "Required", "Meaning", "One of"].iter().zip(0_u16..) {
        sheet.write_string_with_format(0, column, *header, &bold)?;
    }
    for (it, row) in HEADINGS.iter().zip(1_u32..) {
        sheet.write_string_with_format(row, 0, it.name, &wrapped)?;
        sheet.write_string_with_format(row, 1, if it.required { "yes" } else { "" }, &wrapped)?;
        sheet.write_string_with_format(row, 2, it.help, &wrapped)?;
        sheet.write_string_with_format(row, 3, it.choices.join(", "), &wrapped)?;
    }
    Ok(())
}

fn goals(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(SHEET)?;
    sheet.set_freeze_panes(1, 0)?;
    let (bold, plain) = (Format::new().set_bold(), Format::new());
    for (it, column) in HEADINGS.iter().zip(0_u16..) {
        sheet.write_string_with_format(0, column, it.name, if it.required { &bold } else { &plain })?;
        sheet.set_column_width(column, 16)?;
        if !it.choices.is_empty() {
            let choice = DataValidation::new().allow_list_strings(it.choices)?;
            sheet.add_data_validation(1, column, MOST_ROWS, column, &choice)?;
        }
    }
    // The sheet to fill in is the one that opens.
    sheet.set_active(true);
    Ok(())
}
