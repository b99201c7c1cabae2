//! The numeric rules of the functional specification (goals §15), row for row: each test is named by its row.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is a failed test")]

use northing_core::alert::{Alert, AlertInput, AlertLevel, alerts};
use northing_core::check_in::{CheckInInput, apply, locked};
use northing_core::cone::{Cone, Edge, Node, Rules, Seed, State};
use northing_core::contribution::{ShareInput, effective_shares, new_child_share, validate_contributions};
use northing_core::expectation::expected;
use northing_core::goal::{GoalKind, Level, ProgressMode};
use northing_core::metric::{Metric, MetricKind};
use northing_core::people::{Role, may_delete_team};
use northing_core::period::{PeriodFacts, PeriodKind, next_current, periods_due};
use northing_core::permission::{Action, ActorFacts, Denied, GoalFacts, Thing, decide};
use northing_core::phases::Phase;
use northing_core::rollup::Tasks;
use northing_core::score::{CarryOver, ScoreBand, carry_over, closing_default, score_band, suggested_score};
use northing_core::settings::{InitiativeContribution, Settings};
use northing_core::status::{Status, StatusInput, StatusSource, suggested_status};
use northing_core::values::{Day, Id, Moment};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn id(n: u8) -> Id {
    Id::new(Moment::from_millis(1), [n; 10])
}

fn metric(kind: MetricKind, start: f64, target: f64) -> Metric {
    Metric { kind, start, target: Some(target), current: Some(start), ..Metric::percent() }
}

fn progress(kind: MetricKind, start: f64, target: f64, value: f64) -> f64 {
    metric(kind, start, target).progress_unclamped(Some(value)).unwrap()
}

#[track_caller]
fn near(actual: f64, wanted: f64) {
    assert!((actual - wanted).abs() < 0.005, "{actual} is not about {wanted}");
}

#[track_caller]
fn exact(actual: f64, wanted: f64) {
    assert!((actual - wanted).abs() < 1e-9, "{actual} is not {wanted}");
}

/// E on a day of the first quarter of 2026.
fn quarter(on: &str, phases: &[Phase]) -> f64 {
    let kind = if phases.is_empty() { Metric::percent() } else { metric(MetricKind::Reach, 0.0, 100.0) };
    expected(day(on), day("2026-01-01"), day("2026-03-31"), &kind, phases).unwrap()
}

fn status(expected: f64, progress: f64, settings: &Settings) -> Status {
    let input = StatusInput {
        metric: &Metric::percent(),
        value: Some(progress),
        progress: Some(progress),
        expected: Some(expected),
        started: true,
        before_start: false,
    };
    suggested_status(&input, settings)
}

fn control(kind: MetricKind, target: f64, risk: Option<f64>, value: f64) -> (f64, Status) {
    let metric = Metric { risk_threshold: risk, ..metric(kind, 0.0, target) };
    let progress = metric.progress(Some(value));
    let input = StatusInput {
        metric: &metric,
        value: Some(value),
        progress,
        expected: None,
        started: true,
        before_start: false,
    };
    (progress.unwrap(), suggested_status(&input, &Settings::default()))
}

fn shares(fixed: &[Option<f64>]) -> Vec<f64> {
    effective_shares(&fixed.iter().map(|&fixed| ShareInput { fixed }).collect::<Vec<_>>())
}

fn goal(n: u8, kind: GoalKind, metric: Metric) -> Node {
    let state = State::initial(&metric);
    Node {
        id: id(n),
        kind,
        metric,
        mode: ProgressMode::Manual,
        automatic_stopped: false,
        start: day("2026-01-01"),
        due: day("2026-03-31"),
        phases: Vec::new(),
        tasks: Tasks::default(),
        state,
    }
}

fn at(mut node: Node, value: f64) -> Node {
    node.state.value = Some(value);
    node.state.progress_unclamped = node.metric.progress_unclamped(Some(value));
    node.state.started = true;
    node
}

fn parent(metric: Metric) -> Node {
    Node { mode: ProgressMode::Rollup, ..goal(0, GoalKind::Objective, metric) }
}

fn key_result(n: u8, percent: f64) -> Node {
    at(goal(n, GoalKind::KeyResult, Metric::percent()), percent)
}

fn with_status(n: u8, status: Status, score: Option<f64>) -> Node {
    let mut node = key_result(n, 50.0);
    node.state.status = status;
    node.state.score = score;
    node
}

/// The top goal after all below it have their say; children with their fixed shares.
fn rolled(top: Node, children: Vec<(Node, Option<f64>)>, settings: &Settings) -> Node {
    let top_id = top.id;
    let edges: Vec<Edge> = children
        .iter()
        .map(|(child, fixed)| Edge { parent: top_id, child: child.id, fixed: *fixed, position: 0 })
        .collect();
    let nodes = children.into_iter().map(|(child, _)| child).chain([top]).collect();
    let mut cone = Cone::new(nodes, &edges).unwrap();
    cone.recompute(&[Seed::Children(top_id)], &Rules { day: day("2026-02-15"), settings }).unwrap();
    cone.node(top_id).unwrap().clone()
}

fn rolled_percent(children: &[(f64, Option<f64>)]) -> f64 {
    let children =
        (1..).zip(children).map(|(n, &(percent, fixed))| (key_result(n, percent), fixed)).collect();
    rolled(parent(Metric::percent()), children, &Settings::default()).state.progress_unclamped.unwrap()
}

fn equal(children: &[f64]) -> f64 {
    rolled_percent(&children.iter().map(|&percent| (percent, None)).collect::<Vec<_>>())
}

#[test]
fn n1_increase() {
    exact(progress(MetricKind::Increase, 15.0, 35.0, 20.0), 25.0);
}

#[test]
fn n2_increase_of_a_percentage() {
    let metric = Metric { unit: Some(String::from("%")), ..metric(MetricKind::Increase, 30.0, 50.0) };
    exact(metric.progress(Some(40.0)).unwrap(), 50.0);
}

#[test]
fn n3_decrease() {
    exact(progress(MetricKind::Decrease, 50.0, 10.0, 30.0), 50.0);
}

#[test]
fn n4_increase_to_two_decimals() {
    near(progress(MetricKind::Increase, 25.0, 100.0, 30.0), 6.67);
}

#[test]
fn n5_increase_of_fractions() {
    exact(progress(MetricKind::Increase, 7.0, 8.0, 7.25), 25.0);
}

#[test]
fn n6_reach() {
    exact(progress(MetricKind::Reach, 0.0, 5.0, 2.0), 40.0);
}

#[test]
fn n7_below_the_start_is_used_as_nought() {
    exact(progress(MetricKind::Decrease, 50.0, 10.0, 60.0), -25.0);
    assert_eq!(metric(MetricKind::Decrease, 50.0, 10.0).progress(Some(60.0)), Some(0.0));
}

#[test]
fn n8_beyond_the_target_is_used_as_a_hundred() {
    exact(progress(MetricKind::Reach, 0.0, 10.0, 12.0), 120.0);
    assert_eq!(metric(MetricKind::Reach, 0.0, 10.0).progress(Some(12.0)), Some(100.0));
}

#[test]
fn n9_expected_at_and_beyond_the_ends() {
    let days = ["2026-01-01", "2026-03-31", "2025-12-20", "2026-04-05"];
    assert_eq!(days.map(|day| quarter(day, &[])), [0.0, 100.0, 0.0, 100.0]);
    let one_day = expected(day("2026-01-01"), day("2026-01-01"), day("2026-01-01"), &Metric::percent(), &[]);
    assert_eq!(one_day, Some(100.0));
}

#[test]
fn n10_expected_after_thirty_days() {
    exact(quarter("2026-01-31", &[]), 30.0 / 89.0 * 100.0);
    near(quarter("2026-01-31", &[]), 33.71);
}

#[test]
fn n11_expected_after_forty_five_days() {
    exact(quarter("2026-02-15", &[]), 45.0 / 89.0 * 100.0);
    near(quarter("2026-02-15", &[]), 50.56);
}

#[test]
fn n12_behind() {
    assert_eq!(status(52.0, 47.0, &Settings::default()), Status::Behind);
}

#[test]
fn n13_the_first_cut_point() {
    let settings = Settings::default();
    assert_eq!([33.0, 32.9].map(|p| status(33.0, p, &settings)), [Status::OnTrack, Status::Behind]);
}

#[test]
fn n14_the_second_cut_point() {
    let settings = Settings::default();
    assert_eq!([25.0, 24.99].map(|p| status(50.0, p, &settings)), [Status::Behind, Status::AtRisk]);
}

#[test]
fn n15_the_rule_wins_over_the_example() {
    assert_eq!(status(82.0, 56.0, &Settings::default()), Status::AtRisk);
}

#[test]
fn n16_ahead() {
    assert_eq!(status(10.0, 60.0, &Settings::default()), Status::OnTrack);
}

#[test]
fn n17_thresholds_of_the_organisation() {
    let settings = Settings { on_track_gap: 10.0, behind_gap: 40.0, ..Settings::default() };
    let found = [42.0, 35.0, 5.0].map(|p| status(50.0, p, &settings));
    assert_eq!(found, [Status::OnTrack, Status::Behind, Status::AtRisk]);
}

#[test]
fn n18_stay_below() {
    let found = [99.9, 100.0, 101.0].map(|v| control(MetricKind::StayBelow, 100.0, None, v));
    assert_eq!(found, [(100.0, Status::OnTrack), (0.0, Status::AtRisk), (0.0, Status::AtRisk)]);
}

#[test]
fn n19_stay_above() {
    let found = [8.1, 8.0, 7.8].map(|v| control(MetricKind::StayAbove, 8.0, None, v));
    assert_eq!(found, [(100.0, Status::OnTrack), (0.0, Status::AtRisk), (0.0, Status::AtRisk)]);
}

#[test]
fn n20_stay_above_with_a_risk_threshold() {
    use Status::{AtRisk, Behind, OnTrack};
    let found = [9.5, 9.0, 8.0, 7.0, 6.0].map(|v| control(MetricKind::StayAbove, 9.0, Some(7.0), v).1);
    assert_eq!(found, [OnTrack, Behind, Behind, AtRisk, AtRisk]);
    exact(control(MetricKind::StayAbove, 9.0, Some(7.0), 8.0).0, 0.0);
}

#[test]
fn n21_stay_below_with_a_risk_threshold() {
    use Status::{AtRisk, Behind, OnTrack};
    let found = [1.9, 2.0, 2.5, 3.0].map(|v| control(MetricKind::StayBelow, 2.0, Some(3.0), v).1);
    assert_eq!(found, [OnTrack, Behind, Behind, AtRisk]);
}

#[test]
fn n22_risk_thresholds_on_the_wrong_side_are_refused() {
    for (kind, target, risk) in [(MetricKind::StayAbove, 9.0, 10.0), (MetricKind::StayBelow, 2.0, 1.0)] {
        let wrong = Metric { risk_threshold: Some(risk), ..metric(kind, 0.0, target) };
        let errors = wrong.validate().unwrap_err();
        assert_eq!(errors.iter().map(|e| e.field.as_ref()).collect::<Vec<_>>(), ["risk_threshold"]);
        let right = Metric { risk_threshold: Some(target * 2.0 - risk), ..wrong };
        assert_eq!(right.validate(), Ok(()));
    }
}

#[test]
fn n23_an_added_risk_threshold_waits_for_the_next_value() {
    let settings = Settings::default();
    let rules = Rules { day: day("2026-02-15"), settings: &settings };
    let mut node = at(goal(0, GoalKind::KeyResult, metric(MetricKind::StayAbove, 0.0, 9.0)), 8.0);
    node.mode = ProgressMode::DataSource;
    node.state.status = Status::AtRisk;
    node.metric.risk_threshold = Some(7.0);
    let mut cone = Cone::new(vec![node], &[]).unwrap();
    cone.recompute(&[Seed::Children(id(0))], &rules).unwrap();
    cone.recompute_all(&rules);
    let node = cone.node(id(0)).unwrap();
    assert_eq!(node.state.status, Status::AtRisk);
    let input = CheckInInput { value: Some(8.0), ..CheckInInput::default() };
    assert_eq!(apply(node, &input, None, &rules).unwrap().state.status, Status::Behind);
}

#[test]
fn n24_equal_shares() {
    assert_eq!(shares(&[None, None, None]), [100.0 / 3.0; 3]);
}

#[test]
fn n25_the_first_fixed() {
    assert_eq!(shares(&[Some(50.0), None, None]), [50.0, 25.0, 25.0]);
}

#[test]
fn n26_a_fourth_child() {
    assert_eq!(shares(&[Some(50.0), None, None, None]), [50.0, 50.0 / 3.0, 50.0 / 3.0, 50.0 / 3.0]);
}

#[test]
fn n27_roll_up_by_shares() {
    exact(rolled_percent(&[(80.0, Some(50.0)), (30.0, None), (60.0, None), (0.0, None)]), 55.0);
}

#[test]
fn n28_roll_up_after_a_reset() {
    exact(equal(&[80.0, 30.0, 60.0, 0.0]), 42.5);
}

#[test]
fn n29_the_plain_average() {
    exact(equal(&[0.0, 25.0, 20.0]), 15.0);
}

#[test]
fn n30_a_parent_measured_in_percent() {
    let top = Metric { unit: Some(String::from("%")), ..metric(MetricKind::Increase, 30.0, 60.0) };
    let children = vec![(key_result(1, 0.0), None), (key_result(2, 25.0), None), (key_result(3, 20.0), None)];
    let top = rolled(parent(top), children, &Settings::default());
    exact(top.state.value.unwrap(), 34.5);
    exact(top.state.progress().unwrap(), 15.0);
}

#[test]
fn n31_a_parent_that_adds_up() {
    let reach = |target| metric(MetricKind::Reach, 0.0, target);
    let child = |n, value| at(goal(n, GoalKind::KeyResult, reach(50.0)), value);
    let euros = Metric { unit: Some(String::from("€")), ..reach(50.0) };
    let children = vec![
        (child(1, 10.0), None),
        (child(2, 30.0), None),
        // Neither another unit nor a percentage nor a child that does not contribute is added.
        (at(goal(3, GoalKind::KeyResult, euros), 7.0), None),
        (key_result(4, 90.0), None),
        (child(5, 5.0), Some(0.0)),
    ];
    let top = rolled(parent(reach(100.0)), children, &Settings::default());
    assert_eq!((top.state.value, top.state.progress()), (Some(40.0), Some(40.0)));
}

#[test]
fn n32_a_control_child_brings_all_or_nothing() {
    let met = at(goal(1, GoalKind::KeyResult, metric(MetricKind::StayBelow, 0.0, 100.0)), 20.0);
    let top = rolled(
        parent(Metric::percent()),
        vec![(met, None), (key_result(2, 40.0), None)],
        &Settings::default(),
    );
    exact(top.state.progress().unwrap(), 70.0);
}

#[test]
fn n33_baselines_add_up() {
    let baseline = || Metric { target: None, current: None, ..metric(MetricKind::Baseline, 0.0, 0.0) };
    let child = |n, value| at(goal(n, GoalKind::KeyResult, baseline()), value);
    let children = vec![(child(1, 5.0), None), (child(2, 7.0), None)];
    let top = rolled(parent(baseline()), children, &Settings::default());
    assert_eq!((top.state.value, top.state.progress()), (Some(12.0), None));
    assert_eq!(top.state.status, Status::InProgress);
    // Under any other parent a baseline counts on neither side of the average.
    let children = vec![(child(1, 5.0), None), (key_result(2, 40.0), None)];
    let top = rolled(parent(Metric::percent()), children, &Settings::default());
    assert_eq!(top.state.progress(), Some(40.0));
}

#[test]
fn n34_several_parents_get_all_of_it() {
    let a = parent(Metric::percent());
    let b = Node { id: id(1), ..parent(Metric::percent()) };
    let edge = |parent, child| Edge { parent: id(parent), child: id(child), fixed: None, position: 0 };
    let nodes = vec![a, b, key_result(2, 60.0), key_result(3, 20.0)];
    let mut cone = Cone::new(nodes, &[edge(0, 2), edge(1, 2), edge(1, 3)]).unwrap();
    let settings = Settings::default();
    cone.recompute(&[Seed::Own(id(2))], &Rules { day: day("2026-02-15"), settings: &settings }).unwrap();
    let progress = |n| cone.node(id(n)).unwrap().state.progress().unwrap();
    assert_eq!((progress(0), progress(1)), (60.0, 40.0));
}

#[test]
fn n35_a_child_at_nought_does_not_count() {
    exact(rolled_percent(&[(10.0, Some(0.0)), (50.0, None), (70.0, None)]), 60.0);
}

fn with_initiative(policy: InitiativeContribution) -> f64 {
    let settings = Settings { initiative_contribution: policy, ..Settings::default() };
    let share = new_child_share(GoalKind::Initiative, true, &settings);
    let initiative = at(goal(3, GoalKind::Initiative, Metric::percent()), 100.0);
    let children = vec![(key_result(1, 20.0), None), (key_result(2, 40.0), None), (initiative, share)];
    rolled(parent(Metric::percent()), children, &settings).state.progress().unwrap()
}

#[test]
fn n36_initiatives_do_not_contribute_by_default() {
    assert_eq!(Settings::default().initiative_contribution, InitiativeContribution::DoNotContribute);
    exact(with_initiative(InitiativeContribution::DoNotContribute), 30.0);
}

#[test]
fn n37_an_initiative_that_contributes() {
    near(with_initiative(InitiativeContribution::Contribute), 53.33);
}

#[test]
fn n38_more_than_all_is_refused() {
    let errors =
        validate_contributions(&[ShareInput { fixed: Some(60.0) }, ShareInput { fixed: Some(50.0) }]);
    assert_eq!(errors.unwrap_err().first().map(|e| e.code), Some("over_100"));
}

fn with_tasks(metric: Metric, value: Option<f64>, done: u32, all: u32) -> f64 {
    let mut initiative = goal(0, GoalKind::Initiative, metric);
    if let Some(value) = value {
        initiative = at(initiative, value);
    }
    initiative.mode = ProgressMode::Rollup;
    initiative.tasks = Tasks { done: done.into(), all: all.into() };
    rolled(initiative, Vec::new(), &Settings::default()).state.progress().unwrap()
}

#[test]
fn n39_tasks() {
    exact(with_tasks(Metric::percent(), None, 3, 8), 37.5);
}

#[test]
fn milestones_count_by_their_weight() {
    let mut initiative = goal(0, GoalKind::Initiative, Metric::percent());
    initiative.mode = ProgressMode::Rollup;
    initiative.tasks = Tasks { done: 2.0, all: 3.0 + 2.0 };
    exact(rolled(initiative.clone(), Vec::new(), &Settings::default()).state.progress().unwrap(), 40.0);
    // Those that weigh nothing move nothing.
    initiative.tasks = Tasks::default();
    let there = at(initiative, 30.0);
    exact(rolled(there, Vec::new(), &Settings::default()).state.progress().unwrap(), 30.0);
}

#[test]
fn n40_tasks_of_an_initiative_with_a_metric_do_not_count() {
    exact(with_tasks(metric(MetricKind::Reach, 0.0, 10.0), Some(4.0), 8, 8), 40.0);
}

fn phases() -> [Phase; 2] {
    [Phase { date: day("2026-01-31"), target: 10.0 }, Phase { date: day("2026-02-28"), target: 30.0 }]
}

#[test]
fn n41_phased_on_a_phase() {
    exact(quarter("2026-01-31", &phases()), 10.0);
}

#[test]
fn n42_phased_between_phases() {
    exact(quarter("2026-02-14", &phases()), 20.0);
}

#[test]
fn n43_status_against_phases() {
    let expected = quarter("2026-02-14", &phases());
    let found = [21.0, 19.0].map(|p| status(expected, p, &Settings::default()));
    assert_eq!(found, [Status::OnTrack, Status::Behind]);
}

/// A healthy objective that raises no alert.
fn healthy() -> AlertInput {
    let dates = (day("2026-01-01"), day("2026-03-31"));
    AlertInput {
        day: day("2026-02-01"),
        kind: GoalKind::Objective,
        level: Level::Team,
        status: Status::OnTrack,
        progress: Some(50.0),
        expected: Some(34.0),
        score: None,
        dates,
        period_dates: dates,
        has_owner: true,
        has_parent: true,
        period_differs: false,
        key_results: 3,
    }
}

fn codes(input: AlertInput) -> Vec<(AlertLevel, &'static str)> {
    alerts(&input).into_iter().map(|Alert { level, code, .. }| (level, code)).collect()
}

#[test]
fn n44_not_started_a_week_after_the_start() {
    let on = |text| {
        codes(AlertInput { status: Status::NotStarted, day: day(text), progress: Some(34.0), ..healthy() })
    };
    let alert = vec![(AlertLevel::NeedsAttention, "not_started")];
    assert_eq!(on("2026-01-07"), []);
    assert_eq!(on("2026-01-08"), alert);
    assert_eq!(on("2026-01-09"), alert);
}

#[test]
fn n45_many_key_results() {
    let with = |key_results| codes(AlertInput { key_results, ..healthy() });
    assert_eq!((with(5), with(6)), (vec![], vec![(AlertLevel::NeedsAttention, "many_key_results")]));
}

#[test]
fn n46_a_high_score() {
    let with = |score| codes(AlertInput { score: Some(score), status: Status::Closed, ..healthy() });
    assert_eq!((with(0.8), with(0.81)), (vec![], vec![(AlertLevel::NeedsAttention, "high_score")]));
}

#[test]
fn n47_trailing() {
    let with = |expected| codes(AlertInput { progress: Some(20.0), expected: Some(expected), ..healthy() });
    assert_eq!((with(45.0), with(46.0)), (vec![], vec![(AlertLevel::AtRisk, "trailing")]));
}

#[test]
fn n48_suggested_scores() {
    let kpi = |target, value| suggested_score(metric(MetricKind::Reach, 0.0, target).progress(Some(value)));
    assert_eq!(
        [kpi(10.0, 8.0), kpi(20.0, 15.0), suggested_score(Some(70.0))],
        [Some(0.8), Some(0.75), Some(0.7)]
    );
}

fn band(score: f64, committed: bool) -> ScoreBand {
    score_band(score, committed, Settings::default().score_bands)
}

#[test]
fn n49_colours_of_scores() {
    use ScoreBand::{Green, Orange, Red, Yellow};
    let found = [0.4, 0.5, 0.6, 0.7, 0.9, 1.0].map(|score| band(score, false));
    assert_eq!(found, [Red, Yellow, Yellow, Green, Green, Orange]);
}

#[test]
fn n50_a_committed_goal_in_full() {
    assert_eq!(band(1.0, true), ScoreBand::Green);
}

#[test]
fn n51_between_the_bands() {
    let found = [0.45, 0.65, 0.95].map(|score| band(score, false));
    assert_eq!(found, [ScoreBand::Red, ScoreBand::Yellow, ScoreBand::Green]);
}

fn with_statuses(statuses: &[(Status, Option<f64>)], top: Node, source: StatusSource) -> State {
    let children =
        (1..).zip(statuses).map(|(n, &(status, score))| (with_status(n, status, score), None)).collect();
    rolled(top, children, &Settings { status_source: source, ..Settings::default() }).state
}

#[test]
fn n52_closed_with_its_key_results() {
    let statuses = [(Status::Closed, Some(0.8)), (Status::Closed, Some(0.2))];
    let top = with_statuses(&statuses, parent(Metric::percent()), StatusSource::Progress);
    assert_eq!((top.status, top.score), (Status::Closed, Some(0.5)));
}

#[test]
fn n53_postponed_with_its_key_results() {
    let top = Node { mode: ProgressMode::Manual, ..at(parent(Metric::percent()), 90.0) };
    let top = with_statuses(&[(Status::Postponed, None); 2], top, StatusSource::Progress);
    assert_eq!((top.status, top.score, top.progress()), (Status::Postponed, None, Some(90.0)));
}

fn from_key_results(statuses: &[Status]) -> Status {
    let statuses: Vec<_> = statuses.iter().map(|&status| (status, None)).collect();
    with_statuses(&statuses, parent(Metric::percent()), StatusSource::KeyResults).status
}

#[test]
fn n54_the_worst_key_result() {
    assert_eq!(from_key_results(&[Status::OnTrack, Status::Behind, Status::AtRisk]), Status::AtRisk);
}

#[test]
fn n55_not_started_is_not_the_worst() {
    assert_eq!(from_key_results(&[Status::OnTrack, Status::Behind, Status::NotStarted]), Status::Behind);
    assert_eq!(from_key_results(&[Status::NotStarted; 2]), Status::NotStarted);
    // Closed and not started: by progress, which at 50 % stands against 50.56 %.
    assert_eq!(from_key_results(&[Status::Closed, Status::NotStarted]), Status::Behind);
    assert_eq!(from_key_results(&[Status::Closed, Status::Postponed]), Status::Closed);
    assert_eq!(from_key_results(&[Status::Postponed, Status::Reopened]), Status::Reopened);
    assert_eq!(from_key_results(&[Status::Postponed, Status::NotStarted]), Status::NotStarted);
    assert_eq!(from_key_results(&[Status::Reopened; 2]), Status::Reopened);
    assert_eq!(from_key_results(&[Status::NotStarted, Status::Reopened]), Status::NotStarted);
}

#[test]
fn a_baseline_in_progress_keeps_its_parent_open() {
    use Status::{Behind, Closed, InProgress, OnTrack, Postponed};
    // By progress, which at 50 % stands against 50.56 %.
    for ends in [&[Closed][..], &[Postponed], &[Closed, Postponed]] {
        assert_eq!(from_key_results(&[ends, &[InProgress]].concat()), Behind, "{ends:?}");
    }
    assert_eq!(from_key_results(&[Closed, InProgress, OnTrack]), OnTrack);
}

#[test]
fn a_baseline_above_key_results_takes_none_of_their_words() {
    let baseline = || at(parent(Metric { target: None, ..metric(MetricKind::Baseline, 0.0, 0.0) }), 5.0);
    let found = |status| with_statuses(&[(status, None)], baseline(), StatusSource::KeyResults).status;
    assert_eq!(found(Status::AtRisk), Status::InProgress);
    assert_eq!(found(Status::Closed), Status::Closed);
}

#[test]
fn n56_what_the_closing_panel_offers() {
    assert_eq!([0.0, 1.0].map(|p| closing_default(Some(p))), [Status::Postponed, Status::Closed]);
}

#[test]
fn n57_postponing_a_metric() {
    let half = Metric { current: Some(5.0), ..metric(MetricKind::Increase, 0.0, 10.0) };
    let reach = Metric { kind: MetricKind::Reach, ..half.clone() };
    for metric in [half, reach] {
        let next = carry_over(&metric, CarryOver::Reset);
        assert_eq!((next.start, next.target, next.progress(next.current)), (5.0, Some(10.0), Some(0.0)));
        assert_eq!(next.validate(), Ok(()));
        assert_eq!(carry_over(&metric, CarryOver::Preserve), metric);
    }
    // Beyond the target no way is left: it begins again.
    let done = Metric { current: Some(12.0), ..metric(MetricKind::Increase, 2.0, 10.0) };
    let next = carry_over(&done, CarryOver::Reset);
    assert_eq!((next.start, next.current), (2.0, Some(2.0)));
}

#[test]
fn n58_postponing_a_percentage() {
    let forty = Metric { current: Some(40.0), ..Metric::percent() };
    let progress = |how| {
        let next = carry_over(&forty, how);
        next.progress(next.current)
    };
    assert_eq!((progress(CarryOver::Reset), progress(CarryOver::Preserve)), (Some(0.0), Some(40.0)));
}

fn period_names(on: &str, start_month: i8) -> Vec<String> {
    let show = |p: northing_core::period::NewPeriod| format!("{} {}..{}", p.name, p.start, p.end);
    periods_due(day(on), start_month).into_iter().map(show).collect()
}

#[test]
fn n61_next_years_periods_on_the_first_day_of_the_last_quarter() {
    assert_eq!(period_names("2026-09-30", 1).len(), 5);
    let found = period_names("2026-10-01", 1);
    let next = [
        "Annual 2027 2027-01-01..2027-12-31",
        "Q1 2027 2027-01-01..2027-03-31",
        "Q2 2027 2027-04-01..2027-06-30",
        "Q3 2027 2027-07-01..2027-09-30",
        "Q4 2027 2027-10-01..2027-12-31",
    ];
    assert_eq!(found.iter().skip(5).map(String::as_str).collect::<Vec<_>>(), next);
}

#[test]
fn n62_a_planning_year_that_starts_in_july() {
    assert_eq!(period_names("2026-03-31", 7).len(), 5);
    let found = period_names("2026-04-01", 7);
    assert_eq!(found.get(5).map(String::as_str), Some("Annual 2026 2026-07-01..2027-06-30"));
    assert_eq!(found.get(9).map(String::as_str), Some("Q4 2026 2027-04-01..2027-06-30"));
}

#[test]
fn n63_the_current_period_switches_unless_there_are_custom_ones() {
    let period = |n, kind, start, end, is_current| PeriodFacts {
        id: id(n),
        kind,
        start: day(start),
        end: day(end),
        is_current,
    };
    let mut periods = vec![
        period(0, PeriodKind::Annual, "2026-01-01", "2026-12-31", false),
        period(1, PeriodKind::Quarterly, "2026-01-01", "2026-03-31", true),
        period(2, PeriodKind::Quarterly, "2026-04-01", "2026-06-30", false),
    ];
    assert_eq!(next_current(day("2026-03-31"), &periods), None);
    assert_eq!(next_current(day("2026-04-01"), &periods), Some(id(2)));
    periods.push(period(3, PeriodKind::Custom, "2026-02-01", "2026-05-31", false));
    assert_eq!(next_current(day("2026-04-01"), &periods), None);
}

/// A roll-up objective over two key results at 40 and 50; a check-in on it, then a child that makes it 45 % again.
fn overridden(stop: bool) -> (Cone, bool) {
    let settings = Settings::default();
    let rules = Rules { day: day("2026-02-15"), settings: &settings };
    let mut top = at(parent(Metric::percent()), 45.0);
    let input = CheckInInput { value: Some(80.0), stop_automatic: stop, ..CheckInInput::default() };
    let done = apply(&top, &input, None, &rules).unwrap();
    top.state = done.state;
    top.automatic_stopped = done.automatic_stopped;
    let edge = |child| Edge { parent: id(0), child: id(child), fixed: None, position: 0 };
    let mut cone =
        Cone::new(vec![top, key_result(1, 40.0), key_result(2, 50.0)], &[edge(1), edge(2)]).unwrap();
    cone.recompute(&[Seed::Own(id(0))], &rules).unwrap();
    assert_eq!(cone.node(id(0)).unwrap().state.progress(), Some(80.0), "the check-in stands at first");
    cone.recompute(&[Seed::Own(id(1))], &rules).unwrap();
    (cone, done.automatic_stopped)
}

#[test]
fn n68_somebody_is_reminded_only_while_updates_are_stopped() {
    let reminded = |stopped| !ProgressMode::Rollup.is_automatic(stopped);
    assert!(!reminded(false));
    let (cone, stopped) = overridden(true);
    assert!(reminded(stopped));
    let settings = Settings::default();
    let rules = Rules { day: day("2026-02-15"), settings: &settings };
    let mut top = cone.node(id(0)).unwrap().clone();
    top.automatic_stopped = stopped;
    let resume = CheckInInput { resume_automatic: true, ..CheckInInput::default() };
    let done = apply(&top, &resume, None, &rules).unwrap();
    assert!(done.resumed && !reminded(done.automatic_stopped));
    top.automatic_stopped = done.automatic_stopped;
    let children = vec![(key_result(1, 40.0), None), (key_result(2, 50.0), None)];
    assert_eq!(rolled(top, children, &settings).state.progress(), Some(45.0));
}

#[test]
fn n67_who_is_reminded_and_nudged_of_two_owners() {
    let (a, b) = (id(1), id(2));
    assert_eq!(northing_core::goal::check_in_owner(None, &[a, b]), Some(a));
    assert_eq!(northing_core::goal::check_in_owner(Some(b), &[a, b]), Some(b));
    assert_eq!(northing_core::goal::check_in_owner(None, &[]), None);
}

#[test]
fn n69_a_check_in_without_stopping_is_overwritten() {
    let (cone, stopped) = overridden(false);
    assert!(!stopped);
    assert_eq!(cone.node(id(0)).unwrap().state.progress(), Some(45.0));
}

#[test]
fn n70_a_check_in_that_stops_stands_and_the_panel_offers_the_rest() {
    let (cone, _) = overridden(true);
    assert_eq!(cone.node(id(0)).unwrap().state.progress(), Some(80.0));
    assert_eq!(cone.offered(id(0)).unwrap().progress_unclamped, Some(45.0));
}

#[test]
fn n78_a_team_with_goals_is_not_deleted() {
    assert_eq!(may_delete_team(1).unwrap_err().code, "team_has_goals");
    assert_eq!(may_delete_team(0), Ok(()));
}

#[test]
fn n79_a_closed_goal_is_locked() {
    assert_eq!(locked(Status::Closed).unwrap_err().code, "closed");
    assert_eq!(locked(Status::Postponed).unwrap_err().code, "postponed");
    assert_eq!(locked(Status::Reopened), Ok(()));
    let settings = Settings::default();
    let rules = Rules { day: day("2026-02-15"), settings: &settings };
    assert!(apply(&with_status(1, Status::Closed, None), &CheckInInput::default(), None, &rules).is_err());
}

#[test]
fn n80_a_private_goal_does_not_exist_for_an_owner_of_the_organisation() {
    let goal = GoalFacts::stranger(northing_core::goal::Visibility::Restricted);
    let owner = ActorFacts::of(Role::Owner);
    let seen = decide(&owner, Action::GoalView, Thing::Goal(&goal), &Settings::default());
    assert_eq!(seen, Err(Denied::NotFound));
}
