//! The imports themselves: their state, the uploaded files while they are needed, and what became of every record.

use northing_core::named_values;
use northing_core::values::{Id, Moment};

use crate::{Bind, Bulk, Failure, Row, Rx, Tx, sql};

named_values! {
    /// How far an import is.
    State {
        /// Its files are coming in.
        Uploading = "uploading",
        /// Its files were recognised; names may have to be matched.
        Uploaded = "uploaded",
        /// It is being tried.
        Checking = "checking",
        /// It was tried; nothing was kept.
        Checked = "checked",
        /// It is being done.
        Running = "running",
        /// It is done.
        Finished = "finished",
        /// It could not be done; nothing was kept.
        Failed = "failed",
        /// It was given up; nothing was kept.
        Cancelled = "cancelled",
        /// It was done and taken back.
        Undone = "undone",
    }
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its identifier.
    pub id: Id,
    /// The organisation.
    pub org_id: Id,
    /// Who began it.
    pub created_by: Option<Id>,
    /// Their name, where they are a member still; read only.
    pub created_by_name: Option<String>,
    /// The door it came through.
    pub via: String,
    /// How far it is.
    pub state: State,
    /// It is only to be tried.
    pub dry_run: bool,
    /// What begins its external identifiers.
    pub source: Option<String>,
    /// Its files and what was recognised in them, as JSON.
    pub files: String,
    /// What somebody has to look at before it is done, as JSON.
    pub draft: Option<String>,
    /// What somebody decided, as JSON.
    pub mapping: String,
    /// How many steps it has.
    pub total: i64,
    /// How many of them are done.
    pub done: i64,
    /// What became of its records, counted, as JSON.
    pub summary: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// Its lines say what it has made so far; if it ends early, all that has to be taken back. Written by [`set_half_made`].
    pub half_made: bool,
    /// Grows with every change.
    pub version: i64,
    /// When it was begun.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// When it ended.
    pub finished_at: Option<Moment>,
}

const ALL: &str = "SELECT i.*, m.name AS created_by_name FROM imports i \
    LEFT JOIN members m ON m.org_id = i.org_id AND m.user_id = i.created_by";
const SELECT: &str = "SELECT i.*, m.name AS created_by_name FROM imports i \
    LEFT JOIN members m ON m.org_id = i.org_id AND m.user_id = i.created_by WHERE i.org_id = $1";

fn read(row: &Row) -> Result<Import, Failure> {
    Ok(Import {
        id: row.id("id")?,
        org_id: row.id("org_id")?,
        created_by: row.opt_id("created_by")?,
        created_by_name: row.opt_text("created_by_name")?,
        via: row.text("via")?,
        state: row.parsed("state")?,
        dry_run: row.flag("dry_run")?,
        source: row.opt_text("source")?,
        files: row.text("files")?,
        draft: row.opt_text("draft")?,
        mapping: row.text("mapping")?,
        total: row.int("total")?,
        done: row.int("done")?,
        summary: row.opt_text("summary")?,
        error: row.opt_text("error")?,
        half_made: row.flag("half_made")?,
        version: row.int("version")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
        finished_at: row.opt_moment("finished_at")?,
    })
}

/// Keeps a new import.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn insert(tx: &mut Tx, it: &Import) -> Result<(), Failure> {
    sql("INSERT INTO imports (id, org_id, created_by, via, state, dry_run, source, files, draft, mapping, total, done, summary, \
         error, version, created_at, updated_at, finished_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)")
    .bind(it.id)
    .bind(it.org_id)
    .bind(it.created_by)
    .bind(&it.via)
    .bind(it.state.name())
    .bind(it.dry_run)
    .bind(it.source.as_deref())
    .bind(&it.files)
    .bind(it.draft.as_deref())
    .bind(&it.mapping)
    .bind(it.total)
    .bind(it.done)
    .bind(it.summary.as_deref())
    .bind(it.error.as_deref())
    .bind(it.version)
    .bind(it.created_at)
    .bind(it.updated_at)
    .bind(it.finished_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// An import of an organisation.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn by_id(rx: &mut Rx, org: Id, id: Id) -> Result<Option<Import>, Failure> {
    let query = crate::Sql::built(format!("{SELECT} AND i.id = $2"));
    query.bind(org).bind(id).fetch_optional(rx).await?.as_ref().map(read).transpose()
}

/// The same, held until the transaction ends.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn lock(tx: &mut Tx, org: Id, id: Id) -> Result<Option<Import>, Failure> {
    let held = sql("SELECT id FROM imports WHERE org_id = $1 AND id = $2").bind(org).bind(id).for_update();
    if held.fetch_optional(tx).await?.is_none() {
        return Ok(None);
    }
    by_id(tx, org, id).await
}

/// The imports of an organisation, the newest first, from before an import (its moment and id) on.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn list(
    rx: &mut Rx,
    org: Id,
    before: Option<(Moment, Id)>,
    limit: i64,
) -> Result<Vec<Import>, Failure> {
    let (at, id) =
        before.map_or((Moment::from_millis(i64::MAX), String::new()), |(at, id)| (at, id.to_string()));
    let query = crate::Sql::built(format!(
        "{SELECT} AND i.state <> 'uploading' AND i.created_at <= $2 AND (i.created_at < $2 OR i.id < $3) \
         ORDER BY i.created_at DESC, i.id DESC LIMIT $4"
    ));
    query.bind(org).bind(at).bind(id).bind(limit).fetch_all(rx).await?.iter().map(read).collect()
}

/// The import of an organisation that is being tried, done or taken back half-made, if there is one.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn running(rx: &mut Rx, org: Id) -> Result<Option<Id>, Failure> {
    let row = sql(
        "SELECT id FROM imports WHERE org_id = $1 AND (half_made = 1 OR state IN ('checking', 'running')) ORDER BY id LIMIT 1",
    )
    .bind(org)
    .fetch_optional(rx)
    .await?;
    row.map(|row| row.id("id")).transpose()
}

/// Keeps a changed import, whose `version` is the one that was read.
///
/// # Errors
/// [`Failure::Conflict`] where it has moved on.
pub async fn update(tx: &mut Tx, it: &Import) -> Result<(), Failure> {
    sql("UPDATE imports SET state = $3, dry_run = $4, source = $5, files = $6, draft = $7, mapping = $8, total = $9, done = $10, \
         summary = $11, error = $12, updated_at = $13, finished_at = $14, version = version + 1 WHERE id = $1 AND version = $2")
    .bind(it.id)
    .bind(it.version)
    .bind(it.state.name())
    .bind(it.dry_run)
    .bind(it.source.as_deref())
    .bind(&it.files)
    .bind(it.draft.as_deref())
    .bind(&it.mapping)
    .bind(it.total)
    .bind(it.done)
    .bind(it.summary.as_deref())
    .bind(it.error.as_deref())
    .bind(it.updated_at)
    .bind(it.finished_at)
    .execute_one(tx)
    .await
}

/// Notes how far a running import is, for other nodes; no version moves.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn progress(tx: &mut Tx, id: Id, done: i64, total: i64) -> Result<(), Failure> {
    sql("UPDATE imports SET done = $2, total = $3 WHERE id = $1 AND state IN ('checking', 'running')")
        .bind(id)
        .bind(done)
        .bind(total)
        .execute(tx)
        .await?;
    Ok(())
}

/// An uploaded file and how many parts it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, after a number that keeps the order of choice: `0000/export.zip`.
    pub name: String,
    /// Its parts.
    pub parts: i64,
}

/// Keeps a part of an uploaded file, as base64 text.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn add_file_part(
    tx: &mut Tx,
    import: Id,
    name: &str,
    part: i64,
    content: &str,
) -> Result<(), Failure> {
    sql("INSERT INTO import_files (import_id, name, part, content) VALUES ($1, $2, $3, $4)")
        .bind(import)
        .bind(name)
        .bind(part)
        .bind(content)
        .execute(tx)
        .await?;
    Ok(())
}

/// The files of an import in the order in which they were chosen.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn files(rx: &mut Rx, import: Id) -> Result<Vec<File>, Failure> {
    let rows = sql("SELECT name, count(*) AS n FROM import_files WHERE import_id = $1 GROUP BY name")
        .bind(import)
        .fetch_all(rx)
        .await?;
    let files = rows.iter().map(|row| Ok(File { name: row.text("name")?, parts: row.int("n")? }));
    let mut files = files.collect::<Result<Vec<_>, Failure>>()?;
    files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// Some parts of a file, from one on.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn file_parts(
    rx: &mut Rx,
    import: Id,
    name: &str,
    from: i64,
    limit: i64,
) -> Result<Vec<String>, Failure> {
    let rows =
        sql("SELECT content FROM import_files WHERE import_id = $1 AND name = $2 AND part >= $3 ORDER BY part LIMIT $4")
            .bind(import)
            .bind(name)
            .bind(from)
            .bind(limit)
            .fetch_all(rx)
            .await?;
    rows.iter().map(|row| row.text("content")).collect()
}

/// Removes the files of an import.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn wipe_files(tx: &mut Tx, import: Id) -> Result<u64, Failure> {
    sql("DELETE FROM import_files WHERE import_id = $1").bind(import).execute(tx).await
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What kind of record.
    pub entity: &'static str,
    /// Where it stood, as JSON.
    pub place: String,
    /// Its name or first words.
    pub title: String,
    /// What became of it.
    pub outcome: &'static str,
    /// The record here that it became.
    pub subject: Option<Id>,
    /// What became of its fields, as JSON.
    pub fields: String,
    /// Whether it has remarks on fields.
    pub noted: bool,
    /// What it takes to undo it, as JSON.
    pub undo: Option<String>,
}

/// The same as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRow {
    /// Its number within the import.
    pub line: i64,
    /// What kind of record.
    pub entity: String,
    /// Where it stood, as JSON.
    pub place: String,
    /// Its name or first words.
    pub title: String,
    /// What became of it.
    pub outcome: String,
    /// The record here that it became.
    pub subject: Option<Id>,
    /// What became of its fields, as JSON.
    pub fields: String,
}

/// Which lines of an import are shown; by default all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineFilter {
    /// Only of this entity.
    pub entity: Option<String>,
    /// Only of this outcome.
    pub outcome: Option<String>,
    /// Only those with remarks.
    pub noted: bool,
}

/// Adds lines to an import, numbered from `first` on.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn add_lines(tx: &mut Tx, import: Id, first: i64, all: &[Line]) -> Result<(), Failure> {
    let mut rows = Bulk::new(10);
    for (number, line) in (first..).zip(all) {
        rows.push([
            import.value(),
            number.value(),
            line.entity.value(),
            line.place.as_str().value(),
            line.title.as_str().value(),
            line.outcome.value(),
            line.subject.value(),
            line.fields.as_str().value(),
            line.noted.value(),
            line.undo.as_deref().value(),
        ]);
    }
    rows.insert(
        tx,
        "INSERT INTO import_lines (import_id, line, entity, source, title, outcome, subject_id, fields, noted, undo) {rows}",
    )
    .await?;
    Ok(())
}

/// Removes some of an import's lines, the first ones first; how many. None: there are no more.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn remove_lines(tx: &mut Tx, import: Id, most: i64) -> Result<u64, Failure> {
    sql("DELETE FROM import_lines WHERE import_id = $1 AND line IN \
         (SELECT line FROM import_lines WHERE import_id = $1 ORDER BY line LIMIT $2)")
    .bind(import)
    .bind(most)
    .execute(tx)
    .await
}

/// What became of the fields of some records, as JSON, by the numbers of their lines.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn fields(rx: &mut Rx, import: Id, lines: &[i64]) -> Result<Vec<(i64, String)>, Failure> {
    let lines: Vec<String> = lines.iter().map(i64::to_string).collect();
    let rows = sql("SELECT line, fields FROM import_lines WHERE import_id = $1 \
         AND line IN (SELECT CAST(value AS BIGINT) FROM json_each($2)) ORDER BY line")
    .bind(import)
    .bind(crate::list(&lines))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.int("line")?, row.text("fields")?))).collect()
}

/// Replaces what is said of the fields of some records, which have remarks from now on.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn set_fields(tx: &mut Tx, import: Id, all: &[(i64, String)]) -> Result<(), Failure> {
    let mut rows = Bulk::new(3);
    for (line, fields) in all {
        rows.push([import.value(), line.value(), fields.as_str().value()]);
    }
    rows.update(
        tx,
        "UPDATE import_lines SET fields = v.column3, noted = 1 FROM ({rows}) v \
         WHERE import_lines.import_id = v.column1 AND import_lines.line = CAST(v.column2 AS BIGINT)",
    )
    .await?;
    Ok(())
}

/// Notes that an import has begun to write, or that nothing of it is half-made any more; no version moves.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn set_half_made(tx: &mut Tx, id: Id, half_made: bool) -> Result<(), Failure> {
    sql("UPDATE imports SET half_made = $2 WHERE id = $1").bind(id).bind(half_made).execute_one(tx).await
}

/// Imports that are under way, or half-made, and that nobody works on: the job of each ended without it.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn orphans(tx: &mut Tx) -> Result<Vec<Import>, Failure> {
    let query = crate::Sql::built(format!(
        "{ALL} WHERE (i.half_made = 1 OR i.state IN ('checking', 'running')) AND NOT EXISTS \
         (SELECT 1 FROM jobs j WHERE j.kind = 'import' AND j.dedup_key = i.id AND j.finished_at IS NULL)"
    ));
    query.fetch_all(tx).await?.iter().map(read).collect()
}

/// Lines of an import from after a number on.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn lines(
    rx: &mut Rx,
    import: Id,
    filter: &LineFilter,
    after: i64,
    limit: i64,
) -> Result<Vec<LineRow>, Failure> {
    let rows = sql("SELECT line, entity, source, title, outcome, subject_id, fields FROM import_lines \
         WHERE import_id = $1 AND line > $2 AND ($3 = '' OR entity = $3) AND ($4 = '' OR outcome = $4) AND noted >= $5 \
         ORDER BY line LIMIT $6")
    .bind(import)
    .bind(after)
    .bind(filter.entity.as_deref().unwrap_or(""))
    .bind(filter.outcome.as_deref().unwrap_or(""))
    .bind(i64::from(filter.noted))
    .bind(limit)
    .fetch_all(rx)
    .await?;
    let read = |row: &Row| {
        Ok(LineRow {
            line: row.int("line")?,
            entity: row.text("entity")?,
            place: row.text("source")?,
            title: row.text("title")?,
            outcome: row.text("outcome")?,
            subject: row.opt_id("subject_id")?,
            fields: row.text("fields")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Removes an import with its files, before anything was done with it.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn delete_import(tx: &mut Tx, import: Id) -> Result<(), Failure> {
    sql("DELETE FROM imports WHERE id = $1 AND state = 'uploading'").bind(import).execute(tx).await?;
    Ok(())
}

/// Forgets what has expired: uploads that nothing was done with since a moment, and what became of the records of imports
/// that ended before another. The imports themselves stay in the list.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn sweep(tx: &mut Tx, uploads: Moment, details: Moment) -> Result<(), Failure> {
    sql("DELETE FROM imports WHERE state = 'uploading' AND updated_at < $1")
        .bind(uploads)
        .execute(tx)
        .await?;
    sql("UPDATE imports SET state = 'cancelled', finished_at = updated_at, version = version + 1 \
         WHERE state IN ('uploaded', 'checked') AND updated_at < $1")
    .bind(uploads)
    .execute(tx)
    .await?;
    sql("DELETE FROM import_files WHERE import_id IN (SELECT id FROM imports WHERE state IN ('finished', 'cancelled', 'undone') \
         OR (state = 'failed' AND updated_at < $1))")
    .bind(uploads)
    .execute(tx)
    .await?;
    sql("DELETE FROM import_lines WHERE import_id IN (SELECT id FROM imports WHERE finished_at < $1 AND half_made = 0)")
        .bind(details)
        .execute(tx)
        .await?;
    Ok(())
}
