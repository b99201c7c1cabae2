//! Pages, API and permissions, through the router.

mod check_ins;
mod check_ins_api;
mod entities;
mod goals;
mod goals_api;
mod identity;
mod kill;
