//! Goals through their use cases: created, edited, aligned, weighed, ordered, closed, copied, deleted and brought back.

use anyhow::{Result, anyhow};
use northing_app::check_in::NewCheckIn;
use northing_app::goal::{
    AccessInput, CloneInput, CloneScope, CloseInput, ContributionsInput, Edited, GoalInput, GoalPatch,
    GoalView, GoalsQuery, MetricInput, OrderedPage, PostponeInput, ReorderInput, ShareEntry, TaskInput,
    TaskPatch,
};
use northing_app::{Actor, Error, PageRequest};
use northing_core::check_in::CheckInInput;
use northing_core::goal::{GoalKind, Level, ProgressMode, Visibility};
use northing_core::metric::MetricKind;
use northing_core::people::Role;
use northing_core::score::CarryOver;
use northing_core::settings::{InitiativeContribution, OkrModel, Settings};
use northing_core::status::Status;
use northing_core::values::Id;
use northing_store::goals::GoalFilter;
use northing_store::{Failure, Store, sql};
use northing_testkit::both_engines;
use northing_testkit::database::Database;
use northing_testkit::tree::Tree;

pub(crate) struct World {
    pub(crate) tree: Tree,
    pub(crate) store: Store,
}

impl World {
    pub(crate) async fn new(db: &Database) -> Result<Self> {
        Ok(Self { tree: Tree::new(db.store()).await?, store: db.store() })
    }

    pub(crate) fn owner(&self) -> &Actor {
        &self.tree.owner
    }

    pub(crate) async fn set(&self, settings: Settings) -> Result<()> {
        let text = serde_json::to_string(&settings)?;
        let org = self.tree.org;
        self.store
            .write(text, move |tx, text| {
                Box::pin(async move {
                    sql("UPDATE organizations SET settings = $2 WHERE id = $1")
                        .bind(org)
                        .bind(text)
                        .execute_one(tx)
                        .await?;
                    Ok::<_, Failure>(())
                })
            })
            .await?;
        Ok(())
    }

    pub(crate) async fn next_quarter(&self) -> Result<Id> {
        let (id, org) = (self.tree.app.new_id(), self.tree.org);
        self.store
            .write((), move |tx, ()| {
                Box::pin(async move {
                    sql("INSERT INTO periods (id, org_id, name, name_key, kind, start_date, end_date, is_current, version, \
                         created_at, updated_at) VALUES ($1, $2, 'Q2', 'q2', 'quarterly', '2026-04-01', '2026-06-30', 0, 1, 0, 0)")
                    .bind(id)
                    .bind(org)
                    .execute(tx)
                    .await?;
                    Ok::<_, Failure>(())
                })
            })
            .await?;
        Ok(id)
    }

    pub(crate) async fn team(&self, name: &'static str, owner: Option<Id>) -> Result<Id> {
        let (id, org) = (self.tree.app.new_id(), self.tree.org);
        self.store
            .write((), move |tx, ()| {
                Box::pin(async move {
                    sql("INSERT INTO teams (id, org_id, name, name_key, status, version, created_at, updated_at) \
                         VALUES ($1, $2, $3, $3, 'active', 1, 0, 0)")
                    .bind(id)
                    .bind(org)
                    .bind(name)
                    .execute(tx)
                    .await?;
                    if let Some(owner) = owner {
                        sql("INSERT INTO team_people (team_id, user_id, is_owner, position) VALUES ($1, $2, 1, 0)")
                            .bind(id)
                            .bind(owner)
                            .execute(tx)
                            .await?;
                    }
                    Ok::<_, Failure>(())
                })
            })
            .await?;
        Ok(id)
    }

    pub(crate) async fn make(&self, input: GoalInput) -> Result<GoalView> {
        Ok(self.tree.app.create_goal(self.owner(), input).await?)
    }

    pub(crate) async fn objective(&self, title: &str) -> Result<Id> {
        Ok(self.make(GoalInput::new(GoalKind::Objective, title)).await?.id)
    }

    pub(crate) async fn key_result(&self, title: &str, parent: Id) -> Result<Id> {
        Ok(self.make(GoalInput::new(GoalKind::KeyResult, title).under(parent)).await?.id)
    }

    pub(crate) async fn key_results(&self, parent: Id, progress: &[f64]) -> Result<Vec<Id>> {
        let mut all = Vec::new();
        for (i, progress) in progress.iter().enumerate() {
            let id = self.key_result(&format!("KR {i}"), parent).await?;
            self.check_in(id, *progress).await?;
            all.push(id);
        }
        Ok(all)
    }

    pub(crate) async fn check_in(&self, goal: Id, value: f64) -> Result<()> {
        let input = CheckInInput { value: Some(value), ..CheckInInput::default() };
        let new = NewCheckIn { input, ..NewCheckIn::default() };
        self.tree.app.create_check_in(self.owner(), goal, new).await?;
        Ok(())
    }

    pub(crate) async fn goal(&self, id: Id) -> Result<GoalView> {
        Ok(self.tree.app.goal(self.owner(), id).await?)
    }

    pub(crate) async fn progress(&self, id: Id) -> Result<f64> {
        self.goal(id).await?.progress.ok_or_else(|| anyhow!("no progress"))
    }

    pub(crate) async fn patch(&self, id: Id, patch: GoalPatch) -> Result<GoalView> {
        match self.tree.app.edit_goal(self.owner(), id, None, patch).await? {
            Edited::Saved(goal) => Ok(*goal),
            Edited::Stale(_) => Err(anyhow!("stale")),
        }
    }

    pub(crate) async fn share(&self, parent: Id, shares: &[(Id, Option<f64>)]) -> Result<Vec<f64>, Error> {
        let shares = shares.iter().map(|&(child_id, share)| ShareEntry { child_id, share }).collect();
        let input = ContributionsInput { shares, ..ContributionsInput::default() };
        let lines = self.tree.app.set_contributions(self.owner(), parent, None, input).await?;
        Ok(lines.iter().map(|line| (line.share * 100.0).round() / 100.0).collect())
    }

    pub(crate) async fn close(&self, id: Id, score: Option<f64>) -> Result<GoalView> {
        let input = CloseInput { score, ..CloseInput::default() };
        Ok(self.tree.app.close_goal(self.owner(), id, input).await?.goal)
    }
}

pub(crate) fn metric(kind: MetricKind, start: f64, target: f64) -> MetricInput {
    MetricInput {
        kind,
        name: None,
        unit: None,
        start: Some(start),
        target: Some(target),
        risk_threshold: None,
        current: None,
    }
}

/// The fields and codes of a refused input.
pub(crate) fn fields<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid(errors)) => errors.iter().map(|e| format!("{} {}", e.field, e.code)).collect(),
        Err(Error::Refused(refusal)) => vec![format!("refused {}", refusal.code)],
        Err(Error::Forbidden(refusal)) => vec![format!("forbidden {}", refusal.code)],
        Err(error) => vec![error.to_string()],
        Ok(done) => vec![format!("{done:?}")],
    }
}

pub(crate) fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.005
}

both_engines! {
    async fn a_goal_needs_a_title_only(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let goal = world.make(GoalInput::new(GoalKind::Objective, "  Grow  ")).await?;
        assert_eq!((goal.title.as_str(), goal.level, goal.version), ("Grow", Level::Individual, 1));
        assert_eq!(goal.owner_ids, [world.owner().user_id]);
        assert_eq!((goal.start_date.to_string(), goal.due_date.to_string()), ("2026-01-01".into(), "2026-03-31".into()));
        assert_eq!((goal.progress_mode, goal.status, goal.progress), (ProgressMode::Rollup, Status::NotStarted, Some(0.0)));
        assert!(near(goal.expected_progress.unwrap(), 50.56));
        let child = world.make(GoalInput::new(GoalKind::KeyResult, "Reach 10 — ünï🙂").under(goal.id)).await?;
        assert_eq!((child.progress_mode, child.parents[0].share, child.parents[0].fixed), (ProgressMode::Manual, 100.0, false));
        assert_eq!(world.goal(goal.id).await?.child_count, 1);
        // Read, alerts and access are a constant number of statements.
        let before = db.statements();
        world.goal(child.id).await?;
        let one = db.statements() - before;
        for i in 0..20 {
            world.key_result(&format!("more {i}"), goal.id).await?;
        }
        let before = db.statements();
        world.goal(goal.id).await?;
        assert!(db.statements() - before <= one);
        Ok(())
    }

    async fn wrong_input_names_its_field_and_changes_nothing(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let other = Tree::seeded(db.store(), 99).await?;
        let stranger = other.app.create_goal(&other.owner, GoalInput::new(GoalKind::Objective, "Theirs")).await?;
        let create = |input: GoalInput| async { fields(world.tree.app.create_goal(world.owner(), input).await) };
        let base = || GoalInput::new(GoalKind::Objective, "T");
        assert_eq!(create(GoalInput::new(GoalKind::Objective, " \u{200b} ")).await, ["title required"]);
        assert_eq!(create(GoalInput::new(GoalKind::Objective, "x".repeat(10_000_000))).await, ["title too_long"]);
        assert_eq!(create(GoalInput::new(GoalKind::Objective, "a\nb")).await, ["title control_character"]);
        let dates = GoalInput { start_date: Some("2026-03-01".parse()?), due_date: Some("2026-02-01".parse()?), ..base() };
        assert_eq!(create(dates).await, ["due_date before_start"]);
        assert_eq!(create(base().under(stranger.id)).await, ["parents[0].id unknown"]);
        assert_eq!(create(GoalInput { period_id: Some(stranger.period_id), ..base() }).await, ["period_id unknown"]);
        assert_eq!(create(GoalInput { owner_ids: Some(vec![other.owner.user_id]), ..base() }).await, ["owner_ids[0] unknown"]);
        assert_eq!(create(GoalInput { team_ids: Some(vec![stranger.id]), ..base() }).await, ["team_ids[0] unknown"]);
        assert_eq!(create(GoalInput { level: Some(Level::Team), ..base() }).await, ["team_ids required"]);
        assert_eq!(create(GoalInput::new(GoalKind::KeyResult, "T")).await, ["parents key_result_alone"]);
        assert_eq!(create(GoalInput { metric: Some(metric(MetricKind::Reach, 0.0, 5.0)), ..base() }).await, ["metric objective_metric"]);
        assert_eq!(create(GoalInput { progress_mode: Some(ProgressMode::DataSource), ..base() }).await, ["progress_mode not_allowed"]);
        assert_eq!(create(GoalInput { visibility: Some(Visibility::Restricted), ..base() }).await, ["visibility not_allowed"]);
        let parent = world.objective("Ours").await?;
        let kr = |m: MetricInput| GoalInput { metric: Some(m), ..GoalInput::new(GoalKind::KeyResult, "K").under(parent) };
        assert_eq!(create(kr(metric(MetricKind::Increase, 5.0, 5.0))).await, ["metric.target out_of_range"]);
        assert_eq!(create(kr(metric(MetricKind::Decrease, 5.0, f64::NAN))).await, ["metric.target not_a_number"]);
        let risky = |kind, target, risk| MetricInput { risk_threshold: Some(risk), ..metric(kind, 0.0, target) };
        assert_eq!(create(kr(risky(MetricKind::StayAbove, 9.0, 10.0))).await, ["metric.risk_threshold out_of_range"]);
        assert_eq!(create(kr(risky(MetricKind::StayBelow, 2.0, 1.0))).await, ["metric.risk_threshold out_of_range"]);
        assert_eq!(create(GoalInput::new(GoalKind::Objective, "O").under(world.key_result("K", parent).await?)).await, ["parents[0].id objective_under_key_result"]);
        assert_eq!(world.tree.app.list_goals(world.owner(), &GoalsQuery::default(), &PageRequest::first()).await?.items.len(), 2);
        // Nobody reads, changes or deletes across organisations.
        assert!(matches!(world.tree.app.goal(world.owner(), stranger.id).await, Err(Error::NotFound(_))));
        assert!(matches!(world.tree.app.edit_goal(world.owner(), stranger.id, None, GoalPatch::default()).await, Err(Error::NotFound(_))));
        assert!(matches!(world.tree.app.delete_goal(world.owner(), stranger.id, None, true).await, Err(Error::NotFound(_))));
        Ok(())
    }

    async fn rights_follow_the_table(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let (ann, bob) = (world.tree.person("Ann", Role::Member).await?, world.tree.person("Bob", Role::Member).await?);
        let eve = world.tree.person("Eve", Role::Observer).await?;
        let app = &world.tree.app;
        let org_level = GoalInput { level: Some(Level::Organization), ..GoalInput::new(GoalKind::Objective, "O") };
        assert_eq!(fields(app.create_goal(&ann, org_level.clone()).await), ["forbidden not_allowed"]);
        let owns = Actor { owns_a_team: true, ..ann.clone() };
        assert!(app.create_goal(&owns, org_level).await.is_ok());
        assert_eq!(fields(app.create_goal(&eve, GoalInput::new(GoalKind::Objective, "O")).await), ["forbidden observer"]);
        let team = world.team("Lens", Some(ann.user_id)).await?;
        let of_team = GoalInput { team_ids: Some(vec![team]), ..GoalInput::new(GoalKind::Objective, "T") };
        assert_eq!(fields(app.create_goal(&bob, of_team.clone()).await), ["forbidden not_allowed"]);
        let goal = app.create_goal(&ann, of_team).await?;
        assert_eq!((goal.level, goal.team_ids.clone()), (Level::Team, vec![team]));
        assert_eq!(fields(app.edit_goal(&bob, goal.id, None, GoalPatch::default()).await), ["forbidden not_allowed"]);
        // A delegate edits everything but the owners.
        let delegate = GoalPatch { delegate_id: Some(Some(bob.user_id)), ..GoalPatch::default() };
        app.edit_goal(&ann, goal.id, None, delegate).await?;
        let title = GoalPatch { title: Some("By Bob".into()), ..GoalPatch::default() };
        assert!(matches!(app.edit_goal(&bob, goal.id, None, title).await?, Edited::Saved(_)));
        let owners = GoalPatch { owner_ids: Some(vec![bob.user_id]), ..GoalPatch::default() };
        assert_eq!(fields(app.edit_goal(&bob, goal.id, None, owners).await), ["forbidden not_allowed"]);
        assert_eq!(fields(app.delete_goal(&eve, goal.id, None, false).await), ["forbidden observer"]);
        Ok(())
    }

    async fn shares_are_fixed_split_and_reset(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let o = world.objective("O").await?;
        let mut krs = world.key_results(o, &[80.0, 30.0, 60.0]).await?;
        let lines = world.tree.app.contributions(world.owner(), o).await?;
        assert!(lines.iter().all(|line| near(line.share, 33.333_333)), "N24");
        assert_eq!(world.share(o, &[(krs[0], Some(50.0))]).await?, [50.0, 25.0, 25.0], "N25");
        krs.push(world.key_result("fourth", o).await?);
        world.check_in(krs[3], 0.0).await?;
        let shares: Vec<f64> = world.tree.app.contributions(world.owner(), o).await?.iter().map(|l| (l.share * 100.0).round() / 100.0).collect();
        assert_eq!(shares, [50.0, 16.67, 16.67, 16.67], "N26");
        assert!(near(world.progress(o).await?, 55.0), "N27");
        let reset = ContributionsInput { reset: true, ..ContributionsInput::default() };
        world.tree.app.set_contributions(world.owner(), o, None, reset).await?;
        assert!(near(world.progress(o).await?, 42.5), "N28");
        let both = [(krs[0], Some(60.0)), (krs[1], Some(50.0))];
        assert_eq!(fields(world.share(o, &both).await), ["shares over_100"], "N38");
        assert_eq!(fields(world.share(o, &[(o, Some(1.0))]).await), ["shares[0].child_id unknown"]);
        assert_eq!(fields(world.share(o, &[(krs[0], Some(101.0))]).await), ["shares[0].share out_of_range"]);
        assert!(near(world.progress(o).await?, 42.5));
        // A parent that does not want new children to contribute starts them at 0.
        let off = ContributionsInput { new_children_contribute: Some(false), ..ContributionsInput::default() };
        world.tree.app.set_contributions(world.owner(), o, None, off).await?;
        let fifth = world.goal(world.key_result("fifth", o).await?).await?;
        assert_eq!((fifth.parents[0].share, fifth.parents[0].fixed), (0.0, true));
        world.patch(o, GoalPatch { progress_mode: Some(ProgressMode::Manual), ..GoalPatch::default() }).await?;
        assert_eq!(fields(world.share(o, &[(krs[0], Some(1.0))]).await), ["refused no_rollup"]);
        Ok(())
    }

    async fn progress_rolls_up_by_kind_of_parent(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        world.set(Settings { okr_model: OkrModel::Interchangeable, ..Settings::default() }).await?;
        let rolls = |m: MetricInput| GoalInput { metric: Some(m), progress_mode: Some(ProgressMode::Rollup), ..GoalInput::new(GoalKind::Objective, "P") };
        let plain = world.objective("N29").await?;
        world.key_results(plain, &[0.0, 25.0, 20.0]).await?;
        assert!(near(world.progress(plain).await?, 15.0), "N29");
        let percent = MetricInput { unit: Some("%".into()), ..metric(MetricKind::Increase, 30.0, 60.0) };
        let parent = world.make(rolls(percent)).await?.id;
        world.key_results(parent, &[0.0, 25.0, 20.0]).await?;
        assert!(near(world.goal(parent).await?.metric.current.unwrap(), 34.5), "N30");
        let numeric = world.make(rolls(metric(MetricKind::Reach, 0.0, 100.0))).await?.id;
        for value in [10.0, 30.0] {
            let kr = GoalInput { metric: Some(metric(MetricKind::Reach, 0.0, 50.0)), ..GoalInput::new(GoalKind::KeyResult, "K").under(numeric) };
            let kr = world.make(kr).await?.id;
            world.check_in(kr, value).await?;
        }
        let sum = world.goal(numeric).await?;
        assert_eq!((sum.metric.current, sum.progress), (Some(40.0), Some(40.0)), "N31");
        let mixed = world.objective("N32").await?;
        let control = GoalInput { metric: Some(metric(MetricKind::StayBelow, 0.0, 100.0)), ..GoalInput::new(GoalKind::KeyResult, "K").under(mixed) };
        let control = world.make(control).await?.id;
        world.check_in(control, 99.9).await?;
        world.key_results(mixed, &[40.0]).await?;
        assert!(near(world.progress(mixed).await?, 70.0), "N32");
        let baseline = |t: &str| GoalInput { metric: Some(MetricInput { start: None, target: None, ..metric(MetricKind::Baseline, 0.0, 0.0) }), ..GoalInput::new(GoalKind::KeyResult, t) };
        let top = world.make(GoalInput { progress_mode: Some(ProgressMode::Rollup), ..baseline("top") }).await?.id;
        for value in [5.0, 7.0] {
            let id = world.make(baseline("below").under(top)).await?.id;
            world.check_in(id, value).await?;
        }
        let top = world.goal(top).await?;
        assert_eq!((top.metric.current, top.progress, top.expected_progress), (Some(12.0), None, None), "N33");
        Ok(())
    }

    async fn a_child_of_two_parents_counts_in_both(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let (a, b) = (world.objective("A").await?, world.objective("B").await?);
        let shared = world.key_results(a, &[60.0]).await?[0];
        world.key_results(b, &[20.0]).await?;
        world.tree.app.set_parents(world.owner(), shared, None, vec![a, b]).await?;
        assert_eq!((world.progress(a).await?, world.progress(b).await?), (60.0, 40.0), "N34");
        let third = world.objective("C").await?;
        let krs = world.key_results(third, &[10.0, 50.0, 70.0]).await?;
        world.share(third, &[(krs[0], Some(0.0))]).await?;
        assert!(near(world.progress(third).await?, 60.0), "N35");
        // Taking a parent away lets it fall back, and the other stays.
        let left = world.tree.app.set_parents(world.owner(), shared, None, vec![b]).await?.goal;
        assert_eq!(left.parents.iter().map(|parent| parent.id).collect::<Vec<_>>(), [b]);
        assert_eq!((world.progress(a).await?, world.progress(b).await?), (0.0, 40.0));
        assert_eq!(world.goal(a).await?.child_count, 0);
        world.set(Settings { multiple_alignment: false, ..Settings::default() }).await?;
        assert_eq!(fields(world.tree.app.set_parents(world.owner(), shared, None, vec![a, b]).await), ["parents multiple_alignment_off"]);
        Ok(())
    }

    async fn alignment_never_runs_in_a_circle(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let top = world.objective("top").await?;
        let middle = world.make(GoalInput::new(GoalKind::Objective, "middle").under(top)).await?.id;
        let low = world.make(GoalInput::new(GoalKind::Objective, "low").under(middle)).await?.id;
        let align = |child, parents| world.tree.app.set_parents(world.owner(), child, None, parents);
        assert_eq!(fields(align(top, vec![low]).await), ["parents[0].id cycle"]);
        assert_eq!(fields(align(top, vec![top]).await), ["parents[0].id self_parent"]);
        let version = world.goal(low).await?.version;
        assert!(matches!(world.tree.app.set_parents(world.owner(), low, Some(version + 1), vec![top]).await, Err(Error::Conflict)));
        let ancestors = world.tree.app.goal_ancestors(world.owner(), low, &northing_app::PageRequest::first()).await?.items;
        assert_eq!(ancestors.iter().map(|goal| goal.id).collect::<Vec<_>>(), [middle, top]);
        let tree = world.tree.app.goal_tree(world.owner(), top, 1).await?;
        assert_eq!((tree.children.len(), tree.children[0].goal.id, tree.children[0].more), (1, middle, true));
        // Only named people align to a goal that says so.
        let ann = world.tree.person("Ann", Role::Member).await?;
        world.patch(top, GoalPatch { align_restricted: Some(true), ..GoalPatch::default() }).await?;
        let under = || GoalInput::new(GoalKind::Objective, "mine").under(top);
        assert_eq!(fields(world.tree.app.create_goal(&ann, under()).await), ["forbidden not_allowed"]);
        let access = vec![AccessInput { user_id: ann.user_id, may_view: false, may_edit: false, may_align: true }];
        world.patch(top, GoalPatch { access: Some(access), ..GoalPatch::default() }).await?;
        let mine = GoalInput { level: Some(Level::Individual), ..under() };
        assert!(world.tree.app.create_goal(&ann, mine).await.is_ok());
        Ok(())
    }

    async fn initiatives_count_when_they_contribute_and_by_their_tasks(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let o = world.objective("O").await?;
        world.key_results(o, &[20.0, 40.0]).await?;
        let i = world.make(GoalInput::new(GoalKind::Initiative, "I").under(o)).await?.id;
        world.check_in(i, 100.0).await?;
        assert!(near(world.progress(o).await?, 30.0), "N36");
        world.share(o, &[(i, None)]).await?;
        assert!(near(world.progress(o).await?, 53.333), "N37");
        world.set(Settings { initiative_contribution: InitiativeContribution::Blocked, ..Settings::default() }).await?;
        assert_eq!(fields(world.share(o, &[(i, Some(10.0))]).await), ["shares[0].share blocked"]);
        let t = world.make(GoalInput::new(GoalKind::Initiative, "tasks")).await?.id;
        let task = |name: &str, done| TaskInput { name: name.into(), kind: None, owner_id: None, due_date: None, weight: None, done };
        for n in 0..8 {
            world.tree.app.add_task(world.owner(), t, task(&format!("t{n}"), n < 2)).await?;
        }
        let tasks = world.tree.app.tasks(world.owner(), t).await?;
        let done = TaskPatch { done: Some(true), ..TaskPatch::default() };
        world.tree.app.edit_task(world.owner(), t, tasks[5].id, Some(1), done.clone()).await?;
        assert_eq!(world.progress(t).await?, 37.5, "N39");
        assert!(matches!(world.tree.app.edit_task(world.owner(), t, tasks[5].id, Some(1), done).await, Err(Error::Conflict)));
        world.tree.app.delete_task(world.owner(), t, tasks[7].id, None).await?;
        assert!(near(world.progress(t).await?, 42.857));
        let kpi = GoalInput { metric: Some(metric(MetricKind::Reach, 0.0, 10.0)), ..GoalInput::new(GoalKind::Initiative, "kpi") };
        let kpi = world.make(kpi).await?.id;
        for n in 0..8 {
            world.tree.app.add_task(world.owner(), kpi, task(&format!("t{n}"), true)).await?;
        }
        world.check_in(kpi, 4.0).await?;
        assert_eq!(world.progress(kpi).await?, 40.0, "N40");
        assert_eq!(fields(world.tree.app.add_task(world.owner(), o, task("x", false)).await), ["refused no_initiative"]);
        Ok(())
    }

    async fn edits_keep_versions_and_recompute(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let o = world.objective("O").await?;
        let input = GoalInput { metric: Some(metric(MetricKind::Reach, 0.0, 10.0)), ..GoalInput::new(GoalKind::KeyResult, "K").under(o) };
        let kr = world.make(input).await?.id;
        world.check_in(kr, 4.0).await?;
        assert_eq!(world.progress(o).await?, 40.0);
        let version = world.goal(kr).await?.version;
        let target = GoalPatch { metric: Some(metric(MetricKind::Reach, 0.0, 5.0)), ..GoalPatch::default() };
        let Edited::Saved(saved) = world.tree.app.edit_goal(world.owner(), kr, Some(version), target.clone()).await? else { return Err(anyhow!("stale")) };
        assert_eq!((saved.progress, saved.version, saved.metric.current), (Some(80.0), version + 1, Some(4.0)));
        assert_eq!(world.progress(o).await?, 80.0);
        let Edited::Stale(theirs) = world.tree.app.edit_goal(world.owner(), kr, Some(version), GoalPatch { title: Some("late".into()), ..GoalPatch::default() }).await? else { return Err(anyhow!("saved")) };
        assert_eq!((theirs.version, theirs.title.as_str()), (version + 1, "K"));
        let current = GoalPatch { metric: Some(MetricInput { current: Some(9.0), ..metric(MetricKind::Reach, 0.0, 5.0) }), ..GoalPatch::default() };
        assert_eq!(fields(world.tree.app.edit_goal(world.owner(), kr, None, current).await), ["metric.current not_allowed"]);
        // A new period brings its days along; tags are made where they are used.
        let q2 = world.next_quarter().await?;
        let moved = world.patch(kr, GoalPatch { period_id: Some(q2), tags: Some(vec!["Ocean".into(), "OCEAN".into(), "sky".into()]), ..GoalPatch::default() }).await?;
        assert_eq!((moved.start_date.to_string(), moved.due_date.to_string()), ("2026-04-01".into(), "2026-06-30".into()));
        assert_eq!(moved.tags, ["Ocean", "sky"]);
        assert!(moved.alerts.iter().any(|alert| alert.code == "period_differs"), "{:?}", moved.alerts);
        // Nothing changed is nothing written.
        let same = world.patch(kr, GoalPatch { title: Some("K".into()), ..GoalPatch::default() }).await?;
        assert_eq!(same.version, moved.version);
        Ok(())
    }

    async fn closed_goals_are_locked_until_they_are_reopened(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let o = world.objective("O").await?;
        let krs = world.key_results(o, &[80.0, 20.0]).await?;
        assert_eq!(fields(world.tree.app.close_goal(world.owner(), krs[0], CloseInput { score: Some(1.01), ..CloseInput::default() }).await), ["score out_of_range"]);
        world.close(krs[0], None).await?;
        assert_eq!(world.goal(krs[0]).await?.score, Some(0.8));
        assert_ne!(world.goal(o).await?.status, Status::Closed, "one of its key results is still open");
        let last = world.close(krs[1], Some(0.2)).await?;
        assert_eq!((last.status, last.closed_by), (Status::Closed, Some(world.owner().user_id)));
        let closed = world.goal(o).await?;
        assert_eq!((closed.status, closed.score), (Status::Closed, Some(0.5)), "N52");
        let app = &world.tree.app;
        assert_eq!(fields(app.edit_goal(world.owner(), o, None, GoalPatch { title: Some("x".into()), ..GoalPatch::default() }).await), ["refused closed"], "N79");
        assert_eq!(fields(app.delete_goal(world.owner(), o, None, false).await), ["refused closed"]);
        assert_eq!(fields(app.close_goal(world.owner(), o, CloseInput::default()).await), ["refused closed"]);
        assert_eq!(fields(app.create_goal(world.owner(), GoalInput::new(GoalKind::KeyResult, "late").under(o)).await), ["parents[0].id closed"]);
        let open = app.reopen_goal(world.owner(), o, None).await?;
        assert_eq!((open.status, open.score, open.closed_at), (Status::Reopened, None, None));
        assert_eq!(fields(app.reopen_goal(world.owner(), o, None).await), ["refused open"]);
        assert!(world.patch(o, GoalPatch { title: Some("x".into()), ..GoalPatch::default() }).await.is_ok());
        Ok(())
    }

    async fn postponing_goes_on_in_the_next_period(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let o = world.objective("O").await?;
        let kpi = GoalInput { metric: Some(metric(MetricKind::Reach, 0.0, 10.0)), ..GoalInput::new(GoalKind::KeyResult, "kpi").under(o) };
        let kpi = world.make(kpi).await?.id;
        let percent = world.key_result("percent", o).await?;
        world.check_in(kpi, 5.0).await?;
        world.check_in(percent, 40.0).await?;
        let app = &world.tree.app;
        assert_eq!(fields(app.postpone_goal(world.owner(), o, PostponeInput::default()).await), ["period_id required"]);
        let q2 = world.next_quarter().await?;
        let done = app.postpone_goal(world.owner(), kpi, PostponeInput { note: Some("later".into()), ..PostponeInput::default() }).await?;
        let next = done.continued.unwrap();
        assert_eq!((done.goal.status, done.goal.progress, done.goal.closing_note.as_deref()), (Status::Postponed, Some(50.0), Some("later")));
        assert_eq!((next.period_id, next.metric.start, next.metric.target, next.progress), (q2, 5.0, Some(10.0), Some(0.0)), "N57");
        for (how, progress) in [(CarryOver::Reset, 0.0), (CarryOver::Preserve, 40.0)] {
            let goal = app.reopen_goal(world.owner(), percent, None).await;
            assert!(goal.is_ok() || how == CarryOver::Reset);
            let done = app.postpone_goal(world.owner(), percent, PostponeInput { progress: Some(how), ..PostponeInput::default() }).await?;
            assert_eq!(done.continued.unwrap().progress, Some(progress), "N58");
        }
        // Both key results are postponed now: so is the objective, whatever its progress (N53).
        assert_eq!(world.goal(o).await?.status, Status::Postponed);
        Ok(())
    }

    async fn copies_take_what_was_asked_for_and_once(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        world.set(Settings { key_results_under_key_results: true, ..Settings::default() }).await?;
        let o = world.objective("O").await?;
        let krs = world.key_results(o, &[80.0, 30.0]).await?;
        let deep = world.key_result("deep", krs[0]).await?;
        world.check_in(deep, 10.0).await?;
        let app = &world.tree.app;
        let input = CloneInput { scope: Some(CloneScope::Children), request_id: Some("r1".into()), ..CloneInput::default() };
        let copy = app.clone_goal(world.owner(), o, input.clone()).await?;
        let tree = app.goal_tree(world.owner(), copy.id, 5).await?;
        let below: Vec<_> = tree.children.iter().map(|child| (child.goal.title.clone(), child.goal.progress, child.children.len())).collect();
        assert_eq!(below, [("KR 0".to_owned(), Some(0.0), 0), ("KR 1".to_owned(), Some(0.0), 0)], "N59");
        assert_eq!(app.clone_goal(world.owner(), o, input).await?.id, copy.id);
        let all = CloneInput { scope: Some(CloneScope::All), ..CloneInput::default() };
        let copy = app.clone_goal(world.owner(), o, all).await?;
        assert_eq!(app.goal_tree(world.owner(), copy.id, 5).await?.children[0].children.len(), 1);
        world.close(krs[1], None).await?;
        let bulk = app.clone_goals(world.owner(), vec![krs[0], krs[1]], CloneInput::default()).await?;
        assert_eq!(bulk.cloned.len(), 1);
        assert_eq!(bulk.rejected.iter().map(|one| (one.goal_id, one.code)).collect::<Vec<_>>(), [(krs[1], "closed")], "N60");
        Ok(())
    }

    async fn deletion_can_be_undone_with_its_alignment(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let (top, other) = (world.objective("top").await?, world.objective("other").await?);
        let middle = world.make(GoalInput::new(GoalKind::Objective, "middle").under(top)).await?.id;
        let krs = world.key_results(middle, &[80.0, 40.0]).await?;
        world.share(middle, &[(krs[0], Some(75.0))]).await?;
        world.tree.app.set_parents(world.owner(), krs[1], None, vec![middle, other]).await?;
        assert_eq!(world.progress(top).await?, 70.0);
        let app = &world.tree.app;
        app.delete_goal(world.owner(), middle, None, false).await?;
        assert_eq!(world.progress(top).await?, 0.0);
        assert!(matches!(app.goal(world.owner(), middle).await, Err(Error::NotFound(_))));
        assert!(world.goal(krs[0]).await?.parents.is_empty());
        assert_eq!(app.deleted_goals(world.owner(), &PageRequest::first()).await?.items[0].id, middle);
        app.restore_goal(world.owner(), middle).await?;
        assert_eq!(world.progress(top).await?, 70.0);
        assert_eq!((world.goal(krs[0]).await?.parents[0].share, world.goal(krs[1]).await?.parents.len()), (75.0, 2));
        // With all below it, but not what is aligned to something that stays.
        let gone = app.delete_goal(world.owner(), middle, None, true).await?;
        assert_eq!(gone.goal_ids, [middle, krs[0]]);
        assert_eq!(world.goal(krs[1]).await?.parents.iter().map(|one| one.id).collect::<Vec<_>>(), [other]);
        app.restore_goal(world.owner(), middle).await?;
        assert_eq!(world.progress(top).await?, 70.0);
        assert!(matches!(app.restore_goal(world.owner(), middle).await, Err(Error::NotFound(_))));
        assert_eq!(app.goal_tree(world.owner(), top, 3).await?.children[0].children.len(), 2);
        Ok(())
    }

    async fn pages_list_what_stands_on_them_and_in_the_chosen_order(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let team = world.team("Lens", None).await?;
        let of_team = |t: &str| GoalInput { team_ids: Some(vec![team]), ..GoalInput::new(GoalKind::Objective, t) };
        let a = world.make(of_team("a")).await?.id;
        let b = world.make(of_team("b")).await?.id;
        let kr = world.key_result("kr", a).await?;
        let period = world.goal(a).await?.period_id;
        let on = |page: &'static str, entity: Id, top: bool| {
            let store = db.store();
            async move {
                let mut rx = store.read().await?;
                let all = northing_store::placements::order(&mut rx, page, entity, period, top).await?;
                Ok::<_, anyhow::Error>(all.into_iter().map(|(id, _)| id).collect::<Vec<_>>())
            }
        };
        assert_eq!(on("team", team, true).await?, [a, b]);
        assert_eq!(on("all", world.tree.org, false).await?, [a, b, kr]);
        assert_eq!(on("person", world.owner().user_id, true).await?, [a, b]);
        assert!(on("organization", world.tree.org, true).await?.is_empty());
        let before = ReorderInput { page: Some(OrderedPage::Team), entity_id: Some(team), before_id: Some(a), ..ReorderInput::default() };
        world.tree.app.reorder_goal(world.owner(), b, None, before).await?;
        assert_eq!(on("team", team, true).await?, [b, a]);
        assert_eq!(on("all", world.tree.org, true).await?, [a, b]);
        let second = world.key_result("second", a).await?;
        let first = ReorderInput { parent_id: Some(a), before_id: Some(kr), ..ReorderInput::default() };
        world.tree.app.reorder_goal(world.owner(), second, None, first).await?;
        let children = world.tree.app.goal_children(world.owner(), a, &northing_app::PageRequest::first()).await?.items;
        assert_eq!(children.iter().map(|goal| goal.id).collect::<Vec<_>>(), [second, kr]);
        // Moved to the organisation it leaves the team's page; its child comes to the top there.
        world.patch(a, GoalPatch { level: Some(Level::Organization), ..GoalPatch::default() }).await?;
        assert_eq!(on("team", team, true).await?, [b, kr, second]);
        assert_eq!(on("organization", world.tree.org, true).await?, [a]);
        world.tree.app.delete_goal(world.owner(), a, None, false).await?;
        assert!(on("organization", world.tree.org, true).await?.is_empty());
        assert_eq!(on("all", world.tree.org, true).await?.len(), 3);
        Ok(())
    }

    async fn restricted_goals_do_not_exist_for_others(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        world.set(Settings { private_goals: true, ..Settings::default() }).await?;
        let (ann, bob) = (world.tree.person("Ann", Role::Member).await?, world.tree.person("Bob", Role::Member).await?);
        let app = &world.tree.app;
        let access = vec![AccessInput { user_id: bob.user_id, may_view: true, may_edit: false, may_align: false }];
        let secret = GoalInput { visibility: Some(Visibility::Restricted), access, ..GoalInput::new(GoalKind::Objective, "secret") };
        let secret = app.create_goal(&ann, secret).await?.id;
        let child = app.create_goal(&ann, GoalInput::new(GoalKind::KeyResult, "child").under(secret)).await?.id;
        assert!(matches!(app.goal(world.owner(), secret).await, Err(Error::NotFound(_))), "N80");
        assert!(app.goal(&bob, secret).await.is_ok());
        assert_eq!(fields(app.edit_goal(&bob, secret, None, GoalPatch::default()).await), ["forbidden not_allowed"]);
        let titles = |actor: Actor| async move {
            let found = app.list_goals(&actor, &GoalsQuery::default(), &PageRequest::first()).await?;
            Ok::<_, Error>(found.items.into_iter().map(|goal| goal.title).collect::<Vec<_>>())
        };
        assert_eq!(titles(world.owner().clone()).await?, ["child"]);
        assert_eq!(titles(bob.clone()).await?, ["secret", "child"]);
        assert!(world.goal(child).await?.parents.is_empty());
        assert!(app.goal_ancestors(world.owner(), child, &northing_app::PageRequest::first()).await?.items.is_empty());
        assert_eq!(fields(app.create_goal(world.owner(), GoalInput::new(GoalKind::Objective, "x").under(secret)).await), ["parents[0].id unknown"]);
        Ok(())
    }

    async fn lists_filter_sort_and_page_by_key(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let o = world.objective("Öl 100% rein").await?;
        let krs = world.key_results(o, &[10.0, 30.0, 20.0]).await?;
        let (app, owner) = (&world.tree.app, world.owner());
        let list = |query: GoalsQuery, page: PageRequest| async move { app.list_goals(owner, &query, &page).await };
        let ids = |found: &northing_app::Page<GoalView>| found.items.iter().map(|goal| goal.id).collect::<Vec<_>>();
        let by = |filter: GoalFilter| GoalsQuery { filter, ..GoalsQuery::default() };
        let q = by(GoalFilter { q: Some("ol 100%".into()), ..GoalFilter::default() });
        assert_eq!(ids(&list(q, PageRequest::first()).await?), [o]);
        let none = by(GoalFilter { parent: Some(None), ..GoalFilter::default() });
        assert_eq!(ids(&list(none, PageRequest::first()).await?), [o]);
        let below = by(GoalFilter { parent: Some(Some(o)), kinds: vec![GoalKind::KeyResult], ..GoalFilter::default() });
        let sorted = GoalsQuery { sort: Some("progress".parse()?), descending: true, ..below };
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let page = list(sorted.clone(), PageRequest { limit: 1, cursor }).await?;
            seen.extend(ids(&page));
            cursor = page.next;
            if cursor.is_none() { break }
        }
        assert_eq!(seen, [krs[1], krs[2], krs[0]]);
        let bad = PageRequest { limit: 1, cursor: Some("nonsense".into()) };
        assert_eq!(fields(list(GoalsQuery::default(), bad).await), ["cursor unknown"]);
        // As they stood: yesterday there were none; today's progress stays at today's end.
        world.tree.clock.advance_days(2);
        world.check_in(krs[0], 90.0).await?;
        let then = list(GoalsQuery { as_of: Some("2026-02-15".parse()?), ..by(GoalFilter { parent: Some(Some(o)), ..GoalFilter::default() }) }, PageRequest::first()).await?;
        assert_eq!(then.items.iter().map(|goal| goal.progress).collect::<Vec<_>>(), [Some(10.0), Some(30.0), Some(20.0)]);
        let before = GoalsQuery { as_of: Some("2026-02-01".parse()?), ..GoalsQuery::default() };
        assert!(list(before, PageRequest::first()).await?.items.is_empty());
        let stale = GoalsQuery { not_updated_since: Some("2026-02-17".parse()?), ..by(GoalFilter { kinds: vec![GoalKind::KeyResult], ..GoalFilter::default() }) };
        assert_eq!(ids(&list(stale, PageRequest::first()).await?), [krs[1], krs[2]]);
        for filter in [
            GoalFilter { statuses: vec![Status::Closed], ..GoalFilter::default() },
            GoalFilter { levels: vec![Level::Team], ..GoalFilter::default() },
            GoalFilter { teams: vec![o], ..GoalFilter::default() },
            GoalFilter { tags: vec!["none".into()], ..GoalFilter::default() },
            GoalFilter { due_before: Some("2026-03-31".parse()?), ..GoalFilter::default() },
            GoalFilter { due_after: Some("2026-03-31".parse()?), ..GoalFilter::default() },
        ] {
            assert!(list(by(filter), PageRequest::first()).await?.items.is_empty());
        }
        let mine = GoalFilter { owners: vec![world.tree.owner.user_id], periods: vec![world.goal(o).await?.period_id], ..GoalFilter::default() };
        assert_eq!(list(by(mine), PageRequest::first()).await?.items.len(), 4);
        Ok(())
    }

    async fn key_results_and_initiatives_turn_into_each_other(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let o = world.objective("O").await?;
        let kr = world.key_results(o, &[30.0]).await?[0];
        let into = |kind| GoalPatch { kind: Some(kind), ..GoalPatch::default() };
        let (app, owner) = (&world.tree.app, world.owner());
        let convert = |id, kind| async move { app.edit_goal(owner, id, None, into(kind)).await };
        assert_eq!(fields(convert(kr, GoalKind::Initiative).await), ["kind classic_model"]);
        world.set(Settings { okr_model: OkrModel::Interchangeable, ..Settings::default() }).await?;
        let Edited::Saved(done) = convert(kr, GoalKind::Initiative).await? else { return Err(anyhow!("stale")) };
        assert_eq!((done.kind, done.progress), (GoalKind::Initiative, Some(30.0)));
        let task = TaskInput { name: "t".into(), kind: None, owner_id: None, due_date: None, weight: None, done: false };
        world.tree.app.add_task(&world.tree.owner, kr, task).await?;
        assert_eq!(fields(convert(kr, GoalKind::KeyResult).await), ["kind has_tasks"]);
        assert_eq!(fields(convert(o, GoalKind::Initiative).await), ["kind not_interchangeable"]);
        Ok(())
    }
}
