//! The one-pass recomputation against a naive one that follows the alignment down from every goal.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_wrap,
    reason = "helpers of tests: a panic is a failed test"
)]

use std::collections::BTreeMap;

use northing_core::check_in::{CheckInInput, apply};
use northing_core::cone::{Cone, ConeError, Edge, Node, Rules, Seed, State};
use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::metric::{Metric, MetricKind};
use northing_core::rollup::{RollupChild, RollupParent, Tasks, roll_up};
use northing_core::settings::Settings;
use northing_core::status::{Status, StatusSource};
use northing_core::values::{Day, Id, Moment};
use proptest::prelude::*;

fn id(n: usize) -> Id {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&(n as u64).to_be_bytes());
    Id::new(Moment::from_millis(1), random)
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn node(n: usize, kind: GoalKind, metric: Metric) -> Node {
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

fn objective(n: usize) -> Node {
    Node { mode: ProgressMode::Rollup, ..node(n, GoalKind::Objective, Metric::percent()) }
}

fn at(mut node: Node, value: f64) -> Node {
    node.state.value = Some(value);
    node.state.progress_unclamped = node.metric.progress_unclamped(Some(value));
    node.state.started = true;
    node
}

fn key_result(n: usize, percent: f64) -> Node {
    at(node(n, GoalKind::KeyResult, Metric::percent()), percent)
}

fn ended(mut node: Node, status: Status, score: Option<f64>) -> Node {
    node.state.status = status;
    node.state.score = score;
    node
}

fn edge(parent: usize, child: usize) -> Edge {
    Edge { parent: id(parent), child: id(child), fixed: None, position: child as i64 }
}

fn rules(settings: &Settings) -> Rules<'_> {
    Rules { day: day("2026-02-15"), settings }
}

fn run(nodes: Vec<Node>, edges: &[Edge], seeds: &[Seed]) -> Cone {
    let mut cone = Cone::new(nodes, edges).unwrap();
    cone.recompute(seeds, &rules(&Settings::default())).unwrap();
    cone
}

fn state(cone: &Cone, n: usize) -> State {
    cone.node(id(n)).unwrap().state
}

/// The naive recomputation: a goal's progress by asking its children, and they theirs.
fn naive(n: usize, nodes: &BTreeMap<usize, Node>, edges: &[Edge]) -> (Option<f64>, Option<f64>) {
    let node = &nodes[&n];
    let own = (node.state.value, node.state.progress_unclamped);
    if node.mode != ProgressMode::Rollup || node.automatic_stopped || node.state.status.is_locked() {
        return own;
    }
    let mut below: Vec<&Edge> = edges.iter().filter(|edge| edge.parent == node.id).collect();
    below.sort_by_key(|edge| (edge.position, edge.child));
    let children: Vec<_> = below
        .into_iter()
        .map(|edge| {
            let (&child, found) = nodes.iter().find(|(_, node)| node.id == edge.child).unwrap();
            (found, edge, naive(child, nodes, edges))
        })
        .collect();
    let children: Vec<RollupChild<'_>> = children
        .iter()
        .map(|(child, edge, (value, progress))| RollupChild {
            metric: &child.metric,
            fixed: edge.fixed,
            value: *value,
            progress: *progress,
        })
        .collect();
    let parent = RollupParent { kind: node.kind, metric: &node.metric, tasks: node.tasks };
    roll_up(&parent, &children).map_or(own, |result| (result.value, result.progress_unclamped))
}

fn any_metric() -> impl Strategy<Value = Metric> {
    let travelling = |kind, unit: Option<&str>| Metric {
        kind,
        unit: unit.map(String::from),
        start: 0.0,
        target: Some(50.0),
        ..Metric::percent()
    };
    prop_oneof![
        4 => Just(Metric::percent()),
        1 => Just(travelling(MetricKind::Reach, None)),
        1 => Just(travelling(MetricKind::Increase, Some("%"))),
        1 => Just(travelling(MetricKind::StayAbove, None)),
        1 => Just(Metric { target: None, ..travelling(MetricKind::Baseline, None) }),
    ]
}

prop_compose! {
    fn any_node()(
        metric in any_metric(),
        value in prop::option::of(-20.0..120.0),
        rolls_up in prop::bool::weighted(0.7),
        stopped in prop::bool::weighted(0.1),
        locked in prop::bool::weighted(0.1),
        key_result in any::<bool>(),
    ) -> Node {
        let kind = if key_result { GoalKind::KeyResult } else { GoalKind::Objective };
        let mut node = node(0, kind, metric);
        if let Some(value) = value {
            node = at(node, value);
        }
        if rolls_up {
            node.mode = ProgressMode::Rollup;
        }
        node.automatic_stopped = stopped;
        if locked {
            node.state.status = Status::Closed;
        }
        node
    }
}

prop_compose! {
    /// Goals 0..n with alignments from lower to higher numbers only, so that there is no circle.
    fn any_graph()(nodes in prop::collection::vec(any_node(), 1..14))(
        edges in prop::collection::btree_map(
            (0..nodes.len(), 0..nodes.len()), (prop::option::of(0.0..40.0), 0_i64..3), 0..30),
        nodes in Just(nodes),
    ) -> (Vec<Node>, Vec<Edge>) {
        let nodes = nodes.into_iter().enumerate().map(|(n, node)| Node { id: id(n), ..node }).collect();
        let edges = edges.into_iter().filter(|((a, b), _)| a < b);
        (nodes, edges.map(|((a, b), (fixed, position))| Edge { parent: id(a), child: id(b), fixed, position }).collect())
    }
}

fn same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        (a, b) => a.is_none() && b.is_none(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn one_pass_equals_the_naive_recomputation((nodes, edges) in any_graph()) {
        let map: BTreeMap<usize, Node> = nodes.iter().cloned().enumerate().collect();
        let mut cone = Cone::new(nodes, &edges).unwrap();
        cone.recompute_all(&rules(&Settings::default()));
        for &n in map.keys() {
            let (value, progress) = naive(n, &map, &edges);
            let now = state(&cone, n);
            prop_assert!(same(now.value, value), "value of {n}: {:?}, naively {value:?}", now.value);
            prop_assert!(same(now.progress_unclamped, progress), "progress of {n}");
        }
    }

    #[test]
    fn a_second_pass_moves_nothing((nodes, edges) in any_graph(), worst in any::<bool>()) {
        let source = if worst { StatusSource::KeyResults } else { StatusSource::Progress };
        let settings = Settings { status_source: source, ..Settings::default() };
        let mut cone = Cone::new(nodes, &edges).unwrap();
        cone.recompute_all(&rules(&settings));
        let again = cone.recompute_all(&rules(&settings));
        prop_assert!(again.is_empty(), "{again:?}");
    }

    #[test]
    fn a_change_moves_what_a_full_pass_would((nodes, edges) in any_graph(), pick in any::<prop::sample::Index>(), value in 0.0..100.0) {
        let settings = Settings::default();
        let mut settled = Cone::new(nodes, &edges).unwrap();
        settled.recompute_all(&rules(&settings));
        let count = settled.len();
        // A check-in on what rolls up stands only until the next pass, so the others are checked in on.
        let by_hand = |n: &usize| {
            let node = settled.node(id(*n)).unwrap();
            node.mode == ProgressMode::Manual && !node.state.status.is_locked()
        };
        let candidates: Vec<usize> = (0..count).filter(by_hand).collect();
        if candidates.is_empty() {
            return Ok(());
        }
        let chosen = candidates[pick.index(candidates.len())];
        let mut changed = settled.node(id(chosen)).unwrap().clone();
        let said = CheckInInput { value: Some(value), ..CheckInInput::default() };
        changed.state = match apply(&changed, &said, None, &rules(&settings)) {
            Ok(done) => done.state,
            Err(_) => return Ok(()),
        };
        settled.set(id(chosen), changed.state).unwrap();
        let mut full = settled.clone();
        settled.recompute(&[Seed::Own(id(chosen))], &rules(&settings)).unwrap();
        full.recompute_all(&rules(&settings));
        for n in 0..count {
            let (one, all) = (state(&settled, n), state(&full, n));
            prop_assert_eq!(one.value, all.value, "value of {}", n);
            prop_assert_eq!(one.progress_unclamped, all.progress_unclamped, "progress of {}", n);
            prop_assert_eq!(one.status, all.status, "status of {}", n);
        }
    }
}

#[test]
fn circles_missing_and_double_goals_are_errors() {
    let three = || (0..3).map(objective).collect::<Vec<_>>();
    let circle = [edge(0, 1), edge(1, 2), edge(2, 1)];
    assert!(matches!(Cone::new(three(), &circle), Err(ConeError::Cycle(n)) if n == id(1) || n == id(2)));
    assert!(matches!(Cone::new(three(), &[edge(0, 0)]), Err(ConeError::Cycle(n)) if n == id(0)));
    assert!(matches!(Cone::new(three(), &[edge(0, 7)]), Err(ConeError::Missing(n)) if n == id(7)));
    assert!(matches!(Cone::new(vec![objective(1), objective(1)], &[]), Err(ConeError::Twice(_))));
    let mut cone = Cone::new(three(), &[]).unwrap();
    let settings = Settings::default();
    assert_eq!(cone.recompute(&[Seed::Own(id(9))], &rules(&settings)), Err(ConeError::Missing(id(9))));
}

#[test]
fn a_reopened_objective_stays_open_until_its_key_results_close_again() {
    let closed = |n| ended(key_result(n, 100.0), Status::Closed, Some(1.0));
    let edges = [edge(0, 1), edge(0, 2)];
    let cone = run(vec![objective(0), closed(1), closed(2)], &edges, &[Seed::Own(id(1))]);
    assert_eq!(state(&cone, 0).status, Status::Closed);
    let mut reopened = cone.node(id(0)).unwrap().clone();
    reopened.state = State { status: Status::Reopened, score: None, ..reopened.state };
    let mut cone = Cone::new(vec![reopened, closed(1), closed(2)], &edges).unwrap();
    let settings = Settings::default();
    cone.recompute(&[Seed::Own(id(0))], &rules(&settings)).unwrap();
    cone.recompute_all(&rules(&settings));
    assert_eq!(state(&cone, 0).status, Status::Reopened);
    cone.recompute(&[Seed::Own(id(1))], &rules(&settings)).unwrap();
    assert_eq!(state(&cone, 0).status, Status::Closed);
}

#[test]
fn losing_the_last_child_leads_back_to_the_start_and_nothing_else_does() {
    let cone = run(vec![at(objective(0), 60.0)], &[], &[Seed::Lost(id(0))]);
    assert_eq!(state(&cone, 0).progress_unclamped, Some(0.0));
    for seed in [Seed::Children(id(0)), Seed::Anew(id(0))] {
        let cone = run(vec![at(objective(0), 60.0)], &[], &[seed]);
        assert_eq!(state(&cone, 0).progress_unclamped, Some(60.0), "{seed:?}: nobody took a child away");
    }
    let off = Edge { fixed: Some(0.0), ..edge(0, 1) };
    let cone = run(vec![at(objective(0), 60.0), key_result(1, 10.0)], &[off], &[Seed::Children(id(0))]);
    assert_eq!(state(&cone, 0).progress_unclamped, Some(60.0));
}

#[test]
fn a_chosen_status_stands_until_a_number_moves() {
    let mut chosen = at(objective(0), 20.0);
    chosen.state.status = Status::OnTrack;
    chosen.state.manual_status = true;
    let mut cone = Cone::new(vec![chosen, key_result(1, 20.0)], &[edge(0, 1)]).unwrap();
    let settings = Settings::default();
    cone.recompute_all(&rules(&settings));
    let (status, automatic) = (state(&cone, 0).status, state(&cone, 0).automatic_status);
    assert_eq!((status, automatic), (Status::OnTrack, Status::AtRisk));
    cone.set(id(1), key_result(1, 30.0).state).unwrap();
    cone.recompute(&[Seed::Own(id(1))], &rules(&settings)).unwrap();
    assert_eq!(state(&cone, 0).status, Status::Behind);
    assert!(!state(&cone, 0).manual_status);
}

#[test]
fn what_was_checked_in_before_its_first_day_begins_with_it() {
    let settings = Settings::default();
    let early = Rules { day: day("2025-12-20"), settings: &settings };
    let manual = node(0, GoalKind::KeyResult, Metric::percent());
    let said = CheckInInput { value: Some(10.0), ..CheckInInput::default() };
    let state_of =
        |input: &CheckInInput, rules: &Rules<'_>| apply(&manual, input, None, rules).unwrap().state;
    let before = state_of(&said, &early);
    assert_eq!((before.status, before.manual_status), (Status::NotStarted, false));
    let daily = |state, on: &str| {
        let mut cone = Cone::new(vec![Node { state, ..manual.clone() }], &[]).unwrap();
        cone.recompute_all(&Rules { day: day(on), settings: &settings });
        cone.node(id(0)).unwrap().state.status
    };
    assert_eq!(daily(before, "2025-12-31"), Status::NotStarted);
    assert_eq!(daily(before, "2026-01-01"), Status::OnTrack);
    assert_eq!(daily(before, "2026-01-09"), Status::OnTrack);
    assert_eq!(daily(before, "2026-01-20"), Status::Behind);
    // Nobody said a word: it has not begun. Somebody chose it: it stands.
    assert_eq!(daily(manual.state, "2026-01-09"), Status::NotStarted);
    let chosen = CheckInInput { status: Some(Status::NotStarted), ..said };
    let chosen = state_of(&chosen, &Rules { day: day("2026-01-05"), settings: &settings });
    assert_eq!(daily(chosen, "2026-01-09"), Status::NotStarted);
}

#[test]
fn a_check_in_without_a_status_takes_it_from_the_key_results_where_they_are_asked() {
    let behind = |n| Node {
        state: State { status: Status::AtRisk, ..key_result(n, 50.0).state },
        ..key_result(n, 50.0)
    };
    let settings = Settings { status_source: StatusSource::KeyResults, ..Settings::default() };
    let cone = Cone::new(vec![objective(0), behind(1)], &[edge(0, 1)]).unwrap();
    let asked = |settings: &Settings| {
        let below = cone.status_below(id(0), &rules(settings));
        let said = CheckInInput { value: Some(99.0), ..CheckInInput::default() };
        let state = apply(cone.node(id(0)).unwrap(), &said, below, &rules(settings)).unwrap().state;
        (state.status, state.manual_status)
    };
    assert_eq!(asked(&settings), (Status::AtRisk, false));
    assert_eq!(asked(&Settings::default()), (Status::OnTrack, false));
}

#[test]
fn locked_goals_keep_their_end_while_children_move() {
    let locked = ended(at(objective(0), 50.0), Status::Postponed, None);
    let cone = run(vec![locked, key_result(1, 90.0)], &[edge(0, 1)], &[Seed::Own(id(1))]);
    assert_eq!(state(&cone, 0), locked_state());
    fn locked_state() -> State {
        ended(at(objective(0), 50.0), Status::Postponed, None).state
    }
}

#[test]
fn two_hundred_thousand_goals_go_through_one_pass() {
    // A tree of eight children each, in which every tenth goal has a second parent.
    let count = 200_000;
    let nodes: Vec<Node> = (0..count)
        .map(|n| {
            if n * 8 + 1 < count {
                objective(n)
            } else {
                key_result(n, f64::from(u32::try_from(n % 101).unwrap()))
            }
        })
        .collect();
    let second = (20..count).filter(|n| n % 10 == 0).map(|n| edge((n - 1) / 8 - 1, n));
    let edges: Vec<Edge> = (1..count).map(|n| edge((n - 1) / 8, n)).chain(second).collect();
    let mut cone = Cone::new(nodes, &edges).unwrap();
    let settings = Settings::default();
    let moved = cone.recompute_all(&rules(&settings));
    assert!(moved.len() > count / 2, "{}", moved.len());
    let top = state(&cone, 0).progress_unclamped.unwrap();
    assert!((49.0..51.0).contains(&top), "{top}");
}
