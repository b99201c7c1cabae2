//! Format A: a view of Explorer as CSV or XLSX (integrations §4.2 A). Rows are read one by one; names, identities and
//! parents are settled when all of them are there.

mod aligned_to;
mod cells;
mod check_in_cell;
mod columns;
mod join;
mod measure;
mod names;
mod row;

use crate::import_model::{LeftOut, Place};
use crate::tables::Row;

pub(super) use columns::is_view;
pub(super) use join::join;
use row::Draft;

/// What all views of a set hold.
#[derive(Debug, Default)]
pub(super) struct Rows {
    drafts: Vec<Draft>,
    left_out: Vec<LeftOut>,
}

/// Takes the rows of one table; the first that is not blank is the header.
pub(super) struct View<'a> {
    number: u32,
    columns: Option<columns::Columns>,
    rows: &'a mut Rows,
}

impl<'a> View<'a> {
    pub(super) const fn new(number: u32, rows: &'a mut Rows) -> Self {
        Self { number, columns: None, rows }
    }

    /// Takes the next row. One without a title is no goal and left out.
    pub(super) fn row(&mut self, row: Row) {
        if row.is_blank() {
            return;
        }
        let Some(columns) = &self.columns else {
            self.columns = Some(columns::Columns::of(&row.texts()));
            return;
        };
        let place = Place { file: self.number, row: row.number };
        match row::read(place, row, columns) {
            Some(draft) => self.rows.drafts.push(draft),
            None => {
                let reason = "the cell Title is empty".to_owned();
                self.rows.left_out.push(LeftOut { place, title: String::new(), reason });
            }
        }
    }
}
