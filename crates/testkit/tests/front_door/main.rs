//! Pages, API and permissions, through the router.

mod check_ins;
mod identity;
mod kill;
