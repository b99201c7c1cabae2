//! Databases, browsers, fakes and builders for the tests; ships with nothing.
