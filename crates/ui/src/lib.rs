//! Components and pages as functions from view models to HTML.
