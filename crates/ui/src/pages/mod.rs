//! The pages, one per file: each takes what it shows and returns the parts of a [`crate::layout::Page`].

pub mod account;
pub mod admin;
pub mod alignments;
pub mod check_in;
pub mod clone_goal;
pub mod close;
pub mod contributions;
pub mod entry;
pub mod explorer;
pub mod failure;
pub mod goal;
pub mod goal_form;
pub mod home;
pub mod organisation;
pub mod organisations;
pub mod people;
pub mod person;
pub mod search;
pub mod setup;
pub mod shortcuts;
pub mod tags;
pub mod tasks;
pub mod team;
pub mod team_form;
pub mod teams;
pub mod trash;
