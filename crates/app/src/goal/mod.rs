//! Goals: created, edited, aligned, ordered, weighed, closed, copied, deleted and brought back (goals §3, §4.3, §6, §9).
//!
//! Each use case is one transaction: rights are looked up and decided in it, the change is saved with its entry in the
//! activity log, every goal above is recomputed, and what moved is announced.

mod access;
mod activity;
mod align;
mod aligning;
mod arithmetic;
mod clone;
mod cloning;
mod close;
mod closing;
pub(crate) mod context;
mod contributions;
mod create;
mod delete;
mod edit;
mod edit_many;
mod fields;
pub mod form;
mod former;
mod input;
mod nudge;
mod owners;
pub mod page;
mod placing;
mod read;
mod relocate;
mod reorder;
mod tasks;
mod trash;
pub mod view;
mod weights;

pub use access::{AccessChange, Capacity, GoalAccess};
pub use activity::GoalActivity;
pub use align::Aligned;
pub use aligning::Alignments;
pub use arithmetic::{Arithmetic, CONTRIBUTING, Contributing, Rest, Weighed};
pub use clone::{BulkClone, CloneInput, CloneScope, Rejected};
pub use cloning::CloneOffer;
pub use close::{AlsoClosed, CloseInput, PostponeInput, Postponed};
pub use closing::{Closing, SuggestedScore};
pub use contributions::{ContributionsInput, ShareEntry, ShareLine};
pub use delete::{Deleted, DeletedGoal};
pub use edit::Edited;
pub use edit_many::{ChangedGoal, EditedMany, ListChange, ListPatch, ManyPatch, TOGETHER};
pub use input::{AccessInput, GoalInput, GoalPatch, MetricInput, ParentInput};
pub use northing_store::tasks::TaskKind;
pub use placing::{Placing, PlacingAsk};
pub use read::{GoalTree, GoalsQuery};
pub use relocate::{MoveInput, MovedGoal, Place};
pub use reorder::{OrderedPage, ReorderInput};
pub use tasks::{GoalTasks, TaskInput, TaskPatch, TaskPlace, TaskView};
pub use trash::{DeletedLine, Deletion, TrashLine};
pub use view::{AccessView, GoalView, ParentView};
pub use weights::{ContributionLine, Contributions, ContributionsPreview, Out};
