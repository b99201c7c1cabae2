//! Taking an import back while it is fresh: what it made goes and what it changed becomes what it was, except where somebody
//! did something with it since.

use std::collections::{BTreeMap, HashMap, HashSet};

use northing_core::errors::Refusal;
use northing_core::event::EventKind;
use northing_core::values::Id;
use northing_store::history::Source;
use northing_store::imports::{self, Gone, State, Subject};
use northing_store::{Rx, Tx, alignments, placements};

use crate::cone::{Recompute, recompute_organization, zone};
use crate::{Actor, Error, Northing, Result};

/// What undoing an import does, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct UndoPlan {
    /// How many records of each entity go.
    pub removed: BTreeMap<String, u64>,
    /// How many of each become what they were.
    pub restored: BTreeMap<String, u64>,
    /// What stays because somebody did something with it since, or because something that stays needs it: entity and title.
    pub stays: Vec<(String, String)>,
}

impl UndoPlan {
    fn stay(&mut self, it: &Subject) {
        self.stays.push((it.entity.clone(), it.title.clone()));
    }
}

/// Which records go, and which stay.
#[derive(Default)]
struct Decision {
    plan: UndoPlan,
    gone: HashMap<&'static str, Vec<Id>>,
    /// To be restored.
    changed: Vec<Subject>,
    /// Goals that were made and stay.
    staying: Vec<Id>,
}

impl Decision {
    fn ids(&self, entity: &'static str) -> &[Id] {
        self.gone.get(entity).map_or(&[], Vec::as_slice)
    }

    /// What goes, in parts, in the order in which it can.
    fn parts(&self) -> Vec<Self> {
        let of = |(entity, kind): (&'static str, Gone)| {
            let part = |ids: &[Id]| Self { gone: HashMap::from([(entity, ids.to_vec())]), ..Self::default() };
            // People have managers among themselves, and teams stand below one another: they go together.
            let apart = matches!(kind, Gone::Comments | Gone::CheckIns | Gone::Goals);
            let size = if apart { PART } else { usize::MAX };
            self.ids(entity).chunks(size).map(part).collect::<Vec<_>>()
        };
        ENTITIES.into_iter().flat_map(of).collect()
    }
}

/// Records that are taken back at once where it is done in parts.
const PART: usize = 200;

const ENTITIES: [(&str, Gone); 7] = [
    ("comment", Gone::Comments),
    ("check_in", Gone::CheckIns),
    ("goal", Gone::Goals),
    ("tag", Gone::Tags),
    ("team", Gone::Teams),
    ("person", Gone::Members),
    ("period", Gone::Periods),
];

impl Northing {
    /// What undoing an import would do.
    ///
    /// # Errors
    /// As [`Self::undo_import`].
    pub async fn undo_plan(&self, actor: &Actor, id: Id) -> Result<UndoPlan> {
        self.may_import(actor).await?;
        let mut rx = self.store.read().await?;
        self.undoable(&mut rx, actor.org_id, id).await?;
        Ok(Self::decide(&mut rx, actor.org_id, id).await?.plan)
    }

    /// Undoes an import: what it made goes, what it changed becomes what it was, except where somebody did something with it
    /// since. Returns what was done.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everyone but owners and admins; [`Error::Refused`] where it is not done, or too long ago.
    pub async fn undo_import(&self, actor: &Actor, id: Id) -> Result<UndoPlan> {
        self.may_import(actor).await?;
        let work = (self.clone(), actor.clone());
        self.store
            .write(work, move |tx, (app, actor)| {
                Box::pin(async move {
                    northing_store::goal_facts::lock_structure(tx, actor.org_id)
                        .await?
                        .ok_or(Error::NotFound("organisation"))?;
                    app.undo(tx, actor, id).await
                })
            })
            .await
    }

    /// The import, if it can be undone.
    async fn undoable(&self, rx: &mut Rx, org: Id, id: Id) -> Result<imports::Import> {
        let import = imports::by_id(rx, org, id).await?.ok_or(Error::NotFound("import"))?;
        let fresh = import.finished_at.is_some_and(|at| at > self.details_from());
        if import.state != State::Finished || !fresh {
            let message = "Only an import that is done can be undone, and only for 28 days.";
            return Err(Refusal::new("not_undoable", message).into());
        }
        if imports::running(rx, org).await?.is_some() {
            let message = "Another import is running: undo this one when it is done.";
            return Err(Refusal::new("import_running", message).into());
        }
        Ok(import)
    }

    /// What becomes of the records that the lines of an import name.
    async fn decide(rx: &mut Rx, org: Id, id: Id) -> Result<Decision> {
        let mut decision = Decision::default();
        let (created, changed): (Vec<Subject>, Vec<Subject>) =
            imports::subjects(rx, id).await?.into_iter().partition(|it| it.created);
        let touched = imports::touched_goals(rx, id).await?;
        let goals: Vec<Id> = created
            .iter()
            .filter(|it| it.entity == "goal" && !touched.contains(&it.id))
            .map(|it| it.id)
            .collect();
        let teams: Vec<Id> = created.iter().filter(|it| it.entity == "team").map(|it| it.id).collect();
        for (entity, kind) in ENTITIES {
            let mine: Vec<&Subject> = created.iter().filter(|it| it.entity == entity).collect();
            let ids: Vec<Id> = mine.iter().map(|it| it.id).collect();
            let mut stays: HashSet<Id> = match kind {
                Gone::Goals => touched.clone(),
                Gone::Comments | Gone::CheckIns => HashSet::new(),
                _ => imports::remaining_references(rx, org, kind, &ids, &goals, &teams).await?,
            };
            if matches!(kind, Gone::CheckIns | Gone::Comments) {
                // What was said on a goal that stays stays with it.
                stays = imports::said_on(rx, kind, &touched).await?;
            }
            for it in mine {
                if stays.contains(&it.id) {
                    if kind == Gone::Goals {
                        decision.staying.push(it.id);
                    }
                    if !matches!(kind, Gone::CheckIns | Gone::Comments) {
                        decision.plan.stay(it);
                    }
                } else {
                    *decision.plan.removed.entry(entity.to_owned()).or_default() += 1;
                    decision.gone.entry(entity).or_default().push(it.id);
                }
            }
        }
        for it in changed {
            *decision.plan.restored.entry(it.entity.clone()).or_default() += 1;
            decision.changed.push(it);
        }
        Ok(decision)
    }

    async fn undo(&self, tx: &mut Tx, actor: &Actor, id: Id) -> Result<UndoPlan> {
        let (org, now) = (actor.org_id, self.now());
        let mut import = self.undoable(tx, org, id).await?;
        let mut decision = Self::decide(tx, org, id).await?;
        let changed = std::mem::take(&mut decision.changed);
        let mut touched: Vec<Id> = Vec::new();
        for it in &changed {
            let whole = self.restore(tx, org, it, &mut touched).await?;
            if !whole {
                decision.plan.stay(it);
            }
        }
        remove(tx, org, &decision, &mut touched).await?;
        self.settle_undone(tx, org, &touched).await?;
        import.state = State::Undone;
        import.updated_at = now;
        imports::update(tx, &import).await?;
        let detail =
            serde_json::json!({ "removed": decision.plan.removed, "restored": decision.plan.restored });
        self.note(tx, actor, EventKind::ImportUndone, Some(id), detail).await?;
        Ok(decision.plan)
    }

    /// Places, check-ins and progress of an organisation after records went from it.
    async fn settle_undone(&self, tx: &mut Tx, org: Id, touched: &[Id]) -> Result<()> {
        let now = self.now();
        placements::rebuild(tx, touched).await?;
        imports::settle_last_check_ins(tx, touched).await?;
        let settings = northing_store::organizations::by_id(tx, org)
            .await?
            .ok_or(Error::NotFound("organisation"))?
            .settings;
        let job = Recompute {
            org_id: org,
            settings: &settings,
            today: now.day_in(&zone(&settings)?),
            now,
            change: self.new_id(),
            source: Source::Import,
        };
        recompute_organization(tx, &job).await.map(drop)
    }

    /// Takes back what an import had made when it ended early, in parts, so that others need not wait for the whole. Cut off, it
    /// is simply done again. What somebody touched meanwhile stays.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) async fn take_back(&self, org: Id, id: Id) -> Result<()> {
        let mut rx = self.store.read().await?;
        let mut decision = Self::decide(&mut rx, org, id).await?;
        drop(rx);
        let changed = std::mem::take(&mut decision.changed);
        for part in changed.chunks(PART) {
            let work = (self.clone(), part.to_vec());
            self.store
                .write(work, move |tx, (app, part)| {
                    Box::pin(async move {
                        let mut touched = Vec::new();
                        for it in part {
                            app.restore(tx, org, it, &mut touched).await?;
                        }
                        Ok::<_, Error>(imports::settle_last_check_ins(tx, &touched).await?)
                    })
                })
                .await?;
        }
        let stays = std::mem::take(&mut decision.staying);
        for part in decision.parts() {
            self.store
                .write(part, move |tx, part| {
                    Box::pin(async move {
                        let mut touched = Vec::new();
                        remove(tx, org, part, &mut touched).await?;
                        placements::rebuild(tx, &touched).await?;
                        Ok::<_, Error>(imports::settle_last_check_ins(tx, &touched).await?)
                    })
                })
                .await?;
        }
        let work = (self.clone(), stays);
        self.store
            .write(work, move |tx, (app, stays)| {
                Box::pin(async move {
                    imports::forget_origins(tx, stays).await?;
                    app.settle_undone(tx, org, stays).await?;
                    Ok::<_, Error>(imports::set_half_made(tx, id, false).await?)
                })
            })
            .await?;
        // They told what is gone.
        self.remove_lines(id).await
    }
}

/// Removes what goes, and settles the shares of what it was aligned to.
async fn remove(tx: &mut Tx, org: Id, decision: &Decision, touched: &mut Vec<Id>) -> Result<()> {
    let goals = decision.ids("goal").to_vec();
    let links = alignments::remove_all(tx, &goals).await?;
    for (entity, kind) in ENTITIES {
        let ids = decision.ids(entity);
        if !ids.is_empty() {
            imports::delete(tx, org, kind, ids).await?;
        }
    }
    let gone: HashSet<Id> = goals.into_iter().collect();
    let mut parents: Vec<Id> = links.iter().map(|it| it.parent_id).filter(|id| !gone.contains(id)).collect();
    touched.extend(links.iter().map(|it| it.child_id).filter(|id| !gone.contains(id)));
    parents.sort_unstable();
    parents.dedup();
    touched.sort_unstable();
    touched.dedup();
    Ok(alignments::settle(tx, &parents, touched).await?)
}
