//! The whole organisation as a file (integrations §4.3): read page by page inside one snapshot and handed over as it is
//! written, so that an export of any length costs the memory of one page.

mod directory;
mod records;

use std::collections::HashMap;
use std::io::Read;

use jiff::tz::TimeZone;
use northing_connectors::import_model::{CheckIn, Record};
use northing_connectors::northing::{Child, CsvView, JsonSet, Sink, WriteError, XlsxView};
use northing_core::event::EventKind;
use northing_core::named_values;
use northing_core::permission::{Action, Thing};
use northing_core::values::Id;
use northing_store::organizations::Organization;
use northing_store::{Rx, export, goals, organizations};
use serde_json::json;

use crate::cone::zone;
use crate::organization::hold;
use crate::{Actor, Error, Northing, Result, Scope, Via};
use directory::Directory;

/// Goals that are in memory at once, with all that belongs to them.
const PAGE: i64 = 100;
/// Bytes of a finished workbook that are handed over at once.
const PART: u64 = 64 * 1024;

named_values! {
    /// The form of an export.
    ExportFormat {
        /// Everything, as a ZIP of JSON files that can be imported again.
        Json = "json",
        /// The goals with their check-ins as a table.
        Csv = "csv",
        /// The same as a workbook.
        Xlsx = "xlsx",
    }
}

impl ExportFormat {
    /// The media type of the file.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/zip",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The end of the file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Json => "zip",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// An export under way: [`Export::next`] gives it part by part.
pub struct Export {
    rx: Rx,
    organization: Organization,
    /// Whose eyes decide which restricted goals are in it; none: all are.
    viewer: Option<Id>,
    directory: Directory,
    zone: TimeZone,
    sink: Sink,
    writer: Writer,
    step: Step,
    /// The last goal of the page before.
    after: Option<Id>,
    file_name: String,
}

enum Writer {
    Json(Box<JsonSet>),
    Csv(Box<CsvView>),
    Xlsx(Box<XlsxView>),
    File(Box<dyn Read + Send + Sync>),
    Done,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Head,
    Goals,
    CheckIns,
    Comments,
    Points,
    End,
    Rest,
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Workbook(_) => {
                Self::Refused(northing_core::errors::Refusal::new("too_large", error.to_string()))
            }
            WriteError::Files(_) => Self::Internal(error.to_string()),
        }
    }
}

impl Northing {
    /// Begins an export of the actor's organisation. Restricted goals that the actor may not see are not in it, unless
    /// the machine's operator asks, whose backup holds them anyway. That data left is in the audit log.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everyone but owners and admins; those of the store.
    pub async fn export_organization(&self, actor: &Actor, format: ExportFormat) -> Result<Export> {
        actor.need(Scope::Admin)?;
        let work = (self.clone(), actor.clone(), format);
        let organization = self
            .store
            .write(work, |tx, (app, actor, format)| {
                Box::pin(async move {
                    let it = hold(tx, actor).await?;
                    actor.require(Action::OrganizationExport, Thing::Organization, &it.settings)?;
                    let detail = json!({ "format": format.name() });
                    app.note(tx, actor, EventKind::ExportFinished, Some(it.id), detail).await?;
                    Ok::<_, Error>(it)
                })
            })
            .await?;
        let mut rx = self.store.read().await?;
        let organization =
            organizations::by_id(&mut rx, organization.id).await?.ok_or(Error::NotFound("organisation"))?;
        let directory = Directory::load(&mut rx, organization.id).await?;
        let sink = Sink::default();
        let stamp = self.now().timestamp().strftime("%Y%m%d%H%M%S").to_string();
        let (org, user) = (organization.id.to_string(), actor.user_id.to_string());
        let writer = match format {
            ExportFormat::Json => Writer::Json(Box::new(JsonSet::new(sink.clone(), &org, &user, &stamp))),
            ExportFormat::Csv => Writer::Csv(Box::new(CsvView::new(sink.clone())?)),
            ExportFormat::Xlsx => Writer::Xlsx(Box::new(XlsxView::new()?)),
        };
        Ok(Export {
            rx,
            viewer: (actor.via != Via::CommandLine).then_some(actor.user_id),
            directory,
            zone: zone(&organization.settings)?,
            sink,
            writer,
            step: Step::Head,
            after: None,
            file_name: format!("{}-{stamp}.{}", organization.slug, format.extension()),
            organization,
        })
    }
}

impl Export {
    /// A name for the file.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// The next part of the file; nothing after the last.
    ///
    /// # Errors
    /// Those of the store; [`Error::Refused`] where a workbook cannot hold the goals; [`Error::Internal`] where there is no
    /// room for temporary files.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        loop {
            match self.step {
                Step::Head => self.head()?,
                Step::Goals => self.goals().await?,
                Step::CheckIns => self.check_ins().await?,
                Step::Comments => self.comments().await?,
                Step::Points => self.points().await?,
                Step::End => self.end()?,
                Step::Rest => return self.rest(),
            }
            let bytes = self.sink.take();
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }

    fn head(&mut self) -> Result<()> {
        if let Writer::Json(json) = &mut self.writer {
            json.organization(&records::organization(&self.organization))?;
            self.directory.write(json)?;
        }
        self.begin(Step::Goals)
    }

    /// Ends what was written and begins the next list.
    fn begin(&mut self, step: Step) -> Result<()> {
        (self.step, self.after) = (step, None);
        let Writer::Json(json) = &mut self.writer else { return Ok(()) };
        match step {
            Step::Goals => json.begin("objectives")?,
            Step::CheckIns => json.begin("checkins")?,
            Step::Comments => json.begin("comments")?,
            Step::Points => json.begin("History")?,
            Step::Head | Step::End | Step::Rest => {}
        }
        Ok(())
    }

    /// The goals of the next page; none when there are no more, and then the list is ended and `next` begun.
    async fn page(&mut self, next: Step) -> Result<Vec<Id>> {
        let ids = export::goal_ids(&mut self.rx, self.organization.id, self.viewer, self.after, PAGE).await?;
        match ids.last() {
            Some(last) => self.after = Some(*last),
            None => {
                if let Writer::Json(json) = &mut self.writer {
                    json.end()?;
                }
                self.begin(next)?;
            }
        }
        Ok(ids)
    }

    async fn goals(&mut self) -> Result<()> {
        let tables = !matches!(self.writer, Writer::Json(_));
        let ids = self.page(if tables { Step::End } else { Step::CheckIns }).await?;
        if ids.is_empty() {
            return Ok(());
        }
        let (org, viewer) = (self.organization.id, self.viewer);
        let rows = goals::load(&mut self.rx, org, &ids).await?;
        let parents: Vec<Id> = rows.iter().flat_map(|row| &row.parents).map(|parent| parent.id).collect();
        let parents = export::titles(&mut self.rx, org, viewer, &parents).await?;
        let named: Vec<Id> = rows.iter().flat_map(records::people_of).collect();
        self.directory.meet(&mut self.rx, named).await?;
        let tasks = export::tasks(&mut self.rx, &ids).await?;
        let (mut children, mut check_ins) = (HashMap::new(), HashMap::new());
        if tables {
            for it in self.check_ins_of(&ids).await? {
                let goal = it.value.goal.id.clone().unwrap_or_default();
                check_ins.entry(goal).or_insert_with(Vec::new).push(it);
            }
        } else {
            children = export::children(&mut self.rx, org, viewer, &ids).await?;
        }
        for row in &rows {
            let tasks = tasks.get(&row.id).map_or(&[][..], Vec::as_slice);
            let it = records::goal(row, &self.directory, &parents, tasks, &self.zone);
            let of_goal =
                it.source_id.as_ref().and_then(|id| check_ins.get(id)).map_or(&[][..], Vec::as_slice);
            match &mut self.writer {
                Writer::Json(json) => {
                    let below = children.remove(&row.id).unwrap_or_default().into_iter();
                    let below: Vec<Child> = below
                        .map(|it| Child { id: it.id.to_string(), title: it.title, kind: it.kind })
                        .collect();
                    json.goal(&it, &below)?;
                }
                Writer::Csv(csv) => csv.goal(&it, of_goal)?,
                Writer::Xlsx(xlsx) => xlsx.goal(&it, of_goal)?,
                Writer::File(_) | Writer::Done => {}
            }
        }
        if let Writer::Csv(csv) = &mut self.writer {
            csv.flush()?;
        }
        Ok(())
    }

    async fn check_ins_of(&mut self, goals: &[Id]) -> Result<Vec<Record<CheckIn>>> {
        let rows = export::check_ins(&mut self.rx, goals).await?;
        self.directory.meet(&mut self.rx, rows.iter().filter_map(|it| it.row.author_id)).await?;
        Ok(rows.into_iter().map(|it| records::check_in(it, &self.directory, &self.zone)).collect())
    }

    async fn check_ins(&mut self) -> Result<()> {
        let ids = self.page(Step::Comments).await?;
        let records = self.check_ins_of(&ids).await?;
        if let Writer::Json(json) = &mut self.writer {
            records.iter().try_for_each(|it| json.check_in(it))?;
        }
        Ok(())
    }

    async fn comments(&mut self) -> Result<()> {
        let ids = self.page(Step::Points).await?;
        let rows = export::comments(&mut self.rx, &ids).await?;
        self.directory.meet(&mut self.rx, rows.iter().filter_map(|it| it.row.author_id)).await?;
        if let Writer::Json(json) = &mut self.writer {
            for it in rows {
                json.comment(&records::comment(it, &self.directory))?;
            }
        }
        Ok(())
    }

    async fn points(&mut self) -> Result<()> {
        let ids = self.page(Step::End).await?;
        let points = export::points(&mut self.rx, &ids).await?;
        if let Writer::Json(json) = &mut self.writer {
            points.iter().try_for_each(|it| json.point(&records::point(it)))?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        self.step = Step::Rest;
        self.writer = match std::mem::replace(&mut self.writer, Writer::Done) {
            Writer::Json(json) => {
                json.finish()?;
                Writer::Done
            }
            Writer::Csv(mut csv) => {
                csv.flush()?;
                Writer::Done
            }
            Writer::Xlsx(xlsx) => Writer::File(Box::new(xlsx.finish()?)),
            writer @ (Writer::File(_) | Writer::Done) => writer,
        };
        Ok(())
    }

    /// What a workbook's file holds.
    fn rest(&mut self) -> Result<Option<Vec<u8>>> {
        let Writer::File(file) = &mut self.writer else { return Ok(None) };
        let mut part = Vec::new();
        file.by_ref().take(PART).read_to_end(&mut part).map_err(WriteError::from)?;
        Ok(Some(part).filter(|part| !part.is_empty()))
    }
}
