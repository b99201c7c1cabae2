//! What a person does, in a real browser.

mod browser;
