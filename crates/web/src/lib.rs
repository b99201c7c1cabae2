//! Pages, API, live updates and sessions over HTTP.
