//! What a person chose for themselves (goals §11.3). Stored as one JSON text; what a stored text lacks takes its default.

use serde::{Deserialize, Serialize};

use crate::alert::AlertLevel;
use crate::named_values;
use crate::values::Id;

named_values! {
    /// Light, dark, or as the system has it.
    #[derive(Default)]
    Theme {
        /// Follow the system.
        #[default]
        System = "system",
        /// Always light.
        Light = "light",
        /// Always dark.
        Dark = "dark",
    }
}

named_values! {
    /// Which alerts about the health of goals a person is shown.
    #[derive(Default)]
    AlertChoice {
        /// All of them.
        #[default]
        All = "all",
        /// Only the red ones.
        AtRisk = "at_risk",
        /// None.
        None = "none",
    }
}

impl AlertChoice {
    /// Whether alerts of this level are shown.
    #[must_use]
    pub const fn shows(self, level: AlertLevel) -> bool {
        match self {
            Self::All => true,
            Self::AtRisk => matches!(level, AlertLevel::AtRisk),
            Self::None => false,
        }
    }
}

named_values! {
    /// Whether single letters are shortcuts.
    #[derive(Default)]
    Shortcuts {
        /// They are.
        #[default]
        On = "on",
        /// They are not.
        Off = "off",
    }
}

/// What a person chose for themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Colours.
    #[serde(skip_serializing_if = "is_default")]
    pub theme: Theme,
    /// Whether single letters are shortcuts (WCAG 2.1.4 asks for a way to switch them off).
    #[serde(skip_serializing_if = "is_default")]
    pub shortcuts: Shortcuts,
    /// Which alerts are shown.
    #[serde(skip_serializing_if = "is_default")]
    pub alerts: AlertChoice,
    /// The organisation in which they worked last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<Id>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_written_and_the_rest_is_the_default() -> Result<(), serde_json::Error> {
        let mut chosen = Preferences::default();
        assert_eq!(serde_json::to_string(&chosen)?, "{}");
        chosen.theme = Theme::Dark;
        assert_eq!(serde_json::to_string(&chosen)?, r#"{"theme":"dark"}"#);
        assert_eq!(serde_json::from_str::<Preferences>(r#"{"theme":"dark"}"#)?, chosen);
        let later: Preferences = serde_json::from_str(r#"{"shortcuts":"off","of the future":1}"#)?;
        assert_eq!(later.shortcuts, Shortcuts::Off);
        Ok(())
    }

    #[test]
    fn alerts_are_shown_by_their_level() {
        let shown =
            |choice: AlertChoice| AlertLevel::ALL.iter().filter(|level| choice.shows(**level)).count();
        assert_eq!(AlertChoice::ALL.iter().map(|choice| shown(*choice)).collect::<Vec<_>>(), [2, 1, 0]);
    }
}
