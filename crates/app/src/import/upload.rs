//! Files on their way in: stored part by part as they arrive, then recognised.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use northing_connectors::import_model::ImportSet;
use northing_connectors::viva_goals::{self, InputFile, ReadError};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_store::imports::{self, Import, State};
use northing_store::members::{self, Filter};

use super::draft;
use super::mapping::Mapping;
use super::{named_source, source_of};
use crate::{Actor, Error, Northing, Result};

/// Bytes of one stored part; a multiple of three, so that parts of base64 stand for themselves.
const PART: usize = 384 * 1024;
/// Parts that are read together.
const PARTS: i64 = 16;
/// The most files of one import.
const MOST_FILES: usize = 64;

/// Files that are coming in. Dropped before [`Self::finish`], they are swept away later.
pub struct Upload {
    app: Northing,
    actor: Actor,
    import: Import,
    /// Bytes that are still allowed.
    left: usize,
    /// Bytes that are allowed in all.
    limit: usize,
    files: usize,
    name: String,
    part: i64,
    waiting: Vec<u8>,
}

impl Northing {
    /// Begins an import with files that are yet to come, together at most `limit` bytes.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everyone but owners and admins; those of the store.
    pub async fn begin_import(&self, actor: &Actor, limit: usize) -> Result<Upload> {
        self.may_import(actor).await?;
        let now = self.now();
        let import = Import {
            id: self.new_id(),
            org_id: actor.org_id,
            created_by: Some(actor.user_id),
            created_by_name: None,
            via: actor.via.name().to_owned(),
            state: State::Uploading,
            dry_run: false,
            source: None,
            files: String::from("[]"),
            draft: None,
            mapping: String::from("{}"),
            total: 0,
            done: 0,
            summary: None,
            error: None,
            half_made: false,
            version: 1,
            created_at: now,
            updated_at: now,
            finished_at: None,
        };
        self.store
            .write(import.clone(), |tx, import| {
                Box::pin(async move { Ok::<_, Error>(imports::insert(tx, import).await?) })
            })
            .await?;
        let (app, actor) = (self.clone(), actor.clone());
        let name = String::new();
        Ok(Upload { app, actor, import, left: limit, limit, files: 0, name, part: 0, waiting: Vec::new() })
    }

    /// The files of an import as they were uploaded.
    async fn input_files(&self, import: Id) -> Result<Vec<InputFile>> {
        let mut rx = self.store.read_once().await?;
        let mut found = Vec::new();
        for file in imports::files(&mut rx, import).await? {
            let (mut bytes, mut from) = (Vec::new(), 0);
            while from < file.parts {
                for part in imports::file_parts(&mut rx, import, &file.name, from, PARTS).await? {
                    let part = STANDARD.decode(part);
                    bytes.extend(part.map_err(|error| Error::Internal(error.to_string()))?);
                }
                from += PARTS;
            }
            let name = file.name.split_once('/').map_or(file.name.as_str(), |(_, name)| name).to_owned();
            found.push(InputFile { name, bytes });
        }
        Ok(found)
    }

    /// Reads the files of an import.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `files`, saying what to do.
    pub(super) async fn read_import(&self, org: Id, import: Id) -> Result<ImportSet> {
        let files = self.input_files(import).await?;
        self.read_files(org, files).await
    }

    /// Reads files as what they hold.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `files`, saying what to do.
    pub async fn read_files(&self, org: Id, files: Vec<InputFile>) -> Result<ImportSet> {
        let mut rx = self.store.read_once().await?;
        let people = members::list(&mut rx, org, &Filter::default(), None, i64::MAX).await?;
        drop(rx);
        let names: Vec<String> = people.into_iter().map(|(_, member)| member.name).collect();
        // Reading is work for a processor, and for some time.
        let read = tokio::task::spawn_blocking(move || {
            let recognised = viva_goals::recognise(&files)?;
            viva_goals::read_knowing(&recognised, &names)
        });
        let read = read.await.map_err(|error| Error::Internal(error.to_string()))?;
        read.map_err(|error| unreadable(&error).into())
    }
}

/// What cannot be read, and what to do about it.
fn unreadable(error: &ReadError) -> FieldError {
    FieldError::new("files", "unreadable", error.to_string())
}

impl Upload {
    /// The import that the files belong to.
    #[must_use]
    pub const fn id(&self) -> Id {
        self.import.id
    }

    /// A file begins.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `files` where there are too many.
    pub async fn file(&mut self, name: &str) -> Result<()> {
        self.flush().await?;
        self.files += 1;
        if self.files > MOST_FILES {
            return Err(FieldError::new("files", "too_many", "are too many: put them into one ZIP").into());
        }
        let name: String = name.rsplit(['/', '\\']).next().unwrap_or(name).chars().take(200).collect();
        let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
        let name = if name.is_empty() { String::from("file") } else { name };
        self.name = format!("{:04}/{name}", self.files);
        self.part = 0;
        Ok(())
    }

    /// Bytes of the current file.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `files` where they are more than is allowed; those of the store.
    pub async fn chunk(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(left) = self.left.checked_sub(bytes.len()) else {
            let message = format!(
                "are larger than {} MiB together: export fewer at a time, or ask who runs Northing for more (--max-upload)",
                self.limit / 1024 / 1024
            );
            return Err(FieldError::new("files", "too_large", message).into());
        };
        self.left = left;
        self.waiting.extend_from_slice(bytes);
        while self.waiting.len() >= PART {
            let rest = self.waiting.split_off(PART);
            let full = std::mem::replace(&mut self.waiting, rest);
            self.keep(&full).await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let rest = std::mem::take(&mut self.waiting);
        self.keep(&rest).await
    }

    async fn keep(&mut self, bytes: &[u8]) -> Result<()> {
        let row = (self.import.id, self.name.clone(), self.part, STANDARD.encode(bytes));
        self.part += 1;
        self.app
            .store
            .write(row, |tx, (import, name, part, content)| {
                Box::pin(async move {
                    Ok::<_, Error>(imports::add_file_part(tx, *import, name, *part, content).await?)
                })
            })
            .await
    }

    /// All files are there: recognises them. What cannot be read is thrown away.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `files`, saying what to do; those of the store.
    pub async fn finish(mut self, mapping: Option<Mapping>) -> Result<Import> {
        self.flush().await?;
        let (app, org) = (self.app.clone(), self.actor.org_id);
        let read = if self.files == 0 {
            Err(FieldError::new("files", "required", "are missing: choose the files of an export").into())
        } else {
            app.read_import(org, self.import.id).await
        };
        let set = match read {
            Ok(set) => set,
            Err(error) => {
                self.discard().await?;
                return Err(error);
            }
        };
        let mapping = mapping.unwrap_or_default();
        let source = mapping.organisation.as_deref().map_or_else(|| source_of(&set), named_source);
        let mut rx = app.store.read().await?;
        let draft = draft::draft(&mut rx, org, &source, &set).await?;
        drop(rx);
        let text =
            |it: Result<String, serde_json::Error>| it.map_err(|error| Error::Internal(error.to_string()));
        let mut import = self.import;
        import.state = State::Uploaded;
        import.source = Some(source);
        import.files = text(serde_json::to_string(&draft.files))?;
        import.draft = Some(text(serde_json::to_string(&draft))?);
        import.mapping = text(serde_json::to_string(&mapping))?;
        import.updated_at = app.now();
        app.store
            .write(import.clone(), |tx, import| {
                Box::pin(async move { Ok::<_, Error>(imports::update(tx, import).await?) })
            })
            .await?;
        import.version += 1;
        Ok(import)
    }

    /// Throws the files away.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn discard(&self) -> Result<()> {
        let import = self.import.id;
        self.app
            .store
            .write((), move |tx, ()| {
                Box::pin(async move { Ok::<_, Error>(imports::delete_import(tx, import).await?) })
            })
            .await
    }
}
