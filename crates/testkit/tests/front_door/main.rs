//! Pages, API and permissions, through the router.
