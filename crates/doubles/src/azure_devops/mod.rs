//! A faithful double of the Azure DevOps REST API (integrations §2.8): projects, processes, work items with revisions, query folders, a
//! subset of WIQL, limits, faults on demand and a log of requests. Microsoft's own client is run against it to keep it honest.
//!
//! Without a clock "now" is [`World::now`], which tests set, and an item stands as its latest revision says.

mod answer;
mod dispatch;
mod faults;
mod identity;
mod items;
mod locations;
mod pages;
mod process;
mod queries;
mod sample;
mod serve;
mod wiql;
mod world;

pub use faults::{Disguise, Fault, FaultKind, Gate, Logged};
pub use process::Process;
pub use sample::{SAMPLE_TOKEN, sample};
pub use serve::{Double, Options};
pub use world::{Identity, Item, Link, Node, Project, Revision, World};
