//! What becomes of progress and status where a goal is edited, its tasks weigh, its day comes or its parents ask.

use anyhow::{Context as _, Result};
use northing_app::check_in::NewCheckIn;
use northing_app::goal::{
    CloneInput, CloneScope, CloseInput, GoalInput, GoalPatch, GoalsQuery, ListChange, ListPatch, ManyPatch,
    PostponeInput, TaskInput, TaskPatch,
};
use northing_app::{Actor, PageRequest};
use northing_core::check_in::CheckInInput;
use northing_core::goal::{GoalKind, Level, ProgressMode};
use northing_core::metric::MetricKind;
use northing_core::people::Role;
use northing_core::phases::Phase;
use northing_core::settings::{OkrModel, Settings};
use northing_core::status::{Status, StatusSource};
use northing_core::values::Id;
use northing_store::sql;
use northing_store::tasks::TaskKind;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::json;

use crate::goals::{World, fields, metric, near};
use crate::moving::Goals;

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

    async fn where_every_goal_needs_a_team_no_copy_is_without(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let old = world.make(GoalInput::new(GoalKind::Objective, "Old")).await?.id;
        let team = world.team("Lens", None).await?;
        let good = world.make(GoalInput { team_ids: Some(vec![team]), ..GoalInput::new(GoalKind::Objective, "Good") }).await?.id;
        let below = GoalInput { level: Some(Level::Individual), team_ids: Some(Vec::new()), ..GoalInput::new(GoalKind::KeyResult, "Below").under(good) };
        let below = world.make(below).await?.id;
        world.set(Settings { mandatory_team: true, ..Settings::default() }).await?;
        let app = &world.tree.app;
        let count = || async { anyhow::Ok(app.list_goals(world.owner(), &GoalsQuery::default(), &PageRequest::first()).await?.items.len()) };
        let before = count().await?;
        let copy = |goal, scope| app.clone_goal(world.owner(), goal, CloneInput { scope: Some(scope), ..CloneInput::default() });
        assert_eq!(fields(copy(old, CloneScope::Goal).await), ["refused team_required"]);
        assert_eq!(fields(copy(good, CloneScope::All).await), ["refused team_required"], "for what is below it");
        assert_eq!(count().await?, before, "nothing was copied");
        assert_eq!(copy(good, CloneScope::Goal).await?.level, Level::Team);
        // Without the right to create for the team the copy would be a person's: there is none.
        let bob = world.tree.person("Bob", Role::Member).await?;
        assert_eq!(fields(app.clone_goal(&bob, good, CloneInput::default()).await), ["refused team_required"]);
        // Of several those with a team are copied, the others named.
        let done = app.clone_goals(world.owner(), vec![old, good], CloneInput::default()).await?;
        let rejected: Vec<_> = done.rejected.iter().map(|it| (it.goal_id, it.code)).collect();
        assert_eq!((done.cloned.len(), rejected), (1, vec![(old, "team_required")]));
        world.next_quarter().await?;
        let on = PostponeInput { period_id: None, ..PostponeInput::default() };
        let reason = CloseInput { continue_in: Some(on), ..CloseInput::default() };
        assert_eq!(fields(app.close_goal(world.owner(), old, reason).await), ["refused team_required"]);
        // What is there from before is checked in on and closed as ever; an edit asks for the team.
        world.check_in(old, 30.0).await?;
        world.check_in(below, 30.0).await?;
        let title = GoalPatch { title: Some("Older".into()), ..GoalPatch::default() };
        assert_eq!(fields(app.edit_goal(world.owner(), old, None, title).await), ["team_ids required"]);
        assert_eq!(world.close(old, None).await?.status, Status::Closed);
        Ok(())
    }

    async fn new_owners_are_told_once_by_whom(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        world.set(Settings { shared_goals: true, ..Settings::default() }).await?;
        let app = &world.tree.app;
        let (ann, bob) = (world.tree.person("Ann", Role::Member).await?, world.tree.person("Bob", Role::Member).await?);
        let told = |who: Actor| async move {
            let found = app.notices(&who).await?;
            anyhow::Ok(found.into_iter().map(|it| (it.kind, it.goal_id, it.detail)).collect::<Vec<_>>())
        };
        let owned = |title: &str, by: &[Id]| GoalInput { owner_ids: Some(by.to_vec()), ..GoalInput::new(GoalKind::Objective, title) };
        // One's own acts are no news, and those who stay are told nothing.
        let mine = app.create_goal(&ann, owned("Mine", &[ann.user_id])).await?.id;
        let both = GoalPatch { owner_ids: Some(vec![ann.user_id, bob.user_id]), ..GoalPatch::default() };
        app.edit_goal(&ann, mine, None, both).await?;
        assert_eq!(told(ann.clone()).await?, []);
        let news = told(bob.clone()).await?;
        assert!(matches!(news.as_slice(), [(kind, Some(goal), detail)] if kind == "made_owner" && *goal == mine && detail.contains("Ann")), "{news:?}");
        // Made for somebody else; the same goal twice is one notice.
        let made = app.create_goal(world.owner(), owned("Yours", &[ann.user_id])).await?.id;
        for owners in [vec![], vec![ann.user_id]] {
            app.edit_goal(world.owner(), made, None, GoalPatch { owner_ids: Some(owners), ..GoalPatch::default() }).await?;
        }
        assert_eq!(told(ann.clone()).await?.len(), 1);
        // Several at once are one notice for each person, a single one of them with its link.
        let goals = [world.objective("A").await?, world.objective("B").await?];
        let add = |goal_ids: &[Id], who: Id, dry_run| ManyPatch {
            goal_ids: goal_ids.to_vec(), owners: Some(ListPatch { how: ListChange::Add, values: vec![who] }), dry_run, ..ManyPatch::default()
        };
        app.edit_goals(world.owner(), add(&goals, bob.user_id, true)).await?;
        assert_eq!(told(bob.clone()).await?.len(), 1, "nothing happened yet");
        app.edit_goals(world.owner(), add(&goals, bob.user_id, false)).await?;
        let news = told(bob.clone()).await?;
        assert!(news.len() == 2 && news.iter().any(|(_, goal, detail)| goal.is_none() && detail.contains("\"goals\":2")), "{news:?}");
        app.edit_goals(world.owner(), add(&goals, bob.user_id, false)).await?;
        assert_eq!(told(bob.clone()).await?.len(), 2, "they own them already");
        app.edit_goals(world.owner(), add(&goals, ann.user_id, false)).await?;
        // Copies of what others own are theirs too.
        let copies = app.clone_goals(world.owner(), goals.to_vec(), CloneInput::default()).await?;
        assert_eq!(copies.cloned.len(), 2);
        assert_eq!((told(ann.clone()).await?.len(), told(bob.clone()).await?.len()), (3, 3));
        assert_eq!(told(world.owner().clone()).await?, []);
        Ok(())
    }

    async fn sharing_is_off_until_it_is_switched_on_and_shared_goals_stay_editable(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let ann = world.tree.person("Ann", Role::Member).await?;
        let (north, south) = (world.team("North", None).await?, world.team("South", None).await?);
        let owners = GoalInput { owner_ids: Some(vec![world.owner().user_id, ann.user_id]), ..GoalInput::new(GoalKind::Objective, "O") };
        let teams = GoalInput { team_ids: Some(vec![north, south]), ..GoalInput::new(GoalKind::Objective, "T") };
        let app = &world.tree.app;
        assert_eq!(fields(app.create_goal(world.owner(), owners.clone()).await), ["owner_ids not_allowed"]);
        assert_eq!(fields(app.create_goal(world.owner(), teams.clone()).await), ["team_ids not_allowed"]);
        world.set(Settings { shared_goals: true, ..Settings::default() }).await?;
        let eve = world.tree.person("Eve", Role::Member).await?;
        let three = GoalInput { owner_ids: Some(vec![world.owner().user_id, ann.user_id, eve.user_id]), ..owners };
        let (three, two) = (world.make(three).await?.id, world.make(teams).await?.id);
        world.set(Settings::default()).await?;
        let fewer = GoalPatch { owner_ids: Some(vec![ann.user_id, eve.user_id]), ..GoalPatch::default() };
        assert_eq!(world.patch(three, fewer).await?.owner_ids.len(), 2, "they go one by one");
        let other = GoalPatch { owner_ids: Some(vec![ann.user_id, world.owner().user_id]), ..GoalPatch::default() };
        assert_eq!(fields(app.edit_goal(world.owner(), three, None, other).await), ["owner_ids not_allowed"]);
        let title = GoalPatch { title: Some("Two teams".into()), ..GoalPatch::default() };
        assert_eq!(world.patch(two, title).await?.team_ids.len(), 2);
        Ok(())
    }

    async fn initiatives_have_no_phases_no_commitment_and_no_guidance(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        world.set(Settings { okr_model: OkrModel::Interchangeable, scoring_guidance: true, ..Settings::default() }).await?;
        let app = &world.tree.app;
        let day = "2026-03-31".parse()?;
        let phased = |kind, title: &str| GoalInput {
            metric: Some(metric(MetricKind::Reach, 0.0, 10.0)),
            phases: vec![Phase { date: day, target: 10.0 }],
            committed: true,
            scoring_guidance: Some("0.7 is good".into()),
            ..GoalInput::new(kind, title)
        };
        let refused = ["phases not_allowed", "committed not_allowed", "scoring_guidance not_allowed"];
        assert_eq!(fields(app.create_goal(world.owner(), phased(GoalKind::Initiative, "I")).await), refused);
        let plain = world.make(GoalInput { phases: Vec::new(), committed: false, scoring_guidance: None, ..phased(GoalKind::Initiative, "I") }).await?.id;
        let patch = GoalPatch { committed: Some(true), ..GoalPatch::default() };
        assert_eq!(fields(app.edit_goal(world.owner(), plain, None, patch).await), ["committed not_allowed"]);
        // What a key result was remains for when it is one again.
        let top = world.objective("O").await?;
        let was = world.make(GoalInput { metric: None, phases: Vec::new(), ..phased(GoalKind::KeyResult, "K") }.under(top)).await?.id;
        for kind in [GoalKind::Initiative, GoalKind::KeyResult] {
            let now = world.patch(was, GoalPatch { kind: Some(kind), ..GoalPatch::default() }).await?;
            assert!(now.committed && now.scoring_guidance.is_some(), "{kind}");
        }
        Ok(())
    }

    async fn a_new_day_begins_at_midnight_of_the_organisation(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        world.set(Settings { time_zone: "Asia/Tokyo".into(), ..Settings::default() }).await?;
        let app = &world.tree.app;
        let at = |text: &str| {
            world.tree.clock.set(text.parse()?);
            anyhow::Ok(())
        };
        // 15 February in Tokyo, by a minute; in UTC it is the afternoon.
        at("2026-02-15T14:00:00Z")?;
        let top = world.objective("O").await?;
        world.key_results(top, &[51.0]).await?;
        app.begin_day().await?;
        at("2026-02-15T14:59:00Z")?;
        assert_eq!(app.begin_day().await?, 0, "the same day");
        let before = world.goal(top).await?;
        assert_eq!((before.status, before.expected_progress), (Status::OnTrack, Some(45.0 / 89.0 * 100.0)));
        at("2026-02-15T15:01:00Z")?;
        assert_eq!(world.goal(top).await?.expected_progress, Some(46.0 / 89.0 * 100.0), "the next day's");
        assert_eq!(app.begin_day().await?, 1);
        assert_eq!(world.goal(top).await?.status, Status::Behind);
        // West of UTC the day is the one before for longer.
        world.set(Settings { time_zone: "America/Los_Angeles".into(), ..Settings::default() }).await?;
        assert_eq!(world.goal(top).await?.expected_progress, Some(45.0 / 89.0 * 100.0));
        Ok(())
    }

    async fn the_current_period_switches_at_midnight_of_the_organisation(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        world.set(Settings { time_zone: "Asia/Tokyo".into(), ..Settings::default() }).await?;
        let app = &world.tree.app;
        let current = |text: &'static str| { let world = &world; async move {
            world.tree.clock.set(text.parse()?);
            app.periods_tick().await?;
            let periods = app.list_periods(world.owner(), &PageRequest::first()).await?.items;
            anyhow::Ok(periods.into_iter().find(|it| it.is_current).map(|it| it.start.to_string()))
        } };
        assert_eq!(current("2026-03-31T14:59:00Z").await?.as_deref(), Some("2026-01-01"), "31 March, a minute before midnight");
        assert_eq!(current("2026-03-31T15:00:00Z").await?.as_deref(), Some("2026-04-01"), "1 April in Tokyo, 31 March in UTC");
        Ok(())
    }

    async fn every_alert_comes_where_it_is_due(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let codes = |goal: Id| { let world = &world; async move {
            anyhow::Ok(world.goal(goal).await?.alerts.iter().map(|alert| alert.code).collect::<Vec<_>>())
        } };
        let alone = world.objective("Alone").await?;
        let found = codes(alone).await?;
        assert!(found.contains(&"not_aligned") && found.contains(&"no_key_results") && !found.contains(&"overdue"), "{found:?}");
        let company = GoalInput { level: Some(Level::Organization), ..GoalInput::new(GoalKind::Objective, "Company") };
        let company = world.make(company).await?.id;
        let found = codes(company).await?;
        assert!(!found.contains(&"not_aligned") && !found.contains(&"no_key_results"), "only below the top: {found:?}");
        world.key_result("K", alone).await?;
        assert!(!codes(alone).await?.contains(&"no_key_results"));
        let under = world.make(GoalInput { level: Some(Level::Individual), team_ids: Some(Vec::new()), ..GoalInput::new(GoalKind::Objective, "Under").under(company) }).await?.id;
        assert!(!codes(under).await?.contains(&"not_aligned"));
        world.patch(under, GoalPatch { due_date: Some("2026-04-01".parse()?), ..GoalPatch::default() }).await?;
        assert!(codes(under).await?.contains(&"dates_outside_period"));
        world.patch(under, GoalPatch { due_date: Some("2026-02-15".parse()?), ..GoalPatch::default() }).await?;
        let found = codes(under).await?;
        assert!(!found.contains(&"dates_outside_period") && !found.contains(&"overdue"), "it is due today: {found:?}");
        world.tree.clock.advance_days(1);
        assert!(codes(under).await?.contains(&"overdue"));
        world.check_in(under, 50.0).await?;
        world.close(under, None).await?;
        assert!(codes(under).await?.is_empty(), "closed goals answer for their score alone");
        Ok(())
    }

    async fn a_quarters_key_result_moves_the_years_objective(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        let q2 = world.next_quarter().await?;
        let year = world.objective("Year").await?;
        let quarter = |title: &str, period| GoalInput { period_id: period, ..GoalInput::new(GoalKind::KeyResult, title).under(year) };
        let (here, later) = (world.make(quarter("Q1", None)).await?.id, world.make(quarter("Q2", Some(q2))).await?.id);
        world.check_in(here, 80.0).await?;
        assert_eq!(world.progress(year).await?, 40.0);
        world.check_in(later, 20.0).await?;
        assert_eq!(world.progress(year).await?, 50.0, "across periods");
        assert!(world.goal(later).await?.alerts.iter().any(|alert| alert.code == "period_differs"));
        Ok(())
    }

    async fn a_linked_key_result_becomes_an_initiative(db: Database) -> Result<()> {
        let world = World::new(&db).await?;
        world.set(Settings { okr_model: OkrModel::Interchangeable, ..Settings::default() }).await?;
        let top = world.objective("O").await?;
        let goal = world.key_result("Linked", top).await?;
        world.check_in(goal, 40.0).await?;
        world.store
            .write(goal, |tx, goal| {
                Box::pin(async move {
                    sql("UPDATE goals SET progress_mode = 'data_source' WHERE id = $1").bind(*goal).execute_one(tx).await
                })
            })
            .await?;
        let now = world.patch(goal, GoalPatch { kind: Some(GoalKind::Initiative), ..GoalPatch::default() }).await?;
        assert_eq!((now.kind, now.progress_mode, now.progress), (GoalKind::Initiative, ProgressMode::DataSource, Some(40.0)));
        Ok(())
    }

    async fn the_panel_of_a_check_in_shows_how_the_score_is_judged(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        goals.settings(json!({"scoring_guidance": true})).await?;
        let goal = goals.make("objective", "O", &[], json!({"scoring_guidance": "0.7 is <good>"})).await?;
        let panel = app.fragment(&app.owner, &format!("/goals/{goal}/check-ins/new")).await?.text;
        assert!(panel.contains("0.7 is &lt;good&gt;"), "{panel}");
        Ok(())
    }
}
