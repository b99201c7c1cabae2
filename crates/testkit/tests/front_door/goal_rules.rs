//! What becomes of progress and status where a goal is edited, its tasks weigh, its day comes or its parents ask.

use anyhow::{Context as _, Result};
use northing_app::check_in::NewCheckIn;
use northing_app::goal::{GoalInput, GoalPatch, ManyPatch, TaskInput, TaskPatch};
use northing_core::check_in::CheckInInput;
use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::metric::MetricKind;
use northing_core::settings::{OkrModel, Settings};
use northing_core::status::{Status, StatusSource};
use northing_core::values::Id;
use northing_store::tasks::TaskKind;
use northing_testkit::both_engines;

use crate::goals::{World, metric, near};

/// A childless goal that rolls up, checked in on at 40 %.
async fn at_forty(world: &World, kind: GoalKind) -> Result<Id> {
    let goal = world.make(GoalInput::new(kind, "Forty")).await?;
    assert_eq!(goal.progress_mode, ProgressMode::Rollup);
    world.check_in(goal.id, 40.0).await?;
    Ok(goal.id)
}

async fn stands_at_forty(world: &World, goal: Id, after: &str) -> Result<()> {
    let goal = world.goal(goal).await?;
    assert_eq!((goal.progress, goal.metric.current), (Some(40.0), Some(40.0)), "{after}");
    Ok(())
}

fn milestone(name: &str, weight: Option<f64>, done: bool) -> TaskInput {
    let kind = Some(TaskKind::Milestone);
    TaskInput { name: name.into(), kind, owner_id: None, due_date: None, weight, done }
}

/// A check-in by a value that names no status.
async fn says(world: &World, goal: Id, value: f64) -> Result<Status> {
    let input = CheckInInput { value: Some(value), ..CheckInInput::default() };
    let new = NewCheckIn { input, ..NewCheckIn::default() };
    Ok(world.tree.app.create_check_in(world.owner(), goal, new).await?.goal.status_after)
}

both_engines! {
    async fn an_edit_keeps_what_was_checked_in_on_a_goal_without_children(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let goal = at_forty(&world, GoalKind::Objective).await?;
        world.patch(goal, GoalPatch { due_date: Some("2026-03-20".parse()?), ..GoalPatch::default() }).await?;
        stands_at_forty(&world, goal, "another due date").await?;
        let q2 = world.next_quarter().await?;
        world.patch(goal, GoalPatch { period_id: Some(q2), ..GoalPatch::default() }).await?;
        stands_at_forty(&world, goal, "another period").await?;
        for mode in [ProgressMode::Manual, ProgressMode::Rollup] {
            world.patch(goal, GoalPatch { progress_mode: Some(mode), ..GoalPatch::default() }).await?;
            stands_at_forty(&world, goal, "another mode").await?;
        }
        let other = at_forty(&world, GoalKind::Objective).await?;
        let many = ManyPatch { goal_ids: vec![other], period_id: Some(q2), ..ManyPatch::default() };
        assert_eq!(world.tree.app.edit_goals(world.owner(), many).await?.edited.len(), 1);
        stands_at_forty(&world, other, "several at once").await?;
        // Only the last child that goes leads back to the start; others coming and going do not ask for it.
        let children = world.key_results(other, &[80.0, 60.0]).await?;
        assert_eq!(world.progress(other).await?, 70.0);
        for (child, left) in [(children[0], 60.0), (children[1], 0.0)] {
            world.tree.app.delete_goal(world.owner(), child, None, false).await?;
            assert_eq!(world.progress(other).await?, left);
        }
        assert!(world.tree.wrong().await?.is_empty());
        Ok(())
    }

    async fn a_metric_edit_keeps_the_value_of_an_objective_without_children(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        world.set(Settings { okr_model: OkrModel::Interchangeable, ..Settings::default() }).await?;
        let goal = at_forty(&world, GoalKind::Objective).await?;
        let wider = GoalPatch { metric: Some(metric(MetricKind::Increase, 0.0, 200.0)), ..GoalPatch::default() };
        let now = world.patch(goal, wider).await?;
        assert_eq!((now.progress, now.metric.current), (Some(40.0), Some(80.0)), "progress is kept");
        let nearer = GoalPatch { metric: Some(metric(MetricKind::Increase, 0.0, 100.0)), ..GoalPatch::default() };
        let now = world.patch(goal, nearer).await?;
        assert_eq!((now.progress, now.metric.current), (Some(80.0), Some(80.0)), "the value is kept");
        Ok(())
    }

    async fn an_initiative_and_a_key_result_change_into_each_other_with_their_progress(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        world.set(Settings { okr_model: OkrModel::Interchangeable, ..Settings::default() }).await?;
        let top = world.objective("O").await?;
        let goal = world.make(GoalInput::new(GoalKind::Initiative, "I").under(top)).await?.id;
        world.check_in(goal, 40.0).await?;
        let status = world.goal(goal).await?.status;
        for kind in [GoalKind::KeyResult, GoalKind::Initiative, GoalKind::KeyResult] {
            world.patch(goal, GoalPatch { kind: Some(kind), ..GoalPatch::default() }).await?;
            stands_at_forty(&world, goal, kind.name()).await?;
            assert_eq!(world.goal(goal).await?.status, status);
        }
        Ok(())
    }

    async fn a_removed_check_in_falls_back_to_the_one_before(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let goal = at_forty(&world, GoalKind::Objective).await?;
        let input = CheckInInput { value: Some(70.0), ..CheckInInput::default() };
        let new = NewCheckIn { input, ..NewCheckIn::default() };
        world.tree.clock.advance_days(1);
        let later = world.tree.app.create_check_in(world.owner(), goal, new).await?.check_in.context("a check-in")?;
        world.tree.app.delete_check_in(world.owner(), goal, later.id, None).await?;
        stands_at_forty(&world, goal, "one check-in left").await
    }

    async fn milestones_count_by_their_weight_and_tasks_once(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let goal = world.make(GoalInput::new(GoalKind::Initiative, "I")).await?.id;
        let app = &world.tree.app;
        app.add_task(world.owner(), goal, milestone("heavy", Some(2.0), true)).await?;
        let light = app.add_task(world.owner(), goal, milestone("light", None, false)).await?;
        assert!(near(world.progress(goal).await?, 200.0 / 3.0));
        // A task's weight says nothing; tenths have one sum, whoever adds them up.
        app.add_task(world.owner(), goal, TaskInput { kind: Some(TaskKind::Task), ..milestone("task", Some(9.0), false) }).await?;
        assert_eq!(world.progress(goal).await?, 50.0);
        for (name, weight) in [("a", 0.1), ("b", 0.2), ("c", 0.3), ("d", 0.4)] {
            app.add_task(world.owner(), goal, milestone(name, Some(weight), name != "d")).await?;
        }
        assert_eq!(world.progress(goal).await?, 2.6 / 5.0 * 100.0);
        let heavier = TaskPatch { weight: Some(Some(1e12)), ..TaskPatch::default() };
        assert!(app.edit_task(world.owner(), goal, light.id, None, heavier).await.is_err());
        let heavier = TaskPatch { weight: Some(Some(6.0)), ..TaskPatch::default() };
        app.edit_task(world.owner(), goal, light.id, None, heavier).await?;
        assert_eq!(world.progress(goal).await?, 26.0);
        assert!(world.tree.wrong().await?.is_empty());
        Ok(())
    }

    async fn an_open_baseline_keeps_its_objective_open(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        world.set(Settings { status_source: StatusSource::KeyResults, ..Settings::default() }).await?;
        let top = world.objective("O").await?;
        let krs = world.key_results(top, &[80.0]).await?;
        let measure = northing_app::goal::MetricInput { start: None, target: None, ..metric(MetricKind::Baseline, 0.0, 0.0) };
        let baseline = GoalInput { metric: Some(measure), ..GoalInput::new(GoalKind::KeyResult, "B").under(top) };
        let baseline = world.make(baseline).await?.id;
        assert_eq!(says(&world, baseline, 5.0).await?, Status::InProgress, "by its first value");
        world.close(krs[0], None).await?;
        let open = world.goal(top).await?;
        assert_eq!((open.status, open.score), (Status::OnTrack, None));
        world.close(baseline, Some(0.6)).await?;
        let closed = world.goal(top).await?;
        assert_eq!((closed.status, closed.score.map(|score| (score * 100.0).round())), (Status::Closed, Some(70.0)));
        Ok(())
    }

    async fn a_check_in_without_a_status_asks_the_key_results_where_the_organisation_does(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let top = world.objective("O").await?;
        world.key_results(top, &[1.0]).await?;
        assert_eq!(says(&world, top, 99.0).await?, Status::OnTrack, "from progress");
        world.set(Settings { status_source: StatusSource::KeyResults, ..Settings::default() }).await?;
        assert_eq!(says(&world, top, 98.0).await?, Status::AtRisk, "from its key results");
        Ok(())
    }

    async fn what_was_checked_in_before_the_start_begins_on_its_day(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let top = world.objective("O").await?;
        let days = (Some("2026-03-01".parse()?), Some("2026-03-31".parse()?));
        let later = |title: &str| GoalInput { start_date: days.0, due_date: days.1, ..GoalInput::new(GoalKind::KeyResult, title).under(top) };
        let (early, silent) = (world.make(later("early")).await?.id, world.make(later("silent")).await?.id);
        assert_eq!(says(&world, early, 5.0).await?, Status::NotStarted);
        let codes = |goal: northing_app::goal::GoalView| goal.alerts.iter().map(|alert| alert.code).collect::<Vec<_>>();
        world.tree.clock.set("2026-03-10T08:00:00Z".parse()?);
        world.tree.app.begin_day().await?;
        let begun = world.goal(early).await?;
        assert_eq!(begun.status, Status::Behind);
        assert!(!codes(begun).contains(&"not_started"), "somebody has checked in");
        let waits = world.goal(silent).await?;
        assert_eq!(waits.status, Status::NotStarted);
        assert!(codes(waits).contains(&"not_started"));
        Ok(())
    }
}
