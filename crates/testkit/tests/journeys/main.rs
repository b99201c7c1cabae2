//! What a person does, in a real browser.
//!
//! Every module stands under `cfg(test)`: there the lints let helper functions panic as tests may.

#[cfg(test)]
mod admin;
#[cfg(test)]
mod azure_devops;
#[cfg(test)]
mod azure_devops_choices;
#[cfg(test)]
mod azure_devops_hours;
#[cfg(test)]
mod azure_devops_link;
#[cfg(test)]
mod azure_devops_stage;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod check_in;
#[cfg(test)]
mod contributing;
#[cfg(test)]
mod embedded;
#[cfg(test)]
mod entry;
#[cfg(test)]
mod explorer;
#[cfg(test)]
mod goal_form;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod joining;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod list_view;
mod live;
#[cfg(test)]
mod moving;
#[cfg(test)]
mod nudging;
#[cfg(test)]
mod palette;
#[cfg(test)]
mod support;
