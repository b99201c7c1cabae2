//! The pages: handlers that extract, call one use case and hand a view model to a function of `northing_ui`.

pub(crate) mod admin;
pub(crate) mod alignments;
pub(crate) mod around;
pub(crate) mod check_in;
pub(crate) mod close;
pub(crate) mod comments;
pub(crate) mod contributions;
pub(crate) mod entities;
pub(crate) mod entry;
pub(crate) mod explorer;
pub(crate) mod goal;
pub(crate) mod goal_clone;
pub(crate) mod goal_delete;
pub(crate) mod goal_form;
pub(crate) mod goal_move;
pub(crate) mod home;
pub(crate) mod pickers;
pub(crate) mod preview;
pub(crate) mod rows;
pub(crate) mod search;
pub(crate) mod shell;
pub(crate) mod start;
pub(crate) mod tags;
pub(crate) mod team_form;
