//! Accessibility checks by axe-core: WCAG 2.2 A and AA, and its best practices, colour contrast included.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The rule sets that every page must pass.
pub const RULES: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/// The script to run in the page once [`source`] is loaded; answers the violations to its last argument.
pub(crate) const RUN: &str = "
    const [rules, done] = arguments;
    axe.run(document, { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] })
        .then(result => done({ violations: result.violations }), error => done({ error: String(error) }));
";

/// The text of axe-core.
///
/// # Errors
/// Where `npm ci` has not been run in `crates/testkit/browser`.
pub(crate) fn source() -> Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&path).context("axe-core is missing: run `npm ci` in crates/testkit/browser")
}

/// What axe-core answered.
#[derive(Debug, Deserialize)]
pub(crate) struct Outcome {
    #[serde(default)]
    pub(crate) violations: Vec<Violation>,
    pub(crate) error: Option<String>,
}

/// A rule that the page breaks.
#[derive(Debug, Deserialize)]
pub struct Violation {
    /// The rule's name, as in `color-contrast`.
    pub id: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: Option<String>,
    /// What the rule asks for.
    pub help: String,
    /// Where it is broken.
    pub nodes: Vec<Node>,
}

/// An element that breaks a rule.
#[derive(Debug, Deserialize)]
pub struct Node {
    /// Its opening tag and a little more.
    pub html: String,
    /// What is wrong with it.
    #[serde(rename = "failureSummary")]
    pub summary: Option<String>,
}

/// The violations as a list to read: rule, then each element with what is wrong.
#[must_use]
pub fn report(violations: &[Violation]) -> String {
    let mut text = String::new();
    for violation in violations {
        let impact = violation.impact.as_deref().unwrap_or("unrated");
        // Writing to a String cannot fail.
        let _ = writeln!(text, "- {} ({impact}): {}", violation.id, violation.help);
        for node in &violation.nodes {
            let _ = writeln!(text, "    {}", node.html);
            for line in node.summary.as_deref().unwrap_or_default().lines().skip(1) {
                let _ = writeln!(text, "      {}", line.trim());
            }
        }
    }
    text
}
