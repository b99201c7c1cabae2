//! What the goals of a file are aligned to, with the shares that are set by hand.

use std::collections::{HashMap, HashSet};

use northing_connectors::import_model::{ParentRef, Reference};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use super::goal_fields::Parent;
use super::goals::Plan;
use super::links::Links;
use super::run::Run;
use super::saying::dropped;
use super::shares;
use super::who::find;

/// Fills in the parents of every goal as the file has them; those that are not there or would run in a circle are noted.
/// `stored` are the alignments of the organisation: child and parent.
pub(super) fn parents(run: &Run<'_>, plans: &mut [Plan], stored: &[(Id, Id)]) {
    let listed: HashSet<Id> = plans.iter().map(|plan| plan.id).collect();
    let mut links = Links::default();
    for (child, parent) in stored.iter().filter(|(child, _)| !listed.contains(child)) {
        links.add(*child, *parent);
    }
    // The children of each parent in the order of the file, with the weights it gives.
    let mut weights: HashMap<Id, Vec<(usize, Option<f64>)>> = HashMap::new();
    for (at, plan) in plans.iter_mut().enumerate() {
        let above = std::mem::take(&mut plan.record.value.parents);
        for parent in &above {
            let Some(id) = find(&run.goals, &reference(parent)) else {
                let name = parent.title.as_ref().or(parent.id.as_ref()).map_or("?", String::as_str);
                plan.record
                    .notes
                    .push(dropped("Alignment", format!("the goal above, {name}, is not in the files")));
                continue;
            };
            if plan.parents.iter().any(|it| it.goal == id) {
                continue;
            }
            if !links.add(plan.id, id) {
                plan.record.notes.push(dropped("Alignment", "goals ran in a circle here"));
                continue;
            }
            plan.parents.push(Parent { goal: id, share: None });
            let weight =
                parent.weight.or((plan.record.value.kind == Some(GoalKind::Initiative)).then_some(0.0));
            weights.entry(id).or_default().push((at, weight));
        }
        plan.record.value.parents = above;
    }
    for (parent, children) in weights {
        let given: Vec<Option<f64>> = children.iter().map(|(_, weight)| *weight).collect();
        let mut place = 0.0;
        for ((at, _), share) in children.iter().zip(shares::fixed(&given)) {
            place += 1.0;
            let Some(plan) = plans.get_mut(*at) else { continue };
            plan.places.resize(plan.parents.len(), 1.0);
            if let Some(at) = plan.parents.iter().position(|it| it.goal == parent) {
                if let Some(it) = plan.parents.get_mut(at) {
                    it.share = share;
                }
                if let Some(it) = plan.places.get_mut(at) {
                    *it = place;
                }
            }
        }
    }
    for plan in plans {
        run.own_shares(plan);
    }
}

fn reference(parent: &ParentRef) -> Reference {
    Reference { id: parent.id.clone(), name: parent.title.clone() }
}
