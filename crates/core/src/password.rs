//! How hard a password is to guess, in words that help to choose a better one. Length counts most; what attackers try first
//! is refused: well-known passwords with something added, runs over the keyboard, one's own name.

use crate::errors::FieldError;
use crate::text::fold;

/// The fewest characters of a password.
pub const SHORTEST: usize = 10;
/// The most bytes of one.
pub const LONGEST: usize = 1024;

/// What may be said of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Shorter than is accepted.
    TooShort,
    /// Longer than is accepted.
    TooLong,
    /// The same few characters again and again.
    Repeated,
    /// A run of letters, digits or keys.
    Run,
    /// A well-known password, with or without something added.
    Known,
    /// Made of what is known about the person.
    Own,
    /// Accepted; could be better.
    Fair,
    /// Good.
    Good,
}

impl Strength {
    /// Whether such a password is accepted.
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        matches!(self, Self::Fair | Self::Good)
    }

    /// What to do, as a sentence.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::TooShort => {
                "At least ten characters. Four or five words that do not belong together are good."
            }
            Self::TooLong => "At most 1024 bytes.",
            Self::Repeated => "The same few characters again and again are tried first. Use words instead.",
            Self::Run => "Neighbours on the keyboard or in the alphabet are tried first. Use words instead.",
            Self::Known => {
                "A well-known password with something added is tried first. Add words that do not belong to it."
            }
            Self::Own => {
                "Your name, address or organisation is tried first. Add words that do not belong to it."
            }
            Self::Fair => "Good enough. Another word or two would make it strong.",
            Self::Good => "Strong.",
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            _ => "guessable",
        }
    }
}

/// Passwords that are tried first, folded, without what is usually added to them.
const KNOWN: &[&str] = &[
    "abcabc",
    "access",
    "admin",
    "administrator",
    "autumn",
    "baseball",
    "changeit",
    "changeme",
    "charlie",
    "computer",
    "default",
    "donald",
    "dragon",
    "football",
    "freedom",
    "geheim",
    "hello",
    "hockey",
    "iloveyou",
    "internet",
    "jordan",
    "letmein",
    "liverpool",
    "login",
    "master",
    "michael",
    "monkey",
    "mustang",
    "myspace",
    "northing",
    "pass",
    "passw",
    "passwd",
    "password",
    "passwort",
    "pokemon",
    "princess",
    "qwerty",
    "qwertz",
    "azerty",
    "secret",
    "shadow",
    "spring",
    "starwars",
    "summer",
    "sunshine",
    "superman",
    "test",
    "testing",
    "trustno",
    "user",
    "welcome",
    "whatever",
    "winter",
    "user password",
    "my password",
    "the password",
];

/// Runs that fingers find by themselves.
const RUNS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789012345678901234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1q2w3e4r5t6z7u8i9o0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn",
];

/// Judges a password; `about` is what is known of the person: name, mail address, organisation.
#[must_use]
pub fn strength(password: &str, about: &[&str]) -> Strength {
    if password.len() > LONGEST {
        return Strength::TooLong;
    }
    let characters = password.chars().count();
    if characters < SHORTEST {
        return Strength::TooShort;
    }
    let folded = fold(password);
    let letters: Vec<char> = folded.chars().filter(|c| !c.is_whitespace()).collect();
    let distinct: std::collections::BTreeSet<char> = letters.iter().copied().collect();
    if distinct.len() <= 3 {
        return Strength::Repeated;
    }
    if is_run(&letters) {
        return Strength::Run;
    }
    let plain = unleeted(&folded);
    let core = plain.trim_matches(|c: char| !c.is_alphabetic());
    if KNOWN.contains(&core) {
        return Strength::Known;
    }
    let mut rest = plain.clone();
    let words = about.iter().flat_map(|text| {
        fold(text).split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>()
    });
    for word in words.filter(|word| word.chars().count() >= 3) {
        rest = rest.replace(&unleeted(&word), "");
    }
    if rest != plain && rest.chars().filter(|c| c.is_alphabetic()).count() < 4 {
        return Strength::Own;
    }
    let classes = [char::is_lowercase, char::is_uppercase, char::is_numeric, |c: char| !c.is_alphanumeric()];
    let classes = classes.iter().filter(|of| password.chars().any(of)).count();
    if characters >= 16 || (characters >= 12 && classes >= 3) { Strength::Good } else { Strength::Fair }
}

/// Checks a new password at its field.
///
/// # Errors
/// With the advice where it is not accepted.
pub fn check(field: &'static str, password: &str, about: &[&str]) -> Result<(), FieldError> {
    match strength(password, about) {
        found if found.is_accepted() => Ok(()),
        Strength::TooShort => Err(FieldError::new(field, "too_short", "must have at least ten characters")),
        Strength::TooLong => Err(FieldError::new(field, "too_long", "must have at most 1024 bytes")),
        found => Err(FieldError::new(field, found.code(), found.advice())),
    }
}

/// Whether the text is nothing but stretches of four and more of known runs, forwards or backwards.
fn is_run(letters: &[char]) -> bool {
    let text: String = letters.iter().collect();
    let back: String = letters.iter().rev().collect();
    let covered = |text: &str| {
        let mut rest = text;
        while !rest.is_empty() {
            let longest = RUNS.iter().map(|run| stretch(rest, run)).max().unwrap_or(0);
            let Some(next) = rest.get(longest..).filter(|_| longest >= 4) else { return false };
            rest = next;
        }
        true
    };
    covered(&text) || covered(&back)
}

/// How many bytes of the beginning of `text` stand in `run` as they are. Runs are of ASCII.
fn stretch(text: &str, run: &str) -> usize {
    let lengths = (1..=text.len().min(run.len())).rev();
    lengths
        .into_iter()
        .find(|length| text.get(..*length).is_some_and(|start| run.contains(start)))
        .unwrap_or(0)
}

/// Digits and signs that stand for letters, as letters.
fn unleeted(text: &str) -> String {
    let letter = |c| match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    // What is added at the ends stays as it is: it is taken off there.
    let inner = text.trim_matches(|c: char| {
        c.is_numeric() || c.is_whitespace() || matches!(c, '!' | '.' | '-' | '_' | '?')
    });
    inner.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_refused() {
        let about = ["Ruth Adeyemi", "ruth.adeyemi@calder.test", "Calder Homes"];
        for (password, expected) in [
            ("short", Strength::TooShort),
            ("aaaaaaaaaaaa", Strength::Repeated),
            ("1212121212", Strength::Repeated),
            ("1234567890", Strength::Run),
            ("qwertyuiop", Strength::Run),
            ("0987654321", Strength::Run),
            ("abcdef123456", Strength::Run),
            ("Password2026!", Strength::Known),
            ("P@ssw0rd!!!", Strength::Known),
            ("Welcome 2026", Strength::Known),
            ("RuthAdeyemi1", Strength::Own),
            ("calderhomes26", Strength::Own),
            ("correcthors", Strength::Fair),
            ("correct horse battery", Strength::Good),
            ("Ruth eats seven pears", Strength::Good),
            ("kX4!tr-29Qpw", Strength::Good),
        ] {
            assert_eq!(strength(password, &about), expected, "{password}");
        }
        assert_eq!(strength(&"x y z w ".repeat(200), &[]), Strength::TooLong);
        assert_eq!(strength("пароль из пяти слов", &[]), Strength::Good);
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let refused = check("password", "Password2026!", &[]).map_err(|error| (error.code, error.message));
        assert_eq!(refused, Err(("guessable", Strength::Known.advice().into())));
        assert!(check("password", "correct horse battery", &[]).is_ok());
    }
}
