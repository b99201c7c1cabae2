//! Pages, API and permissions, through the router.
//!
//! Every module stands under `cfg(test)`: there the lints let helper functions panic as tests may.

mod account;
#[cfg(test)]
mod admin_api;
#[cfg(test)]
mod admin_pages;
#[cfg(test)]
mod aligning;
#[cfg(test)]
mod budget;
#[cfg(test)]
mod check_ins;
#[cfg(test)]
mod check_ins_api;
#[cfg(test)]
mod contributing;
#[cfg(test)]
mod entities;
#[cfg(test)]
mod entity_tabs;
#[cfg(test)]
mod explorer;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod goal_access;
mod goal_edit;
#[cfg(test)]
mod goal_form;
#[cfg(test)]
mod goal_inline;
#[cfg(test)]
mod goal_pages;
#[cfg(test)]
mod goal_rules;
#[cfg(test)]
mod goal_story;
#[cfg(test)]
mod goals;
#[cfg(test)]
mod goals_api;
#[cfg(test)]
mod going_through;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod imports_api;
#[cfg(test)]
mod imports_hostile;
#[cfg(test)]
mod imports_pages;
#[cfg(test)]
mod imports_parts;
#[cfg(test)]
mod imports_past;
#[cfg(test)]
mod imports_undo;
#[cfg(test)]
mod integrations_pages;
#[cfg(test)]
mod integrations_policy;
#[cfg(test)]
mod invented;
#[cfg(test)]
mod joining;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod link_draft;
#[cfg(test)]
mod link_pages;
#[cfg(test)]
mod links;
mod list_view;
#[cfg(test)]
mod moving;
#[cfg(test)]
mod nudging;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod periods_and_audit_pages;
#[cfg(test)]
mod pickers;
#[cfg(test)]
mod placing;
#[cfg(test)]
mod round_trip;
mod set_up;
mod several;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tags;
#[cfg(test)]
mod tasks_pages;
#[cfg(test)]
mod team_pages;
