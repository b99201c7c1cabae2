//! One import, from its first record to the recomputation of the organisation.

use std::collections::{HashMap, HashSet};

use jiff::tz::TimeZone;
use northing_connectors::import_model::{ImportSet, OwnOrganization, Point};
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::values::{Day, Id, Moment};
use northing_store::goal_facts;
use northing_store::periods::Period;

use super::mapping::Mapping;
use super::pen::Pen;
use super::progress::{Phase, Progress};
use super::report::{ImportReport, Keeping};
use crate::cone::zone;
use crate::{Actor, Error, Northing, Result};

/// What an import is asked to do.
pub(super) struct Order<'a> {
    /// What begins the external identifiers: `vivagoals:70731`.
    pub(super) source: &'a str,
    /// What somebody decided.
    pub(super) mapping: &'a Mapping,
    /// Nothing is to be kept.
    pub(super) dry_run: bool,
    /// Who watches.
    pub(super) progress: &'a Progress,
}

/// What holds for every record of the files.
pub(super) struct Files {
    /// Their names.
    pub(super) files: Vec<String>,
    /// Tables: what is empty says nothing.
    pub(super) sparse: bool,
    /// The organisation itself, in Northing's own export.
    pub(super) own_organization: Option<OwnOrganization>,
    /// The points of the graphs, in Northing's own export.
    pub(super) points: Vec<Point>,
}

/// What is known so far.
pub(super) struct Run<'a> {
    pub(super) app: &'a Northing,
    pub(super) actor: &'a Actor,
    pub(super) order: &'a Order<'a>,
    pub(super) set: Files,
    pub(super) settings: Settings,
    pub(super) zone: TimeZone,
    pub(super) now: Moment,
    pub(super) today: Day,
    pub(super) periods: Vec<Period>,
    pub(super) period_ids: HashMap<String, Id>,
    /// By source identifier, key of the mail address, folded name.
    pub(super) people: [HashMap<String, Id>; 3],
    /// By source identifier, folded name.
    pub(super) teams: [HashMap<String, Id>; 2],
    /// By source identifier, folded title.
    pub(super) goals: [HashMap<String, Id>; 2],
    /// Goals that are new here and whose graphs Northing's own export holds.
    pub(super) new_goals: HashSet<Id>,
    /// Check-ins by source identifier.
    pub(super) check_ins: HashMap<String, Id>,
    /// What things here are called, for the report.
    pub(super) names: HashMap<Id, String>,
    /// The days of the check-ins that are new or say something else.
    pub(super) days: HashSet<Day>,
    /// The goals that this import made or changed.
    pub(super) touched: HashSet<Id>,
    pub(super) report: ImportReport,
}

/// Runs an import. Each part of the files is given up as soon as it is written, so that they never stand in memory twice.
pub(super) async fn run(
    pen: &mut Pen<'_>,
    app: &Northing,
    actor: &Actor,
    order: &Order<'_>,
    set: ImportSet,
    keeping: Keeping,
) -> Result<ImportReport> {
    let settings =
        goal_facts::lock_structure(pen.tx()?, actor.org_id).await?.ok_or(Error::NotFound("organisation"))?;
    actor.require(Action::OrganizationImport, Thing::Organization, &settings)?;
    let now = app.now();
    let zone = zone(&settings)?;
    let progress = order.progress;
    progress.begin(
        set.periods.len()
            + set.people.len()
            + set.teams.len()
            + set.tags.len()
            + set.goals.len()
            + set.check_ins.len()
            + set.comments.len(),
    );
    let ImportSet { files, sparse, own_organization, points, .. } = set;
    let mut run = Run {
        app,
        actor,
        order,
        set: Files { files, sparse, own_organization, points },
        today: now.day_in(&zone),
        settings,
        zone,
        now,
        periods: Vec::new(),
        period_ids: HashMap::new(),
        people: Default::default(),
        teams: Default::default(),
        goals: Default::default(),
        new_goals: HashSet::new(),
        check_ins: HashMap::new(),
        names: HashMap::new(),
        days: HashSet::new(),
        touched: HashSet::new(),
        report: ImportReport::new(order.dry_run, keeping),
    };
    progress.enter(Phase::People)?;
    // What goals refer to is made in one part: it is little.
    let tx = pen.tx()?;
    let fresh = run.own_settings(tx).await?;
    run.periods(tx, &set.periods).await?;
    let people = run.people(tx, &set.people).await?;
    let mut teams = run.teams(tx, &set.teams).await?;
    let marks = run.merge_teams(&mut teams)?;
    run.finish_people(tx, people, &mut teams).await?;
    run.finish_teams(tx, teams, &marks).await?;
    if fresh {
        run.own_organization(tx).await?;
    }
    run.tags(tx, &set.tags).await?;
    pen.turn(&mut run.report).await?;
    progress.enter(Phase::Goals)?;
    let goals = run.goals(pen, set.goals).await?;
    progress.enter(Phase::CheckIns)?;
    run.check_ins(pen, &goals, set.check_ins).await?;
    run.comments(pen, set.comments).await?;
    run.left_out(set.left_out);
    progress.enter(Phase::Computing)?;
    run.finish(pen, goals).await?;
    run.report.names = run.names;
    Ok(run.report)
}
