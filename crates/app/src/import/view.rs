//! Imports to look at: one with its figures, the list of all, and what became of every record.

use northing_connectors::import_model::{FieldNote, Place};
use northing_core::permission::{Action, Thing};
use northing_core::values::{Id, Moment};
use northing_store::imports::{self, Import, LineFilter, LineRow, State};
use northing_store::organizations;

use super::draft::{Draft, FileSummary};
use super::mapping::Mapping;
use super::progress::Phase;
use super::report::Line;
use super::summary::Summary;
use crate::{Actor, Error, Northing, Page, PageRequest, Result, Scope};

/// Days for which what became of the records of an import is kept, and it can be undone.
pub const DETAILS_DAYS: i64 = 28;

/// An import with everything about it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportView {
    /// Itself.
    pub import: Import,
    /// Its files with what was recognised in them.
    pub files: Vec<FileSummary>,
    /// What somebody should look at.
    pub draft: Draft,
    /// What somebody decided.
    pub mapping: Mapping,
    /// What became of its records, or would.
    pub summary: Option<Summary>,
    /// While it runs: what it is busy with, records done, and how many there are.
    pub progress: Option<(Phase, u64, u64)>,
    /// It can be undone still.
    pub undoable: bool,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct LineView {
    /// Its number within the import.
    pub number: i64,
    /// `person`, `team`, `period`, `tag`, `goal`, `check_in` or `comment`.
    pub entity: String,
    /// The file it stood in.
    pub file: String,
    /// Record or row within it.
    pub row: u64,
    /// Its name or first words.
    pub title: String,
    /// `created`, `updated`, `unchanged`, `skipped` or `failed`.
    pub outcome: String,
    /// The record here.
    pub subject: Option<Id>,
    /// What became of its fields, where they were not simply kept.
    pub notes: Vec<FieldNote>,
}

impl Northing {
    /// The empty workbook that goals are entered into for an import (integrations §4.1).
    ///
    /// # Errors
    /// [`Error::Forbidden`] for those who may not import; where it cannot be written.
    pub async fn import_template(&self, actor: &Actor) -> Result<Vec<u8>> {
        self.may_import(actor).await?;
        Ok(northing_connectors::northing::template()?)
    }

    /// Whether somebody may import: owners and admins.
    pub(super) async fn may_import(&self, actor: &Actor) -> Result<()> {
        actor.need(Scope::Admin)?;
        let mut rx = self.store.read_once().await?;
        let org =
            organizations::by_id(&mut rx, actor.org_id).await?.ok_or(Error::NotFound("organisation"))?;
        actor.require(Action::OrganizationImport, Thing::Organization, &org.settings)
    }

    /// An import with everything about it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everyone but owners and admins; [`Error::NotFound`].
    pub async fn import(&self, actor: &Actor, id: Id) -> Result<ImportView> {
        self.may_import(actor).await?;
        let mut rx = self.store.read_once().await?;
        let import = imports::by_id(&mut rx, actor.org_id, id).await?.ok_or(Error::NotFound("import"))?;
        self.import_view(import)
    }

    fn import_view(&self, import: Import) -> Result<ImportView> {
        let files = read(&import.files)?;
        let draft = import.draft.as_deref().map(read).transpose()?.unwrap_or_default();
        let mapping = read(&import.mapping)?;
        let summary = import.summary.as_deref().map(read).transpose()?;
        let running = matches!(import.state, State::Checking | State::Running);
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        let progress = running.then(|| match self.imports.get(import.id) {
            Some(progress) => {
                let (done, total) = progress.count();
                (progress.phase(), done, total)
            }
            None => (Phase::Reading, count(import.done), count(import.total)),
        });
        let fresh = import.finished_at.is_some_and(|at| at > self.details_from());
        let undoable = import.state == State::Finished && fresh;
        Ok(ImportView { import, files, draft, mapping, summary, progress, undoable })
    }

    /// Details from before this moment are gone.
    pub(super) fn details_from(&self) -> Moment {
        self.now().plus_millis(-DETAILS_DAYS * 24 * 3_600_000)
    }

    /// The imports of the organisation, the newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everyone but owners and admins; a cursor that is none.
    pub async fn imports(&self, actor: &Actor, part: &PageRequest) -> Result<Page<ImportView>> {
        self.may_import(actor).await?;
        let before = part.cursor.as_deref().map(cursor).transpose()?;
        let mut rx = self.store.read_once().await?;
        let limit = usize::from(part.limit);
        let mut rows = imports::list(&mut rx, actor.org_id, before, i64::from(part.limit) + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().map(|it| format!("{}.{}", it.created_at.millis(), it.id));
        let items = rows.into_iter().map(|row| self.import_view(row)).collect::<Result<Vec<_>>>()?;
        Ok(Page { items, next: last.filter(|_| more) })
    }

    /// What became of the records of an import, in their order.
    ///
    /// # Errors
    /// As [`Self::import`]; a cursor that is none.
    pub async fn import_lines(
        &self,
        actor: &Actor,
        id: Id,
        filter: &LineFilter,
        part: &PageRequest,
    ) -> Result<Page<LineView>> {
        let view = self.import(actor, id).await?;
        let after = match part.cursor.as_deref() {
            None => 0,
            Some(text) => text.parse().map_err(|_| bad_cursor())?,
        };
        let mut rx = self.store.read_once().await?;
        let limit = usize::from(part.limit);
        let mut rows = imports::lines(&mut rx, id, filter, after, i64::from(part.limit) + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().map(|row| row.line.to_string());
        let items = rows.into_iter().map(|row| line(row, &view.files)).collect::<Result<Vec<_>>>()?;
        Ok(Page { items, next: last.filter(|_| more) })
    }
}

impl Northing {
    /// The lines of an import's report from after a number on, at most so many, each with its number.
    ///
    /// # Errors
    /// As [`Self::import`].
    pub async fn import_report(
        &self,
        actor: &Actor,
        id: Id,
        after: i64,
        limit: u16,
    ) -> Result<Vec<(i64, Line)>> {
        let view = self.import(actor, id).await?;
        let mut rx = self.store.read_once().await?;
        let rows = imports::lines(&mut rx, id, &LineFilter::default(), after, i64::from(limit)).await?;
        rows.into_iter().map(|row| Ok((row.line, Line::read(row, &view.files)?))).collect()
    }
}

fn line(row: LineRow, files: &[FileSummary]) -> Result<LineView> {
    let place: Place = read(&row.place)?;
    let file = usize::try_from(place.file).ok().and_then(|at| files.get(at));
    Ok(LineView {
        number: row.line,
        entity: row.entity,
        file: file.map(|file| file.name.clone()).unwrap_or_default(),
        row: place.row,
        title: row.title,
        outcome: row.outcome,
        subject: row.subject,
        notes: read(&row.fields)?,
    })
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Internal(error.to_string()))
}

fn cursor(text: &str) -> Result<(Moment, Id)> {
    let parts = text.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    let (at, id) = parts.ok_or_else(bad_cursor)?;
    Ok((Moment::from_millis(at), id))
}

fn bad_cursor() -> Error {
    northing_core::errors::FieldError::new("cursor", "invalid", "is none of ours").into()
}
