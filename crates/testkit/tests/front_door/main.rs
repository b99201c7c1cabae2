//! Pages, API and permissions, through the router.

mod check_ins;
mod check_ins_api;
mod identity;
mod kill;
